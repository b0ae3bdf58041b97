/*
 * Diagrams as sources for other programs, a line a message: what Mermaid and
 * PlantUML have in common.
 */
#ifndef ANALYZER_REPORT_LADDER_SCRIPT_H
#define ANALYZER_REPORT_LADDER_SCRIPT_H

#include "analyzer/report/ladder.h"
#include "analyzer/report/pen.h"

/* How a language writes things. */
struct ladder_script {
	const char *line_break;		/* within a message */
	/* Up to where the words begin: of an arrow, and of a note over the
	 * columns from `low` to `high`. */
	void (*arrow)(struct pen *pen, const struct ladder_item *item);
	void (*note)(struct pen *pen, uint32_t low, uint32_t high);
	/* Words; clean. */
	void (*escape)(struct pen *pen, const char *text);
	/* All of a pause: its columns, and for how long. */
	void (*pause)(struct pen *pen, uint32_t low, uint32_t high,
	    const char *duration);
};

/* All items of the diagram; pen->status says whether they were written. */
void ladder_script_items(struct pen *pen, const struct ladder *ladder,
    const struct ladder_script *script);

/* Text from outside, clean and escaped. */
void ladder_script_foreign(struct pen *pen, const char *text,
    void (*escape)(struct pen *pen, const char *text));

#endif
