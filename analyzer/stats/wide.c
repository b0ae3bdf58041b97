#include "analyzer/stats/wide.h"

#include <math.h>
#include <stdbool.h>

struct wide
wide_from(uint128 value)
{
	struct wide w = { { (uint64_t)value, (uint64_t)(value >> 64) } };

	return w;
}

int
wide_compare(const struct wide *a, const struct wide *b)
{
	for (int i = WIDE_LIMBS - 1; i >= 0; i--)
		if (a->limb[i] != b->limb[i])
			return a->limb[i] < b->limb[i] ? -1 : 1;
	return 0;
}

struct wide
wide_subtract(const struct wide *a, const struct wide *b)
{
	struct wide out;
	uint64_t borrow = 0;

	for (int i = 0; i < WIDE_LIMBS; i++) {
		uint128 d = (uint128)a->limb[i] - b->limb[i] - borrow;

		out.limb[i] = (uint64_t)d;
		borrow = (uint64_t)(d >> 64) & 1;
	}
	return out;
}

static int
used_limbs(const struct wide *w)
{
	int n = WIDE_LIMBS;

	while (n > 0 && w->limb[n - 1] == 0)
		n--;
	return n;
}

/* out += a * b * 2^(64 * shift), where b has n limbs and out none from n +
 * shift on */
static void
add_product(struct wide *out, uint64_t a, const struct wide *b, int n,
    int shift)
{
	uint64_t carry = 0;
	int at = shift;

	for (int i = 0; i < n && at < WIDE_LIMBS; i++, at++) {
		uint128 t = (uint128)a * b->limb[i] + out->limb[at] + carry;

		out->limb[at] = (uint64_t)t;
		carry = (uint64_t)(t >> 64);
	}
	if (at < WIDE_LIMBS)
		out->limb[at] = carry;
}

struct wide
wide_multiply(const struct wide *a, const struct wide *b)
{
	struct wide out = { { 0 } };
	int n = used_limbs(a), m = used_limbs(b);

	for (int i = 0; i < n; i++)
		add_product(&out, a->limb[i], b, m, i);
	return out;
}

/* *quotient and the rest, bit by bit: for numbers that few inputs reach. */
static uint128
divide_long(const struct wide *n, uint128 d, uint128 *quotient)
{
	uint128 rest = 0;

	*quotient = 0;
	for (int bit = 64 * WIDE_LIMBS - 1; bit >= 0; bit--) {
		rest = rest << 1 | (n->limb[bit / 64] >> bit % 64 & 1);
		*quotient <<= 1;
		if (rest >= d) {
			rest -= d;
			*quotient |= 1;
		}
	}
	return rest;
}

uint128
wide_divide(const struct wide *n, uint128 d)
{
	uint128 low = (uint128)n->limb[1] << 64 | n->limb[0];
	const struct wide low_only = wide_from(low);
	uint128 quotient = low / d, rest = low % d;

	if (wide_compare(n, &low_only) != 0)
		rest = divide_long(n, d, &quotient);
	if (rest > d - rest || (rest == d - rest && (quotient & 1) != 0))
		quotient++;
	return quotient;
}

int128
wide_ratio(uint64_t n, uint64_t d)
{
	struct wide scaled = wide_from((uint128)n * 1000000000000);

	return (int128)wide_divide(&scaled, d);
}

static double
to_double(const struct wide *w)
{
	double d = 0;

	for (int i = WIDE_LIMBS - 1; i >= 0; i--)
		d = d * 0x1p64 + (double)w->limb[i];
	return d;
}

static struct wide
square_times(uint128 root, const struct wide *d)
{
	struct wide w = wide_from(root);

	w = wide_multiply(&w, &w);
	return wide_multiply(&w, d);
}

/* Goes one of Newton's steps; false once there is nothing left to go. */
static bool
approach(uint128 *root, const struct wide *n, const struct wide *d)
{
	struct wide reached = square_times(*root, d);
	bool below = wide_compare(&reached, n) < 0;
	struct wide rest = below ? wide_subtract(n, &reached) :
	    wide_subtract(&reached, n);
	double step = to_double(&rest) / (2 * (double)*root * to_double(d));

	if (step < 1)
		return false;
	if (below)
		*root += (uint128)step;
	else
		*root -= (uint128)step;
	return true;
}

uint128
wide_root(const struct wide *n, const struct wide *d)
{
	const struct wide four = wide_from(4);
	struct wide n4 = wide_multiply(n, &four);
	uint128 root = (uint128)sqrt(to_double(n) / to_double(d));
	struct wide above, below;	/* (2 root +- 1)^2 d, beside 4 n */

	/* The guess is good to 50 bits, so two steps are the most. */
	while (root != 0 && approach(&root, n, d))
		continue;
	for (;; root++) {
		above = square_times(2 * root + 1, d);
		if (wide_compare(&above, &n4) >= 0)
			break;
	}
	for (; root != 0; root--) {
		below = square_times(2 * root - 1, d);
		if (wide_compare(&below, &n4) <= 0)
			break;
	}
	if ((root & 1) == 0)
		return root;
	/* An odd root gives way where the truth is just half way. */
	if (wide_compare(&above, &n4) == 0)
		return root + 1;
	return wide_compare(&below, &n4) == 0 ? root - 1 : root;
}
