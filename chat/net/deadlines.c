#include "chat/net/deadlines.h"

#include <time.h>

enum { NS_PER_SECOND = 1000000000, NS_PER_US = 1000, US_PER_SECOND = 1000000 };

int64_t
deadlines_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * NS_PER_SECOND + ts.tv_nsec;
}

static bool
is_empty(const struct deadlines *all)
{
	return all->ends.next == &all->ends;
}

static void
sleep_until_first(struct deadlines *all, int64_t now_ns)
{
	int64_t left_us = 0;
	struct timeval tv;

	if (all->ends.next->due_ns > now_ns)
		left_us = (all->ends.next->due_ns - now_ns) / NS_PER_US + 1;
	tv.tv_sec = left_us / US_PER_SECOND;
	tv.tv_usec = left_us % US_PER_SECOND;
	/* Fails only without memory at the first use; the next deadline that
	 * is set tries again. */
	all->ticking = evtimer_add(all->timer, &tv) == 0;
}

/* due() may set and clear other deadlines. */
static void
on_timer(evutil_socket_t fd, short what, void *context)
{
	struct deadlines *all = context;
	int64_t now_ns = deadlines_now_ns();

	(void)fd;
	(void)what;
	all->ticking = false;
	while (!is_empty(all) && all->ends.next->due_ns <= now_ns) {
		struct deadline *first = all->ends.next;

		deadlines_clear(first);
		all->due(all->owner, first);
	}
	if (!is_empty(all))
		sleep_until_first(all, now_ns);
}

int
deadlines_init(struct deadlines *all, struct event_base *base,
    int64_t after_ns, void (*due)(void *owner, struct deadline *deadline),
    void *owner, struct errbuf *err)
{
	*all = (struct deadlines){
		.after_ns = after_ns, .due = due, .owner = owner,
	};
	all->ends.previous = all->ends.next = &all->ends;
	all->timer = evtimer_new(base, on_timer, all);
	if (all->timer == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	return 0;
}

void
deadlines_reset(struct deadlines *all)
{
	if (all->timer != NULL)
		event_free(all->timer);
	*all = (struct deadlines){ 0 };
}

void
deadlines_set(struct deadlines *all, struct deadline *deadline)
{
	int64_t now_ns;

	deadlines_clear(deadline);
	if (all->after_ns == 0)
		return;
	now_ns = deadlines_now_ns();
	deadline->due_ns = now_ns + all->after_ns;
	deadline->previous = all->ends.previous;
	deadline->next = &all->ends;
	deadline->previous->next = deadline;
	all->ends.previous = deadline;
	/* A timer that is set falls due no later than this one. */
	if (!all->ticking)
		sleep_until_first(all, now_ns);
}

void
deadlines_clear(struct deadline *deadline)
{
	if (deadline->next == NULL)
		return;
	deadline->previous->next = deadline->next;
	deadline->next->previous = deadline->previous;
	deadline->previous = deadline->next = NULL;
}
