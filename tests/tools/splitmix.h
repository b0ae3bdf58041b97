/*
 * SplitMix64, the pseudo-random numbers of the capture makers.
 *
 * Method: Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014, with the constants of Vigna's public domain
 * version.  Every state is a good seed; the same seed gives the same numbers
 * on every machine.  Not for anything secret.
 */
#ifndef TESTS_TOOLS_SPLITMIX_H
#define TESTS_TOOLS_SPLITMIX_H

#include <stdint.h>

struct splitmix {
	uint64_t state;
};

static inline uint64_t
splitmix_next(struct splitmix *s)
{
	uint64_t z = s->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* A number below n; its bias is at most n / 2^32. */
static inline uint32_t
splitmix_below(struct splitmix *s, uint32_t n)
{
	return (uint32_t)((splitmix_next(s) >> 32) * n >> 32);
}

#endif
