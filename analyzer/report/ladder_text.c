/*
 * The diagram on a terminal: a line a packet.
 *
 *      time  a host
 *            │                 another
 *  0.000000  │────── SYN ─────►│  51234 → 80  seq 608993120 len 0
 *
 * What stands on the right is broken where the line is full; the arrows are
 * never.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/display.h"
#include "analyzer/report/ladder_label.h"
#include "analyzer/report/ladder_write.h"
#include "analyzer/report/pen.h"
#include "base/memory.h"

enum {
	GAP_MIN = 13, GAP_MAX = 20,	/* between lifelines */
	DETAILS_MIN = 50,		/* cells for what is said of a packet */
	DETAILS_LEAST = 24,
};

/* The characters of both ways to draw; each takes one cell. */
struct glyphs {
	const char *life, *pause, *cross, *right, *left, *lost, *self, *dot;
	/* of an arrow: by line, and where something is to be seen; the second
	 * one alternates with the first */
	const char *line[3][2];
	const char *again[2], *reordered[2];
};

static const struct glyphs utf8 = {
	"│", "┊", "┼", "►", "◄", "╳", "◆", "·",
	{ { "─", "─" }, { "╌", "╌" }, { "┈", "┈" } },
	{ "━", "━" }, { "═", "═" },
};

static const struct glyphs plain = {
	"|", ":", "+", ">", "<", "X", "*", ".",
	{ { "-", "-" }, { "-", " " }, { ".", " " } },
	{ "=", "=" }, { "~", "~" },
};

/* A character of one cell. */
struct cell {
	char text[5];
};

/* U+00A0, see ladder_label.h. */
#define NBSP	"\u00a0"

struct page {
	const struct ladder *ladder;
	const struct glyphs *glyphs;
	bool ascii;
	size_t margin;		/* where the first lifeline stands */
	size_t gap, lines_end;	/* behind the last lifeline */
	size_t details, details_width;	/* where they stand */
	struct cell *cells;	/* of a line up to lines_end */
	struct bytes words;	/* what is said of a packet */
	struct ladder_label label;
	struct pen pen;
};

static size_t
life_at(const struct page *page, size_t host)
{
	return page->margin + host * page->gap;
}

static void
lay_out(struct page *page, unsigned width)
{
	const struct ladder *ladder = page->ladder;
	size_t gaps = ladder->host_count > 1 ? ladder->host_count - 1 : 0;
	size_t time_width, spare;
	char time[48];

	ladder_time(time, sizeof(time), ladder, ladder->end_ns);
	time_width = strlen(time);
	page->margin = (time_width < 8 ? 8 : time_width) + 2;
	page->gap = GAP_MAX;
	spare = page->margin + 3 + DETAILS_MIN;
	if (gaps > 0 && width < spare + gaps * GAP_MAX)
		page->gap = width < spare + gaps * GAP_MIN ? GAP_MIN :
		    (width - spare) / gaps;
	page->lines_end = page->margin + gaps * page->gap +
	    (ladder->host_count > 0);
	page->details = page->lines_end + 2;
	page->details_width = width < page->details + DETAILS_LEAST ?
	    DETAILS_LEAST : width - page->details;
}

/* Text as this page can have it. */
static int
add_text(struct page *page, const char *text)
{
	static const struct {
		const char *utf8, *plain;
	} known[] = { { "→", "->" }, { "µ", "u" }, { "…", "..." },
	    { NBSP, NBSP } };
	size_t len;

	for (; *text != '\0'; text += len) {
		const char *put = text;
		size_t n;

		display_char(text, &len);
		n = len;
		if (page->ascii && len > 1) {
			put = "?";
			for (size_t i = 0; i < 4; i++)
				if (strncmp(text, known[i].utf8, len) == 0)
					put = known[i].plain;
			n = strlen(put);
		}
		if (bytes_append(&page->words, put, n) == -1)
			return -1;
	}
	return 0;
}

static void
fail(struct page *page)
{
	page->pen.status = -1;
	errbuf_set(page->pen.err, "out of memory for the diagram");
}

/* One more thing that is said; two spaces stand between. */
static void
add_words(struct page *page, const char *text)
{
	if (text[0] == '\0')
		return;
	if ((page->words.len > 0 &&
	    bytes_append(&page->words, "  ", 2) == -1) ||
	    add_text(page, text) == -1)
		fail(page);
}

static void
set_cell(struct page *page, size_t at, const char *glyph)
{
	strcpy(page->cells[at].text, glyph);
}

static void
clear_cells(struct page *page, const char *life)
{
	for (size_t i = 0; i < page->lines_end; i++)
		set_cell(page, i, " ");
	for (size_t i = 0; i < page->ladder->host_count; i++)
		set_cell(page, life_at(page, i), life);
}

/* The cells from the margin on, and no space at the line's end. */
static void
put_cells(struct page *page, bool all)
{
	size_t end = page->lines_end;

	while (!all && end > page->margin &&
	    page->cells[end - 1].text[0] == ' ')
		end--;
	for (size_t i = page->margin; i < end; i++)
		pen_put(&page->pen, page->cells[i].text);
}

/* Bytes of the text's first line: whole words, unless that leaves more than
 * three fifths of it empty. */
static size_t
line_len(const char *text, size_t width)
{
	size_t fit = display_fit(text, width), at = fit;

	if (text[fit] == '\0')
		return fit;
	while (at > 0 && text[at] != ' ')
		at--;
	while (at > 0 && text[at - 1] == ' ')
		at--;
	if (at * 5 > fit * 2)
		return at;
	/* A wide character may be wider than the line. */
	if (fit == 0)
		display_char(text, &fit);
	return fit;
}

/* Where a line must not break there is a space all the same. */
static void
put_text(struct page *page, const char *text, size_t len)
{
	size_t n;

	for (size_t at = 0; at < len; at += n) {
		display_char(text + at, &n);
		if (n == 2 && memcmp(text + at, NBSP, 2) == 0)
			pen_put(&page->pen, " ");
		else
			pen_write(&page->pen, text + at, n);
	}
}

/* Time, cells and words: a line, and as many below it as the words need. */
static void
put_line(struct page *page, const char *time, const char *life)
{
	const char *words;

	if (bytes_append(&page->words, "", 1) == -1) {
		fail(page);
		return;
	}
	words = (const char *)page->words.data;
	pen_printf(&page->pen, "%*s  ", (int)page->margin - 2, time);
	put_cells(page, words[0] != '\0');
	while (words[0] != '\0') {
		size_t len = line_len(words, page->details_width);

		pen_put(&page->pen, "  ");
		put_text(page, words, len);
		words += len;
		while (words[0] == ' ')
			words++;
		if (words[0] == '\0')
			break;
		clear_cells(page, life);
		pen_printf(&page->pen, "\n%*s", (int)page->margin, "");
		put_cells(page, true);
	}
	pen_put(&page->pen, "\n");
	page->words.len = 0;
}

/* --- arrows --- */

static const char *const *
line_of(const struct page *page, const struct ladder_event *e)
{
	switch (ladder_mark(e)) {
	case MARK_RETRANSMISSION: return page->glyphs->again;
	case MARK_REORDERED: return page->glyphs->reordered;
	default: return page->glyphs->line[e->packet.line];
	}
}

/* In the gap beside the sender; false where it does not fit. */
static bool
draw_flags(struct page *page, const char *flags, size_t from, bool rightward)
{
	size_t len = strlen(flags), at;

	/* A dash and a space on each side, and the head. */
	if (len + 6 > page->gap)
		return false;
	at = rightward ? from + (page->gap - len) / 2 :
	    from - page->gap + (page->gap - len + 1) / 2;
	set_cell(page, at - 1, " ");
	set_cell(page, at + len, " ");
	for (size_t i = 0; i < len; i++)
		set_cell(page, at + i, (const char[]){ flags[i], '\0' });
	return true;
}

/* Returns whether the flags stand in it. */
static bool
draw_arrow(struct page *page, const struct ladder_item *item,
    const char *flags)
{
	const struct glyphs *g = page->glyphs;
	const char *const *line = line_of(page, &item->event);
	bool rightward = item->src < item->dst;
	size_t from = life_at(page, item->src), to = life_at(page, item->dst);
	size_t low = rightward ? from : to, high = rightward ? to : from;
	size_t blank = item->event.fate == LADDER_UNSENT ? 2 : 0;
	size_t head = rightward ? to - 1 : to + 1;
	size_t k = 0;

	if (from == to) {
		set_cell(page, from, g->self);
		return false;
	}
	for (size_t i = low + 1 + (rightward ? blank : 0);
	    i < high - (rightward ? 0 : blank); i++, k++)
		set_cell(page, i, (i - page->margin) % page->gap == 0 ?
		    g->cross : line[k % 2]);
	set_cell(page, head, rightward ? g->right : g->left);
	if (item->event.fate == LADDER_LOST) {
		set_cell(page, head, " ");
		set_cell(page, rightward ? head - 1 : head + 1, g->lost);
	}
	return draw_flags(page, flags, from, rightward);
}

static void
put_packet(struct page *page, const struct ladder_item *item)
{
	static const enum label_kind order[] = { LABEL_PORTS, LABEL_NUMBERS,
	    LABEL_VERDICT, LABEL_FATE, LABEL_DELAY, LABEL_OPTIONS, LABEL_INFO,
	    LABEL_PREVIEW };
	const char *const *words = page->label.words;
	bool drawn = false;
	char time[48];

	if (ladder_label_make(&page->label, page->ladder, item,
	    page->pen.err) == -1) {
		page->pen.status = -1;
		return;
	}
	clear_cells(page, page->glyphs->life);
	if (item->kind == LADDER_ARROW)
		drawn = draw_arrow(page, item, words[LABEL_FLAGS]);
	if (!drawn)
		add_words(page, words[LABEL_FLAGS]);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		add_words(page, words[order[i]]);
	ladder_time(time, sizeof(time), page->ladder, item->event.time_ns);
	put_line(page, time, page->glyphs->life);
}

static void
put_fold(struct page *page, const struct ladder_item *item)
{
	size_t from = item->src, to = item->dst;
	char text[160];

	clear_cells(page, page->glyphs->pause);
	if (from == LADDER_NO_HOST) {
		from = 0;
		to = page->ladder->host_count - 1;
	}
	if (from > to) {
		from = item->dst;
		to = item->src;
	}
	for (size_t i = life_at(page, from) + 2; page->ladder->host_count > 0 &&
	    i < life_at(page, to); i += 2)
		if ((i - page->margin) % page->gap != 0)
			set_cell(page, i, page->glyphs->dot);
	ladder_fold_text(text, sizeof(text), item);
	add_words(page, "…");
	add_words(page, text);
	put_line(page, "", page->glyphs->pause);
}

static void
put_pause(struct page *page, const struct ladder_item *item)
{
	char text[48], duration[32];

	clear_cells(page, page->glyphs->pause);
	ladder_duration(duration, sizeof(duration),
	    ladder_span(item->first_ns, item->last_ns));
	snprintf(text, sizeof(text), "pause of %s", duration);
	add_words(page, text);
	put_line(page, "", page->glyphs->pause);
}

/* --- heading --- */

/* Text from outside, in front of what is said. */
static void
put_foreign(struct page *page, const char *text)
{
	struct bytes clean = { 0 };

	if (display_clean(&clean, text) == -1 ||
	    bytes_append(&clean, "", 1) == -1 ||
	    add_text(page, (const char *)clean.data) == -1)
		fail(page);
	else
		pen_write(&page->pen, (const char *)page->words.data,
		    page->words.len);
	bytes_reset(&clean);
	page->words.len = 0;
}

static void
put_heading(struct page *page)
{
	const struct ladder *ladder = page->ladder;
	char text[512];

	if (ladder->place_count == 1) {
		put_foreign(page, ladder->places[0].name);
		pen_put(&page->pen, ": ");
	}
	ladder_summary(text, sizeof(text), ladder);
	put_foreign(page, text);
	for (size_t i = 0; i < ladder->place_count && ladder->place_count > 1;
	    i++) {
		pen_put(&page->pen, "\n");
		put_foreign(page, ladder->places[i].name);
		ladder_place_text(text, sizeof(text), ladder,
		    &ladder->places[i]);
		pen_put(&page->pen, ": ");
		put_foreign(page, text);
	}
	pen_put(&page->pen, "\n\n");
}

/* A line a host, each beginning above its lifeline, so that all fit. */
static void
put_hosts(struct page *page)
{
	const struct ladder *ladder = page->ladder;
	char text[96];

	for (size_t i = 0; i < ladder->host_count; i++) {
		const struct ladder_host *host = &ladder->hosts[i];

		pen_printf(&page->pen, "%*s", (int)page->margin, "");
		for (size_t k = 0; k < i; k++) {
			pen_put(&page->pen, page->glyphs->life);
			pen_repeat(&page->pen, " ", page->gap - 1);
		}
		if (host->name != NULL) {
			put_foreign(page, host->name);
			pen_put(&page->pen, "  ");
		}
		ladder_host_text(text, sizeof(text), host);
		pen_printf(&page->pen, "%s\n", text);
	}
}

int
ladder_write_text(const struct ladder *ladder,
    const struct ladder_style *style, struct sink *sink, struct errbuf *err)
{
	struct page page = { .ladder = ladder,
	    .glyphs = style->ascii ? &plain : &utf8, .ascii = style->ascii,
	    .pen = { sink, err, 0 } };

	lay_out(&page, style->width);
	page.cells = memory_array(page.lines_end + 1, sizeof(*page.cells));
	if (page.cells == NULL) {
		errbuf_set(err, "out of memory for the diagram");
		return -1;
	}
	put_heading(&page);
	put_hosts(&page);
	for (size_t i = 0; i < ladder->count && page.pen.status == 0; i++) {
		const struct ladder_item *item = &ladder->items[i];

		if (item->kind == LADDER_FOLD)
			put_fold(&page, item);
		else if (item->kind == LADDER_PAUSE)
			put_pause(&page, item);
		else
			put_packet(&page, item);
	}
	free(page.cells);
	bytes_reset(&page.words);
	ladder_label_reset(&page.label);
	return page.pen.status;
}
