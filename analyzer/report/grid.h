/*
 * A small table held in memory, cell by cell: what a page shows as a table and
 * draws as a chart.
 *
 * Its rows come through a struct table_writer, so whatever fills a table fills
 * a grid; cells have the texts of CSV (report/rows.h), and their numbers.
 */
#ifndef ANALYZER_REPORT_GRID_H
#define ANALYZER_REPORT_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "base/int128.h"
#include "base/table.h"

struct grid;

/* Holds the selected columns of at most rows_max rows; more are counted and
 * left out.  Table and selection are borrowed.  NULL: no memory. */
struct grid *grid_new(const struct table *table,
    const struct table_selection *columns, size_t rows_max,
    struct errbuf *err);

/* NULL does nothing. */
void grid_free(struct grid *grid);

/* Fills the grid (borrowed).  NULL: no memory. */
struct table_writer *grid_writer(struct grid *grid, struct errbuf *err);

const struct table *grid_table(const struct grid *grid);

size_t grid_rows(const struct grid *grid);

/* Rows that came and found no room. */
uint64_t grid_left_out(const struct grid *grid);

/* Columns of the grid, in order. */
size_t grid_columns(const struct grid *grid);
const struct column *grid_column(const struct grid *grid, size_t column);

/* Index of the column so named, or -1. */
int grid_find(const struct grid *grid, const char *name);

/* "" where it is undefined; borrowed. */
const char *grid_text(const struct grid *grid, size_t row, size_t column);

/* The number in units of 10^-12, exact; false where it is undefined or no
 * number. */
bool grid_exact(const struct grid *grid, size_t row, size_t column,
    int128 *out);

/* The same, rounded. */
bool grid_number(const struct grid *grid, size_t row, size_t column,
    double *out);

#endif
