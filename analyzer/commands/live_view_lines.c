#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/commands/live_view.h"
#include "analyzer/report/display.h"
#include "base/text.h"

enum { LINE_MAX_BYTES = 1024, CELL = 16, END = 64 };

struct lines {
	struct bytes *out;
	size_t width, height;
	size_t count;
	bool failed;
};

/* One line, or its beginning, where there is room for one more. */
static void __attribute__((format(printf, 2, 3)))
put_line(struct lines *l, const char *format, ...)
{
	char text[LINE_MAX_BYTES];
	size_t n;
	va_list ap;

	if (l->count == l->height)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	n = display_fit(text, l->width);
	if (bytes_append(l->out, text, n) == -1 ||
	    bytes_append(l->out, "\n", 1) == -1)
		l->failed = true;
	l->count++;
}

/* Three digits and a letter for the power of 1000 ("12.3k"). */
static const char *
scaled(char *cell, double value, const char *const *units)
{
	size_t i = 0;

	while (value >= 999.5 && units[i + 1] != NULL) {
		value /= 1000;
		i++;
	}
	snprintf(cell, CELL, "%.*f%s", value >= 99.95 || (i == 0 &&
	    value == (double)(uint64_t)value) ? 0 : value >= 9.995 ? 1 : 2,
	    value, units[i]);
	return cell;
}

static const char *
amount(char *cell, double value)
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P",
	    NULL };

	return scaled(cell, value, units);
}

static const char *
gap(char *cell, int128 ps)
{
	static const char *const units[] = { " ns", " us", " ms", " s",
	    NULL };
	bool negative = ps < 0;

	if (ps == TABLE_NO_PS)
		return "-";
	cell[0] = '-';
	scaled(cell + negative, (double)(negative ? -ps : ps) / 1000, units);
	return cell;
}

static double
rate(uint64_t amount_more, int64_t ns)
{
	return ns <= 0 ? 0 : (double)amount_more * 1e9 / (double)ns;
}

static void
put_way(struct lines *l, const struct live_view_scene *s, int i,
    const char *name)
{
	const struct live_view_way *w = &s->ways[i], *b = &s->before[i];
	int64_t ns = s->elapsed_ns - s->before_ns;
	char cells[7][CELL + 1];

	put_line(l, "%-4s%9s%9s%9s%9s%10s%10s%10s", name,
	    amount(cells[0], rate(w->packets - b->packets, ns)),
	    amount(cells[1], rate(8 * (w->frame_bytes - b->frame_bytes),
	    ns)),
	    amount(cells[2], rate(w->packets, s->elapsed_ns)),
	    amount(cells[3], rate(8 * w->frame_bytes, s->elapsed_ns)),
	    gap(cells[4], w->median_ps), gap(cells[5], w->p90_ps),
	    gap(cells[6], w->p99_ps));
}

static const char *
end_of(char *text, const struct live_view_flow *f, int side)
{
	char ip[TEXT_IP_BYTES];

	*text_ip(ip, &f->ip[side]) = '\0';
	if (f->port[side] == TABLE_NO_U64)
		snprintf(text, END, "%s", ip);
	else
		snprintf(text, END, f->ip[side].version == 6 ?
		    "[%s]:%" PRIu64 : "%s:%" PRIu64, ip, f->port[side]);
	return text;
}

static void
put_flow(struct lines *l, const struct live_view_flow *f)
{
	char bytes[CELL], packets[CELL], a[END], b[END];

	put_line(l, "%8s%9s  %-6s %s <-> %s  %s",
	    amount(bytes, (double)f->ip_bytes),
	    amount(packets, (double)f->packets), f->protocol,
	    end_of(a, f, 0), end_of(b, f, 1), f->application);
}

static void
put_head(struct lines *l, const struct live_view_scene *s)
{
	const struct live_drops *d = &s->drops;
	struct bytes name = { 0 };
	char lost[96] = "";

	if (s->drops_known)
		snprintf(lost, sizeof(lost), "; %" PRIu64 " dropped by the "
		    "kernel, %" PRIu64 " by the interface", d->kernel,
		    d->interface);
	if (display_clean(&name, s->name) == -1)
		l->failed = true;
	put_line(l, "%.*s: %" PRIu64 " packets in %" PRId64 " s%s",
	    (int)name.len, name.len == 0 ? "" : (const char *)name.data,
	    s->packets, s->elapsed_ns / 1000000000, lost);
	bytes_reset(&name);
}

int
live_view_lines(const struct live_view_scene *s, size_t width, size_t height,
    struct bytes *out)
{
	struct lines l = { .out = out, .width = width, .height = height };

	put_head(&l, s);
	put_line(&l, "%4s%9s%9s%9s%9s%10s%10s%10s", "", "pkt/s", "bit/s",
	    "mean", "mean", "gap", "gap", "gap");
	put_line(&l, "%4s%9s%9s%9s%9s%10s%10s%10s", "", "now", "now",
	    "pkt/s", "bit/s", "median", "90%", "99%");
	put_way(&l, s, 0, "in");
	put_way(&l, s, 1, "out");
	if (s->flow_count > 0)
		put_line(&l, "%8s%9s  %s", "bytes", "packets",
		    "largest flows");
	for (size_t i = 0; i < s->flow_count; i++)
		put_flow(&l, &s->flows[i]);
	return l.failed ? -1 : (int)l.count;
}
