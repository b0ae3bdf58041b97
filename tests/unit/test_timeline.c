#include "analyzer/analyses/timeline.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/analyses/time_width.h"
#include "tests/unit/stats_random.h"

enum { ROWS_MAX = 40000, PACKETS_MAX = 4000 };

static const int64_t second = 1000000000;

/* Keeps the rows. */
struct rows {
	struct table_writer writer;	/* first */
	struct timeline_row row[ROWS_MAX];
	size_t count;		/* those past the room too */
};

static int
keep_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct rows *rows = (struct rows *)(void *)writer;

	(void)err;
	if (rows->count < ROWS_MAX)
		rows->row[rows->count] = *(const struct timeline_row *)row;
	rows->count++;
	return 0;
}

struct run {
	void *state;
	struct rows rows;
	struct errbuf err;
};

static struct run *
run_with(struct settings settings)
{
	struct table_selection all;
	const struct table_selection *wanted[] = { &all };
	struct run *run = calloc(1, sizeof(*run));

	ck_assert_ptr_nonnull(run);
	table_select_default(analysis_timeline.tables[0], NULL, 0, &all);
	run->rows.writer.row = keep_row;
	run->state = analysis_timeline.state_new(&settings, wanted, &run->err);
	ck_assert_ptr_nonnull(run->state);
	return run;
}

static struct run *
run_new(int64_t interval_ns, uint64_t max_memory)
{
	return run_with((struct settings){ .interval_ns = interval_ns,
	    .max_memory = max_memory });
}

/* With the least of memory, which is enough. */
static struct run *
run_auto(void)
{
	return run_with((struct settings){ .interval_auto = true,
	    .max_memory = 1 << 20 });
}

static void
run_free(struct run *run)
{
	analysis_timeline.state_free(run->state);
	free(run);
}

/* A packet of 100 bytes, 60 stored, 86 of IP. */
static int
add(struct run *run, int64_t ts_ns, uint8_t frame_flags,
    enum packet_direction direction)
{
	struct frame frame = { .ts_ns = ts_ns, .wire_len = 100, .cap_len = 60,
	    .flags = frame_flags };
	struct packet packet = { .frame = &frame, .ip_version = 4,
	    .ip_protocol = 6, .ip_bytes = 86, .direction = direction };
	struct table_writer *writers[] = { &run->rows.writer };

	return analysis_timeline.add(run->state, "capture", &packet, 1,
	    writers, &run->err);
}

static int
finish(struct run *run)
{
	const struct analysis_input input = { .name = "capture" };
	struct table_writer *writers[] = { &run->rows.writer };

	return analysis_timeline.finish(run->state, &input, writers,
	    &run->err);
}

static void
assert_row(const struct run *run, size_t i, int64_t start_ns, uint64_t packets)
{
	ck_assert_uint_lt(i, run->rows.count);
	ck_assert_str_eq(run->rows.row[i].file, "capture");
	ck_assert_int_eq(run->rows.row[i].bucket_start_ns, start_ns);
	ck_assert_uint_eq(run->rows.row[i].packets_total, packets);
}

START_TEST(a_capture_without_packets_has_no_row)
{
	struct run *run = run_new(0, 0);

	ck_assert_int_eq(finish(run), 0);
	ck_assert_uint_eq(run->rows.count, 0);
	run_free(run);
}
END_TEST

START_TEST(a_packet_counts_in_each_of_its_columns)
{
	struct run *run = run_new(0, 0);
	const struct timeline_row *row = run->rows.row;

	for (int i = 0; i < DIRECTIONS; i++)
		for (int k = 0; k <= i; k++)
			add(run, 5 * second, 0, (enum packet_direction)i);
	ck_assert_int_eq(finish(run), 0);
	ck_assert_uint_eq(run->rows.count, 1);
	assert_row(run, 0, 5 * second, 10);
	ck_assert_uint_eq(row->packets_in, 1);
	ck_assert_uint_eq(row->packets_out, 2);
	ck_assert_uint_eq(row->packets_other, 3);
	ck_assert_uint_eq(row->packets_skipped, 4);
	ck_assert_uint_eq(row->frame_bytes_in, 100);
	ck_assert_uint_eq(row->frame_bytes_out, 200);
	ck_assert_uint_eq(row->frame_bytes_other, 300);
	ck_assert_uint_eq(row->frame_bytes_skipped, 400);
	ck_assert_uint_eq(row->frame_bytes_total, 1000);
	ck_assert_uint_eq(row->cap_bytes_total, 600);
	ck_assert_uint_eq(row->ip_bytes_out, 172);
	ck_assert_uint_eq(row->packets_tcp, 10);
	ck_assert_uint_eq(row->packets_udp + row->packets_icmp, 0);
	run_free(run);
}
END_TEST

START_TEST(a_bucket_holds_its_first_nanosecond_and_not_the_next_ones)
{
	struct run *run = run_new(10, 0);

	add(run, -11, 0, DIRECTION_IN);
	add(run, -10, 0, DIRECTION_IN);
	add(run, -1, 0, DIRECTION_IN);
	add(run, 0, 0, DIRECTION_IN);
	add(run, 9, 0, DIRECTION_IN);
	add(run, 10, 0, DIRECTION_IN);
	ck_assert_int_eq(finish(run), 0);
	ck_assert_uint_eq(run->rows.count, 4);
	assert_row(run, 0, -20, 1);
	assert_row(run, 1, -10, 2);
	assert_row(run, 2, 0, 2);
	assert_row(run, 3, 10, 1);
	run_free(run);
}
END_TEST

START_TEST(a_step_back_counts_in_the_earlier_bucket)
{
	struct run *run = run_new(10, 0);
	static const int64_t times[] = { 35, 5, 33, 15, 6, 7, 39 };

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		add(run, times[i], 0, DIRECTION_OUT);
	ck_assert_int_eq(finish(run), 0);
	ck_assert_uint_eq(run->rows.count, 4);
	assert_row(run, 0, 0, 3);
	assert_row(run, 1, 10, 1);
	assert_row(run, 2, 20, 0);
	assert_row(run, 3, 30, 3);
	run_free(run);
}
END_TEST

START_TEST(packets_without_a_time_have_the_last_row)
{
	struct run *run = run_new(0, 0);

	add(run, 0, FRAME_NO_TIME, DIRECTION_IN);
	add(run, 7 * second, 0, DIRECTION_IN);
	add(run, 0, FRAME_TIME_RANGE, DIRECTION_IN);
	ck_assert_int_eq(finish(run), 0);
	ck_assert_uint_eq(run->rows.count, 2);
	assert_row(run, 0, 7 * second, 1);
	assert_row(run, 1, TABLE_NO_I64, 2);
	run_free(run);
}
END_TEST

START_TEST(the_ends_of_time_have_buckets)
{
	struct run *run = run_new(10, 0);

	add(run, INT64_MAX, 0, DIRECTION_IN);
	add(run, INT64_MIN + 9, 0, DIRECTION_IN);
	/* Their bucket begins before what a number of nanoseconds can say. */
	add(run, INT64_MIN + 7, 0, DIRECTION_IN);
	add(run, INT64_MAX, 0, DIRECTION_IN);
	add(run, INT64_MIN, 0, DIRECTION_IN);
	ck_assert_int_eq(finish(run), 0);
	ck_assert_uint_eq(run->rows.count, TIMELINE_EMPTY_RUN + 3);
	assert_row(run, 0, INT64_MIN + 8, 1);
	assert_row(run, 1, INT64_MIN + 18, 0);
	assert_row(run, TIMELINE_EMPTY_RUN + 1, INT64_MAX - 7, 2);
	assert_row(run, TIMELINE_EMPTY_RUN + 2, TABLE_NO_I64, 2);
	run_free(run);
}
END_TEST

START_TEST(ten_thousand_empty_buckets_are_written_in_a_row)
{
	struct run *run = run_new(0, 0);
	const int64_t run_ns = TIMELINE_EMPTY_RUN * second;

	add(run, 0, 0, DIRECTION_IN);
	add(run, run_ns + second, 0, DIRECTION_IN);
	add(run, 3 * run_ns, 0, DIRECTION_IN);
	ck_assert_int_eq(finish(run), 0);
	ck_assert_uint_eq(run->rows.count, 2 * TIMELINE_EMPTY_RUN + 3);
	assert_row(run, TIMELINE_EMPTY_RUN, run_ns, 0);
	assert_row(run, TIMELINE_EMPTY_RUN + 1, run_ns + second, 1);
	assert_row(run, 2 * TIMELINE_EMPTY_RUN + 1, 2 * run_ns + second, 0);
	assert_row(run, 2 * TIMELINE_EMPTY_RUN + 2, 3 * run_ns, 1);
	run_free(run);
}
END_TEST

START_TEST(times_that_lie_cannot_ask_for_rows_without_end)
{
	struct run *run = run_new(0, 0);

	for (int i = 0; i < 500; i++)
		add(run, i * (TIMELINE_EMPTY_RUN + 1) * second, 0,
		    DIRECTION_IN);
	ck_assert_int_eq(finish(run), 0);
	ck_assert_uint_eq(run->rows.count, TIMELINE_EMPTY_MAX + 500);
	run_free(run);
}
END_TEST

START_TEST(more_buckets_than_memory_has_room_for_are_an_error)
{
	enum { MEMORY = 1 << 20, MOST = MEMORY / 320 };

	for (int more = 0; more < 2; more++) {
		struct run *run = run_new(1, MEMORY);
		int status = 0;

		/* Down, so that nothing is in order; and again. */
		for (int i = 2 * (MOST + more); i-- > 0 && status == 0; )
			status = add(run, i % (MOST + more), 0, DIRECTION_IN);
		if (status == 0)
			status = finish(run);
		ck_assert_int_eq(status, more ? -1 : 0);
		if (more)
			ck_assert_ptr_nonnull(strstr(run->err.text,
			    "more than 3276 buckets"));
		else
			ck_assert_uint_eq(run->rows.count, MOST);
		run_free(run);
	}
}
END_TEST

/* Against counting in the plainest way. */
START_TEST(any_order_of_times_counts_the_same)
{
	enum { BUCKETS = 997 };
	uint64_t random = random_seed("times");

	for (unsigned long round = 0; round < random_rounds(30); round++) {
		struct run *run = run_new(7, 0);
		uint64_t wanted[BUCKETS] = { 0 };
		size_t n = random_below(&random, PACKETS_MAX), i = 0;

		while (n-- > 0) {
			int64_t at = (int64_t)random_below(&random,
			    7 * BUCKETS);

			wanted[at / 7]++;
			ck_assert_int_eq(add(run, at, 0, DIRECTION_IN), 0);
		}
		ck_assert_int_eq(finish(run), 0);
		for (int64_t k = 0; k < BUCKETS; k++)
			if (i > 0 ? i < run->rows.count : wanted[k] > 0)
				assert_row(run, i++, 7 * k, wanted[k]);
			else
				ck_assert_uint_eq(wanted[k], 0);
		ck_assert_uint_eq(i, run->rows.count);
		run_free(run);
	}
}
END_TEST

START_TEST(the_width_is_the_finest_that_gives_two_thousand_buckets)
{
	static const struct { int64_t last_ns, width_ns; } spans[] = {
		{ 0, 1000000 },
		{ 1999999999, 1000000 },
		{ 2000000000, 10000000 },
		{ INT64_C(19999999999), 10000000 },
		{ INT64_C(20000000000), 100000000 },
		{ INT64_C(199999999999), 100000000 },
		{ INT64_C(200000000000), INT64_C(1000000000) },
		{ INT64_C(1999999999999), INT64_C(1000000000) },
		{ INT64_C(2000000000000), INT64_C(10000000000) },
		{ INT64_C(20000) * second - 1, 10 * second },
		{ INT64_C(20000) * second, 60 * second },
		{ INT64_C(120000) * second, 600 * second },
		{ INT64_C(1200000) * second, 3600 * second },
		{ INT64_C(7200000) * second, 6 * 3600 * second },
		{ INT64_C(43200000) * second, 86400 * second },
		{ INT64_C(172800000) * second, 864000 * second },
		{ INT64_C(1728000000) * second, 8640000 * second },
		{ INT64_MAX, 8640000 * second },
	};
	const int64_t finest = TIME_WIDTH_FINEST_NS;

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		ck_assert_int_eq(time_width_choose(finest, 0,
		    spans[i].last_ns), spans[i].width_ns);
	ck_assert_int_eq(time_width_choose(finest, INT64_MIN, INT64_MAX),
	    86400000 * second);
	ck_assert_int_eq(time_width_choose(10 * second, 0, 0), 10 * second);
	/* It is the buckets that count, not the length of the span. */
	ck_assert_int_eq(time_width_choose(finest, 999999, 2000000000 - 1),
	    finest);
	ck_assert_int_eq(time_width_choose(finest, -1, 1999000000),
	    10 * finest);
}
END_TEST

START_TEST(a_gap_of_thirty_years_gives_a_small_table)
{
	const int64_t years = INT64_C(30) * 365 * 86400 * second;
	const int64_t width = 864000 * second;
	struct run *run = run_auto();

	for (int64_t i = 0; i < 100; i++)
		add(run, i * 20000000, 0, DIRECTION_IN);
	for (int64_t i = 0; i < 100; i++)
		add(run, years + i, 0, DIRECTION_IN);
	ck_assert_int_eq(finish(run), 0);
	ck_assert_uint_eq(run->rows.count, (uint64_t)(years / width) + 1);
	assert_row(run, 0, 0, 100);
	assert_row(run, 1, width, 0);
	assert_row(run, run->rows.count - 1, years / width * width, 100);
	ck_assert_uint_eq(run->rows.row[0].bucket_width_ns, (uint64_t)width);
	run_free(run);
}
END_TEST

START_TEST(the_ends_of_time_have_auto_buckets)
{
	const int64_t width = 86400000 * second;
	struct run *run = run_auto();

	/* Too early for a bucket of the width that is found at last, not for
	 * that of the beginning. */
	add(run, INT64_MIN + 1000000, 0, DIRECTION_IN);
	add(run, INT64_MIN, 0, DIRECTION_IN);
	add(run, 0, FRAME_NO_TIME, DIRECTION_IN);
	add(run, INT64_MAX, 0, DIRECTION_IN);
	add(run, INT64_MAX - width, 0, DIRECTION_IN);
	ck_assert_int_eq(finish(run), 0);
	ck_assert_uint_eq(run->rows.count, 3);
	assert_row(run, 0, INT64_MAX / width * width - width, 1);
	assert_row(run, 1, INT64_MAX / width * width, 1);
	assert_row(run, 2, TABLE_NO_I64, 3);
	ck_assert_uint_eq(run->rows.row[2].bucket_width_ns, TABLE_NO_U64);
	run_free(run);
}
END_TEST

/* Any number of buckets in any order, of which the ends come at any time. */
static size_t
random_times(uint64_t *random, int64_t *times)
{
	static const int64_t spans[] = { 1, 1000000, 3000000000,
	    INT64_C(5000000000000), INT64_C(900000000000000000), INT64_MAX };
	size_t n = random_below(random, PACKETS_MAX);
	int64_t from = random_below(random, 2) ? 0 : INT64_MIN;
	uint64_t span = (uint64_t)spans[random_below(random, 6)];

	for (size_t i = 0; i < n; i++)
		times[i] = from + (int64_t)random_below(random, span);
	return n;
}

static void
assert_same_rows(const struct run *a, const struct run *b)
{
	ck_assert_uint_eq(a->rows.count, b->rows.count);
	for (size_t i = 0; i < a->rows.count; i++) {
		const struct timeline_row *x = &a->rows.row[i];
		const struct timeline_row *y = &b->rows.row[i];

		ck_assert_int_eq(x->bucket_start_ns, y->bucket_start_ns);
		ck_assert_uint_eq(x->bucket_width_ns, y->bucket_width_ns);
		ck_assert_uint_eq(x->packets_total, y->packets_total);
		ck_assert_uint_eq(x->frame_bytes_in, y->frame_bytes_in);
		ck_assert_uint_eq(x->packets_tcp, y->packets_tcp);
	}
}

static void
merge_into(struct run *left, struct run *right)
{
	struct table_writer *writers[] = { &left->rows.writer };

	ck_assert_int_eq(analysis_timeline.merge(left->state, right->state,
	    writers, &left->err), 0);
	run_free(right);
}

/* Counted in the plainest way, with the width of the ends. */
static void
assert_auto_counts(const struct run *run, const int64_t *times, size_t n)
{
	int64_t first = INT64_MAX, last = INT64_MIN, width;
	uint64_t counted = 0;

	for (size_t i = 0; i < n; i++) {
		first = times[i] < first ? times[i] : first;
		last = times[i] > last ? times[i] : last;
	}
	width = n == 0 ? 0 : time_width_choose(TIME_WIDTH_FINEST_NS, first,
	    last);
	ck_assert_uint_le(run->rows.count, TIME_WIDTH_BUCKETS + 1);
	for (size_t i = 0; i < run->rows.count; i++) {
		const struct timeline_row *row = &run->rows.row[i];
		uint64_t wanted = 0;

		counted += row->packets_total;
		if (row->bucket_start_ns == TABLE_NO_I64)
			continue;
		ck_assert_uint_eq(row->bucket_width_ns, (uint64_t)width);
		for (size_t k = 0; k < n; k++)
			wanted += times[k] >= row->bucket_start_ns &&
			    (uint64_t)times[k] -
			    (uint64_t)row->bucket_start_ns <
			    (uint64_t)width;
		ck_assert_uint_eq(row->packets_total, wanted);
	}
	ck_assert_uint_eq(counted, n);
}

/* Three parts, put together from either side, and the other order of packets
 * give what the whole gives. */
START_TEST(any_split_and_order_has_the_same_auto_buckets)
{
	static int64_t times[PACKETS_MAX];
	uint64_t random = random_seed("auto");

	for (unsigned long round = 0; round < random_rounds(30); round++) {
		struct run *whole = run_auto(), *back = run_auto();
		struct run *part[2][3];
		size_t n = random_times(&random, times);
		size_t cut = random_below(&random, n + 1);
		size_t other = random_below(&random, n + 1);

		for (size_t i = 0; i < 6; i++)
			part[i / 3][i % 3] = run_auto();
		for (size_t i = 0; i < n; i++) {
			size_t at = (i >= cut) + (i >= other);

			add(whole, times[i], 0, DIRECTION_IN);
			add(back, times[n - 1 - i], 0, DIRECTION_IN);
			add(part[0][at], times[i], 0, DIRECTION_IN);
			add(part[1][at], times[i], 0, DIRECTION_IN);
		}
		merge_into(part[0][0], part[0][1]);
		merge_into(part[0][0], part[0][2]);
		merge_into(part[1][1], part[1][2]);
		merge_into(part[1][0], part[1][1]);
		ck_assert_int_eq(finish(whole), 0);
		ck_assert_int_eq(finish(back), 0);
		ck_assert_int_eq(finish(part[0][0]), 0);
		ck_assert_int_eq(finish(part[1][0]), 0);
		assert_auto_counts(whole, times, n);
		assert_same_rows(whole, back);
		assert_same_rows(whole, part[0][0]);
		assert_same_rows(whole, part[1][0]);
		run_free(whole);
		run_free(back);
		run_free(part[0][0]);
		run_free(part[1][0]);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("timeline");
	TCase *t = tcase_create("timeline");

	tcase_add_test(t, a_capture_without_packets_has_no_row);
	tcase_add_test(t, a_packet_counts_in_each_of_its_columns);
	tcase_add_test(t,
	    a_bucket_holds_its_first_nanosecond_and_not_the_next_ones);
	tcase_add_test(t, a_step_back_counts_in_the_earlier_bucket);
	tcase_add_test(t, packets_without_a_time_have_the_last_row);
	tcase_add_test(t, the_ends_of_time_have_buckets);
	tcase_add_test(t, ten_thousand_empty_buckets_are_written_in_a_row);
	tcase_add_test(t, times_that_lie_cannot_ask_for_rows_without_end);
	tcase_add_test(t, more_buckets_than_memory_has_room_for_are_an_error);
	tcase_add_test(t, any_order_of_times_counts_the_same);
	tcase_add_test(t,
	    the_width_is_the_finest_that_gives_two_thousand_buckets);
	tcase_add_test(t, a_gap_of_thirty_years_gives_a_small_table);
	tcase_add_test(t, the_ends_of_time_have_auto_buckets);
	tcase_add_test(t, any_split_and_order_has_the_same_auto_buckets);
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
