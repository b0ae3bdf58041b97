#include "analyzer/stats/gap_ranges.h"

#include <string.h>

void
gap_ranges_init(struct gap_ranges *ranges)
{
	memset(ranges, 0, sizeof(*ranges));
}

void
gap_ranges_add_unusual(struct gap_ranges *ranges, int64_t ts_ns)
{
	uint64_t back;

	if (!ranges->started) {
		ranges->started = true;
		ranges->first_ns = ts_ns;
		return;
	}
	back = (uint64_t)ranges->last_ns - (uint64_t)ts_ns;
	ranges->backward++;
	if (back > ranges->backward_ns)
		ranges->backward_ns = back;
}

void
gap_ranges_merge(struct gap_ranges *left, const struct gap_ranges *right)
{
	if (!right->started)
		return;
	gap_ranges_add(left, right->first_ns);
	left->last_ns = right->last_ns;
	left->backward += right->backward;
	if (right->backward_ns > left->backward_ns)
		left->backward_ns = right->backward_ns;
	histogram_merge(&left->forward, &right->forward);
}
