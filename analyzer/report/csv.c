#include "analyzer/report/csv.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/report/rows.h"

enum { TEXT_SHORT_BYTES = 16 };

struct csv_cell {
	enum column_type type;
	size_t offset;
	/* COLUMN_TEXT: the last text, so that one that stays (the file, a
	 * direction) is looked at once. */
	const char *text;
	size_t len;
	bool quoted;
	char text_start[TEXT_SHORT_BYTES];	/* all of a short one */
};

struct csv_writer {
	struct table_writer base;	/* first: the writer is its base */
	struct row_buffer rows;
	struct text_clock clock;
	size_t fixed_room;		/* of a row, but for its texts */
	size_t cell_count;
	size_t text_count;		/* of cells, in texts[] */
	uint16_t texts[TABLE_COLUMNS_MAX];
	struct csv_cell cells[];
};

/* Quotes, and each quote within doubled; short ones are copied whole. */
static inline size_t
text_room(size_t len)
{
	return TEXT_SHORT_BYTES + 2 + 2 * len;
}

/* Readers differ on whether they keep spaces at the ends. */
static bool
needs_quotes(const char *text, size_t len)
{
	if (len == 0)
		return false;
	return text[0] == ' ' || text[len - 1] == ' ' ||
	    strcspn(text, ",\"\r\n") != len;
}

static char *
put_quoted(char *at, const char *text)
{
	*at++ = '"';
	for (; *text != '\0'; text++) {
		if (*text == '"')
			*at++ = '"';
		*at++ = *text;
	}
	*at++ = '"';
	return at;
}

static inline char *
put_text(char *at, const struct csv_cell *cell)
{
	if (cell->quoted)
		return put_quoted(at, cell->text);
	/* Most are short, and there is room behind. */
	if (cell->len <= TEXT_SHORT_BYTES)
		memcpy(at, cell->text_start, TEXT_SHORT_BYTES);
	else
		memcpy(at, cell->text, cell->len);
	return at + cell->len;
}

static void
look_at_text(struct csv_cell *cell, const char *text)
{
	cell->text = text;
	cell->len = text == NULL ? 0 : strlen(text);
	cell->quoted = text != NULL && needs_quotes(text, cell->len);
	memset(cell->text_start, 0, sizeof(cell->text_start));
	if (cell->len <= TEXT_SHORT_BYTES && text != NULL)
		memcpy(cell->text_start, text, cell->len);
}

static inline size_t
row_room(struct csv_writer *w, const void *row)
{
	size_t room = w->fixed_room;

	for (size_t i = 0; i < w->text_count; i++) {
		struct csv_cell *cell = &w->cells[w->texts[i]];
		const char *text = cell_string(cell_at(row, cell->offset));

		if (text != cell->text || cell->type == COLUMN_STRING)
			look_at_text(cell, text);
		room += text_room(cell->len);
	}
	return room;
}

static int
csv_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct csv_writer *w = (struct csv_writer *)writer;
	char *at = row_buffer_begin(&w->rows, row_room(w, row), err);

	if (at == NULL)
		return -1;
	for (size_t i = 0; i < w->cell_count; i++) {
		const struct csv_cell *cell = &w->cells[i];

		at = column_is_text(cell->type) ? put_text(at, cell) :
		    cell_put(at, cell->type, cell_at(row, cell->offset),
		    &w->clock);
		*at++ = ',';
	}
	at[-1] = '\n';
	row_buffer_end(&w->rows, at);
	return 0;
}

static int
csv_flush(struct table_writer *writer, struct errbuf *err)
{
	struct csv_writer *w = (struct csv_writer *)writer;

	return row_buffer_flush(&w->rows, err);
}

static int
csv_close(struct table_writer *writer, bool ok, struct errbuf *err)
{
	struct csv_writer *w = (struct csv_writer *)writer;
	int status = ok ? row_buffer_flush(&w->rows, err) : 0;

	row_buffer_reset(&w->rows);
	free(w);
	return status;
}

struct table_writer *
csv_writer(const struct table *table, const struct table_selection *columns,
    struct sink *sink, struct errbuf *err)
{
	struct csv_writer *w = calloc(1, sizeof(*w) +
	    columns->count * sizeof(w->cells[0]));

	if (w == NULL) {
		errbuf_set(err, "out of memory for rows");
		return NULL;
	}
	if (row_buffer_init(&w->rows, sink, err) != 0) {
		free(w);
		return NULL;
	}
	w->base = (struct table_writer){ csv_row, csv_close, csv_flush };
	text_clock_init(&w->clock);
	w->cell_count = columns->count;
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column =
		    &table->columns[columns->index[i]];

		w->cells[i].type = column->type;
		w->cells[i].offset = column->offset;
		w->fixed_room += cell_room(column->type) + 1;
		if (column_is_text(column->type))
			w->texts[w->text_count++] = (uint16_t)i;
	}
	return &w->base;
}

int
csv_begin(const struct table *table, const struct table_selection *columns,
    struct sink *sink, struct errbuf *err)
{
	for (size_t i = 0; i < columns->count; i++) {
		const char *name = table->columns[columns->index[i]].name;

		if ((i != 0 && sink_puts(sink, ",", err) != 0) ||
		    sink_puts(sink, name, err) != 0)
			return -1;
	}
	return sink_puts(sink, "\n", err);
}
