#include "analyzer/report/csv_read.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/temporary_folder.h"

static struct csv_reader *
read_text(const char *text, size_t len)
{
	FILE *file = fopen("table.csv", "w");
	struct csv_reader *reader;
	struct errbuf err;

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
	reader = csv_reader_open("table.csv", &err);
	ck_assert_ptr_nonnull(reader);
	return reader;
}

/* The records as "[a][b]\n". */
static void
check_records(const char *text, const char *wanted)
{
	struct csv_reader *reader = read_text(text, strlen(text));
	char got[256] = "";
	struct errbuf err;
	int status;

	while ((status = csv_reader_next(reader, &err)) == 1) {
		for (size_t i = 0; i < csv_reader_cells(reader); i++) {
			strcat(got, "[");
			strcat(got, csv_reader_cell(reader, i));
			strcat(got, "]");
		}
		strcat(got, "\n");
	}
	ck_assert_int_eq(status, 0);
	ck_assert_str_eq(got, wanted);
	csv_reader_close(reader);
}

START_TEST(cells_are_told_apart)
{
	check_records("", "");
	check_records("a", "[a]\n");
	check_records("a,b\n1,\n", "[a][b]\n[1][]\n");
	check_records(",\n", "[][]\n");
	check_records("\"a,b\",c\n", "[a,b][c]\n");
	check_records("\"say \"\"hi\"\"\"\n", "[say \"hi\"]\n");
	check_records("\"\",\"\"\n", "[][]\n");
	check_records("\"two\nlines\",x\ny\n", "[two\nlines][x]\n[y]\n");
}
END_TEST

START_TEST(what_spreadsheets_write_is_taken)
{
	check_records("\xef\xbb\xbf" "a,b\r\n1,2\r\n", "[a][b]\n[1][2]\n");
	check_records("a\r\n\r\n\nb", "[a]\n[b]\n");
	check_records("a\rb,\"c\"\r\n", "[a\rb][c]\n");
}
END_TEST

START_TEST(a_quote_without_an_end_is_an_error_with_its_line)
{
	static const char text[] = "a,b\n\"x\ny\",1\n2,\"open\n";
	struct csv_reader *reader = read_text(text, strlen(text));
	struct errbuf err;

	ck_assert_int_eq(csv_reader_next(reader, &err), 1);
	ck_assert_int_eq(csv_reader_next(reader, &err), 1);
	ck_assert_uint_eq(csv_reader_line(reader), 2);
	ck_assert_int_eq(csv_reader_next(reader, &err), -1);
	ck_assert_str_eq(err.text, "table.csv: line 4: a quote has no end");
	csv_reader_close(reader);
}
END_TEST

/* A record of one long cell, and one of many. */
START_TEST(records_have_a_bound)
{
	static char text[CSV_RECORD_MAX + 2];
	struct csv_reader *reader;
	struct errbuf err;

	memset(text, 'x', sizeof(text));
	reader = read_text(text, CSV_RECORD_MAX - 1);
	ck_assert_int_eq(csv_reader_next(reader, &err), 1);
	ck_assert_uint_eq(strlen(csv_reader_cell(reader, 0)),
	    CSV_RECORD_MAX - 1);
	csv_reader_close(reader);
	reader = read_text(text, sizeof(text));
	ck_assert_int_eq(csv_reader_next(reader, &err), -1);
	ck_assert_str_eq(err.text, "table.csv: line 1: the row is too long");
	csv_reader_close(reader);
	memset(text, ',', sizeof(text));
	reader = read_text(text, CSV_CELLS_MAX - 1);
	ck_assert_int_eq(csv_reader_next(reader, &err), 1);
	ck_assert_uint_eq(csv_reader_cells(reader), CSV_CELLS_MAX);
	csv_reader_close(reader);
	reader = read_text(text, CSV_CELLS_MAX);
	ck_assert_int_eq(csv_reader_next(reader, &err), -1);
	csv_reader_close(reader);
}
END_TEST

START_TEST(a_cell_that_is_not_there_is_empty)
{
	struct csv_reader *reader = read_text("a,b\n", 4);
	struct errbuf err;

	ck_assert_int_eq(csv_reader_next(reader, &err), 1);
	ck_assert_str_eq(csv_reader_cell(reader, 2), "");
	ck_assert_int_eq(csv_reader_next(reader, &err), 0);
	ck_assert_str_eq(csv_reader_cell(reader, 0), "");
	csv_reader_close(reader);
	ck_assert_ptr_null(csv_reader_open("none.csv", &err));
	ck_assert_str_eq(err.text, "none.csv: No such file or directory");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("csv_read");
	TCase *tc = tcase_create("csv_read");

	tcase_add_checked_fixture(tc, temporary_folder_enter,
	    temporary_folder_leave);
	tcase_add_test(tc, cells_are_told_apart);
	tcase_add_test(tc, what_spreadsheets_write_is_taken);
	tcase_add_test(tc, a_quote_without_an_end_is_an_error_with_its_line);
	tcase_add_test(tc, records_have_a_bound);
	tcase_add_test(tc, a_cell_that_is_not_there_is_empty);
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
