/*
 * The command line as one table: getopt_long() and --help are fed from it.
 *
 * A row is an option; what its value is decides how it is read, and `at` where
 * it goes in the caller's struct.  Programs that have several commands give
 * each row the groups it belongs to, as bits: a command has the rows of its
 * groups.
 */
#ifndef BASE_OPTION_TABLE_H
#define BASE_OPTION_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

/* What an option's value is, and so how it is read. */
enum option_kind {
	OPTION_FLAG,		/* bool */
	OPTION_WORD,		/* const char *, argv's */
	OPTION_WORDS,		/* struct option_list */
	OPTION_NUMBER,		/* uint64_t, min to max */
	OPTION_SIZE,		/* uint64_t, bytes, at least min */
	OPTION_DURATION,	/* int64_t, nanoseconds */
	OPTION_TIME,		/* int64_t, nanoseconds since the epoch */
	OPTION_OTHER,		/* read by `set` */
};

/* What is given more than once, in order; the texts are argv's. */
struct option_list {
	const char **texts;	/* owned; release with free() */
	size_t count;
};

enum { OPTION_NAMES = 3, OPTION_ROWS_MAX = 96 };

struct option_row {
	int letter;		/* 0: none */
	const char *names[OPTION_NAMES];
	const char *argument;	/* NULL: none */
	unsigned groups;
	enum option_kind kind;
	size_t at;		/* of the value in the caller's struct */
	const char *help;
	uint64_t min, max;
	/* The text is argv's and may be overwritten (a key is). */
	int (*set)(void *values, char *text, struct errbuf *err);
};

struct option_table {
	const char *program;	/* before getopt_long()'s own lines */
	const struct option_row *rows;
	size_t count;		/* at most OPTION_ROWS_MAX */
};

/*
 * Reads the options of these groups into *values, and hands the operands over
 * in their places.  -1 with one line in *err; "" there means that
 * getopt_long() has said it already.
 */
int option_table_read(const struct option_table *table, unsigned groups,
    void *values, void (*operand)(void *values, const char *text), int argc,
    char **argv, struct errbuf *err);

/* A line an option, to stdout. */
void option_table_help(const struct option_table *table, unsigned groups);

#endif
