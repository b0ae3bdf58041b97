#include "analyzer/report/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/display.h"
#include "analyzer/report/rows.h"

enum {
	TABLE_WIDTH = 120,	/* unless told: wider ones become records */
	WIDTH_MAX = 1000,
	HEAD_LINES = 3,
	FIRST_TEXT_WIDTH = 24,
	GAP = 2,		/* spaces between columns, at least */
	VALUE_WIDTH = 20,	/* of a record's numbers */
	NUMBER_BYTES = 64,	/* room for the text of any number or address */
};

struct text_cell {
	enum column_type type;
	size_t offset;
	const char *name, *unit;
	size_t start, end;	/* where it stands in a table's line */
	/* The name, broken behind underscores, to stand above the column. */
	struct { const char *text; size_t len; } head[HEAD_LINES];
	size_t head_lines;
};

struct text_layout {
	bool is_table;
	size_t width;		/* of a table's line */
	size_t name_width;	/* of a record's names */
	size_t head_lines;	/* of the tallest head */
	size_t count;
	struct text_cell cells[TABLE_COLUMNS_MAX];
};

struct text_writer {
	struct table_writer base;	/* first: the writer is its base */
	struct row_buffer rows;
	struct text_clock clock;
	struct text_layout layout;
};

/* Usual values fit; a longer one pushes its neighbours aside.  Where a table
 * would not fit otherwise, it is made tight. */
static size_t
usual_width(const struct column *column, bool tight)
{
	static const uint8_t width[][2] = {
		[COLUMN_U64] = { 8, 7 },
		[COLUMN_I64] = { 12, 12 },
		[COLUMN_SECONDS] = { 17, 14 },
		[COLUMN_TIME] = { 20, 17 },
		[COLUMN_TEXT] = { 9, 8 },
		[COLUMN_STRING] = { 16, 16 },
		[COLUMN_DECIMAL] = { 14, 12 },
		[COLUMN_IP] = { 15, 15 },
	};

	return column->text_width != 0 ? column->text_width :
	    width[column->type][tight];
}

static bool
is_number(enum column_type type)
{
	return !column_is_text(type) && type != COLUMN_IP;
}

/* Length of the piece of a name that stands on one line: as many words with
 * their underscores as fit, and one at least. */
static size_t
head_piece(const char *name, size_t width)
{
	size_t len = strlen(name), piece = 0;

	while (piece < len) {
		size_t word = strcspn(name + piece, "_");

		word += name[piece + word] == '_';
		if (piece != 0 && piece + word > width)
			break;
		piece += word;
	}
	return piece;
}

/* Breaks the name; returns the width that its longest piece needs. */
static size_t
cell_break_name(struct text_cell *cell, size_t width)
{
	const char *at = cell->name;
	size_t longest = 0;

	for (cell->head_lines = 0; *at != '\0'; cell->head_lines++) {
		size_t len = cell->head_lines == HEAD_LINES - 1 ? strlen(at) :
		    head_piece(at, width);

		cell->head[cell->head_lines].text = at;
		cell->head[cell->head_lines].len = len;
		longest = len > longest ? len : longest;
		at += len;
	}
	return longest;
}

/* Where the columns of a table stand; tight: with names that are broken. */
static void
layout_try(struct text_layout *layout, const struct table *table,
    const struct table_selection *columns, bool tight)
{
	size_t at = 0;

	layout->name_width = layout->head_lines = 0;
	layout->count = columns->count;
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column =
		    &table->columns[columns->index[i]];
		size_t name = strlen(column->name);
		struct text_cell *cell = &layout->cells[i];
		size_t width = usual_width(column, tight), head;

		/* A text in front is a name, later ones are words. */
		if (column_is_text(column->type) && i == 0)
			width = FIRST_TEXT_WIDTH;
		if (layout->name_width < name)
			layout->name_width = name;
		*cell = (struct text_cell){ column->type, column->offset,
		    column->name, column->unit, at, 0 };
		head = cell_break_name(cell, tight ? width : name);
		if (head > width)
			width = head;
		if (cell->head_lines > layout->head_lines)
			layout->head_lines = cell->head_lines;
		cell->end = at + width;
		at += width + GAP;
	}
	layout->width = at;
}

static void
layout_init(struct text_layout *layout, const struct table *table,
    const struct table_selection *columns)
{
	size_t limit = columns->text_width == 0 ? TABLE_WIDTH :
	    columns->text_width;

	layout_try(layout, table, columns, false);
	if (layout->width > limit + GAP)
		layout_try(layout, table, columns, true);
	layout->is_table = layout->width <= limit + GAP &&
	    layout->width < WIDTH_MAX;
}

static char *
put_spaces(char *at, size_t n)
{
	memset(at, ' ', n);
	return at + n;
}

/* As display_clean() has it, and so never longer than the text; *width is how
 * many cells it takes. */
static char *
put_visible(char *at, const char *text, size_t *width)
{
	size_t len;

	for (*width = 0; *text != '\0'; text += len) {
		size_t same;

		if (display_is_clean(text, &len)) {
			*width += display_char(text, &same);
			at = mempcpy(at, text, len);
		} else {
			*at++ = '?';
			++*width;
		}
	}
	return at;
}

struct visible {
	const char *text;	/* not terminated */
	size_t len, width;
};

/*
 * Puts a value at its place in a line of which *column columns are written.
 * Behind a value that was too long the next ones move up to their places again
 * as soon as there is space for it.
 */
static char *
put_aligned(char *at, size_t *column, const struct text_cell *cell,
    const struct visible *value)
{
	size_t gap = *column == 0 ? 0 : GAP;
	size_t place = cell->start;

	if (is_number(cell->type) && cell->end > value->width)
		place = cell->end - value->width;
	if (place > *column + gap)
		gap = place - *column;
	at = put_spaces(at, gap);
	*column += gap + value->width;
	return mempcpy(at, value->text, value->len);
}

/* The most that the row's longest text can need, or that of a number. */
static size_t
scratch_room(const struct text_layout *layout, const void *row, size_t *texts)
{
	size_t most = NUMBER_BYTES;

	*texts = 0;
	for (size_t i = 0; i < layout->count; i++) {
		const struct text_cell *cell = &layout->cells[i];
		const char *text;

		if (!column_is_text(cell->type))
			continue;
		text = cell_string(cell_at(row, cell->offset));
		if (text == NULL)
			continue;
		*texts += strlen(text);
		if (strlen(text) > most)
			most = strlen(text);
	}
	return most;
}

/* Of everything in a row but its texts. */
static size_t
fixed_room(const struct text_layout *layout)
{
	size_t room = layout->width + 2;

	for (size_t i = 0; i < layout->count; i++)
		room += NUMBER_BYTES + GAP + layout->name_width + GAP +
		    VALUE_WIDTH + GAP + strlen(layout->cells[i].unit) + 1;
	return room;
}

/* The value's text is made in `scratch`. */
static struct visible
value_of(const struct text_cell *cell, const void *row, char *scratch,
    struct text_clock *clock)
{
	const void *p = cell_at(row, cell->offset);
	struct visible value = { .text = scratch };
	char *end = scratch;

	if (column_is_text(cell->type)) {
		const char *text = cell_string(p);

		if (text == NULL)
			return (struct visible){ "-", 1, 1 };
		end = put_visible(scratch, text, &value.width);
		value.len = (size_t)(end - scratch);
		return value;
	}
	end = cell_put(scratch, cell->type, p, clock);
	if (end == scratch)
		return (struct visible){ "-", 1, 1 };
	value.len = value.width = (size_t)(end - scratch);
	return value;
}

static char *
put_line(char *at, struct text_writer *w, const void *row, char *scratch)
{
	size_t column = 0;

	for (size_t i = 0; i < w->layout.count; i++) {
		const struct text_cell *cell = &w->layout.cells[i];
		struct visible value = value_of(cell, row, scratch, &w->clock);

		at = put_aligned(at, &column, cell, &value);
	}
	*at++ = '\n';
	return at;
}

/* "name  value  unit" */
static char *
put_member(char *at, const struct text_layout *layout,
    const struct text_cell *cell, const struct visible *value)
{
	size_t name = strlen(cell->name);

	at = mempcpy(at, cell->name, name);
	at = put_spaces(at, layout->name_width - name + GAP);
	if (is_number(cell->type) && value->width < VALUE_WIDTH)
		at = put_spaces(at, VALUE_WIDTH - value->width);
	at = mempcpy(at, value->text, value->len);
	if (cell->unit[0] != '\0') {
		at = put_spaces(at, GAP);
		at = mempcpy(at, cell->unit, strlen(cell->unit));
	}
	*at++ = '\n';
	return at;
}

static char *
put_record(char *at, struct text_writer *w, const void *row, char *scratch)
{
	*at++ = '\n';
	for (size_t i = 0; i < w->layout.count; i++) {
		const struct text_cell *cell = &w->layout.cells[i];
		struct visible value = value_of(cell, row, scratch, &w->clock);

		at = put_member(at, &w->layout, cell, &value);
	}
	return at;
}

static int
text_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct text_writer *w = (struct text_writer *)writer;
	size_t texts;
	size_t scratch = scratch_room(&w->layout, row, &texts);
	size_t room = fixed_room(&w->layout) + texts;
	char *at = row_buffer_begin(&w->rows, room + scratch, err);
	char *end;

	if (at == NULL)
		return -1;
	/* The scratch lies behind the row's own room. */
	end = w->layout.is_table ? put_line(at, w, row, at + room) :
	    put_record(at, w, row, at + room);
	row_buffer_end(&w->rows, end);
	return 0;
}

static int
text_flush(struct table_writer *writer, struct errbuf *err)
{
	struct text_writer *w = (struct text_writer *)writer;

	return row_buffer_flush(&w->rows, err);
}

static int
text_close(struct table_writer *writer, bool ok, struct errbuf *err)
{
	struct text_writer *w = (struct text_writer *)writer;
	int status = ok ? row_buffer_flush(&w->rows, err) : 0;

	row_buffer_reset(&w->rows);
	free(w);
	return status;
}

struct table_writer *
text_writer(const struct table *table, const struct table_selection *columns,
    struct sink *sink, struct errbuf *err)
{
	struct text_writer *w = calloc(1, sizeof(*w));

	if (w == NULL) {
		errbuf_set(err, "out of memory for rows");
		return NULL;
	}
	if (row_buffer_init(&w->rows, sink, err) != 0) {
		free(w);
		return NULL;
	}
	w->base = (struct table_writer){ text_row, text_close, text_flush };
	text_clock_init(&w->clock);
	layout_init(&w->layout, table, columns);
	return &w->base;
}

/* Heads stand on the first row: their upper lines may be empty. */
static int
put_head_line(const struct text_layout *layout, size_t line,
    struct sink *sink, struct errbuf *err)
{
	/* No piece of a name is longer than its column. */
	char text[WIDTH_MAX + GAP + 1];
	char *at = text;
	size_t column = 0;

	for (size_t i = 0; i < layout->count; i++) {
		const struct text_cell *cell = &layout->cells[i];
		size_t above = layout->head_lines - cell->head_lines;
		struct visible piece;

		if (line < above)
			continue;
		piece.text = cell->head[line - above].text;
		piece.len = piece.width = cell->head[line - above].len;
		at = put_aligned(at, &column, cell, &piece);
	}
	*at++ = '\n';
	return sink->write(sink, text, (size_t)(at - text), err);
}

static int
put_header(const struct text_layout *layout, struct sink *sink,
    struct errbuf *err)
{
	for (size_t line = 0; line < layout->head_lines; line++)
		if (put_head_line(layout, line, sink, err) == -1)
			return -1;
	return 0;
}

int
text_begin(const struct table *table, const struct table_selection *columns,
    struct sink *sink, struct errbuf *err)
{
	struct text_layout layout;
	char title[256];

	layout_init(&layout, table, columns);
	if (layout.is_table)
		return put_header(&layout, sink, err);
	snprintf(title, sizeof(title), "%s: each record is %s\n", table->name,
	    table->row_is);
	return sink_puts(sink, title, err);
}
