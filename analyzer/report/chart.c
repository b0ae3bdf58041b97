/*
 * Headings, legends and bars; and the way through a picture, which is drawn
 * twice: the first time only the height is found.
 */
#include "analyzer/report/chart.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/report/chart_draw.h"
#include "analyzer/report/display.h"
#include "analyzer/report/markup.h"

enum {
	LINE = 15,
	TITLE_CELL = 104,	/* of bold 14, in tenths */
	BAR = 11, BAR_ROOM = 33,	/* a bar, and with its label */
	VALUE_ROOM = 90,
	SAMPLE = 26,		/* of a line in the legend */
};

int
chart_text_width(const char *text)
{
	return ((int)display_width(text) * CHART_CELL + 9) / 10;
}

/* As much of the text as fits into `room` pixels, and dots where it is cut. */
static void
put_fitting(struct chart_drawing *d, const char *text, int room, int cell)
{
	struct bytes clean = { 0 };
	size_t cells = (size_t)(room * 10 / cell), len;

	if (display_clean(&clean, text) == -1 ||
	    bytes_append(&clean, "", 1) == -1) {
		d->pen.status = -1;
		errbuf_set(d->pen.err, "out of memory for a text");
		bytes_reset(&clean);
		return;
	}
	text = (const char *)clean.data;
	len = strlen(text);
	if (display_width(text) > cells)
		len = display_fit(text, cells - 1);
	markup_escape(&d->pen, text, len);
	if (text[len] != '\0')
		pen_put(&d->pen, "…");
	bytes_reset(&clean);
}

static void
begin_text(struct chart_drawing *d, int x, int y, const char *anchor,
    const char *class)
{
	pen_printf(&d->pen, "<text x=\"%d\" y=\"%d\"", x, y);
	if (strcmp(anchor, "start") != 0)
		pen_printf(&d->pen, " text-anchor=\"%s\"", anchor);
	if (class != NULL)
		pen_printf(&d->pen, " class=\"%s\"", class);
	pen_put(&d->pen, ">");
}

void
chart_text(struct chart_drawing *d, int x, int y, const char *anchor,
    const char *class, const char *text)
{
	bool is_title = class != NULL && strcmp(class, "title") == 0;

	if (d->measuring)
		return;
	begin_text(d, x, y, anchor, class);
	put_fitting(d, text, CHART_WIDTH - 2 * CHART_EDGE,
	    is_title ? TITLE_CELL : CHART_CELL);
	pen_put(&d->pen, "</text>\n");
}

void
chart_coordinate(struct chart_drawing *d, const char *before, int tenths)
{
	if (tenths % 10 == 0)
		pen_printf(&d->pen, "%s%d", before, tenths / 10);
	else
		pen_printf(&d->pen, "%s%d.%d", before, tenths / 10,
		    tenths % 10);
}

static void
draw_sample(struct chart_drawing *d, const struct chart_plot *plot, int i,
    int x)
{
	if (plot->kind == CHART_BARS)
		pen_printf(&d->pen, "<rect class=\"s%d bar\" x=\"%d\" y=\"%d\" "
		    "width=\"%d\" height=\"9\"/>\n", i, x, d->y + 2, SAMPLE);
	else
		pen_printf(&d->pen, "<path class=\"s%u line\" d=\"M%d %dh%d\""
		    "/>\n", plot->series[i].look, x, d->y + 7, SAMPLE);
}

/* One series needs none where the heading says what it is. */
static void
draw_legend(struct chart_drawing *d, const struct chart_plot *plot)
{
	int x = CHART_EDGE;

	if (plot->series_count == 1 && plot->series[0].name == NULL)
		return;
	for (size_t i = 0; i < plot->series_count; i++) {
		const char *name = plot->series[i].name;
		int room = SAMPLE + 6 + chart_text_width(name) + 18;

		if (x + room > CHART_WIDTH && x > CHART_EDGE) {
			x = CHART_EDGE;
			d->y += LINE;
		}
		if (!d->measuring)
			draw_sample(d, plot, (int)i, x);
		chart_text(d, x + SAMPLE + 6, d->y + 11, "start", NULL, name);
		x += room;
	}
	d->y += LINE + 4;
}

/* --- bars --- */

static int128
bar_length(const struct chart_bar *bar)
{
	int128 sum = 0;

	for (int i = 0; i < CHART_SERIES_MAX; i++)
		sum += bar->parts[i];
	return sum;
}

static void
draw_bar(struct chart_drawing *d, const struct chart_plot *plot,
    const struct chart_bar *bar, const struct chart_scale *x)
{
	char value[AMOUNT_BYTES_MAX];
	int at = x->from;
	int128 sum = 0;

	begin_text(d, CHART_EDGE, d->y + 11, "start", NULL);
	put_fitting(d, bar->label, CHART_WIDTH - 2 * CHART_EDGE, CHART_CELL);
	pen_put(&d->pen, "</text>\n");
	for (size_t i = 0; i < plot->series_count; i++) {
		int end;

		sum += bar->parts[i];
		end = chart_at(x, sum);
		if (bar->parts[i] == 0)
			continue;
		pen_printf(&d->pen, "<rect class=\"s%d bar\"", (int)i);
		chart_coordinate(d, " x=\"", at);
		pen_printf(&d->pen, "\" y=\"%d\"", d->y + 15);
		/* What is there is seen. */
		chart_coordinate(d, " width=\"", end - at < 5 ? 5 : end - at);
		pen_printf(&d->pen, "\" height=\"%d\"/>\n", BAR);
		at = end;
	}
	amount_text(value, sum, plot->x.unit);
	chart_text(d, at / 10 + 7, d->y + 15 + BAR - 1, "start", "quiet",
	    value);
}

static void
draw_limit(struct chart_drawing *d, const struct chart_plot *plot,
    const struct chart_scale *x, int top)
{
	int at = chart_at(x, plot->limit);

	pen_put(&d->pen, "<path class=\"limit\" d=\"");
	chart_coordinate(d, "M", at);
	pen_printf(&d->pen, " %dV%d\"/>\n", top, d->y - 4);
}

static void
draw_bars(struct chart_drawing *d, const struct chart_plot *plot)
{
	struct chart_scale x = { .axis = &plot->x, .from = CHART_EDGE * 10,
	    .to = (CHART_WIDTH - CHART_EDGE - VALUE_ROOM) * 10 };
	int top = d->y;

	if (plot->bar_count == 0)
		chart_text(d, CHART_EDGE, d->y + 12, "start", "quiet",
		    "Nothing to show.");
	for (size_t i = 0; i < plot->bar_count; i++)
		if (bar_length(&plot->bars[i]) > x.high)
			x.high = bar_length(&plot->bars[i]);
	if (plot->has_limit && plot->limit > x.high)
		x.high = plot->limit;
	if (x.high == 0)
		x.high = 1;
	for (size_t i = 0; i < plot->bar_count; i++) {
		if (!d->measuring)
			draw_bar(d, plot, &plot->bars[i], &x);
		d->y += BAR_ROOM;
	}
	if (plot->has_limit && plot->bar_count > 0 && !d->measuring)
		draw_limit(d, plot, &x, top);
	d->y += plot->bar_count == 0 ? 20 : 2;
	if (plot->has_limit && plot->bar_count > 0) {
		chart_text(d, CHART_EDGE, d->y + 10, "start", "quiet",
		    plot->limit_name);
		d->y += LINE + 2;
	}
}

/* --- the whole --- */

static void
draw(struct chart_drawing *d, bool measuring)
{
	const struct chart *chart = d->chart;

	d->measuring = measuring;
	d->y = CHART_EDGE;
	chart_text(d, CHART_EDGE, d->y + 13, "start", "title", chart->title);
	d->y += 22;
	for (size_t i = 0; i < chart->plot_count; i++) {
		const struct chart_plot *plot = &chart->plots[i];

		d->y += i == 0 ? 0 : 12;
		chart_text(d, CHART_EDGE, d->y + 11, "start", "heading",
		    plot->heading);
		d->y += LINE + 3;
		if (plot->series_count > 0)
			draw_legend(d, plot);
		if (plot->kind == CHART_BARS)
			draw_bars(d, plot);
		else
			chart_draw_steps(d, plot);
	}
	d->y += CHART_EDGE - 4;
}

static void
begin(struct chart_drawing *d)
{
	const struct chart *chart = d->chart;

	pen_printf(&d->pen, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
	    "class=\"chart\" width=\"%d\" height=\"%d\" "
	    "viewBox=\"0 0 %d %d\" role=\"img\" "
	    "aria-labelledby=\"%s-title %s-desc\">\n<title id=\"%s-title\">",
	    CHART_WIDTH, d->y, CHART_WIDTH, d->y, chart->id, chart->id,
	    chart->id);
	markup_foreign(&d->pen, chart->title);
	pen_printf(&d->pen, "</title>\n<desc id=\"%s-desc\">", chart->id);
	markup_foreign(&d->pen, chart->description);
	pen_put(&d->pen, "</desc>\n<style>\n");
	pen_put(&d->pen, chart_style);
	pen_put(&d->pen, "</style>\n<rect class=\"paper\" width=\"100%\" "
	    "height=\"100%\"/>\n");
}

int
chart_write(const struct chart *chart, struct sink *sink, struct errbuf *err)
{
	struct chart_drawing d = { .chart = chart, .pen = { sink, err, 0 } };

	draw(&d, true);
	begin(&d);
	draw(&d, false);
	pen_put(&d.pen, "</svg>\n");
	return d.pen.status;
}
