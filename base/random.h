/*
 * Pseudo-random numbers that are the same on every machine.
 *
 * Method: xoshiro256** 1.0 (Blackman and Vigna, "Scrambled linear pseudorandom
 * number generators", ACM TOMS 2021), its state filled by SplitMix64 (Steele,
 * Lea and Flood, OOPSLA 2014).  Period 2^256 - 1.  Not for anything secret.
 *
 * A stream is named by a seed, a purpose and a number, so each user of random
 * numbers has one of its own: what one draws does not disturb the others.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Caller's memory, no resources. */
struct random {
	uint64_t state[4];
};

/* The stream of that name: the same three give the same numbers.  Cannot
 * fail. */
void random_init(struct random *random, uint64_t seed, const char *purpose,
    uint64_t number);

/* The next 64 bits. */
uint64_t random_next(struct random *random);

/* 0 to n - 1 without bias (Lemire, ACM TOMACS 2019); n >= 1. */
uint64_t random_below(struct random *random, uint64_t n);

/* Of each number the low byte comes first; what the last has left over is
 * lost. */
void random_fill(struct random *random, void *out, size_t len);

#endif
