#include "analyzer/stats/tally_sort.h"

#include <string.h>

enum {
	FEW = 48,		/* insertion sort is faster below */
	MANY = 4096,		/* wide digits pay from here on */
	DIGIT_BITS_MAX = 12,
};

static void
insertion_sort(struct tally_entry *entries, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct tally_entry e = entries[i];
		size_t k = i;

		for (; k > 0 && entries[k - 1].value > e.value; k--)
			entries[k] = entries[k - 1];
		entries[k] = e;
	}
}

/* Smallest value and how many bits the largest has above it; 0 bits where
 * there is nothing to sort. */
static unsigned
range_bits(const struct tally_entry *entries, size_t n, uint64_t *min)
{
	uint64_t low = entries[0].value, high = low, before = low;
	bool sorted = true;

	for (size_t i = 0; i < n; i++) {
		uint64_t v = entries[i].value;

		sorted &= before <= v;
		before = v;
		low = v < low ? v : low;
		high = v > high ? v : high;
	}
	*min = low;
	return sorted ? 0 : 64 - (unsigned)__builtin_clzll(high - low);
}

/* One stable pass by the digit of value - min at `shift`. */
static void
scatter(const struct tally_entry *from, size_t n, struct tally_entry *to,
    uint64_t min, unsigned shift, unsigned bits)
{
	uint32_t at[1 << DIGIT_BITS_MAX];
	const uint64_t mask = (1ULL << bits) - 1;
	uint32_t sum = 0;

	memset(at, 0, sizeof(at[0]) << bits);
	for (size_t i = 0; i < n; i++)
		at[(from[i].value - min) >> shift & mask]++;
	for (size_t d = 0; d <= mask; d++) {
		uint32_t count = at[d];

		at[d] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[at[(from[i].value - min) >> shift & mask]++] = from[i];
}

void
tally_sort(struct tally_entry *entries, size_t n, struct tally_entry *scratch)
{
	struct tally_entry *from = entries, *to = scratch;
	unsigned bits, digit, passes;
	uint64_t min;

	if (n < FEW) {
		insertion_sort(entries, n);
		return;
	}
	bits = range_bits(entries, n, &min);
	digit = n < MANY ? 8 : DIGIT_BITS_MAX;
	passes = (bits + digit - 1) / digit;
	if (passes > 0)
		digit = (bits + passes - 1) / passes;
	for (unsigned i = 0; i < passes; i++) {
		struct tally_entry *swap = from;

		scatter(from, n, to, min, i * digit, digit);
		from = to;
		to = swap;
	}
	if (from != entries)
		memcpy(entries, from, n * sizeof(*from));
}

size_t
tally_coalesce(struct tally_entry *entries, size_t n)
{
	size_t i = 1, last;

	if (n == 0)
		return 0;
	/* Often all differ: then nothing is moved. */
	while (i < n && entries[i].value != entries[i - 1].value)
		i++;
	for (last = i - 1; i < n; i++)
		if (entries[i].value == entries[last].value)
			entries[last].count += entries[i].count;
		else
			entries[++last] = entries[i];
	return last + 1;
}
