/*
 * The user store for an event loop: passwords are hashed and the database is
 * read and written in LOGIN_WORKERS threads, each with a store of its own, so
 * that the loop never waits.
 */
#ifndef CHAT_NET_LOGIN_WORKER_H
#define CHAT_NET_LOGIN_WORKER_H

#include <event2/event.h>

#include "base/errbuf.h"
#include "chat/crypto/password.h"
#include "chat/protocols/world.h"

/* Hashing takes a third of a second and 32 MiB; those that wait more than ten
 * seconds for their turn are told so at once: LOGIN_BUSY. */
enum { LOGIN_WORKERS = 2, LOGIN_WAITING_MAX = 64 };

struct login_worker;
struct login_ticket;		/* a question that has no answer yet */

struct login_setup {
	const char *path;	/* of the database */
	const struct scrypt_cost *cost;	/* NULL: the usual one */
	/* From the loop; the ticket is gone. */
	void (*answered)(void *context, void *asker, enum login_answer answer);
	/* A line on what is wrong with the store, from the loop. */
	void (*complain)(void *context, const char *line);
	void *context;
};

/* Starts the threads and opens their stores.  *setup is copied, what it points
 * to is borrowed.  NULL with the reason in *err. */
struct login_worker *login_worker_open(struct event_base *base,
    const struct login_setup *setup, struct errbuf *err);

/* Waits for what is being hashed; other questions are forgotten.  NULL does
 * nothing. */
void login_worker_close(struct login_worker *worker);

/* Copies what it needs; answered() follows, never from within.  NULL: out of
 * memory. */
struct login_ticket *login_worker_ask(struct login_worker *worker,
    const struct login *login, void *asker);

/* The same question as world_name_known(). */
struct login_ticket *login_worker_ask_name(struct login_worker *worker,
    const char *name, void *asker);

/* The asker is gone: there will be no answer. */
void login_worker_forget(struct login_worker *worker,
    struct login_ticket *ticket);

#endif
