#include "analyzer/commands/report_capture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/analyses/exchange.h"
#include "analyzer/analyses/top.h"
#include "analyzer/commands/report_once.h"
#include "analyzer/commands/run.h"
#include "base/memory.h"

enum {
	GRID_ROWS = 12000,	/* of any panel; the page says what lacks */
	LADDER_ITEMS = 60,	/* that are drawn */
	HASH_BYTES = 64 * 1024,
};

/* What engine_output.open gets. */
struct opening {
	struct report_capture *capture;
	const struct panel *panel;
};

/* --- panels --- */

static struct table_writer *
open_panel(void *context, const struct input *input, struct sink *ordered,
    struct errbuf *err)
{
	const struct opening *o = context;
	const struct panel *p = o->panel;
	struct grid *grid = o->capture->grids[p - panels];
	struct table_writer *w = grid_writer(grid, err);

	(void)input;
	(void)ordered;
	return w == NULL || p->top == 0 ? w :
	    top_writer(grid_table(grid), p->top_by, p->top, w, err);
}

/* --- the ladder --- */

struct ladder_writer {
	struct table_writer writer;	/* first */
	struct report_capture *capture;
};

static int
add_packet(struct report_ladder *l, const struct exchange_row *row,
    struct errbuf *err)
{
	struct ladder_packet packet;

	if (row->flow != l->flow)
		return 0;
	l->full |= l->ladder.count >= LADDER_ITEMS;
	if (l->full) {
		l->left_out++;
		return 0;
	}
	if (ladder_packet_init(&packet, row, err) == -1)
		return -1;
	if (ladder_add_packet(&l->ladder, &packet, err) == 0)
		return 0;
	ladder_packet_reset(&packet);
	return -1;
}

static int
take_packet(struct table_writer *writer, const void *data, struct errbuf *err)
{
	struct ladder_writer *w = (struct ladder_writer *)(void *)writer;
	struct report_capture *c = w->capture;
	const struct exchange_row *row = data;

	if (row->flow == TABLE_NO_U64)
		return 0;
	if (c->first.flow == 0)
		c->first.flow = row->flow;
	if (c->first_tcp.flow == 0 && row->connection != TABLE_NO_U64)
		c->first_tcp.flow = row->flow;
	if (add_packet(&c->first_tcp, row, err) == -1)
		return -1;
	return c->first.flow == c->first_tcp.flow ? 0 :
	    add_packet(&c->first, row, err);
}

static int
close_ladder(struct table_writer *writer, bool ok, struct errbuf *err)
{
	(void)ok;
	(void)err;
	free(writer);
	return 0;
}

static struct table_writer *
open_ladder(void *context, const struct input *input, struct sink *ordered,
    struct errbuf *err)
{
	struct ladder_writer *w = memory_array(1, sizeof(*w));

	(void)input;
	(void)ordered;
	if (w == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	*w = (struct ladder_writer){ { take_packet, close_ladder }, context };
	return &w->writer;
}

/* --- the run --- */

/* Lines begin with the path that was read: that of a pipe is nobody's. */
static int
keep_lines(struct bytes *kept, const struct bytes *lines, const char *path,
    const char *meant)
{
	const char *at = (const char *)lines->data, *name = meant;
	size_t left = lines->len, len = strlen(path);

	if (strcmp(meant, "-") == 0)
		name = "standard input";
	while (left > 0) {
		const char *end = memchr(at, '\n', left);
		size_t line = (size_t)(end - at) + 1, cut = 0;

		if (path != meant && line > len &&
		    memcmp(at, path, len) == 0) {
			cut = len;
			if (bytes_append(kept, name, strlen(name)) == -1)
				return -1;
		}
		if (bytes_append(kept, at + cut, line - cut) == -1)
			return -1;
		at += line;
		left -= line;
	}
	return 0;
}

static void
on_done(void *context, const struct engine_result *result)
{
	struct report_capture *c = context;
	struct engine_result *kept;
	size_t i = 0;

	/* Those that are joined come in another order than they were named;
	 * what is hashed on its way is alone. */
	while (i + 1 < c->count && c->inputs[i].path != result->input->path)
		i++;
	c->told++;
	kept = &c->results[i];
	*kept = *result;
	kept->input = &c->inputs[i];
	kept->lines = (struct bytes){ 0 };
	if (keep_lines(&kept->lines, &result->lines, result->input->path,
	    kept->input->path) == -1)
		kept->output_failed = true;
}

static void
on_lack(void *context, const char *line)
{
	struct report_capture *c = context;

	if (bytes_append(&c->lacks, line, strlen(line)) == 0)
		bytes_append(&c->lacks, "\n", 1);
}

static void
on_progress(void *context, uint64_t bytes)
{
	struct report_capture *c = context;

	progress_add(c->progress, bytes);
}

static void
select_all(const struct table *table, struct table_selection *columns)
{
	static const char *const groups[] = { "relative" };

	table_select_default(table, groups, 1, columns);
}

int
report_capture_init(struct report_capture *c, const struct options *options,
    const struct input *inputs, size_t count, struct errbuf *err)
{
	*c = (struct report_capture){ .options = options, .inputs = inputs,
	    .count = count, .settings = options->settings };
	panels_settle(&c->settings);
	ladder_init(&c->first.ladder, false, true);
	ladder_init(&c->first_tcp.ladder, false, true);
	c->results = memory_array(count, sizeof(*c->results));
	c->files = memory_array(count, sizeof(*c->files));
	if (c->results == NULL || c->files == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	for (size_t i = 0; panels[i].name != NULL; i++) {
		struct table_selection columns;
		struct question question;

		question_find(panels[i].table, &question);
		select_all(question_table(question), &columns);
		c->grids[i] = grid_new(question_table(question), &columns,
		    GRID_ROWS, err);
		if (c->grids[i] == NULL)
			return -1;
	}
	return 0;
}

static void
set_output(struct engine_output *output, struct table_selection *columns,
    const char *table)
{
	question_find(table, &output->question);
	select_all(question_table(output->question), columns);
	output->columns = columns;
}

static int
run(struct report_capture *c, const struct input *inputs,
    const volatile sig_atomic_t *stop, struct errbuf *err)
{
	struct inputs list = { .list = NULL };
	struct engine e = run_engine(c->options, &list, stop);
	struct engine_output outputs[ENGINE_OUTPUTS_MAX] = { 0 };
	struct table_selection columns[ENGINE_OUTPUTS_MAX];
	struct opening openings[REPORT_PANELS_MAX];
	size_t n = 0;

	for (; panels[n].name != NULL; n++) {
		openings[n] = (struct opening){ c, &panels[n] };
		set_output(&outputs[n], &columns[n], panels[n].table);
		outputs[n].open = open_panel;
		outputs[n].context = &openings[n];
	}
	set_output(&outputs[n], &columns[n], "exchange");
	outputs[n].open = open_ladder;
	outputs[n].context = c;
	e.inputs = inputs;
	e.input_count = c->count;
	e.outputs = outputs;
	e.output_count = n + 1;
	e.settings = &c->settings;
	/* Captures that stay apart are read side by side by our caller. */
	e.jobs = c->options->join ? c->options->jobs : 1;
	e.done = on_done;
	e.lacks = on_lack;
	e.progress = on_progress;
	e.flows = &c->flows;
	e.context = c;
	return engine_run(&e, err);
}

/* --- which bytes it was --- */

static void
hash_file(const char *path, struct report_file *file,
    const volatile sig_atomic_t *stop)
{
	uint8_t *bytes = memory_array(HASH_BYTES, 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct sha256 h;
	struct stat st;
	ssize_t n = -1;

	sha256_init(&h);
	if (bytes != NULL && fd != -1 && fstat(fd, &st) == 0 &&
	    S_ISREG(st.st_mode))
		while ((n = read(fd, bytes, HASH_BYTES)) > 0 && !*stop)
			sha256_add(&h, bytes, (size_t)n);
	file->known = n == 0;
	file->size_bytes = h.len_bytes;
	sha256_finish(&h, file->digest);
	if (fd != -1)
		close(fd);
	free(bytes);
}

/* What can be read once only is hashed on its way; it is alone then (--join
 * wants files). */
static int
run_and_hash(struct report_capture *c, const volatile sig_atomic_t *stop,
    struct errbuf *err)
{
	struct input instead;
	struct report_once *once;
	int status;

	if (c->count == 1 && report_is_once(&c->inputs[0])) {
		once = report_once_begin(&c->inputs[0], &instead, stop, err);
		if (once == NULL)
			return -1;
		status = run(c, &instead, stop, err);
		report_once_end(once, &c->files[0]);
		return status;
	}
	status = run(c, c->inputs, stop, err);
	for (size_t i = 0; status == 0 && i < c->count && !*stop; i++)
		if (c->options->interface == NULL)
			hash_file(c->inputs[i].path, &c->files[i], stop);
	return status;
}

int
report_capture_read(struct report_capture *c,
    const volatile sig_atomic_t *stop, struct errbuf *err)
{
	struct report_ladder *l;
	struct ladder_names names = { NULL, NULL, NULL, 0 };

	if (run_and_hash(c, stop, err) == -1)
		return -1;
	l = report_capture_ladder(c);
	if (l == NULL)
		return 0;
	l->ladder.places[0].name = c->inputs[0].name;
	l->ladder.place_count = 1;
	return ladder_finish(&l->ladder, &names, err);
}

bool
report_capture_is_fit(const struct report_capture *c)
{
	bool any = false;

	for (size_t i = 0; i < c->count; i++) {
		if (c->results[i].status == INPUT_INTERRUPTED)
			return false;
		any |= c->results[i].status != INPUT_FOREIGN &&
		    c->results[i].status != INPUT_UNREADABLE;
	}
	return any && c->told == c->count;
}

struct report_ladder *
report_capture_ladder(struct report_capture *c)
{
	return c->first_tcp.flow != 0 ? &c->first_tcp :
	    c->first.flow != 0 ? &c->first : NULL;
}

void
report_capture_reset(struct report_capture *c)
{
	for (size_t i = 0; i < REPORT_PANELS_MAX; i++)
		grid_free(c->grids[i]);
	ladder_reset(&c->first.ladder);
	ladder_reset(&c->first_tcp.ladder);
	for (size_t i = 0; c->results != NULL && i < c->count; i++)
		bytes_reset(&c->results[i].lines);
	free(c->results);
	free(c->files);
	bytes_reset(&c->lacks);
	*c = (struct report_capture){ .options = NULL };
}
