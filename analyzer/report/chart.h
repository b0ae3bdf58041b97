/*
 * Pictures of numbers: SVG 1.1 with CSS, self-contained, no script, no font
 * from elsewhere; light, dark where a screen prefers that, and on paper.
 *
 * Series are told apart by colour (Okabe and Ito's) and by dashes.  All
 * coordinates come from integers, so every machine draws the same bytes.
 * Ids begin with the chart's own, so that several may stand in one page.
 */
#ifndef ANALYZER_REPORT_CHART_H
#define ANALYZER_REPORT_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/report/amount.h"
#include "base/errbuf.h"
#include "base/int128.h"
#include "base/sink.h"

enum {
	CHART_SERIES_MAX = 7,
	CHART_PLOTS_MAX = 3,
	CHART_BARS_MAX = 20,
};

/* The value y holds from low up to, and without, high. */
struct chart_point {
	int128 low, high, y;
};

struct chart_series {
	const char *name;
	const struct chart_point *points;	/* ascending, apart */
	size_t count;
	/* Colour and dashes, below CHART_SERIES_MAX: the same for the same
	 * thing in all pictures; bars: by place. */
	unsigned look;
};

/* A bar, its label above it; parts stand one behind the other. */
struct chart_bar {
	const char *label;	/* from outside: made clean here */
	int128 parts[CHART_SERIES_MAX];
};

enum chart_kind {
	CHART_STEPS,		/* y is 0 between points */
	CHART_CURVES,		/* a distribution: y is reached at high, and
				   kept */
	CHART_BARS,
};

struct chart_axis {
	enum amount_unit unit;
	const char *title;	/* x: below the marks; NULL: none */
	bool log;		/* x only, from 0 on */
	/* Logarithmic: where the axis begins (what is below stands there),
	 * with marks between the decades.  0: whole decades. */
	int128 log_from;
};

struct chart_plot {
	enum chart_kind kind;
	const char *heading;	/* what y is, with its unit */
	struct chart_axis x, y;	/* bars: x only */
	struct chart_series series[CHART_SERIES_MAX];	/* bars: names only */
	size_t series_count;
	struct chart_bar bars[CHART_BARS_MAX];
	size_t bar_count;
	bool has_limit;		/* bars: a line across at this value */
	int128 limit;
	const char *limit_name;
};

struct chart {
	const char *id;		/* letters, digits, "-" */
	const char *title, *description;
	struct chart_plot plots[CHART_PLOTS_MAX];
	size_t plot_count;
};

/* -1 with the reason in *err; the sink should be a buffered one.  Without
 * anything to show, the picture says so. */
int chart_write(const struct chart *chart, struct sink *sink,
    struct errbuf *err);

/* What every picture has within itself: for a page's policy. */
extern const char chart_style[];

#endif
