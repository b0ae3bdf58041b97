#include "analyzer/analyses/top.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/analysis.h"
#include "tests/unit/stats_random.h"

struct row {
	uint64_t u64;
	int64_t i64;
	int128 seconds, decimal;
	struct table_time time;
	const char *text, *string, *second_string;
	struct table_ip ip;
};

#define COLUMN(field, type_) \
	{ .name = #field, .type = type_, .unit = "", .meaning = "", \
	    .offset = offsetof(struct row, field) }

static const struct column columns[] = {
	COLUMN(u64, COLUMN_U64),
	COLUMN(i64, COLUMN_I64),
	COLUMN(seconds, COLUMN_SECONDS),
	COLUMN(decimal, COLUMN_DECIMAL),
	COLUMN(time, COLUMN_TIME),
	COLUMN(text, COLUMN_TEXT),
	COLUMN(string, COLUMN_STRING),
	COLUMN(second_string, COLUMN_STRING),
	COLUMN(ip, COLUMN_IP),
};

static const struct table table = {
	.name = "rows",
	.row_is = "a row",
	.columns = columns,
	.column_count = sizeof(columns) / sizeof(columns[0]),
	.row_bytes = sizeof(struct row),
};

enum { KEPT_MAX = 2000 };

/* Keeps what is written, the strings as they are at that time. */
struct keeper {
	struct table_writer base;
	unsigned closed[2];	/* by how */
	size_t fails_at;	/* this row cannot be written; 0: all can */
	struct row rows[KEPT_MAX];
	char strings[KEPT_MAX][16];
	size_t count;
};

static struct keeper keeper;

static int
keep(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct keeper *k = (struct keeper *)writer;
	const struct row *r = row;

	ck_assert_uint_lt(k->count, KEPT_MAX);
	if (k->count + 1 == k->fails_at) {
		errbuf_set(err, "full");
		return -1;
	}
	k->rows[k->count] = *r;
	if (r->string != NULL)
		strcpy(k->strings[k->count], r->string);
	k->count++;
	return 0;
}

static int
keep_closed(struct table_writer *writer, bool ok, struct errbuf *err)
{
	struct keeper *k = (struct keeper *)writer;

	(void)err;
	k->closed[ok]++;
	return 0;
}

static void
begin(void)
{
	memset(&keeper, 0, sizeof(keeper));
	keeper.base.row = keep;
	keeper.base.close = keep_closed;
}

static struct table_writer *
top_of(const char *by, uint64_t n)
{
	struct errbuf err = { "" };
	struct table_writer *top = top_writer(&table, by, n, &keeper.base,
	    &err);

	ck_assert_msg(top != NULL, "%s", err.text);
	return top;
}

static void
put(struct table_writer *top, const struct row *row)
{
	struct errbuf err;

	ck_assert_int_eq(top->row(top, row, &err), 0);
}

static void
write_out(struct table_writer *top)
{
	unsigned closed = keeper.closed[true];
	struct errbuf err;

	ck_assert_int_eq(top->close(top, true, &err), 0);
	ck_assert_uint_eq(keeper.closed[true], closed + 1);
	ck_assert_uint_eq(keeper.closed[false], 0);
}

START_TEST(the_largest_come_first)
{
	static const uint64_t value[] = { 5, 9, 1, 7, 3, 8 };
	struct table_writer *top = top_of("u64", 3);

	for (size_t i = 0; i < 6; i++)
		put(top, &(struct row){ .u64 = value[i] });
	ck_assert_uint_eq(keeper.count, 0);
	write_out(top);
	ck_assert_uint_eq(keeper.count, 3);
	ck_assert_uint_eq(keeper.rows[0].u64, 9);
	ck_assert_uint_eq(keeper.rows[1].u64, 8);
	ck_assert_uint_eq(keeper.rows[2].u64, 7);
}
END_TEST

START_TEST(equal_rows_stay_in_the_order_in_which_they_came)
{
	struct table_writer *top = top_of("u64", 4);

	for (int64_t i = 0; i < 20; i++)
		put(top, &(struct row){ .u64 = i == 10 ? 2 : 1, .i64 = i });
	write_out(top);
	ck_assert_uint_eq(keeper.count, 4);
	ck_assert_int_eq(keeper.rows[0].i64, 10);
	for (int64_t i = 0; i < 3; i++)
		ck_assert_int_eq(keeper.rows[i + 1].i64, i);
}
END_TEST

START_TEST(undefined_is_behind_the_smallest)
{
	static const int64_t value[] = { TABLE_NO_I64, -5, TABLE_NO_I64,
	    INT64_MIN + 1, 0 };
	struct table_writer *top = top_of("i64", 5);

	for (size_t i = 0; i < 5; i++)
		put(top, &(struct row){ .i64 = value[i], .u64 = i });
	write_out(top);
	ck_assert_int_eq(keeper.rows[0].i64, 0);
	ck_assert_int_eq(keeper.rows[1].i64, -5);
	ck_assert_int_eq(keeper.rows[2].i64, INT64_MIN + 1);
	ck_assert_uint_eq(keeper.rows[3].u64, 0);
	ck_assert_uint_eq(keeper.rows[4].u64, 2);
}
END_TEST

START_TEST(every_column_of_numbers_can_be_ordered_by)
{
	static const struct row low = { 1, -9, -3, 4, { 7, 9 }, "", "", "",
	    { { 0 }, 4 } };
	static const struct row high = { UINT64_MAX - 1, 2, 1, 5, { 8, 0 },
	    "", "", "", { { 0 }, 4 } };
	static const char *const by[] = { "u64", "i64", "seconds", "decimal",
	    "time" };

	struct table_writer *top = top_of(by[_i], 1);

	put(top, &low);
	put(top, &high);
	put(top, &low);
	write_out(top);
	ck_assert_uint_eq(keeper.count, 1);
	ck_assert_uint_eq(keeper.rows[0].u64, high.u64);
}
END_TEST

START_TEST(strings_are_kept_while_their_room_is_used_again)
{
	char room[16], other[16];
	struct row row = { .text = "same", .string = room,
	    .second_string = other };
	struct table_writer *top = top_of("u64", 2);

	for (row.u64 = 0; row.u64 < 5; row.u64++) {
		snprintf(room, sizeof(room), "row %u", (unsigned)row.u64);
		snprintf(other, sizeof(other), "%u", (unsigned)row.u64);
		put(top, &row);
	}
	row.u64 = 100;
	row.string = NULL;
	put(top, &row);
	memset(room, 'x', sizeof(room) - 1);
	write_out(top);
	ck_assert_ptr_null(keeper.rows[0].string);
	ck_assert_str_eq(keeper.strings[1], "row 4");
	ck_assert_ptr_eq(keeper.rows[1].text, row.text);
}
END_TEST

START_TEST(what_is_given_up_is_not_written)
{
	struct table_writer *top = top_of("u64", 2);
	struct errbuf err;

	put(top, &(struct row){ .u64 = 1 });
	ck_assert_int_eq(top->close(top, false, &err), 0);
	ck_assert_uint_eq(keeper.count, 0);
	ck_assert_uint_eq(keeper.closed[false], 1);
	ck_assert_uint_eq(keeper.closed[true], 0);
}
END_TEST

START_TEST(a_row_that_cannot_be_written_is_told)
{
	struct table_writer *top = top_of("u64", 5);
	struct errbuf err;

	keeper.fails_at = 2;
	for (uint64_t i = 0; i < 3; i++)
		put(top, &(struct row){ .u64 = i });
	ck_assert_int_eq(top->close(top, true, &err), -1);
	ck_assert_str_eq(err.text, "full");
	ck_assert_uint_eq(keeper.count, 1);
	ck_assert_uint_eq(keeper.closed[false], 1);
	ck_assert_uint_eq(keeper.closed[true], 0);
}
END_TEST

START_TEST(columns_without_numbers_and_unknown_ones_are_refused)
{
	static const struct { const char *by, *text; } wrong[] = {
		{ "text", "column \"text\" holds no numbers" },
		{ "string", "column \"string\" holds no numbers" },
		{ "ip", "column \"ip\" holds no numbers" },
		{ "u46", "no column \"u46\" in table rows; the nearest is "
		    "\"u64\"" },
	};
	struct table unknown = table;
	struct errbuf err;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_ptr_null(top_writer(&table, wrong[i].by, 1,
		    &keeper.base, &err));
		ck_assert_str_eq(err.text, wrong[i].text);
	}
	ck_assert_ptr_null(top_writer(&table, "u64", 0, &keeper.base, &err));
	ck_assert_str_eq(err.text, "0 is not between 1 and 1000000");
	ck_assert_ptr_null(top_writer(&table, "u64", TOP_MAX + 1,
	    &keeper.base, &err));
	ck_assert_uint_eq(keeper.closed[false], 6);
	unknown.row_bytes = 0;
	ck_assert_ptr_null(top_writer(&unknown, "u64", 1, &keeper.base,
	    &err));
	ck_assert_str_eq(err.text, "rows of table rows cannot be kept");
}
END_TEST

static int
by_value(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->u64 != y->u64)
		return x->u64 > y->u64 ? -1 : 1;
	return x->i64 < y->i64 ? -1 : 1;
}

START_TEST(random_rows_are_those_of_sorting_all)
{
	uint64_t state = random_seed("random_rows");
	struct row *all = calloc(KEPT_MAX, sizeof(*all));

	ck_assert_ptr_nonnull(all);
	for (unsigned long round = random_rounds(50); round > 0; round--) {
		size_t n = random_below(&state, KEPT_MAX);
		size_t limit = 1 + random_below(&state, KEPT_MAX);
		struct table_writer *top = top_of("u64", limit);

		keeper.count = 0;
		for (size_t i = 0; i < n; i++) {
			all[i] = (struct row){ .u64 = random_below(&state,
			    500), .i64 = (int64_t)i };
			put(top, &all[i]);
		}
		write_out(top);
		qsort(all, n, sizeof(*all), by_value);
		ck_assert_uint_eq(keeper.count, n < limit ? n : limit);
		for (size_t i = 0; i < keeper.count; i++)
			ck_assert_int_eq(keeper.rows[i].i64, all[i].i64);
	}
	free(all);
}
END_TEST

static size_t
cell_bytes(enum column_type type)
{
	static const size_t bytes[] = {
		[COLUMN_U64] = sizeof(uint64_t),
		[COLUMN_I64] = sizeof(int64_t),
		[COLUMN_SECONDS] = sizeof(int128),
		[COLUMN_TIME] = sizeof(struct table_time),
		[COLUMN_TEXT] = sizeof(char *),
		[COLUMN_STRING] = sizeof(char *),
		[COLUMN_DECIMAL] = sizeof(int128),
		[COLUMN_IP] = sizeof(struct table_ip),
	};

	return bytes[type];
}

/* All that users see can be asked for its largest rows. */
START_TEST(every_table_says_how_big_its_row_is)
{
	struct errbuf err;

	for (size_t i = 0; analyses[i] != NULL; i++)
		for (size_t k = 0; k < analyses[i]->table_count; k++) {
			const struct table *t = analyses[i]->tables[k];

			if (t->hidden)
				continue;
			for (size_t c = 0; c < t->column_count; c++)
				ck_assert_msg(t->columns[c].offset +
				    cell_bytes(t->columns[c].type) <=
				    t->row_bytes, "%s.%s", t->name,
				    t->columns[c].name);
			ck_assert(t->top_by == NULL ||
			    top_column(t, t->top_by, &err) != -1);
		}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("top");
	TCase *tc = tcase_create("top");

	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_test(tc, the_largest_come_first);
	tcase_add_test(tc, equal_rows_stay_in_the_order_in_which_they_came);
	tcase_add_test(tc, undefined_is_behind_the_smallest);
	tcase_add_loop_test(tc, every_column_of_numbers_can_be_ordered_by, 0,
	    5);
	tcase_add_test(tc, strings_are_kept_while_their_room_is_used_again);
	tcase_add_test(tc, what_is_given_up_is_not_written);
	tcase_add_test(tc, a_row_that_cannot_be_written_is_told);
	tcase_add_test(tc,
	    columns_without_numbers_and_unknown_ones_are_refused);
	tcase_add_test(tc, every_table_says_how_big_its_row_is);
	tcase_add_test(tc, random_rows_are_those_of_sorting_all);
	suite_add_tcase(s, tc);
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
