#include "analyzer/commands/views.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analyzer/analyses/exchange.h"
#include "analyzer/capture/reader.h"
#include "base/memory.h"

int
views_open(struct views *v, const struct command *command,
    const struct options *options)
{
	struct errbuf err;

	*v = (struct views){ .options = options };
	if (options->input_count == 0)
		return run_usage(command, "no INPUT");
	if (run_check_filter(options) == -1)
		return EXIT_USAGE;
	if (run_inputs_again(options, &v->inputs) == -1)
		return EXIT_NOTHING;
	v->count = options->join && v->inputs.count > 0 ? 1 : v->inputs.count;
	if (run_check_join(options, &v->inputs, &err) == -1) {
		inputs_reset(&v->inputs);
		return run_usage(command, err.text);
	}
	return -1;
}

/* What a walk has found may be anything; what is no file is read once only. */
static bool
is_capture(const struct input *input, const volatile sig_atomic_t *stop)
{
	struct errbuf ignored;
	struct reader *reader;
	struct stat st;

	if (strcmp(input->path, "-") == 0 || stat(input->path, &st) == -1 ||
	    !S_ISREG(st.st_mode))
		return true;
	reader = reader_open_stoppable(input->path, stop, NULL, &ignored);
	reader_close(reader);
	return reader != NULL;
}

int
views_check_count(struct views *v, const struct command *command, size_t most,
    const volatile sig_atomic_t *stop)
{
	struct errbuf err;
	size_t n = 0;

	for (size_t i = 0; v->count > most && i < v->inputs.count; i++)
		n += is_capture(&v->inputs.list[i], stop);
	if (n <= most)
		return -1;
	errbuf_set(&err, "%zu captures: one exchange has at most %zu", n,
	    most);
	inputs_reset(&v->inputs);
	return run_usage(command, err.text);
}

const char *
views_name(const struct views *v, size_t view)
{
	return v->inputs.list[view].name;
}

/* What engine_output.open gets. */
struct opening {
	const struct views *views;
	const struct views_table *table;
};

struct view_writer {
	struct table_writer writer;	/* first */
	const struct views_table *table;
	size_t view;
};

static int
put_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct view_writer *w = (struct view_writer *)(void *)writer;

	return w->table->row(w->table->context, w->view, row, err);
}

static int
close_writer(struct table_writer *writer, bool ok, struct errbuf *err)
{
	(void)ok;
	(void)err;
	free(writer);
	return 0;
}

static struct table_writer *
open_writer(void *context, const struct input *input, struct sink *ordered,
    struct errbuf *err)
{
	const struct opening *o = context;
	struct view_writer *w = memory_array(1, sizeof(*w));

	(void)ordered;
	if (w == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	*w = (struct view_writer){ { put_row, close_writer }, o->table,
	    o->views->count == 1 ? 0 :
	    (size_t)(input - o->views->inputs.list) };
	return &w->writer;
}

static void
on_done(void *context, const struct engine_result *result)
{
	struct views *v = context;

	totals_add(&v->totals, result);
}

static void
on_lack(void *context, const char *line)
{
	struct views *v = context;

	progress_end(&v->progress);
	run_complain(line);
	v->totals.output_failed = true;
}

static void
on_progress(void *context, uint64_t bytes)
{
	struct views *v = context;

	progress_add(&v->progress, bytes);
}

static int
run_engine_with(struct views *v, const struct engine_output *outputs,
    size_t n, const volatile sig_atomic_t *stop)
{
	struct engine engine = run_engine(v->options, &v->inputs, stop);
	struct analysis_account flows = { 0 };
	struct errbuf err;
	int status;

	progress_init(&v->progress, v->options, v->inputs.size_bytes);
	v->totals = (struct totals){ .options = v->options,
	    .progress = &v->progress, .inputs = v->inputs.count };
	engine.outputs = outputs;
	engine.output_count = n;
	engine.done = on_done;
	engine.lacks = on_lack;
	engine.progress = on_progress;
	engine.flows = &flows;
	engine.context = v;
	status = engine_run(&engine, &err);
	totals_add_flows(&v->totals, &flows);
	progress_end(&v->progress);
	if (status == -1 && err.text[0] != '\0')
		run_complain(err.text);
	if (status == -1)
		v->totals.output_failed = true;
	return v->totals.output_failed ? -1 : 0;
}

static void
prepare_output(struct engine_output *output, struct opening *opening,
    struct table_selection *columns)
{
	const struct table *table;

	question_find(opening->table->name, &output->question);
	table = question_table(output->question);
	columns->count = table->column_count;
	for (size_t k = 0; k < table->column_count; k++)
		columns->index[k] = (uint16_t)k;
	output->open = open_writer;
	output->context = opening;
	output->columns = columns;
}

int
views_run(struct views *v, const struct views_table *tables, size_t n,
    const volatile sig_atomic_t *stop)
{
	struct engine_output outputs[ENGINE_OUTPUTS_MAX] = { 0 };
	struct opening openings[ENGINE_OUTPUTS_MAX];
	struct table_selection columns[ENGINE_OUTPUTS_MAX];

	for (size_t i = 0; i < n; i++) {
		openings[i] = (struct opening){ v, &tables[i] };
		prepare_output(&outputs[i], &openings[i], &columns[i]);
	}
	return run_engine_with(v, outputs, n, stop);
}

bool
views_are_selected(const struct views *v)
{
	const struct options *o = v->options;

	return o->filter != NULL || o->from_ns != INT64_MIN ||
	    o->to_ns != INT64_MAX;
}

static int
count_row(void *context, size_t view, const void *data, struct errbuf *err)
{
	struct place_hosts *hosts = context;
	const struct exchange_row *row = data;

	(void)err;
	place_hosts_add(&hosts[view], &row->src, &row->dst);
	return 0;
}

static void
ignore_done(void *context, const struct engine_result *result)
{
	(void)context;
	(void)result;
}

static void
ignore_lack(void *context, const char *line)
{
	(void)context;
	(void)line;
}

static void
ignore_progress(void *context, uint64_t bytes)
{
	(void)context;
	(void)bytes;
}

/* Are all inputs files, which can be read once more? */
static bool
are_files(const struct inputs *inputs)
{
	for (size_t i = 0; i < inputs->count; i++) {
		struct stat st;

		if (strcmp(inputs->list[i].path, "-") == 0 ||
		    stat(inputs->list[i].path, &st) == -1 ||
		    !S_ISREG(st.st_mode))
			return false;
	}
	return true;
}

/* What is wrong with the inputs has been told when they were read for what is
 * asked. */
static void
read_all(const struct views *v, struct place_hosts *hosts,
    const volatile sig_atomic_t *stop)
{
	const struct views_table table = { "exchange", count_row, hosts };
	struct opening opening = { v, &table };
	struct table_selection columns;
	struct engine_output output = { 0 };
	struct engine engine = run_engine(v->options, &v->inputs, stop);
	struct analysis_account flows = { 0 };
	struct errbuf ignored;

	prepare_output(&output, &opening, &columns);
	engine.filter = NULL;
	engine.from_ns = INT64_MIN;
	engine.to_ns = INT64_MAX;
	engine.outputs = &output;
	engine.output_count = 1;
	engine.done = ignore_done;
	engine.lacks = ignore_lack;
	engine.progress = ignore_progress;
	engine.flows = &flows;
	engine_run(&engine, &ignored);
}

struct place_hosts *
views_count_hosts(const struct views *v, const volatile sig_atomic_t *stop,
    struct errbuf *err)
{
	struct place_hosts *hosts = memory_array(v->count + 1,
	    sizeof(*hosts));

	if (hosts == NULL)
		errbuf_set(err, "out of memory");
	else if (are_files(&v->inputs))
		read_all(v, hosts, stop);
	return hosts;
}

int
views_close(struct views *v, bool lacks)
{
	int status;

	v->totals.output_failed |= lacks;
	status = totals_finish(&v->totals, v->inputs.missing);
	inputs_reset(&v->inputs);
	return status;
}
