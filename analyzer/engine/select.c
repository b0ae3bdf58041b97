#include "analyzer/engine/select.h"

static bool
in_window(const struct frame *f, int64_t from_ns, int64_t to_ns)
{
	if (from_ns == INT64_MIN && to_ns == INT64_MAX)
		return true;
	return (f->flags & FRAME_UNTIMED) == 0 && f->ts_ns >= from_ns &&
	    f->ts_ns < to_ns;
}

size_t
select_frames(struct frame *frames, size_t n, int64_t from_ns, int64_t to_ns,
    struct filter *filter)
{
	size_t kept = 0;

	if (filter == NULL && from_ns == INT64_MIN && to_ns == INT64_MAX)
		return n;
	for (size_t i = 0; i < n; i++)
		if (in_window(&frames[i], from_ns, to_ns) &&
		    (filter == NULL || filter_match(filter, &frames[i])))
			frames[kept++] = frames[i];
	return kept;
}
