#include "analyzer/analyses/top.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct entry {
	bool defined;
	int128 value;		/* where defined */
	uint64_t order;		/* in which it came */
	uint8_t *row;		/* owned; its strings lie behind it */
};

struct top {
	struct table_writer writer;	/* first */
	struct table_writer *next;	/* owned */
	const struct table *table;
	const struct column *by;
	size_t limit, count, room;
	uint64_t added;
	struct entry *entries;	/* a heap: the first is the one to go */
};

int
top_column(const struct table *table, const char *name, struct errbuf *err)
{
	int index = table_find(table, name);

	if (index == -1) {
		errbuf_set(err, "no column \"%s\" in table %s; the nearest is "
		    "\"%s\"", name, table->name, table_nearest(table, name));
		return -1;
	}
	if (column_is_text(table->columns[index].type) ||
	    table->columns[index].type == COLUMN_IP) {
		errbuf_set(err, "column \"%s\" holds no numbers", name);
		return -1;
	}
	return index;
}

static void
read_value(struct entry *entry, const struct column *by, const void *row)
{
	const void *cell = (const uint8_t *)row + by->offset;
	const uint64_t *u64 = cell;
	const int64_t *i64 = cell;	/* a struct table_time begins with it */
	const int128 *decimal = cell;

	switch (by->type) {
	case COLUMN_U64:
		entry->defined = *u64 != TABLE_NO_U64;
		entry->value = *u64;
		break;
	case COLUMN_I64:
	case COLUMN_TIME:
		entry->defined = *i64 != TABLE_NO_I64;
		entry->value = *i64;
		break;
	case COLUMN_SECONDS:
	case COLUMN_DECIMAL:
		entry->defined = *decimal != TABLE_NO_PS;
		entry->value = *decimal;
		break;
	case COLUMN_TEXT:
	case COLUMN_STRING:
	case COLUMN_IP:
		break;
	}
}

/* Is a before b in the result? */
static bool
is_before(const struct entry *a, const struct entry *b)
{
	if (a->defined != b->defined)
		return a->defined;
	if (a->defined && a->value != b->value)
		return a->value > b->value;
	return a->order < b->order;
}

static void
swap(struct entry *a, struct entry *b)
{
	struct entry was = *a;

	*a = *b;
	*b = was;
}

/* Every entry is before its parent in the result. */
static void
sink(struct entry *heap, size_t count)
{
	for (size_t i = 0, child; (child = 2 * i + 1) < count; i = child) {
		if (child + 1 < count &&
		    is_before(&heap[child], &heap[child + 1]))
			child++;
		if (!is_before(&heap[i], &heap[child]))
			return;
		swap(&heap[i], &heap[child]);
	}
}

static void
rise(struct entry *heap, size_t i)
{
	for (; i > 0 && is_before(&heap[(i - 1) / 2], &heap[i]);
	    i = (i - 1) / 2)
		swap(&heap[i], &heap[(i - 1) / 2]);
}

static const char **
string_at(uint8_t *row, const struct column *column)
{
	return (const char **)(void *)(row + column->offset);
}

static size_t
strings_bytes(const struct table *table, const void *row)
{
	size_t bytes = 0;

	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = &table->columns[i];
		const char *const *text = (const char *const *)(const void *)
		    ((const uint8_t *)row + column->offset);

		if (column->type == COLUMN_STRING && *text != NULL)
			bytes += strlen(*text) + 1;
	}
	return bytes;
}

/* The row in memory of its own; NULL when that is short. */
static uint8_t *
copy_row(const struct top *top, const void *row)
{
	uint8_t *copy = memory_array(1,
	    top->table->row_bytes + strings_bytes(top->table, row));
	char *at;

	if (copy == NULL)
		return NULL;
	memcpy(copy, row, top->table->row_bytes);
	at = (char *)copy + top->table->row_bytes;
	for (size_t i = 0; i < top->table->column_count; i++) {
		const struct column *column = &top->table->columns[i];
		const char **text = string_at(copy, column);

		if (column->type != COLUMN_STRING || *text == NULL)
			continue;
		*text = strcpy(at, *text);
		at += strlen(at) + 1;
	}
	return copy;
}

static int
make_room(struct top *top)
{
	size_t room = top->room == 0 ? 16 : 2 * top->room;
	struct entry *grown;

	if (top->count < top->room)
		return 0;
	grown = memory_resize(top->entries, room, sizeof(*grown));
	if (grown == NULL)
		return -1;
	top->entries = grown;
	top->room = room;
	return 0;
}

static int
top_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct top *top = (struct top *)(void *)writer;
	struct entry entry = { .order = top->added++ };

	read_value(&entry, top->by, row);
	if (top->count == top->limit && !is_before(&entry, &top->entries[0]))
		return 0;
	entry.row = copy_row(top, row);
	if (entry.row == NULL ||
	    (top->count < top->limit && make_room(top) == -1)) {
		free(entry.row);
		errbuf_set(err, "out of memory for %zu rows", top->count + 1);
		return -1;
	}
	if (top->count < top->limit) {
		top->entries[top->count] = entry;
		rise(top->entries, top->count++);
		return 0;
	}
	free(top->entries[0].row);
	top->entries[0] = entry;
	sink(top->entries, top->count);
	return 0;
}

/* Of qsort(): no two entries are equal. */
static int
by_place(const void *a, const void *b)
{
	return is_before(a, b) ? -1 : 1;
}

static int
write_rows(struct top *top, struct errbuf *err)
{
	int status = 0;

	if (top->count > 0)
		qsort(top->entries, top->count, sizeof(*top->entries),
		    by_place);
	for (size_t i = 0; status == 0 && i < top->count; i++)
		status = top->next->row(top->next, top->entries[i].row, err);
	return status;
}

static int
top_close(struct table_writer *writer, bool ok, struct errbuf *err)
{
	struct top *top = (struct top *)(void *)writer;
	struct errbuf ignored;
	int status = ok ? write_rows(top, err) : 0;

	if (status == 0)
		status = top->next->close(top->next, ok, err);
	else
		top->next->close(top->next, false, &ignored);
	for (size_t i = 0; i < top->count; i++)
		free(top->entries[i].row);
	free(top->entries);
	free(top);
	return status;
}

static struct top *
new_top(const struct table *table, const char *by, uint64_t n,
    struct errbuf *err)
{
	int index = top_column(table, by, err);
	struct top *top;

	if (index == -1)
		return NULL;
	if (table->row_bytes == 0) {
		errbuf_set(err, "rows of table %s cannot be kept",
		    table->name);
		return NULL;
	}
	if (n == 0 || n > TOP_MAX) {
		errbuf_set(err, "%" PRIu64 " is not between 1 and %d", n,
		    TOP_MAX);
		return NULL;
	}
	top = memory_array(1, sizeof(*top));
	if (top == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	top->writer = (struct table_writer){ top_row, top_close };
	top->table = table;
	top->by = &table->columns[index];
	top->limit = (size_t)n;
	return top;
}

struct table_writer *
top_writer(const struct table *table, const char *by, uint64_t n,
    struct table_writer *next, struct errbuf *err)
{
	struct top *top = new_top(table, by, n, err);
	struct errbuf ignored;

	if (top == NULL) {
		next->close(next, false, &ignored);
		return NULL;
	}
	top->next = next;
	return &top->writer;
}
