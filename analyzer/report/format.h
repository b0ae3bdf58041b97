/*
 * Rows to CSV (RFC 4180), JSON (RFC 8259), NDJSON and text for a terminal.
 *
 * A whole output is begin, rows, end.  The rows may come from several writers,
 * each over a sink of its own, whose bytes are put behind each other in order:
 * that is how threads share one output.
 */
#ifndef ANALYZER_REPORT_FORMAT_H
#define ANALYZER_REPORT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errbuf.h"
#include "base/sink.h"
#include "base/table.h"

enum format { FORMAT_CSV, FORMAT_JSON, FORMAT_NDJSON, FORMAT_TEXT,
    FORMAT_SQLITE };

/* By the name of --format ("csv", "json", "ndjson", "text"); -1 where there is
 * none. */
int format_by_name(const char *name, enum format *out);

/* By the ending of an output file (.csv .json .ndjson .txt .db); -1 where it
 * tells nothing. */
int format_by_path(const char *path, enum format *out);

/*
 * Writes what stands before the first row (nothing for NDJSON and SQLite); -1
 * with the sink's reason in *err.  JSON is one object with "schema_version",
 * "table" and "rows".
 */
int format_begin(enum format format, const struct table *table,
    const struct table_selection *columns, struct sink *sink,
    struct errbuf *err);

/* Writes what stands after the last row: only JSON has something.  -1 with the
 * sink's reason in *err. */
int format_end(enum format format, struct sink *sink, struct errbuf *err);

/*
 * Bytes at the start of a writer's rows that have to be left out where they
 * are the first rows of the whole output: JSON writes "," before each row.
 */
size_t format_separator_bytes(enum format format);

/* Writes rows to the sink (borrowed, must outlive the writer), buffered. NULL
 * when memory is short.  Not for FORMAT_SQLITE. */
struct table_writer *format_writer(enum format format,
    const struct table *table, const struct table_selection *columns,
    struct sink *sink, struct errbuf *err);

#endif
