/*
 * What the parts of a client share: its loop (client.c) and what its protocol
 * can do (client_world.c).
 */
#ifndef CHAT_NET_CLIENT_INTERNAL_H
#define CHAT_NET_CLIENT_INTERNAL_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

#include "chat/net/client.h"
#include "chat/net/connection.h"
#include "chat/net/datagrams.h"
#include "chat/net/files.h"

/* SIGINT, SIGTERM and SIGHUP. */
enum { CLIENT_SIGNALS = 3 };

struct client {
	struct net_world net;	/* first: the protocol has a pointer to it */
	struct event_base *base;
	const struct client_setup *setup;
	const struct side *side;
	void *state;
	struct user *user;
	struct peer *peer;	/* the server; NULL: it has left */
	struct datagrams *datagrams;
	struct event *signals[CLIENT_SIGNALS];
	int fd;			/* before the connection has it */
	struct chat_address server;
	int status;
	bool ends;
	bool failed;		/* the user: it was said */
	bool lines_held;	/* by the protocol */
	bool held;		/* for any reason */
};

/* Shown to the user, and an event. */
void client_show(struct client *client, enum show kind, const char *text,
    size_t len);

/* The user's lines wait while the server does not take what it is sent, or the
 * protocol has enough of them. */
void client_update_hold(struct client *client);

/* Ends with this status once what was sent is written; the first call counts. */
void client_end(struct client *client, int status);

/* client_world.c */
extern const struct world_actions client_actions;

#endif
