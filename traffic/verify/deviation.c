#include "traffic/verify/deviation.h"

#define UINT128_LAST	(~(uint128)0)
/* Of what is looked for, in picoseconds: its square is below 2^126. */
#define LIMIT_PS	((uint128)1 << 62)

static bool
product(uint128 a, uint128 b, uint128 *out)
{
	if (a != 0 && b > UINT128_LAST / a)
		return false;
	*out = a * b;
	return true;
}

struct wide_product {
	uint128 high, low;
};

static struct wide_product
multiply(uint128 a, uint128 b)
{
	uint128 a0 = (uint64_t)a, a1 = a >> 64, b0 = (uint64_t)b, b1 = b >> 64;
	uint128 middle = a1 * b0 + (a0 * b0 >> 64);
	uint128 other = a0 * b1 + (uint64_t)middle;

	return (struct wide_product){ a1 * b1 + (middle >> 64) + (other >> 64),
	    a * b };
}

static int
compare(const struct wide_product *a, const struct wide_product *b)
{
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	return (a->low > b->low) - (a->low < b->low);
}

/* v - 1/2 against the deviation, both squared, times 4 denominators. */
static int
compare_half_below(uint128 v, uint128 denominator,
    const struct wide_product *numerator)
{
	struct wide_product p = multiply((2 * v - 1) * (2 * v - 1),
	    denominator);

	return compare(&p, numerator);
}

/* The largest v > 0 whose v - 1/2 is not above it, or 0. */
static uint128
search(uint128 denominator, const struct wide_product *numerator)
{
	uint128 low = 0, high = LIMIT_PS;

	while (high - low > 1) {
		uint128 v = low + (high - low) / 2;

		if (compare_half_below(v, denominator, numerator) <= 0)
			low = v;
		else
			high = v;
	}
	return low;
}

/* n squares - sum^2; false: it is below zero, or beyond 128 bits. */
static bool
spread(uint64_t n, int128 sum, uint128 squares, uint128 *out)
{
	uint128 magnitude = sum < 0 ? -(uint128)sum : (uint128)sum;
	uint128 all, square;

	if (!product(n, squares, &all) ||
	    !product(magnitude, magnitude, &square) || square > all)
		return false;
	*out = all - square;
	return true;
}

bool
deviation_ps(uint64_t n, int128 sum_ns, uint128 squares_ns2,
    uint64_t divisor, int128 *ps)
{
	uint128 over, denominator = (uint128)n * divisor, v;
	struct wide_product numerator;

	if (denominator == 0 || !spread(n, sum_ns, squares_ns2, &over))
		return false;
	numerator = multiply(over, 4 * 1000 * 1000);
	v = search(denominator, &numerator);
	if (v == LIMIT_PS - 1)
		return false;
	if (v % 2 != 0 && compare_half_below(v, denominator, &numerator) == 0)
		v--;
	*ps = (int128)v;
	return true;
}
