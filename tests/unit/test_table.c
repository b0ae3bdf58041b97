/*
 * Finding, suggesting and selecting columns.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "tests/unit/stats_random.h"

static const struct column columns[] = {
	{ "packets", COLUMN_U64, 0, "packets", "in this direction" },
	{ "packet", COLUMN_U64, 8, "", "number of the packet" },
	{ "frame_bytes", COLUMN_U64, 16, "bytes", "on the wire" },
	{ "cap_bytes", COLUMN_U64, 24, "bytes", "kept" },
	{ "duration_s", COLUMN_SECONDS, 32, "s", "last packet minus first" },
};

static const struct table table = { "flows", "a flow", columns, 5, NULL };

START_TEST(columns_are_found_by_their_exact_names)
{
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(table_find(&table, columns[i].name), i);
	ck_assert_int_eq(table_find(&table, "Packets"), -1);
	ck_assert_int_eq(table_find(&table, "packe"), -1);
	ck_assert_int_eq(table_find(&table, ""), -1);
}
END_TEST

static const struct slip {
	const char *typed, *meant;
} slips[] = {
	{ "packtes", "packets" },		/* a swap */
	{ "pakets", "packets" },
	{ "packkets", "packets" },
	{ "pocket", "packet" },
	{ "frame_byte", "frame_bytes" },
	{ "cap-bytes", "cap_bytes" },
	{ "duration", "duration_s" },
	{ "packeta", "packets" },		/* a tie: the first one */
	{ "", "packet" },
	{ "duration_s_____________________________________________________"
	    "____________________________________________", "duration_s" },
};

START_TEST(a_mistyped_name_has_a_nearest_one)
{
	ck_assert_str_eq(table_nearest(&table, slips[_i].typed),
	    slips[_i].meant);
}
END_TEST

/* The definition, by recursion, for short texts. */
static unsigned
distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned least, d;

	if (n == 0 || m == 0)
		return (unsigned)(n + m);
	least = distance(a, n - 1, b, m - 1) + (a[n - 1] != b[m - 1]);
	d = distance(a, n - 1, b, m) + 1;
	least = d < least ? d : least;
	d = distance(a, n, b, m - 1) + 1;
	least = d < least ? d : least;
	if (n > 1 && m > 1 && a[n - 1] == b[m - 2] && a[n - 2] == b[m - 1]) {
		d = distance(a, n - 2, b, m - 2) + 1;
		least = d < least ? d : least;
	}
	return least;
}

static void
random_word(uint64_t *state, char *word)
{
	size_t len = 1 + random_below(state, 5);

	for (size_t i = 0; i < len; i++)
		word[i] = (char)('a' + random_below(state, 3));
	word[len] = '\0';
}

START_TEST(the_nearest_name_is_the_first_of_least_distance)
{
	uint64_t state = random_seed(__func__);

	for (unsigned long n = random_rounds(2000); n > 0; n--) {
		char words[4][8];
		struct column some[3];
		const struct table t = { "t", "a row", some, 3, NULL };
		unsigned least = 100;
		const char *nearest = NULL;

		for (int i = 0; i < 4; i++)
			random_word(&state, words[i]);
		for (int i = 0; i < 3; i++) {
			unsigned d = distance(words[i], strlen(words[i]),
			    words[3], strlen(words[3]));

			some[i] = (struct column){ .name = words[i] };
			if (d < least) {
				least = d;
				nearest = words[i];
			}
		}
		ck_assert_ptr_eq(table_nearest(&t, words[3]), nearest);
	}
}
END_TEST

START_TEST(all_columns_keep_their_order)
{
	struct table_selection s;

	table_select_default(&table, NULL, 0, &s);
	ck_assert_uint_eq(s.count, 5);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(s.index[i], i);
}
END_TEST

START_TEST(selected_columns_have_the_order_of_the_names)
{
	struct table_selection s;
	struct errbuf err = { "" };

	ck_assert_int_eq(table_select(&table, "duration_s,packets,cap_bytes",
	    &s, &err), 0);
	ck_assert_uint_eq(s.count, 3);
	ck_assert_int_eq(s.index[0], 4);
	ck_assert_int_eq(s.index[1], 0);
	ck_assert_int_eq(s.index[2], 3);
}
END_TEST

static const struct wrong {
	const char *names, *message;
} wrongs[] = {
	{ "packtes", "no column \"packtes\" in table flows; the nearest is "
	    "\"packets\"" },
	{ "packet,frame", "no column \"frame\" in table flows; the nearest is "
	    "\"packet\"" },
	{ "packets,packet,packets", "column \"packets\" is named twice" },
	{ "", "a column name is empty" },
	{ ",packets", "a column name is empty" },
	{ "packets,", "a column name is empty" },
	{ "packets,,packet", "a column name is empty" },
};

START_TEST(a_wrong_selection_says_what_is_wrong)
{
	struct table_selection s;
	struct errbuf err = { "" };

	ck_assert_int_eq(table_select(&table, wrongs[_i].names, &s, &err), -1);
	ck_assert_str_eq(err.text, wrongs[_i].message);
}
END_TEST

START_TEST(at_most_256_columns_are_selected)
{
	enum { COUNT = 257 };
	struct column *many = calloc(COUNT, sizeof(*many));
	struct table t = { "t", "a row", many, COUNT, NULL };
	char names[COUNT][8], list[COUNT * 8] = "";
	struct table_selection s;
	struct errbuf err = { "" };

	for (int i = 0; i < COUNT; i++) {
		snprintf(names[i], sizeof(names[i]), "c%d", i);
		many[i].name = names[i];
		strcat(list, i == 0 ? "" : ",");
		strcat(list, names[i]);
	}
	ck_assert_int_eq(table_select(&t, list, &s, &err), -1);
	ck_assert_str_eq(err.text, "more than 256 columns");
	*strrchr(list, ',') = '\0';
	ck_assert_int_eq(table_select(&t, list, &s, &err), 0);
	ck_assert_uint_eq(s.count, 256);
	ck_assert_int_eq(s.index[255], 255);
	free(many);
}
END_TEST

#define ADD_EACH(tc, test, array) \
	tcase_add_loop_test(tc, test, 0, \
	    (int)(sizeof(array) / sizeof((array)[0])))

static const struct column grouped[] = {
	{ "a", COLUMN_U64, 0, "", "always", NULL },
	{ "r", COLUMN_U64, 0, "", "with --relative", "relative" },
	{ "b", COLUMN_U64, 0, "", "always", NULL },
	{ "l", COLUMN_U64, 0, "", "with --labels", "labels" },
	{ "s", COLUMN_U64, 0, "", "with --relative", "relative" },
};

static const struct table grouped_table = { "groups", "a row", grouped, 5,
    NULL };

static void
check_selected(const struct table_selection *s, const char *names)
{
	size_t n = strlen(names);

	ck_assert_uint_eq(s->count, n);
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(grouped[s->index[i]].name[0], names[i]);
}

START_TEST(columns_of_a_group_are_there_when_it_is_asked_for)
{
	static const char *const groups[] = { "relative", "labels" };
	struct table_selection s;

	table_select_default(&grouped_table, NULL, 0, &s);
	check_selected(&s, "ab");
	table_select_default(&grouped_table, groups, 1, &s);
	check_selected(&s, "arbs");
	table_select_default(&grouped_table, groups + 1, 1, &s);
	check_selected(&s, "abl");
	table_select_default(&grouped_table, groups, 2, &s);
	check_selected(&s, "arbls");
}
END_TEST

START_TEST(a_column_of_a_group_may_be_named)
{
	struct errbuf err = { "" };
	struct table_selection s;

	ck_assert_int_eq(table_select(&grouped_table, "l,a", &s, &err), 0);
	check_selected(&s, "la");
}
END_TEST

START_TEST(groups_add_the_columns_that_are_not_there_yet)
{
	static const char *const groups[] = { "relative", "nothing" };
	struct errbuf err = { "" };
	struct table_selection s;

	ck_assert_int_eq(table_select(&grouped_table, "s,a", &s, &err), 0);
	table_select_groups(&grouped_table, groups, 2, &s);
	check_selected(&s, "sar");
	table_select_groups(&grouped_table, groups, 0, &s);
	check_selected(&s, "sar");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("table");
	TCase *tc = tcase_create("table");

	tcase_add_test(tc, columns_are_found_by_their_exact_names);
	ADD_EACH(tc, a_mistyped_name_has_a_nearest_one, slips);
	tcase_add_test(tc, the_nearest_name_is_the_first_of_least_distance);
	tcase_add_test(tc, all_columns_keep_their_order);
	tcase_add_test(tc, selected_columns_have_the_order_of_the_names);
	ADD_EACH(tc, a_wrong_selection_says_what_is_wrong, wrongs);
	tcase_add_test(tc, at_most_256_columns_are_selected);
	tcase_add_test(tc,
	    columns_of_a_group_are_there_when_it_is_asked_for);
	tcase_add_test(tc, a_column_of_a_group_may_be_named);
	tcase_add_test(tc, groups_add_the_columns_that_are_not_there_yet);
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
