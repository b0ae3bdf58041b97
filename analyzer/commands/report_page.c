#include "analyzer/commands/report_page.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/report/amount.h"
#include "analyzer/report/ladder_write.h"
#include "analyzer/report/local_note.h"
#include "analyzer/report/markup.h"
#include "analyzer/report/page.h"

enum {
	FINDING_BYTES = 1024,
	ROWS_BESIDE = 60,	/* longer tables are folded away */
	ROWS_MOST = 3000,	/* in the page */
};

/* --- the top --- */

/* With --join it is called after the capture that came first. */
static const char *
title_of(const struct report_capture *c)
{
	const struct grid *grid = c->grids[panel_find("figures") - panels];

	return grid_rows(grid) == 0 ? c->inputs[0].name :
	    grid_text(grid, 0, (size_t)grid_find(grid, "file"));
}

static size_t
count_captures(const struct report_capture *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++)
		n += c->results[i].status != INPUT_FOREIGN;
	return n;
}

static void
put_count(struct pen *pen, uint64_t n, const char *one, const char *many,
    const char *rest)
{
	if (n != 0)
		pen_printf(pen, "<li>%llu %s %s</li>\n", (unsigned long long)n,
		    n == 1 ? one : many, rest);
}

static void
put_lines(struct pen *pen, const struct bytes *lines)
{
	const char *at = (const char *)lines->data;
	size_t left = lines->len;

	while (left > 0) {
		const char *end = memchr(at, '\n', left);
		size_t len = end == NULL ? left : (size_t)(end - at);
		char line[ERRBUF_BYTES];

		snprintf(line, sizeof(line), "%.*s", (int)len, at);
		pen_put(pen, "<li>");
		markup_foreign(pen, line);
		pen_put(pen, "</li>\n");
		len += end != NULL;
		at += len;
		left -= len;
	}
}

static struct account
sum_accounts(const struct report_capture *c)
{
	struct account sum = { 0 };

	for (size_t i = 0; i < c->count; i++) {
		const struct account *a = &c->results[i].account;

		sum.directions.skipped += a->directions.skipped;
		sum.filtered += a->filtered;
		sum.truncated += a->truncated;
		sum.malformed += a->malformed;
		sum.unsupported += a->unsupported;
	}
	return sum;
}

static uint64_t
evicted(const struct report_capture *c)
{
	uint64_t sum = c->flows.evicted;

	for (size_t i = 0; i < c->count; i++)
		sum += c->results[i].flows.evicted;
	return sum;
}

/* A file that a walk has passed over is no fault of the capture. */
static bool
has_lines(const struct engine_result *result)
{
	return result->status != INPUT_FOREIGN && result->lines.len > 0;
}

/* What the figures do not hold, before anybody reads them. */
static void
put_warnings(struct pen *pen, const struct report_capture *c)
{
	struct account sum = sum_accounts(c);
	bool any = c->lacks.len > 0 || evicted(c) + sum.directions.skipped +
	    sum.filtered + sum.truncated + sum.malformed + sum.unsupported > 0;

	for (size_t i = 0; i < c->count; i++)
		any |= has_lines(&c->results[i]);
	if (!any) {
		pen_put(pen, "<p>All of it was read.</p>\n");
		return;
	}
	pen_put(pen, "<div class=\"warn\" role=\"note\">\n<p>Not all of it is "
	    "in all figures:</p>\n<ul>\n");
	for (size_t i = 0; i < c->count; i++)
		if (has_lines(&c->results[i]))
			put_lines(pen, &c->results[i].lines);
	put_lines(pen, &c->lacks);
	put_count(pen, sum.filtered, "packet", "packets",
	    "left out by the filter or the window");
	put_count(pen, sum.directions.skipped, "packet", "packets",
	    "skipped: no decoder for the link type, or cut before the source "
	    "address");
	put_count(pen, sum.truncated, "packet", "packets",
	    "cut by the snaplen: what lies behind was not seen");
	put_count(pen, sum.malformed, "packet", "packets", "malformed");
	put_count(pen, sum.unsupported, "packet", "packets",
	    "of a protocol without decoder");
	put_count(pen, evicted(c), "flow", "flows", "ended early: more than "
	    "--max-memory allows");
	pen_put(pen, "</ul>\n</div>\n");
}

static void
put_finding(struct pen *pen, const struct report_capture *c, size_t panel,
    const char *before, const char *after)
{
	char text[FINDING_BYTES];

	panel_finding(&panels[panel], c->grids[panel], text, sizeof(text));
	pen_put(pen, before);
	markup_foreign(pen, text);
	pen_put(pen, after);
}

/* Under the headline, which has the directions. */
static void
put_local(struct pen *pen, const struct report_capture *c)
{
	struct direction_counts sum = { 0 };
	char note[LOCAL_NOTE_BYTES];

	for (size_t i = 0; i < c->count; i++) {
		const struct account *a = &c->results[i].account;

		sum.in += a->directions.in;
		sum.out += a->directions.out;
		sum.other += a->directions.other;
	}
	local_note(note, c->options->local_text, sum.in, sum.out, sum.other);
	pen_put(pen, "<p class=\"local\">");
	markup_foreign(pen, note);
	pen_put(pen, "</p>\n");
}

static void
put_top(struct pen *pen, const struct report_capture *c, int up)
{
	const struct panel *figures = panel_find("figures");

	if (up >= 0) {
		pen_put(pen, "<p class=\"screen\"><a href=\"");
		for (int i = 0; i < up; i++)
			pen_put(pen, "../");
		pen_put(pen, "index.html\">All captures</a></p>\n");
	}
	pen_put(pen, "<header>\n<h1>");
	markup_foreign(pen, title_of(c));
	if (count_captures(c) > 1)
		pen_printf(pen, " and %zu more, joined",
		    count_captures(c) - 1);
	pen_put(pen, "</h1>\n");
	put_finding(pen, c, (size_t)(panel_find("figures") - panels),
	    "<p class=\"lead\">", "</p>\n");
	put_local(pen, c);
	put_finding(pen, c, (size_t)(panel_find("flows") - panels),
	    "<p>", "</p>\n");
	put_warnings(pen, c);
	pen_put(pen, "</header>\n<nav aria-label=\"Contents\">\n<ul>\n");
	for (const struct panel *p = panels; p->name != NULL; p++)
		if (p != figures)
			pen_printf(pen, "<li><a href=\"#%s\">%s</a></li>\n",
			    p->name, p->title);
	pen_put(pen, "<li><a href=\"#exchange\">First exchange</a></li>\n"
	    "<li><a href=\"#figures\">All figures</a></li>\n"
	    "<li><a href=\"#definitions\">Definitions</a></li>\n"
	    "<li><a href=\"#provenance\">Provenance</a></li>\n"
	    "</ul>\n</nav>\n<main>\n");
}

/* --- panels --- */

static void
put_table(struct pen *pen, const struct panel *panel, const struct grid *grid)
{
	char caption[256];
	size_t rows = grid_rows(grid);
	bool beside = rows <= ROWS_BESIDE;

	snprintf(caption, sizeof(caption), "%s: %s a row", panel->title,
	    grid_table(grid)->row_is);
	if (!beside)
		pen_printf(pen, "<details>\n<summary>The table: %zu rows"
		    "</summary>\n", rows);
	page_grid(pen, grid, panel->columns, caption, ROWS_MOST);
	if (!beside)
		pen_put(pen, "</details>\n");
}

static void
put_rows_left_out(struct pen *pen, const struct grid *grid)
{
	size_t rows = grid_rows(grid), shown = rows < ROWS_MOST ? rows :
	    ROWS_MOST;
	uint64_t left_out = grid_left_out(grid) + (rows - shown);

	if (left_out > 0)
		pen_printf(pen, "<p>The table shows the first %zu rows; %llu "
		    "more are left out here.</p>\n", shown,
		    (unsigned long long)left_out);
}

static int
put_panel(struct pen *pen, const struct report_capture *c, size_t index)
{
	const struct panel *p = &panels[index];
	const struct grid *grid = c->grids[index];

	pen_printf(pen, "<section id=\"%s\">\n<h2>%s</h2>\n", p->name,
	    p->title);
	if (p->draw != NULL && grid_rows(grid) > 0) {
		put_finding(pen, c, index, "<figure>\n<figcaption>",
		    "</figcaption>\n<div class=\"wide\" role=\"region\" "
		    "tabindex=\"0\" aria-label=\"");
		pen_printf(pen, "%s: picture\">\n", p->title);
		if (pen->status == 0)
			pen->status = p->draw(grid, pen->sink, pen->err);
		pen_put(pen, "</div>\n</figure>\n");
	} else if (index != (size_t)(panel_find("figures") - panels)) {
		put_finding(pen, c, index, "<p>", "</p>\n");
	}
	if (grid_rows(grid) > 0)
		put_table(pen, p, grid);
	put_rows_left_out(pen, grid);
	pen_put(pen, "<p class=\"quiet\">The same rows with all their columns: "
	    );
	report_put_command(pen, c->options, p->command, c->inputs, c->count);
	pen_put(pen, "</p>\n</section>\n");
	return pen->status;
}

static void
put_ladder(struct pen *pen, struct report_capture *c)
{
	static const struct ladder_style style = { .form = LADDER_AS_SVG,
	    .id = "exchange" };
	const struct report_ladder *l = report_capture_ladder(c);
	char words[64];

	pen_put(pen, "<section id=\"exchange\">\n<h2>First exchange</h2>\n");
	if (l == NULL) {
		pen_put(pen, "<p>No packet belongs to a conversation.</p>\n"
		    "</section>\n");
		return;
	}
	pen_printf(pen, "<figure>\n<figcaption>The first %s (flow %llu); "
	    "numbers are relative, data packets are folded",
	    l == &c->first_tcp ? "TCP connection" : "conversation",
	    (unsigned long long)l->flow);
	if (l->left_out > 0)
		pen_printf(pen, "; its last %llu packets are not drawn",
		    (unsigned long long)l->left_out);
	pen_put(pen, ".</figcaption>\n<div class=\"wide\" role=\"region\" "
	    "tabindex=\"0\" aria-label=\"First exchange: picture\">\n");
	if (pen->status == 0)
		pen->status = ladder_write_svg(&l->ladder, &style, pen->sink,
		    pen->err);
	pen_put(pen, "</div>\n</figure>\n<p class=\"quiet\">All of it: ");
	snprintf(words, sizeof(words), "ladder --relative --flow %llu",
	    (unsigned long long)l->flow);
	report_put_command(pen, c->options, words, c->inputs, c->count);
	pen_put(pen, "</p>\n</section>\n");
}

/* --- the end --- */

static void
put_definitions(struct pen *pen, const struct report_capture *c)
{
	pen_put(pen, "<section id=\"definitions\">\n<h2>Definitions</h2>\n"
	    "<p>An empty cell is undefined, never 0. pcapstat-definitions(7) "
	    "has the rules that all tables share.</p>\n");
	for (size_t i = 0; panels[i].name != NULL; i++)
		if (grid_rows(c->grids[i]) > 0)
			page_definitions(pen, c->grids[i], panels[i].title,
			    panels[i].columns);
	pen_put(pen, "</section>\n");
}

static void
put_file(struct pen *pen, const struct report_capture *c, size_t i)
{
	const struct report_file *file = &c->files[i];
	char hex[SHA256_HEX_BYTES];

	sha256_hex(file->digest, hex);
	pen_put(pen, "<tr><th scope=\"row\">");
	markup_foreign(pen, c->inputs[i].name);
	pen_put(pen, "</th>");
	if (file->known)
		pen_printf(pen, "<td class=\"n\">%llu</td><td><code>%s</code>"
		    "</td>", (unsigned long long)file->size_bytes, hex);
	else
		pen_put(pen, "<td></td><td>not known: no file, or not read to "
		    "its end</td>");
	page_cell(pen, input_status_name(c->results[i].status));
	pen_put(pen, "</tr>\n");
}

static void
put_span(struct pen *pen, const struct report_capture *c)
{
	const struct grid *grid = c->grids[panel_find("figures") - panels];
	static const char *const columns[] = { "first_time_ns",
	    "last_time_ns" };

	for (int i = 0; i < 2; i++) {
		int column = grid_find(grid, columns[i]);
		char text[AMOUNT_BYTES_MAX];
		int128 exact;

		if (grid_rows(grid) == 0 || column == -1 ||
		    !grid_exact(grid, 0, (size_t)column, &exact))
			return;
		amount_text(text, exact / 1000000000000, AMOUNT_TIME);
		pen_printf(pen, "<dt>%s packet</dt><dd>%s</dd>\n",
		    i == 0 ? "First" : "Last", text);
	}
}

static void
put_provenance(struct pen *pen, const struct report_capture *c)
{
	pen_put(pen, "<section id=\"provenance\">\n<h2>Provenance</h2>\n"
	    "<div class=\"wide\" role=\"region\" tabindex=\"0\" "
	    "aria-label=\"Inputs\">\n<table>\n<caption>Inputs: the hash is "
	    "that of the file's bytes as they are stored</caption>\n"
	    "<thead><tr><th scope=\"col\">file</th><th scope=\"col\" "
	    "class=\"n\">bytes</th><th scope=\"col\">SHA-256</th>"
	    "<th scope=\"col\">status</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < c->count; i++)
		if (c->results[i].status != INPUT_FOREIGN)
			put_file(pen, c, i);
	pen_put(pen, "</tbody>\n</table>\n</div>\n<dl>\n");
	put_span(pen, c);
	pen_put(pen, "<dt>Local networks</dt><dd>");
	markup_foreign(pen, c->options->local_text);
	pen_put(pen, "</dd>\n<dt>Made by</dt><dd>pcapstat " PACKAGE_VERSION
	    "</dd>\n<dt>With</dt><dd>");
	report_put_command(pen, c->options, "report", c->inputs, c->count);
	pen_put(pen, "</dd>\n</dl>\n</section>\n");
}

int
report_page_write(struct report_capture *c, int up, struct sink *sink,
    struct errbuf *err)
{
	size_t figures = (size_t)(panel_find("figures") - panels);
	struct pen pen = { sink, err, 0 };
	char title[512];

	snprintf(title, sizeof(title), "%s: pcapstat report", title_of(c));
	page_begin(&pen, title);
	put_top(&pen, c, up);
	/* The headline has the figures that matter; all of them come last. */
	for (size_t i = 0; panels[i].name != NULL; i++) {
		if (i != figures)
			put_panel(&pen, c, i);
		if (strcmp(panels[i].name, "handshakes") == 0)
			put_ladder(&pen, c);
	}
	put_panel(&pen, c, figures);
	put_definitions(&pen, c);
	put_provenance(&pen, c);
	pen_put(&pen, "</main>\n");
	page_end(&pen);
	return pen.status;
}
