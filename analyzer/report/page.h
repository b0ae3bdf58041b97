/*
 * Pages of a report: HTML that stands alone, without a script and without
 * anything from elsewhere, which its own policy (CSP) forbids, too; light, dark
 * where a screen prefers that, and on paper.
 *
 * All texts that may come from outside are made clean and escaped.
 */
#ifndef ANALYZER_REPORT_PAGE_H
#define ANALYZER_REPORT_PAGE_H

#include <stddef.h>

#include "analyzer/report/grid.h"
#include "analyzer/report/pen.h"

/* Up to and with <body>. */
void page_begin(struct pen *pen, const char *title);

void page_end(struct pen *pen);

/*
 * A table with a caption; its columns, commas between the names, those that
 * the grid lacks left out, at most `rows` rows.  Heads link to the definitions.
 * One row of many columns stands upright.
 */
void page_grid(struct pen *pen, const struct grid *grid, const char *columns,
    const char *caption, size_t rows);

/* What the columns of such a table mean: a list under the title. */
void page_definitions(struct pen *pen, const struct grid *grid,
    const char *title, const char *columns);

/* A path as the relative address of a link (RFC 3986). */
void page_address(struct pen *pen, const char *path);

/* A table's cell, from outside. */
void page_cell(struct pen *pen, const char *text);

#endif
