/*
 * Let U be uniform in (0, 1], and y = -log2 U.  Then y ln 2 times the mean is
 * exponential, and the least value times 2^(y / shape) is Pareto's.
 */
#include "traffic/synth/net/draw.h"

#include "base/int128.h"

enum {
	LOG_BITS = 48,		/* behind the point of y */
	POWER_BITS = 32,	/* that decide a power of two */
	MILLION = 1000000,
};

#define LN_2 UINT64_C(0xb17217f7d1cf79ac)	/* times 2^64 */

/* log2 of x times 2^48, rounded down: squaring x in [1, 2) doubles its
 * logarithm, whose next bit says whether it passed 2. */
static uint64_t
log2_fixed(uint64_t x)
{
	unsigned whole = 63 - (unsigned)__builtin_clzll(x);
	uint64_t log = whole;

	x <<= 63 - whole;	/* 1 is 2^63 */
	for (unsigned i = 0; i < LOG_BITS; i++) {
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

/* 2 to the power of a fraction (times 2^48), times 2^63: the product of the
 * roots that its bits name. */
static uint64_t
power_fixed(uint64_t fraction)
{
	uint64_t power = UINT64_C(1) << 63;

	for (unsigned i = 0; i < POWER_BITS; i++)
		if (fraction >> (LOG_BITS - 1 - i) & 1)
			power = (uint64_t)((uint128)power *
			    roots_of_two[i] >> 63);
	return power;
}

/* -log2 U times 2^48: 0 to 64 times that. */
static uint64_t
draw_log(struct random *random)
{
	uint64_t u = random_next(random);

	/* U is (u + 1) / 2^64. */
	if (u == UINT64_MAX)
		return 0;
	return (UINT64_C(64) << LOG_BITS) - log2_fixed(u + 1);
}

static int64_t
draw_exponential(int64_t mean, struct random *random)
{
	uint128 nats = (uint128)draw_log(random) * LN_2 >> 64;
	uint128 value = (nats * (uint64_t)mean +
	    (UINT64_C(1) << (LOG_BITS - 1))) >> LOG_BITS;

	return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

static int64_t
draw_pareto(int64_t least, uint32_t shape_milli, struct random *random)
{
	uint128 exponent = (uint128)draw_log(random) *
	    1000 / (shape_milli == 0 ? 1 : shape_milli);
	uint64_t whole = (uint64_t)(exponent >> LOG_BITS);
	uint128 value;

	/* At least 2^63 times. */
	if (whole >= 63)
		return least == 0 ? 0 : INT64_MAX;
	value = (uint128)(uint64_t)least *
	    power_fixed((uint64_t)exponent & ((UINT64_C(1) << LOG_BITS) - 1));
	value >>= 63 - whole;
	return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

/* Both ends included. */
static int64_t
draw_uniform(int64_t a, int64_t b, struct random *random)
{
	if (b <= a)
		return a;
	return a + (int64_t)random_below(random, (uint64_t)(b - a) + 1);
}

static int64_t
at_least_0(int64_t value)
{
	return value < 0 ? 0 : value;
}

int64_t
amount_draw(const struct amount *amount, struct random *random)
{
	int64_t a = at_least_0(amount->a), value = a;

	switch (amount->kind) {
	case AMOUNT_CONSTANT:
		break;
	case AMOUNT_UNIFORM:
		value = draw_uniform(a, amount->b, random);
		break;
	case AMOUNT_EXPONENTIAL:
		value = draw_exponential(a, random);
		break;
	case AMOUNT_PARETO:
		value = draw_pareto(a, amount->shape_milli, random);
		break;
	}
	return at_least_0(value > amount->max ? amount->max : value);
}

bool
chance(struct random *random, uint32_t ppm)
{
	return random_below(random, MILLION) < ppm;
}
