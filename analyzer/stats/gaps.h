/*
 * Inter-arrival times of one class of packets (a direction, a flow, all).
 *
 * Input:  time stamps, nanoseconds since 1970-01-01 UTC, in file order.
 * Result: number of gaps, mean, both standard deviations, extremes, quantiles:
 *         all exact, rounded once (half to even) to picoseconds.
 * Errors: adding cannot fail; where the bounded memory had to spill to TMPDIR
 *         and that failed, gaps_summarize() says so and leaves the quantiles
 *         undefined.  The rest stays exact.
 * Method: every gap goes, as sign and magnitude, into an exact multiset
 *         (tally.h), so any split and merge gives the same result.
 */
#ifndef ANALYZER_STATS_GAPS_H
#define ANALYZER_STATS_GAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/stats/tally.h"
#include "base/errbuf.h"
#include "base/table.h"

struct gaps {
	bool started;		/* a time stamp was seen: the next four hold */
	int64_t first_ns, last_ns;	/* in file order */
	/* Extremes as far as steps back tell; see gaps_earliest() and
	 * gaps_latest(). */
	int64_t trough_ns, peak_ns;
	struct tally forward;	/* gaps >= 0: the gap */
	struct tally backward;	/* gaps < 0: ~magnitude, so that ascending
				   keys are ascending gaps */
	struct moments backward_sums;	/* of the gaps < 0, signed */
};

struct gaps_summary {
	uint64_t gaps;
	uint64_t backward_steps;	/* gaps < 0 */
	/* picoseconds; TABLE_NO_PS when undefined */
	int128 mean, std_pop;		/* gaps == 0 */
	int128 std_sample;		/* gaps < 2 */
	int128 min, max;		/* gaps == 0 */
	int128 median, p90, p99;	/* gaps == 0; type 7 of Hyndman and
					   Fan 1996 */
};

/* Caller's memory, whatever was in it; cannot fail. */
void gaps_init(struct gaps *gaps);

/* Frees what it grew, spill file included; empty afterwards. */
void gaps_reset(struct gaps *gaps);

/* The slow half of gaps_add(): the first time stamp, and a step back. */
void gaps_add_unusual(struct gaps *gaps, int64_t ts_ns);

/* O(1) amortized, cannot fail. */
static inline void
gaps_add(struct gaps *gaps, int64_t ts_ns)
{
	if (gaps->started && ts_ns >= gaps->last_ns)
		tally_add(&gaps->forward,
		    (uint64_t)ts_ns - (uint64_t)gaps->last_ns);
	else
		gaps_add_unusual(gaps, ts_ns);
	gaps->last_ns = ts_ns;
}

/* The extremes of all time stamps; defined if started. */
static inline int64_t
gaps_earliest(const struct gaps *gaps)
{
	return gaps->trough_ns;
}

static inline int64_t
gaps_latest(const struct gaps *gaps)
{
	return gaps->last_ns > gaps->peak_ns ? gaps->last_ns : gaps->peak_ns;
}

/* `right` follows `left` in the capture: the gap between them is made here.
 * `right` is empty afterwards. */
void gaps_merge(struct gaps *left, struct gaps *right);

/* -1 where spilled gaps could not be kept or read back; *out then holds all
 * but the quantiles. */
int gaps_summarize(struct gaps *gaps, struct gaps_summary *out,
    struct errbuf *err);

#endif
