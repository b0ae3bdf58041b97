#include "analyzer/report/csv.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/report/rows.h"

struct csv_cell {
	enum column_type type;
	size_t offset;
};

struct csv_writer {
	struct table_writer base;	/* first: the writer is its base */
	struct row_buffer rows;
	struct text_clock clock;
	size_t fixed_room;		/* of a row, but for its texts */
	bool has_text;
	size_t cell_count;
	struct csv_cell cells[];
};

/* Quotes, and each quote within doubled. */
static size_t
text_room(size_t len)
{
	return 2 + 2 * len;
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
put_text(char *at, const char *text)
{
	size_t len = strlen(text);

	if (!needs_quotes(text, len)) {
		memcpy(at, text, len);
		return at + len;
	}
	*at++ = '"';
	for (; *text != '\0'; text++) {
		if (*text == '"')
			*at++ = '"';
		*at++ = *text;
	}
	*at++ = '"';
	return at;
}

static size_t
row_room(const struct csv_writer *w, const void *row)
{
	size_t room = w->fixed_room;

	if (!w->has_text)
		return room;
	for (size_t i = 0; i < w->cell_count; i++) {
		const struct csv_cell *cell = &w->cells[i];
		const char *text;

		if (cell->type != COLUMN_TEXT)
			continue;
		text = cell_string(cell_at(row, cell->offset));
		if (text != NULL)
			room += text_room(strlen(text));
	}
	return room;
}

static inline char *
put_cell(char *at, const struct csv_cell *cell, const void *row,
    struct text_clock *clock)
{
	const void *p = cell_at(row, cell->offset);
	const char *text;

	if (cell->type != COLUMN_TEXT)
		return cell_put(at, cell->type, p, clock);
	text = cell_string(p);
	return text == NULL ? at : put_text(at, text);
}

static int
csv_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct csv_writer *w = (struct csv_writer *)writer;
	char *at = row_buffer_begin(&w->rows, row_room(w, row), err);

	if (at == NULL)
		return -1;
	for (size_t i = 0; i < w->cell_count; i++) {
		at = put_cell(at, &w->cells[i], row, &w->clock);
		*at++ = ',';
	}
	at[-1] = '\n';
	row_buffer_end(&w->rows, at);
	return 0;
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
	w->base = (struct table_writer){ csv_row, csv_close };
	text_clock_init(&w->clock);
	w->cell_count = columns->count;
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column =
		    &table->columns[columns->index[i]];

		w->cells[i] = (struct csv_cell){ column->type, column->offset };
		w->fixed_room += cell_room(column->type) + 1;
		w->has_text = w->has_text || column->type == COLUMN_TEXT;
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
