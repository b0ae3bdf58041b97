/*
 * What the parts of a server share: its loop (server.c), what its protocol can
 * do (server_world.c), what it counts and tells (server_report.c).
 */
#ifndef CHAT_NET_SERVER_INTERNAL_H
#define CHAT_NET_SERVER_INTERNAL_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

#include "chat/net/connection.h"
#include "chat/net/events.h"
#include "chat/net/files.h"
#include "chat/net/latency.h"
#include "chat/net/line_input.h"
#include "chat/net/listener.h"
#include "chat/net/login_worker.h"
#include "chat/net/server.h"

enum { LEFT_REASONS = LEFT_STOP + 1 };

/* SIGTERM, SIGINT, SIGHUP and SIGUSR1. */
enum { SERVER_SIGNALS = 4 };

struct server {
	struct net_world net;	/* first */
	const struct server_setup *setup;
	const struct side *side;
	void *state;		/* the side's */
	struct event_base *base;
	struct event *signals[SERVER_SIGNALS];
	struct event *end_now;	/* what the protocol asked for */
	struct event *drained;	/* the time to end is over */
	struct listener *listener;
	struct line_input *console;
	struct login_worker *logins;
	struct latency *latency;
	bool ending;
	int status;
	uint64_t refused;
	uint64_t left[LEFT_REASONS];
};

/* server_world.c */
extern const struct world_actions server_actions;

/* Of login_setup: hands the answer on to the side, while the peer is open. */
void server_answered(void *context, void *asker, enum login_answer answer);

/* What the peer asked for is not waited for any more. */
void server_forget_login(struct server *server, struct peer *peer);

/*
 * server_report.c: for the log and --events.  A context is the server: what has
 * one is called by its connections, listener or logins.
 */

/* Protocol and addresses, once the server takes connections. */
void server_tell_listening(struct server *server);

/* A connection was taken. */
void server_tell_connected(void *context, struct peer *peer);

/* One was not taken, and counts as refused. */
void server_tell_refused(struct server *server,
    const struct chat_address *address, const char *reason);

/* The protocol let the peer in; --events only. */
void server_tell_admitted(void *context, struct peer *peer);

/* A peer left; counts it by its reason. */
void server_tell_left(struct server *server, const struct peer *peer,
    enum left why);

/* No connections are taken for a moment, and why; complains, too. */
void server_tell_paused(void *context, const char *why);

/* The server begins to end, and why; with the counters. */
void server_tell_stop(struct server *server, const char *reason);

/* What was counted so far, as SIGUSR1 asks for. */
void server_tell_counters(struct server *server);

/* To setup->complain. */
void server_complain(void *context, const char *line);

#endif
