#include "analyzer/stats/entropy.h"

#include <assert.h>
#include <string.h>

#include "base/int128.h"

/*
 * Digit by digit: where the square of a mantissa in [1, 2) is 2 or more, the
 * next digit of its logarithm is 1 and the square is halved.  A mantissa has 63
 * digits; each squaring doubles the error it finds, and finds a digit that is
 * worth half as much, so that the error of the sum is less than 40 * 2^-63.
 */
uint64_t
entropy_log2(uint32_t value)
{
	enum { MANTISSA_BITS = 63 };
	const uint64_t two = (uint64_t)1 << MANTISSA_BITS;
	unsigned whole = 31U - (unsigned)__builtin_clz(value);
	uint64_t mantissa = (uint64_t)value << (MANTISSA_BITS - 1 - whole);
	uint64_t log = whole;

	for (int i = 0; i < ENTROPY_FRACTION_BITS; i++) {
		mantissa = (uint64_t)((uint128)mantissa * mantissa >>
		    (MANTISSA_BITS - 1));
		log <<= 1;
		if (mantissa >= two) {
			mantissa >>= 1;
			log |= 1;
		}
	}
	return log;
}

/* The sum of c log2 c over the counts, equal ones together as far as they are
 * small, as those of mixed bytes are. */
static uint128
weigh(const uint32_t counts[UINT8_MAX + 1])
{
	enum { SMALL = 64 };
	uint32_t times[SMALL] = { 0 };
	uint128 sum = 0;

	for (size_t i = 0; i <= UINT8_MAX; i++) {
		if (counts[i] < SMALL)
			times[counts[i]]++;
		else
			sum += (uint128)counts[i] * entropy_log2(counts[i]);
	}
	for (uint32_t c = 2; c < SMALL; c++)	/* log2 1 is 0 */
		if (times[c] > 0)
			sum += (uint128)c * times[c] * entropy_log2(c);
	return sum;
}

uint32_t
entropy_microbits(const uint8_t *data, size_t n)
{
	uint32_t counts[UINT8_MAX + 1];
	uint128 bits, divisor;

	assert(n > 0 && n <= ENTROPY_BYTES_MAX);
	memset(counts, 0, sizeof(counts));
	for (size_t i = 0; i < n; i++)
		counts[data[i]]++;
	bits = (uint128)n * entropy_log2((uint32_t)n) - weigh(counts);
	divisor = (uint128)n << ENTROPY_FRACTION_BITS;
	return (uint32_t)((bits * 1000000 + divisor / 2) / divisor);
}
