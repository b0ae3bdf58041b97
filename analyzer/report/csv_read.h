/*
 * Reading CSV as RFC 4180 has it, record by record: what report/csv.h writes,
 * and what spreadsheets make of it (CR LF, a byte order mark).
 */
#ifndef ANALYZER_REPORT_CSV_READ_H
#define ANALYZER_REPORT_CSV_READ_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

/* A record's bytes and cells; more is an error. */
enum { CSV_RECORD_MAX = 1 << 20, CSV_CELLS_MAX = 1024 };

struct csv_reader;

/* The path names the file in errors as well.  NULL with the reason. */
struct csv_reader *csv_reader_open(const char *path, struct errbuf *err);

/* NULL does nothing. */
void csv_reader_close(struct csv_reader *reader);

/* The next record: 1, 0 at the end, -1 with the reason, which has the path and
 * the line.  Empty lines are passed over. */
int csv_reader_next(struct csv_reader *reader, struct errbuf *err);

/* Of the record read last. */
size_t csv_reader_cells(const struct csv_reader *reader);

/* Without quotes; "" where there are not so many.  Borrowed until the next
 * record; a NUL byte ends it. */
const char *csv_reader_cell(const struct csv_reader *reader, size_t cell);

/* On which line of the file the record begins, from 1. */
uint64_t csv_reader_line(const struct csv_reader *reader);

#endif
