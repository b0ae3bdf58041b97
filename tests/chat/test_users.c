#include "chat/users/users.h"

#include <check.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/unit/temporary_folder.h"

#define PATH "users.db"

static const struct scrypt_cost quick = { .ln = 1, .r = 1, .p = 1 };

/* What the original server stores of "hello", and of nothing. */
#define HELLO_ROW \
	"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define EMPTY_ROW \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ORIGINAL "CREATE TABLE IF NOT EXISTS users (username TEXT PRIMARY " \
	"KEY, password TEXT);"

static struct users *
open_quick(void)
{
	struct errbuf err;
	struct users *users = users_open_at(PATH, &quick, &err);

	ck_assert_msg(users != NULL, "%s", err.text);
	return users;
}

static enum users_answer
join(struct users *users, const char *name, const char *password)
{
	struct errbuf err = { "" };
	enum users_answer answer = users_register(users, name, password,
	    strlen(password), &err);

	ck_assert_int_eq(err.text[0] != '\0', answer == USERS_FAILED ||
	    answer == USERS_REFUSED);
	return answer;
}

static enum users_answer
login(struct users *users, const char *name, const char *password)
{
	struct errbuf err = { "" };
	enum users_answer answer = users_login(users, name, password,
	    strlen(password), &err);

	ck_assert_int_eq(err.text[0] != '\0', answer == USERS_FAILED);
	return answer;
}

static enum users_answer
known(struct users *users, const char *name)
{
	struct errbuf err;

	return users_known(users, name, &err);
}

/* With SQLite alone, as another program would. */
static void
run_sql(const char *sql)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(PATH, &db), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK,
	    "%s: %s", sql, sqlite3_errmsg(db));
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

/* The first value of the first row; "" where there is none. */
static const char *
value_of(const char *sql)
{
	static char value[PASSWORD_RECORD_BYTES];
	sqlite3_stmt *statement;
	sqlite3 *db;

	value[0] = '\0';
	ck_assert_int_eq(sqlite3_open(PATH, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &statement, NULL),
	    SQLITE_OK);
	if (sqlite3_step(statement) == SQLITE_ROW)
		snprintf(value, sizeof(value), "%s",
		    (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	return value;
}

START_TEST(who_registers_can_log_in)
{
	struct users *users = open_quick();

	ck_assert_int_eq(known(users, "ann"), USERS_UNKNOWN);
	ck_assert_int_eq(login(users, "ann", "secret"), USERS_WRONG);
	ck_assert_int_eq(join(users, "ann", "secret"), USERS_WELCOME);
	ck_assert_int_eq(known(users, "ann"), USERS_TAKEN);
	ck_assert_int_eq(login(users, "ann", "secret"), USERS_WELCOME);
	ck_assert_int_eq(login(users, "ann", "Secret"), USERS_WRONG);
	ck_assert_int_eq(login(users, "ann", ""), USERS_WRONG);
	ck_assert_int_eq(login(users, "bob", "secret"), USERS_WRONG);
	ck_assert_int_eq(join(users, "ann", "other"), USERS_TAKEN);
	ck_assert_int_eq(login(users, "ann", "secret"), USERS_WELCOME);
	users_close(users);

	users = open_quick();
	ck_assert_int_eq(login(users, "ann", "secret"), USERS_WELCOME);
	ck_assert_int_eq(join(users, "ann", "other"), USERS_TAKEN);
	users_close(users);
	users_close(NULL);
}
END_TEST

START_TEST(the_public_functions_store_records_of_the_usual_cost)
{
	struct errbuf err;
	struct users *users = users_open(PATH, &err);

	ck_assert_ptr_nonnull(users);
	ck_assert_int_eq(join(users, "ann", "secret"), USERS_WELCOME);
	ck_assert_int_eq(login(users, "ann", "secret"), USERS_WELCOME);
	users_close(users);
	ck_assert_int_eq(strncmp(value_of("SELECT password FROM users"),
	    "$scrypt$ln=15,r=8,p=3$", 22), 0);
}
END_TEST

START_TEST(names_are_compared_byte_by_byte)
{
	static const char *const names[] = {
		"ann", "Ann", "ann ", " ann", "\xc3\xa9", "e\xcc\x81",
		"\xff\xfe", "'; DROP TABLE users; --", "%", "_", "NULL",
	};
	struct users *users = open_quick();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ck_assert_int_eq(known(users, names[i]), USERS_UNKNOWN);
		ck_assert_int_eq(join(users, names[i], names[i]),
		    USERS_WELCOME);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ck_assert_int_eq(join(users, names[i], "other"), USERS_TAKEN);
		ck_assert_int_eq(login(users, names[i], names[i]),
		    USERS_WELCOME);
	}
	users_close(users);
}
END_TEST

START_TEST(an_empty_name_or_password_is_refused)
{
	static const char longest[PASSWORD_BYTES_MAX + 1];
	struct users *users = open_quick();
	struct errbuf err;

	ck_assert_int_eq(users_register(users, "", "secret", 6, &err),
	    USERS_REFUSED);
	ck_assert_str_eq(err.text, "the name is empty");
	ck_assert_int_eq(users_register(users, "ann", "", 0, &err),
	    USERS_REFUSED);
	ck_assert_str_eq(err.text, "the password is empty");
	ck_assert_int_eq(users_register(users, "ann", longest,
	    sizeof(longest), &err), USERS_REFUSED);
	ck_assert_str_eq(err.text, "the password is longer than 1024 bytes");
	ck_assert_int_eq(known(users, "ann"), USERS_UNKNOWN);
	ck_assert_int_eq(users_register(users, "ann", longest,
	    sizeof(longest) - 1, &err), USERS_WELCOME);
	users_close(users);
}
END_TEST

static unsigned
mode_of(const char *path)
{
	struct stat st;

	ck_assert_msg(stat(path, &st) == 0, "%s is not there", path);
	return st.st_mode & 0777;
}

START_TEST(the_files_are_private_whatever_the_umask)
{
	struct users *users;

	umask(0);
	users = open_quick();
	ck_assert_int_eq(join(users, "ann", "secret"), USERS_WELCOME);
	ck_assert_uint_eq(mode_of(PATH), 0600);
	ck_assert_uint_eq(mode_of(PATH "-wal"), 0600);
	ck_assert_uint_eq(mode_of(PATH "-shm"), 0600);
	ck_assert_uint_eq(temporary_folder_count(), 3);
	users_close(users);
	ck_assert_uint_eq(temporary_folder_count(), 1);
	ck_assert_str_eq(value_of("PRAGMA journal_mode"), "wal");
	ck_assert_str_eq(value_of("PRAGMA user_version"), "1");
}
END_TEST

START_TEST(a_name_that_sqlite_would_take_otherwise_is_a_file)
{
	static const char *const names[] = { ":memory:", "file:x?mode=memory" };
	struct errbuf err;

	for (size_t i = 0; i < 2; i++) {
		struct users *users = users_open_at(names[i], &quick, &err);

		ck_assert_msg(users != NULL, "%s", err.text);
		ck_assert_int_eq(join(users, "ann", "secret"), USERS_WELCOME);
		users_close(users);
		ck_assert_uint_eq(mode_of(names[i]), 0600);
	}
}
END_TEST

START_TEST(a_database_of_the_original_server_goes_on_to_work)
{
	struct users *users;

	run_sql(ORIGINAL "INSERT INTO users VALUES('ann', '" HELLO_ROW "'), "
	    "('bob', '" HELLO_ROW "')");
	users = open_quick();
	ck_assert_int_eq(join(users, "ann", "other"), USERS_TAKEN);
	ck_assert_int_eq(login(users, "ann", "other"), USERS_WRONG);
	ck_assert_int_eq(login(users, "ann", "hello"), USERS_WELCOME);
	ck_assert_int_eq(join(users, "eve", "new"), USERS_WELCOME);
	users_close(users);
	/* Only that record was replaced. */
	ck_assert_int_eq(strncmp(value_of("SELECT password FROM users WHERE "
	    "username = 'ann'"), "$scrypt$ln=1,r=1,p=1$", 21), 0);
	ck_assert_str_eq(value_of("SELECT password FROM users WHERE "
	    "username = 'bob'"), HELLO_ROW);
	ck_assert_str_eq(value_of("SELECT count(*) FROM users"), "3");
	ck_assert_str_eq(value_of("PRAGMA user_version"), "1");

	users = open_quick();
	ck_assert_int_eq(login(users, "ann", "hello"), USERS_WELCOME);
	ck_assert_int_eq(login(users, "bob", "hello"), USERS_WELCOME);
	users_close(users);
}
END_TEST

START_TEST(a_weaker_record_is_replaced_and_a_stronger_one_kept)
{
	static const struct scrypt_cost stronger = { .ln = 2, .r = 1, .p = 1 };
	struct users *users = open_quick();
	char before[PASSWORD_RECORD_BYTES];
	struct errbuf err;

	ck_assert_int_eq(join(users, "ann", "secret"), USERS_WELCOME);
	users_close(users);
	users = users_open_at(PATH, &stronger, &err);
	ck_assert_int_eq(login(users, "ann", "secret"), USERS_WELCOME);
	users_close(users);
	strcpy(before, value_of("SELECT password FROM users"));
	ck_assert_int_eq(strncmp(before, "$scrypt$ln=2,", 13), 0);

	users = open_quick();
	ck_assert_int_eq(login(users, "ann", "secret"), USERS_WELCOME);
	users_close(users);
	ck_assert_str_eq(value_of("SELECT password FROM users"), before);
}
END_TEST

START_TEST(a_record_that_cannot_be_replaced_fits_and_says_so)
{
	struct users *users;
	struct errbuf err;

	run_sql(ORIGINAL "INSERT INTO users VALUES('ann', '" EMPTY_ROW "')");
	users = open_quick();
	ck_assert_int_eq(users_login(users, "ann", "", 0, &err),
	    USERS_WELCOME);
	ck_assert_str_eq(err.text, "an old password record was not replaced: "
	    "the password is empty");
	users_close(users);
	ck_assert_str_eq(value_of("SELECT password FROM users"), EMPTY_ROW);
}
END_TEST

/* A value in the column that is no record. */
static const char *const bad_values[] = {
	"NULL", "''", "'hello'", "x'00'", "17", "x'" HELLO_ROW "'",
	"'" HELLO_ROW "' || char(0)", "'$scrypt$' || hex(zeroblob(500000))",
};

START_TEST(a_row_without_a_record_fails_and_lets_nobody_in)
{
	struct errbuf err = { "" };
	struct users *users;
	char sql[256];

	snprintf(sql, sizeof(sql), ORIGINAL
	    "INSERT INTO users VALUES('ann', %s)", bad_values[_i]);
	run_sql(sql);
	users = open_quick();
	ck_assert_int_eq(users_login(users, "ann", "", 0, &err), USERS_FAILED);
	ck_assert_str_eq(err.text, PATH ": not a password record");
	ck_assert_int_eq(login(users, "ann", "hello"), USERS_FAILED);
	ck_assert_int_eq(join(users, "ann", "hello"), USERS_TAKEN);
	/* Others are not touched. */
	ck_assert_int_eq(join(users, "bob", "hello"), USERS_WELCOME);
	ck_assert_int_eq(login(users, "bob", "hello"), USERS_WELCOME);
	users_close(users);
}
END_TEST

static const struct {
	const char *sql, *line;
} others[] = {
	{ "CREATE TABLE songs(name TEXT)",
	    PATH ": a database, but not of users" },
	{ "CREATE TABLE users(name TEXT PRIMARY KEY, password TEXT)",
	    PATH ": a database, but not of users" },
	{ "CREATE TABLE users(username TEXT, password TEXT)",
	    PATH ": a database, but not of users" },
	{ "CREATE TABLE users(username TEXT, password TEXT, site TEXT, "
	    "PRIMARY KEY (username, site))",
	    PATH ": a database, but not of users" },
	{ "CREATE VIEW users AS SELECT 'ann' AS username, '' AS password",
	    PATH ": a database, but not of users" },
	{ "PRAGMA user_version = 1", PATH ": a database, but not of users" },
	{ "PRAGMA application_id = 7", PATH ": a database, but not of users" },
	{ ORIGINAL "PRAGMA user_version = -1",
	    PATH ": a database, but not of users" },
	{ ORIGINAL "PRAGMA user_version = 2",
	    PATH ": made by a newer version of this program (format 2, known "
	    "up to 1)" },
	{ "CREATE TABLE users(id INTEGER PRIMARY KEY, username TEXT); "
	    "PRAGMA user_version = 7",
	    PATH ": made by a newer version of this program (format 7, known "
	    "up to 1)" },
	{ "CREATE TABLE songs(name TEXT); PRAGMA user_version = 7",
	    PATH ": a database, but not of users" },
	{ "PRAGMA encoding = 'UTF-16'; " ORIGINAL,
	    PATH ": its texts are not UTF-8" },
};

START_TEST(another_kind_of_database_is_refused_and_left_alone)
{
	char *before, *after;
	size_t len, len_after;
	struct errbuf err;

	run_sql(others[_i].sql);
	before = temporary_folder_read(PATH, &len);
	ck_assert_ptr_null(users_open_at(PATH, &quick, &err));
	ck_assert_str_eq(err.text, others[_i].line);
	after = temporary_folder_read(PATH, &len_after);
	ck_assert_uint_eq(len, len_after);
	ck_assert_mem_eq(before, after, len);
	ck_assert_uint_eq(temporary_folder_count(), 1);
	free(before);
	free(after);
}
END_TEST

START_TEST(what_is_no_database_is_refused)
{
	struct errbuf err;

	temporary_folder_write(PATH, "ann:secret\nand some more lines of text, "
	    "so that it has the length of a header of SQLite's, 100 bytes\n");
	ck_assert_ptr_null(users_open(PATH, &err));
	ck_assert_str_eq(err.text, PATH ": file is not a database");
	ck_assert_ptr_null(users_open("no/such/folder", &err));
	ck_assert_str_eq(err.text,
	    "no/such/folder: No such file or directory");
	ck_assert_ptr_null(users_open(".", &err));
	ck_assert_str_eq(err.text, ".: unable to open database file");
	ck_assert_ptr_null(users_open("", &err));
	ck_assert_str_ne(err.text, "");
}
END_TEST

/* Code that somebody left in the database does not run. */
START_TEST(triggers_of_a_database_rest)
{
	struct users *users;

	run_sql(ORIGINAL "CREATE TABLE log(line TEXT); "
	    "CREATE TRIGGER spy AFTER INSERT ON users BEGIN "
	    "INSERT INTO log VALUES(new.password); END");
	users = open_quick();
	ck_assert_int_eq(join(users, "ann", "secret"), USERS_WELCOME);
	users_close(users);
	ck_assert_str_eq(value_of("SELECT count(*) FROM log"), "0");
}
END_TEST

static rlim_t
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (rlim_t)st.st_size : 0;
}

/* The largest file that may be written. */
static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(a_full_disk_fails_a_registration_and_no_more)
{
	struct users *users = open_quick();
	struct rlimit before;

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	ck_assert_int_eq(join(users, "ann", "secret"), USERS_WELCOME);
	signal(SIGXFSZ, SIG_IGN);
	limit_files(size_of(PATH "-wal"));
	ck_assert_int_eq(join(users, "bob", "secret"), USERS_FAILED);
	ck_assert_int_eq(login(users, "ann", "secret"), USERS_WELCOME);
	ck_assert_int_eq(known(users, "bob"), USERS_UNKNOWN);
	limit_files(before.rlim_cur);
	ck_assert_int_eq(join(users, "bob", "secret"), USERS_WELCOME);
	users_close(users);
	ck_assert_str_eq(value_of("PRAGMA integrity_check"), "ok");
}
END_TEST

enum { NAMES = 40, PROCESSES = 3 };

/* Tells `to` the number of a name that it got; is it all right? */
static bool
register_number(struct users *users, int number, int to)
{
	struct errbuf err = { "" };
	char name[16];

	snprintf(name, sizeof(name), "user%d", number);
	switch (users_register(users, name, name, strlen(name), &err)) {
	case USERS_WELCOME:
		return write(to, &number, sizeof(number)) == sizeof(number);
	case USERS_TAKEN:
		return true;
	default:
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
}

/* A child's part. */
static _Noreturn void
register_all(int to)
{
	struct errbuf err = { "" };
	struct users *users = users_open_at(PATH, &quick, &err);
	int next = 0;

	fprintf(stderr, "%s", err.text);
	while (users != NULL && next < NAMES &&
	    register_number(users, next, to))
		next++;
	users_close(users);
	_exit(next != NAMES);
}

START_TEST(of_processes_at_once_one_gets_the_name)
{
	int ends[2], got[NAMES] = { 0 }, number, status;
	struct users *users;

	ck_assert_int_eq(pipe(ends), 0);
	for (int i = 0; i < PROCESSES; i++) {
		pid_t child = fork();

		ck_assert_int_ge(child, 0);
		if (child == 0)
			register_all(ends[1]);
	}
	close(ends[1]);
	while (read(ends[0], &number, sizeof(number)) == sizeof(number))
		got[number]++;
	for (int i = 0; i < PROCESSES; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	users = open_quick();
	for (int i = 0; i < NAMES; i++) {
		char name[16];

		snprintf(name, sizeof(name), "user%d", i);
		ck_assert_int_eq(got[i], 1);
		ck_assert_int_eq(login(users, name, name), USERS_WELCOME);
	}
	users_close(users);
	close(ends[0]);
}
END_TEST

/* Registers r-0, r-1, ... and tells each one that is there, without end. */
static _Noreturn void
register_forever(int round, int to)
{
	struct errbuf err;
	struct users *users = users_open_at(PATH, &quick, &err);

	for (int i = 0; users != NULL; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%d-%d", round, i);
		if (users_register(users, name, name, strlen(name), &err) !=
		    USERS_WELCOME || write(to, "+", 1) != 1)
			break;
	}
	_exit(1);
}

/* How many users a child had told of when it was killed in the middle of
 * another one. */
static int
killed_after(int round)
{
	int ends[2], told = 0, status;
	pid_t child;
	char c;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0)
		register_forever(round, ends[1]);
	close(ends[1]);
	/* At another point of the work each time. */
	while (told < 1 + round * 3 && read(ends[0], &c, 1) == 1)
		told++;
	usleep((useconds_t)(round * 137));
	kill(child, SIGKILL);
	while (read(ends[0], &c, 1) == 1)
		told++;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	close(ends[0]);
	return told;
}

START_TEST(a_killed_process_leaves_a_whole_database)
{
	enum { ROUNDS = 12 };
	int told[ROUNDS];
	struct users *users;

	for (int i = 0; i < ROUNDS; i++) {
		told[i] = killed_after(i);
		ck_assert_int_ge(told[i], 1);
		/* Whoever opens it next gets it whole. */
		if (i % 2 == 0)
			continue;
		ck_assert_str_eq(value_of("PRAGMA integrity_check"), "ok");
	}
	users = open_quick();
	for (int i = 0; i < ROUNDS; i++) {
		for (int k = 0; k < told[i]; k++) {
			char name[32];

			snprintf(name, sizeof(name), "%d-%d", i, k);
			ck_assert_int_eq(login(users, name, name),
			    USERS_WELCOME);
		}
	}
	users_close(users);
	ck_assert_str_eq(value_of("PRAGMA integrity_check"), "ok");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("users");
	TCase *tc = tcase_create("users");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, temporary_folder_enter,
	    temporary_folder_leave);
	tcase_add_test(tc, who_registers_can_log_in);
	tcase_add_test(tc,
	    the_public_functions_store_records_of_the_usual_cost);
	tcase_add_test(tc, names_are_compared_byte_by_byte);
	tcase_add_test(tc, an_empty_name_or_password_is_refused);
	tcase_add_test(tc, the_files_are_private_whatever_the_umask);
	tcase_add_test(tc, a_name_that_sqlite_would_take_otherwise_is_a_file);
	tcase_add_test(tc, a_database_of_the_original_server_goes_on_to_work);
	tcase_add_test(tc, a_weaker_record_is_replaced_and_a_stronger_one_kept);
	tcase_add_test(tc, a_record_that_cannot_be_replaced_fits_and_says_so);
	tcase_add_loop_test(tc,
	    a_row_without_a_record_fails_and_lets_nobody_in, 0,
	    sizeof(bad_values) / sizeof(bad_values[0]));
	tcase_add_loop_test(tc,
	    another_kind_of_database_is_refused_and_left_alone, 0,
	    sizeof(others) / sizeof(others[0]));
	tcase_add_test(tc, what_is_no_database_is_refused);
	tcase_add_test(tc, triggers_of_a_database_rest);
	tcase_add_test(tc, a_full_disk_fails_a_registration_and_no_more);
	tcase_add_test(tc, of_processes_at_once_one_gets_the_name);
	tcase_add_test(tc, a_killed_process_leaves_a_whole_database);
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
