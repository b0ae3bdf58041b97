/*
 * Quantities for people: three digits and a unit, or on an axis as many digits
 * as tell its marks apart.
 *
 * Integers all the way, so that every machine writes the same.
 */
#ifndef ANALYZER_REPORT_AMOUNT_H
#define ANALYZER_REPORT_AMOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "base/int128.h"

/* What is counted, and in what the integers are. */
enum amount_unit {
	AMOUNT_COUNT,		/* of packets, gaps, ... */
	AMOUNT_BYTES,
	AMOUNT_NS,		/* a length of time, nanoseconds */
	AMOUNT_PS,		/* the same, picoseconds */
	AMOUNT_SHARE,		/* 10^-12, written as per cent */
	AMOUNT_SCORE,		/* 10^-12 */
	AMOUNT_TIME,		/* nanoseconds since 1970-01-01 UTC */
};

enum { AMOUNT_BYTES_MAX = 64 };

/* "1.23 MB", "450 µs", "12.5 %", "1010": three digits, half up; counts below
 * 100000 and times whole.  Lengths of time up to years (of 365.25 days).
 * AMOUNT_TIME as RFC 3339. */
void amount_text(char out[AMOUNT_BYTES_MAX], int128 value,
    enum amount_unit unit);

/* The same with all its digits, in the unit that fits `largest`: for marks of
 * an axis that goes so far.  Lengths of time in seconds at most. */
void amount_mark(char out[AMOUNT_BYTES_MAX], int128 value, int128 largest,
    enum amount_unit unit);

/* A length of time in the largest unit that it is a whole number of, up to
 * days: "100 ms", "10 min", "1 d". */
void amount_span(char out[AMOUNT_BYTES_MAX], int128 ns);

/* The logarithm to base 2 in units of 1/65536, cut; of 0, one less than that of
 * 1. */
int32_t amount_log2(uint64_t value);

#endif
