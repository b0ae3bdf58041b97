#include "analyzer/report/page.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/report/chart.h"
#include "analyzer/report/ladder_write.h"
#include "analyzer/report/markup.h"
#include "analyzer/report/page_internal.h"
#include "base/sha256.h"

enum {
	BASE64_BYTES = 45,	/* of a SHA-256, terminated */
	NAME_BYTES = 64,	/* of a column */
	UPRIGHT = 12,		/* one row of more columns stands upright */
	MANY = 9,		/* more columns share the paper's width */
	LONG = 40,		/* longer texts take several lines */
};

/* --- head --- */

/* RFC 4648, section 4; a SHA-256 has 10 groups of three bytes, and two. */
static void
put_base64(const uint8_t digest[SHA256_BYTES], char out[BASE64_BYTES])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t bytes[SHA256_BYTES + 1] = { 0 };

	memcpy(bytes, digest, SHA256_BYTES);
	for (int i = 0; i <= SHA256_BYTES; i += 3, out += 4) {
		uint32_t group = (uint32_t)bytes[i] << 16 |
		    (uint32_t)bytes[i + 1] << 8 | bytes[i + 2];

		for (int k = 0; k < 4; k++)
			out[k] = digits[group >> (18 - 6 * k) & 63];
	}
	out[-1] = '=';
	out[0] = '\0';
}

/* Allowed by what it says: nothing else in the page is. */
static void
allow_style(struct pen *pen, const char *style)
{
	uint8_t digest[SHA256_BYTES];
	char text[BASE64_BYTES];
	struct sha256 h;

	/* Behind <style> there is a line's end. */
	sha256_init(&h);
	sha256_add(&h, "\n", 1);
	sha256_add(&h, style, strlen(style));
	sha256_finish(&h, digest);
	put_base64(digest, text);
	pen_printf(pen, " 'sha256-%s'", text);
}

void
page_begin(struct pen *pen, const char *title)
{
	pen_put(pen, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<meta http-equiv="
	    "\"Content-Security-Policy\" content=\"default-src 'none'; "
	    "base-uri 'none'; form-action 'none'; style-src");
	allow_style(pen, page_style);
	allow_style(pen, chart_style);
	allow_style(pen, ladder_svg_style);
	pen_put(pen, "\">\n<meta name=\"viewport\" content=\"width="
	    "device-width, initial-scale=1\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	markup_foreign(pen, title);
	pen_put(pen, "</title>\n<style>\n");
	pen_put(pen, page_style);
	pen_put(pen, "</style>\n</head>\n<body>\n");
}

void
page_end(struct pen *pen)
{
	pen_put(pen, "</body>\n</html>\n");
}

/* --- tables --- */

/* The next column of the list that the grid has, or -1 at its end. */
static int
next_column(const struct grid *grid, const char **names)
{
	while (**names != '\0') {
		char name[NAME_BYTES];
		size_t len = strcspn(*names, ",");
		int column;

		snprintf(name, sizeof(name), "%.*s", (int)len, *names);
		*names += len;
		*names += **names == ',';
		column = grid_find(grid, name);
		if (column != -1)
			return column;
	}
	return -1;
}

static bool
is_number(const struct column *column)
{
	return !column_is_text(column->type) && column->type != COLUMN_IP;
}

void
page_cell(struct pen *pen, const char *text)
{
	pen_put(pen, strlen(text) > LONG ? "<td class=\"t\">" : "<td>");
	markup_foreign(pen, text);
	pen_put(pen, "</td>");
}

static void
put_cell(struct pen *pen, const struct grid *grid, size_t row, int column)
{
	const char *text = grid_text(grid, row, (size_t)column);

	if (!is_number(grid_column(grid, (size_t)column))) {
		page_cell(pen, text);
		return;
	}
	pen_put(pen, "<td class=\"n\">");
	pen_put(pen, text);
	pen_put(pen, "</td>");
}

/* Has the column a text that takes several lines? */
static bool
is_long(const struct grid *grid, int column, size_t rows)
{
	for (size_t row = 0; row < rows; row++)
		if (strlen(grid_text(grid, row, (size_t)column)) > LONG)
			return true;
	return false;
}

static void
put_head(struct pen *pen, const struct grid *grid, int column,
    const char *scope, const char *class)
{
	const struct column *c = grid_column(grid, (size_t)column);

	pen_printf(pen, "<th scope=\"%s\"%s><a href=\"#%s-%s\">%s</a></th>",
	    scope, class, grid_table(grid)->name, c->name, c->name);
}

static void
put_flat(struct pen *pen, const struct grid *grid, const char *columns,
    size_t rows)
{
	const char *names = columns;
	int column;

	pen_put(pen, "<thead><tr>");
	while ((column = next_column(grid, &names)) != -1)
		put_head(pen, grid, column, "col",
		    is_number(grid_column(grid, (size_t)column)) ?
		    " class=\"n\"" : is_long(grid, column, rows) ?
		    " class=\"t\"" : "");
	pen_put(pen, "</tr></thead>\n<tbody>\n");
	for (size_t row = 0; row < rows && pen->status == 0; row++) {
		pen_put(pen, "<tr>");
		names = columns;
		while ((column = next_column(grid, &names)) != -1)
			put_cell(pen, grid, row, column);
		pen_put(pen, "</tr>\n");
	}
	pen_put(pen, "</tbody>\n");
}

static void
put_upright(struct pen *pen, const struct grid *grid, const char *columns)
{
	int column;

	pen_put(pen, "<tbody>\n");
	while ((column = next_column(grid, &columns)) != -1) {
		pen_put(pen, "<tr>");
		put_head(pen, grid, column, "row", "");
		put_cell(pen, grid, 0, column);
		pen_printf(pen, "<td>%s</td></tr>\n",
		    grid_column(grid, (size_t)column)->unit);
	}
	pen_put(pen, "</tbody>\n");
}

static size_t
count_columns(const struct grid *grid, const char *columns)
{
	size_t n = 0;

	while (next_column(grid, &columns) != -1)
		n++;
	return n;
}

/* It may be wider than the page, and scrolls then: by keys, too. */
void
page_grid(struct pen *pen, const struct grid *grid, const char *columns,
    const char *caption, size_t rows)
{
	bool upright;

	rows = rows < grid_rows(grid) ? rows : grid_rows(grid);
	upright = rows == 1 && count_columns(grid, columns) > UPRIGHT;
	pen_put(pen, "<div class=\"wide\" role=\"region\" tabindex=\"0\" "
	    "aria-label=\"");
	markup_foreign(pen, caption);
	pen_put(pen, upright || count_columns(grid, columns) <= MANY ?
	    "\">\n<table>\n<caption>" :
	    "\">\n<table class=\"many\">\n<caption>");
	markup_foreign(pen, caption);
	pen_put(pen, "</caption>\n");
	if (upright)
		put_upright(pen, grid, columns);
	else
		put_flat(pen, grid, columns, rows);
	pen_put(pen, "</table>\n</div>\n");
}

void
page_definitions(struct pen *pen, const struct grid *grid, const char *title,
    const char *columns)
{
	int column;

	pen_put(pen, "<h3>");
	markup_foreign(pen, title);
	pen_put(pen, "</h3>\n<dl>\n");
	while ((column = next_column(grid, &columns)) != -1) {
		const struct column *c = grid_column(grid, (size_t)column);

		pen_printf(pen, "<dt id=\"%s-%s\"><code>%s</code></dt><dd>",
		    grid_table(grid)->name, c->name, c->name);
		markup_foreign(pen, c->meaning);
		if (c->unit[0] != '\0')
			pen_printf(pen, " <span class=\"quiet\">(%s)</span>",
			    c->unit);
		pen_put(pen, "</dd>\n");
	}
	pen_put(pen, "</dl>\n");
}

void
page_address(struct pen *pen, const char *path)
{
	for (; *path != '\0'; path++) {
		char c = *path;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr("-._~/", c) != NULL)
			pen_write(pen, path, 1);
		else
			pen_printf(pen, "%%%02X", (unsigned)(uint8_t)c);
	}
}
