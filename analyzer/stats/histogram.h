/*
 * How values are distributed over a log-linear scale: exact counts in buckets
 * of about the same relative width.
 *
 * Values below 16 have a bucket each; from there on every power of two is cut
 * into 16 equal buckets, so a bucket is at most 1/16 (6.25 %) as wide as its
 * lowest value: about 53 buckets a decade.  All 64-bit values have one.
 *
 * Fixed size, no resources, nothing can fail; any order, split and merge gives
 * the same counts.
 */
#ifndef ANALYZER_STATS_HISTOGRAM_H
#define ANALYZER_STATS_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HISTOGRAM_SUB_BITS = 4,
	HISTOGRAM_BUCKETS = (64 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS,
};

struct histogram {
	uint64_t total;		/* sum of the counts */
	uint64_t counts[HISTOGRAM_BUCKETS];
};

struct histogram_bucket {
	uint64_t low, high;	/* both belong to it */
	uint64_t count;
};

/* Caller's memory; a zeroed struct is an empty one. */
void histogram_init(struct histogram *h);

/*
 * Which bucket a value falls in: below HISTOGRAM_BUCKETS.  The highest SUB_BITS
 * + 1 bits of a value are kept, 16 to 31, and `shift` bits below are dropped;
 * buckets are numbered by both.
 */
static inline size_t
histogram_index(uint64_t value)
{
	unsigned shift;

	if (value < 1 << HISTOGRAM_SUB_BITS)
		return (size_t)value;
	shift = 63 - HISTOGRAM_SUB_BITS - (unsigned)__builtin_clzll(value);
	return ((size_t)shift << HISTOGRAM_SUB_BITS) +
	    (size_t)(value >> shift);
}

/* Counts the value `count` times. */
static inline void
histogram_add(struct histogram *h, uint64_t value, uint64_t count)
{
	h->counts[histogram_index(value)] += count;
	h->total += count;
}

/* Adds all counts of `right` to `left`. */
void histogram_merge(struct histogram *left, const struct histogram *right);

/* histogram_add() as a tally_visit (see tally.h): the context is the
 * histogram; always true. */
bool histogram_visit(void *histogram, uint64_t value, uint64_t count);

/*
 * The buckets that are not empty, ascending: *at is 0 at first and moved on.
 * False when there are no more.
 */
bool histogram_next(const struct histogram *h, size_t *at,
    struct histogram_bucket *out);

/* The lowest value of a bucket; index < HISTOGRAM_BUCKETS. */
uint64_t histogram_low(size_t index);

/* The highest, which belongs to it too; UINT64_MAX for the last bucket. */
uint64_t histogram_high(size_t index);

#endif
