/*
 * The diagram as SVG 1.1 with CSS: self-contained, no script, no font from
 * elsewhere; light, and dark where a screen prefers that.
 *
 * Packets are told of in a monospaced font, so that what fits is known without
 * it.  A drawing of up to five hosts is 720 wide, which on A4 prints at 100 %.
 * Classes carry plain properties only (no variables), since not all that put an
 * SVG into a report know more.
 *
 * It is drawn twice: the first time only the height is found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/display.h"
#include "analyzer/report/ladder_label.h"
#include "analyzer/report/ladder_write.h"
#include "analyzer/report/pen.h"
#include "analyzer/report/wrap.h"

enum {
	WIDTH = 720, EDGE = 10,
	GAP_MIN = 140,		/* between lifelines */
	LEFT_ROOM = 20, RIGHT_ROOM = 74,	/* beside the outer ones */
	/* Of the monospaced font at 10.5, in tenths; most have 6.3. */
	CELL = 64, LINE = 13,
	TITLE_LINE = 20, HEAD_CELL = 72, HEAD_LINE = 15,
	LOOP = 28,		/* of an arrow from a host to itself */
};

/* Kinds of words, beside enum label_kind. */
enum { WORD_PLAIN = LABEL_KINDS, WORD_NAME, WORD_QUIET };

static const char *const word_classes[] = {
	[LABEL_FLAGS] = "flags",
	[LABEL_NUMBERS] = NULL,
	[LABEL_PORTS] = "quiet",
	[LABEL_VERDICT] = "odd",
	[LABEL_FATE] = "fate",
	[LABEL_DELAY] = "quiet",
	[LABEL_OPTIONS] = "quiet",
	[LABEL_INFO] = "data",
	[LABEL_PREVIEW] = "data",
	[WORD_PLAIN] = NULL,
	[WORD_NAME] = "flags",
	[WORD_QUIET] = "quiet",
};

static const char *const line_classes[] = {
	[LADDER_TCP] = "tcp",
	[LADDER_UDP] = "udp",
	[LADDER_OTHER] = "other",
};

static const char *const mark_classes[MARKS] = {
	[MARK_NONE] = "",
	[MARK_RETRANSMISSION] = " again",
	[MARK_REORDERED] = " late",
	[MARK_LOST] = " lost",
	[MARK_ODD] = "",
};

static const char style_sheet[] =
"<style>\n"
"text { font: 10.5px \"DejaVu Sans Mono\", Menlo, Consolas, "
    "\"Liberation Mono\", monospace; fill: #1c1f24; white-space: pre }\n"
".title { font: bold 14px \"DejaVu Sans\", Verdana, Helvetica, Arial, "
    "sans-serif }\n"
".caption { font-size: 10.5px }\n"
".name { font-size: 12px; font-weight: bold }\n"
".flags { font-weight: bold }\n"
".quiet, .time { fill: #5b6270 }\n"
".data { fill: #0b5a44 }\n"
".odd { fill: #a33a00; font-weight: bold }\n"
".fate { fill: #7a2a8c; font-weight: bold }\n"
".lost .fate { fill: #b80f2e }\n"
".paper { fill: #ffffff }\n"
".life { stroke: #9aa1ad; stroke-width: 1 }\n"
".host { fill: #eef2f8; stroke: #6d7889; stroke-width: 1 }\n"
".fold { fill: #f6f7f9; stroke: #8b93a1; stroke-width: 1; "
    "stroke-dasharray: 4 3 }\n"
".pause { stroke: #9aa1ad; stroke-width: 1.6; stroke-dasharray: 1.6 3.4 }\n"
".line { fill: none; stroke: #1c1f24; stroke-width: 1.3 }\n"
".head { fill: #1c1f24; stroke: none }\n"
".udp .line { stroke: #0b56a4; stroke-dasharray: 7 4 }\n"
".udp .head { fill: #0b56a4 }\n"
".other .line { stroke-dasharray: 1.5 3; stroke-width: 1.6 }\n"
".again .line { stroke: #a33a00; stroke-width: 2.6; "
    "stroke-dasharray: 12 3 3 3 }\n"
".again .head { fill: #a33a00 }\n"
".late .line { stroke: #7a2a8c }\n"
".late .head { fill: #7a2a8c }\n"
".lost .line, .cross { fill: none; stroke: #b80f2e }\n"
".cross { stroke-width: 2.2 }\n"
"@media screen and (prefers-color-scheme: dark) {\n"
"text { fill: #e4e7ec }\n"
".quiet, .time { fill: #a3abb8 }\n"
".data { fill: #7fd6b9 }\n"
".odd { fill: #ffa56b }\n"
".fate { fill: #d9a1ea }\n"
".lost .fate { fill: #ff8a9c }\n"
".paper { fill: #15181d }\n"
".life, .pause { stroke: #5d6673 }\n"
".host { fill: #232a34; stroke: #7d8898 }\n"
".fold { fill: #1d2229; stroke: #7d8898 }\n"
".line { stroke: #e4e7ec }\n"
".head { fill: #e4e7ec }\n"
".udp .line { stroke: #86bdf7 }\n"
".udp .head { fill: #86bdf7 }\n"
".again .line { stroke: #ffa56b }\n"
".again .head { fill: #ffa56b }\n"
".late .line { stroke: #d9a1ea }\n"
".late .head { fill: #d9a1ea }\n"
".lost .line, .cross { stroke: #ff8a9c }\n"
"}\n"
"</style>\n";

struct drawing {
	const struct ladder *ladder;
	bool measuring;
	int width, height;
	int first, gap;		/* of the lifelines */
	int y;			/* where the next thing begins */
	bool used[3][MARKS];	/* which arrows are there, for the legend */
	const struct ladder_packet *before;	/* the packet drawn last */
	struct ladder_label label;
	struct wrap wrap;
	struct pen pen;
};

static int
life_at(const struct drawing *d, size_t host)
{
	return d->first + (int)host * d->gap;
}

static void
fail(struct drawing *d)
{
	d->pen.status = -1;
	errbuf_set(d->pen.err, "out of memory for the diagram");
}

/* XML 1.0, section 2.4; the text is clean, so that all its characters are
 * allowed. */
static void
put_escaped(struct pen *pen, const char *text, size_t len)
{
	size_t plain = 0;

	for (size_t i = 0; i < len; i++) {
		const char *entity = text[i] == '&' ? "&amp;" :
		    text[i] == '<' ? "&lt;" : text[i] == '>' ? "&gt;" :
		    text[i] == '"' ? "&quot;" : NULL;

		if (entity == NULL)
			continue;
		pen_write(pen, text + plain, i - plain);
		pen_put(pen, entity);
		plain = i + 1;
	}
	pen_write(pen, text + plain, len - plain);
}

/* Text from outside. */
static void
put_foreign(struct drawing *d, const char *text)
{
	struct bytes clean = { 0 };

	if (display_clean(&clean, text) == -1)
		fail(d);
	else
		put_escaped(&d->pen, (const char *)clean.data, clean.len);
	bytes_reset(&clean);
}

/* --- lines of words --- */

static void
add_words(struct drawing *d, int kind, const char *text)
{
	if (wrap_add(&d->wrap, kind, text) == -1)
		fail(d);
}

static void
put_words(struct drawing *d, const struct wrap_line *line)
{
	int kind = -1;

	for (size_t i = line->begin; i < line->end; i++) {
		const struct wrap_word *w = &d->wrap.words[i];

		if (kind != -1 && w->kind != kind &&
		    word_classes[kind] != NULL)
			pen_put(&d->pen, "</tspan>");
		pen_repeat(&d->pen, " ", wrap_spaces(&d->wrap, line, i));
		if (w->kind != kind && word_classes[w->kind] != NULL)
			pen_printf(&d->pen, "<tspan class=\"%s\">",
			    word_classes[w->kind]);
		kind = w->kind;
		put_escaped(&d->pen, w->text, w->len);
	}
	if (kind != -1 && word_classes[kind] != NULL)
		pen_put(&d->pen, "</tspan>");
}

/* Where lines of words stand: around x, or from x on. */
struct place {
	int x, room;
	const char *anchor;	/* "start", "middle", "end" */
	const char *class;	/* NULL */
	bool covers;		/* other lines run behind it */
	int cell, line;		/* tenths of the width; height */
};

static void
put_cover(struct drawing *d, const struct place *p,
    const struct wrap_line *line)
{
	int width = (int)line->width * p->cell / 10 + 6;

	pen_printf(&d->pen, "<rect class=\"paper\" x=\"%d\" y=\"%d\" "
	    "width=\"%d\" height=\"%d\"/>\n", p->x - width / 2, d->y, width,
	    p->line);
}

/* Sets all words added, and forgets them; d->y is behind them then. */
static void
put_lines(struct drawing *d, const struct place *p)
{
	if (wrap_set(&d->wrap, (size_t)(p->room * 10 / p->cell)) == -1)
		fail(d);
	for (size_t i = 0; i < d->wrap.line_count; i++) {
		const struct wrap_line *line = &d->wrap.lines[i];

		if (!d->measuring) {
			if (p->covers)
				put_cover(d, p, line);
			pen_printf(&d->pen, "<text x=\"%d\" y=\"%d\" "
			    "text-anchor=\"%s\"", p->x,
			    d->y + p->line * 3 / 4, p->anchor);
			if (p->class != NULL)
				pen_printf(&d->pen, " class=\"%s\"", p->class);
			pen_put(&d->pen, ">");
			put_words(d, line);
			pen_put(&d->pen, "</text>\n");
		}
		d->y += p->line;
	}
	wrap_clear(&d->wrap);
}

/* --- arrows --- */

static void
put_line(struct drawing *d, int x1, int x2, int y)
{
	pen_printf(&d->pen, "<path class=\"line\" d=\"M%d %dH%d\"/>\n", x1, y,
	    x2);
}

static void
put_head(struct drawing *d, int x, int y, int way)
{
	pen_printf(&d->pen, "<path class=\"head\" d=\"M%d %dl%d -4v8z\"/>\n",
	    x, y, -9 * way);
}

static void
put_cross(struct drawing *d, int x, int y)
{
	pen_printf(&d->pen, "<path class=\"cross\" d=\"M%d %dl10 10m0 -10"
	    "l-10 10\"/>\n", x - 5, y - 5);
}

/* From lifeline to lifeline; `way` is 1 to the right, -1 to the left. */
static void
put_shaft(struct drawing *d, int from, int to, int y,
    const struct ladder_event *e)
{
	int way = from < to ? 1 : -1;

	if (e->fate == LADDER_UNSENT)
		from += 24 * way;
	if (e->fate == LADDER_LOST) {
		put_line(d, from, to - 26 * way, y);
		put_cross(d, to - 22 * way, y);
		return;
	}
	if (ladder_mark(e) == MARK_REORDERED) {
		put_line(d, from, to - 7 * way, y - 2);
		put_line(d, from, to - 7 * way, y + 2);
	} else {
		put_line(d, from, to - 8 * way, y);
	}
	put_head(d, to, y, way);
}

/* From a host to itself: out and back, on the side where there is room. */
static void
put_loop(struct drawing *d, int x, int y, int way)
{
	pen_printf(&d->pen, "<path class=\"line\" d=\"M%d %dh%dv12h%d\"/>\n",
	    x, y - 6, LOOP * way, -(LOOP - 8) * way);
	put_head(d, x, y + 6, -way);
}

static void
put_time(struct drawing *d, int64_t ns, int y)
{
	char time[48];

	ladder_time(time, sizeof(time), d->ladder, ns);
	if (time[0] != '\0')
		pen_printf(&d->pen, "<text x=\"%d\" y=\"%d\" class=\"time\" "
		    "text-anchor=\"end\">%s</text>\n", d->first - LEFT_ROOM + 6,
		    y + 4, time);
}

/* What is said above and below an arrow. */
static void
say_above(struct drawing *d)
{
	add_words(d, LABEL_FLAGS, d->label.words[LABEL_FLAGS]);
	if (d->label.words[LABEL_NUMBERS][0] != '\0' &&
	    wrap_add(&d->wrap, LABEL_NUMBERS,
	    d->label.words[LABEL_NUMBERS]) == -1)
		fail(d);
}

static void
say_below(struct drawing *d, const struct ladder_packet *p)
{
	static const enum label_kind order[] = { LABEL_VERDICT, LABEL_FATE,
	    LABEL_DELAY, LABEL_OPTIONS, LABEL_INFO, LABEL_PREVIEW };

	/* Ports are said when the conversation changes. */
	if (d->before == NULL || !ladder_same_conversation(d->before, p))
		add_words(d, LABEL_PORTS, d->label.words[LABEL_PORTS]);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		add_words(d, order[i], d->label.words[order[i]]);
}

static void
draw_loop(struct drawing *d, const struct ladder_item *item)
{
	int x = life_at(d, item->src);
	bool left = item->src > 0 && item->src + 1 == d->ladder->host_count;
	int side = left ? -1 : 1, top;
	struct place place = { .x = x + side * (LOOP + 8), .cell = CELL,
	    .line = LINE, .anchor = left ? "end" : "start" };

	place.room = left || d->ladder->host_count > 1 ?
	    d->gap - LOOP - 16 : d->width - EDGE - place.x;
	top = d->y;
	say_above(d);
	say_below(d, &item->event.packet);
	put_lines(d, &place);
	if (d->y < top + 2 * LINE)
		d->y = top + 2 * LINE;
	if (!d->measuring) {
		put_loop(d, x, top + LINE, side);
		put_time(d, item->event.time_ns, top + LINE);
	}
	d->y += 6;
}

static void
draw_arrow(struct drawing *d, const struct ladder_item *item)
{
	int from = life_at(d, item->src), to = life_at(d, item->dst);
	bool far = item->src + 1 < item->dst || item->dst + 1 < item->src;
	struct place place = { .x = (from + to) / 2, .anchor = "middle",
	    .room = abs(to - from) - 16, .covers = far, .cell = CELL,
	    .line = LINE };

	say_above(d);
	put_lines(d, &place);
	d->y += 4;
	if (!d->measuring) {
		put_shaft(d, from, to, d->y, &item->event);
		put_time(d, item->event.time_ns, d->y);
	}
	d->y += 4;
	say_below(d, &item->event.packet);
	put_lines(d, &place);
	d->y += 6;
}

/* A box over the columns from `low` to `high` with the words added. */
static void
draw_box(struct drawing *d, int low, int high)
{
	struct place place = { .x = (low + high) / 2, .anchor = "middle",
	    .room = high - low - 16, .cell = CELL, .line = LINE };
	int top;

	d->y += 3;
	top = d->y;
	/* The box lies below its words, so its height comes first. */
	if (wrap_set(&d->wrap, (size_t)(place.room * 10 / CELL)) == -1)
		fail(d);
	if (!d->measuring)
		pen_printf(&d->pen, "<rect class=\"fold\" x=\"%d\" y=\"%d\" "
		    "width=\"%d\" height=\"%d\" rx=\"4\"/>\n", low, top,
		    high - low, (int)d->wrap.line_count * LINE + 6);
	d->y += 3;
	put_lines(d, &place);
	d->y += 9;
}

static void
draw_packet(struct drawing *d, const struct ladder_item *item)
{
	const struct ladder_event *e = &item->event;
	enum ladder_mark mark = ladder_mark(e);
	int y = d->y;

	if (ladder_label_make(&d->label, d->ladder, item, d->pen.err) == -1) {
		d->pen.status = -1;
		return;
	}
	d->used[e->packet.line][mark] |= item->kind == LADDER_ARROW;
	if (!d->measuring)
		pen_printf(&d->pen, "<g class=\"%s%s\"><title>record %llu"
		    "</title>\n", line_classes[e->packet.line],
		    mark_classes[mark],
		    (unsigned long long)e->packet.number);
	if (item->kind == LADDER_NOTE) {
		say_above(d);
		say_below(d, &e->packet);
		draw_box(d, d->first - 8, d->width - RIGHT_ROOM + 8);
		if (!d->measuring)
			put_time(d, e->time_ns, y + 3 + LINE / 2 + 3);
	} else if (item->src == item->dst) {
		draw_loop(d, item);
	} else {
		draw_arrow(d, item);
	}
	if (!d->measuring)
		pen_put(&d->pen, "</g>\n");
	d->before = &e->packet;
}

static void
draw_fold(struct drawing *d, const struct ladder_item *item)
{
	int low = d->first - 8, high = d->width - RIGHT_ROOM + 8;
	char text[160];

	if (item->src != LADDER_NO_HOST && item->src != item->dst) {
		int from = life_at(d, item->src), to = life_at(d, item->dst);

		low = (from < to ? from : to) - 8;
		high = (from < to ? to : from) + 8;
	}
	ladder_fold_text(text, sizeof(text), item);
	add_words(d, WORD_PLAIN, "…");
	add_words(d, WORD_PLAIN, text);
	draw_box(d, low, high);
}

static void
draw_pause(struct drawing *d, const struct ladder_item *item)
{
	char text[48], duration[32];
	size_t hosts = d->ladder->host_count;
	int y = d->y + 2;

	ladder_duration(duration, sizeof(duration),
	    ladder_span(item->first_ns, item->last_ns));
	snprintf(text, sizeof(text), "pause of %s", duration);
	if (!d->measuring) {
		int x = hosts > 1 ? (life_at(d, 0) + life_at(d, 1)) / 2 :
		    life_at(d, 0) + 60;

		pen_printf(&d->pen, "<rect class=\"paper\" x=\"%d\" y=\"%d\" "
		    "width=\"%d\" height=\"16\"/>\n", d->first - 8, y,
		    d->width - RIGHT_ROOM - d->first + 16);
		for (size_t i = 0; i < hosts; i++)
			pen_printf(&d->pen, "<path class=\"pause\" "
			    "d=\"M%d %dv16\"/>\n", life_at(d, i), y);
		pen_printf(&d->pen, "<text x=\"%d\" y=\"%d\" class=\"quiet\" "
		    "text-anchor=\"middle\">", x, y + 12);
		put_escaped(&d->pen, text, strlen(text));
		pen_put(&d->pen, "</text>\n");
	}
	d->y = y + 16 + 4;
}

/* --- heading, hosts, legend --- */

static void
add_foreign(struct drawing *d, struct bytes *memory, int kind,
    const char *text)
{
	memory->len = 0;
	if (display_clean(memory, text) == -1 ||
	    bytes_append(memory, "", 1) == -1 ||
	    wrap_add_name(&d->wrap, kind, (const char *)memory->data) == -1)
		fail(d);
}

static void
draw_heading(struct drawing *d)
{
	const struct ladder *ladder = d->ladder;
	struct place place = { .x = EDGE, .room = d->width - 2 * EDGE,
	    .anchor = "start", .class = "caption", .cell = CELL,
	    .line = LINE + 2 };
	struct place title = { .x = EDGE, .room = d->width - 2 * EDGE,
	    .anchor = "start", .class = "title", .cell = 100,
	    .line = TITLE_LINE };
	struct bytes memory = { 0 };
	char text[512];

	if (ladder->place_count == 1) {
		add_foreign(d, &memory, WORD_PLAIN, ladder->places[0].name);
		put_lines(d, &title);
	}
	ladder_summary(text, sizeof(text), ladder);
	add_words(d, WORD_PLAIN, text);
	put_lines(d, &place);
	for (size_t i = 0; ladder->place_count > 1 &&
	    i < ladder->place_count; i++) {
		add_foreign(d, &memory, WORD_NAME, ladder->places[i].name);
		ladder_place_text(text, sizeof(text), ladder,
		    &ladder->places[i]);
		add_words(d, WORD_QUIET, text);
		put_lines(d, &place);
	}
	bytes_reset(&memory);
	d->y += 10;
}

/* Half of what a host's box may take. */
static int
half_room(const struct drawing *d, size_t host)
{
	int x = life_at(d, host);
	int half = d->ladder->host_count > 1 ? d->gap / 2 - 6 : 140;

	if (half > x - 2)
		half = x - 2;
	if (half > d->width - 2 - x)
		half = d->width - 2 - x;
	return half;
}

/* `spare`: how much the box is higher than it need be.  Returns where it
 * ends. */
static int
draw_host(struct drawing *d, size_t i, int spare)
{
	const struct ladder_host *host = &d->ladder->hosts[i];
	struct place place = { .x = life_at(d, i), .anchor = "middle",
	    .room = 2 * half_room(d, i) - 8, .class = "name",
	    .cell = HEAD_CELL + 2, .line = HEAD_LINE };
	struct bytes memory = { 0 };
	int top = d->y, end;
	char text[96];

	d->y += 4 + spare / 2;
	if (host->name != NULL) {
		add_foreign(d, &memory, WORD_PLAIN, host->name);
		put_lines(d, &place);
		place.class = "caption";
		place.cell = CELL;
	}
	ladder_host_text(text, sizeof(text), host);
	add_foreign(d, &memory, WORD_PLAIN, text);
	put_lines(d, &place);
	bytes_reset(&memory);
	end = d->y + 4;
	d->y = top;
	return end;
}

static void
draw_hosts(struct drawing *d)
{
	int ends[LADDER_HOSTS_MAX + 1], top = d->y, end = d->y;
	size_t hosts = d->ladder->host_count;
	bool measuring = d->measuring;

	d->measuring = true;
	for (size_t i = 0; i < hosts; i++) {
		ends[i] = draw_host(d, i, 0);
		if (ends[i] > end)
			end = ends[i];
	}
	d->measuring = measuring;
	for (size_t i = 0; i < hosts && !measuring; i++) {
		int half = half_room(d, i), x = life_at(d, i);

		/* The lifelines lie below all that follows. */
		pen_printf(&d->pen, "<path class=\"life\" d=\"M%d %dV%d\"/>\n"
		    "<rect class=\"host\" x=\"%d\" y=\"%d\" width=\"%d\" "
		    "height=\"%d\" rx=\"3\"/>\n", x, end, d->height,
		    x - half, top, 2 * half, end - top);
		draw_host(d, i, end - ends[i]);
	}
	d->y = end + 8;
}

struct sample {
	enum ladder_line line;
	enum ladder_mark mark;
	const char *text;
};

static void
draw_sample(struct drawing *d, int x, const struct sample *s)
{
	struct ladder_event event = {
		.fate = s->mark == MARK_LOST ? LADDER_LOST : LADDER_SEEN,
		.reordered = s->mark == MARK_REORDERED,
	};

	if (d->measuring)
		return;
	pen_printf(&d->pen, "<g class=\"%s%s\">\n", line_classes[s->line],
	    mark_classes[s->mark]);
	put_shaft(d, x, x + 48, d->y + LINE / 2, &event);
	pen_printf(&d->pen, "<text x=\"%d\" y=\"%d\" class=\"quiet\">%s"
	    "</text>\n</g>\n", x + 54, d->y + LINE / 2 + 4, s->text);
}

static bool
is_used(const struct drawing *d, const struct sample *s)
{
	bool used = false;

	for (int line = 0; line < 3; line++)
		used |= d->used[line][s->mark] &&
		    (s->mark != MARK_NONE || line == (int)s->line);
	return used || (s->mark == MARK_NONE && d->used[s->line][MARK_ODD]);
}

/* Of the arrows that are there. */
static void
draw_legend(struct drawing *d)
{
	static const struct sample samples[] = {
		{ LADDER_TCP, MARK_NONE, "TCP" },
		{ LADDER_UDP, MARK_NONE, "UDP" },
		{ LADDER_OTHER, MARK_NONE, "other protocols" },
		{ LADDER_TCP, MARK_RETRANSMISSION, "sent again" },
		{ LADDER_TCP, MARK_REORDERED, "out of order" },
		{ LADDER_TCP, MARK_LOST, "lost" },
	};
	int x = EDGE;

	d->y += 8;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		int room = 54 + (int)strlen(samples[i].text) * CELL / 10 + 18;

		if (!is_used(d, &samples[i]))
			continue;
		if (x + room > d->width && x > EDGE) {
			x = EDGE;
			d->y += LINE + 4;
		}
		draw_sample(d, x, &samples[i]);
		x += room;
	}
	d->y += LINE + 10;
}

static void
draw_items(struct drawing *d)
{
	for (size_t i = 0; i < d->ladder->count && d->pen.status == 0; i++) {
		const struct ladder_item *item = &d->ladder->items[i];

		if (item->kind == LADDER_FOLD)
			draw_fold(d, item);
		else if (item->kind == LADDER_PAUSE)
			draw_pause(d, item);
		else
			draw_packet(d, item);
	}
	d->y += 6;
}

static void
draw(struct drawing *d, bool measuring)
{
	d->measuring = measuring;
	d->y = EDGE;
	d->before = NULL;
	draw_heading(d);
	draw_hosts(d);
	draw_items(d);
	if (measuring)
		d->height = d->y;	/* the lifelines' */
	draw_legend(d);
}

static void
lay_out(struct drawing *d)
{
	size_t hosts = d->ladder->host_count;
	int gaps = hosts > 1 ? (int)hosts - 1 : 1;
	char time[48];

	ladder_time(time, sizeof(time), d->ladder, d->ladder->end_ns);
	d->first = EDGE + (int)strlen(time) * CELL / 10 + LEFT_ROOM;
	if (d->first < 72)
		d->first = 72;
	d->width = WIDTH;
	d->gap = (WIDTH - d->first - RIGHT_ROOM) / gaps;
	if (d->gap < GAP_MIN) {
		d->gap = GAP_MIN;
		d->width = d->first + gaps * GAP_MIN + RIGHT_ROOM;
	}
}

static void
begin(struct drawing *d, int height)
{
	const struct ladder *ladder = d->ladder;
	char text[256];

	pen_printf(&d->pen, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" "
	    "aria-labelledby=\"title desc\">\n<title id=\"title\">"
	    "Sequence diagram of ", d->width, height, d->width, height);
	for (size_t i = 0; i < ladder->place_count; i++) {
		pen_put(&d->pen, i == 0 ? "" : ", ");
		put_foreign(d, ladder->places[i].name);
	}
	pen_put(&d->pen, "</title>\n<desc id=\"desc\">");
	ladder_summary(text, sizeof(text), ladder);
	put_foreign(d, text);
	pen_put(&d->pen, ". Between ");
	for (size_t i = 0; i < ladder->host_count; i++) {
		ladder_host_text(text, sizeof(text), &ladder->hosts[i]);
		pen_put(&d->pen, i == 0 ? "" : ", ");
		if (ladder->hosts[i].name != NULL) {
			put_foreign(d, ladder->hosts[i].name);
			pen_put(&d->pen, " ");
		}
		put_foreign(d, text);
	}
	pen_put(&d->pen, ".</desc>\n");
	pen_put(&d->pen, style_sheet);
	pen_put(&d->pen, "<rect class=\"paper\" width=\"100%\" "
	    "height=\"100%\"/>\n");
}

int
ladder_write_svg(const struct ladder *ladder, const struct ladder_style *style,
    struct sink *sink, struct errbuf *err)
{
	struct drawing d = { .ladder = ladder, .pen = { sink, err, 0 } };

	(void)style;
	lay_out(&d);
	draw(&d, true);
	begin(&d, d.y);
	draw(&d, false);
	pen_put(&d.pen, "</svg>\n");
	wrap_reset(&d.wrap);
	ladder_label_reset(&d.label);
	return d.pen.status;
}
