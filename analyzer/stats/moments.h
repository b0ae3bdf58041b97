/*
 * Exact sums of signed values of up to 65 bits, and what follows from them.
 *
 * Method: count, sum (128 bits) and sum of squares (192 bits) are integers, so
 * any order, split and merge gives the same result; the mean and the standard
 * deviations are rounded once, half to even.
 */
#ifndef ANALYZER_STATS_MOMENTS_H
#define ANALYZER_STATS_MOMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"

struct moments {
	uint64_t count;
	int128 sum;
	uint64_t squares[3];	/* least significant first */
	int128 min, max;	/* defined if count > 0 */
};

/* Caller's memory, no resources; a zeroed struct is an empty one. */
void moments_init(struct moments *m);

/* `count` times the value, |value| < 2^64.  Fewer than 2^63 values in all,
 * merges included, so that every sum fits. */
void moments_add(struct moments *m, int128 value, uint64_t count);

/*
 * moments_add() of one value but for the extremes: the caller keeps them, and
 * sets them before anything else is done with *m.  For very many sets, where
 * each line of memory counts.
 */
static inline void
moments_add_sums(struct moments *m, int128 value)
{
	uint128 magnitude = value < 0 ? -(uint128)value : (uint128)value;
	uint128 square = magnitude * magnitude, low;

	m->count++;
	m->sum += value;
	low = (uint128)m->squares[0] + (uint64_t)square;
	m->squares[0] = (uint64_t)low;
	low = (uint128)m->squares[1] + (uint64_t)(square >> 64) +
	    (uint64_t)(low >> 64);
	m->squares[1] = (uint64_t)low;
	m->squares[2] += (uint64_t)(low >> 64);
}

/* Adds all of `right` to `left`; within the same bound on their number. */
void moments_merge(struct moments *left, const struct moments *right);

/*
 * The mean times `scale` (1000 turns nanoseconds into picoseconds; at most
 * 10^12), as an integer rounded half to even; TABLE_NO_PS where there is no
 * value.
 */
int128 moments_mean(const struct moments *m, uint64_t scale);

/* The population's standard deviation (divisor: count), scaled, rounded and
 * undefined as the mean. */
int128 moments_std_pop(const struct moments *m, uint64_t scale);

/* The sample's (divisor: count - 1); TABLE_NO_PS below two values. */
int128 moments_std_sample(const struct moments *m, uint64_t scale);

/* The sample's variance times `scale`, likewise; |values| < 2^40. */
int128 moments_variance_sample(const struct moments *m, uint64_t scale);

#endif
