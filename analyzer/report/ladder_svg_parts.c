#include "analyzer/report/ladder_svg.h"
#include "analyzer/report/markup.h"

void
svg_fail(struct svg_drawing *d)
{
	d->pen.status = -1;
	errbuf_set(d->pen.err, "out of memory for the diagram");
}

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
	[SVG_WORD_PLAIN] = NULL,
	[SVG_WORD_NAME] = "flags",
	[SVG_WORD_QUIET] = "quiet",
};

void
svg_add(struct svg_drawing *d, int kind, const char *text)
{
	if (wrap_add(&d->wrap, kind, text) == -1)
		svg_fail(d);
}

static void
put_words(struct svg_drawing *d, const struct wrap_line *line)
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
		markup_escape(&d->pen, w->text, w->len);
	}
	if (kind != -1 && word_classes[kind] != NULL)
		pen_put(&d->pen, "</tspan>");
}


static void
put_cover(struct svg_drawing *d, const struct svg_place *p,
    const struct wrap_line *line)
{
	int width = (int)line->width * p->cell / 10 + 6;

	pen_printf(&d->pen, "<rect class=\"paper\" x=\"%d\" y=\"%d\" "
	    "width=\"%d\" height=\"%d\"/>\n", p->x - width / 2, d->y, width,
	    p->line);
}

void
svg_lines(struct svg_drawing *d, const struct svg_place *p)
{
	if (wrap_set(&d->wrap, (size_t)(p->room * 10 / p->cell)) == -1)
		svg_fail(d);
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

static void
put_line(struct svg_drawing *d, int x1, int x2, int y)
{
	pen_printf(&d->pen, "<path class=\"line\" d=\"M%d %dH%d\"/>\n", x1, y,
	    x2);
}

static void
put_head(struct svg_drawing *d, int x, int y, int way)
{
	pen_printf(&d->pen, "<path class=\"head\" d=\"M%d %dl%d -4v8z\"/>\n",
	    x, y, -9 * way);
}

static void
put_cross(struct svg_drawing *d, int x, int y)
{
	pen_printf(&d->pen, "<path class=\"cross\" d=\"M%d %dl10 10m0 -10"
	    "l-10 10\"/>\n", x - 5, y - 5);
}

/* From lifeline to lifeline; `way` is 1 to the right, -1 to the left. */
void
svg_shaft(struct svg_drawing *d, int from, int to, int y,
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

void
svg_loop(struct svg_drawing *d, int x, int y, int way)
{
	pen_printf(&d->pen, "<path class=\"line\" d=\"M%d %dh%dv12h%d\"/>\n",
	    x, y - 6, SVG_LOOP * way, -(SVG_LOOP - 8) * way);
	put_head(d, x, y + 6, -way);
}
