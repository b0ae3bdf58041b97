/*
 * extract: packets of the inputs to a new capture.
 *
 * The inputs go through the engine's pass, one after the other, with one lane:
 * an analysis whose rows are packets.  What a pcapng says between its packets
 * comes by the reader's observer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/capture/reader.h"
#include "analyzer/capture/writer.h"
#include "analyzer/commands/flow_pick.h"
#include "analyzer/commands/run.h"
#include "analyzer/engine/join.h"
#include "analyzer/engine/pass.h"
#include "analyzer/report/format.h"
#include "base/outfile.h"

enum { PICK_AT_ONCE = 128, ANY_DIRECTION = -1 };

struct extract {
	const struct options *options;
	const struct inputs *inputs;
	int direction;			/* or ANY_DIRECTION */
	struct flow_pick *flow;		/* NULL: any */

	const char *name;		/* of the output */
	struct outfile *file;
	struct writer *writer;		/* NULL: nothing was opened yet */
	struct reader *reader;		/* of the input that is read */
	struct lanes lanes;		/* one */
	bool enough;			/* as many as --count says */
	bool block_failed;		/* that one could not be written: */
	struct errbuf why;
	bool interrupted;

	struct totals totals;
	struct progress progress;
};

/*
 * The lane.
 */

static int
write_packet(struct extract *x, const struct packet *p, struct errbuf *err)
{
	struct reader_packet block;

	if (writer_frame(x->writer, p->frame,
	    reader_packet(x->reader, p->frame, &block) ? &block : NULL,
	    err) == -1)
		return -1;
	x->enough = writer_packets(x->writer) == x->options->count;
	if (x->enough)	/* with the lane off, no more is read */
		x->lanes.lane[0].state = NULL;
	return 0;
}

static int
add_some(struct extract *x, const char *name, const struct packet *packets,
    size_t n, struct errbuf *err)
{
	bool picked[PICK_AT_ONCE];

	if (x->flow != NULL && flow_pick_add(x->flow, name, packets, n,
	    picked, err) == -1)
		return -1;
	for (size_t i = 0; i < n && !x->enough; i++) {
		if (x->flow != NULL && !picked[i])
			continue;
		if (x->direction != ANY_DIRECTION &&
		    packets[i].direction != x->direction)
			continue;
		if (write_packet(x, &packets[i], err) == -1)
			return -1;
	}
	return 0;
}

static int
add(void *state, const char *name, const struct packet *packets, size_t n,
    struct table_writer *const *writers, struct errbuf *err)
{
	struct extract *x = state;
	size_t some;

	(void)writers;
	for (size_t i = 0; i < n && !x->enough; i += some) {
		some = n - i < PICK_AT_ONCE ? n - i : PICK_AT_ONCE;
		if (add_some(x, name, packets + i, some, err) == -1)
			return -1;
	}
	if (!x->block_failed)
		return 0;
	*err = x->why;
	return -1;
}

static void
keep_state(void *state)
{
	(void)state;
}

static const struct analysis extraction = {
	.add = add,
	.state_free = keep_state,
};

static void
observe(void *context, const struct reader_block *block)
{
	struct extract *x = context;

	if (!x->block_failed &&
	    writer_block(x->writer, block, &x->why) == -1)
		x->block_failed = true;
}

/*
 * Inputs and output.
 */

static bool
ends_in(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);

	return n > m && strcmp(name + n - m, ending) == 0;
}

/* By the ending, else as the first input is. */
static enum writer_format
choose_format(const struct extract *x, bool input_is_pcapng)
{
	if (ends_in(x->name, ".pcapng"))
		return WRITER_PCAPNG;
	if (ends_in(x->name, ".pcap"))
		return WRITER_PCAP;
	return input_is_pcapng ? WRITER_PCAPNG : WRITER_PCAP;
}

/* An input was opened: the output can begin, or go on with it. */
static int
begin_input(struct extract *x, struct errbuf *err)
{
	struct reader_classic header;
	bool classic = reader_classic(x->reader, &header);

	if (x->writer == NULL)
		x->writer = writer_new(choose_format(x, !classic), x->name,
		    (uint32_t)x->options->snaplen, outfile_sink(x->file),
		    err);
	if (x->writer == NULL)
		return -1;
	reader_observe(x->reader, observe, x);
	/* Of several inputs the snaplen of the first is not enough. */
	if (x->inputs->count > 1)
		header.snaplen = 0;
	return classic ? writer_classic(x->writer, &header, err) : 0;
}

static void
read_input(struct extract *x, struct pass *pass, const struct engine *e,
    struct engine_result *result)
{
	struct lane *lane = &x->lanes.lane[0];
	struct facts facts = { "", "" };
	struct errbuf err;

	if (begin_input(x, &err) == -1) {
		lane_drop(lane, result, &err);
		return;
	}
	pass_run(pass, x->reader, &x->lanes, result, &facts);
	if (x->enough && result->status == INPUT_INTERRUPTED && !*e->stop)
		result->status = INPUT_OK;
	if (x->block_failed && lane->state != NULL)
		lane_drop(lane, result, &x->why);
}

static void
run_input(struct extract *x, struct pass *pass, const struct engine *e,
    const struct input *input)
{
	struct engine_result result = { .input = input };
	struct errbuf err;
	bool foreign;

	x->reader = engine_open(e, input, &foreign, &err);
	if (x->reader != NULL) {
		read_input(x, pass, e, &result);
	} else if (foreign && input->walked) {
		result.status = INPUT_FOREIGN;
		result_tell(&result, err.text);
	} else {
		result_worsen(&result, *e->stop ? INPUT_INTERRUPTED :
		    INPUT_UNREADABLE, err.text);
	}
	reader_close(x->reader);
	x->reader = NULL;
	x->interrupted |= result.status == INPUT_INTERRUPTED && *e->stop;
	totals_add(&x->totals, &result);
	bytes_reset(&result.lines);
}

static void
on_progress(void *context, uint64_t bytes)
{
	struct extract *x = context;

	progress_add(&x->progress, bytes);
}

/* What an interface brings, also while it brings nothing. */
static int
on_frames(void *context, const struct reader *reader,
    const struct frame *frames, size_t n, struct errbuf *err)
{
	struct extract *x = context;

	(void)reader;
	(void)err;
	progress_frames(&x->progress, frames, n);
	return 0;
}

static bool
on_idle(void *context)
{
	struct extract *x = context;

	progress_frames(&x->progress, NULL, 0);
	return false;
}

/* All inputs, one after the other. */
static int
run_all(struct extract *x, const struct input *list,
    const volatile sig_atomic_t *stop, struct errbuf *err)
{
	struct engine engine = run_engine(x->options, x->inputs, stop);
	struct pass *pass;

	engine.progress = on_progress;
	engine.context = x;
	if (x->options->interface != NULL) {
		engine.tap = on_frames;
		engine.snapshot = on_idle;
	}
	pass = pass_new(&engine, err);
	if (pass == NULL)
		return -1;
	x->lanes.count = 1;
	x->lanes.lane[0].analysis = &extraction;
	x->lanes.lane[0].state = x;
	for (size_t i = 0; i < x->inputs->count &&
	    (!*stop || list[i].live != NULL) &&
	    x->lanes.lane[0].state != NULL; i++)
		run_input(x, pass, &engine, &list[i]);
	/* Those that nobody needed are not missing. */
	if (x->enough)
		x->totals.inputs = x->totals.told;
	x->interrupted |= x->totals.told < x->totals.inputs && *stop;
	pass_free(pass);
	return 0;
}


/*
 * The end.
 */

static const char *
plural(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

/* What the new capture does not hold, though the inputs did. */
static void
tell_losses(const struct extract *x)
{
	struct writer_losses l;

	writer_losses(x->writer, &l);
	if (l.comments > 0)
		run_tell("%s: %llu %s left out, which only pcapng can hold",
		    x->name, (unsigned long long)l.comments,
		    plural(l.comments, "comment", "comments"));
	if (l.names + l.secrets > 0)
		run_tell("%s: %llu %s of names or secrets left out, which "
		    "only pcapng can hold", x->name,
		    (unsigned long long)(l.names + l.secrets),
		    plural(l.names + l.secrets, "block", "blocks"));
	if (l.others > 0)
		run_tell("%s: %llu %s left out: no packets, names, statistics "
		    "or secrets", x->name, (unsigned long long)l.others,
		    plural(l.others, "block", "blocks"));
}

/* Is the new capture as it was asked for?  Tells where it is not. */
static bool
is_whole(struct extract *x)
{
	struct analysis_account flows = { 0 };

	if (x->flow != NULL)
		flow_pick_account(x->flow, &flows);
	totals_add_flows(&x->totals, &flows);
	if (x->writer == NULL || x->totals.output_failed)
		return false;
	/* What a stream has got already cannot be taken back. */
	if (x->interrupted && x->options->output != NULL) {
		run_tell("%s: not written, since the reading was interrupted",
		    x->name);
		return false;
	}
	if (x->flow != NULL && !x->interrupted &&
	    flows.flows < x->options->flow) {
		run_tell("--flow %llu: the capture has %llu %s",
		    (unsigned long long)x->options->flow,
		    (unsigned long long)flows.flows,
		    plural(flows.flows, "flow", "flows"));
		x->totals.output_failed = true;
		return false;
	}
	return true;
}

static void
close_output(struct extract *x)
{
	struct errbuf err, ignored;
	uint64_t packets;

	progress_end(&x->progress);
	if (!is_whole(x)) {
		outfile_close(x->file, false, &ignored);
		return;
	}
	packets = writer_packets(x->writer);
	if (writer_finish(x->writer, &err) == -1) {
		outfile_close(x->file, false, &ignored);
	} else if (outfile_close(x->file, true, &err) == 0) {
		tell_losses(x);
		if (!x->options->quiet)
			fprintf(stderr, "%llu %s written to %s\n",
			    (unsigned long long)packets,
			    plural(packets, "packet", "packets"), x->name);
		return;
	}
	run_complain(err.text);
	x->totals.output_failed = true;
}

/*
 * The command line.
 */

static int
find_direction(const char *word, int *direction)
{
	static const char *const words[DIRECTIONS] = {
		[DIRECTION_IN] = "in",
		[DIRECTION_OUT] = "out",
		[DIRECTION_OTHER] = "other",
		[DIRECTION_SKIPPED] = "skipped",
	};

	*direction = ANY_DIRECTION;
	if (word == NULL)
		return 0;
	for (int i = 0; i < DIRECTIONS; i++)
		if (strcmp(words[i], word) == 0) {
			*direction = i;
			return 0;
		}
	return -1;
}

/* A name that promises what is not written. */
static bool
misleads(const char *name)
{
	static const char *const endings[] = { ".gz", ".zst", ".lz4", ".xz" };
	enum format format;

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (ends_in(name, endings[i]))
			return true;
	return format_by_path(name, &format) == 0;
}

/* -1 with the reason: wrong usage. */
static int
check_options(struct extract *x, struct errbuf *err)
{
	const struct options *o = x->options;

	if (o->input_count == 0) {
		errbuf_set(err, "no INPUT");
		return -1;
	}
	if (find_direction(o->direction, &x->direction) == -1) {
		errbuf_set(err, "--direction %s: not in, out, other or "
		    "skipped", o->direction);
		return -1;
	}
	if (o->output == NULL && isatty(STDOUT_FILENO)) {
		errbuf_set(err, "a capture does not go to a terminal: name a "
		    "file with --output");
		return -1;
	}
	if (o->output != NULL && misleads(o->output)) {
		errbuf_set(err, "--output %s: only .pcap and .pcapng are "
		    "written", o->output);
		return -1;
	}
	return 0;
}

static int
check_inputs(const struct extract *x, struct errbuf *err)
{
	if (x->options->flow != 0 && !x->options->join &&
	    x->inputs->count > 1) {
		errbuf_set(err, "--flow: %zu inputs have flows with that "
		    "number (--join makes them one capture)",
		    x->inputs->count);
		return -1;
	}
	return run_check_join(x->options, x->inputs, err);
}

/* All that the reading needs; -1 with the reason. */
static int
open_all(struct extract *x, struct input **joined, struct errbuf *err)
{
	const struct options *o = x->options;

	*joined = NULL;
	if (run_check_output(o, x->inputs, err) == -1)
		return -1;
	if (o->join && (*joined = join_order(x->inputs->list,
	    x->inputs->count, err)) == NULL)
		return -1;
	if (o->flow != 0 && (x->flow = flow_pick_new(o->flow, &o->settings,
	    err)) == NULL)
		return -1;
	x->file = outfile_open(o->output == NULL ? "-" : o->output, err);
	return x->file == NULL ? -1 : 0;
}

static int
extract(struct extract *x, const volatile sig_atomic_t *stop)
{
	struct input *joined;
	struct errbuf err;
	int status = EXIT_PARTIAL;

	if (open_all(x, &joined, &err) == -1) {
		run_complain(err.text);
	} else {
		progress_init(&x->progress, x->options,
		    x->inputs->size_bytes);
		x->totals = (struct totals){ .options = x->options,
		    .progress = &x->progress, .inputs = x->inputs->count };
		if (run_all(x, joined != NULL ? joined : x->inputs->list,
		    stop, &err) == -1) {
			run_complain(err.text);
			x->totals.output_failed = true;
		}
		close_output(x);
		status = totals_finish(&x->totals, x->inputs->missing);
	}
	writer_free(x->writer);
	flow_pick_free(x->flow);
	free(joined);
	return status;
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	struct inputs inputs;
	struct extract x = { .options = &options, .inputs = &inputs };
	struct errbuf err;
	int status = run_options(&options, command, argc, argv);

	if (status != -1)
		goto end;
	x.name = options.output == NULL ? "standard output" : options.output;
	if (check_options(&x, &err) == -1) {
		status = run_usage(command, err.text);
	} else if (run_check_filter(&options) == -1) {
		status = EXIT_USAGE;
	} else if (run_inputs(&options, &inputs) == -1) {
		status = EXIT_NOTHING;
	} else {
		status = check_inputs(&x, &err) == -1 ?
		    run_usage(command, err.text) : extract(&x, stop);
		inputs_reset(&inputs);
	}
end:
	options_reset(&options);
	return status;
}

const struct command command_extract = {
	.name = "extract",
	.synopsis = "extract [OPTION]... INPUT... -o CAPTURE",
	.purpose = "the packets of a filter, flow, window or direction, as a "
	    "capture",
	.text = "Writes the packets that the options name to a new pcap or "
	    "pcapng capture, with\ntheir comments.  INPUT is a capture, a "
	    "folder of captures, or - for standard\ninput.  See "
	    "pcapstat-extract(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_FLOW | OPTIONS_EXTRACT | OPTIONS_RUN,
	.run = run,
};
