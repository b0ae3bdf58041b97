#include "analyzer/stats/histogram.h"

#include <string.h>

enum { SUB_BUCKETS = 1 << HISTOGRAM_SUB_BITS };

void
histogram_init(struct histogram *h)
{
	memset(h, 0, sizeof(*h));
}

uint64_t
histogram_low(size_t index)
{
	size_t shift;

	if (index < SUB_BUCKETS)
		return index;
	shift = index / SUB_BUCKETS - 1;
	return (uint64_t)(SUB_BUCKETS + index % SUB_BUCKETS) << shift;
}

uint64_t
histogram_high(size_t index)
{
	if (index == HISTOGRAM_BUCKETS - 1)
		return UINT64_MAX;
	return histogram_low(index + 1) - 1;
}

void
histogram_merge(struct histogram *left, const struct histogram *right)
{
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		left->counts[i] += right->counts[i];
	left->total += right->total;
}

bool
histogram_visit(void *histogram, uint64_t value, uint64_t count)
{
	histogram_add(histogram, value, count);
	return true;
}

bool
histogram_next(const struct histogram *h, size_t *at,
    struct histogram_bucket *out)
{
	while (*at < HISTOGRAM_BUCKETS && h->counts[*at] == 0)
		++*at;
	if (*at == HISTOGRAM_BUCKETS)
		return false;
	out->low = histogram_low(*at);
	out->high = histogram_high(*at);
	out->count = h->counts[*at];
	++*at;
	return true;
}
