/*
 * A client: one connection to a server, its protocol's side, and its user.
 *
 * What ends it, and the status of the program:
 *
 *	the protocol ended (world_end)		its status
 *	the input ended and the side has no
 *	word for it; SIGTERM, SIGINT, SIGHUP	0
 *	the server closed or was lost, unless
 *	the protocol ended in left()		1, and a line that says so
 *	the user failed (user.h)		1, likewise
 *
 * A user to whom not everything could be shown is 1 in any case.
 *
 * What was sent before is written first, CONNECTION_CLOSING_NS at most.  A
 * second signal ends at once.
 *
 * Events, with their fields beside "time", "event" and "peer" (the server):
 *
 *	connected	protocol
 *	shown		kind ("message", "notice", "error"), text; what the
 *			program says at the beginning is none
 *	left		why, bytes_in, bytes_out, messages, duration_ns: as a
 *			server has it (server.h)
 *
 * and those of the protocol.  What is typed is none: it may be a password.
 */
#ifndef CHAT_NET_CLIENT_H
#define CHAT_NET_CLIENT_H

#include <event2/event.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "chat/net/user.h"
#include "chat/protocols/protocol.h"

#define CLIENT_CONNECT_NS INT64_C(10000000000)

/* All borrowed for as long as the client lives. */
struct client_setup {
	const struct protocol *protocol;
	const struct chat_settings *settings;
	const char *host;
	uint16_t port;
	const char *source;	/* NULL: any.  UDP has the one of TCP */
	const char *events;	/* NDJSON; NULL: none */
	const char *files;	/* the folder of what is received; NULL: none */
	uint64_t file_max;	/* bytes */
};

struct client;

/* The user that it will have calls these; before there is a client's loop
 * nothing is called. */
struct user_calls client_user_calls(struct client *client);

/* Connects; waits for that, CLIENT_CONNECT_NS at most and what the lookup of a
 * name takes.  The user is still held. */
struct client *client_open(struct event_base *base,
    const struct client_setup *setup, struct user *user, struct errbuf *err);

/* Until something ends it; the program's status. */
int client_run(struct client *client);

/* The user stays; NULL does nothing. */
void client_close(struct client *client);

#endif
