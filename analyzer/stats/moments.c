#include "analyzer/stats/moments.h"

#include <string.h>

#include "analyzer/stats/wide.h"

void
moments_init(struct moments *m)
{
	memset(m, 0, sizeof(*m));
}

static void
extend(struct moments *m, int128 min, int128 max)
{
	if (m->count == 0 || min < m->min)
		m->min = min;
	if (m->count == 0 || max > m->max)
		m->max = max;
}

static uint128
magnitude(int128 value)
{
	return value < 0 ? -(uint128)value : (uint128)value;
}

void
moments_add(struct moments *m, int128 value, uint64_t count)
{
	uint128 square, low, high;

	if (count == 0)
		return;
	extend(m, value, value);
	m->count += count;
	m->sum += value * (int128)count;
	square = magnitude(value) * magnitude(value);
	low = (uint128)(uint64_t)square * count + m->squares[0];
	m->squares[0] = (uint64_t)low;
	high = (square >> 64) * count + (low >> 64);
	/* The sum of both limbs cannot overflow: it is below 2^127. */
	high += (uint128)m->squares[2] << 64 | m->squares[1];
	m->squares[1] = (uint64_t)high;
	m->squares[2] = (uint64_t)(high >> 64);
}

void
moments_merge(struct moments *left, const struct moments *right)
{
	uint128 carry = 0;

	if (right->count == 0)
		return;
	extend(left, right->min, right->max);
	left->count += right->count;
	left->sum += right->sum;
	for (int i = 0; i < 3; i++) {
		carry += (uint128)left->squares[i] + right->squares[i];
		left->squares[i] = (uint64_t)carry;
		carry >>= 64;
	}
}

int128
moments_mean(const struct moments *m, uint64_t scale)
{
	uint128 sum = magnitude(m->sum), whole, rest, part;

	if (m->count == 0)
		return TABLE_NO_PS;
	/* Scaled after the division: |sum| * scale may want 159 bits. */
	whole = sum / m->count * scale;
	rest = sum % m->count * scale;
	whole += rest / m->count;
	part = rest % m->count;
	if (2 * part > m->count || (2 * part == m->count && (whole & 1) != 0))
		whole++;
	return m->sum < 0 ? -(int128)whole : (int128)whole;
}

/* n S2 - S1^2: the sum of the squared distances to the mean, times n. */
static struct wide
spread(const struct moments *m)
{
	struct wide n = wide_from(m->count);
	struct wide s1 = wide_from(magnitude(m->sum));
	struct wide s2 = { { m->squares[0], m->squares[1], m->squares[2] } };

	s1 = wide_multiply(&s1, &s1);
	s2 = wide_multiply(&s2, &n);
	return wide_subtract(&s2, &s1);
}

/* scale * sqrt((n S2 - S1^2) / (n divisor)) */
static int128
deviation(const struct moments *m, uint64_t divisor, uint64_t scale)
{
	struct wide numerator = spread(m);
	struct wide scale2 = wide_from((uint128)scale * scale);
	struct wide denominator = wide_from((uint128)m->count * divisor);

	numerator = wide_multiply(&numerator, &scale2);
	return (int128)wide_root(&numerator, &denominator);
}

int128
moments_std_pop(const struct moments *m, uint64_t scale)
{
	return m->count < 1 ? TABLE_NO_PS : deviation(m, m->count, scale);
}

int128
moments_std_sample(const struct moments *m, uint64_t scale)
{
	return m->count < 2 ? TABLE_NO_PS : deviation(m, m->count - 1, scale);
}

int128
moments_variance_sample(const struct moments *m, uint64_t scale)
{
	struct wide numerator = spread(m);
	struct wide factor = wide_from(scale);

	if (m->count < 2)
		return TABLE_NO_PS;
	numerator = wide_multiply(&numerator, &factor);
	return (int128)wide_divide(&numerator,
	    (uint128)m->count * (m->count - 1));
}
