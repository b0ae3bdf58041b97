/*
 * Inside charts: what a drawing is made of.  chart.c says what stands where,
 * chart_steps.c draws over axes, chart_axis.c has their marks.
 */
#ifndef ANALYZER_REPORT_CHART_DRAW_H
#define ANALYZER_REPORT_CHART_DRAW_H

#include <stdbool.h>

#include "analyzer/report/chart.h"
#include "analyzer/report/pen.h"

enum {
	CHART_WIDTH = 720, CHART_EDGE = 10,
	/* Of the widest usual font at 11, in tenths of a pixel. */
	CHART_CELL = 72,
	CHART_MARKS_MAX = 48,
};

struct chart_drawing {
	const struct chart *chart;
	struct pen pen;
	bool measuring;		/* only the height is looked for */
	int y;			/* where the next thing begins */
};

/* What an axis goes over, and where its marks are; values as in the points. */
struct chart_scale {
	const struct chart_axis *axis;
	int128 low, high;	/* low < high */
	int from, to;		/* tenths of pixels; y: from > to */
	int128 marks[CHART_MARKS_MAX];
	int mark_count;
};

/* Of a value on the axis, in tenths of pixels; what lies outside is put on its
 * end. */
int chart_at(const struct chart_scale *scale, int128 value);

/* Finds the marks between low and high, as many as fit.  `upwards`: high is
 * moved to a mark. */
void chart_marks(struct chart_scale *scale, int most, bool upwards);

/* Of a mark. */
void chart_mark_text(char out[AMOUNT_BYTES_MAX],
    const struct chart_scale *scale, int128 value);

/* What a time axis is called: its marks say the rest. */
void chart_time_title(char *out, size_t size,
    const struct chart_scale *scale);

/* Width in pixels of a text at 11, as far as that can be known. */
int chart_text_width(const char *text);

/* Text, from outside or not, that begins, has its middle or ends at x. */
void chart_text(struct chart_drawing *d, int x, int y, const char *anchor,
    const char *class, const char *text);

/* "12.5": tenths as SVG has them. */
void chart_coordinate(struct chart_drawing *d, const char *before,
    int tenths);

/* Steps and curves. */
void chart_draw_steps(struct chart_drawing *d, const struct chart_plot *plot);

#endif
