/*
 * Random input for the tests of analyzer/stats: a seed that is printed, and
 * how many rounds to go.
 *
 * Generator: splitmix64 (Steele, Lea, Flood 2014).
 */
#ifndef TESTS_UNIT_STATS_RANDOM_H
#define TESTS_UNIT_STATS_RANDOM_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* From PCAPSTAT_TEST_SEED where that is set; printed in either case. */
static inline uint64_t
random_seed(const char *test)
{
	const char *text = getenv("PCAPSTAT_TEST_SEED");
	uint64_t seed = text == NULL ? 20240229 : strtoull(text, NULL, 0);

	printf("# %s: PCAPSTAT_TEST_SEED=%" PRIu64 "\n", test, seed);
	return seed;
}

/* `usual` times PCAPSTAT_TEST_LONG, where that is set. */
static inline unsigned long
random_rounds(unsigned long usual)
{
	const char *text = getenv("PCAPSTAT_TEST_LONG");

	return text == NULL ? usual : usual * strtoul(text, NULL, 10);
}

static inline uint64_t
random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* 0 to bound - 1 (the bias of the remainder does not matter here). */
static inline uint64_t
random_below(uint64_t *state, uint64_t bound)
{
	return random_next(state) % bound;
}

/* All widths are alike likely: 0 to 64 bits. */
static inline uint64_t
random_any_width(uint64_t *state)
{
	unsigned bits = (unsigned)random_below(state, 65);

	return bits == 0 ? 0 : random_next(state) >> (64 - bits);
}

#endif
