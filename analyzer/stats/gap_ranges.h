/*
 * Inter-arrival times of one class of packets, by ranges: how many gaps are
 * about that long?  What gaps.h is for exact quantiles, in a fixed size and a
 * few instructions a packet.
 *
 * Input:  time stamps, nanoseconds since 1970-01-01 UTC, in file order.
 * Result: exact counts in the ranges of histogram.h; of the gaps below zero
 *         (steps back) their number and the lowest.
 * Method: integers only, so any split and merge gives the same counts.
 */
#ifndef ANALYZER_STATS_GAP_RANGES_H
#define ANALYZER_STATS_GAP_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/stats/histogram.h"

struct gap_ranges {
	bool started;		/* a time stamp was seen: the next two hold */
	int64_t first_ns, last_ns;	/* in file order */
	uint64_t backward;	/* gaps < 0 */
	uint64_t backward_ns;	/* how far the farthest of them goes back */
	struct histogram forward;	/* gaps >= 0 */
};

/* Caller's memory; a zeroed struct is an empty one.  Nothing to release. */
void gap_ranges_init(struct gap_ranges *ranges);

/* The slow half of gap_ranges_add(): the first time stamp, and a step back. */
void gap_ranges_add_unusual(struct gap_ranges *ranges, int64_t ts_ns);

/* O(1), cannot fail. */
static inline void
gap_ranges_add(struct gap_ranges *ranges, int64_t ts_ns)
{
	if (ranges->started && ts_ns >= ranges->last_ns)
		histogram_add(&ranges->forward,
		    (uint64_t)ts_ns - (uint64_t)ranges->last_ns, 1);
	else
		gap_ranges_add_unusual(ranges, ts_ns);
	ranges->last_ns = ts_ns;
}

/* `right` follows `left` in the capture: the gap between them is made here. */
void gap_ranges_merge(struct gap_ranges *left,
    const struct gap_ranges *right);

/* All gaps. */
static inline uint64_t
gap_ranges_total(const struct gap_ranges *ranges)
{
	return ranges->backward + ranges->forward.total;
}

#endif
