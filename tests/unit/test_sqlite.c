/*
 * Rows in an SQLite database, read back with SQLite.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/sqlite.h"

struct row {
	uint64_t count;
	int64_t change;
	int128 gap;
	struct table_time time;
	const char *name;
	struct table_ip address;
};

#define AT(field) offsetof(struct row, field)
static const struct column columns[] = {
	{ "count", COLUMN_U64, AT(count), "packets", "how many" },
	{ "change", COLUMN_I64, AT(change), "", "more or less" },
	{ "gap_s", COLUMN_SECONDS, AT(gap), "s", "between packets" },
	{ "time", COLUMN_TIME, AT(time), "s", "of the packet" },
	{ "name", COLUMN_TEXT, AT(name), "", "of the file" },
	{ "address", COLUMN_IP, AT(address), "", "of the sender" },
};

static const struct table table = { "things", "a thing", columns, 6, NULL };

#ifdef HAVE_SQLITE

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include "tests/unit/temporary_folder.h"

static const struct row full = {
	1514, -3, 77033373737, { 1638123439726486000, 6 }, "it's \"lab\".pcap",
	{ { 192, 168, 0, 1 }, 4 }
};

static const struct row undefined = {
	TABLE_NO_U64, TABLE_NO_I64, TABLE_NO_PS, { TABLE_NO_I64, 6 }, NULL,
	{ { 0 }, 0 }
};

static struct sqlite_output *
open_output(const char *path, const char *names)
{
	struct table_selection s;
	struct errbuf err = { "" };
	struct sqlite_output *out;

	if (names == NULL)
		table_select_default(&table, NULL, 0, &s);
	else
		ck_assert_int_eq(table_select(&table, names, &s, &err), 0);
	out = sqlite_open(path, &table, &s, &err);
	ck_assert_msg(out != NULL, "%s", err.text);
	return out;
}

static void
add_row(struct sqlite_output *out, const struct row *row)
{
	struct errbuf err = { "" };

	ck_assert_msg(sqlite_row(out, row, &err) == 0, "%s", err.text);
}

static void
keep(struct sqlite_output *out)
{
	struct errbuf err = { "" };

	ck_assert_msg(sqlite_close(out, true, &err) == 0, "%s", err.text);
}

static void
write_database(const char *path, const char *names, const struct row *rows,
    size_t n)
{
	struct sqlite_output *out = open_output(path, names);

	for (size_t i = 0; i < n; i++)
		add_row(out, &rows[i]);
	keep(out);
}

static sqlite3 *
open_database(const char *path)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY,
	    NULL), SQLITE_OK);
	return db;
}

/* At the first row of the answer. */
static sqlite3_stmt *
ask(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;

	ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) ==
	    SQLITE_OK, "%s", sqlite3_errmsg(db));
	ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
	return stmt;
}

/* The one value that the question has. */
static void
check_answer(const char *path, const char *sql, const char *expected)
{
	sqlite3 *db = open_database(path);
	sqlite3_stmt *stmt = ask(db, sql);

	ck_assert_str_eq((const char *)sqlite3_column_text(stmt, 0), expected);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static void
check_refused(const char *path, const char *message)
{
	struct table_selection s;
	struct errbuf err = { "" };
	size_t before = temporary_folder_count();

	table_select_default(&table, NULL, 0, &s);
	ck_assert_ptr_null(sqlite_open(path, &table, &s, &err));
	ck_assert_str_eq(err.text, message);
	ck_assert_uint_eq(temporary_folder_count(), before);
}

START_TEST(every_type_reads_back)
{
	sqlite3 *db;
	sqlite3_stmt *row;

	write_database("out.db", NULL, &full, 1);
	db = open_database("out.db");
	row = ask(db, "SELECT * FROM things");
	ck_assert_int_eq(sqlite3_column_count(row), 6);
	ck_assert_int_eq(sqlite3_column_type(row, 0), SQLITE_INTEGER);
	ck_assert_int_eq(sqlite3_column_int64(row, 0), 1514);
	ck_assert_int_eq(sqlite3_column_int64(row, 1), -3);
	ck_assert_int_eq(sqlite3_column_type(row, 2), SQLITE_FLOAT);
	ck_assert(sqlite3_column_double(row, 2) == 0.077033373737);
	ck_assert_int_eq(sqlite3_column_type(row, 3), SQLITE_FLOAT);
	ck_assert(sqlite3_column_double(row, 3) == 1638123439.726486);
	ck_assert_str_eq((const char *)sqlite3_column_text(row, 4),
	    "it's \"lab\".pcap");
	ck_assert_str_eq((const char *)sqlite3_column_text(row, 5),
	    "192.168.0.1");
	ck_assert_int_eq(sqlite3_step(row), SQLITE_DONE);
	sqlite3_finalize(row);
	sqlite3_close(db);
	ck_assert_uint_eq(temporary_folder_count(), 1);
}
END_TEST

START_TEST(undefined_is_null_in_every_type)
{
	const struct row rows[] = { full, undefined };
	sqlite3 *db;
	sqlite3_stmt *row;

	write_database("out.db", NULL, rows, 2);
	db = open_database("out.db");
	row = ask(db, "SELECT * FROM things WHERE rowid = 2");
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(sqlite3_column_type(row, i), SQLITE_NULL);
	sqlite3_finalize(row);
	sqlite3_close(db);
}
END_TEST

START_TEST(columns_are_declared_in_the_selected_order)
{
	write_database("out.db", "address,gap_s,time,count,change,name", NULL,
	    0);
	check_answer("out.db", "SELECT sql FROM sqlite_schema",
	    "CREATE TABLE \"things\" (\"address\" TEXT, \"gap_s\" REAL, "
	    "\"time\" REAL, \"count\" INTEGER, \"change\" INTEGER, "
	    "\"name\" TEXT)");
	check_answer("out.db", "SELECT count(*) FROM things", "0");
}
END_TEST

START_TEST(numbers_above_the_largest_integer_keep_their_digits)
{
	struct row rows[] = { full, full, full };

	rows[0].count = INT64_MAX;
	rows[1].count = (uint64_t)INT64_MAX + 1;
	rows[2].count = UINT64_MAX - 1;
	write_database("out.db", NULL, rows, 3);
	check_answer("out.db", "SELECT group_concat(typeof(count) || ' ' || "
	    "count, ', ') FROM (SELECT count FROM things ORDER BY rowid)",
	    "integer 9223372036854775807, blob 9223372036854775808, "
	    "blob 18446744073709551614");
}
END_TEST

START_TEST(many_rows_are_all_there)
{
	struct sqlite_output *out = open_output("out.db", "count,address");
	struct row row = full;

	for (uint64_t i = 1; i <= 20000; i++) {
		row.count = i;
		row.address.bytes[3] = (uint8_t)i;
		add_row(out, &row);
	}
	keep(out);
	check_answer("out.db", "SELECT count(*) || ' ' || sum(count) || ' ' || "
	    "count(DISTINCT address) FROM things", "20000 200010000 256");
	check_answer("out.db", "PRAGMA integrity_check", "ok");
}
END_TEST

START_TEST(an_old_file_stays_until_the_new_one_is_complete)
{
	struct sqlite_output *out;
	struct errbuf err = { "" };
	char *text;

	temporary_folder_write("out.db", "no database at all");
	out = open_output("out.db", NULL);
	add_row(out, &full);
	ck_assert_int_eq(sqlite_close(out, false, &err), 0);
	text = temporary_folder_read("out.db", NULL);
	ck_assert_str_eq(text, "no database at all");
	free(text);
	ck_assert_uint_eq(temporary_folder_count(), 1);
	write_database("out.db", NULL, &full, 1);
	write_database("out.db", NULL, &full, 1);
	check_answer("out.db", "SELECT count(*) FROM things", "1");
	ck_assert_uint_eq(temporary_folder_count(), 1);
	ck_assert_int_eq(sqlite_close(NULL, true, &err), 0);
}
END_TEST

START_TEST(places_where_no_database_can_be_are_refused)
{
	temporary_folder_write("file", "");
	check_refused("missing/out.db",
	    "missing/out.db: No such file or directory");
	check_refused("file/out.db", "file/out.db: Not a directory");
	check_refused(".", ".: Is a directory");
	check_refused("/dev/null", "/dev/null: Invalid argument");
	check_refused("-", "an SQLite database cannot be written to standard "
	    "output");
}
END_TEST

/* SQLite would play it back into the new database. */
START_TEST(a_journal_beside_the_old_database_is_not_inherited)
{
	char folder[256], message[512];

	ck_assert_ptr_nonnull(getcwd(folder, sizeof(folder)));
	temporary_folder_write("out.db", "");
	temporary_folder_write("out.db-journal", "x");
	snprintf(message, sizeof(message), "out.db: the old database is in use "
	    "(%s/out.db-journal is there)", folder);
	check_refused("out.db", message);
}
END_TEST

START_TEST(a_database_that_cannot_grow_leaves_the_old_one)
{
	struct rlimit limit = { 100000, RLIM_INFINITY };
	struct sqlite_output *out;
	struct errbuf err = { "" }, first;
	struct row row = full;
	char *large = malloc(50001);

	memset(large, 'x', 50000);
	large[50000] = '\0';
	row.name = large;
	write_database("out.db", NULL, &full, 1);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	out = open_output("out.db", NULL);
	/* Whether a row or only the commit fails is SQLite's business. */
	for (int i = 0; i < 100; i++)
		if (sqlite_row(out, &row, &err) != 0)
			break;
	first = err;
	if (first.text[0] != '\0') {
		ck_assert_int_eq(sqlite_row(out, &row, &err), -1);
		ck_assert_str_eq(err.text, first.text);
	}
	err.text[0] = '\0';
	ck_assert_int_eq(sqlite_close(out, true, &err), -1);
	if (first.text[0] != '\0')
		ck_assert_str_eq(err.text, first.text);
	limit.rlim_cur = RLIM_INFINITY;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(strncmp(err.text, "out.db: ", 8), 0);
	check_answer("out.db", "SELECT count(*) FROM things", "1");
	ck_assert_uint_eq(temporary_folder_count(), 1);
	free(large);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, temporary_folder_enter,
	    temporary_folder_leave);
	tcase_add_test(tc, every_type_reads_back);
	tcase_add_test(tc, undefined_is_null_in_every_type);
	tcase_add_test(tc, columns_are_declared_in_the_selected_order);
	tcase_add_test(tc, numbers_above_the_largest_integer_keep_their_digits);
	tcase_add_test(tc, many_rows_are_all_there);
	tcase_add_test(tc, an_old_file_stays_until_the_new_one_is_complete);
	tcase_add_test(tc, places_where_no_database_can_be_are_refused);
	tcase_add_test(tc, a_database_that_cannot_grow_leaves_the_old_one);
	tcase_add_test(tc, a_journal_beside_the_old_database_is_not_inherited);
}

#else

START_TEST(a_build_without_sqlite_says_so)
{
	struct table_selection s;
	struct errbuf err = { "" };

	table_select_default(&table, NULL, 0, &s);
	ck_assert_ptr_null(sqlite_open("out.db", &table, &s, &err));
	ck_assert_str_eq(err.text,
	    "out.db: this pcapstat was built without SQLite");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, a_build_without_sqlite_says_so);
}

#endif

static Suite *
suite(void)
{
	Suite *s = suite_create("sqlite");
	TCase *tc = tcase_create("sqlite");

	tcase_set_timeout(tc, 60);
	add_tests(tc);
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
