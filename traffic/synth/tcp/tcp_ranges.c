#include "traffic/synth/tcp/tcp_ranges.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "traffic/synth/tcp/tcp_sequence.h"

/* Replaces list[at] to list[at + old - 1] by one. */
static int
replace(struct tcp_ranges *r, size_t at, size_t old,
    const struct tcp_range *by)
{
	if (old == 0) {
		struct tcp_range *list;

		if (r->count == TCP_RANGES_MAX)
			return -1;
		list = memory_grow(r->list, &r->room, r->count + 1,
		    sizeof(*list));
		if (list == NULL)
			return -1;
		r->list = list;
	}
	memmove(&r->list[at + 1], &r->list[at + old],
	    (r->count - at - old) * sizeof(*r->list));
	r->list[at] = *by;
	r->count = r->count + 1 - old;
	return 0;
}

int
tcp_ranges_add(struct tcp_ranges *ranges, uint32_t begin, uint32_t end)
{
	struct tcp_range all = { begin, end, ranges->heard + 1 };
	size_t at = 0, old = 0;

	while (at < ranges->count && tcp_before(ranges->list[at].end, begin))
		at++;
	while (at + old < ranges->count &&
	    !tcp_after(ranges->list[at + old].begin, end)) {
		const struct tcp_range *r = &ranges->list[at + old];

		if (tcp_before(r->begin, all.begin))
			all.begin = r->begin;
		if (tcp_after(r->end, all.end))
			all.end = r->end;
		old++;
	}
	if (replace(ranges, at, old, &all) == -1)
		return -1;
	ranges->heard++;
	return 0;
}

uint32_t
tcp_ranges_take(struct tcp_ranges *ranges, uint32_t next)
{
	size_t gone = 0;

	while (gone < ranges->count &&
	    !tcp_after(ranges->list[gone].begin, next)) {
		if (tcp_after(ranges->list[gone].end, next))
			next = ranges->list[gone].end;
		gone++;
	}
	if (gone > 0) {
		ranges->count -= gone;
		memmove(ranges->list, ranges->list + gone,
		    ranges->count * sizeof(*ranges->list));
	}
	return next;
}

/* The one heard of last before that moment; NULL: none is left. */
static const struct tcp_range *
latest(const struct tcp_ranges *ranges, uint64_t before)
{
	const struct tcp_range *best = NULL;

	for (size_t i = 0; i < ranges->count; i++) {
		const struct tcp_range *r = &ranges->list[i];

		if (r->heard < before &&
		    (best == NULL || r->heard > best->heard))
			best = r;
	}
	return best;
}

void
tcp_ranges_blocks(const struct tcp_ranges *ranges, size_t max,
    struct tcp_segment *out)
{
	uint64_t before = UINT64_MAX;

	out->sack_count = 0;
	while (out->sack_count < max) {
		const struct tcp_range *r = latest(ranges, before);

		if (r == NULL)
			return;
		out->sack[out->sack_count].begin = r->begin;
		out->sack[out->sack_count].end = r->end;
		out->sack_count++;
		before = r->heard;
	}
}

void
tcp_ranges_reset(struct tcp_ranges *ranges)
{
	free(ranges->list);
	*ranges = (struct tcp_ranges){ 0 };
}
