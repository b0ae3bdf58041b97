/*
 * JSON, RFC 8259: one object of "schema_version", "table" and "rows", each row
 * an object on a line of its own; and NDJSON, those objects alone.
 *
 * Seconds and times are numbers with all their digits, which some readers
 * round; undefined is null.  Bytes of a text that are not UTF-8 become U+FFFD.
 */
#ifndef ANALYZER_REPORT_JSON_H
#define ANALYZER_REPORT_JSON_H

#include "base/errbuf.h"
#include "base/sink.h"
#include "base/table.h"

/* Counts up when a reader of an earlier output would have to change. */
enum { JSON_SCHEMA_VERSION = 1 };

/* Each row begins with a comma, which the first one has to lose. */
enum { JSON_SEPARATOR_BYTES = 1 };

/* Writes the object's start, up to the "[" of "rows"; -1 with the sink's reason
 * in *err.  The columns are not asked: every row names them. */
int json_begin(const struct table *table,
    const struct table_selection *columns, struct sink *sink,
    struct errbuf *err);

/* Closes what json_begin() opened; -1 with the sink's reason in *err. */
int json_end(struct sink *sink, struct errbuf *err);

/*
 * A writer of the rows of "rows", freed by its close; each begins with the
 * separator.  NULL with the reason in *err when memory is short.
 */
struct table_writer *json_writer(const struct table *table,
    const struct table_selection *columns, struct sink *sink,
    struct errbuf *err);

/* The same for NDJSON: a line a row, no separator. */
struct table_writer *ndjson_writer(const struct table *table,
    const struct table_selection *columns, struct sink *sink,
    struct errbuf *err);

#endif
