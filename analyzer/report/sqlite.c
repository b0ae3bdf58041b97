#include "analyzer/report/sqlite.h"

#ifndef HAVE_SQLITE

#include <stddef.h>

struct sqlite_output *
sqlite_open(const char *path, const struct table *table,
    const struct table_selection *columns, struct errbuf *err)
{
	(void)table;
	(void)columns;
	errbuf_set(err, "%s: this pcapstat was built without SQLite", path);
	return NULL;
}

/* Nothing can be opened, so nobody has a db to call these with. */
int
sqlite_row(struct sqlite_output *db, const void *row, struct errbuf *err)
{
	(void)db;
	(void)row;
	(void)err;
	return -1;
}

int
sqlite_close(struct sqlite_output *db, bool keep, struct errbuf *err)
{
	(void)db;
	(void)keep;
	(void)err;
	return 0;
}

#else

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/replace.h"
#include "base/text.h"

struct sqlite_output {
	struct replacement replacement;
	sqlite3 *db;
	sqlite3_stmt *insert;
	bool failed;		/* a row is missing; never to be kept */
	struct errbuf reason;	/* why */
	const struct table *table;
	struct table_selection columns;
};

static int
fail(struct sqlite_output *out, struct errbuf *err)
{
	errbuf_set(err, "%s: %s", out->replacement.path,
	    sqlite3_errmsg(out->db));
	return -1;
}

/* "NAME" TYPE, ... for CREATE TABLE, or ?, ... for INSERT. */
static void
add_columns(sqlite3_str *sql, const struct sqlite_output *out, bool typed)
{
	static const char *const types[] = {
		[COLUMN_U64] = "INTEGER",
		[COLUMN_I64] = "INTEGER",
		[COLUMN_SECONDS] = "REAL",
		[COLUMN_TIME] = "REAL",
		[COLUMN_TEXT] = "TEXT",
		[COLUMN_STRING] = "TEXT",
		[COLUMN_DECIMAL] = "REAL",
		[COLUMN_IP] = "TEXT",
	};

	for (size_t i = 0; i < out->columns.count; i++) {
		const struct column *column =
		    &out->table->columns[out->columns.index[i]];

		if (i != 0)
			sqlite3_str_appendall(sql, ", ");
		if (typed)
			sqlite3_str_appendf(sql, "\"%w\" %s", column->name,
			    types[column->type]);
		else
			sqlite3_str_appendall(sql, "?");
	}
}

/* Frees `sql`; NULL is want of memory. */
static int
execute(struct sqlite_output *out, char *sql, struct errbuf *err)
{
	int status;

	if (sql == NULL) {
		errbuf_set(err, "%s: out of memory", out->replacement.path);
		return -1;
	}
	status = sqlite3_exec(out->db, sql, NULL, NULL, NULL);
	sqlite3_free(sql);
	return status == SQLITE_OK ? 0 : fail(out, err);
}

static int
create_table(struct sqlite_output *out, struct errbuf *err)
{
	sqlite3_str *sql = sqlite3_str_new(out->db);

	sqlite3_str_appendf(sql, "CREATE TABLE \"%w\" (", out->table->name);
	add_columns(sql, out, true);
	sqlite3_str_appendall(sql, ")");
	return execute(out, sqlite3_str_finish(sql), err);
}

static int
prepare_insert(struct sqlite_output *out, struct errbuf *err)
{
	sqlite3_str *sql = sqlite3_str_new(out->db);
	char *text;
	int status;

	sqlite3_str_appendf(sql, "INSERT INTO \"%w\" VALUES (",
	    out->table->name);
	add_columns(sql, out, false);
	sqlite3_str_appendall(sql, ")");
	text = sqlite3_str_finish(sql);
	if (text == NULL) {
		errbuf_set(err, "%s: out of memory", out->replacement.path);
		return -1;
	}
	status = sqlite3_prepare_v2(out->db, text, -1, &out->insert, NULL);
	sqlite3_free(text);
	return status == SQLITE_OK ? 0 : fail(out, err);
}

/*
 * Nobody reads the temporary file, and it is dropped after a failure: no
 * journal, no syncing before the one at its end.
 */
static int
open_database(struct sqlite_output *out, struct errbuf *err)
{
	static const char settings[] =
	    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
	    "PRAGMA locking_mode = EXCLUSIVE; BEGIN";

	if (sqlite3_open_v2(out->replacement.temporary, &out->db,
	    SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		return fail(out, err);
	if (execute(out, sqlite3_mprintf("%s", settings), err) != 0 ||
	    create_table(out, err) != 0)
		return -1;
	return prepare_insert(out, err);
}

/* SQLite would apply these to a new database of the same name. */
static int
check_side_files(const struct replacement *r, struct errbuf *err)
{
	static const char *const endings[] = { "-journal", "-wal" };

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		char *path = sqlite3_mprintf("%s%s", r->target,
		    endings[i]);
		bool exists = path != NULL && access(path, F_OK) == 0;

		if (exists)
			errbuf_set(err, "%s: the old database is in use (%s is "
			    "there)", r->path, path);
		sqlite3_free(path);
		if (exists)
			return -1;
	}
	return 0;
}

static void
release(struct sqlite_output *out)
{
	sqlite3_finalize(out->insert);
	sqlite3_close(out->db);
	free(out);
}

struct sqlite_output *
sqlite_open(const char *path, const struct table *table,
    const struct table_selection *columns, struct errbuf *err)
{
	struct sqlite_output *out;

	if (strcmp(path, "-") == 0) {
		errbuf_set(err, "an SQLite database cannot be written to "
		    "standard output");
		return NULL;
	}
	out = calloc(1, sizeof(*out));
	if (out == NULL) {
		errbuf_set(err, "%s: out of memory", path);
		return NULL;
	}
	out->table = table;
	out->columns = *columns;
	if (replacement_begin(&out->replacement, path, true, err) != 0) {
		free(out);
		return NULL;
	}
	if (check_side_files(&out->replacement, err) != 0 ||
	    open_database(out, err) != 0) {
		replacement_abandon(&out->replacement);
		release(out);
		return NULL;
	}
	return out;
}

/*
 * An INTEGER is signed.  What is larger keeps its digits as a BLOB: SQLite
 * makes a REAL of a TEXT in an INTEGER column and loses the last ones.
 */
static int
bind_u64(sqlite3_stmt *stmt, int i, uint64_t value)
{
	char text[TEXT_U64_BYTES];

	if (value == TABLE_NO_U64)
		return sqlite3_bind_null(stmt, i);
	if (value <= INT64_MAX)
		return sqlite3_bind_int64(stmt, i, (sqlite3_int64)value);
	return sqlite3_bind_blob(stmt, i, text,
	    (int)(text_u64(text, value) - text), SQLITE_TRANSIENT);
}

static int
bind_ip(sqlite3_stmt *stmt, int i, const struct table_ip *ip)
{
	char text[TEXT_IP_BYTES];

	if (ip->version == 0)
		return sqlite3_bind_null(stmt, i);
	return sqlite3_bind_text(stmt, i, text, (int)(text_ip(text, ip) - text),
	    SQLITE_TRANSIENT);
}

/* The row is borrowed until the statement has run, so its text is too.  NULL
 * binds as NULL. */
static int
bind_text(sqlite3_stmt *stmt, int i, const char *text)
{
	return sqlite3_bind_text(stmt, i, text, -1, SQLITE_STATIC);
}

/* long double: nanoseconds since 1970 have more digits than a double. */
static int
bind_cell(sqlite3_stmt *stmt, int i, enum column_type type, const void *cell)
{
	const struct table_time *time = cell;
	const int64_t *i64 = cell;
	const int128 *ps = cell;

	switch (type) {
	case COLUMN_U64:
		return bind_u64(stmt, i, *(const uint64_t *)cell);
	case COLUMN_I64:
		return *i64 == TABLE_NO_I64 ? sqlite3_bind_null(stmt, i) :
		    sqlite3_bind_int64(stmt, i, *i64);
	case COLUMN_SECONDS:
	case COLUMN_DECIMAL:
		return *ps == TABLE_NO_PS ? sqlite3_bind_null(stmt, i) :
		    sqlite3_bind_double(stmt, i,
		    (double)((long double)*ps / 1e12L));
	case COLUMN_TIME:
		return time->ns == TABLE_NO_I64 ? sqlite3_bind_null(stmt, i) :
		    sqlite3_bind_double(stmt, i,
		    (double)((long double)time->ns / 1e9L));
	case COLUMN_TEXT:
	case COLUMN_STRING:
		return bind_text(stmt, i, *(const char *const *)cell);
	case COLUMN_IP:
		return bind_ip(stmt, i, cell);
	}
	return SQLITE_MISUSE;
}

int
sqlite_row(struct sqlite_output *out, const void *row, struct errbuf *err)
{
	if (out->failed) {
		*err = out->reason;
		return -1;
	}
	for (size_t i = 0; i < out->columns.count; i++) {
		const struct column *column =
		    &out->table->columns[out->columns.index[i]];

		if (bind_cell(out->insert, (int)i + 1, column->type,
		    (const uint8_t *)row + column->offset) != SQLITE_OK)
			goto fail;
	}
	if (sqlite3_step(out->insert) != SQLITE_DONE ||
	    sqlite3_reset(out->insert) != SQLITE_OK)
		goto fail;
	return 0;

fail:
	out->failed = true;
	fail(out, err);
	out->reason = *err;
	return -1;
}

/* The database has to be complete and closed before it is renamed. */
static int
finish_database(struct sqlite_output *out, struct errbuf *err)
{
	if (out->failed) {
		*err = out->reason;
		return -1;
	}
	sqlite3_finalize(out->insert);
	out->insert = NULL;
	if (execute(out, sqlite3_mprintf("COMMIT"), err) != 0)
		return -1;
	if (sqlite3_close(out->db) != SQLITE_OK)
		return fail(out, err);
	out->db = NULL;
	return 0;
}

int
sqlite_close(struct sqlite_output *out, bool keep, struct errbuf *err)
{
	int status = 0;

	if (out == NULL)
		return 0;
	if (keep)
		status = finish_database(out, err);
	if (keep && status == 0)
		status = replacement_commit(&out->replacement, err);
	else
		replacement_abandon(&out->replacement);
	release(out);
	return status;
}

#endif
