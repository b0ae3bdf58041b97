/*
 * What the parts of connection.h share: the life of a connection
 * (connection.c), its input and output (connection_io.c), what else a protocol
 * can do with it (connection_world.c).
 */
#ifndef CHAT_NET_CONNECTION_INTERNAL_H
#define CHAT_NET_CONNECTION_INTERNAL_H

#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/net/connection.h"
#include "chat/net/deadlines.h"
#include "chat/net/output.h"
#include "chat/net/peer_timers.h"

enum stage {
	STAGE_OPEN,
	STAGE_CLOSING,		/* what was sent is written first */
	STAGE_LEAVING,		/* to be told by side->left() */
	STAGE_LINGERING,	/* without a protocol; reads and drops */
};

struct connection {
	struct peer peer;	/* first: the protocol has a pointer to it */
	struct connections *all;
	struct connection *previous, *next;
	struct connection *next_leaving;
	struct event readable, writable;
	struct deadline idle;
	/* One at a time: to be admitted, to be closed, to linger. */
	struct deadline other;
	struct output output;
	struct connection_facts facts;
	struct peer_timers *timers;
	void *slot;
	int fd;
	uint8_t stage;		/* enum stage */
	uint8_t why;		/* enum left, from STAGE_CLOSING on */
	uint8_t read_size;	/* of a read: READ_LEAST << read_size bytes */
	bool refused;		/* by side->joined() */
	bool held;		/* by the protocol */
	bool reading;		/* `readable` is added */
	bool writing;
	bool was_high;		/* drained() is due when little is left */
	bool input_ended;
	bool output_broken;
	bool lingers;		/* once it has left */
	bool resets;		/* the kernel forgets what it has to send */
};

struct connections {
	struct event_base *base;
	struct connection_rules rules;
	void *state;		/* the side's */
	struct connection ends;	/* the list is a ring through it */
	size_t count;
	struct connection_totals totals;
	struct connection *leaving, **leaving_end;
	struct event *leave_now;
	struct deadlines idle, handshake, closing, lingering;
	struct peer_timers_owner timers_owner;
	struct peer_timers *timers;	/* the side's own */
	uint8_t buffer[SIDE_READ_MAX];
};

static inline struct connection *
connection_of(const struct peer *peer)
{
	return (struct connection *)(uintptr_t)peer;
}

/* side->left() follows from the loop; does nothing once it is leaving.
 * lingers: as connection_rules has it. */
void connection_leave(struct connection *c, enum left why, bool lingers);

/* The same once what it was sent is written; only while it is open. */
void connection_close_after_output(struct connection *c, enum left why);

/* Closes and frees it; nothing else is told. */
void connection_forget(struct connection *c);

/* Asks the loop to read, or not to, as is wanted by now; without memory the
 * connection leaves. */
void connection_update_reading(struct connection *c);

/* The same of writing. */
void connection_update_writing(struct connection *c);

/* The loop's call where there is something to read; context: the
 * connection. */
void connection_on_readable(evutil_socket_t fd, short what, void *context);

/* And where the kernel takes more. */
void connection_on_writable(evutil_socket_t fd, short what, void *context);

/* Of peer_timers_owner. */
void connection_on_timer(void *context, struct peer *peer, unsigned id);

#endif
