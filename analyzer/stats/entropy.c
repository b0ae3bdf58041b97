#include "analyzer/stats/entropy.h"

#include <assert.h>
#include <string.h>

#include "base/fixed_log.h"
#include "base/int128.h"

/* The binary logarithm of value > 0, times 2^ENTROPY_FRACTION_BITS, cut off. */
static uint64_t
log2_of(uint32_t value)
{
	return fixed_log2(value) >> (FIXED_LOG_BITS - ENTROPY_FRACTION_BITS);
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
			sum += (uint128)counts[i] * log2_of(counts[i]);
	}
	for (uint32_t c = 2; c < SMALL; c++)	/* log2 1 is 0 */
		if (times[c] > 0)
			sum += (uint128)c * times[c] * log2_of(c);
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
	bits = (uint128)n * log2_of((uint32_t)n) - weigh(counts);
	divisor = (uint128)n << ENTROPY_FRACTION_BITS;
	return (uint32_t)((bits * 1000000 + divisor / 2) / divisor);
}
