/*
 * A table that could not be begun is told of, though it has no row.
 */
#include <check.h>
#include <stdlib.h>

#include "analyzer/commands/table_output.h"

static const struct column columns[] = {
	{ "count", COLUMN_U64, 0, "packets", "how many" },
};

static const struct table table = { "things", "a thing", columns, 1, NULL };

static void
not_told(const void *row)
{
	(void)row;
}

/* Without a row the table begins when it is closed. */
static void
open_output(struct table_output *o, const struct options *options)
{
	struct errbuf err = { "" };
	bool usage;

	ck_assert_msg(table_output_open(o, options, &table, not_told, &usage,
	    &err) == 0, "%s", err.text);
}

START_TEST(a_table_without_rows_is_written)
{
	struct options options = { .output = "/dev/null" };
	struct table_output o;
	struct errbuf err = { "" };

	open_output(&o, &options);
	ck_assert_int_eq(table_output_close(&o, true, &err), 0);
}
END_TEST

START_TEST(a_beginning_that_fails_is_an_error)
{
	static char much[1 << 20];
	struct options options = { .output = "/dev/full" };
	struct table_output o;
	struct errbuf err = { "" };
	struct sink *sink;

	open_output(&o, &options);
	sink = table_output_sink(&o);
	ck_assert_int_eq(sink->write(sink, much, sizeof(much), &err), -1);
	err.text[0] = '\0';
	ck_assert_int_eq(table_output_close(&o, true, &err), -1);
	ck_assert_str_eq(err.text, "/dev/full: No space left on device");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("table_output");
	TCase *tc = tcase_create("table_output");

	tcase_add_test(tc, a_table_without_rows_is_written);
	tcase_add_test(tc, a_beginning_that_fails_is_an_error);
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
