/*
 * The TCP connections of a program in its event loop: what stands between the
 * sockets and a protocol's `struct side`.  A server has many, a client one.
 *
 * Reading: one read a readiness, of at most SIDE_READ_MAX bytes (1 KiB at first,
 * and where reads lead to many messages) into a buffer that all share, so nobody
 * starves the others and a silent connection costs little (less than 1 KiB).
 *
 * Writing: a message is handed to the kernel at once where nothing waits before
 * it; only what the kernel does not take is copied.  On an unframed protocol
 * each message is one send(2) of its own; of a framed one what waits goes out
 * together.  More than `send_buffer` bytes waiting (with what they cost to
 * keep): the peer is dropped, LEFT_SLOW.  TCP_NODELAY is always on.
 *
 * Deadlines: `handshake_ns` until world_admit(); `idle_ns` since the peer sent
 * something, or took on some of what waited for it; CONNECTION_CLOSING_NS for
 * a peer that is to be closed and takes nothing of what it was sent.
 *
 * The side is called from the loop only, never within a world_... function: an
 * error found there is told by side->left() later.
 */
#ifndef CHAT_NET_CONNECTION_H
#define CHAT_NET_CONNECTION_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "chat/protocols/protocol.h"

#define CONNECTION_CLOSING_NS INT64_C(5000000000)

struct events;
struct files;
struct connections;		/* all of a program's */

/* What a connection did so far. */
struct connection_facts {
	uint64_t bytes_in, bytes_out;
	uint64_t messages;	/* that were sent, by world_send() */
	int64_t since_ns;	/* it was there, of world_now_ns() */
	bool admitted;		/* by the protocol */
};

/* Of all that there were. */
struct connection_totals {
	uint64_t connections;
	uint64_t bytes_in, bytes_out;
	uint64_t messages;
};

struct connection_rules {
	const struct side *side;
	bool framed;		/* PROTOCOL_FRAMED */
	bool handshake;		/* PROTOCOL_HANDSHAKE */
	size_t send_buffer;
	int64_t idle_ns, handshake_ns;	/* 0: no such deadline */
	/* How long a connection that we closed is kept to read and drop what
	 * the peer still sends: otherwise a reset could overtake our last
	 * words.  0: closed at once. */
	int64_t linger_ns;

	void *owner;
	/* What the owner wants to hear of; each may be NULL. */
	void (*joined)(void *owner, struct peer *peer);	/* before the side */
	void (*active)(void *owner);	/* bytes came */
	void (*wrote)(void *owner);	/* some of what waited went */
	void (*admitted)(void *owner, struct peer *peer);
	/* After side->left(), and the last that is heard of the peer. */
	void (*left)(void *owner, struct peer *peer, enum left why);
	void (*gone)(void *owner);	/* its socket is closed, too */
};

/*
 * The world of sockets: the first member of the server's and the client's own
 * struct.  All is set before side->open(), which may set timers.
 */
struct net_world {
	struct world world;
	struct connections *connections;
	struct events *events;
	struct files *files;
};

/* The rules are copied; `base` outlives it. */
struct connections *connections_new(struct event_base *base,
    const struct connection_rules *rules, struct errbuf *err);

/* Every peer leaves at once, LEFT_STOP; timers end.  Call it before
 * side->close().  NULL does nothing. */
void connections_free(struct connections *all);

/* What side->open() gave: before the first connection and the first timer
 * runs out. */
void connections_set_state(struct connections *all, void *state);

/*
 * Takes the connected socket over, in every case, and calls side->joined().
 * NULL: that, memory or the loop refused it, and the socket is closed.
 */
struct peer *connections_add(struct connections *all, int fd,
    const struct chat_address *address);

/* With those that only linger. */
size_t connections_count(const struct connections *all);

/* Borrowed; of those that have left, too. */
const struct connection_totals *connections_totals(
    const struct connections *all);

/* Each peer is closed after what it was sent is written: LEFT_STOP. */
void connections_stop(struct connections *all);

/* Borrowed, until the peer is gone. */
const struct connection_facts *connection_facts(const struct peer *peer);

/* As events say it: "ended", "lost", "closed", "idle", "late", "slow",
 * "stop". */
const char *connection_left_word(enum left why);

/* The event "left" with the connection's facts, while it has them; text as of
 * events_write(). */
void connection_tell_left(const struct peer *peer, enum left why,
    struct events *events, const char *text);

/* May something be told to the side about this peer (an answer)?  Not once it
 * is to be closed. */
bool connection_is_open(const struct peer *peer);

/* waits: for something that the peer cannot hurry (an answer to its login), so
 * its time to be admitted stands still; afterwards it has all of it again. */
void connection_wait(struct peer *peer, bool waits);

/* The owner's own pointer, NULL at first. */
void **connection_slot(struct peer *peer);

/* Drops it at once; side->left(why) follows. */
void connection_drop(struct peer *peer, enum left why);

/*
 * For a struct world_actions, whose worlds are each a struct net_world; world.h
 * says what each does, and chat/net/files.h of the files.
 */

/* world_send(): what the kernel does not take is copied. */
void net_world_send(struct world *world, struct peer *peer, const void *data,
    size_t len);

/* world_queued(): without what it costs to keep. */
size_t net_world_queued(struct world *world, const struct peer *peer);

/* world_hold(). */
void net_world_hold(struct world *world, struct peer *peer, bool hold);

/* world_close(); CONNECTION_CLOSING_NS for a peer that takes nothing more. */
void net_world_close(struct world *world, struct peer *peer, bool at_once);

/* world_admit(): the owner hears of it, once. */
void net_world_admit(struct world *world, struct peer *peer);

/* world_timer(). */
void net_world_timer(struct world *world, struct peer *peer, unsigned id,
    int64_t after_ns);

/* world_now_ns(): CLOCK_MONOTONIC. */
int64_t net_world_now_ns(struct world *world);

/* world_random(): of the kernel. */
void net_world_random(struct world *world, void *out, size_t len);

/* world_event(): written at once. */
void net_world_event(struct world *world, const struct peer *peer, const char *name,
    const struct event_field *fields, size_t n, const char *text);

/* world_file_make(). */
struct world_file *net_world_file_make(struct world *world, const char *folder,
    const char *name, struct errbuf *err);

/* world_file_open(). */
struct world_file *net_world_file_open(struct world *world, const char *path,
    uint64_t *size, struct errbuf *err);

/* world_file_open_kept(). */
struct world_file *net_world_file_open_kept(struct world *world, const char *name,
    uint64_t *size, struct errbuf *err);

/* world_file_add(). */
int net_world_file_add(struct world *world, const char *folder, const char *name,
    const void *data, size_t len, struct errbuf *err);

#endif
