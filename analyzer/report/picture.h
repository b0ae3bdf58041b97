/*
 * Inside panels: a picture of a grid in the making.
 */
#ifndef ANALYZER_REPORT_PICTURE_H
#define ANALYZER_REPORT_PICTURE_H

#include <stddef.h>

#include "analyzer/report/chart.h"
#include "analyzer/report/grid.h"
#include "base/errbuf.h"
#include "base/sink.h"

enum { PICTURE_TEXT = 512, PICTURE_LABEL = 256 };

struct picture {
	struct chart chart;
	const struct grid *grid;
	struct chart_point *points;	/* owned; of all series */
	size_t used;			/* of them */
	char title[PICTURE_TEXT], description[PICTURE_TEXT];
	char labels[CHART_BARS_MAX][PICTURE_LABEL];
};

/* Of the panel so named, with room for `points`; the grid is borrowed.  NULL
 * with the reason in *err; picture_finish() frees it. */
struct picture *picture_new(const char *panel, const struct grid *grid,
    size_t points, struct errbuf *err);

/* Adds a plot: CHART_PLOTS_MAX at most; the heading is borrowed. */
struct chart_plot *picture_plot(struct picture *picture, enum chart_kind kind,
    const char *heading, enum amount_unit x, enum amount_unit y);

/* Draws and frees it; -1 with the reason in *err. */
int picture_finish(struct picture *picture, struct sink *sink,
    struct errbuf *err);

#endif
