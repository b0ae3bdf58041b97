/*
 * batch: a folder of captures to out.csv and, on demand, a NAME_out.csv each.
 *
 * Rows are kept per capture until its turn has come, written to out.csv and to
 * the journal, from which a later run with --resume takes them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/commands/guard.h"
#include "analyzer/commands/ipv4_packets.h"
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
	bool clashes;		/* another input wants its NAME_out.csv */
};

struct batch {
	const struct options *options;
	struct table_selection columns;
	struct journal *journal;
	struct outfile *out;
	struct inputs all;		/* what the options name */
	struct guard *guard;		/* of all */
	struct row_sink *rows;		/* one for each of all */
	struct input *fresh;		/* those that have to be read */
	size_t *fresh_index;		/* their places in all */
	size_t fresh_count;
	size_t next_row;		/* of all, to be written */
	size_t next_fresh;
	bool failed;			/* out.csv cannot be written any more */
	bool journal_failed;		/* what is known stays readable */
	struct totals totals;
	struct progress progress;
};

/* DIR/NAME_out.csv: below the walked folder as there, else by the file name. */
static char *
out_path(const struct batch *b, const struct input *input, struct errbuf *err)
{
	return ipv4_packets_path(b->options->folder, input->walked ?
	    input->name : ipv4_packets_base_name(input->name), err);
}

/* Of one of the inputs that are read. */
static struct row_sink *
row_of(const struct batch *b, const struct input *input)
{
	return &b->rows[b->fresh_index[input - b->fresh]];
}

/* A walked capture's packets go below a folder of the same name. */
static int
make_folder(const char *path, struct errbuf *err)
{
	char *folder = strdup(path);
	int status = -1;

	if (folder == NULL) {
		errbuf_set(err, "%s: out of memory", path);
	} else {
		*strrchr(folder, '/') = '\0';
		status = outfile_mkdirs(folder, err);
	}
	free(folder);
	return status;
}

static struct table_writer *
open_packets(void *context, const struct input *input, struct sink *ordered,
    struct errbuf *err)
{
	struct batch *b = context;
	char *path = out_path(b, input, err);
	struct table_writer *writer = NULL;

	(void)ordered;
	if (path == NULL)
		return NULL;
	if (row_of(b, input)->clashes)
		errbuf_set(err, "%s: another input would be written there too",
		    path);
	else if (guard_check(b->guard, path, err) == 0 &&
	    (!input->walked || make_folder(path, err) == 0))
		writer = ipv4_packets_open(path, err);
	free(path);
	return writer;
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
		char *path = out_path(b, r->input, &err);

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

/* The options on which values depend, as one line. */
static int
describe_settings(const struct options *o, struct bytes *line)
{
	char numbers[128];
	const char *parts[] = { PACKAGE_VERSION, " local ", o->local_text,
	    " columns ", o->columns == NULL ? "" : o->columns, numbers,
	    o->filter == NULL ? "" : o->filter };

	snprintf(numbers, sizeof(numbers), " from %lld to %lld packets %d "
	    "filter ", (long long)o->from_ns, (long long)o->to_ns, o->packets);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (bytes_append(line, parts[i], strlen(parts[i])) == -1)
			return -1;
	/* A filter may hold a newline; the settings are one line. */
	for (size_t i = 0; i < line->len; i++)
		if (line->data[i] == '\n')
			line->data[i] = ' ';
	return bytes_append(line, "", 1);
}

static int
open_journal(struct batch *b, struct errbuf *err)
{
	const struct options *o = b->options;
	struct bytes line = { 0 };

	if (describe_settings(o, &line) == 0)
		b->journal = journal_open(o->folder, (char *)line.data,
		    o->resume, err);
	else
		errbuf_set(err, "out of memory");
	bytes_reset(&line);
	return b->journal == NULL ? -1 : 0;
}

/*
 * Two captures may have one name below two folders, and a row says by which
 * name its capture was given.  No real path has a double slash.
 */
static char *
key_of(const struct input *input)
{
	char *real = realpath(input->path, NULL), *key;
	const char *path = real == NULL ? input->path : real;
	size_t room = strlen(path) + strlen(input->name) + sizeof("//");

	key = memory_array(room, 1);
	if (key != NULL)
		snprintf(key, room, "%s//%s", path, input->name);
	free(real);
	return key;
}

static bool
has_packets(const struct batch *b, const struct input *input,
    const struct journal_record *r)
{
	struct errbuf ignored;
	char *path = out_path(b, input, &ignored);
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
		row->key = key_of(input);
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

/* Where an input's packets would go, and which input it is. */
struct place {
	char *path;
	size_t input;
};

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static void
mark_clashes(struct batch *b, struct place *places, size_t n)
{
	qsort(places, n, sizeof(*places), compare_places);
	for (size_t i = 1; i < n; i++)
		if (compare_places(&places[i - 1], &places[i]) == 0)
			b->rows[places[i - 1].input].clashes =
			    b->rows[places[i].input].clashes = true;
}

/* Two captures must not write the same NAME_out.csv. */
static int
find_clashes(struct batch *b, struct errbuf *err)
{
	size_t n = b->all.count, known = 0;
	struct place *places = memory_array(n, sizeof(*places));

	if (places == NULL)
		errbuf_set(err, "out of memory for %zu inputs", n);
	for (; places != NULL && known < n; known++) {
		places[known] = (struct place){
		    out_path(b, &b->all.list[known], err), known };
		if (places[known].path == NULL)
			break;
	}
	if (known == n)
		mark_clashes(b, places, n);
	for (size_t i = 0; i < known; i++)
		free(places[i].path);
	free(places);
	return known == n ? 0 : -1;
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

static void
run_fresh(struct batch *b, const volatile sig_atomic_t *stop)
{
	struct table_selection all;
	const struct engine_output outputs[] = {
		{ .question = { &analysis_summary, 0 }, .open = open_summary,
		    .context = b, .columns = &b->columns },
		{ .question = { &analysis_packets, 0 }, .open = open_packets,
		    .context = b, .columns = &all, .own_file = true },
	};
	struct engine e = run_engine(b->options, &b->all, stop);
	struct errbuf err;

	table_select_default(analysis_packets.tables[0], NULL, 0, &all);
	progress_init(&b->progress, b->options, fresh_bytes(b));
	b->totals = (struct totals){ .options = b->options,
	    .progress = &b->progress, .inputs = b->all.count };
	e.inputs = b->fresh;
	e.input_count = b->fresh_count;
	e.outputs = outputs;
	e.output_count = b->options->packets ? 2 : 1;
	e.done = on_done;
	e.progress = on_progress;
	e.context = b;
	if (b->fresh_count > 0 && engine_run(&e, &err) == -1)
		fail(b, &err);
	/* After an interruption, those known behind the last that was read. */
	write_known(b, b->all.count);
	progress_end(&b->progress);
}

static void
release(struct batch *b)
{
	struct errbuf ignored;

	outfile_close(b->out, false, &ignored);
	journal_close(b->journal);
	guard_free(b->guard);
	for (size_t i = 0; b->rows != NULL && i < b->all.count; i++) {
		bytes_reset(&b->rows[i].bytes);
		free(b->rows[i].key);
	}
	free(b->fresh_index);
	free(b->fresh);
	free(b->rows);
	inputs_reset(&b->all);
}

static int
run_batch(const struct command *command, const struct options *options,
    const volatile sig_atomic_t *stop)
{
	struct batch b = { .options = options };
	struct errbuf err;
	int status = EXIT_PARTIAL;

	table_select_default(analysis_summary.tables[0], NULL, 0,
	    &b.columns);
	if (options->columns != NULL && table_select(analysis_summary.tables[0],
	    options->columns, &b.columns, &err) == -1)
		return run_usage(command, err.text);
	if (options->input_count == 0)
		return run_usage(command, "no INPUT");
	if (run_check_filter(options) == -1)
		return EXIT_USAGE;
	if (run_inputs(options, &b.all) == -1)
		return EXIT_PARTIAL;
	if (open_out(&b, &err) == -1 || open_journal(&b, &err) == -1 ||
	    sort_out_inputs(&b, &err) == -1 ||
	    (options->packets && find_clashes(&b, &err) == -1)) {
		run_complain(err.text);
	} else {
		run_fresh(&b, stop);
		if (outfile_close(b.out, !b.failed, &err) == -1)
			fail(&b, &err);
		b.out = NULL;
		status = totals_finish(&b.totals, b.all.missing);
	}
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
	    "captures are.  See pcapstat-batch(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_COLUMNS |
	    OPTIONS_RUN | OPTIONS_BATCH,
	.run = run,
};
