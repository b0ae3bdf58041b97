/*
 * How many connections the server held at once, by the clock of the capture
 * that was taken there: no other one has to show all of them.
 */
#include "analyzer/analyses/answers_internal.h"

#include <inttypes.h>
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

/* What a view shows, by its own clock. */
static size_t
gather_changes(const struct answers *a, size_t view, struct change *changes,
    uint64_t *all)
{
	size_t n = 0;

	*all = 0;
	for (size_t i = 0; i < a->merged_count; i++) {
		const struct answers_connection *c = a->merged[i].seen[view];
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
lacks_client(const struct answers *a, size_t view)
{
	for (size_t i = 0; i < a->merged_count; i++) {
		const struct answers_connection *c = a->merged[i].seen[view];

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

static void
count_view(const struct answers *a, size_t view, struct change *changes,
    struct sheet_concurrent *row)
{
	size_t n = gather_changes(a, view, changes, &row->all_connections);

	qsort(changes, n, sizeof(*changes), by_time);
	find_most(changes, n, &row->max_connections, &row->time_ns);
}

/* What the views show alone; there may have been more. */
static void
note_least(struct answers *a, struct change *changes)
{
	uint64_t least = 0;

	for (size_t v = 0; v < a->n; v++) {
		struct sheet_concurrent row;

		count_view(a, v, changes, &row);
		if (row.max_connections > least)
			least = row.max_connections;
	}
	sheet_note(a->sheet, "no capture was taken at the server: how many "
	    "connections it held at once is not in them; these captures show "
	    "at least %" PRIu64, least);
}

static void
fill(struct answers *a, struct change *changes, struct sheet_concurrent *row)
{
	size_t view = answers_view_at(a, &a->server);

	row->server_ip = a->server;
	if (view == a->n) {
		note_least(a, changes);
		return;
	}
	row->file = sheet_text(a->sheet, a->views[view].file);
	if (lacks_client(a, view))
		sheet_note(a->sheet, "%s does not show what clients send: how "
		    "many connections there were at once is not in it",
		    a->views[view].file);
	else
		count_view(a, view, changes, row);
}

void
answers_concurrent(struct answers *a)
{
	struct change *changes = memory_array(2 * a->merged_count + 1,
	    sizeof(*changes));
	struct sheet_concurrent *row;

	if (changes == NULL) {
		a->sheet->no_memory = true;
		return;
	}
	row = a->merged_count == 0 ? NULL :
	    sheet_add(a->sheet, SHEET_CONCURRENT);
	if (row != NULL)
		fill(a, changes, row);
	free(changes);
}
