/*
 * What holds for every question and every capture: parts of it, merged in
 * order, give the rows of the whole.
 */
#include "analyzer/analyses/analysis.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decode/decode.h"
#include "analyzer/engine/direction.h"
#include "analyzer/report/format.h"
#include "base/bytes.h"
#include "tests/tools/frames.h"
#include "tests/unit/stats_random.h"

enum { TEMPLATES = 9, FRAMES_MAX = 3000, PARTS_MAX = 12, BATCH_MAX = 128,
    ETHERNET = 1, NO_SUCH_LINK = 147 };

static const struct frames_host inside = {
	{ 2, 0, 0, 0, 0, 1 }, 4, { 192, 168, 7, 7 }, 1000
};
static const struct frames_host inside_too = {
	{ 2, 0, 0, 0, 0, 2 }, 4, { 192, 168, 7, 8 }, 53
};
static const struct frames_host outside = {
	{ 2, 0, 0, 0, 0, 3 }, 4, { 203, 0, 113, 5 }, 443
};
static const struct frames_host stranger = {
	{ 2, 0, 0, 0, 0, 3 }, 4, { 198, 51, 100, 5 }, 80
};
static const struct frames_host inside6 = {
	{ 2, 0, 0, 0, 0, 1 }, 6, { 0x20, 1, 0xd, 0xb8, [15] = 1 }, 1000
};
static const struct frames_host outside6 = {
	{ 2, 0, 0, 0, 0, 3 }, 6, { 0x20, 2, [15] = 9 }, 443
};

/* What the frames are copies of, with another length and time. */
static void
make_templates(struct frames f[TEMPLATES])
{
	static const struct {
		const struct frames_host *from, *to;
	} pairs[TEMPLATES - 1] = {
		{ &inside, &outside }, { &outside, &inside },
		{ &inside, &inside_too }, { &outside, &stranger },
		{ &inside6, &outside6 }, { &outside6, &inside6 },
		{ &inside, &outside }, { &outside, &inside },
	};

	for (size_t i = 0; i < TEMPLATES - 1; i++) {
		const struct frames_host *from = pairs[i].from;
		const struct frames_host *to = pairs[i].to;
		struct frames_tcp tcp = { .seq = 1000 * (uint32_t)i,
		    .ack = 77, .window = 100,
		    .flags = (uint8_t)(1u << i % 5 | i) };

		frames_begin(&f[i]);
		frames_ethernet(&f[i], from, to);
		frames_ip(&f[i], from, to, 64, (uint16_t)i);
		if (i % 3 == 0)
			frames_udp(&f[i], from, to);
		else if (i == 7)
			frames_icmp(&f[i], 8, 0, 1);
		else
			frames_tcp(&f[i], from, to, &tcp);
		frames_payload(&f[i], "payload of some bytes", 21);
		frames_finish(&f[i]);
	}
	frames_begin(&f[TEMPLATES - 1]);
	frames_ethernet(&f[TEMPLATES - 1], &inside, &outside);
	frames_arp(&f[TEMPLATES - 1], FRAMES_ARP_REQUEST, &inside, &outside);
	frames_finish(&f[TEMPLATES - 1]);
}

/* What a TCP frame says in place of its template. */
struct numbers {
	uint32_t seq, ack;
	uint8_t flags;
};

struct capture {
	struct frames templates[TEMPLATES];
	struct frame frames[FRAMES_MAX];
	struct numbers numbers[FRAMES_MAX];
	size_t count;
	struct networks local;
};

/* Steps of time: usual ones, large ones, none, backward ones. */
static int64_t
random_step(uint64_t *state)
{
	switch (random_below(state, 12)) {
	case 0: return 0;
	case 1: return -(int64_t)random_below(state, 5000000);
	case 2: return INT64_C(1) << 40;
	case 3: return (int64_t)random_below(state, INT64_C(1) << 42);
	case 4: return -(int64_t)random_below(state, INT64_C(1) << 41);
	default: return (int64_t)random_below(state, 20000);
	}
}

static uint8_t
random_flags(uint64_t *state)
{
	switch (random_below(state, 25)) {
	case 0: return FRAME_NO_TIME;
	case 1: return FRAME_TIME_RANGE;
	case 2: return FRAME_TIME_ODD;
	default: return 0;
	}
}

/* Few numbers, so that segments repeat, are acknowledged, come late, leave
 * holes, open and close connections; around the end of what 32 bits hold. */
static struct numbers
random_numbers(uint64_t *state)
{
	static const uint8_t flags[] = { 0x10, 0x10, 0x18, 0x18, 0x10, 0x02,
	    0x12, 0x11, 0x14, 0x04, 0x50, 0x90 };

	return (struct numbers){
		.seq = 21 * (uint32_t)random_below(state, 8) - 84,
		.ack = 21 * (uint32_t)random_below(state, 8) - 84,
		.flags = flags[random_below(state, sizeof(flags))],
	};
}

static void
put_be32(uint8_t *at, uint32_t n)
{
	at[0] = (uint8_t)(n >> 24);
	at[1] = (uint8_t)(n >> 16);
	at[2] = (uint8_t)(n >> 8);
	at[3] = (uint8_t)n;
}

/* Of a frame that is TCP and long enough. */
static void
put_numbers(uint8_t *data, size_t len, const struct numbers *n)
{
	enum { IP_AT = 14, IPV4_BYTES = 20, IPV6_BYTES = 40, TCP = 6 };
	bool v6 = len > IP_AT && data[IP_AT] >> 4 == 6;
	size_t at = IP_AT + (v6 ? IPV6_BYTES : IPV4_BYTES);

	if (len < at + 14 || data[IP_AT + (v6 ? 6 : 9)] != TCP)
		return;
	put_be32(data + at + 4, n->seq);
	put_be32(data + at + 8, n->ack);
	data[at + 13] = n->flags;
}

/* Directions come in runs, so that parts lack some of them. */
static void
random_capture(struct capture *c, uint64_t *state)
{
	static const char *const locals[] = { "192.168.0.0/16",
	    "192.168.0.0/16,2001:db8::/32", "2002::/16" };
	int64_t tick = random_below(state, 2) ? 1000 : 1;
	int64_t now = (int64_t)random_below(state, INT64_C(1) << 60);
	size_t template = 0;
	struct errbuf err;

	c->count = random_below(state, random_below(state, 4) == 0 ? 8 :
	    FRAMES_MAX);
	for (size_t i = 0; i < c->count; i++) {
		struct frame *f = &c->frames[i];

		if (random_below(state, 6) == 0)
			template = random_below(state, TEMPLATES);
		now += random_step(state) * tick;
		c->numbers[i] = random_numbers(state);
		*f = (struct frame){
			.data = c->templates[template].data,
			.number = i + 1,
			.cap_len = (uint32_t)c->templates[template].len,
			.wire_len = (uint32_t)c->templates[template].len,
			.link_type = random_below(state, 40) == 0 ?
			    NO_SUCH_LINK : ETHERNET,
			.ts_digits = tick == 1 ? 9 : 6,
			.flags = random_flags(state),
		};
		if ((f->flags & FRAME_UNTIMED) == 0)
			f->ts_ns = now;
		if (random_below(state, 20) == 0)
			f->cap_len = (uint32_t)random_below(state, f->cap_len);
	}
	ck_assert_int_eq(networks_parse(locals[random_below(state, 3)],
	    &c->local, &err), 0);
}

struct memory_sink {
	struct sink sink;	/* first */
	struct bytes got;
};

static int
memory_write(struct sink *sink, const void *data, size_t n,
    struct errbuf *err)
{
	struct memory_sink *m = (struct memory_sink *)(void *)sink;

	(void)err;
	return bytes_append(&m->got, data, n);
}

/* Rows as CSV, of these columns. */
struct rows {
	struct memory_sink out;
	const struct table_selection *columns;
	struct table_writer *writers[ANALYSIS_TABLES_MAX];
	unsigned table;
};

/* The frames' bytes go away after each call, as a reader's do. */
static void
add_frames(struct question q, void *state, struct rows *rows,
    const struct capture *c, size_t from, size_t to, uint64_t *random)
{
	static const char name[] = "capture";
	struct frame frames[BATCH_MAX];
	struct packet packets[BATCH_MAX];
	struct direction_counts counts = { 0 };
	struct errbuf err;

	while (from < to) {
		size_t n = 1 + random_below(random, BATCH_MAX);
		uint8_t *bytes[BATCH_MAX];

		if (n > to - from)
			n = to - from;
		for (size_t i = 0; i < n; i++) {
			frames[i] = c->frames[from + i];
			bytes[i] = malloc(frames[i].cap_len + 1);
			memcpy(bytes[i], frames[i].data, frames[i].cap_len);
			put_numbers(bytes[i], frames[i].cap_len,
			    &c->numbers[from + i]);
			frames[i].data = bytes[i];
		}
		decode_batch(frames, n, packets);
		direction_set(&c->local, packets, n, &counts);
		ck_assert_int_eq(q.analysis->add(state, name, packets, n,
		    rows == NULL ? NULL : rows->writers, &err), 0);
		for (size_t i = 0; i < n; i++)
			free(bytes[i]);
		from += n;
	}
}

static void
rows_open(struct rows *rows, struct question q,
    const struct table_selection *columns)
{
	struct errbuf err;

	*rows = (struct rows){ .out = { .sink = { memory_write } },
	    .columns = columns, .table = q.table };
	rows->writers[q.table] = format_writer(FORMAT_CSV, question_table(q),
	    columns, &rows->out.sink, &err);
	ck_assert_ptr_nonnull(rows->writers[q.table]);
}

static void
rows_finish(struct rows *rows, struct question q, void *state)
{
	const struct analysis_input input = { .name = "capture",
	    .format = "pcap", .link_types = "ethernet", .status = "ok",
	    .filtered = 3 };
	struct table_writer *w = rows->writers[q.table];
	struct errbuf err;

	ck_assert_int_eq(q.analysis->finish(state, &input, rows->writers,
	    &err), 0);
	ck_assert_int_eq(w->close(w, true, &err), 0);
	q.analysis->state_free(state);
}

/* `columns` must live as long as the state. */
static void *
new_state(struct question q, const struct table_selection *columns)
{
	/* Few enough buckets of the timeline, empty ones among them. */
	static const struct settings settings = { .splt = 3,
	    .by_protocol = true, .interval_ns = INT64_C(1) << 44 };
	const struct table_selection *wanted[ANALYSIS_TABLES_MAX] = { NULL };
	struct errbuf err;
	void *state;

	wanted[q.table] = columns;
	state = q.analysis->state_new(&settings, wanted, &err);
	ck_assert_ptr_nonnull(state);
	return state;
}

/* Cuts the capture anywhere, also into parts of nothing, and merges
 * neighbours in any order: merge is associative. */
static void
run_parts(struct question q, const struct capture *c,
    const struct table_selection *columns, struct rows *rows,
    uint64_t *random)
{
	size_t n = 1 + random_below(random, PARTS_MAX), cut = 0;
	void *states[PARTS_MAX];
	struct errbuf err;

	rows_open(rows, q, columns);
	for (size_t i = 0; i < n; i++) {
		size_t end = i + 1 == n ? c->count :
		    cut + random_below(random, c->count - cut + 1);

		states[i] = new_state(q, columns);
		add_frames(q, states[i], i == 0 ? rows : NULL, c, cut, end,
		    random);
		cut = end;
	}
	while (n > 1) {
		size_t left = random_below(random, n - 1);

		ck_assert_int_eq(q.analysis->merge(states[left],
		    states[left + 1], left == 0 ? rows->writers : NULL, &err),
		    0);
		q.analysis->state_free(states[left + 1]);
		n--;
		memmove(&states[left + 1], &states[left + 2],
		    (n - left - 1) * sizeof(states[0]));
	}
	rows_finish(rows, q, states[0]);
}

static void
run_whole(struct question q, const struct capture *c,
    const struct table_selection *columns, struct rows *rows,
    uint64_t *random)
{
	void *state = new_state(q, columns);

	rows_open(rows, q, columns);
	add_frames(q, state, rows, c, 0, c->count, random);
	rows_finish(rows, q, state);
}

/* All columns, or some of them in any order. */
static void
random_columns(const struct table *table, struct table_selection *columns,
    uint64_t *random)
{
	table_select_default(table, NULL, 0, columns);
	if (random_below(random, 2))
		return;
	for (size_t i = columns->count - 1; i > 0; i--) {
		size_t k = random_below(random, i + 1);
		uint16_t t = columns->index[i];

		columns->index[i] = columns->index[k];
		columns->index[k] = t;
	}
	columns->count = 1 + random_below(random, columns->count);
}

static void
assert_same(const struct bytes *got, const struct bytes *wanted,
    uint64_t seed)
{
	ck_assert_msg(got->len == wanted->len &&
	    (got->len == 0 || memcmp(got->data, wanted->data, got->len) == 0),
	    "seed %llu:\n%.*s\nis not\n%.*s", (unsigned long long)seed,
	    (int)got->len, (const char *)got->data, (int)wanted->len,
	    (const char *)wanted->data);
}

static struct question
nth_question(int n)
{
	size_t i = 0;

	while (n >= (int)analyses[i]->table_count)
		n -= (int)analyses[i++]->table_count;
	return (struct question){ analyses[i], (unsigned)n };
}

START_TEST(parts_that_are_merged_give_the_rows_of_the_whole)
{
	struct question q = nth_question(_i);
	uint64_t seed = random_seed(question_table(q)->name);
	struct capture *c = calloc(1, sizeof(*c));

	ck_assert_ptr_nonnull(c);
	make_templates(c->templates);
	for (unsigned long i = 0; i < random_rounds(60); i++) {
		uint64_t random = seed + i;
		struct table_selection columns;
		struct rows whole, parts;

		random_capture(c, &random);
		random_columns(question_table(q), &columns, &random);
		run_whole(q, c, &columns, &whole, &random);
		for (int k = 0; k < 4; k++) {
			run_parts(q, c, &columns, &parts, &random);
			assert_same(&parts.out.got, &whole.out.got, seed + i);
			bytes_reset(&parts.out.got);
		}
		bytes_reset(&whole.out.got);
	}
	free(c);
}
END_TEST

/* Fewer columns are the same cells. */
START_TEST(columns_that_are_left_out_change_no_other)
{
	struct question q = nth_question(_i);
	uint64_t seed = random_seed(question_table(q)->name);
	struct capture *c = calloc(1, sizeof(*c));
	struct table_selection all;

	ck_assert_ptr_nonnull(c);
	make_templates(c->templates);
	table_select_default(question_table(q), NULL, 0, &all);
	for (unsigned long i = 0; i < random_rounds(10); i++) {
		uint64_t random = seed + i;
		struct table_selection columns;
		struct rows some, those;
		void *state;

		random_capture(c, &random);
		random_columns(question_table(q), &columns, &random);
		run_whole(q, c, &columns, &some, &random);
		/* All are asked for, and these are written. */
		state = new_state(q, &all);
		rows_open(&those, q, &columns);
		add_frames(q, state, &those, c, 0, c->count, &random);
		rows_finish(&those, q, state);
		assert_same(&some.out.got, &those.out.got, seed + i);
		bytes_reset(&some.out.got);
		bytes_reset(&those.out.got);
	}
	free(c);
}
END_TEST

/* What the rows of summary --by protocol add up to, column by column. */
struct sums {
	struct table_writer writer;	/* first */
	uint64_t all[TABLE_COLUMNS_MAX], parts[TABLE_COLUMNS_MAX];
	size_t rows;
};

static int
add_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	const struct table *table = analysis_summary.tables[0];
	struct sums *sums = (struct sums *)(void *)writer;
	uint64_t *sum = sums->rows++ == 0 ? sums->all : sums->parts;

	(void)err;
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i].type == COLUMN_U64)
			sum[i] += *(const uint64_t *)(const void *)
			    ((const char *)row + table->columns[i].offset);
	return 0;
}

/* Gaps are between packets of one protocol, and nobody looks for the protocol
 * of a filtered record. */
static bool
adds_up(const char *column)
{
	return strcmp(column, "backward_steps") != 0 &&
	    strcmp(column, "packets_filtered") != 0;
}

START_TEST(the_counts_of_protocols_add_up_to_those_of_the_capture)
{
	const struct question q = { &analysis_summary, 0 };
	const struct analysis_input input = { .name = "capture",
	    .format = "pcap" };
	const struct table *table = question_table(q);
	uint64_t seed = random_seed("protocols");
	struct capture *c = calloc(1, sizeof(*c));
	struct table_selection all;

	ck_assert_ptr_nonnull(c);
	make_templates(c->templates);
	table_select_default(table, NULL, 0, &all);
	for (unsigned long i = 0; i < random_rounds(20); i++) {
		struct sums sums = { .writer = { .row = add_row } };
		struct table_writer *writers[] = { &sums.writer };
		uint64_t random = seed + i;
		void *state = new_state(q, &all);
		struct errbuf err;

		random_capture(c, &random);
		add_frames(q, state, NULL, c, 0, c->count, &random);
		ck_assert_int_eq(q.analysis->finish(state, &input, writers,
		    &err), 0);
		q.analysis->state_free(state);
		ck_assert(c->count < 500 || sums.rows > 4);
		for (size_t k = 0; k < table->column_count; k++)
			if (adds_up(table->columns[k].name))
				ck_assert_uint_eq(sums.parts[k], sums.all[k]);
	}
	free(c);
}
END_TEST

static int
count_questions(void)
{
	int n = 0;

	for (size_t i = 0; analyses[i] != NULL; i++)
		n += (int)analyses[i]->table_count;
	return n;
}

static Suite *
suite(void)
{
	Suite *s = suite_create("properties");
	TCase *t = tcase_create("properties");

	tcase_add_loop_test(t,
	    parts_that_are_merged_give_the_rows_of_the_whole, 0,
	    count_questions());
	tcase_add_loop_test(t, columns_that_are_left_out_change_no_other, 0,
	    count_questions());
	tcase_add_test(t,
	    the_counts_of_protocols_add_up_to_those_of_the_capture);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	SRunner *r = srunner_create(suite());
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
