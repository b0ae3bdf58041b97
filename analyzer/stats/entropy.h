/*
 * Shannon's entropy of bytes, in integers, so that every machine finds the
 * same.
 *
 * Input:  how often each byte came, at most ENTROPY_BYTES_MAX in all.
 * Result: bits a byte, times 10^6, rounded to the nearest: 0 (one byte only) to
 *         8,000,000 (all equally often).
 * Method: H = log2 n - (1/n) sum c log2 c, with logarithms of 40 binary digits
 *         behind the point, cut off.  What is cut off adds up to less than
 *         2^-39 bits, so that the result is that of exact arithmetic but
 *         where this is within a millionth of a microbit of a tie.
 */
#ifndef ANALYZER_STATS_ENTROPY_H
#define ANALYZER_STATS_ENTROPY_H

#include <stddef.h>
#include <stdint.h>

enum {
	ENTROPY_BYTES_MAX = 1 << 16,
	ENTROPY_FRACTION_BITS = 40,
};

/* Of n bytes; 0 < n <= ENTROPY_BYTES_MAX. */
uint32_t entropy_microbits(const uint8_t *data, size_t n);

#endif
