/*
 * batch --tables: DIR/NAME.csv for each table that is named, with the rows of
 * all captures in the order of the inputs; made in the pass that makes out.csv.
 */
#ifndef ANALYZER_COMMANDS_BATCH_TABLES_H
#define ANALYZER_COMMANDS_BATCH_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/commands/guard.h"
#include "analyzer/commands/options.h"
#include "analyzer/engine/engine.h"

struct batch_tables {
	struct batch_table *list;	/* owned */
	size_t count;
};

/*
 * Reads options->tables (NULL: none).  -1 with the reason in *err where a name
 * is wrong or does not go with other options.  The options are borrowed; release
 * with batch_tables_reset() in either case.
 */
int batch_tables_init(struct batch_tables *tables,
    const struct options *options, struct errbuf *err);

/* Begins all files; the folder is there.  -1 with the reason in *err. */
int batch_tables_open(struct batch_tables *tables, const struct guard *guard,
    struct errbuf *err);

/* Fills outputs[0] to outputs[count - 1]; they point into *tables. */
void batch_tables_outputs(struct batch_tables *tables,
    struct engine_output *outputs);

/* The files appear (whole), or nothing of them is left.  What went wrong, and
 * which are not there, is told, a line each: -1 then. */
int batch_tables_close(struct batch_tables *tables, bool whole,
    void (*tell)(void *context, const struct errbuf *line), void *context);

/* Files that are still open are not kept. */
void batch_tables_reset(struct batch_tables *tables);

#endif
