/* What is told by bars: protocols, conversations, connections, scores. */
#include "analyzer/report/panel_charts.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/report/chart.h"
#include "analyzer/report/panel_rows.h"
#include "analyzer/report/picture.h"

enum { BARS = 10 };

/* "192.168.1.2:4711 ↔ 10.0.0.1:443" of columns PREFIX_ip and PREFIX_port. */
static void
put_ends(char out[PICTURE_LABEL], const struct grid *grid, size_t row,
    const char *const ip[2], const char *const port[2], const char *between)
{
	size_t len = 0;

	for (int i = 0; i < 2; i++) {
		const char *address = panel_text(grid, row, ip[i]);
		const char *number = panel_text(grid, row, port[i]);
		bool v6 = strchr(address, ':') != NULL && number[0] != '\0';
		int n = snprintf(out + len, PICTURE_LABEL - len,
		    "%s%s%s%s%s%s", i == 0 ? "" : between, v6 ? "[" : "",
		    address, v6 ? "]" : "", number[0] == '\0' ? "" : ":",
		    number);

		len += (size_t)n < PICTURE_LABEL - len ? (size_t)n :
		    PICTURE_LABEL - len - 1;
	}
}

static void
append(char out[PICTURE_LABEL], const char *text)
{
	size_t len = strlen(out);

	snprintf(out + len, PICTURE_LABEL - len, "%s", text);
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
	size_t rows = grid_rows(grid);
	char heading[PICTURE_TEXT], of[64] = "";
	struct chart_plot *plot;

	if (p == NULL)
		return -1;
	if (rows > CHART_BARS_MAX)
		snprintf(of, sizeof(of), ": the first %d of %zu",
		    CHART_BARS_MAX, rows);
	snprintf(heading, sizeof(heading), "Packets of each protocol path (it "
	    "counts those behind it, too)%s", of);
	plot = picture_plot(p, CHART_BARS, heading, AMOUNT_COUNT,
	    AMOUNT_COUNT);
	plot->series_count = 1;
	for (size_t row = 0; row < grid_rows(grid); row++) {
		char *label;
		struct chart_bar *bar = add_bar(p, plot, CHART_BARS_MAX,
		    &label);
		const char *application = panel_text(grid, row,
		    "application");

		if (bar == NULL)
			break;
		snprintf(label, PICTURE_LABEL, "%s%s%s",
		    panel_text(grid, row, "path"),
		    application[0] == '\0' ? "" : ": ", application);
		bar->parts[0] = (int128)panel_count(grid, row, "packets");
	}
	return picture_finish(p, sink, err);
}

static const char *const flow_ips[] = { "a_ip", "b_ip" };
static const char *const flow_ports[] = { "a_port", "b_port" };

static void
put_flow(char out[PICTURE_LABEL], const struct grid *grid, size_t row)
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
	plot = picture_plot(p, CHART_BARS, "IP bytes of the largest "
	    "conversations", AMOUNT_BYTES, AMOUNT_COUNT);
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
	return picture_finish(p, sink, err);
}

static void
put_connection(char out[PICTURE_LABEL], const struct grid *grid, size_t row)
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
	struct chart_plot *plot = picture_plot(p, CHART_BARS,
	    "Segments sent again: the connections with most of them",
	    AMOUNT_COUNT, AMOUNT_COUNT);

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
	struct chart_plot *plot = picture_plot(p, CHART_BARS,
	    "Mean round-trip time: the first connections of the table",
	    AMOUNT_PS, AMOUNT_COUNT);

	plot->series_count = 1;
	for (size_t row = 0; row < grid_rows(p->grid); row++) {
		char *label;
		int128 rtt;
		struct chart_bar *bar = column < 0 || !grid_exact(p->grid, row,
		    (size_t)column, &rtt) ? NULL :
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
	return picture_finish(p, sink, err);
}

/* A row's label in the picture of scores. */
typedef void put_label(char out[PICTURE_LABEL], const struct grid *grid,
    size_t row);

static void
put_packet(char out[PICTURE_LABEL], const struct grid *grid, size_t row)
{
	static const char *const ips[] = { "src_ip", "dst_ip" };
	static const char *const ports[] = { "src_port", "dst_port" };
	char ends[PICTURE_LABEL];

	put_ends(ends, grid, row, ips, ports, " → ");
	snprintf(out, PICTURE_LABEL, "%s  ", panel_text(grid, row, "number"));
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
	plot = picture_plot(p, CHART_BARS, heading, AMOUNT_SCORE, AMOUNT_COUNT);
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
	return picture_finish(p, sink, err);
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
