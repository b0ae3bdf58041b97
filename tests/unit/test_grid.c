#include <check.h>
#include <string.h>

#include "analyzer/report/grid.h"

struct row {
	uint64_t count;
	int64_t signed_one;
	int128 seconds, decimal;
	const char *text;
	struct table_ip ip;
};

#define AT(field) offsetof(struct row, field)
static const struct column columns[] = {
	{ "count", COLUMN_U64, AT(count), "", "", NULL },
	{ "signed_one", COLUMN_I64, AT(signed_one), "", "", NULL },
	{ "seconds", COLUMN_SECONDS, AT(seconds), "s", "", NULL },
	{ "decimal", COLUMN_DECIMAL, AT(decimal), "", "", NULL },
	{ "text", COLUMN_STRING, AT(text), "", "", NULL },
	{ "ip", COLUMN_IP, AT(ip), "", "", NULL },
};

static const struct table table = { .name = "things", .row_is = "a thing",
    .columns = columns, .column_count = 6 };

static struct grid *
make(const struct row *rows, size_t n, size_t most)
{
	struct table_selection all;
	struct table_writer *w;
	struct errbuf err;
	struct grid *g;

	table_select_default(&table, NULL, 0, &all);
	g = grid_new(&table, &all, most, &err);
	ck_assert_ptr_nonnull(g);
	w = grid_writer(g, &err);
	ck_assert_ptr_nonnull(w);
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(w->row(w, &rows[i], &err), 0);
	ck_assert_int_eq(w->close(w, true, &err), 0);
	return g;
}

START_TEST(cells_have_the_texts_of_csv)
{
	char text[] = "a,b";
	struct row row = { 7, -3, 1500000000000, 250000000000, text,
	    { { 192, 168, 0, 1 }, 4 } };
	struct grid *g = make(&row, 1, 10);
	static const char *const wanted[] = { "7", "-3", "1.500000000000",
	    "0.25", "a,b", "192.168.0.1" };

	memset(text, '#', 3);	/* it was borrowed for the call only */
	ck_assert_uint_eq(grid_rows(g), 1);
	ck_assert_uint_eq(grid_columns(g), 6);
	for (size_t i = 0; i < 6; i++)
		ck_assert_str_eq(grid_text(g, 0, i), wanted[i]);
	ck_assert_int_eq(grid_find(g, "decimal"), 3);
	ck_assert_int_eq(grid_find(g, "deci"), -1);
	ck_assert_ptr_eq(grid_table(g), &table);
	grid_free(g);
}
END_TEST

START_TEST(numbers_are_exact)
{
	struct row row = { UINT64_MAX - 1, INT64_MIN + 1, -1, 1, "5", { .version = 0 } };
	struct grid *g = make(&row, 1, 10);
	int128 unit = 1000000000000, exact;
	double rounded;

	ck_assert(grid_exact(g, 0, 0, &exact));
	ck_assert(exact == (int128)(UINT64_MAX - 1) * unit);
	ck_assert(grid_exact(g, 0, 1, &exact));
	ck_assert(exact == (int128)(INT64_MIN + 1) * unit);
	ck_assert(grid_exact(g, 0, 2, &exact));
	ck_assert(exact == -1);
	ck_assert(grid_exact(g, 0, 3, &exact));
	ck_assert(exact == 1);
	ck_assert(!grid_exact(g, 0, 4, &exact));
	ck_assert(!grid_exact(g, 0, 5, &exact));
	ck_assert(grid_number(g, 0, 3, &rounded));
	ck_assert_double_eq(rounded, 1e-12);
	grid_free(g);
}
END_TEST

START_TEST(what_is_undefined_is_empty_and_no_number)
{
	struct row row = { TABLE_NO_U64, TABLE_NO_I64, TABLE_NO_PS,
	    TABLE_NO_PS, NULL, { .version = 0 } };
	struct grid *g = make(&row, 1, 10);
	int128 exact;

	for (size_t i = 0; i < 6; i++) {
		ck_assert_str_eq(grid_text(g, 0, i), "");
		ck_assert(!grid_exact(g, 0, i, &exact));
	}
	grid_free(g);
}
END_TEST

START_TEST(rows_beyond_the_most_are_counted)
{
	struct row rows[5] = { 0 };
	struct grid *g;

	for (size_t i = 0; i < 5; i++)
		rows[i].count = i;
	g = make(rows, 5, 3);
	ck_assert_uint_eq(grid_rows(g), 3);
	ck_assert_uint_eq(grid_left_out(g), 2);
	ck_assert_str_eq(grid_text(g, 2, 0), "2");
	grid_free(g);
	grid_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("grid");
	TCase *tc = tcase_create("grid");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, cells_have_the_texts_of_csv);
	tcase_add_test(tc, numbers_are_exact);
	tcase_add_test(tc, what_is_undefined_is_empty_and_no_number);
	tcase_add_test(tc, rows_beyond_the_most_are_counted);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
