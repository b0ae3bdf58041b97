/*
 * Unsigned integers of 512 bits: just what the exact rounding of a ratio and
 * of its square root wants.
 */
#ifndef ANALYZER_STATS_WIDE_H
#define ANALYZER_STATS_WIDE_H

#include <stdint.h>

#include "base/int128.h"

enum { WIDE_LIMBS = 8 };

struct wide {
	uint64_t limb[WIDE_LIMBS];	/* least significant first */
};

/* The same number, the upper limbs zero. */
struct wide wide_from(uint128 value);

/* Below zero, zero or above as a is less than, equal to or more than b. */
int wide_compare(const struct wide *a, const struct wide *b);

/* a - b; a >= b. */
struct wide wide_subtract(const struct wide *a, const struct wide *b);

/* a * b, of which the caller knows that it is less than 2^512. */
struct wide wide_multiply(const struct wide *a, const struct wide *b);

/* n / d, rounded half to even.  0 < d < 2^127, n / d < 2^127. */
uint128 wide_divide(const struct wide *n, uint128 d);

/* n / d in units of 10^-12, rounded half to even; d > 0. */
int128 wide_ratio(uint64_t n, uint64_t d);

/*
 * sqrt(n / d), rounded half to even.  d > 0, n < 2^500, n / d < 2^250.
 *
 * Method: a guess in floating point, improved by Newton's method on exact
 * remainders, then judged by integers alone; so the result does not depend on
 * the quality of the machine's arithmetic, only the time does.
 */
uint128 wide_root(const struct wide *n, const struct wide *d);

#endif
