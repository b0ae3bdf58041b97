/*
 * Let U be uniform in (0, 1], and y = -log2 U.  Then y ln 2 times the mean is
 * exponential, and the least value times 2^(y / shape) is Pareto's.
 */
#include "traffic/synth/net/draw.h"

#include "base/fixed_log.h"
#include "base/int128.h"

enum {
	LOG_BITS = FIXED_LOG_BITS,	/* behind the point of y */
	MILLION = 1000000,
};

#define LN_2 UINT64_C(0xb17217f7d1cf79ac)	/* times 2^64 */

/* -log2 U times 2^48: 0 to 64 times that. */
static uint64_t
draw_log(struct random *random)
{
	uint64_t u = random_next(random);

	/* U is (u + 1) / 2^64. */
	if (u == UINT64_MAX)
		return 0;
	return (UINT64_C(64) << LOG_BITS) - fixed_log2(u + 1);
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
	    fixed_power((uint64_t)exponent & ((UINT64_C(1) << LOG_BITS) - 1));
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
