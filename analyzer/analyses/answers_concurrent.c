/*
 * How many connections the server held at once, by the clock of the capture
 * that shows most of them.
 */
#include "analyzer/analyses/answers_internal.h"

#include <stdlib.h>

#include "base/memory.h"

/* A connection that opens or closes; at the same time the closing is first. */
struct change {
	int64_t time_ns;
	int step;		/* -1, +1 */
};

static int
by_time(const void *left, const void *right)
{
	const struct change *a = left, *b = right;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	return a->step - b->step;
}

/* What the best view shows, by its own clock. */
static size_t
gather_changes(const struct answers *a, struct change *changes,
    uint64_t *all)
{
	size_t n = 0;

	*all = 0;
	for (size_t i = 0; i < a->merged_count; i++) {
		const struct answers_connection *c =
		    a->merged[i].seen[a->rank[0]];
		int64_t opened, closed;

		if (c == NULL || !answers_was_open(c))
			continue;
		opened = answers_opened_ns(c);
		closed = answers_closed_ns(c);
		if (opened == TABLE_NO_I64)
			continue;
		(*all)++;
		changes[n++] = (struct change){ opened, 1 };
		if (closed != TABLE_NO_I64)
			changes[n++] = (struct change){ closed < opened ?
			    opened : closed, -1 };
	}
	return n;
}

/* By a server's clock time goes forwards; a connection that closes in the same
 * nanosecond in which it opened is never held. */
static void
find_most(const struct change *changes, size_t n, uint64_t *most,
    int64_t *when)
{
	int64_t held = 0;

	*most = 0;
	*when = TABLE_NO_I64;
	for (size_t i = 0; i < n; i++) {
		held += changes[i].step;
		if (held > 0 && (uint64_t)held > *most) {
			*most = (uint64_t)held;
			*when = changes[i].time_ns;
		}
	}
}

void
answers_concurrent(struct answers *a)
{
	struct change *changes = memory_array(2 * a->merged_count + 1,
	    sizeof(*changes));
	struct sheet_concurrent *row;
	size_t n;

	if (changes == NULL) {
		a->sheet->no_memory = true;
		return;
	}
	row = a->merged_count == 0 ? NULL :
	    sheet_add(a->sheet, SHEET_CONCURRENT);
	if (row != NULL) {
		n = gather_changes(a, changes, &row->all_connections);
		qsort(changes, n, sizeof(*changes), by_time);
		find_most(changes, n, &row->max_connections, &row->time_ns);
		row->server_ip = a->server;
		row->file = sheet_text(a->sheet,
		    a->views[a->rank[0]].file);
	}
	free(changes);
}
