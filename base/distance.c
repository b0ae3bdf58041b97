#include "base/distance.h"

#include <string.h>

/* Longer names are compared by their beginning; ours are shorter. */
enum { COMPARED_BYTES = 63 };

static unsigned
smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/*
 * Optimal string alignment: insertions, deletions, changes and swaps of
 * neighbours that lead from a to b.  row[i % 3][j] is the distance between the
 * first i bytes of a and the first j of b.
 */
unsigned
edit_distance(const char *a, const char *b)
{
	size_t a_len = strnlen(a, COMPARED_BYTES);
	size_t b_len = strnlen(b, COMPARED_BYTES);
	unsigned row[3][COMPARED_BYTES + 1];

	for (size_t j = 0; j <= b_len; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned *now = row[i % 3];
		const unsigned *last = row[(i + 2) % 3];
		const unsigned *before = row[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			now[j] = smaller(smaller(last[j], now[j - 1]) + 1,
			    last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = smaller(now[j], before[j - 2] + 1);
		}
	}
	return row[a_len % 3][b_len];
}
