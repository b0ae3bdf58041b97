/*
 * Panels: the questions that report and dashboard put side by side.  Each is a
 * table of an analysis, the command that gives the same rows, and a picture of
 * them.
 */
#ifndef ANALYZER_REPORT_PANELS_H
#define ANALYZER_REPORT_PANELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/analyses/settings.h"
#include "analyzer/report/grid.h"
#include "base/errbuf.h"
#include "base/sink.h"

struct panel {
	const char *name;	/* in addresses and file names: "volume" */
	const char *title;	/* "Volume over time" */
	const char *table;	/* whose rows it shows */
	const char *command;	/* words behind "pcapstat" that give the same
				   rows: "timeline --interval auto" */
	const char *columns;	/* of the page's table, commas between them;
				   downloads have all */
	uint64_t top;		/* the largest rows only; 0: all */
	const char *top_by;	/* by this column */
	bool report_only;	/* of a page that is made once: unbounded */
	bool costly;		/* holds a row a packet: not for a live
				   source's unbounded view */
	/* Writes the SVG; the caption states what it shows.  NULL: no
	 * picture. */
	int (*draw)(const struct grid *grid, struct sink *sink,
	    struct errbuf *err);
};

/* In the order of the page; `name` NULL at the end. */
extern const struct panel panels[];

/* NULL where there is none. */
const struct panel *panel_find(const char *name);

/* What the panels ask of the analyses, on top of what the user does. */
void panels_settle(struct settings *settings);

/* One line that says what the rows tell, for a caption and for who cannot see
 * the picture; at most size bytes with its terminator. */
void panel_finding(const struct panel *panel, const struct grid *grid,
    char *out, size_t size);

#endif
