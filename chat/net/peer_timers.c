#include "chat/net/peer_timers.h"

#include <stdlib.h>

#include "base/memory.h"
#include "chat/net/deadlines.h"

enum { NS_PER_US = 1000, US_PER_SECOND = 1000000 };

struct peer_timers {
	const struct peer_timers_owner *owner;
	struct peer *peer;
	struct peer_timer {
		struct peer_timers *all;
		struct event *event;	/* NULL until it is set */
		int64_t due_ns;		/* of deadlines_now_ns() */
		unsigned id;
	} timers[WORLD_TIMERS];
};

/* Rounded up to what the loop can wait. */
static int
sleep_for(struct peer_timer *timer, int64_t ns)
{
	int64_t us = ns / NS_PER_US + (ns % NS_PER_US != 0);
	const struct timeval tv = {
		.tv_sec = us / US_PER_SECOND, .tv_usec = us % US_PER_SECOND,
	};

	return evtimer_add(timer->event, &tv);
}

/*
 * The loop counts from its last wait, by a clock that is some milliseconds
 * coarse, so it may come too early.  Where it cannot be asked again (no memory)
 * that is better than never.
 */
static void
on_timer(evutil_socket_t fd, short what, void *context)
{
	struct peer_timer *timer = context;
	const struct peer_timers *all = timer->all;
	int64_t left_ns = timer->due_ns - deadlines_now_ns();

	(void)fd;
	(void)what;
	if (left_ns <= 0 || sleep_for(timer, left_ns) != 0)
		all->owner->due(all->owner->context, all->peer, timer->id);
}

static struct peer_timers *
timers_new(const struct peer_timers_owner *owner, struct peer *peer)
{
	struct peer_timers *all = memory_array(1, sizeof(*all));

	if (all == NULL)
		return NULL;
	all->owner = owner;
	all->peer = peer;
	for (unsigned id = 0; id < WORLD_TIMERS; id++) {
		all->timers[id].all = all;
		all->timers[id].id = id;
	}
	return all;
}

int
peer_timers_set(struct peer_timers **timers,
    const struct peer_timers_owner *owner, struct peer *peer, unsigned id,
    int64_t after_ns)
{
	struct peer_timer *timer;

	if (*timers == NULL && after_ns < 0)
		return 0;
	if (*timers == NULL)
		*timers = timers_new(owner, peer);
	if (*timers == NULL)
		return -1;
	timer = &(*timers)->timers[id];
	if (after_ns < 0)
		return timer->event == NULL ? 0 : event_del(timer->event);
	if (timer->event == NULL)
		timer->event = evtimer_new(owner->base, on_timer, timer);
	if (timer->event == NULL)
		return -1;
	timer->due_ns = deadlines_now_ns() + after_ns;
	return sleep_for(timer, after_ns);
}

void
peer_timers_free(struct peer_timers *all)
{
	if (all == NULL)
		return;
	for (unsigned id = 0; id < WORLD_TIMERS; id++)
		if (all->timers[id].event != NULL)
			event_free(all->timers[id].event);
	free(all);
}
