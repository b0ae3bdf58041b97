/*
 * Logarithms and powers of two that are the same on every machine and with
 * every compiler: made bit by bit, of integers.
 *
 * Method: D. E. Knuth, The Art of Computer Programming 1, 1.2.2, exercises 25
 * and 28.
 */
#ifndef BASE_FIXED_LOG_H
#define BASE_FIXED_LOG_H

#include <stdint.h>

enum { FIXED_LOG_BITS = 48 };	/* behind the point of a logarithm */

/* log2 x times 2^48, rounded down; x >= 1. */
uint64_t fixed_log2(uint64_t x);

/* 2 to the power of a fraction of 1 (times 2^48, less than 2^48), times 2^63:
 * its upper 32 bits count, so the relative error is below 2^-32. */
uint64_t fixed_power(uint64_t fraction);

#endif
