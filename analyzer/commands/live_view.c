#include "analyzer/commands/live_view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/analyses/flows.h"
#include "analyzer/analyses/summary.h"
#include "base/memory.h"

#define EACH_NS	((int64_t)1000000000)

enum { WIDTH = 80, HEIGHT = 24, IN = 0, OUT = 1 };

struct live_view_shared {
	size_t lines;			/* on the terminal now */
	int64_t before_ns;
	struct live_view_way before[2];
};

/* Looks at the rows of an output, and passes them on where they are also
 * somebody else's. */
struct watcher {
	struct table_writer writer;	/* first */
	struct live_view_table *table;
	struct table_writer *next;	/* NULL: nobody */
	size_t rows;
};

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A row as soon as a packet is there, and not at the end of what it is part
 * of? */
static bool
is_prompt(const struct options *o, const struct question *question)
{
	static const char *const names[] = { "packets", "udp",
	    "tcp-segments" };
	const char *name = question_table(*question)->name;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return o->top == 0;
	return false;
}

/* Would rows come between the pictures all the time? */
static bool
is_disturbed(const struct options *o, const struct question *question)
{
	struct stat out, err;

	return o->output == NULL && is_prompt(o, question) &&
	    isatty(STDOUT_FILENO) && fstat(STDOUT_FILENO, &out) == 0 &&
	    fstat(STDERR_FILENO, &err) == 0 && out.st_rdev == err.st_rdev;
}

void
live_view_init(struct live_view *v, const struct options *o,
    const struct inputs *inputs, const struct question *question)
{
	const char *term = getenv("TERM");

	*v = (struct live_view){ .live = inputs->live };
	if (v->live == NULL || o->quiet || o->progress == PROGRESS_NEVER ||
	    !isatty(STDERR_FILENO) || term == NULL ||
	    strcmp(term, "dumb") == 0 || is_disturbed(o, question))
		return;
	v->shared = mmap(NULL, sizeof(*v->shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (v->shared == MAP_FAILED)
		return;
	v->on = true;
	v->start_ns = now_ns();
	v->due_ns = v->start_ns + EACH_NS;
	v->scene.name = live_name(v->live);
}

/*
 * The rows.
 */

static void
see_summary(struct live_view_scene *s, const struct summary_row *row)
{
	s->packets = row->packets_total;
	s->ways[IN] = (struct live_view_way){ row->packets_in,
	    row->frame_bytes_in, row->time_in_median, row->time_in_p90,
	    row->time_in_p99 };
	s->ways[OUT] = (struct live_view_way){ row->packets_out,
	    row->frame_bytes_out, row->time_out_median, row->time_out_p90,
	    row->time_out_p99 };
}

static void
copy_text(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text == NULL ? "" : text);
}

/* Among the largest so far, of which the earliest comes first. */
static void
see_flow(struct live_view_scene *s, const struct flow_row *row)
{
	size_t at = s->flow_count;
	struct live_view_flow *f;

	while (at > 0 && s->flows[at - 1].ip_bytes < row->ip_bytes)
		at--;
	if (at == LIVE_VIEW_FLOWS)
		return;
	if (s->flow_count < LIVE_VIEW_FLOWS)
		s->flow_count++;
	f = &s->flows[at];
	memmove(f + 1, f, (s->flow_count - at - 1) * sizeof(*f));
	f->ip_bytes = row->ip_bytes;
	f->packets = row->packets;
	for (int side = 0; side < 2; side++) {
		f->ip[side] = row->sides[side].ip;
		f->port[side] = row->sides[side].port;
	}
	copy_text(f->protocol, sizeof(f->protocol), row->protocol);
	copy_text(f->application, sizeof(f->application), row->application);
}

static int
watch_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct watcher *w = (struct watcher *)(void *)writer;
	struct live_view *v = w->table->view;

	if (w->table->is_flows)
		see_flow(&v->scene, row);
	else if (w->rows++ == 0)	/* others are of protocols */
		see_summary(&v->scene, row);
	/* What it goes to is the parent's. */
	return w->next == NULL || v->is_child ? 0 :
	    w->next->row(w->next, row, err);
}

static int
watch_flush(struct table_writer *writer, struct errbuf *err)
{
	struct watcher *w = (struct watcher *)(void *)writer;

	return w->next == NULL || w->next->flush == NULL ||
	    w->table->view->is_child ? 0 : w->next->flush(w->next, err);
}

static int
watch_close(struct table_writer *writer, bool ok, struct errbuf *err)
{
	struct watcher *w = (struct watcher *)(void *)writer;
	int status = w->next == NULL || w->table->view->is_child ? 0 :
	    w->next->close(w->next, ok, err);

	free(w);
	return status;
}

static struct table_writer *
watch_open(void *context, const struct input *input, struct sink *ordered,
    struct errbuf *err)
{
	struct live_view_table *t = context;
	struct watcher *w = memory_array(1, sizeof(*w));

	if (w == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	*w = (struct watcher){ { watch_row, watch_close, watch_flush }, t,
	    NULL, 0 };
	if (t->inner.open == NULL)
		return &w->writer;
	w->next = t->inner.open(t->inner.context, input, ordered, err);
	if (w->next != NULL)
		return &w->writer;
	free(w);
	return NULL;
}

static bool
has_analysis(const struct engine_output *outputs, size_t n, struct question q)
{
	for (size_t i = 0; i < n; i++)
		if (outputs[i].question.analysis == q.analysis)
			return true;
	return false;
}

/* The output of the question: one that is there, or a new one at its end. */
static struct engine_output *
find_output(struct engine_output *outputs, size_t *n, struct question q)
{
	for (size_t i = 0; i < *n; i++)
		if (outputs[i].question.analysis == q.analysis &&
		    outputs[i].question.table == q.table)
			return &outputs[i];
	outputs[*n] = (struct engine_output){ .question = q };
	return &outputs[(*n)++];
}

size_t
live_view_add(struct live_view *v, struct engine_output *outputs, size_t n)
{
	static const struct { const char *table, *columns; } wanted[] = {
		{ "summary", "packets_total,packets_in,packets_out,"
		    "frame_bytes_in,frame_bytes_out,time_in_median,"
		    "time_in_p90,time_in_p99,time_out_median,time_out_p90,"
		    "time_out_p99" },
		{ "flows", "protocol,a_ip,a_port,b_ip,b_port,packets,"
		    "ip_bytes,application" },
	};

	for (size_t i = 0; v->on && i < LIVE_VIEW_TABLES; i++) {
		struct live_view_table *t = &v->tables[i];
		struct engine_output *o;
		struct question q;
		struct errbuf err;

		if (question_find(wanted[i].table, &q) == -1 ||
		    table_select(question_table(q), wanted[i].columns,
		    &t->columns, &err) == -1)
			continue;
		v->finds_flows |= i == 1 && !has_analysis(outputs, n, q);
		o = find_output(outputs, &n, q);
		t->view = v;
		t->is_flows = i == 1;
		t->inner = *o;
		o->open = watch_open;
		o->context = t;
		o->snapshot = true;
		if (o->columns == NULL)
			o->columns = &t->columns;
	}
	return n;
}

/*
 * The pictures.
 */

/* The last one is drawn, or nobody draws it any more. */
static bool
has_ended(struct live_view *v, int flags)
{
	if (v->child != 0 && waitpid(v->child, NULL, flags) == 0)
		return false;
	v->child = 0;
	return true;
}

bool
live_view_snapshot(struct live_view *v)
{
	struct live_view_scene *s = &v->scene;
	int64_t now;

	if (!v->on || (now = now_ns()) < v->due_ns || !has_ended(v, WNOHANG))
		return false;
	v->due_ns = now + EACH_NS;
	/* In the child the kernel's counters would be lost for this process. */
	s->drops_known = live_drops(v->live, &s->drops);
	s->elapsed_ns = now - v->start_ns;
	v->child = fork();
	if (v->child == -1)
		v->child = 0;
	else
		v->is_child = v->child == 0;
	return v->is_child;
}

/* One write(2), so that nothing flickers; on a terminal none is partial. */
static void
put(const struct bytes *b)
{
	while (b->len > 0 && write(STDERR_FILENO, b->data, b->len) == -1 &&
	    errno == EINTR)
		continue;
}

/* Back to where the last picture began. */
static int
put_back(const struct live_view *v, struct bytes *out)
{
	char text[32];
	int n = v->shared->lines == 0 ? 0 : snprintf(text, sizeof(text),
	    "\r\033[%zuA", v->shared->lines);

	return bytes_append(out, text, (size_t)n);
}

/* What is left of longer lines and pictures is erased on the way. */
static int
put_lines(const struct bytes *lines, struct bytes *out)
{
	const char *at = (const char *)lines->data;
	const char *end = at + lines->len;
	int status = 0;

	while (at < end && status == 0) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		status = bytes_append(out, at, (size_t)(stop - at)) |
		    bytes_append(out, "\033[K\r\n", 5);
		at = stop + 1;
	}
	return status | bytes_append(out, "\033[J", 3);
}

void
live_view_draw(struct live_view *v)
{
	struct live_view_scene *s = &v->scene;
	struct winsize size = { 0 };
	struct bytes lines = { 0 }, out = { 0 };
	int n;

	s->before_ns = v->shared->before_ns;
	memcpy(s->before, v->shared->before, sizeof(s->before));
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == -1 ||
	    size.ws_col == 0 || size.ws_row < 2)
		size = (struct winsize){ .ws_col = WIDTH, .ws_row = HEIGHT };
	n = live_view_lines(s, size.ws_col, size.ws_row - 1U, &lines);
	if (n > 0 && put_back(v, &out) == 0 && put_lines(&lines, &out) == 0) {
		v->shared->lines = (size_t)n;
		v->shared->before_ns = s->elapsed_ns;
		memcpy(v->shared->before, s->ways, sizeof(s->ways));
		put(&out);
	}
	_exit(0);
}

void
live_view_clear(struct live_view *v)
{
	struct bytes out = { 0 };

	if (!v->on || v->is_child)
		return;
	while (!has_ended(v, 0))
		continue;
	if (v->shared->lines > 0 && put_back(v, &out) == 0 &&
	    bytes_append(&out, "\033[J", 3) == 0)
		put(&out);
	bytes_reset(&out);
	v->shared->lines = 0;
}

void
live_view_end(struct live_view *v)
{
	if (!v->on)
		return;
	live_view_clear(v);
	v->on = false;
	munmap(v->shared, sizeof(*v->shared));
}
