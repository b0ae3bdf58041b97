/*
 * How wide the buckets of a span of time are, where that is to be found.
 *
 * Widths: 1, 10, 100 ms, 1, 10 s, 1, 10 min, 1, 6 h, 1, 10, 100, 1000 days.
 *         Each divides the next, so buckets become wider by being put together,
 *         and no packet has to be looked at again.
 * Choice: the finest of which the span needs no more than TIME_WIDTH_BUCKETS.
 *         It follows from the two ends alone: no order and no split of what lies
 *         between them makes a difference.
 */
#ifndef ANALYZER_ANALYSES_TIME_WIDTH_H
#define ANALYZER_ANALYSES_TIME_WIDTH_H

#include <stdint.h>

/* The 585 years that fit into 64 bits take 214 of 1000 days. */
enum { TIME_WIDTH_BUCKETS = 2000 };

/* That of a span without length. */
#define TIME_WIDTH_FINEST_NS	INT64_C(1000000)

/* The width, at least width_ns, which is one of them itself, of the span from
 * first_ns to last_ns; both belong to it, and first_ns is not the later one. */
int64_t time_width_choose(int64_t width_ns, int64_t first_ns,
    int64_t last_ns);

/* Which bucket it falls in: ts_ns / width_ns, rounded down; width_ns > 0. */
static inline int64_t
time_width_bucket(int64_t width_ns, int64_t ts_ns)
{
	return ts_ns / width_ns - (ts_ns % width_ns < 0);
}

#endif
