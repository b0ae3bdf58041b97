#include "chat/users/database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BUSY_MS = 5000,			/* another process writes */
	BUSY_STEP_MS = 20,
	VALUE_BYTES_MAX = 1 << 20,	/* of a row that someone else wrote */
};

/* What brings version i to version i + 1. */
static const char *const migrations[] = {
	/* From nothing, or from the original server, which sets no version. */
	"CREATE TABLE IF NOT EXISTS users"
	    "(username TEXT PRIMARY KEY, password TEXT)",
};

enum { FORMAT = sizeof(migrations) / sizeof(migrations[0]) };

/* What a file is, before anything is written to it. */
struct look {
	int64_t version;	/* PRAGMA user_version; 0: nobody set one */
	int64_t application;	/* PRAGMA application_id */
	int64_t tables;		/* views, too */
	int64_t user_tables;	/* called users: 0 or 1 */
	int64_t user_columns;	/* of table users: those that we need */
	int64_t key_columns;	/* of table users: in its primary key */
	int64_t is_utf8;
};

#define LOOK(field) offsetof(struct look, field)
static const struct {
	const char *sql;
	size_t at;
} questions[] = {
	{ "PRAGMA user_version", LOOK(version) },
	{ "PRAGMA application_id", LOOK(application) },
	{ "SELECT count(*) FROM sqlite_master WHERE type IN ('table', 'view') "
	    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", LOOK(tables) },
	{ "SELECT count(*) FROM sqlite_master "
	    "WHERE type = 'table' AND name = 'users'", LOOK(user_tables) },
	{ "SELECT count(*) FROM sqlite_master AS t "
	    "JOIN pragma_table_info(t.name) AS c "
	    "WHERE t.type = 'table' AND t.name = 'users' AND "
	    "((c.name = 'username' AND c.pk = 1) OR "
	    "(c.name = 'password' AND c.pk = 0))", LOOK(user_columns) },
	{ "SELECT count(*) FROM pragma_table_info('users') WHERE pk > 0",
	    LOOK(key_columns) },
	{ "SELECT encoding = 'UTF-8' FROM pragma_encoding", LOOK(is_utf8) },
};

void
database_error(sqlite3 *db, const char *path, struct errbuf *err)
{
	errbuf_set(err, "%s: %s", path, db == NULL ? "out of memory" :
	    sqlite3_errmsg(db));
}

/* The number that a question gives; -1 with SQLite's message. */
static int
ask(sqlite3 *db, const char *sql, int64_t *answer)
{
	sqlite3_stmt *statement = NULL;
	int status = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_step(statement) == SQLITE_ROW) {
		*answer = sqlite3_column_int64(statement, 0);
		status = 0;
	}
	/* Gives the error of the step again, if there was one. */
	return sqlite3_finalize(statement) == SQLITE_OK ? status : -1;
}

static int
look_at(sqlite3 *db, const char *path, struct look *look, struct errbuf *err)
{
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		int64_t answer;

		if (ask(db, questions[i].sql, &answer) != 0) {
			database_error(db, path, err);
			return -1;
		}
		memcpy((char *)look + questions[i].at, &answer,
		    sizeof(answer));
	}
	return 0;
}

/* Is it empty, or one of ours or of the original server? */
static int
check(sqlite3 *db, const char *path, const struct look *look,
    struct errbuf *err)
{
	bool empty = look->tables == 0 && look->version == 0 &&
	    look->application == 0;
	bool users = look->user_columns == 2 && look->key_columns == 1 &&
	    look->version >= 0;
	/* Its table may be another one. */
	bool newer = look->user_tables == 1 && look->version > FORMAT;

	if (sqlite3_db_readonly(db, "main") != 0)
		errbuf_set(err, "%s: it cannot be written", path);
	else if (!empty && !users && !newer)
		errbuf_set(err, "%s: a database, but not of users", path);
	else if (newer)
		errbuf_set(err, "%s: made by a newer version of this program "
		    "(format %lld, known up to %d)", path,
		    (long long)look->version, FORMAT);
	else if (!look->is_utf8)
		errbuf_set(err, "%s: its texts are not UTF-8", path);
	else
		return 0;
	return -1;
}

/* In a transaction: another process may be at it, too. */
static int
migrate(sqlite3 *db, const char *path, struct errbuf *err)
{
	struct look look;
	char version[64];

	if (look_at(db, path, &look, err) != 0 ||
	    check(db, path, &look, err) != 0)
		return -1;
	for (int64_t i = look.version; i < FORMAT; i++)
		if (sqlite3_exec(db, migrations[i], NULL, NULL, NULL) !=
		    SQLITE_OK)
			goto fail;
	snprintf(version, sizeof(version), "PRAGMA user_version = %d",
	    FORMAT);
	if (sqlite3_exec(db, version, NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
		return 0;
fail:
	database_error(db, path, err);
	return -1;
}

static int
begin_and_migrate(sqlite3 *db, const char *path, struct errbuf *err)
{
	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) !=
	    SQLITE_OK) {
		database_error(db, path, err);
		return -1;
	}
	if (migrate(db, path, err) == 0)
		return 0;
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

/*
 * In either journal a commit is on disk when it returns, with FULL; so where
 * the file system cannot share memory between processes, and SQLite keeps the
 * old one, that will do.
 */
static const char journal[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";

/* Two processes that change the journal at once would wait for each other, so
 * SQLite fails one of them at once: it tries again. */
static int
set_journal(sqlite3 *db, const char *path, struct errbuf *err)
{
	int status = SQLITE_BUSY;

	sqlite3_busy_timeout(db, BUSY_STEP_MS);
	for (int ms = 0; ms < BUSY_MS; ms += BUSY_STEP_MS) {
		status = sqlite3_exec(db, journal, NULL, NULL, NULL);
		if ((status & 0xff) != SQLITE_BUSY)
			break;
		sqlite3_sleep(BUSY_STEP_MS);
	}
	sqlite3_busy_timeout(db, BUSY_MS);
	if (status == SQLITE_OK)
		return 0;
	database_error(db, path, err);
	return -1;
}

/* The file is not to be trusted more than other input: no code of its own. */
static void
restrict_schema(sqlite3 *db)
{
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX);
}

static int
prepare(sqlite3 *db, const char *path, struct errbuf *err)
{
	struct look look;

	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, BUSY_MS);
	restrict_schema(db);
	if (look_at(db, path, &look, err) != 0 ||
	    check(db, path, &look, err) != 0 ||
	    set_journal(db, path, err) != 0)
		return -1;
	return look.version == FORMAT ? 0 : begin_and_migrate(db, path, err);
}

/*
 * SQLite would make it 0644 less the umask, which belongs to the whole process.
 * Its -wal and -shm take the mode of the file.
 */
static int
make_private(const char *plain, const char *path, struct errbuf *err)
{
	int fd = open(plain, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno != EEXIST) {
		errbuf_set(err, "%s: %s", path, strerror(errno));
		return -1;
	}
	if (fd >= 0)
		close(fd);
	return 0;
}

/* ":memory:" and "file:..." are files like others here. */
static char *
plain_path(const char *path)
{
	char *plain;

	if (asprintf(&plain, "%s%s", path[0] == '/' ? "" : "./", path) < 0)
		return NULL;
	return plain;
}

static sqlite3 *
open_plain(const char *plain, const char *path, struct errbuf *err)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(plain, &db, SQLITE_OPEN_READWRITE, NULL) !=
	    SQLITE_OK) {
		database_error(db, path, err);
		goto fail;
	}
	if (prepare(db, path, err) == 0)
		return db;
fail:
	sqlite3_close(db);
	return NULL;
}

sqlite3 *
database_open(const char *path, struct errbuf *err)
{
	char *plain = plain_path(path);
	sqlite3 *db = NULL;

	if (plain == NULL)
		errbuf_set(err, "%s: out of memory", path);
	else if (make_private(plain, path, err) == 0)
		db = open_plain(plain, path, err);
	free(plain);
	return db;
}
