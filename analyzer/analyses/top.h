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

struct top;

/* For rows of row_bytes; the largest n, 0 < n <= TOP_MAX.  NULL with the
 * reason in *err; release with top_free(). */
struct top *top_new(const struct table *table, size_t row_bytes,
    const char *by, uint64_t n, struct errbuf *err);

/* NULL does nothing. */
void top_free(struct top *top);

/* Takes a copy of the row, its COLUMN_STRINGs included; without a top (NULL)
 * writes it at once. */
int top_row(struct top *top, struct table_writer *writer, const void *row,
    struct errbuf *err);

/* Writes the rows, and forgets them; without a top (NULL) does nothing. */
int top_write(struct top *top, struct table_writer *writer,
    struct errbuf *err);

#endif
