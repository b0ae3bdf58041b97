#include <string.h>

#include "analyzer/report/display.h"
#include "analyzer/report/pen.h"
#include "analyzer/report/rows.h"
#include "analyzer/report/sheet_write.h"

const char *
sheet_cell(const struct column *column, const void *row,
    char room[SHEET_CELL_BYTES])
{
	const void *cell = cell_at(row, column->offset);
	struct text_clock clock;
	char *end;

	if (column_is_text(column->type))
		return cell_string(cell);
	text_clock_init(&clock);
	end = cell_put(room, column->type, cell, &clock);
	*end = '\0';
	return end == room ? NULL : room;
}

/* The cell as a terminal may have it, "-" where it is undefined; the text is
 * in `clean`.  -1: no memory. */
static int
clean_cell(struct bytes *clean, const struct column *column, const void *row)
{
	char room[SHEET_CELL_BYTES];
	const char *text = sheet_cell(column, row, room);

	clean->len = 0;
	if (display_clean(clean, text == NULL ? "-" : text) == -1)
		return -1;
	return bytes_append(clean, "", 1);
}

static int
no_memory(struct errbuf *err)
{
	errbuf_set(err, "out of memory for the sheet");
	return -1;
}

static size_t
name_width(const struct table *table)
{
	size_t width = 0;

	for (size_t i = 0; i < table->column_count; i++)
		if (strlen(table->columns[i].name) > width)
			width = strlen(table->columns[i].name);
	return width;
}

/* Longer values push what follows them aside. */
enum { VALUE_CELLS_MAX = 32 };

/* -1: no memory. */
static int
value_width(struct bytes *clean, const struct table *table, const void *row,
    size_t *width)
{
	*width = 0;
	for (size_t i = 0; i < table->column_count; i++) {
		size_t cells;

		if (clean_cell(clean, &table->columns[i], row) == -1)
			return -1;
		cells = display_width((const char *)clean->data);
		if (cells > *width && cells <= VALUE_CELLS_MAX)
			*width = cells;
	}
	return 0;
}

/* A line a column: name, value, what it is. */
static int
put_record(struct pen *pen, struct bytes *clean, const struct table *table,
    const void *row)
{
	size_t width = name_width(table), value;

	if (value_width(clean, table, row, &value) == -1)
		return no_memory(pen->err);
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *c = &table->columns[i];
		size_t cells;

		if (clean_cell(clean, c, row) == -1)
			return no_memory(pen->err);
		cells = display_width((const char *)clean->data);
		pen_put(pen, "  ");
		pen_put(pen, c->name);
		pen_repeat(pen, " ", width + 2 - strlen(c->name));
		pen_put(pen, (const char *)clean->data);
		pen_repeat(pen, " ", cells < value ? value - cells + 2 : 2);
		pen_put(pen, c->meaning);
		pen_put(pen, "\n");
	}
	return pen->status;
}

/* How wide the cells of a list are. */
static int
measure(const struct sheet *sheet, enum sheet_part part,
    const struct table_selection *columns, struct bytes *clean,
    size_t *widths)
{
	const struct table *table = sheet_sections[part].table;
	const void *row;

	for (size_t k = 0; k < columns->count; k++)
		widths[k] = strlen(table->columns[columns->index[k]].name);
	for (size_t i = 0; (row = sheet_row(sheet, part, i)) != NULL; i++)
		for (size_t k = 0; k < columns->count; k++) {
			size_t cells;

			if (clean_cell(clean, &table->columns[
			    columns->index[k]], row) == -1)
				return -1;
			cells = display_width((const char *)clean->data);
			if (cells > widths[k])
				widths[k] = cells;
		}
	return 0;
}

/* Two spaces, the text, and spaces up to the next one. */
static void
put_padded(struct pen *pen, const char *text, size_t width, bool last)
{
	pen_put(pen, "  ");
	pen_put(pen, text);
	if (!last)
		pen_repeat(pen, " ", width - display_width(text));
}

static int
put_list(struct pen *pen, struct bytes *clean, const struct sheet *sheet,
    enum sheet_part part)
{
	const struct table *table = sheet_sections[part].table;
	struct table_selection columns;
	size_t widths[TABLE_COLUMNS_MAX];
	const void *row;

	if (table->text_columns == NULL)
		table_select_default(table, NULL, 0, &columns);
	else if (table_select(table, table->text_columns, &columns,
	    pen->err) == -1)
		return -1;
	if (measure(sheet, part, &columns, clean, widths) == -1)
		return no_memory(pen->err);
	for (size_t k = 0; k < columns.count; k++)
		put_padded(pen, table->columns[columns.index[k]].name,
		    widths[k], k + 1 == columns.count);
	pen_put(pen, "\n");
	for (size_t i = 0; (row = sheet_row(sheet, part, i)) != NULL; i++) {
		for (size_t k = 0; k < columns.count; k++) {
			if (clean_cell(clean, &table->columns[
			    columns.index[k]], row) == -1)
				return no_memory(pen->err);
			put_padded(pen, (const char *)clean->data, widths[k],
			    k + 1 == columns.count);
		}
		pen_put(pen, "\n");
	}
	return pen->status;
}

static int
put_notes(struct pen *pen, struct bytes *clean, const struct sheet *sheet)
{
	const struct table *table = sheet_sections[SHEET_NOTES].table;
	const void *row;

	for (size_t i = 0; (row = sheet_row(sheet, SHEET_NOTES, i)) != NULL;
	    i++) {
		if (clean_cell(clean, &table->columns[0], row) == -1)
			return no_memory(pen->err);
		pen_put(pen, "  - ");
		pen_put(pen, (const char *)clean->data);
		pen_put(pen, "\n");
	}
	return pen->status;
}

static int
put_part(struct pen *pen, struct bytes *clean, const struct sheet *sheet,
    enum sheet_part part, bool *first)
{
	const struct sheet_section *section = &sheet_sections[part];
	const void *row = sheet_row(sheet, part, 0);

	if (sheet_is_hidden(sheet, part) ||
	    (part == SHEET_NOTES && row == NULL))
		return 0;
	pen_put(pen, *first ? "" : "\n");
	*first = false;
	pen_put(pen, section->title);
	pen_put(pen, "\n");
	if (row == NULL) {
		pen_put(pen, "  not in the captures\n");
		return pen->status;
	}
	if (part == SHEET_NOTES)
		return put_notes(pen, clean, sheet);
	return section->list ? put_list(pen, clean, sheet, part) :
	    put_record(pen, clean, section->table, row);
}

int
sheet_write_text(const struct sheet *sheet, struct sink *sink,
    struct errbuf *err)
{
	struct pen pen = { sink, err, 0 };
	struct bytes clean = { 0 };
	bool first = true;
	int status = 0;

	for (unsigned i = 0; i < SHEET_PARTS && status == 0; i++)
		status = put_part(&pen, &clean, sheet, (enum sheet_part)i,
		    &first);
	bytes_reset(&clean);
	return status;
}
