/*
 * The world of a chat protocol (chat/protocols/world.h) in virtual time: what
 * chat/net/connection.h makes of sockets, made of host.h.
 *
 * Each world_send() is a write of its own, and a message for the truth.  The
 * host takes CHAT_SEND_SPACE bytes of a connection that are not acknowledged,
 * as a kernel does; what is beyond waits (world_queued()).
 *
 * A client and a server each have a struct of their own that begins with this
 * one.  The side is called from the clock or the host only, never within a
 * world_... function.
 */
#ifndef TRAFFIC_SYNTH_CHAT_CHAT_WORLD_H
#define TRAFFIC_SYNTH_CHAT_CHAT_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/random.h"
#include "chat/net/memory_files.h"
#include "chat/protocols/protocol.h"
#include "traffic/synth/host/host.h"
#include "traffic/synth/play.h"

enum { CHAT_SEND_SPACE = 65536 };

struct chat_link;
struct chat_world;

struct chat_rules {
	const struct protocol *protocol;
	const struct side *side;	/* one of its two */
	size_t host;			/* where it runs */
	size_t send_buffer;
	bool handshake;
	int64_t idle_ns, handshake_ns;	/* 0: no such deadline */

	/* What the owner wants to hear of; each may be NULL. */
	void (*connected)(struct chat_world *, struct chat_link *);
	void (*unreachable)(struct chat_world *, enum tcp_end why); /* instead;
					   the link is gone */
	void (*wrote)(struct chat_world *);	/* what waited went */
	/* After side->left(). */
	void (*left)(struct chat_world *, struct chat_link *, enum left why);
	/* The connection is over, too: the last that is heard of it. */
	void (*gone)(struct chat_world *, struct chat_link *);
};

struct chat_world {
	struct world world;		/* first */
	struct chat_rules rules;
	struct play *play;
	void *state;			/* the side's */
	struct random random;
	struct memory_files files;
	struct chat_link *links;	/* in the order in which they came */
	uint64_t timers[WORLD_TIMERS];	/* events of the side's own */
};

/* A connection and its peer. */
struct chat_link {
	struct peer peer;		/* first */
	struct chat_world *world;
	struct conn *conn;		/* NULL: there is none (any more) */
	struct chat_link *next;
	size_t host;			/* of the peer; SCENARIO_NONE */
	bool has_joined;
	bool is_refused;		/* by side->joined() */
	bool is_open;			/* to the side */
	bool has_left;			/* the side has been told */
	bool is_held;			/* by the protocol */
	bool is_admitted;
	bool was_high;
	bool does_not_read;		/* as the host knows it */
	enum left why;
	int64_t idle_due_ns;
	uint64_t idle, handshake, leaving;	/* events */
	uint64_t timers[WORLD_TIMERS];
	uint64_t login;			/* an event: it is answered then */
	enum login_answer answer;
};

/* `world` is zeroed and then set up, but for its state: side->open() is called
 * by the owner. */
void chat_world_init(struct chat_world *world,
    const struct world_actions *actions, struct play *play,
    const struct chat_rules *rules);

/* When nothing moves any more: all peers leave, the side is closed, all is
 * freed.  No call goes to the host, nor to the owner. */
void chat_world_reset(struct chat_world *world);

/* The side's own timers are off. */
void chat_world_stop_timers(struct chat_world *world);

/* For host_connect(), and of accepted(): the app is the link. */
extern const struct conn_calls chat_link_calls;

/* A peer that is not connected; NULL: no memory. */
struct chat_link *chat_link_new(struct chat_world *world,
    const struct endpoint *peer);

/* The side hears of it, and may refuse: it is closed then, without
 * side->left(). */
void chat_link_join(struct chat_link *link, struct conn *conn);

/* Nothing more goes to the side but left(why), at once but not from here; the
 * connection is closed behind what was written. */
void chat_link_close(struct chat_link *link, enum left why);

/* The same with a reset. */
void chat_link_drop(struct chat_link *link, enum left why);

/* waits: the time to be admitted stands still; afterwards it begins anew. */
void chat_link_wait(struct chat_link *link, bool waits);

static inline struct chat_world *
chat_world_of(struct world *world)
{
	return (struct chat_world *)world;
}

static inline struct chat_link *
chat_link_of(const struct peer *peer)
{
	return (struct chat_link *)(uintptr_t)peer;
}

/*
 * For a struct world_actions.
 */
void chat_act_send(struct world *world, struct peer *peer, const void *data,
    size_t len);

/* What is beyond CHAT_SEND_SPACE of the bytes without ACK. */
size_t chat_act_queued(struct world *world, const struct peer *peer);

/* The host stops reading, so that in time the window closes. */
void chat_act_hold(struct world *world, struct peer *peer, bool hold);

/* Always behind what was written: at_once makes no difference here. */
void chat_act_close(struct world *world, struct peer *peer, bool at_once);

/* The deadline of the handshake is off. */
void chat_act_admit(struct world *world, struct peer *peer);

/* In virtual time; that of a peer who has gone is not set. */
void chat_act_timer(struct world *world, struct peer *peer, unsigned id,
    int64_t after_ns);

/* Of the play's clock: since the start of the scenario. */
int64_t chat_act_now_ns(struct world *world);

/* From the seed, so that a run can be repeated: not for real keys. */
void chat_act_random(struct world *world, void *out, size_t len);

/* Nowhere to go: there is no log, no --events. */
void chat_act_event(struct world *world, const struct peer *peer,
    const char *name, const struct event_field *fields, size_t n,
    const char *text);

/* Files of memory_files.h, with their limits; lost at the end. */
struct world_file *chat_act_file_make(struct world *world,
    const char *folder, const char *name, struct errbuf *err);

/* A file of this world, by its path; no other is found. */
struct world_file *chat_act_file_open(struct world *world, const char *path,
    uint64_t *size, struct errbuf *err);

/* -1: past the limits, or no memory. */
int chat_act_file_add(struct world *world, const char *folder,
    const char *name, const void *data, size_t len, struct errbuf *err);

#endif
