/*
 * The data of a plot: of a result table as CSV the columns that a kind draws,
 * in the order of the kind, and of a connection the rows of that one.  So a
 * capture and its table give the same data.
 *
 * Texts become what may be shown: a line of the data is a row, whatever a file
 * is called.
 */
#ifndef ANALYZER_COMMANDS_PLOT_DATA_H
#define ANALYZER_COMMANDS_PLOT_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/commands/plot_kinds.h"
#include "base/bytes.h"
#include "base/errbuf.h"
#include "base/sink.h"

struct plot_data {
	const struct plot_kind *kind;
	const char *path;	/* of the table */
	const char *shown;	/* what errors call it */
	uint64_t connection;	/* in: the one asked for, 0: any; out: drawn */
	uint64_t connections;	/* out: in the table, where one was chosen */
	uint64_t rows, bytes;	/* out: written */
	bool foreign;		/* out: no table of ours */
	struct bytes file;	/* out: cell `file`, terminated; none: empty */
};

/* Writes the data; -1 with the reason: a column is missing, rows of several
 * captures, no such connection, no memory, the sink.  plot_data_reset() in
 * either case. */
int plot_data_write(struct plot_data *data, struct sink *sink,
    struct errbuf *err);

void plot_data_reset(struct plot_data *data);

#endif
