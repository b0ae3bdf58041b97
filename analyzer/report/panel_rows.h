/*
 * Inside panels: looks into the rows of a grid by the names of columns.  What
 * is not there is undefined.
 */
#ifndef ANALYZER_REPORT_PANEL_ROWS_H
#define ANALYZER_REPORT_PANEL_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/report/grid.h"
#include "base/int128.h"

/* A whole number; `none` where it is undefined. */
static inline int128
panel_whole(const struct grid *grid, size_t row, int column, int128 none)
{
	int128 exact;

	if (column < 0 || !grid_exact(grid, row, (size_t)column, &exact))
		return none;
	return exact / 1000000000000;
}

/* The number in units of 10^-12; 0 where it is undefined. */
static inline int128
panel_exact(const struct grid *grid, size_t row, int column)
{
	int128 exact;

	return column >= 0 && grid_exact(grid, row, (size_t)column, &exact) ?
	    exact : 0;
}

/* "" where it is undefined. */
static inline const char *
panel_text(const struct grid *grid, size_t row, const char *column)
{
	int index = grid_find(grid, column);

	return index < 0 ? "" : grid_text(grid, row, (size_t)index);
}

/* Whole, 0 where it is undefined. */
static inline uint64_t
panel_count(const struct grid *grid, size_t row, const char *column)
{
	return (uint64_t)panel_whole(grid, row, grid_find(grid, column), 0);
}

/* The sum of a column; 0 where it lacks. */
static inline int128
panel_sum(const struct grid *grid, const char *column)
{
	int index = grid_find(grid, column);
	int128 sum = 0;

	for (size_t row = 0; row < grid_rows(grid); row++)
		sum += panel_whole(grid, row, index, 0);
	return sum;
}

#endif
