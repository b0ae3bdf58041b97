/*
 * A run that is looked at on its way: what the child of a snapshot puts out is
 * what a run over the records so far puts out, and what the parent puts out in
 * the end is what it would have been without.
 */
#include "analyzer/engine/engine.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/capture/reader.h"
#include "analyzer/capture/writer.h"
#include "analyzer/report/format.h"
#include "base/memory.h"
#include "base/outfile.h"
#include "base/scratch.h"
#include "tests/tools/frames.h"
#include "tests/unit/temporary_folder.h"

enum { PART_RECORDS = 300, MANY = 18000, NO_SNAPSHOT = -1 };

static const char *const samples[] = {
	"georgetown.pcap", "lossy.pcap", "yahoo_finance.pcap",
};

enum { SAMPLES = sizeof(samples) / sizeof(samples[0]) };

/* One table's text. */
struct text {
	struct sink sink;	/* first */
	struct bytes bytes;
	const struct table *table;
	struct table_selection columns;
	size_t len_at_fork;
};

struct run {
	struct text texts[ENGINE_OUTPUTS_MAX];
	struct engine_output outputs[ENGINE_OUTPUTS_MAX];
	size_t count;
	uint64_t seen;		/* records */
	int64_t due;		/* snapshot after so many; NO_SNAPSHOT */
	bool patient;		/* the parent waits for its child */
	bool when_idle;		/* not before nothing comes */
	uint64_t seen_before;
	bool is_child;
	pid_t child;
	uint64_t told;		/* records, by done() */
};

static int
text_write(struct sink *sink, const void *data, size_t n, struct errbuf *err)
{
	struct text *t = (struct text *)(void *)sink;

	(void)err;
	return bytes_append(&t->bytes, data, n);
}

static struct table_writer *
text_open(void *context, const struct input *input, struct sink *ordered,
    struct errbuf *err)
{
	struct text *t = context;

	(void)input;
	return format_writer(FORMAT_CSV, t->table, &t->columns, ordered, err);
}

/* All tables of the analysis; only those that `snapshots` has a bit for are
 * written by snapshots. */
static void
run_init(struct run *r, const struct analysis *analysis, unsigned snapshots)
{
	*r = (struct run){ .due = NO_SNAPSHOT, .patient = true };
	for (unsigned i = 0; i < analysis->table_count; i++) {
		struct text *t = &r->texts[i];

		t->sink.write = text_write;
		t->table = analysis->tables[i];
		table_select_default(t->table, NULL, 0, &t->columns);
		r->outputs[i] = (struct engine_output){
			.question = { analysis, i }, .open = text_open,
			.context = t, .shared = &t->sink,
			.columns = &t->columns,
			.snapshot = snapshots >> i & 1,
		};
	}
	r->count = analysis->table_count;
}

static void
run_reset(struct run *r)
{
	for (size_t i = 0; i < r->count; i++)
		bytes_reset(&r->texts[i].bytes);
}

static void
on_done(void *context, const struct engine_result *result)
{
	struct run *r = context;

	ck_assert_msg(!result->output_failed && result->status == INPUT_OK,
	    "%.*s", (int)result->lines.len, result->lines.data == NULL ? "" :
	    (const char *)result->lines.data);
	r->told += account_records(&result->account);
}

static void
on_lack(void *context, const char *line)
{
	(void)context;
	ck_abort_msg("%s", line);
}

static int
on_frames(void *context, const struct reader *reader,
    const struct frame *frames, size_t n, struct errbuf *err)
{
	struct run *r = context;

	(void)reader;
	(void)frames;
	(void)err;
	r->seen += n;
	return 0;
}

static bool
on_snapshot(void *context)
{
	struct run *r = context;

	bool is_idle = r->seen == r->seen_before;

	r->seen_before = r->seen;
	if (r->due == NO_SNAPSHOT || r->seen < (uint64_t)r->due ||
	    (r->when_idle && !is_idle))
		return false;
	r->due = NO_SNAPSHOT;
	for (size_t i = 0; i < r->count; i++)
		r->texts[i].len_at_fork = r->texts[i].bytes.len;
	r->child = fork();
	ck_assert_int_ge(r->child, 0);
	r->is_child = r->child == 0;
	if (!r->is_child && r->patient)
		ck_assert_int_eq(waitpid(r->child, NULL, 0), r->child);
	return r->is_child;
}

/* The child's texts, for the parent to compare. */
static void
leave_texts(const struct run *r)
{
	FILE *file = fopen("child", "wb");

	ck_assert_ptr_nonnull(file);
	fprintf(file, "%llu\n", (unsigned long long)r->told);
	for (size_t i = 0; i < r->count; i++) {
		const struct bytes *b = &r->texts[i].bytes;

		if (r->outputs[i].snapshot && b->len > 0)
			fwrite(b->data, 1, b->len, file);
		if (!r->outputs[i].snapshot && b->len !=
		    r->texts[i].len_at_fork)
			fprintf(file, "the parent's %s has grown\n",
			    r->texts[i].table->name);
	}
	ck_assert_int_eq(fclose(file), 0);
}

static void
run_over(struct run *r, const struct input *inputs, size_t count, bool join,
    uint64_t max_memory)
{
	struct settings settings = { .max_memory = max_memory };
	struct networks local;
	struct analysis_account flows = { 0 };
	struct errbuf err;
	volatile sig_atomic_t stop = 0;
	struct engine engine = {
		.inputs = inputs, .input_count = count,
		.outputs = r->outputs, .output_count = r->count,
		.settings = &settings, .local = &local,
		.from_ns = INT64_MIN, .to_ns = INT64_MAX,
		.join = join, .jobs = 1, .stop = &stop, .flows = &flows,
		.done = on_done, .lacks = on_lack, .tap = on_frames,
		.snapshot = on_snapshot, .context = r,
	};
	char net[] = "192.168.0.0/16";

	ck_assert_int_eq(networks_parse(net, &local, &err), 0);
	ck_assert_msg(engine_run(&engine, &err) == 0, "%s", err.text);
	if (!r->is_child)
		return;
	leave_texts(r);
	/* As a child it has no test to go on with. */
	_exit(0);
}

/* The texts of the tables among `snapshots`, behind each other. */
static struct bytes
texts_of(const struct run *r, unsigned snapshots)
{
	struct bytes all = { 0 };

	for (size_t i = 0; i < r->count; i++)
		if ((snapshots >> i & 1) && r->texts[i].bytes.len > 0)
			ck_assert_int_eq(bytes_append(&all,
			    r->texts[i].bytes.data, r->texts[i].bytes.len),
			    0);
	return all;
}

static void
assert_same(const struct bytes *a, const char *data, size_t len,
    const char *what)
{
	ck_assert_msg(a->len == len && (len == 0 ||
	    memcmp(a->data, data, len) == 0), "%s: %zu bytes, not %zu", what,
	    len, a->len);
}

/* A capture of the records of `paths` from number `from` on, n of them. */
static void
cut_capture(const char *path, const char *of, uint64_t from, uint64_t n)
{
	struct errbuf err;
	struct reader *reader = reader_open(of, NULL, &err);
	struct outfile *file = outfile_open(path, &err);
	struct writer *writer = writer_new(WRITER_PCAP, path, 0,
	    outfile_sink(file), &err);
	struct reader_classic header;
	struct frame frames[64];
	size_t got;

	ck_assert_msg(reader != NULL, "%s", err.text);
	ck_assert(reader_classic(reader, &header));
	ck_assert_int_eq(writer_classic(writer, &header, &err), 0);
	while (reader_next(reader, frames, 64, &got, &err) == READER_OK)
		for (size_t i = 0; i < got; i++)
			if (frames[i].number > from &&
			    frames[i].number - from <= n)
				ck_assert_int_eq(writer_frame(writer,
				    &frames[i], NULL, &err), 0);
	ck_assert_int_eq(writer_finish(writer, &err), 0);
	writer_free(writer);
	ck_assert_int_eq(outfile_close(file, true, &err), 0);
	reader_close(reader);
}

static struct input
input_of(const char *path)
{
	struct input input = { .path = strdup(path), .name = "capture" };

	ck_assert_ptr_nonnull(input.path);
	return input;
}

/* The whole of it, or one of its parts, with a snapshot on the way or not. */
struct plan {
	const struct analysis *analysis;
	unsigned snapshots;	/* bits of tables */
	const char *paths[2];
	size_t count;
	bool join, patient, when_idle;
	int64_t due;
	uint64_t max_memory;
};

static struct bytes
carry_out(const struct plan *p, int64_t due, unsigned wanted)
{
	struct input inputs[2] = { 0 };
	struct run r;
	struct bytes all;

	run_init(&r, p->analysis, p->snapshots);
	r.due = due;
	r.patient = p->patient;
	r.when_idle = p->when_idle;
	for (size_t i = 0; i < p->count; i++)
		inputs[i] = input_of(p->paths[i]);
	run_over(&r, inputs, p->count, p->join, p->max_memory);
	if (due != NO_SNAPSHOT) {
		ck_assert_msg(r.child > 0, "no snapshot was asked for");
		if (!r.patient)
			ck_assert_int_eq(waitpid(r.child, NULL, 0), r.child);
	}
	all = texts_of(&r, wanted);
	run_reset(&r);
	for (size_t i = 0; i < p->count; i++)
		free(inputs[i].path);
	return all;
}

/* What the child left, held against a run over as many records. */
static void
check_child(const struct plan *p)
{
	size_t len;
	char *left = temporary_folder_read("child", &len), *text;
	uint64_t records = strtoull(left, &text, 10);
	struct plan shorter = *p;
	struct bytes expected;

	ck_assert_int_eq(*text++, '\n');
	if (p->join) {
		cut_capture("short.pcap", p->paths[1], 0,
		    records - PART_RECORDS);
		shorter.paths[1] = "short.pcap";
	} else {
		cut_capture("short.pcap", p->paths[0], 0, records);
		shorter.paths[0] = "short.pcap";
	}
	expected = carry_out(&shorter, NO_SNAPSHOT, p->snapshots);
	assert_same(&expected, text, len - (size_t)(text - left),
	    p->analysis->tables[0]->name);
	bytes_reset(&expected);
	free(left);
}

static void
check_plan(const struct plan *p)
{
	struct bytes with = carry_out(p, p->due, ~0U);
	struct bytes without = carry_out(p, NO_SNAPSHOT, ~0U);

	assert_same(&without, (const char *)with.data, with.len, "the parent");
	check_child(p);
	bytes_reset(&with);
	bytes_reset(&without);
}

static void
sample_path(char *path, size_t size, const char *name)
{
	snprintf(path, size, "%s/pcap_files/%s", getenv("top_srcdir"), name);
}

START_TEST(a_snapshot_is_the_run_so_far)
{
	struct plan p = { .snapshots = ~0U, .count = 1, .patient = true,
	    .due = 100 };
	char path[4096];

	sample_path(path, sizeof(path), samples[_i]);
	p.paths[0] = path;
	for (size_t i = 0; analyses[i] != NULL; i++) {
		p.analysis = analyses[i];
		check_plan(&p);
	}
}
END_TEST

START_TEST(tables_that_are_not_shown_are_left_alone)
{
	struct plan p = { .count = 1, .patient = true, .due = 200 };
	char path[4096];

	sample_path(path, sizeof(path), samples[1]);
	p.paths[0] = path;
	for (size_t i = 0; analyses[i] != NULL; i++) {
		p.analysis = analyses[i];
		/* The last table alone; then none of several. */
		p.snapshots = 1U << (p.analysis->table_count - 1);
		check_plan(&p);
		p.snapshots = 0;
		check_plan(&p);
	}
}
END_TEST

START_TEST(joined_inputs_are_shown_as_one)
{
	struct plan p = { .snapshots = ~0U, .paths = { "a.pcap", "b.pcap" },
	    .count = 2, .join = true, .patient = true };
	char path[4096];

	sample_path(path, sizeof(path), samples[0]);
	cut_capture("a.pcap", path, 0, PART_RECORDS);
	cut_capture("b.pcap", path, PART_RECORDS, 1000);
	/* In the second part. */
	p.due = PART_RECORDS + 1;
	for (size_t i = 0; analyses[i] != NULL; i++) {
		p.analysis = analyses[i];
		check_plan(&p);
	}
}
END_TEST

/* Short flows, while one stays open from the first to the last packet: their
 * rows have to wait for its, and there are more than memory is allowed for. */
static void
write_many(const char *path)
{
	static const struct frames_host inside = {
		{ 2, 0, 0, 0, 0, 1 }, 4, { 192, 168, 7, 7 }, 1000
	};
	struct frames_host outside = {
		{ 2, 0, 0, 0, 0, 3 }, 4, { 203, 0, 113, 5 }, 443
	};
	const struct reader_classic header = { .snaplen = 65535,
	    .link_field = 1, .ts_digits = 6 };
	struct errbuf err;
	struct outfile *file = outfile_open(path, &err);
	struct writer *writer = writer_new(WRITER_PCAP, path, 0,
	    outfile_sink(file), &err);
	struct frames f;

	ck_assert_int_eq(writer_classic(writer, &header, &err), 0);
	for (unsigned i = 0; i < MANY; i++) {
		unsigned flow = i % 2 == 0 ? 0 : i / 6 + 1;
		struct frame frame = { .data = f.data, .link_type = 1,
		    .ts_ns = (int64_t)i * 1000000000, .ts_digits = 6 };

		outside.port = (uint16_t)(flow % 60000);
		outside.ip[3] = (uint8_t)(flow / 60000);
		frames_begin(&f);
		frames_ethernet(&f, &inside, &outside);
		frames_ip(&f, &inside, &outside, 64, 1);
		frames_udp(&f, &inside, &outside);
		frames_payload(&f, "some bytes", i % 11);
		frames_finish(&f);
		frame.cap_len = frame.wire_len = (uint32_t)f.len;
		ck_assert_int_eq(writer_frame(writer, &frame, NULL, &err), 0);
	}
	ck_assert_int_eq(writer_finish(writer, &err), 0);
	writer_free(writer);
	ck_assert_int_eq(outfile_close(file, true, &err), 0);
}

START_TEST(what_has_gone_to_files_is_there_too)
{
	struct plan p = { .snapshots = ~0U, .paths = { "many.pcap" },
	    .count = 1, .patient = _i == 0, .due = MANY / 2,
	    .max_memory = 1 << 20 };
	struct question question;

	write_many("many.pcap");
	ck_assert_int_eq(question_find("flows", &question), 0);
	p.analysis = question.analysis;
	check_plan(&p);
}
END_TEST

/* A part of the capture, then nothing until the snapshot is there, then the
 * rest. */
static void
feed(const char *fifo, const char *path)
{
	size_t len, part;
	char *data = temporary_folder_read(path, &len);
	FILE *out = fopen(fifo, "wb");

	/* In the middle of a record. */
	part = len / 2;
	if (out == NULL || fwrite(data, 1, part, out) != part ||
	    fflush(out) != 0)
		_exit(1);
	for (int i = 0; i < 6000 && access("child", F_OK) == -1; i++)
		usleep(10000);
	if (fwrite(data + part, 1, len - part, out) != len - part ||
	    fclose(out) != 0)
		_exit(1);
	_exit(0);
}

START_TEST(a_pipe_is_shown_while_nothing_comes)
{
	struct plan p = { .snapshots = ~0U, .paths = { "fifo" }, .count = 1,
	    .patient = true, .when_idle = true, .due = 1 };
	struct bytes with, without;
	struct question question;
	char path[4096];
	pid_t feeder;
	int status;

	ck_assert_int_eq(question_find("tcp", &question), 0);
	p.analysis = question.analysis;
	sample_path(path, sizeof(path), samples[0]);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	feeder = fork();
	ck_assert_int_ge(feeder, 0);
	if (feeder == 0)
		feed("fifo", path);
	with = carry_out(&p, p.due, ~0U);
	ck_assert_int_eq(waitpid(feeder, &status, 0), feeder);
	ck_assert_int_eq(status, 0);
	p.paths[0] = path;
	p.when_idle = false;
	without = carry_out(&p, NO_SNAPSHOT, ~0U);
	assert_same(&without, (const char *)with.data, with.len, "the parent");
	check_child(&p);
	bytes_reset(&with);
	bytes_reset(&without);
}
END_TEST

enum { PIECE = 1000, PIECES = 200 };

/* The numbered piece as `who` writes it, or what is there. */
static void
write_piece(struct scratch *s, int number, int who)
{
	uint8_t piece[PIECE];
	struct errbuf err;

	memset(piece, who + number % 100, sizeof(piece));
	ck_assert_int_eq(scratch_write(s, (uint64_t)number * PIECE, piece,
	    sizeof(piece), &err), 0);
}

static bool
is_piece(const struct scratch *s, int number, int who)
{
	uint8_t piece[PIECE];
	struct errbuf err;

	ck_assert_int_eq(scratch_read(s, (uint64_t)number * PIECE, piece,
	    sizeof(piece), &err), 0);
	for (size_t i = 0; i < sizeof(piece); i++)
		if (piece[i] != who + number % 100)
			return false;
	return true;
}

/* 0 where all is as it should be. */
static int
look_as_child(struct scratch *s)
{
	if (!is_piece(s, 0, 1) || !is_piece(s, PIECES - 1, 1))
		return 1;
	write_piece(s, 3, 100);
	for (int i = 0; i < PIECES; i++)
		if (!is_piece(s, i, i == 3 ? 100 : 1))
			return 2;
	return 0;
}

START_TEST(a_file_is_private_once_a_child_writes)
{
	struct errbuf err;
	struct scratch *s = scratch_open(&err);
	pid_t child;
	int status;

	ck_assert_ptr_nonnull(s);
	for (int i = 0; i < PIECES; i++)
		write_piece(s, i, 1);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0)
		_exit(look_as_child(s));
	/* Nothing is given back as long as there is a child. */
	scratch_give_back(s, 0, PIECES * PIECE);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	for (int i = 0; i < PIECES; i++)
		ck_assert_msg(is_piece(s, i, 1), "piece %d", i);
	scratch_close(s);
}
END_TEST

static Suite *
make_suite(void)
{
	Suite *suite = suite_create("snapshot");
	TCase *tc = tcase_create("snapshot");

	tcase_add_checked_fixture(tc, temporary_folder_enter,
	    temporary_folder_leave);
	tcase_add_loop_test(tc, a_snapshot_is_the_run_so_far, 0, SAMPLES);
	tcase_add_test(tc, tables_that_are_not_shown_are_left_alone);
	tcase_add_test(tc, joined_inputs_are_shown_as_one);
	tcase_add_loop_test(tc, what_has_gone_to_files_is_there_too, 0, 2);
	tcase_add_test(tc, a_pipe_is_shown_while_nothing_comes);
	tcase_add_test(tc, a_file_is_private_once_a_child_writes);
	suite_add_tcase(suite, tc);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(make_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
