#include "analyzer/analyses/time_width.h"

#include <stddef.h>

#define MS	TIME_WIDTH_FINEST_NS
#define SECOND	(1000 * MS)
#define HOUR	(3600 * SECOND)
#define DAY	(24 * HOUR)

static const int64_t widths[] = {
	MS, 10 * MS, 100 * MS, SECOND, 10 * SECOND, 60 * SECOND, 600 * SECOND,
	HOUR, 6 * HOUR, DAY, 10 * DAY, 100 * DAY, 1000 * DAY,
};

enum { WIDTHS = sizeof(widths) / sizeof(widths[0]) };

int64_t
time_width_choose(int64_t width_ns, int64_t first_ns, int64_t last_ns)
{
	size_t i = 0;

	/* A bucket is 1 ms at least: its number has room for differences. */
	for (; i + 1 < WIDTHS; i++)
		if (widths[i] >= width_ns &&
		    time_width_bucket(widths[i], last_ns) -
		    time_width_bucket(widths[i], first_ns) <
		    TIME_WIDTH_BUCKETS)
			break;
	return widths[i];
}
