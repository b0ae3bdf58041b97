#include "analyzer/commands/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/capture/filter.h"
#include "analyzer/commands/guard.h"
#include "analyzer/commands/live_input.h"
#include "analyzer/commands/live_view.h"
#include "analyzer/commands/table_output.h"
#include "analyzer/commands/version.h"
#include "analyzer/report/display.h"

void
run_tell(const char *format, ...)
{
	struct bytes clean = { 0 };
	char *line;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&line, format, ap);
	va_end(ap);
	fputs("pcapstat: ", stderr);
	if (n < 0)
		fputs("out of memory", stderr);
	else if (display_clean(&clean, line) == 0)
		fwrite(clean.data, 1, clean.len, stderr);
	fputc('\n', stderr);
	bytes_reset(&clean);
	if (n >= 0)
		free(line);
}

void
run_complain(const char *line)
{
	run_tell("%s", line);
}

int
run_usage(const struct command *command, const char *line)
{
	if (line[0] != '\0')
		run_complain(line);
	if (command->name[0] == '\0')
		fprintf(stderr, "try: pcapstat --help\n");
	else
		fprintf(stderr, "try: pcapstat %s --help\n", command->name);
	return EXIT_USAGE;
}

int
run_flush(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_OK;
	run_tell("standard output: %s", strerror(errno));
	return EXIT_PARTIAL;
}

int
run_options(struct options *options, const struct command *command, int argc,
    char **argv)
{
	struct errbuf err;

	if (options_parse(options, command, argc, argv, &err) == -1)
		return run_usage(command, err.text);
	if (options->help) {
		options_help(command);
		return run_flush();
	}
	if (options->version) {
		version_print();
		return run_flush();
	}
	return -1;
}

static void
complain(void *context, const char *line)
{
	(void)context;
	run_complain(line);
}

int
run_inputs(const struct options *options, struct inputs *inputs)
{
	struct errbuf err;

	int status = 0;

	inputs_init(inputs);
	if (options->interface != NULL)
		status = live_input_open(options, inputs, &err);
	else
		for (size_t i = 0; status == 0 && i < options->input_count; i++)
			status = inputs_add(inputs, options->inputs[i],
			    complain, NULL, &err);
	if (status == 0)
		return 0;
	run_complain(err.text);
	inputs_reset(inputs);
	return -1;
}

/* What is captured now is captured in vain where the result has no place. */
static int
check_place(const char *path, struct errbuf *err)
{
	const char *slash = path == NULL ? NULL : strrchr(path, '/');
	struct stat st;
	char *folder;
	int status;

	if (path == NULL || strcmp(path, "-") == 0 ||
	    (stat(path, &st) == 0 && !S_ISREG(st.st_mode)))
		return 0;
	folder = slash == NULL ? strdup(".") :
	    strndup(path, (size_t)(slash + 1 - path));
	status = folder == NULL ? -1 :
	    faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS);
	if (status == -1)
		errbuf_set(err, "%s: %s", path, strerror(errno));
	free(folder);
	return status;
}

int
run_inputs_again(const struct options *options, struct inputs *inputs)
{
	struct errbuf err;

	if (run_inputs(options, inputs) == -1)
		return -1;
	if (options->interface == NULL ||
	    (check_place(options->output, &err) == 0 &&
	    check_place(options->page, &err) == 0 &&
	    live_input_record(options, inputs, &err) == 0))
		return 0;
	run_complain(err.text);
	inputs_reset(inputs);
	return -1;
}

int
run_check_filter(const struct options *options)
{
	struct errbuf err;
	struct filter *filter;

	if (options->filter == NULL)
		return 0;
	filter = filter_new(options->filter, &err);
	if (filter == NULL) {
		errbuf_prefix(&err, "--filter");
		run_complain(err.text);
		return -1;
	}
	filter_free(filter);
	return 0;
}

struct engine
run_engine(const struct options *options, const struct inputs *inputs,
    const volatile sig_atomic_t *stop)
{
	return (struct engine){
		.inputs = inputs->list,
		.input_count = inputs->count,
		.settings = &options->settings,
		.local = &options->local,
		.filter = options->filter,
		.from_ns = options->from_ns,
		.to_ns = options->to_ns,
		.join = options->join,
		/* One input, and a snapshot takes one thread. */
		.jobs = options->interface != NULL ? 1 : options->jobs,
		.ring = inputs->ring,
		.stop = stop,
	};
}

/* What the engine's callbacks get. */
struct callbacks {
	struct totals totals;
	struct progress progress;
	struct live_view view;
};

static void
on_done(void *context, const struct engine_result *result)
{
	struct callbacks *c = context;
	struct engine_result own = *result;

	if (c->view.is_child)	/* it only draws */
		return;
	live_view_end(&c->view);
	if (c->view.finds_flows)
		own.flows = (struct analysis_account){ 0 };
	totals_add(&c->totals, &own);
}

static void
on_lack(void *context, const char *line)
{
	struct callbacks *c = context;

	if (c->view.is_child)
		return;
	progress_end(&c->progress);
	run_complain(line);
	c->totals.output_failed = true;
}

static void
on_progress(void *context, uint64_t bytes)
{
	struct callbacks *c = context;

	progress_add(&c->progress, bytes);
}

static bool
on_snapshot(void *context)
{
	struct callbacks *c = context;

	return live_view_snapshot(&c->view);
}

static void
on_rows(void *context)
{
	struct callbacks *c = context;

	progress_pause(&c->progress);
	progress_resume(&c->progress);
	live_view_clear(&c->view);
}

/* The inputs through the engine; the table is complete unless it returns -1. */
static int
run_inputs_through(const struct options *options,
    const struct inputs *inputs, struct engine_output *outputs,
    size_t output_count, struct table_output *table,
    const volatile sig_atomic_t *stop, struct callbacks *c)
{
	struct engine engine = run_engine(options, inputs, stop);
	struct analysis_account flows = { 0 };
	struct errbuf err;
	int status;

	progress_init(&c->progress, options, inputs->size_bytes);
	c->totals = (struct totals){ .options = options,
	    .progress = &c->progress, .inputs = inputs->count };
	live_view_init(&c->view, options, inputs, &outputs[0].question);
	if (c->view.on) {
		progress_end(&c->progress);
		engine.snapshot = on_snapshot;
	}
	engine.prompt = inputs->live != NULL;
	table->before_rows = on_rows;
	table->context = c;
	engine.outputs = outputs;
	engine.output_count = live_view_add(&c->view, outputs, output_count);
	engine.done = on_done;
	engine.lacks = on_lack;
	engine.progress = on_progress;
	engine.flows = &flows;
	engine.context = c;
	status = engine_run(&engine, &err);
	if (c->view.is_child)
		live_view_draw(&c->view);
	live_view_end(&c->view);
	totals_add_flows(&c->totals, &flows);
	progress_end(&c->progress);
	if (status == -1 && err.text[0] != '\0')
		run_complain(err.text);
	if (status == -1)
		c->totals.output_failed = true;
	if (table_output_close(table, status == 0, &err) == -1) {
		run_complain(err.text);
		c->totals.output_failed = true;
	}
	return status;
}

int
run_check_join(const struct options *options, const struct inputs *inputs,
    struct errbuf *err)
{
	for (size_t i = 0; options->join && inputs->count > 1 &&
	    i < inputs->count; i++) {
		const char *path = inputs->list[i].path;
		bool is_stdin = strcmp(path, "-") == 0;
		struct stat st;

		if (!is_stdin && (stat(path, &st) == -1 ||
		    S_ISREG(st.st_mode)))
			continue;
		errbuf_set(err, "%s can be read once only, and so not be "
		    "joined with other inputs", is_stdin ? "standard input" :
		    path);
		return -1;
	}
	return 0;
}

bool
run_would_replace(const struct options *options, const char *path)
{
	struct stat source, result;

	return options->output != NULL && stat(path, &source) == 0 &&
	    stat(options->output, &result) == 0 &&
	    source.st_dev == result.st_dev &&
	    source.st_ino == result.st_ino && S_ISREG(source.st_mode);
}

int
run_check_output(const struct options *options, const struct inputs *inputs,
    struct errbuf *err)
{
	struct guard *guard;
	int status;

	if (options->output == NULL)
		return 0;
	guard = guard_new(inputs, err);
	if (guard == NULL)
		return -1;
	status = guard_check(guard, options->output, err);
	guard_free(guard);
	return status;
}

/* The inputs are known; -1, or the exit status where there is no output. */
static int
open_output(const struct command *command, const struct options *options,
    const struct table *shape, const struct inputs *inputs,
    void (*before)(const void *row), struct table_output *table)
{
	struct errbuf err;
	bool usage = false;

	if (run_check_join(options, inputs, &err) == -1)
		return run_usage(command, err.text);
	if (run_check_output(options, inputs, &err) == 0 &&
	    table_output_open(table, options, shape, before, &usage,
	    &err) == 0)
		return -1;
	if (usage)
		return run_usage(command, err.text);
	run_complain(err.text);
	return EXIT_PARTIAL;
}

int
run_open(const struct command *command, const struct options *options,
    struct inputs *inputs)
{
	if (options->input_count == 0)
		return run_usage(command, "no INPUT");
	if (run_check_filter(options) == -1)
		return EXIT_USAGE;
	return run_inputs(options, inputs) == -1 ? EXIT_NOTHING : -1;
}

int
run_table_over(const struct command *command, const struct options *options,
    const struct inputs *inputs, const char *table_name,
    const volatile sig_atomic_t *stop, const struct engine_output *extra,
    void (*before)(const void *row), struct account *account)
{
	struct question question;
	struct engine_output outputs[2 + LIVE_VIEW_TABLES];
	struct table_output table;
	struct callbacks callbacks;
	int status;

	question_find(table_name, &question);
	status = open_output(command, options, question_table(question),
	    inputs, before, &table);
	if (status == -1) {
		outputs[0] = (struct engine_output){ .question = question,
		    .open = table_output_writer, .context = &table,
		    .shared = table_output_sink(&table),
		    .separator = format_separator_bytes(options->format),
		    .columns = &table.wanted };
		if (extra != NULL)
			outputs[1] = *extra;
		run_inputs_through(options, inputs, outputs,
		    extra != NULL ? 2 : 1, &table, stop, &callbacks);
		if (account != NULL)
			*account = callbacks.totals.account;
		status = totals_finish(&callbacks.totals, inputs->missing);
	}
	return status;
}

int
run_table(const struct command *command, const struct options *options,
    const char *table_name, const volatile sig_atomic_t *stop,
    const struct engine_output *extra, void (*before)(const void *row))
{
	struct inputs inputs;
	int status = run_open(command, options, &inputs);

	if (status != -1)
		return status;
	status = run_table_over(command, options, &inputs, table_name, stop,
	    extra, before, NULL);
	inputs_reset(&inputs);
	return status;
}

int
run_table_command(const struct command *command, int argc, char **argv,
    const char *table_name, const volatile sig_atomic_t *stop)
{
	struct options options;
	int status = run_options(&options, command, argc, argv);

	if (status == -1)
		status = run_table(command, &options, table_name, stop, NULL,
		    NULL);
	options_reset(&options);
	return status;
}
