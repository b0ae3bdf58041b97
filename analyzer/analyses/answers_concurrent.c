/*
 * How many connections the server held at once, by the clock of the capture
 * that shows most of them.
 */
#include "analyzer/analyses/answers_internal.h"

#include <stdlib.h>

#include "base/memory.h"

/* A connection that opens or closes. */
struct change {
	struct answers_moment at;
	int step;		/* -1, +1 */
};

/* Of one connection that opens and closes at once the closing is first. */
static int
by_time(const void *left, const void *right)
{
	const struct change *a = left, *b = right;

	if (answers_is_before(&a->at, &b->at))
		return -1;
	return answers_is_before(&b->at, &a->at) ? 1 : a->step - b->step;
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
		struct answers_moment opened, closed;

		if (c == NULL || !answers_was_open(c))
			continue;
		opened = answers_opened(c);
		closed = answers_closed(c);
		if (opened.time_ns == TABLE_NO_I64)
			continue;
		(*all)++;
		changes[n++] = (struct change){ opened, 1 };
		if (closed.time_ns != TABLE_NO_I64)
			changes[n++] = (struct change){ answers_is_before(
			    &closed, &opened) ? opened : closed, -1 };
	}
	return n;
}

/* Nothing of the client, but the server accepts it: whether it was open, and
 * when it was closed, only the client's segments show. */
static bool
lacks_client(const struct answers *a)
{
	for (size_t i = 0; i < a->merged_count; i++) {
		const struct answers_connection *c =
		    a->merged[i].seen[a->rank[0]];

		if (c != NULL && c->synack.frame != TABLE_NO_U64 &&
		    c->syn.frame == TABLE_NO_U64 &&
		    c->ack.frame == TABLE_NO_U64)
			return true;
	}
	return false;
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
			*when = changes[i].at.time_ns;
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
		row->server_ip = a->server;
		row->file = sheet_text(a->sheet,
		    a->views[a->rank[0]].file);
	}
	if (row != NULL && lacks_client(a)) {
		sheet_note(a->sheet, "%s does not show what clients send: how "
		    "many connections there were at once is not in it",
		    a->views[a->rank[0]].file);
	} else if (row != NULL) {
		n = gather_changes(a, changes, &row->all_connections);
		qsort(changes, n, sizeof(*changes), by_time);
		find_most(changes, n, &row->max_connections, &row->time_ns);
	}
	free(changes);
}
