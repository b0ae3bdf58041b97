/*
 * The diagram as SVG 1.1 with CSS: self-contained, no script, no font from
 * elsewhere; light, and dark where a screen prefers that.
 *
 * Packets are told of in a monospaced font, so that what fits is known without
 * it.  A drawing of up to five hosts is 720 wide, which on A4 prints at 100 %.
 *
 * It is drawn twice: the first time only the height is found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/display.h"
#include "analyzer/report/ladder_svg.h"
#include "analyzer/report/ladder_write.h"
#include "analyzer/report/markup.h"

enum {
	WIDTH = 720, EDGE = 10,
	GAP_MIN = 140,		/* between lifelines */
	LEFT_ROOM = 20, RIGHT_ROOM = 66,	/* beside the outer ones */
	/* Of the monospaced font at 10.5, in tenths: most have 63. */
	CELL = 63, LINE = 13,
	TITLE_CELL = 100, TITLE_LINE = 20,
	NAME_CELL = 74, NAME_LINE = 15,
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

static int
life_at(const struct svg_drawing *d, size_t host)
{
	return d->first + (int)host * d->gap;
}

static void
put_time(struct svg_drawing *d, int64_t ns, int y)
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
say_above(struct svg_drawing *d)
{
	size_t numbers;

	svg_add(d, LABEL_FLAGS, d->label.words[LABEL_FLAGS]);
	numbers = d->wrap.count;
	svg_add(d, LABEL_NUMBERS, d->label.words[LABEL_NUMBERS]);
	/* The flags are in bold: one space is enough. */
	if (numbers < d->wrap.count)
		d->wrap.words[numbers].wide = false;
}

static void
say_below(struct svg_drawing *d, const struct ladder_packet *p)
{
	static const enum label_kind order[] = { LABEL_VERDICT, LABEL_FATE,
	    LABEL_DELAY, LABEL_OPTIONS, LABEL_INFO, LABEL_PREVIEW };

	/* Ports are said when the conversation changes. */
	if (d->before == NULL || !ladder_same_conversation(d->before, p))
		svg_add(d, LABEL_PORTS, d->label.words[LABEL_PORTS]);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		svg_add(d, order[i], d->label.words[order[i]]);
}

static void
draw_loop(struct svg_drawing *d, const struct ladder_item *item)
{
	int x = life_at(d, item->src);
	bool left = item->src > 0 && item->src + 1 == d->ladder->host_count;
	int side = left ? -1 : 1, top;
	struct svg_place place = { .x = x + side * (SVG_LOOP + 8), .cell = CELL,
	    .line = LINE, .anchor = left ? "end" : "start" };

	place.room = left || d->ladder->host_count > 1 ?
	    d->gap - SVG_LOOP - 16 : d->width - EDGE - place.x;
	top = d->y;
	say_above(d);
	say_below(d, &item->event.packet);
	svg_lines(d, &place);
	if (d->y < top + 2 * LINE)
		d->y = top + 2 * LINE;
	if (!d->measuring) {
		svg_loop(d, x, top + LINE, side);
		put_time(d, item->event.time_ns, top + LINE);
	}
	d->y += 6;
}

static void
draw_arrow(struct svg_drawing *d, const struct ladder_item *item)
{
	int from = life_at(d, item->src), to = life_at(d, item->dst);
	bool far = item->src + 1 < item->dst || item->dst + 1 < item->src;
	struct svg_place place = { .x = (from + to) / 2, .anchor = "middle",
	    .room = abs(to - from) - 6, .covers = far, .cell = CELL,
	    .line = LINE };

	say_above(d);
	svg_lines(d, &place);
	d->y += 4;
	if (!d->measuring) {
		svg_shaft(d, from, to, d->y, &item->event);
		put_time(d, item->event.time_ns, d->y);
	}
	d->y += 4;
	say_below(d, &item->event.packet);
	svg_lines(d, &place);
	d->y += 6;
}

/* A box over the columns from `low` to `high` with the words added. */
static void
draw_box(struct svg_drawing *d, int low, int high)
{
	struct svg_place place = { .x = (low + high) / 2, .anchor = "middle",
	    .room = high - low - 16, .cell = CELL, .line = LINE };
	int top;

	d->y += 3;
	top = d->y;
	/* The box lies below its words, so its height comes first. */
	if (wrap_set(&d->wrap, (size_t)(place.room * 10 / CELL)) == -1)
		svg_fail(d);
	if (!d->measuring)
		pen_printf(&d->pen, "<rect class=\"fold\" x=\"%d\" y=\"%d\" "
		    "width=\"%d\" height=\"%d\" rx=\"4\"/>\n", low, top,
		    high - low, (int)d->wrap.line_count * LINE + 6);
	d->y += 3;
	svg_lines(d, &place);
	d->y += 9;
}

static void
draw_packet(struct svg_drawing *d, const struct ladder_item *item)
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
draw_fold(struct svg_drawing *d, const struct ladder_item *item)
{
	int low = d->first - 8, high = d->width - RIGHT_ROOM + 8;
	char text[160];

	if (item->src != LADDER_NO_HOST && item->src != item->dst) {
		int from = life_at(d, item->src), to = life_at(d, item->dst);

		low = (from < to ? from : to) - 8;
		high = (from < to ? to : from) + 8;
	}
	ladder_fold_text(text, sizeof(text), item);
	svg_add(d, SVG_WORD_PLAIN, "…");
	svg_add(d, SVG_WORD_PLAIN, text);
	draw_box(d, low, high);
}

static void
draw_pause(struct svg_drawing *d, const struct ladder_item *item)
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
		markup_escape(&d->pen, text, strlen(text));
		pen_put(&d->pen, "</text>\n");
	}
	d->y = y + 16 + 4;
}

/* --- heading, hosts, legend --- */

/* The text without what XML cannot have, in `memory`, which words borrow until
 * they are drawn. */
static const char *
clean(struct svg_drawing *d, struct bytes *memory, const char *text)
{
	memory->len = 0;
	if (display_clean(memory, text) == 0 &&
	    bytes_append(memory, "", 1) == 0)
		return (const char *)memory->data;
	svg_fail(d);
	return "";
}

static void
add_foreign(struct svg_drawing *d, struct bytes *memory, int kind,
    const char *text)
{
	if (wrap_add_name(&d->wrap, kind, clean(d, memory, text)) == -1)
		svg_fail(d);
}

static void
draw_heading(struct svg_drawing *d)
{
	const struct ladder *ladder = d->ladder;
	struct svg_place place = { .x = EDGE, .room = d->width - 2 * EDGE,
	    .anchor = "start", .class = "caption", .cell = CELL,
	    .line = LINE + 2 };
	struct svg_place title = { .x = EDGE, .room = d->width - 2 * EDGE,
	    .anchor = "start", .class = "title", .cell = TITLE_CELL,
	    .line = TITLE_LINE };
	struct bytes name = { 0 }, place_text = { 0 };
	char text[512];

	if (ladder->place_count == 1) {
		add_foreign(d, &name, SVG_WORD_PLAIN, ladder->places[0].name);
		svg_lines(d, &title);
	}
	ladder_summary(text, sizeof(text), ladder);
	svg_add(d, SVG_WORD_PLAIN, text);
	svg_lines(d, &place);
	for (size_t i = 0; ladder->place_count > 1 &&
	    i < ladder->place_count; i++) {
		add_foreign(d, &name, SVG_WORD_NAME, ladder->places[i].name);
		ladder_place_text(text, sizeof(text), ladder,
		    &ladder->places[i]);
		svg_add(d, SVG_WORD_QUIET, clean(d, &place_text, text));
		svg_lines(d, &place);
	}
	bytes_reset(&name);
	bytes_reset(&place_text);
	d->y += 10;
}

/* Half of what a host's box may take. */
static int
half_room(const struct svg_drawing *d, size_t host)
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
draw_host(struct svg_drawing *d, size_t i, int spare)
{
	const struct ladder_host *host = &d->ladder->hosts[i];
	struct svg_place place = { .x = life_at(d, i), .anchor = "middle",
	    .room = 2 * half_room(d, i) - 8, .class = "name",
	    .cell = NAME_CELL, .line = NAME_LINE };
	struct bytes memory = { 0 };
	int top = d->y, end;
	char text[96];

	d->y += 4 + spare / 2;
	if (host->name != NULL) {
		add_foreign(d, &memory, SVG_WORD_PLAIN, host->name);
		svg_lines(d, &place);
		place.class = "caption";
		place.cell = CELL;
	}
	ladder_host_text(text, sizeof(text), host);
	add_foreign(d, &memory, SVG_WORD_PLAIN, text);
	svg_lines(d, &place);
	bytes_reset(&memory);
	end = d->y + 4;
	d->y = top;
	return end;
}

static void
draw_hosts(struct svg_drawing *d)
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
draw_sample(struct svg_drawing *d, int x, const struct sample *s)
{
	struct ladder_event event = {
		.fate = s->mark == MARK_LOST ? LADDER_LOST : LADDER_SEEN,
		.reordered = s->mark == MARK_REORDERED,
	};

	if (d->measuring)
		return;
	pen_printf(&d->pen, "<g class=\"%s%s\">\n", line_classes[s->line],
	    mark_classes[s->mark]);
	svg_shaft(d, x, x + 48, d->y + LINE / 2, &event);
	pen_printf(&d->pen, "<text x=\"%d\" y=\"%d\" class=\"quiet\">%s"
	    "</text>\n</g>\n", x + 54, d->y + LINE / 2 + 4, s->text);
}

static bool
is_used(const struct svg_drawing *d, const struct sample *s)
{
	bool used = false;

	for (int line = 0; line < 3; line++)
		used |= d->used[line][s->mark] &&
		    (s->mark != MARK_NONE || line == (int)s->line);
	return used || (s->mark == MARK_NONE && d->used[s->line][MARK_ODD]);
}

/* Of the arrows that are there. */
static void
draw_legend(struct svg_drawing *d)
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
draw_items(struct svg_drawing *d)
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
draw(struct svg_drawing *d, bool measuring)
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
lay_out(struct svg_drawing *d)
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

/* Within a page, whose head says what it is, the ids are told apart. */
static void
begin(struct svg_drawing *d, int height, const char *id)
{
	const struct ladder *ladder = d->ladder;
	const char *before = id == NULL ? "" : id, *dash = id == NULL ? "" : "-";
	char text[256];

	if (id == NULL)
		pen_put(&d->pen, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
		    "\n");
	pen_printf(&d->pen, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
	    "class=\"ladder\" width=\"%d\" height=\"%d\" "
	    "viewBox=\"0 0 %d %d\" role=\"img\" "
	    "aria-labelledby=\"%s%stitle %s%sdesc\">\n"
	    "<title id=\"%s%stitle\">Sequence diagram of ", d->width, height,
	    d->width, height, before, dash, before, dash, before, dash);
	for (size_t i = 0; i < ladder->place_count; i++) {
		pen_put(&d->pen, i == 0 ? "" : ", ");
		markup_foreign(&d->pen, ladder->places[i].name);
	}
	pen_printf(&d->pen, "</title>\n<desc id=\"%s%sdesc\">", before, dash);
	ladder_summary(text, sizeof(text), ladder);
	markup_foreign(&d->pen, text);
	pen_put(&d->pen, ". Between ");
	for (size_t i = 0; i < ladder->host_count; i++) {
		ladder_host_text(text, sizeof(text), &ladder->hosts[i]);
		pen_put(&d->pen, i == 0 ? "" : ", ");
		if (ladder->hosts[i].name != NULL) {
			markup_foreign(&d->pen, ladder->hosts[i].name);
			pen_put(&d->pen, " ");
		}
		markup_foreign(&d->pen, text);
	}
	pen_put(&d->pen, ".</desc>\n");
	pen_put(&d->pen, "<style>\n");
	pen_put(&d->pen, ladder_svg_style);
	pen_put(&d->pen, "</style>\n");
	pen_put(&d->pen, "<rect class=\"paper\" width=\"100%\" "
	    "height=\"100%\"/>\n");
}

int
ladder_write_svg(const struct ladder *ladder, const struct ladder_style *style,
    struct sink *sink, struct errbuf *err)
{
	struct svg_drawing d = { .ladder = ladder, .pen = { sink, err, 0 } };

	lay_out(&d);
	draw(&d, true);
	begin(&d, d.y, style->id);
	draw(&d, false);
	pen_put(&d.pen, "</svg>\n");
	wrap_reset(&d.wrap);
	ladder_label_reset(&d.label);
	return d.pen.status;
}
