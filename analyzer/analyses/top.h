/*
 * The largest rows of a table by one of its columns (--top N --by COLUMN).
 *
 * Order:  descending; rows that are equal in the order in which they came;
 *         rows whose cell is undefined behind all others.
 * Memory: N rows with their texts, whatever comes; O(log N) a row.
 */
#ifndef ANALYZER_ANALYSES_TOP_H
#define ANALYZER_ANALYSES_TOP_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "base/table.h"

enum { TOP_MAX = 1000000 };

/* Index of the column that is ordered by; -1 with the reason in *err where
 * there is none of that name (the nearest is named) or it is no number. */
int top_column(const struct table *table, const char *name,
    struct errbuf *err);

/*
 * Takes the rows of a table (with row_bytes) and, when it is closed, writes the
 * n largest of them, 0 < n <= TOP_MAX, to `next` and closes that.  It keeps
 * copies, COLUMN_STRINGs included.  NULL with the reason in *err; `next` is its
 * own from here on, and closed then, too.
 */
struct table_writer *top_writer(const struct table *table, const char *by,
    uint64_t n, struct table_writer *next, struct errbuf *err);

#endif
