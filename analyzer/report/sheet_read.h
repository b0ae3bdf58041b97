/*
 * A sheet that a student has filled in: the JSON of sheet_write_json(), or as
 * much of it as was asked for.
 *
 * Values may be numbers, texts or yes/no; a number may stand in a text, in
 * decimal or 0x hex.  null, "" and what is left out are no answer.
 *
 * Bounds: a sheet has at most SHEET_BYTES_MAX bytes, and a list
 * SHEET_ENTRIES_MAX entries, as answers writes it.
 */
#ifndef ANALYZER_REPORT_SHEET_READ_H
#define ANALYZER_REPORT_SHEET_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/analyses/sheet.h"
#include "base/errbuf.h"

enum {
	SHEET_BYTES_MAX = 8 << 20,
	SHEET_CELLS_MAX = 32,
	SHEET_STRANGERS_MAX = 16,	/* unknown keys that are named */
};

/* A row as it was given: a text for each column, NULL without an answer. */
struct given_row {
	const char *cells[SHEET_CELLS_MAX];
	/* Of columns that are hosts, once somebody has looked them up. */
	struct table_ip hosts[SHEET_CELLS_MAX];
};

struct given_rows {
	struct given_row *rows;		/* owned */
	size_t count;
};

struct given {
	struct given_rows parts[SHEET_PARTS];
	/* Keys that no sheet has: they were not looked at. */
	const char *strangers[SHEET_STRANGERS_MAX];
	size_t stranger_count;
	struct sheet texts;		/* owns the texts; has no rows */
};

/* Can this build read JSON? */
bool sheet_can_read(void);

/* Reads the text of a sheet.  -1 with the reason, naming `name`: it is no
 * JSON, or no sheet, or memory is short.  given_reset() in either case. */
int sheet_parse(struct given *given, const char *name, const char *data,
    size_t n, struct errbuf *err);

/* The same from a file; "-" is standard input. */
int sheet_read(struct given *given, const char *path, struct errbuf *err);

/* Caller's memory; empty afterwards. */
void given_reset(struct given *given);

#endif
