/*
 * Cells that only some tables have, in every format: decimals, and texts that
 * are borrowed for the row only.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/format.h"
#include "analyzer/report/sqlite.h"
#include "base/bytes.h"
#include "tests/unit/temporary_folder.h"

#ifdef HAVE_SQLITE
#include <sqlite3.h>
#endif

struct row {
	int128 share;
	const char *borrowed;
	const char *kept;
};

#define AT(field) offsetof(struct row, field)
static const struct column columns[] = {
	{ "share", COLUMN_DECIMAL, AT(share), "", "of all", NULL },
	{ "borrowed", COLUMN_STRING, AT(borrowed), "", "a text", NULL },
	{ "kept", COLUMN_TEXT, AT(kept), "", "another", NULL },
};

static const struct table table = { "things", "a thing", columns, 3, NULL };

enum { BUFFER = 32 };

static const char *const texts[] = { "one", "a,b", "say \"hi\"", "" };

struct memory {
	struct sink sink;	/* first: the sink is the memory */
	struct bytes bytes;
};

static int
memory_write(struct sink *sink, const void *data, size_t n,
    struct errbuf *err)
{
	struct memory *m = (struct memory *)(void *)sink;

	(void)err;
	return bytes_append(&m->bytes, data, n);
}

/* Four rows whose texts stand, one after the other, in one place; and one
 * without anything. */
static void
write_rows(int (*write)(void *context, const struct row *row), void *context)
{
	static const int128 shares[] = { 500000000000, -1, 12000000000000, 0 };
	char place[BUFFER];
	struct row row = { .borrowed = place, .kept = "same" };

	for (int i = 0; i < 4; i++) {
		row.share = shares[i];
		memset(place, '#', sizeof(place));
		snprintf(place, sizeof(place), "%s", texts[i]);
		ck_assert_int_eq(write(context, &row), 0);
	}
	memset(place, '#', sizeof(place));
	row = (struct row){ TABLE_NO_PS, NULL, NULL };
	ck_assert_int_eq(write(context, &row), 0);
}

static int
write_stream(void *context, const struct row *row)
{
	struct table_writer *w = context;
	struct errbuf err;

	return w->row(w, row, &err);
}

static void
check_stream(enum format format, const char *expected)
{
	struct memory m = { .sink = { memory_write } };
	struct table_selection all;
	struct table_writer *w;
	struct errbuf err = { "" };

	table_select_default(&table, NULL, 0, &all);
	ck_assert_int_eq(format_begin(format, &table, &all, &m.sink, &err), 0);
	w = format_writer(format, &table, &all, &m.sink, &err);
	ck_assert_ptr_nonnull(w);
	write_rows(write_stream, w);
	ck_assert_int_eq(w->close(w, true, &err), 0);
	ck_assert_int_eq(bytes_append(&m.bytes, "", 1), 0);
	ck_assert_str_eq((const char *)m.bytes.data, expected);
	bytes_reset(&m.bytes);
}

START_TEST(csv_writes_what_the_row_says)
{
	check_stream(FORMAT_CSV,
	    "share,borrowed,kept\n"
	    "0.5,one,same\n"
	    "-0.000000000001,\"a,b\",same\n"
	    "12,\"say \"\"hi\"\"\",same\n"
	    "0,,same\n"
	    ",,\n");
}
END_TEST

START_TEST(ndjson_writes_what_the_row_says)
{
	check_stream(FORMAT_NDJSON,
	    "{\"share\":0.5,\"borrowed\":\"one\",\"kept\":\"same\"}\n"
	    "{\"share\":-0.000000000001,\"borrowed\":\"a,b\","
	    "\"kept\":\"same\"}\n"
	    "{\"share\":12,\"borrowed\":\"say \\\"hi\\\"\","
	    "\"kept\":\"same\"}\n"
	    "{\"share\":0,\"borrowed\":\"\",\"kept\":\"same\"}\n"
	    "{\"share\":null,\"borrowed\":null,\"kept\":null}\n");
}
END_TEST

START_TEST(json_holds_the_same_objects)
{
	struct memory m = { .sink = { memory_write } };
	struct table_selection all;
	struct table_writer *w;
	struct errbuf err;

	table_select_default(&table, NULL, 0, &all);
	w = format_writer(FORMAT_JSON, &table, &all, &m.sink, &err);
	write_rows(write_stream, w);
	ck_assert_int_eq(w->close(w, true, &err), 0);
	ck_assert_int_eq(bytes_append(&m.bytes, "", 1), 0);
	ck_assert_ptr_nonnull(strstr((const char *)m.bytes.data,
	    "{\"share\":12,\"borrowed\":\"say \\\"hi\\\"\","));
	ck_assert_ptr_null(strchr((const char *)m.bytes.data, '#'));
	bytes_reset(&m.bytes);
}
END_TEST

START_TEST(text_aligns_what_the_row_says)
{
	check_stream(FORMAT_TEXT,
	    "         share  borrowed          kept\n"
	    "           0.5  one               same\n"
	    "-0.000000000001  a,b              same\n"
	    "            12  say \"hi\"          same\n"
	    "             0                    same\n"
	    "             -  -                 -\n");
}
END_TEST

#ifdef HAVE_SQLITE

static int
write_database(void *context, const struct row *row)
{
	struct errbuf err;

	return sqlite_row(context, row, &err);
}

static void
check_cell(sqlite3_stmt *row, int column, int type, const char *text)
{
	ck_assert_int_eq(sqlite3_column_type(row, column), type);
	if (text != NULL)
		ck_assert_str_eq((const char *)sqlite3_column_text(row,
		    column), text);
}

START_TEST(a_database_holds_what_the_row_says)
{
	static const double shares[] = { 0.5, -1e-12, 12, 0 };
	struct table_selection all;
	struct sqlite_output *out;
	sqlite3_stmt *row;
	sqlite3 *db;
	struct errbuf err;

	temporary_folder_enter();
	table_select_default(&table, NULL, 0, &all);
	out = sqlite_open("out.db", &table, &all, &err);
	ck_assert_ptr_nonnull(out);
	write_rows(write_database, out);
	ck_assert_int_eq(sqlite_close(out, true, &err), 0);
	ck_assert_int_eq(sqlite3_open_v2("out.db", &db, SQLITE_OPEN_READONLY,
	    NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, "SELECT * FROM things", -1,
	    &row, NULL), SQLITE_OK);
	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
		ck_assert(sqlite3_column_double(row, 0) == shares[i]);
		check_cell(row, 1, SQLITE_TEXT, texts[i]);
		check_cell(row, 2, SQLITE_TEXT, "same");
	}
	ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
	for (int i = 0; i < 3; i++)
		check_cell(row, i, SQLITE_NULL, NULL);
	ck_assert_int_eq(sqlite3_step(row), SQLITE_DONE);
	sqlite3_finalize(row);
	sqlite3_close(db);
	temporary_folder_leave();
}
END_TEST

#endif

static Suite *
suite(void)
{
	Suite *s = suite_create("cells");
	TCase *t = tcase_create("cells");

	tcase_add_test(t, csv_writes_what_the_row_says);
	tcase_add_test(t, ndjson_writes_what_the_row_says);
	tcase_add_test(t, json_holds_the_same_objects);
	tcase_add_test(t, text_aligns_what_the_row_says);
#ifdef HAVE_SQLITE
	tcase_add_test(t, a_database_holds_what_the_row_says);
#endif
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
