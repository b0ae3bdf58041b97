#include "base/fixed_log.h"

#include <stdbool.h>

#include "base/int128.h"

enum { POWER_BITS = 32 };	/* that decide a power of two */

/* Squaring x in [1, 2) doubles its logarithm, whose next bit says whether it
 * passed 2. */
uint64_t
fixed_log2(uint64_t x)
{
	unsigned whole = 63 - (unsigned)__builtin_clzll(x);
	uint64_t log = whole;

	x <<= 63 - whole;	/* 1 is 2^63 */
	for (unsigned i = 0; i < FIXED_LOG_BITS; i++) {
		uint128 square = (uint128)x * x;
		bool is_two = square >> 127 != 0;

		x = (uint64_t)(square >> (is_two ? 64 : 63));
		log = log << 1 | is_two;
	}
	return log;
}

/* 2^(1/2), 2^(1/4) ... times 2^63. */
static const uint64_t roots_of_two[POWER_BITS] = {
	0xb504f333f9de6484, 0x9837f0518db8a96f,
	0x8b95c1e3ea8bd6e7, 0x85aac367cc487b15,
	0x82cd8698ac2ba1d7, 0x8164d1f3bc030773,
	0x80b1ed4fd999ab6c, 0x8058d7d2d5e5f6b1,
	0x802c6436d0e04f51, 0x8016302f17467628,
	0x800b179c82028fd1, 0x80058baf7fee3b5d,
	0x8002c5d00fdcfcb7, 0x800162e61bed4a49,
	0x8000b17292f702a4, 0x800058b92abbae02,
	0x80002c5c8dade4d7, 0x8000162e44eaf636,
	0x80000b1721fa7c19, 0x8000058b90de7e4d,
	0x800002c5c8678f37, 0x80000162e431dba0,
	0x800000b1721872d1, 0x80000058b90c1aa9,
	0x8000002c5c8605a4, 0x800000162e4300e6,
	0x8000000b17217ff8, 0x800000058b90bfdd,
	0x80000002c5c85fe7, 0x8000000162e42ff2,
	0x80000000b17217f8, 0x8000000058b90bfc,
};

/* The product of the roots that the bits of the fraction name. */
uint64_t
fixed_power(uint64_t fraction)
{
	uint64_t power = UINT64_C(1) << 63;

	for (unsigned i = 0; i < POWER_BITS; i++)
		if (fraction >> (FIXED_LOG_BITS - 1 - i) & 1)
			power = (uint64_t)((uint128)power *
			    roots_of_two[i] >> 63);
	return power;
}
