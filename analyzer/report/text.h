/*
 * Rows for people, in a terminal.
 *
 * Few columns are an aligned table, whose widths follow from the columns alone,
 * so that rows need not be held back.  Many columns are a record a row: lines
 * of name, value and unit, with a blank line before each record.  Undefined is
 * "-"; what a terminal would obey or could not show is "?".
 */
#ifndef ANALYZER_REPORT_TEXT_H
#define ANALYZER_REPORT_TEXT_H

#include "base/errbuf.h"
#include "base/sink.h"
#include "base/table.h"

/* Writes the head of the table, or for records a line that says what each one
 * is; -1 with the sink's reason in *err. */
int text_begin(const struct table *table,
    const struct table_selection *columns, struct sink *sink,
    struct errbuf *err);

/* A writer of rows, as format_writer() says: freed by its close; NULL with the
 * reason in *err when memory is short. */
struct table_writer *text_writer(const struct table *table,
    const struct table_selection *columns, struct sink *sink,
    struct errbuf *err);

#endif
