/*
 * batch: a folder of captures to out.csv and, on demand, a NAME_out.csv each,
 * and other tables.
 *
 * Rows are kept per capture until its turn has come, written to out.csv and to
 * the journal, from which a later run with --resume takes them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/commands/batch_journal.h"
#include "analyzer/commands/batch_packets.h"
#include "analyzer/commands/batch_tables.h"
#include "analyzer/commands/guard.h"
#include "analyzer/commands/journal.h"
#include "analyzer/commands/run.h"
#include "base/memory.h"
#include "base/outfile.h"

/* The row of one capture, on its way to out.csv. */
struct row_sink {
	struct sink sink;	/* first */
	struct bytes bytes;
	struct journal_stamp stamp;	/* before the capture is read */
	char *key;		/* in the journal; owned */
	const struct journal_record *known;	/* by an earlier run */
};

struct batch {
	const struct options *options;
	struct table_selection columns;
	struct journal *journal;
	struct outfile *out;
	struct inputs all;		/* what the options name */
	struct guard *guard;		/* of all */
	struct row_sink *rows;		/* one for each of all */
	bool *clashes;			/* the same: see batch_packets.h */
	struct batch_tables tables;
	struct input *fresh;		/* those that have to be read */
	size_t *fresh_index;		/* their places in all */
	size_t fresh_count;
	size_t next_row;		/* of all, to be written */
	size_t next_fresh;
	bool interrupted;		/* an input was not read to its end */
	bool failed;			/* out.csv cannot be written any more */
	bool journal_failed;		/* what is known stays readable */
	struct totals totals;
	struct progress progress;
};

/* Of one of the inputs that are read. */
static struct row_sink *
row_of(const struct batch *b, const struct input *input)
{
	return &b->rows[b->fresh_index[input - b->fresh]];
}

static struct table_writer *
open_packets(void *context, const struct input *input, struct sink *ordered,
    struct errbuf *err)
{
	struct batch *b = context;
	size_t place = b->fresh_index[input - b->fresh];

	(void)ordered;
	return batch_packets_open(b->options->folder, input,
	    b->clashes[place], b->guard, err);
}

static int
row_write(struct sink *sink, const void *data, size_t n, struct errbuf *err)
{
	struct row_sink *row = (struct row_sink *)(void *)sink;

	if (bytes_append(&row->bytes, data, n) == 0)
		return 0;
	errbuf_set(err, "out of memory for a row");
	return -1;
}

static struct table_writer *
open_summary(void *context, const struct input *input, struct sink *ordered,
    struct errbuf *err)
{
	struct batch *b = context;
	struct row_sink *row = row_of(b, input);

	(void)ordered;
	row->sink.write = row_write;
	return format_writer(FORMAT_CSV, analysis_summary.tables[0], &b->columns,
	    &row->sink, err);
}

static void
fail(struct batch *b, const struct errbuf *err)
{
	progress_pause(&b->progress);
	run_complain(err->text);
	progress_resume(&b->progress);
	b->totals.output_failed = true;
}

static void
write_out(struct batch *b, const void *data, size_t n)
{
	struct sink *sink = outfile_sink(b->out);
	struct errbuf err;

	if (b->failed || n == 0)
		return;
	if (sink->write(sink, data, n, &err) == -1) {
		b->failed = true;
		fail(b, &err);
	}
}

/* The rows that an earlier run has made, up to the next that is fresh. */
static void
write_known(struct batch *b, size_t end)
{
	for (; b->next_row < end; b->next_row++) {
		const struct journal_record *r = b->rows[b->next_row].known;

		if (r == NULL)
			continue;
		write_out(b, r->row, r->row_len);
		totals_add_known(&b->totals, &r->account,
		    r->status == INPUT_OK);
	}
}

/* A capture that has been read whole, or as far as it goes, is finished. */
static void
remember(struct batch *b, const struct engine_result *r, struct row_sink *row)
{
	struct journal_record record = {
		.capture = row->stamp, .status = r->status,
		.account = r->account, .key = row->key,
		.row = (const char *)row->bytes.data,
		.row_len = row->bytes.len,
	};
	struct errbuf err;

	if (r->status == INPUT_INTERRUPTED || r->status == INPUT_UNREADABLE ||
	    r->status == INPUT_FOREIGN || r->output_failed ||
	    b->journal_failed)
		return;
	if (b->options->packets) {
		char *path = batch_packets_path(b->options->folder,
		    r->input, &err);

		if (path != NULL)
			record.packets = journal_stamp(path);
		free(path);
	}
	if (journal_add(b->journal, &record, &err) == -1) {
		b->journal_failed = true;
		fail(b, &err);
	}
}

static void
on_done(void *context, const struct engine_result *result)
{
	struct batch *b = context;
	size_t place = b->fresh_index[b->next_fresh++];
	struct row_sink *row = &b->rows[place];

	write_known(b, place);
	b->next_row = place + 1;
	b->interrupted |= result->status == INPUT_INTERRUPTED;
	write_out(b, row->bytes.data, row->bytes.len);
	remember(b, result, row);
	bytes_reset(&row->bytes);
	totals_add(&b->totals, result);
}

static void
on_progress(void *context, uint64_t bytes)
{
	struct batch *b = context;

	progress_add(&b->progress, bytes);
}

/* What an interface brings, also while it brings nothing. */
static int
on_frames(void *context, const struct reader *reader,
    const struct frame *frames, size_t n, struct errbuf *err)
{
	struct batch *b = context;

	(void)reader;
	(void)err;
	progress_frames(&b->progress, frames, n);
	return 0;
}

static bool
on_idle(void *context)
{
	struct batch *b = context;

	progress_frames(&b->progress, NULL, 0);
	return false;
}

static bool
has_packets(const struct batch *b, const struct input *input,
    const struct journal_record *r)
{
	struct errbuf ignored;
	char *path = batch_packets_path(b->options->folder, input, &ignored);
	bool same = path != NULL && r->packets.mtime_ns != 0 &&
	    journal_same(r->packets, journal_stamp(path));

	free(path);
	return same;
}

/* Has an earlier run made the row, and the packets' file, of this capture as
 * they are now? */
static const struct journal_record *
find_known(const struct batch *b, const struct input *input,
    const struct row_sink *row)
{
	const struct journal_record *r = journal_find(b->journal, row->key);

	if (!b->options->resume || r == NULL || row->stamp.mtime_ns == 0 ||
	    !journal_same(r->capture, row->stamp))
		return NULL;
	return b->options->packets && !has_packets(b, input, r) ? NULL : r;
}

static int
sort_out_inputs(struct batch *b, struct errbuf *err)
{
	size_t n = b->all.count;

	b->rows = memory_array(n, sizeof(*b->rows));
	b->fresh = memory_array(n, sizeof(*b->fresh));
	b->fresh_index = memory_array(n, sizeof(*b->fresh_index));
	if (b->rows == NULL || b->fresh == NULL || b->fresh_index == NULL) {
		errbuf_set(err, "out of memory for %zu inputs", n);
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		const struct input *input = &b->all.list[i];
		struct row_sink *row = &b->rows[i];

		row->stamp = journal_stamp(input->path);
		row->key = batch_journal_key(input);
		if (row->key == NULL) {
			errbuf_set(err, "%s: out of memory", input->path);
			return -1;
		}
		row->known = find_known(b, input, row);
		if (row->known != NULL)
			continue;
		b->fresh_index[b->fresh_count] = i;
		b->fresh[b->fresh_count++] = *input;
	}
	return 0;
}

static int
open_out(struct batch *b, struct errbuf *err)
{
	size_t room = strlen(b->options->folder) + sizeof("/out.csv");
	char *path = memory_array(room, 1);

	if (path == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	snprintf(path, room, "%s/out.csv", b->options->folder);
	b->guard = guard_new(&b->all, err);
	if (b->guard != NULL && guard_check(b->guard, path, err) == 0 &&
	    outfile_mkdirs(b->options->folder, err) == 0)
		b->out = outfile_open(path, err);
	free(path);
	if (b->out == NULL)
		return -1;
	return format_begin(FORMAT_CSV, analysis_summary.tables[0], &b->columns,
	    outfile_sink(b->out), err);
}

/* 0 where it is not known. */
static uint64_t
fresh_bytes(const struct batch *b)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < b->fresh_count && !b->all.size_unknown; i++)
		sum += b->fresh[i].size_bytes;
	return sum;
}

/* The rows of out.csv, the packets of each, and the tables: out[0] to what is
 * returned. */
static size_t
make_outputs(struct batch *b, const struct table_selection *packets,
    struct engine_output *out)
{
	size_t n = 0;

	out[n++] = (struct engine_output){
		.question = { &analysis_summary, 0 }, .open = open_summary,
		.context = b, .columns = &b->columns };
	if (b->options->packets)
		out[n++] = (struct engine_output){
			.question = { &analysis_packets, 0 },
			.open = open_packets, .context = b,
			.columns = packets, .own_file = true };
	batch_tables_outputs(&b->tables, out + n);
	return n + b->tables.count;
}

/* All that is to be read; -1 where it could not be gone through. */
static int
run_engine_over(struct batch *b, const volatile sig_atomic_t *stop,
    struct errbuf *err)
{
	struct engine_output *outputs = memory_array(2 + b->tables.count,
	    sizeof(*outputs));
	struct engine e = run_engine(b->options, &b->all, stop);
	struct table_selection packets;
	int status = 0;

	if (outputs == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	table_select_default(analysis_packets.tables[0], NULL, 0, &packets);
	e.inputs = b->fresh;
	e.input_count = b->fresh_count;
	e.outputs = outputs;
	e.output_count = make_outputs(b, &packets, outputs);
	e.done = on_done;
	e.progress = on_progress;
	e.context = b;
	if (b->options->interface != NULL) {
		e.tap = on_frames;
		e.snapshot = on_idle;
	}
	if (b->fresh_count > 0)
		status = engine_run(&e, err);
	free(outputs);
	return status;
}

static void
run_fresh(struct batch *b, const volatile sig_atomic_t *stop)
{
	struct errbuf err;

	progress_init(&b->progress, b->options, fresh_bytes(b));
	b->totals = (struct totals){ .options = b->options,
	    .progress = &b->progress, .inputs = b->all.count };
	if (run_engine_over(b, stop, &err) == -1) {
		b->failed = true;
		fail(b, &err);
	}
	/* After an interruption, those known behind the last that was read. */
	write_known(b, b->all.count);
	progress_end(&b->progress);
}

static void
tell_failure(void *context, const struct errbuf *line)
{
	fail(context, line);
}

/* Results appear; what is known of finished captures stays in the journal. */
static void
close_results(struct batch *b)
{
	bool whole = !b->failed && !b->interrupted &&
	    b->next_fresh == b->fresh_count;
	struct errbuf err;

	batch_tables_close(&b->tables, whole, tell_failure, b);
	if (outfile_close(b->out, !b->failed, &err) == -1)
		fail(b, &err);
	b->out = NULL;
}

static void
release(struct batch *b)
{
	struct errbuf ignored;

	outfile_close(b->out, false, &ignored);
	batch_tables_reset(&b->tables);
	journal_close(b->journal);
	guard_free(b->guard);
	for (size_t i = 0; b->rows != NULL && i < b->all.count; i++) {
		bytes_reset(&b->rows[i].bytes);
		free(b->rows[i].key);
	}
	free(b->fresh_index);
	free(b->fresh);
	free(b->rows);
	free(b->clashes);
	inputs_reset(&b->all);
}

/* What the options ask for, before anything is looked at.  -1, or the exit
 * status. */
static int
check_options(const struct command *command, struct batch *b)
{
	const struct options *o = b->options;
	struct errbuf err;

	table_select_default(analysis_summary.tables[0], NULL, 0, &b->columns);
	if (o->columns != NULL && table_select(analysis_summary.tables[0],
	    o->columns, &b->columns, &err) == -1)
		return run_usage(command, err.text);
	if (o->input_count == 0)
		return run_usage(command, "no INPUT");
	if (o->interface != NULL && o->resume)
		return run_usage(command, "--resume is for captures, not for "
		    "an interface");
	if (batch_tables_init(&b->tables, o, &err) == -1)
		return run_usage(command, err.text);
	return run_check_filter(o) == -1 ? EXIT_USAGE : -1;
}

static int
open_results(struct batch *b, struct errbuf *err)
{
	if (open_out(b, err) == -1)
		return -1;
	b->journal = batch_journal_open(b->options, err);
	if (b->journal == NULL || sort_out_inputs(b, err) == -1 ||
	    batch_tables_open(&b->tables, b->guard, err) == -1)
		return -1;
	if (!b->options->packets)
		return 0;
	b->clashes = batch_packets_clashes(b->options->folder, &b->all, err);
	return b->clashes == NULL ? -1 : 0;
}

static int
run_batch(const struct command *command, const struct options *options,
    const volatile sig_atomic_t *stop)
{
	struct batch b = { .options = options };
	struct errbuf err;
	int status = check_options(command, &b);

	if (status != -1)
		goto end;
	status = EXIT_NOTHING;
	if (run_inputs(options, &b.all) == -1)
		goto end;
	status = EXIT_PARTIAL;
	if (open_results(&b, &err) == -1) {
		run_complain(err.text);
		goto end;
	}
	run_fresh(&b, stop);
	close_results(&b);
	status = totals_finish(&b.totals, b.all.missing);
end:
	release(&b);
	return status;
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	int status = run_options(&options, command, argc, argv);

	if (status == -1)
		status = run_batch(command, &options, stop);
	options_reset(&options);
	return status;
}

const struct command command_batch = {
	.name = "batch",
	.synopsis = "batch [OPTION]... INPUT...",
	.purpose = "out.csv for folders of captures, and a file a capture",
	.text = "Writes out.csv, a row a capture, into DIR and, with --packets, "
	    "NAME_out.csv for each\ncapture NAME, in sub-folders as the "
	    "captures are; with --tables, NAME.csv for each of these tables.  "
	    "See\npcapstat-batch(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_COLUMNS |
	    OPTIONS_RUN | OPTIONS_FLOW | OPTIONS_TIMELINE | OPTIONS_BATCH,
	.run = run,
};
