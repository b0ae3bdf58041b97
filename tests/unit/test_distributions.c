/*
 * The rows of gaps and sizes at their ends; tests/cli/test_ranges.py counts
 * whole captures.
 */
#include "analyzer/analyses/analysis.h"

#include <check.h>
#include <stdlib.h>

#include "analyzer/analyses/gaps.h"
#include "analyzer/analyses/sizes.h"

enum { ROWS_MAX = 256 };

/* Keeps the rows of either table. */
struct rows {
	struct table_writer writer;	/* first */
	struct gaps_row gaps[ROWS_MAX];
	struct sizes_row sizes[ROWS_MAX];
	size_t count;
};

static int
keep_gaps(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct rows *rows = (struct rows *)(void *)writer;

	(void)err;
	ck_assert_uint_lt(rows->count, ROWS_MAX);
	rows->gaps[rows->count++] = *(const struct gaps_row *)row;
	return 0;
}

static int
keep_sizes(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct rows *rows = (struct rows *)(void *)writer;

	(void)err;
	ck_assert_uint_lt(rows->count, ROWS_MAX);
	rows->sizes[rows->count++] = *(const struct sizes_row *)row;
	return 0;
}

static void *
begin(const struct analysis *analysis)
{
	const struct settings settings = { 0 };
	const struct table_selection *wanted[ANALYSIS_TABLES_MAX] = { NULL };
	struct table_selection all;
	struct errbuf err;
	void *state;

	table_select_default(analysis->tables[0], NULL, 0, &all);
	wanted[0] = &all;
	state = analysis->state_new(&settings, wanted, &err);
	ck_assert_ptr_nonnull(state);
	return state;
}

/* A packet of UDP, or of nothing known. */
static void
add(const struct analysis *analysis, void *state, int64_t ts_ns,
    uint32_t wire_len, uint8_t frame_flags, enum packet_direction direction)
{
	struct frame frame = { .ts_ns = ts_ns, .wire_len = wire_len,
	    .flags = frame_flags };
	struct packet packet = { .frame = &frame, .direction = direction,
	    .layers = { LAYER_IPV4, LAYER_UDP },
	    .layer_count = direction == DIRECTION_SKIPPED ? 0 : 2 };
	struct errbuf err;

	ck_assert_int_eq(analysis->add(state, "capture", &packet, 1, NULL,
	    &err), 0);
}

static void
end(const struct analysis *analysis, void *state, struct rows *rows)
{
	const struct analysis_input input = { .name = "capture" };
	struct table_writer *writers[] = { &rows->writer };
	struct errbuf err;

	rows->count = 0;
	ck_assert_int_eq(analysis->finish(state, &input, writers, &err), 0);
	analysis->state_free(state);
}

static void
assert_gaps(const struct gaps_row *row, const char *direction, int64_t low_ns,
    int64_t high_ns, uint64_t gaps, uint64_t up_to, uint64_t of)
{
	ck_assert_str_eq(row->file, "capture");
	ck_assert_str_eq(row->direction, direction);
	ck_assert_int_eq(row->gap_low_ns, low_ns);
	ck_assert_int_eq(row->gap_high_ns, high_ns);
	ck_assert_uint_eq(row->gaps, gaps);
	ck_assert_uint_eq(row->gaps_up_to, up_to);
	/* No ties here. */
	ck_assert(row->share_up_to ==
	    ((int128)up_to * 2000000000000 + of) / (2 * (int128)of));
}

START_TEST(gaps_beyond_what_a_number_says_have_rows_without_it)
{
	static struct rows rows = { .writer = { .row = keep_gaps } };
	const struct analysis *gaps = &analysis_gaps;
	void *state = begin(gaps);

	/* Steps back of 2^64 - 1 and of 2^63 - 1, the other way 2^64 - 1 and
	 * 2^63. */
	add(gaps, state, INT64_MAX, 60, 0, DIRECTION_IN);
	add(gaps, state, INT64_MIN, 60, 0, DIRECTION_IN);
	add(gaps, state, INT64_MAX, 60, 0, DIRECTION_IN);
	add(gaps, state, 0, 60, 0, DIRECTION_OUT);
	add(gaps, state, 0, 60, FRAME_NO_TIME, DIRECTION_OUT);
	add(gaps, state, INT64_MAX, 60, 0, DIRECTION_OUT);
	add(gaps, state, INT64_MAX - 3, 60, 0, DIRECTION_OTHER);
	add(gaps, state, INT64_MIN, 60, 0, DIRECTION_OTHER);
	add(gaps, state, 0, 60, 0, DIRECTION_SKIPPED);
	end(gaps, state, &rows);
	ck_assert_uint_eq(rows.count, 6);
	assert_gaps(&rows.gaps[0], "in", TABLE_NO_I64, -1, 1, 1, 2);
	assert_gaps(&rows.gaps[1], "in", TABLE_NO_I64, TABLE_NO_I64, 1, 2, 2);
	assert_gaps(&rows.gaps[2], "out", INT64_MAX - (INT64_C(1) << 58) + 1,
	    INT64_MAX, 1, 1, 1);
	assert_gaps(&rows.gaps[3], "all", TABLE_NO_I64, -1, 4, 4, 7);
	assert_gaps(&rows.gaps[4], "all", INT64_MAX - (INT64_C(1) << 58) + 1,
	    INT64_MAX, 1, 5, 7);
	assert_gaps(&rows.gaps[5], "all", TABLE_NO_I64, TABLE_NO_I64, 2, 7, 7);
}
END_TEST

START_TEST(the_lowest_step_back_is_told)
{
	static struct rows rows = { .writer = { .row = keep_gaps } };
	const struct analysis *gaps = &analysis_gaps;
	void *state = begin(gaps);

	add(gaps, state, INT64_MAX, 60, 0, DIRECTION_IN);
	add(gaps, state, 0, 60, 0, DIRECTION_IN);
	add(gaps, state, -1, 60, 0, DIRECTION_IN);
	end(gaps, state, &rows);
	ck_assert_uint_eq(rows.count, 2);
	assert_gaps(&rows.gaps[0], "in", -INT64_MAX, -1, 2, 2, 2);
	assert_gaps(&rows.gaps[1], "all", -INT64_MAX, -1, 2, 2, 2);
}
END_TEST

START_TEST(lengths_fall_where_they_should)
{
	static const struct { uint32_t len; uint64_t low, high; } known[] = {
		{ 0, 0, 63 }, { 63, 0, 63 }, { 64, 64, 127 },
		{ 1514, 1472, 1535 }, { 2047, 1984, 2047 },
		{ 2048, 2048, 2303 }, { 2303, 2048, 2303 },
		{ 2304, 2304, 2559 }, { 4095, 3840, 4095 },
		{ 4096, 4096, 4607 }, { 65535, 61440, 65535 },
		{ 65536, 65536, 73727 },
		{ UINT32_MAX, 0xf0000000, UINT32_MAX },
	};
	static struct rows rows = { .writer = { .row = keep_sizes } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		void *state = begin(&analysis_sizes);

		add(&analysis_sizes, state, 0, known[i].len, FRAME_NO_TIME,
		    DIRECTION_OUT);
		end(&analysis_sizes, state, &rows);
		ck_assert_uint_eq(rows.count, 1);
		ck_assert_str_eq(rows.sizes[0].protocol, "udp");
		ck_assert_uint_eq(rows.sizes[0].frame_len_low, known[i].low);
		ck_assert_uint_eq(rows.sizes[0].frame_len_high,
		    known[i].high);
		ck_assert_uint_eq(rows.sizes[0].frame_bytes, known[i].len);
		ck_assert_uint_eq(rows.sizes[0].packets_out, 1);
	}
}
END_TEST

START_TEST(protocols_with_most_packets_come_first)
{
	static struct rows rows = { .writer = { .row = keep_sizes } };
	const struct analysis *sizes = &analysis_sizes;
	void *state = begin(sizes);

	add(sizes, state, 0, 70, 0, DIRECTION_SKIPPED);
	add(sizes, state, 0, 3000, 0, DIRECTION_OTHER);
	add(sizes, state, 0, 60, 0, DIRECTION_IN);
	add(sizes, state, 0, 61, 0, DIRECTION_OUT);
	end(sizes, state, &rows);
	ck_assert_uint_eq(rows.count, 3);
	ck_assert_str_eq(rows.sizes[0].protocol, "udp");
	ck_assert_uint_eq(rows.sizes[0].packets, 2);
	ck_assert_uint_eq(rows.sizes[0].packets_in, 1);
	ck_assert_uint_eq(rows.sizes[0].packets_out, 1);
	ck_assert_uint_eq(rows.sizes[0].frame_bytes, 121);
	ck_assert_uint_eq(rows.sizes[1].frame_len_low, 2816);
	ck_assert_uint_eq(rows.sizes[1].packets_other, 1);
	ck_assert_ptr_null(rows.sizes[2].protocol);
	ck_assert_uint_eq(rows.sizes[2].packets, 1);
	ck_assert_uint_eq(rows.sizes[2].packets_skipped, 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("distributions");
	TCase *t = tcase_create("distributions");

	tcase_add_test(t, gaps_beyond_what_a_number_says_have_rows_without_it);
	tcase_add_test(t, the_lowest_step_back_is_told);
	tcase_add_test(t, lengths_fall_where_they_should);
	tcase_add_test(t, protocols_with_most_packets_come_first);
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
