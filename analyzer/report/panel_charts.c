/* What stands over an axis: time, lengths, gaps. */
#include "analyzer/report/panel_charts.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/report/chart.h"
#include "analyzer/report/panel_rows.h"
#include "analyzer/report/picture.h"

/* Which rows and columns make a series of points. */
struct source {
	const char *name;
	unsigned look;
	int low, high, y;	/* columns; high: belongs to the range */
	int width;		/* column instead of high */
	bool exact;		/* y is in 10^-12 */
	int key;		/* column that must have the text; -1: any */
	const char *key_text;
};

static bool
fits(const struct grid *grid, size_t row, const struct source *s)
{
	return (s->key < 0 || strcmp(grid_text(grid, row, (size_t)s->key),
	    s->key_text) == 0) && grid_text(grid, row, (size_t)s->low)[0] !=
	    '\0';
}

static struct chart_point
make_point(const struct grid *grid, size_t row, const struct source *s)
{
	struct chart_point p;

	p.low = panel_whole(grid, row, s->low, 0);
	if (s->width >= 0)
		p.high = p.low + panel_whole(grid, row, s->width, 1);
	else
		p.high = panel_whole(grid, row, s->high, INT64_MAX) + 1;
	p.y = s->exact ? panel_exact(grid, row, s->y) :
	    panel_whole(grid, row, s->y, 0);
	return p;
}

/* Adds the series where it is more than zeros. */
static void
add_series(struct picture *p, struct chart_plot *plot, const struct source *s)
{
	struct chart_series *series = &plot->series[plot->series_count];
	bool any = false;

	if (s->low < 0 || s->y < 0 || plot->series_count == CHART_SERIES_MAX)
		return;
	*series = (struct chart_series){ .name = s->name,
	    .points = p->points + p->used, .look = s->look };
	for (size_t row = 0; row < grid_rows(p->grid); row++) {
		struct chart_point point;

		if (!fits(p->grid, row, s))
			continue;
		point = make_point(p->grid, row, s);
		/* Steps back have no place on the axis. */
		if (point.high <= point.low || point.low < INT64_MIN ||
		    (plot->x.log && point.low < 0))
			continue;
		any |= point.y != 0;
		p->points[p->used + series->count++] = point;
	}
	if (!any)
		return;
	p->used += series->count;
	plot->series_count++;
}

static void
add_directions(struct picture *p, struct chart_plot *plot,
    const char *const columns[3])
{
	static const char *const names[] = { "in", "out", "other" };
	struct source s = {
		.low = grid_find(p->grid, "bucket_start_ns"),
		.width = grid_find(p->grid, "bucket_width_ns"),
		.high = -1, .key = -1,
	};

	for (int i = 0; i < 3; i++) {
		s.name = names[i];
		s.look = (unsigned)i;
		s.y = grid_find(p->grid, columns[i]);
		add_series(p, plot, &s);
	}
}

int
panel_draw_volume(const struct grid *grid, struct sink *sink,
    struct errbuf *err)
{
	static const char *const bytes[] = { "frame_bytes_in",
	    "frame_bytes_out", "frame_bytes_other" };
	static const char *const packets[] = { "packets_in", "packets_out",
	    "packets_other" };
	struct picture *p = picture_new("volume", grid, 6 * grid_rows(grid),
	    err);
	char width[AMOUNT_BYTES_MAX] = "", text[2][PICTURE_TEXT];

	if (p == NULL)
		return -1;
	if (grid_rows(grid) > 0)
		amount_span(width, panel_whole(grid, 0, grid_find(grid,
		    "bucket_width_ns"), 0));
	snprintf(text[0], PICTURE_TEXT, "Frame bytes in each %s", width);
	snprintf(text[1], PICTURE_TEXT, "Packets in each %s", width);
	add_directions(p, picture_plot(p, CHART_STEPS, text[0], AMOUNT_TIME,
	    AMOUNT_BYTES), bytes);
	add_directions(p, picture_plot(p, CHART_STEPS, text[1], AMOUNT_TIME,
	    AMOUNT_COUNT), packets);
	return picture_finish(p, sink, err);
}

/* How many texts the column has, the first CHART_SERIES_MAX of them in keys;
 * rows of one text stand together. */
static size_t
find_keys(const struct grid *grid, int column, const char **keys)
{
	const char *last = NULL;
	size_t n = 0;

	for (size_t row = 0; column >= 0 && row < grid_rows(grid); row++) {
		const char *text = grid_text(grid, row, (size_t)column);

		if (last != NULL && strcmp(last, text) == 0)
			continue;
		last = text;
		if (n < CHART_SERIES_MAX)
			keys[n] = text;
		n++;
	}
	return n;
}

/* Frames above LINEAR come from offload or loopback: over so long an axis those
 * of a network would be one spike. */
static void
set_lengths(struct chart_axis *x, const struct grid *grid, int high)
{
	enum { LINEAR = 4096, LOG_FROM = 32 };

	x->title = "frame length, with the link header";
	for (size_t row = 0; row < grid_rows(grid); row++)
		if (panel_whole(grid, row, high, 0) >= LINEAR) {
			x->log = true;
			x->log_from = LOG_FROM;
			x->title = "frame length, with the link header, "
			    "logarithmic";
		}
}

int
panel_draw_sizes(const struct grid *grid, struct sink *sink,
    struct errbuf *err)
{
	struct picture *p = picture_new("sizes", grid, grid_rows(grid), err);
	const char *keys[CHART_SERIES_MAX];
	struct source s = {
		.low = grid_find(grid, "frame_len_low"),
		.high = grid_find(grid, "frame_len_high"), .width = -1,
		.y = grid_find(grid, "packets"),
		.key = grid_find(grid, "protocol"),
	};
	char heading[PICTURE_TEXT] = "Packets in each range of lengths";
	struct chart_plot *plot;
	size_t n = find_keys(grid, s.key, keys);

	if (p == NULL)
		return -1;
	if (n > CHART_SERIES_MAX)
		snprintf(heading, sizeof(heading), "Packets in each range of "
		    "lengths: the %d protocols of %zu with most packets",
		    CHART_SERIES_MAX, n);
	plot = picture_plot(p, CHART_STEPS, heading, AMOUNT_BYTES,
	    AMOUNT_COUNT);
	set_lengths(&plot->x, grid, s.high);
	for (size_t i = 0; i < n && i < CHART_SERIES_MAX; i++) {
		s.key_text = keys[i];
		s.look = (unsigned)i;
		s.name = keys[i][0] == '\0' ? "not known" : keys[i];
		add_series(p, plot, &s);
	}
	return picture_finish(p, sink, err);
}

static void
add_gaps(struct picture *p, struct chart_plot *plot, const char *y, bool exact)
{
	static const char *const directions[] = { "in", "out", "all" };
	struct source s = {
		.low = grid_find(p->grid, "gap_low_ns"),
		.high = grid_find(p->grid, "gap_high_ns"), .width = -1,
		.y = grid_find(p->grid, y), .exact = exact,
		.key = grid_find(p->grid, "direction"),
	};

	plot->x.log = true;
	plot->x.title = "time between two packets, logarithmic";
	for (int i = 0; i < 3; i++) {
		s.name = s.key_text = directions[i];
		s.look = (unsigned)i;
		add_series(p, plot, &s);
	}
}

int
panel_draw_gaps(const struct grid *grid, struct sink *sink,
    struct errbuf *err)
{
	struct picture *p = picture_new("gaps", grid, 2 * grid_rows(grid),
	    err);

	if (p == NULL)
		return -1;
	add_gaps(p, picture_plot(p, CHART_STEPS, "Gaps in each range (about "
	    "53 a decade)", AMOUNT_NS, AMOUNT_COUNT), "gaps", false);
	add_gaps(p, picture_plot(p, CHART_CURVES, "Share of gaps up to a "
	    "length", AMOUNT_NS, AMOUNT_SHARE), "share_up_to", true);
	return picture_finish(p, sink, err);
}
