#include "analyzer/report/grid.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/report/rows.h"
#include "base/bytes.h"
#include "base/memory.h"

enum { CELL_BYTES = 64, DECIMALS = 12 };

struct grid {
	const struct table *table;
	struct table_selection columns;
	size_t rows, rows_max;
	uint64_t left_out;
	struct bytes texts;	/* of all cells, terminated */
	size_t *starts;		/* of each cell there */
	size_t start_room;
};

struct grid_writer {
	struct table_writer writer;	/* first */
	struct grid *grid;
	struct text_clock clock;
};

struct grid *
grid_new(const struct table *table, const struct table_selection *columns,
    size_t rows_max, struct errbuf *err)
{
	struct grid *g = memory_array(1, sizeof(*g));

	if (g == NULL) {
		errbuf_set(err, "out of memory for rows");
		return NULL;
	}
	g->table = table;
	g->columns = *columns;
	g->rows_max = rows_max;
	return g;
}

void
grid_free(struct grid *g)
{
	if (g == NULL)
		return;
	bytes_reset(&g->texts);
	free(g->starts);
	free(g);
}

static int
add_cell(struct grid_writer *w, const struct column *column,
    const void *cell)
{
	struct grid *g = w->grid;
	char room[CELL_BYTES];
	const char *text = room;
	size_t len;

	if (column_is_text(column->type)) {
		text = cell_string(cell) == NULL ? "" : cell_string(cell);
		len = strlen(text);
	} else {
		len = (size_t)(cell_put(room, column->type, cell, &w->clock) -
		    room);
	}
	return bytes_append(&g->texts, text, len) == 0 ?
	    bytes_append(&g->texts, "", 1) : -1;
}

/* Adds the cells, or nothing. */
static int
add_cells(struct grid_writer *w, const void *row)
{
	struct grid *g = w->grid;
	size_t first = g->rows * g->columns.count, before = g->texts.len;
	size_t *starts = memory_grow(g->starts, &g->start_room,
	    first + g->columns.count, sizeof(*starts));

	if (starts == NULL)
		return -1;
	g->starts = starts;
	for (size_t i = 0; i < g->columns.count; i++) {
		const struct column *column =
		    &g->table->columns[g->columns.index[i]];

		starts[first + i] = g->texts.len;
		if (add_cell(w, column, cell_at(row, column->offset)) == -1) {
			g->texts.len = before;
			return -1;
		}
	}
	g->rows++;
	return 0;
}

static int
add_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct grid_writer *w = (struct grid_writer *)(void *)writer;

	if (w->grid->rows == w->grid->rows_max) {
		w->grid->left_out++;
		return 0;
	}
	if (add_cells(w, row) == 0)
		return 0;
	errbuf_set(err, "out of memory for rows");
	return -1;
}

static int
close_writer(struct table_writer *writer, bool ok, struct errbuf *err)
{
	(void)ok;
	(void)err;
	free(writer);
	return 0;
}

struct table_writer *
grid_writer(struct grid *grid, struct errbuf *err)
{
	struct grid_writer *w = memory_array(1, sizeof(*w));

	if (w == NULL) {
		errbuf_set(err, "out of memory for rows");
		return NULL;
	}
	w->writer = (struct table_writer){ add_row, close_writer };
	w->grid = grid;
	text_clock_init(&w->clock);
	return &w->writer;
}

const struct table *
grid_table(const struct grid *g)
{
	return g->table;
}

size_t
grid_rows(const struct grid *g)
{
	return g->rows;
}

uint64_t
grid_left_out(const struct grid *g)
{
	return g->left_out;
}

size_t
grid_columns(const struct grid *g)
{
	return g->columns.count;
}

const struct column *
grid_column(const struct grid *g, size_t column)
{
	return &g->table->columns[g->columns.index[column]];
}

int
grid_find(const struct grid *g, const char *name)
{
	for (size_t i = 0; i < g->columns.count; i++)
		if (strcmp(grid_column(g, i)->name, name) == 0)
			return (int)i;
	return -1;
}

const char *
grid_text(const struct grid *g, size_t row, size_t column)
{
	return (const char *)g->texts.data +
	    g->starts[row * g->columns.count + column];
}

/* What cell_put() writes: a sign, digits, a point and at most DECIMALS more. */
static int128
read_number(const char *text)
{
	bool negative = *text == '-';
	int decimals = -1;
	int128 value = 0;

	for (text += negative; *text != '\0'; text++) {
		if (*text == '.') {
			decimals = 0;
			continue;
		}
		value = value * 10 + (*text - '0');
		decimals += decimals >= 0;
	}
	for (decimals += decimals < 0; decimals < DECIMALS; decimals++)
		value *= 10;
	return negative ? -value : value;
}

bool
grid_exact(const struct grid *g, size_t row, size_t column, int128 *out)
{
	enum column_type type = grid_column(g, column)->type;
	const char *text = grid_text(g, row, column);

	if (column_is_text(type) || type == COLUMN_IP || text[0] == '\0')
		return false;
	*out = read_number(text);
	return true;
}

bool
grid_number(const struct grid *g, size_t row, size_t column, double *out)
{
	int128 exact;

	if (!grid_exact(g, row, column, &exact))
		return false;
	*out = (double)exact / 1e12;
	return true;
}
