/*
 * Rows to an SQLite database, one table named as the table is.
 *
 * Columns are INTEGER, REAL (seconds and times) or TEXT, undefined is NULL; a
 * number above INT64_MAX is a BLOB of its digits.  Written under a temporary
 * name and renamed, as outfile.h does.  Only in builds with SQLite; otherwise
 * sqlite_open() says so.
 */
#ifndef ANALYZER_REPORT_SQLITE_H
#define ANALYZER_REPORT_SQLITE_H

#include <stdbool.h>

#include "base/errbuf.h"
#include "base/table.h"

struct sqlite_output;

/* NULL with the reason in *err. */
struct sqlite_output *sqlite_open(const char *path, const struct table *table,
    const struct table_selection *columns, struct errbuf *err);

/* One row; not to be called by two threads at once. */
int sqlite_row(struct sqlite_output *db, const void *row, struct errbuf *err);

/* Commits, syncs and renames (keep) or leaves nothing behind; frees. */
int sqlite_close(struct sqlite_output *db, bool keep, struct errbuf *err);

#endif
