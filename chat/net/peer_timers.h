/*
 * The timers that a protocol sets, WORLD_TIMERS for each peer and for itself.
 * They take no memory before the first is set.
 */
#ifndef CHAT_NET_PEER_TIMERS_H
#define CHAT_NET_PEER_TIMERS_H

#include <event2/event.h>
#include <stdint.h>

#include "chat/protocols/world.h"

struct peer_timers;

/* Whom to tell; borrowed. */
struct peer_timers_owner {
	struct event_base *base;
	void (*due)(void *context, struct peer *peer, unsigned id);
	void *context;
};

/* *timers: NULL at first, then made.  after_ns below 0: off.  -1 without
 * memory. */
int peer_timers_set(struct peer_timers **timers,
    const struct peer_timers_owner *owner, struct peer *peer, unsigned id,
    int64_t after_ns);

/* All off; NULL does nothing. */
void peer_timers_free(struct peer_timers *timers);

#endif
