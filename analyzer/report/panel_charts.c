#include "analyzer/report/panel_charts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/chart.h"
#include "analyzer/report/panel_rows.h"
#include "analyzer/report/panels.h"
#include "base/memory.h"

enum { TEXT_BYTES = 512, BARS = 10, LABEL_BYTES = 256 };

/* A picture in the making, and what it borrows from. */
struct picture {
	struct chart chart;
	const struct grid *grid;
	struct chart_point *points;	/* owned; of all series */
	size_t used;
	char title[TEXT_BYTES], description[TEXT_BYTES];
	char labels[CHART_BARS_MAX][LABEL_BYTES];
};

/* Room for `points`; NULL with the reason. */
static struct picture *
picture_new(const char *panel, const struct grid *grid, size_t points,
    struct errbuf *err)
{
	const struct panel *p = panel_find(panel);
	struct picture *made = memory_array(1, sizeof(*made));

	if (made != NULL)
		made->points = memory_array(points + 1,
		    sizeof(*made->points));
	if (made == NULL || made->points == NULL) {
		free(made);
		errbuf_set(err, "out of memory for a picture");
		return NULL;
	}
	made->grid = grid;
	snprintf(made->title, TEXT_BYTES, "%s%s%s", p->title,
	    grid_rows(grid) == 0 ? "" : ": ",
	    grid_rows(grid) == 0 ? "" : panel_text(grid, 0, "file"));
	panel_finding(p, grid, made->description, TEXT_BYTES);
	made->chart.id = p->name;
	made->chart.title = made->title;
	made->chart.description = made->description;
	return made;
}

static void
picture_free(struct picture *p)
{
	free(p->points);
	free(p);
}

static struct chart_plot *
add_plot(struct picture *p, enum chart_kind kind, const char *heading,
    enum amount_unit x, enum amount_unit y)
{
	struct chart_plot *plot = &p->chart.plots[p->chart.plot_count++];

	plot->kind = kind;
	plot->heading = heading;
	plot->x.unit = x;
	plot->y.unit = y;
	return plot;
}

static int
finish(struct picture *p, struct sink *sink, struct errbuf *err)
{
	int status = chart_write(&p->chart, sink, err);

	picture_free(p);
	return status;
}

/* --- series --- */

/* Which rows and columns make a series of points. */
struct source {
	const char *name;
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
	*series = (struct chart_series){ s->name, p->points + p->used, 0 };
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
	char width[AMOUNT_BYTES_MAX] = "", text[2][TEXT_BYTES];

	if (p == NULL)
		return -1;
	if (grid_rows(grid) > 0)
		amount_text(width, panel_whole(grid, 0, grid_find(grid,
		    "bucket_width_ns"), 0), AMOUNT_NS);
	snprintf(text[0], TEXT_BYTES, "Frame bytes in each %s", width);
	snprintf(text[1], TEXT_BYTES, "Packets in each %s", width);
	add_directions(p, add_plot(p, CHART_STEPS, text[0], AMOUNT_TIME,
	    AMOUNT_BYTES), bytes);
	add_directions(p, add_plot(p, CHART_STEPS, text[1], AMOUNT_TIME,
	    AMOUNT_COUNT), packets);
	return finish(p, sink, err);
}

/* Another text of the column in each row, the first CHART_SERIES_MAX of them;
 * rows of one text stand together. */
static size_t
find_keys(const struct grid *grid, int column, const char **keys)
{
	size_t n = 0;

	for (size_t row = 0; column >= 0 && row < grid_rows(grid) &&
	    n < CHART_SERIES_MAX; row++) {
		const char *text = grid_text(grid, row, (size_t)column);

		if (n == 0 || strcmp(keys[n - 1], text) != 0)
			keys[n++] = text;
	}
	return n;
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
	struct chart_plot *plot;
	size_t n;

	if (p == NULL)
		return -1;
	plot = add_plot(p, CHART_STEPS, "Packets in each range of lengths",
	    AMOUNT_BYTES, AMOUNT_COUNT);
	plot->x.title = "frame length, with the link header";
	n = find_keys(grid, s.key, keys);
	for (size_t i = 0; i < n; i++) {
		s.key_text = keys[i];
		s.name = keys[i][0] == '\0' ? "not known" : keys[i];
		add_series(p, plot, &s);
	}
	return finish(p, sink, err);
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
	add_gaps(p, add_plot(p, CHART_STEPS, "Gaps in each range (about 53 a "
	    "decade)", AMOUNT_NS, AMOUNT_COUNT), "gaps", false);
	add_gaps(p, add_plot(p, CHART_CURVES, "Share of gaps up to a length",
	    AMOUNT_NS, AMOUNT_SHARE), "share_up_to", true);
	return finish(p, sink, err);
}

/* --- bars --- */

/* "192.168.1.2:4711 ↔ 10.0.0.1:443" of columns PREFIX_ip and PREFIX_port. */
static void
put_ends(char out[LABEL_BYTES], const struct grid *grid, size_t row,
    const char *const ip[2], const char *const port[2], const char *between)
{
	size_t len = 0;

	for (int i = 0; i < 2; i++) {
		const char *address = panel_text(grid, row, ip[i]);
		const char *number = panel_text(grid, row, port[i]);
		bool v6 = strchr(address, ':') != NULL && number[0] != '\0';
		int n = snprintf(out + len, LABEL_BYTES - len,
		    "%s%s%s%s%s%s", i == 0 ? "" : between, v6 ? "[" : "",
		    address, v6 ? "]" : "", number[0] == '\0' ? "" : ":",
		    number);

		len += (size_t)n < LABEL_BYTES - len ? (size_t)n :
		    LABEL_BYTES - len - 1;
	}
}

static void
append(char out[LABEL_BYTES], const char *text)
{
	size_t len = strlen(out);

	snprintf(out + len, LABEL_BYTES - len, "%s", text);
}

/* The next bar, and where its label is to be written; NULL where there is no
 * room. */
static struct chart_bar *
add_bar(struct picture *p, struct chart_plot *plot, size_t most, char **label)
{
	size_t used = 0;
	struct chart_bar *bar = &plot->bars[plot->bar_count];

	for (size_t i = 0; i < p->chart.plot_count; i++)
		used += p->chart.plots[i].bar_count;
	if (plot->bar_count == most || used == CHART_BARS_MAX)
		return NULL;
	bar->label = *label = p->labels[used];
	plot->bar_count++;
	return bar;
}

int
panel_draw_protocols(const struct grid *grid, struct sink *sink,
    struct errbuf *err)
{
	struct picture *p = picture_new("protocols", grid, 0, err);
	struct chart_plot *plot;

	if (p == NULL)
		return -1;
	plot = add_plot(p, CHART_BARS, "Packets of each protocol path; a path "
	    "counts those behind it, too", AMOUNT_COUNT, AMOUNT_COUNT);
	plot->series_count = 1;
	for (size_t row = 0; row < grid_rows(grid); row++) {
		char *label;
		struct chart_bar *bar = add_bar(p, plot, CHART_BARS_MAX,
		    &label);
		const char *application = panel_text(grid, row,
		    "application");

		if (bar == NULL)
			break;
		snprintf(label, LABEL_BYTES, "%s%s%s",
		    panel_text(grid, row, "path"),
		    application[0] == '\0' ? "" : ": ", application);
		bar->parts[0] = (int128)panel_count(grid, row, "packets");
	}
	return finish(p, sink, err);
}

static const char *const flow_ips[] = { "a_ip", "b_ip" };
static const char *const flow_ports[] = { "a_port", "b_port" };

static void
put_flow(char out[LABEL_BYTES], const struct grid *grid, size_t row)
{
	const char *application = panel_text(grid, row, "application");

	put_ends(out, grid, row, flow_ips, flow_ports, " ↔ ");
	append(out, "  ");
	append(out, panel_text(grid, row, "protocol"));
	if (application[0] != '\0')
		append(out, " ");
	append(out, application);
}

int
panel_draw_flows(const struct grid *grid, struct sink *sink,
    struct errbuf *err)
{
	struct picture *p = picture_new("flows", grid, 0, err);
	struct chart_plot *plot;

	if (p == NULL)
		return -1;
	plot = add_plot(p, CHART_BARS, "IP bytes of the largest conversations",
	    AMOUNT_BYTES, AMOUNT_COUNT);
	plot->series[0].name = "sent by the first end (A)";
	plot->series[1].name = "sent by the second (B)";
	plot->series_count = 2;
	for (size_t row = 0; row < grid_rows(grid); row++) {
		char *label;
		struct chart_bar *bar = add_bar(p, plot, BARS, &label);

		if (bar == NULL)
			break;
		put_flow(label, grid, row);
		bar->parts[0] = (int128)panel_count(grid, row, "a_ip_bytes");
		bar->parts[1] = (int128)panel_count(grid, row, "b_ip_bytes");
	}
	return finish(p, sink, err);
}

static void
put_connection(char out[LABEL_BYTES], const struct grid *grid, size_t row)
{
	static const char *const ips[] = { "client_ip", "server_ip" };
	static const char *const ports[] = { "client_port", "server_port" };

	put_ends(out, grid, row, ips, ports, " → ");
}

static void
add_retransmissions(struct picture *p)
{
	static const char *const columns[] = { "client_retransmissions",
	    "server_retransmissions" };
	struct chart_plot *plot = add_plot(p, CHART_BARS,
	    "Segments sent again in each connection", AMOUNT_COUNT,
	    AMOUNT_COUNT);

	plot->series[0].name = "by the client";
	plot->series[1].name = "by the server";
	plot->series_count = 2;
	for (size_t row = 0; row < grid_rows(p->grid); row++) {
		char *label;
		uint64_t counts[2] = { panel_count(p->grid, row, columns[0]),
		    panel_count(p->grid, row, columns[1]) };
		struct chart_bar *bar = counts[0] + counts[1] == 0 ? NULL :
		    add_bar(p, plot, BARS, &label);

		if (bar == NULL)
			continue;
		put_connection(label, p->grid, row);
		bar->parts[0] = (int128)counts[0];
		bar->parts[1] = (int128)counts[1];
	}
}

static void
add_round_trips(struct picture *p)
{
	int column = grid_find(p->grid, "rtt_mean_s");
	struct chart_plot *plot = add_plot(p, CHART_BARS,
	    "Mean round-trip time of each connection", AMOUNT_PS,
	    AMOUNT_COUNT);

	plot->series_count = 1;
	for (size_t row = 0; row < grid_rows(p->grid); row++) {
		char *label;
		int128 rtt = panel_exact(p->grid, row, column);
		struct chart_bar *bar = rtt == 0 ? NULL :
		    add_bar(p, plot, BARS, &label);

		if (bar == NULL)
			continue;
		put_connection(label, p->grid, row);
		bar->parts[0] = rtt;
	}
}

int
panel_draw_connections(const struct grid *grid, struct sink *sink,
    struct errbuf *err)
{
	struct picture *p = picture_new("connections", grid, 0, err);

	if (p == NULL)
		return -1;
	add_retransmissions(p);
	add_round_trips(p);
	return finish(p, sink, err);
}

/* A row's label in the picture of scores. */
typedef void put_label(char out[LABEL_BYTES], const struct grid *grid,
    size_t row);

static void
put_packet(char out[LABEL_BYTES], const struct grid *grid, size_t row)
{
	static const char *const ips[] = { "src_ip", "dst_ip" };
	static const char *const ports[] = { "src_port", "dst_port" };
	char ends[LABEL_BYTES];

	put_ends(ends, grid, row, ips, ports, " → ");
	snprintf(out, LABEL_BYTES, "%s  ", panel_text(grid, row, "number"));
	append(out, ends);
}

static int
draw_scores(const char *panel, const char *heading, put_label *put,
    const struct grid *grid, struct sink *sink, struct errbuf *err)
{
	struct picture *p = picture_new(panel, grid, 0, err);
	int score = grid_find(grid, "score");
	struct chart_plot *plot;

	if (p == NULL)
		return -1;
	plot = add_plot(p, CHART_BARS, heading, AMOUNT_SCORE, AMOUNT_COUNT);
	plot->series_count = 1;
	for (size_t row = 0; row < grid_rows(grid); row++) {
		char *label;
		struct chart_bar *bar = add_bar(p, plot, BARS, &label);

		if (bar == NULL)
			break;
		put(label, grid, row);
		bar->parts[0] = panel_exact(grid, row, score);
	}
	plot->has_limit = grid_rows(grid) > 0;
	if (plot->has_limit)
		plot->limit = panel_exact(grid, 0, grid_find(grid,
		    "threshold"));
	plot->limit_name = "dashed: the threshold";
	return finish(p, sink, err);
}

int
panel_draw_packet_scores(const struct grid *grid, struct sink *sink,
    struct errbuf *err)
{
	return draw_scores("anomalies-packets", "Score of the packets that are "
	    "most apart (number, addresses)", put_packet, grid, sink, err);
}

int
panel_draw_flow_scores(const struct grid *grid, struct sink *sink,
    struct errbuf *err)
{
	return draw_scores("anomalies-flows", "Score of the conversations that "
	    "are most apart", put_flow, grid, sink, err);
}
