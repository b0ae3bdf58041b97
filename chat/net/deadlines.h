/*
 * One deadline for many: all fall due the same time after they were set, so
 * they stand in a list in the order they fall due, and one timer of the loop
 * is enough.  Setting, setting again and taking back are O(1) and wake nobody.
 */
#ifndef CHAT_NET_DEADLINES_H
#define CHAT_NET_DEADLINES_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/errbuf.h"

/* A place in the list; zeroed at first.  Part of what has the deadline. */
struct deadline {
	struct deadline *previous, *next;	/* NULL: not set */
	int64_t due_ns;
};

struct deadlines {
	struct deadline ends;	/* the list is a ring through it */
	int64_t after_ns;	/* 0: none ever falls due */
	struct event *timer;
	bool ticking;
	void (*due)(void *owner, struct deadline *deadline);
	void *owner;
};

/* Nanoseconds of CLOCK_MONOTONIC. */
int64_t deadlines_now_ns(void);

/* Caller's memory, which must not move; release with deadlines_reset().
 * due() is called from the loop, with a deadline that is no longer set. */
int deadlines_init(struct deadlines *all, struct event_base *base,
    int64_t after_ns, void (*due)(void *owner, struct deadline *deadline),
    void *owner, struct errbuf *err);

/* After every deadline was taken back; of a zeroed struct it does nothing. */
void deadlines_reset(struct deadlines *all);

/* From now on; also one that is set already. */
void deadlines_set(struct deadlines *all, struct deadline *deadline);

/* Also one that is not set. */
void deadlines_clear(struct deadline *deadline);

#endif
