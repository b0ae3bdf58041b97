#include "chat/protocols/class_progress.h"

#include <inttypes.h>
#include <stdio.h>

enum { QUARTERS = 4 };

void
class_progress_init(struct class_progress *progress, uint64_t size)
{
	*progress = (struct class_progress){ .size = size };
}

static bool
unknown_size(struct class_progress *progress, uint64_t bytes,
    char out[CLASS_PROGRESS_BYTES])
{
	unsigned steps = (unsigned)(bytes / CLASS_PROGRESS_STEP);

	if (steps <= progress->told)
		return false;
	progress->told = steps;
	snprintf(out, CLASS_PROGRESS_BYTES, "%" PRIu64 " bytes", bytes);
	return true;
}

bool
class_progress_news(struct class_progress *progress, uint64_t bytes,
    char out[CLASS_PROGRESS_BYTES])
{
	unsigned quarters;

	if (progress->size == UINT64_MAX)
		return unknown_size(progress, bytes, out);
	if (progress->size <= CLASS_PROGRESS_QUIET || bytes >= progress->size)
		return false;
	/* Divided first: four times the bytes need not fit. */
	quarters = (unsigned)(bytes / (progress->size / QUARTERS));
	if (quarters <= progress->told || quarters >= QUARTERS)
		return false;
	progress->told = quarters;
	snprintf(out, CLASS_PROGRESS_BYTES, "%u %% of %" PRIu64 " bytes",
	    quarters * 100 / QUARTERS, progress->size);
	return true;
}
