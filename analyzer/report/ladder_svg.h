/*
 * Inside the SVG: what a drawing is made of.  ladder_svg.c says what stands
 * where, ladder_svg_parts.c draws it.
 */
#ifndef ANALYZER_REPORT_LADDER_SVG_H
#define ANALYZER_REPORT_LADDER_SVG_H

#include "analyzer/report/ladder_label.h"
#include "analyzer/report/pen.h"
#include "analyzer/report/wrap.h"

enum { SVG_LOOP = 28 };	/* width of an arrow from a host to itself */

/* Kinds of words, beside enum label_kind. */
enum { SVG_WORD_PLAIN = LABEL_KINDS, SVG_WORD_NAME, SVG_WORD_QUIET };

struct svg_drawing {
	const struct ladder *ladder;
	bool measuring;
	int width, height;
	int first, gap;		/* of the lifelines */
	int y;			/* where the next thing begins */
	bool used[3][MARKS];	/* which arrows are there, for the legend */
	const struct ladder_packet *before;	/* the packet drawn last */
	struct ladder_label label;
	struct wrap wrap;
	struct pen pen;
};

/* Where lines of words stand: around x, or from x on. */
struct svg_place {
	int x, room;
	const char *anchor;	/* "start", "middle", "end" */
	const char *class;	/* NULL */
	bool covers;		/* other lines run behind it */
	int cell, line;		/* tenths of the width; height */
};

/* No memory: told at the end. */
void svg_fail(struct svg_drawing *d);

/* Words to be set by the next svg_lines(). */
void svg_add(struct svg_drawing *d, int kind, const char *text);

/* Sets all words added, and forgets them; d->y is behind them then. */
void svg_lines(struct svg_drawing *d, const struct svg_place *p);

/* From lifeline to lifeline, as the event wants it. */
void svg_shaft(struct svg_drawing *d, int from, int to, int y,
    const struct ladder_event *e);

/* From a host to itself: out and back; to the right (1) or left (-1). */
void svg_loop(struct svg_drawing *d, int x, int y, int way);

#endif
