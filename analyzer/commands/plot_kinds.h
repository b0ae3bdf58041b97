/*
 * What can be drawn: each kind is a gnuplot file over columns of one table.
 */
#ifndef ANALYZER_COMMANDS_PLOT_KINDS_H
#define ANALYZER_COMMANDS_PLOT_KINDS_H

#include <stdbool.h>

#include "base/errbuf.h"

struct plot_kind {
	const char *name;
	const char *script;	/* a file of scripts/plots */
	const char *table;
	const char *command;	/* that writes the table, behind "pcapstat" */
	/* Columns of the data, commas between: those that must be there, and
	 * those that are taken where they are. */
	const char *needs, *also;
	bool captures;		/* a row a capture: draws any number */
	bool connection;	/* draws one connection */
	bool connections;	/* draws all, or one that is asked for */
	bool counts;		/* has an axis for --log */
};

/* `name` NULL at the end; in the order of the manual. */
extern const struct plot_kind plot_kinds[];

/* NULL with the nearest right name in *err. */
const struct plot_kind *plot_kind_find(const char *name, struct errbuf *err);

#endif
