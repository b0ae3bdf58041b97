#include "chat/net/latency.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/memory.h"

/* Below 8 ns each value has its bucket; above, 8 each power of two up to
 * 2^63. */
enum { PARTS = 8, PART_BITS = 3, BUCKETS = (64 - PART_BITS) * PARTS };

struct latency {
	int fd;
	struct event *event;
	bool ticking, active;
	uint64_t ticks;
	uint64_t buckets[BUCKETS];
};

static size_t
bucket_of(uint64_t ns)
{
	unsigned shift;

	if (ns < PARTS)
		return (size_t)ns;
	/* The leading 1 and the three bits behind it. */
	shift = 63 - (unsigned)__builtin_clzll(ns) - PART_BITS;
	return (size_t)(shift + 1) * PARTS + (size_t)(ns >> shift) - PARTS;
}

static int64_t
end_of(size_t bucket)
{
	unsigned shift;

	if (bucket < PARTS)
		return (int64_t)bucket;
	shift = (unsigned)(bucket / PARTS) - 1;
	return (int64_t)((((uint64_t)(bucket % PARTS) + PARTS + 1) << shift) -
	    1);
}

void
latency_add(struct latency *l, int64_t late_ns)
{
	l->buckets[bucket_of(late_ns < 0 ? 0 : (uint64_t)late_ns)]++;
	l->ticks++;
}

uint64_t
latency_ticks(const struct latency *l)
{
	return l->ticks;
}

int64_t
latency_quantile_ns(const struct latency *l, unsigned permille)
{
	/* The smallest number of ticks that is such a part of them. */
	uint64_t wanted = l->ticks / 1000 * permille +
	    (l->ticks % 1000 * permille + 999) / 1000;
	uint64_t sum = 0;

	if (l->ticks == 0)
		return 0;
	if (wanted == 0)
		wanted = 1;
	for (size_t i = 0; i < BUCKETS; i++) {
		sum += l->buckets[i];
		if (sum >= wanted)
			return end_of(i);
	}
	return end_of(BUCKETS - 1);
}

static void
set_ticking(struct latency *l, bool ticking)
{
	const long tick = ticking ? LATENCY_TICK_NS : 0;
	const struct itimerspec every = {
		.it_interval.tv_nsec = tick, .it_value.tv_nsec = tick,
	};

	if (timerfd_settime(l->fd, 0, &every, NULL) == 0)
		l->ticking = ticking;
}

/* Late by what has gone by of the next tick, and by the ticks missed. */
static void
on_tick(evutil_socket_t fd, short what, void *context)
{
	struct latency *l = context;
	struct itimerspec left;
	uint64_t ticks;

	(void)what;
	if (read(fd, &ticks, sizeof(ticks)) != sizeof(ticks) ||
	    timerfd_gettime(fd, &left) != 0)
		return;
	latency_add(l, (int64_t)ticks * LATENCY_TICK_NS -
	    left.it_value.tv_nsec);
	if (!l->active)
		set_ticking(l, false);
	l->active = false;
}

void
latency_active(struct latency *l)
{
	l->active = true;
	if (!l->ticking)
		set_ticking(l, true);
}

struct latency *
latency_new(struct event_base *base, struct errbuf *err)
{
	struct latency *l = memory_array(1, sizeof(*l));

	if (l == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	l->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (l->fd < 0) {
		errbuf_set(err, "timerfd: %s", strerror(errno));
		free(l);
		return NULL;
	}
	l->event = event_new(base, l->fd, EV_READ | EV_PERSIST, on_tick, l);
	if (l->event == NULL || event_add(l->event, NULL) != 0) {
		errbuf_set(err, "out of memory");
		latency_free(l);
		return NULL;
	}
	return l;
}

void
latency_free(struct latency *l)
{
	if (l == NULL)
		return;
	if (l->event != NULL)
		event_free(l->event);
	close(l->fd);
	free(l);
}
