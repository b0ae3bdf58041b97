/*
 * Steps and curves over a pair of axes.
 */
#include <stdio.h>

#include "analyzer/report/chart_draw.h"

enum {
	HEIGHT = 190, X_MARKS = 7, Y_MARKS = 5,
	FINE = 150,		/* more points have a thin line */
};

/* --- what the axes go over --- */

static void
widen(struct chart_scale *s, int128 low, int128 high, bool *any)
{
	if (!*any || low < s->low)
		s->low = low;
	if (!*any || high > s->high)
		s->high = high;
	*any = true;
}

/* False where there is no point. */
static bool
find_ranges(const struct chart_plot *plot, struct chart_scale *x,
    struct chart_scale *y)
{
	bool any = false, ignored = true;

	*x = (struct chart_scale){ .axis = &plot->x };
	*y = (struct chart_scale){ .axis = &plot->y };
	for (size_t i = 0; i < plot->series_count; i++)
		for (size_t k = 0; k < plot->series[i].count; k++) {
			const struct chart_point *p =
			    &plot->series[i].points[k];

			widen(x, p->low, p->high, &any);
			widen(y, 0, p->y, &ignored);
		}
	if (x->high <= x->low)
		x->high = x->low + 1;
	if (y->high == 0)
		y->high = 1;
	return any;
}

/* Whole decades, or as the axis says. */
static void
round_log(struct chart_scale *x)
{
	int128 low = 1, high = 1;

	if (x->axis->log_from > 0 && x->axis->log_from < x->high) {
		x->low = x->axis->log_from;
		return;
	}
	while (low * 10 <= x->low)
		low *= 10;
	while (high < x->high)
		high *= 10;
	x->low = x->low < 1 ? 0 : low;
	x->high = high;
}

/* --- axes --- */

static int
widest_mark(const struct chart_scale *s)
{
	char text[AMOUNT_BYTES_MAX];
	int widest = 0;

	for (int i = 0; i < s->mark_count; i++) {
		int width;

		chart_mark_text(text, s, s->marks[i]);
		width = chart_text_width(text);
		widest = width > widest ? width : widest;
	}
	return widest;
}

static void
draw_rule(struct chart_drawing *d, const char *class, int x, int y,
    const char *way, int to)
{
	pen_printf(&d->pen, "<path class=\"%s\" d=\"", class);
	chart_coordinate(d, "M", x);
	chart_coordinate(d, " ", y);
	chart_coordinate(d, way, to);
	pen_put(&d->pen, "\"/>\n");
}

static void
draw_y(struct chart_drawing *d, const struct chart_scale *x,
    const struct chart_scale *y)
{
	char text[AMOUNT_BYTES_MAX];

	for (int i = 0; i < y->mark_count; i++) {
		int at = chart_at(y, y->marks[i]);

		draw_rule(d, i == 0 ? "axis" : "grid", x->from, at, "H",
		    x->to);
		chart_mark_text(text, y, y->marks[i]);
		chart_text(d, x->from / 10 - 6, at / 10 + 4, "end", "quiet",
		    text);
	}
}

/* Marks whose text would run into that of the one before have none. */
static void
draw_x(struct chart_drawing *d, const struct chart_scale *x, int bottom)
{
	int free_from = 0;

	for (int i = 0; i < x->mark_count; i++) {
		char text[AMOUNT_BYTES_MAX];
		int at = chart_at(x, x->marks[i]), half, middle = at / 10;

		draw_rule(d, "axis", at, bottom, "v", 40);
		chart_mark_text(text, x, x->marks[i]);
		half = chart_text_width(text) / 2 + 1;
		if (middle + half > CHART_WIDTH - 2)
			middle = CHART_WIDTH - 2 - half;
		if (middle - half < free_from)
			continue;
		chart_text(d, middle, bottom / 10 + 16, "middle", "quiet",
		    text);
		free_from = middle + half + 8;
	}
}

/* --- series --- */

static void
draw_step_path(struct chart_drawing *d, const struct chart_series *series,
    const struct chart_scale *x, const struct chart_scale *y)
{
	int at_x = -1, at_y = y->from;

	for (size_t i = 0; i < series->count; i++) {
		const struct chart_point *p = &series->points[i];
		int low = chart_at(x, p->low), high = chart_at(x, p->high);
		int top = chart_at(y, p->y);

		if (i == 0) {
			chart_coordinate(d, "M", low);
			chart_coordinate(d, " ", y->from);
		} else if (p->low != series->points[i - 1].high) {
			if (at_y != y->from)
				chart_coordinate(d, "V", y->from);
			at_y = y->from;
			if (at_x != low)
				chart_coordinate(d, "H", low);
		}
		if (at_y != top)
			chart_coordinate(d, "V", top);
		if (low != high)
			chart_coordinate(d, "H", high);
		at_x = high;
		at_y = top;
	}
	if (at_y != y->from)
		chart_coordinate(d, "V", y->from);
}

static void
draw_curve_path(struct chart_drawing *d, const struct chart_series *series,
    const struct chart_scale *x, const struct chart_scale *y)
{
	for (size_t i = 0; i < series->count; i++) {
		const struct chart_point *p = &series->points[i];

		chart_coordinate(d, i == 0 ? "M" : "H", chart_at(x, p->low));
		if (i == 0)
			chart_coordinate(d, " ", y->from);
		chart_coordinate(d, "L", chart_at(x, p->high));
		chart_coordinate(d, " ", chart_at(y, p->y));
	}
	chart_coordinate(d, "H", x->to);
}

static void
draw_series(struct chart_drawing *d, const struct chart_plot *plot,
    const struct chart_scale *x, const struct chart_scale *y)
{
	bool curve = plot->kind == CHART_CURVES;

	for (size_t i = 0; i < plot->series_count; i++) {
		if (plot->series[i].count == 0)
			continue;
		pen_printf(&d->pen, "<path class=\"s%u %s\" d=\"",
		    plot->series[i].look,
		    curve ? "line" : plot->series[i].count > FINE ?
		    "steps fine" : "steps");
		if (curve)
			draw_curve_path(d, &plot->series[i], x, y);
		else
			draw_step_path(d, &plot->series[i], x, y);
		pen_put(&d->pen, "\"/>\n");
	}
}

void
chart_draw_steps(struct chart_drawing *d, const struct chart_plot *plot)
{
	struct chart_scale x, y;
	char title[128];

	if (!find_ranges(plot, &x, &y)) {
		chart_text(d, CHART_EDGE, d->y + 12, "start", "quiet",
		    "Nothing to show.");
		d->y += 20;
		return;
	}
	if (plot->x.log)
		round_log(&x);
	chart_marks(&x, X_MARKS, false);
	chart_marks(&y, Y_MARKS, true);
	x.from = (CHART_EDGE + widest_mark(&y) + 8) * 10;
	x.to = (CHART_WIDTH - CHART_EDGE - 8) * 10;
	y.to = (d->y + 6) * 10;
	y.from = y.to + HEIGHT * 10;
	if (!d->measuring) {
		draw_y(d, &x, &y);
		draw_x(d, &x, y.from);
		draw_series(d, plot, &x, &y);
	}
	d->y = y.from / 10 + 22;
	if (plot->x.unit == AMOUNT_TIME)
		chart_time_title(title, sizeof(title), &x);
	else
		snprintf(title, sizeof(title), "%s", plot->x.title);
	chart_text(d, (x.from + x.to) / 20, d->y + 12, "middle", NULL, title);
	d->y += 22;
}
