#include "tests/tools/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for `more` units beyond `used`, doubling. */
static void *
grow(void *old, size_t used, size_t more, size_t *room, size_t unit)
{
	void *grown;

	if (more <= *room - used)
		return old;
	*room = 2 * *room + more;
	grown = reallocarray(old, *room, unit);
	if (grown == NULL) {
		perror("trace");
		exit(1);
	}
	return grown;
}

void
trace_init(struct trace *t)
{
	memset(t, 0, sizeof(*t));
}

void
trace_reset(struct trace *t)
{
	free(t->entries);
	free(t->bytes);
	trace_init(t);
}

void
trace_add(struct trace *t, int64_t ts_ns, unsigned interface,
    const struct frames *f)
{
	t->entries = grow(t->entries, t->count, 1, &t->room,
	    sizeof(*t->entries));
	t->bytes = grow(t->bytes, t->bytes_len, f->len, &t->bytes_room, 1);
	t->entries[t->count] = (struct trace_entry){
		.ts_ns = ts_ns,
		.number = t->count,
		.at = t->bytes_len,
		.len = f->len,
		.interface = interface,
	};
	t->count++;
	memcpy(t->bytes + t->bytes_len, f->data, f->len);
	t->bytes_len += f->len;
}

static int
by_time(const void *left, const void *right)
{
	const struct trace_entry *a = left, *b = right;

	if (a->ts_ns != b->ts_ns)
		return a->ts_ns < b->ts_ns ? -1 : 1;
	return a->number < b->number ? -1 : 1;
}

void
trace_write(struct trace *t, struct savefile *to)
{
	if (t->count == 0)
		return;
	qsort(t->entries, t->count, sizeof(*t->entries), by_time);
	for (size_t i = 0; i < t->count; i++) {
		const struct trace_entry *e = &t->entries[i];

		savefile_add_packet(to, e->interface, e->ts_ns,
		    t->bytes + e->at, e->len);
	}
}
