/*
 * CSV, RFC 4180 but for lines that end in LF: a header line, and fields in
 * quotes only where they need them.
 */
#ifndef ANALYZER_REPORT_CSV_H
#define ANALYZER_REPORT_CSV_H

#include "base/errbuf.h"
#include "base/sink.h"
#include "base/table.h"

/* Writes the header line to the sink; -1 with its reason in *err. */
int csv_begin(const struct table *table,
    const struct table_selection *columns, struct sink *sink,
    struct errbuf *err);

/* A writer of rows, as format_writer() says: freed by its close; NULL with the
 * reason in *err when memory is short. */
struct table_writer *csv_writer(const struct table *table,
    const struct table_selection *columns, struct sink *sink,
    struct errbuf *err);

#endif
