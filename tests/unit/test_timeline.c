#include "analyzer/analyses/timeline.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/analysis.h"
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
run_new(int64_t interval_ns, uint64_t max_memory)
{
	struct settings settings = { .interval_ns = interval_ns,
	    .max_memory = max_memory };
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
	add(run, INT64_MIN, 0, DIRECTION_IN);
	ck_assert_int_eq(finish(run), 0);
	ck_assert_uint_eq(run->rows.count, TIMELINE_EMPTY_RUN + 3);
	assert_row(run, 0, INT64_MIN + 8, 1);
	assert_row(run, 1, INT64_MIN + 18, 0);
	assert_row(run, TIMELINE_EMPTY_RUN + 1, INT64_MAX - 7, 1);
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
