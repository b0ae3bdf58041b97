#include <stdio.h>
#include <stdlib.h>

#include "analyzer/analyses/udp.h"
#include "analyzer/commands/progress.h"
#include "analyzer/commands/run.h"
#include "analyzer/report/udp_facts.h"
#include "base/memory.h"

/* The first datagram whose header is whole, of the first input that has one. */
struct example {
	struct udp_datagram datagram;
	bool found;
	/* Ends the reading: it was found, or the user has stopped us. */
	volatile sig_atomic_t enough;
	const volatile sig_atomic_t *stop;
	struct totals totals;
	struct progress progress;
};

struct example_writer {
	struct table_writer base;	/* first */
	struct example *example;
};

static int
take_row(struct table_writer *writer, const void *data, struct errbuf *err)
{
	struct example *e =
	    ((struct example_writer *)(void *)writer)->example;
	const struct udp_row *row = data;

	(void)err;
	if (e->found || !row->datagram->has_header)
		return 0;
	e->datagram = *row->datagram;
	e->found = true;
	e->enough = 1;
	return 0;
}

static int
close_example(struct table_writer *writer, bool ok, struct errbuf *err)
{
	(void)ok;
	(void)err;
	free(writer);
	return 0;
}

static struct table_writer *
open_example(void *context, const struct input *input, struct sink *ordered,
    struct errbuf *err)
{
	struct example_writer *w = memory_array(1, sizeof(*w));

	(void)input;
	(void)ordered;
	if (w == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	w->base = (struct table_writer){ take_row, close_example };
	w->example = context;
	return &w->base;
}

/* What the search passed over because it had found its example is no news. */
static void
on_done(void *context, const struct engine_result *result)
{
	struct example *e = context;

	if (!e->found || result->status != INPUT_INTERRUPTED)
		totals_add(&e->totals, result);
}

static void
on_progress(void *context, uint64_t bytes)
{
	struct example *e = context;

	(void)bytes;
	if (*e->stop)
		e->enough = 1;
}

/* Reads on one thread until there is an example. */
static void
find_example(const struct options *options, const struct inputs *inputs,
    struct example *e)
{
	struct table_selection columns;
	struct engine_output output = { .question = { &analysis_udp, 0 },
	    .open = open_example, .context = e, .columns = &columns };
	struct engine engine = run_engine(options, inputs, &e->enough);
	struct errbuf err;

	table_select_default(&udp_table, NULL, 0, &columns);
	progress_init(&e->progress, options, inputs->size_bytes);
	e->totals = (struct totals){ .options = options,
	    .progress = &e->progress, .inputs = inputs->count };
	engine.outputs = &output;
	engine.output_count = 1;
	engine.join = false;
	engine.jobs = 1;
	engine.done = on_done;
	engine.progress = on_progress;
	engine.context = e;
	if (engine_run(&engine, &err) == -1) {
		if (err.text[0] != '\0')
			run_complain(err.text);
		e->totals.output_failed = true;
	}
	progress_end(&e->progress);
}

static int
facts_with_example(const struct options *options,
    const volatile sig_atomic_t *stop)
{
	struct example e = { .stop = stop };
	struct inputs inputs;
	int status, flushed;

	if (run_check_filter(options) == -1)
		return EXIT_USAGE;
	if (run_inputs(options, &inputs) == -1)
		return EXIT_NOTHING;
	find_example(options, &inputs, &e);
	udp_facts_print(stdout, e.found ? &e.datagram : NULL);
	flushed = run_flush();
	if (!e.found)
		status = totals_finish(&e.totals, inputs.missing);
	else
		status = inputs.missing > 0 || e.totals.bad > 0 ?
		    EXIT_PARTIAL : EXIT_OK;
	inputs_reset(&inputs);
	return status != EXIT_OK ? status : flushed;
}

static int
run_facts(const struct command *command, const struct options *options,
    const volatile sig_atomic_t *stop)
{
	if (options->output != NULL || options->format_given ||
	    options->columns != NULL)
		return run_usage(command, "--facts is a text on standard "
		    "output and takes no --output, --format or --columns");
	if (options->top != 0 || options->top_by != NULL)
		return run_usage(command, "--facts is no table and takes no "
		    "--top or --by");
	if (options->join)
		return run_usage(command, "--facts shows one datagram of one "
		    "INPUT and takes no --join");
	if (options->input_count == 0 && (options->filter != NULL ||
	    options->from_ns != INT64_MIN || options->to_ns != INT64_MAX))
		return run_usage(command, "--filter, --from and --to choose "
		    "the example of --facts, and there is no INPUT");
	if (options->input_count > 0)
		return facts_with_example(options, stop);
	udp_facts_print(stdout, NULL);
	return run_flush();
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	int status = run_options(&options, command, argc, argv);

	if (status == -1 && options.facts && options.conversations)
		status = run_usage(command,
		    "--facts is a text, --conversations is a table");
	if (status == -1)
		status = options.facts ? run_facts(command, &options, stop) :
		    run_table(command, &options, options.conversations ?
		    "udp-conversations" : "udp", stop, NULL, NULL);
	options_reset(&options);
	return status;
}

const struct command command_udp = {
	.name = "udp",
	.synopsis = "udp [OPTION]... INPUT...",
	.purpose = "a row a datagram: ports, length, checksum, payload",
	.text = "Writes a row a UDP datagram: the header's four fields, whether "
	    "the checksum is\nright, the length of the payload and its "
	    "beginning.  See pcapstat-udp(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_OUTPUT | OPTIONS_COLUMNS | OPTIONS_RUN | OPTIONS_FLOW |
	    OPTIONS_UDP | OPTIONS_TOP,
	.run = run,
};
