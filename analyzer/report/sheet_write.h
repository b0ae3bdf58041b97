/*
 * An answer sheet as JSON and as text.
 *
 * JSON: one object with "schema_version" and a member for each section: a list
 * of objects, or one object, or null where the captures cannot answer.  Keys
 * are the columns of analyses/sheet.h; unknown is null.
 */
#ifndef ANALYZER_REPORT_SHEET_WRITE_H
#define ANALYZER_REPORT_SHEET_WRITE_H

#include <stddef.h>

#include "analyzer/analyses/sheet.h"
#include "base/errbuf.h"
#include "base/sink.h"

/* Counts up when a reader of an earlier sheet would have to change. */
enum { SHEET_SCHEMA_VERSION = 1 };

/* An object of JSON; -1 with the reason in *err. */
int sheet_write_json(const struct sheet *sheet, struct sink *sink,
    struct errbuf *err);

/* The same for people. */
int sheet_write_text(const struct sheet *sheet, struct sink *sink,
    struct errbuf *err);

enum { SHEET_CELL_BYTES = 64 };

/* The cell as text, as the JSON has it without quotes; NULL where it is
 * undefined.  In `room`, or the row's own text. */
const char *sheet_cell(const struct column *column, const void *row,
    char room[SHEET_CELL_BYTES]);

#endif
