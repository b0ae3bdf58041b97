/*
 * One table as the options ask for it: on standard output, in a file, in a
 * database; written by as many jobs as the engine has, in their order.
 */
#ifndef ANALYZER_COMMANDS_TABLE_OUTPUT_H
#define ANALYZER_COMMANDS_TABLE_OUTPUT_H

#include <stdbool.h>

#include "analyzer/capture/inputs.h"
#include "analyzer/commands/options.h"
#include "analyzer/report/sqlite.h"
#include "base/outfile.h"
#include "base/sink.h"
#include "base/table.h"

struct table_output {
	const struct options *options;
	const struct table *table;
	struct table_selection columns;	/* written */
	struct table_selection wanted;	/* and what --top orders by */
	const char *top_by;		/* NULL: all rows */
	struct outfile *file;		/* NULL: a database */
	struct sqlite_output *db;
	/* Told of a row before the table begins; NULL: none. */
	void (*before)(const void *row);
	bool begun;
	struct prompt_sink {
		struct sink sink;	/* first */
		struct table_output *output;
	} prompt;			/* in front of the file, live */
	/* Told before rows go to who waits for them; NULL: none. */
	void (*before_rows)(void *context);
	void *context;
	struct cut_sink rows;		/* of table_output_rows() */
};

/* Opens what the options name.  -1 with the reason; a wrong --columns, --top or
 * --by is told by *usage. */
int table_output_open(struct table_output *output,
    const struct options *options, const struct table *table,
    void (*before)(const void *row), bool *usage, struct errbuf *err);

/* Where the bytes of all jobs go, NULL for a database.  Of an interface they
 * reach a terminal or a pipe at once. */
struct sink *table_output_sink(struct table_output *output);

/* For struct engine_output: context is the table_output. */
struct table_writer *table_output_writer(void *context,
    const struct input *input, struct sink *ordered, struct errbuf *err);

/* A writer for all rows of a table that no engine fills. */
struct table_writer *table_output_rows(struct table_output *output,
    struct errbuf *err);

/* The table is complete (keep) or not wanted any more. */
int table_output_close(struct table_output *output, bool keep,
    struct errbuf *err);

#endif
