/*
 * Tables: rows with typed, named columns that carry their unit.
 *
 * An analysis describes its rows once, as a C struct and a list of columns
 * that point into it; CSV, JSON, SQLite, the terminal, `schema`, `explain` and
 * the check of the manual all read that list.
 *
 * A cell may be undefined: it is written as an empty field (CSV), null (JSON),
 * NULL (SQLite) or "-" (terminal), never as 0.  Each type has one value that
 * means undefined, named beside it.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "base/int128.h"

#define TABLE_NO_U64	UINT64_MAX
#define TABLE_NO_I64	INT64_MIN
#define TABLE_NO_PS	((int128)((uint128)1 << 127))

struct table_time {
	int64_t ns;		/* since 1970-01-01 UTC; or TABLE_NO_I64 */
	uint8_t digits;		/* of the second, known and written; 0-9 */
};

struct table_ip {
	uint8_t bytes[16];	/* network order; IPv4 in the first four */
	uint8_t version;	/* 4 or 6; 0: undefined */
};

enum column_type {
	COLUMN_U64,		/* uint64_t, TABLE_NO_U64 */
	COLUMN_I64,		/* int64_t, TABLE_NO_I64 */
	COLUMN_SECONDS,		/* int128 picoseconds, TABLE_NO_PS; written as
				   seconds with 12 decimals */
	COLUMN_TIME,		/* struct table_time; epoch seconds */
	COLUMN_TEXT,		/* const char *, NULL; see struct table_writer */
	COLUMN_STRING,		/* the same, but borrowed for the row's call
				   only: the pointer may come again with
				   another text */
	COLUMN_DECIMAL,		/* int128 in units of 10^-12, TABLE_NO_PS;
				   written with no more decimals than it has */
	COLUMN_IP,		/* struct table_ip, version 0 */
};

struct column {
	const char *name;
	enum column_type type;
	size_t offset;		/* of the cell in the row's struct */
	const char *unit;	/* "bytes", "s", "ns", "packets", ... or "" */
	const char *meaning;	/* one sentence, no full stop */
	/* NULL: written by default; else the option that adds it, without its
	 * dashes ("relative").  Naming it in --columns always does. */
	const char *group;
	uint8_t text_width;	/* usual one as text, in characters; 0: that of
				   its type */
};

static inline bool
column_is_text(enum column_type type)
{
	return type == COLUMN_TEXT || type == COLUMN_STRING;
}

struct table {
	const char *name;	/* of the command that writes it */
	const char *row_is;	/* "a capture", "a packet" */
	const struct column *columns;
	size_t column_count;
	/* What a terminal shows unless it is told what to: names with commas
	 * between them; NULL: all. */
	const char *text_columns;
	bool hidden;		/* the program's own: not in `schema` */
	size_t row_bytes;	/* of the struct; 0: rows are not copied */
	/* The column that says which rows are the largest unless told
	 * otherwise; NULL: that must be told. */
	const char *top_by;
};

/* Does a terminal show the column unless it is told what to? */
bool table_shows(const struct table *table, const struct column *column);

/* Index of the column so named (exact, case counts), or -1. */
int table_find(const struct table *table, const char *name);

/* The column name nearest to a mistyped one (edit distance), never NULL. */
const char *table_nearest(const struct table *table, const char *name);

enum { TABLE_COLUMNS_MAX = 256 };

/* Which columns are written, in which order. */
struct table_selection {
	uint16_t index[TABLE_COLUMNS_MAX];
	size_t count;
	/* Of a terminal's line, where they are written as text; 0: the usual
	 * one. */
	size_t text_width;
};

/* All columns in the table's order but those of groups that are not among the
 * n given. */
void table_select_default(const struct table *table, const char *const *groups,
    size_t n, struct table_selection *out);

/* Adds the columns of the n groups that are not among them yet, as far as there
 * is room. */
void table_select_groups(const struct table *table, const char *const *groups,
    size_t n, struct table_selection *selection);

/*
 * Reads "NAME,NAME...".  Errors: an unknown name (the nearest right one is
 * named), an empty one, the same one twice, too many.
 */
int table_select(const struct table *table, const char *names,
    struct table_selection *out, struct errbuf *err);

/*
 * Takes rows.  `row` points to the struct that the table's columns describe
 * and is borrowed for the call.  The texts of COLUMN_TEXT are borrowed until
 * the writer is closed: a pointer that comes again means the same text.
 */
struct table_writer {
	int (*row)(struct table_writer *writer, const void *row,
	    struct errbuf *err);
	/* Puts out what is buffered (ok) or drops it, and frees the writer in
	 * either case.  Fails where a result could not be written. */
	int (*close)(struct table_writer *writer, bool ok, struct errbuf *err);
	/* Puts out what is buffered now, for who waits for rows; NULL: nothing
	 * is, or it has to wait for the end. */
	int (*flush)(struct table_writer *writer, struct errbuf *err);
};

#endif
