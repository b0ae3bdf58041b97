#include "analyzer/report/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/rows.h"
#include "base/json_text.h"

enum {
	NULL_BYTES = 4,
	ROW_BYTES = 8,		/* what stands around the members */
};

struct json_cell {
	enum column_type type;
	size_t offset;
	const char *key;	/* ,"name": */
	size_t key_len;
};

struct json_writer {
	struct table_writer base;	/* first: the writer is its base */
	struct row_buffer rows;
	struct text_clock clock;
	const char *before, *after;	/* of a row's members */
	size_t fixed_room;		/* of a row, but for its texts */
	char *keys;			/* their text, one behind the other */
	size_t cell_count;
	struct json_cell cells[];
};

static size_t
string_room(size_t len)
{
	/* A byte becomes one unit at most: "\u001f". */
	return 2 + JSON_UNIT_BYTES * len;
}

static char *
put_literal(char *at, const char *text)
{
	size_t len = strlen(text);

	memcpy(at, text, len);
	return at + len;
}

/* What stands in a string as it is; most bytes do. */
static bool
is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static char *
put_string(char *at, const char *text)
{
	*at++ = '"';
	while (*text != '\0') {
		size_t len = 1;

		if (is_plain((uint8_t)*text))
			*at++ = *text;
		else if ((uint8_t)*text < 0x80)
			at = json_escape(at, (uint8_t)*text);
		else if ((len = utf8_len(text)) != 0)
			at = mempcpy(at, text, len);
		else
			at = json_escape(at, 0xfffd);
		text += len == 0 ? 1 : len;
	}
	*at++ = '"';
	return at;
}

/* Sums up only what has no bound of its own. */
static size_t
row_room(const struct json_writer *w, const void *row)
{
	size_t room = w->fixed_room;

	for (size_t i = 0; i < w->cell_count; i++) {
		const struct json_cell *cell = &w->cells[i];
		const char *text;

		if (!column_is_text(cell->type))
			continue;
		text = cell_string(cell_at(row, cell->offset));
		if (text != NULL)
			room += string_room(strlen(text));
	}
	return room;
}

static char *
put_value(char *at, const struct json_cell *cell, const void *row,
    struct text_clock *clock)
{
	const void *p = cell_at(row, cell->offset);
	bool in_quotes = cell->type == COLUMN_IP;
	char *end;

	if (column_is_text(cell->type)) {
		const char *text = cell_string(p);

		return text == NULL ? put_literal(at, "null") :
		    put_string(at, text);
	}
	end = cell_put(at + in_quotes, cell->type, p, clock);
	if (end == at + in_quotes)
		return put_literal(at, "null");
	if (in_quotes) {
		*at = '"';
		*end++ = '"';
	}
	return end;
}

static int
json_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct json_writer *w = (struct json_writer *)writer;
	char *at = row_buffer_begin(&w->rows, row_room(w, row), err);

	if (at == NULL)
		return -1;
	at = put_literal(at, w->before);
	for (size_t i = 0; i < w->cell_count; i++) {
		const struct json_cell *cell = &w->cells[i];

		at = mempcpy(at, cell->key, cell->key_len);
		at = put_value(at, cell, row, &w->clock);
	}
	at = put_literal(at, w->after);
	row_buffer_end(&w->rows, at);
	return 0;
}

static int
json_flush(struct table_writer *writer, struct errbuf *err)
{
	struct json_writer *w = (struct json_writer *)writer;

	return row_buffer_flush(&w->rows, err);
}

static int
json_close(struct table_writer *writer, bool ok, struct errbuf *err)
{
	struct json_writer *w = (struct json_writer *)writer;
	int status = ok ? row_buffer_flush(&w->rows, err) : 0;

	row_buffer_reset(&w->rows);
	free(w->keys);
	free(w);
	return status;
}

/* A comma, the name as a string, a colon. */
static size_t
keys_room(const struct table *table, const struct table_selection *columns)
{
	size_t room = 0;

	for (size_t i = 0; i < columns->count; i++)
		room += 2 + string_room(strlen(
		    table->columns[columns->index[i]].name));
	return room;
}

static void
set_cells(struct json_writer *w, const struct table *table,
    const struct table_selection *columns)
{
	char *at = w->keys;

	w->cell_count = columns->count;
	w->fixed_room = ROW_BYTES;
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column =
		    &table->columns[columns->index[i]];
		struct json_cell *cell = &w->cells[i];

		cell->type = column->type;
		cell->offset = column->offset;
		cell->key = at;
		if (i != 0)
			*at++ = ',';
		at = put_string(at, column->name);
		*at++ = ':';
		cell->key_len = (size_t)(at - cell->key);
		/* Room for null is behind every value, for quotes too. */
		w->fixed_room += cell->key_len + cell_room(column->type) +
		    NULL_BYTES;
	}
}

static struct table_writer *
new_writer(const struct table *table, const struct table_selection *columns,
    struct sink *sink, const char *before, const char *after,
    struct errbuf *err)
{
	struct json_writer *w = calloc(1, sizeof(*w) +
	    columns->count * sizeof(w->cells[0]));

	if (w == NULL)
		goto fail;
	w->keys = malloc(keys_room(table, columns) + 1);
	if (w->keys == NULL)
		goto fail_writer;
	if (row_buffer_init(&w->rows, sink, err) != 0)
		goto fail_keys;
	w->base = (struct table_writer){ json_row, json_close, json_flush };
	w->before = before;
	w->after = after;
	text_clock_init(&w->clock);
	set_cells(w, table, columns);
	return &w->base;

fail_keys:
	free(w->keys);
fail_writer:
	free(w);
fail:
	errbuf_set(err, "out of memory for rows");
	return NULL;
}

struct table_writer *
json_writer(const struct table *table, const struct table_selection *columns,
    struct sink *sink, struct errbuf *err)
{
	return new_writer(table, columns, sink, ",\n{", "}", err);
}

struct table_writer *
ndjson_writer(const struct table *table,
    const struct table_selection *columns, struct sink *sink,
    struct errbuf *err)
{
	return new_writer(table, columns, sink, "{", "}\n", err);
}

int
json_begin(const struct table *table, const struct table_selection *columns,
    struct sink *sink, struct errbuf *err)
{
	char line[128];

	(void)columns;	/* every row names them */
	snprintf(line, sizeof(line),
	    "{\"schema_version\":%d,\"table\":\"%s\",\"rows\":[",
	    JSON_SCHEMA_VERSION, table->name);
	return sink_puts(sink, line, err);
}

int
json_end(struct sink *sink, struct errbuf *err)
{
	return sink_puts(sink, "\n]}\n", err);
}
