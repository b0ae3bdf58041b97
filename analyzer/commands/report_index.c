#include "analyzer/commands/report_index.h"

#include "analyzer/commands/report_page.h"
#include "analyzer/report/amount.h"
#include "analyzer/report/markup.h"
#include "analyzer/report/page.h"

/* Of summary, behind the name. */
static const char *const columns[] = {
	"status", "packets_total", "packets_in", "packets_out",
	"packets_other", "frame_bytes_total", "duration_s", "first_time_ns",
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static const struct column *
find_column(const struct report_entry *entries, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (entries[i].summary != NULL)
			return grid_column(entries[i].summary,
			    (size_t)grid_find(entries[i].summary, name));
	return NULL;
}

static void
put_heads(struct pen *pen)
{
	pen_put(pen, "<thead><tr><th scope=\"col\">capture</th>");
	for (size_t i = 0; i < COLUMNS; i++)
		pen_printf(pen, "<th scope=\"col\"%s><a href=\"#%s\">%s</a>"
		    "</th>", i == 0 ? "" : " class=\"n\"", columns[i],
		    columns[i]);
	pen_put(pen, "</tr></thead>\n<tbody>\n");
}

static void
put_entry(struct pen *pen, const struct input *input,
    const struct report_entry *e)
{
	pen_put(pen, "<tr><th scope=\"row\">");
	if (e->address != NULL) {
		pen_put(pen, "<a href=\"");
		page_address(pen, e->address);
		pen_put(pen, "\">");
	}
	markup_foreign(pen, input->name);
	pen_put(pen, e->address != NULL ? "</a></th>" : "</th>");
	for (size_t i = 0; i < COLUMNS; i++) {
		int column = e->summary == NULL ? -1 :
		    grid_find(e->summary, columns[i]);

		pen_put(pen, i == 0 ? "<td>" : "<td class=\"n\">");
		if (column != -1 && grid_rows(e->summary) > 0)
			markup_foreign(pen, grid_text(e->summary, 0,
			    (size_t)column));
		else if (i == 0)
			pen_put(pen, "unreadable");
		if (i == 0 && e->why != NULL && e->why[0] != '\0') {
			pen_put(pen, "; ");
			markup_foreign(pen, e->why);
		}
		pen_put(pen, "</td>");
	}
	pen_put(pen, "</tr>\n");
}

static void
put_definitions(struct pen *pen, const struct report_entry *entries, size_t n)
{
	pen_put(pen, "<section>\n<h2>Definitions</h2>\n<dl>\n");
	for (size_t i = 0; i < COLUMNS; i++) {
		const struct column *c = find_column(entries, n, columns[i]);

		pen_printf(pen, "<dt id=\"%s\"><code>%s</code></dt><dd>",
		    columns[i], columns[i]);
		if (c != NULL)
			markup_foreign(pen, c->meaning);
		if (c != NULL && c->unit[0] != '\0')
			pen_printf(pen, " <span class=\"quiet\">(%s)</span>",
			    c->unit);
		pen_put(pen, "</dd>\n");
	}
	pen_put(pen, "</dl>\n</section>\n");
}

/* How many captures there are, and what they hold. */
static void
put_lead(struct pen *pen, const struct inputs *inputs,
    const struct report_entry *entries)
{
	size_t shown = 0, good = 0;
	int128 packets = 0, bytes = 0, exact;
	char text[AMOUNT_BYTES_MAX];

	for (size_t i = 0; i < inputs->count; i++) {
		const struct grid *g = entries[i].summary;

		shown += entries[i].shown;
		good += entries[i].address != NULL;
		if (g == NULL || grid_rows(g) == 0)
			continue;
		if (grid_exact(g, 0, (size_t)grid_find(g, "packets_total"),
		    &exact))
			packets += exact;
		if (grid_exact(g, 0, (size_t)grid_find(g,
		    "frame_bytes_total"), &exact))
			bytes += exact;
	}
	amount_text(text, bytes / 1000000000000, AMOUNT_BYTES);
	pen_printf(pen, "<p class=\"lead\">%zu %s with %llu packets, %s of "
	    "frames; %zu %s a page.</p>\n", shown,
	    shown == 1 ? "capture" : "captures",
	    (unsigned long long)(packets / 1000000000000), text, good,
	    good == 1 ? "has" : "have");
}

int
report_index_write(const struct options *options, const struct inputs *inputs,
    const struct report_entry *entries, struct sink *sink,
    struct errbuf *err)
{
	struct pen pen = { sink, err, 0 };

	page_begin(&pen, "Captures: pcapstat report");
	pen_put(&pen, "<header>\n<h1>Captures</h1>\n");
	put_lead(&pen, inputs, entries);
	pen_put(&pen, "</header>\n<main>\n<div class=\"wide\" role=\"region\" "
	    "tabindex=\"0\" aria-label=\"Captures\">\n<table>\n"
	    "<caption>Captures: a capture a row</caption>\n");
	put_heads(&pen);
	for (size_t i = 0; i < inputs->count; i++)
		if (entries[i].shown)
			put_entry(&pen, &inputs->list[i], &entries[i]);
	pen_put(&pen, "</tbody>\n</table>\n</div>\n");
	put_definitions(&pen, entries, inputs->count);
	pen_put(&pen, "<section>\n<h2>Provenance</h2>\n<p>Made by pcapstat "
	    PACKAGE_VERSION "; the same rows with all their columns: ");
	report_put_command(&pen, options, "summary", inputs->list,
	    inputs->count);
	pen_put(&pen, "</p>\n</section>\n</main>\n");
	page_end(&pen);
	return pen.status;
}
