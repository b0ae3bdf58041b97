#include "chat/users/users.h"

#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "chat/users/database.h"

enum statement {
	FIND,
	ADD,
	REPLACE,
	STATEMENTS
};

static const char *const sql[STATEMENTS] = {
	[FIND] = "SELECT password FROM users WHERE username = ?1",
	[ADD] = "INSERT INTO users(username, password) VALUES(?1, ?2)",
	/* Only the record that was checked. */
	[REPLACE] = ("UPDATE users SET password = ?2 "
	    "WHERE username = ?1 AND password = ?3"),
};

struct users {
	char *path;
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
	struct scrypt_cost cost;
};

static int
prepare(struct users *users, struct errbuf *err)
{
	for (int i = 0; i < STATEMENTS; i++) {
		if (sqlite3_prepare_v3(users->db, sql[i], -1,
		    SQLITE_PREPARE_PERSISTENT, &users->statements[i],
		    NULL) != SQLITE_OK) {
			database_error(users->db, users->path, err);
			return -1;
		}
	}
	return 0;
}

struct users *
users_open_at(const char *path, const struct scrypt_cost *cost,
    struct errbuf *err)
{
	struct users *users = calloc(1, sizeof(*users));

	if (users != NULL)
		users->path = strdup(path);
	if (users == NULL || users->path == NULL) {
		errbuf_set(err, "%s: out of memory", path);
		goto fail;
	}
	users->cost = *cost;
	users->db = database_open(path, err);
	if (users->db == NULL || prepare(users, err) != 0)
		goto fail;
	return users;

fail:
	users_close(users);
	return NULL;
}

struct users *
users_open(const char *path, struct errbuf *err)
{
	return users_open_at(path, &scrypt_cost_usual, err);
}

void
users_close(struct users *users)
{
	if (users == NULL)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(users->statements[i]);
	sqlite3_close(users->db);
	free(users->path);
	free(users);
}

/* Runs a statement with its texts, of which NULL ends the list early; returns
 * what sqlite3_step() does.  Done with by end(). */
static int
run(struct users *users, enum statement which, const char *name,
    const char *record, const char *before)
{
	const char *const texts[] = { name, record, before };
	sqlite3_stmt *statement = users->statements[which];

	for (int i = 0; i < 3 && texts[i] != NULL; i++) {
		int status = sqlite3_bind_text(statement, i + 1, texts[i], -1,
		    SQLITE_STATIC);

		if (status != SQLITE_OK)
			return status;
	}
	return sqlite3_step(statement);
}

static void
end(struct users *users, enum statement which)
{
	sqlite3_reset(users->statements[which]);
	sqlite3_clear_bindings(users->statements[which]);
}

/* The record of the row that was found; "", which is none, where the column
 * holds no text or more than a record. */
static void
copy_record(sqlite3_stmt *row, char record[PASSWORD_RECORD_BYTES])
{
	const unsigned char *text = NULL;
	size_t len = 0;

	if (sqlite3_column_type(row, 0) == SQLITE_TEXT) {
		text = sqlite3_column_text(row, 0);
		len = (size_t)sqlite3_column_bytes(row, 0);
	}
	record[0] = '\0';
	if (text == NULL || len >= PASSWORD_RECORD_BYTES ||
	    memchr(text, '\0', len) != NULL)
		return;
	memcpy(record, text, len);
	record[len] = '\0';
}

/* USERS_TAKEN: the user's record is there. */
static enum users_answer
find(struct users *users, const char *name, char record[PASSWORD_RECORD_BYTES],
    struct errbuf *err)
{
	enum users_answer answer;

	switch (run(users, FIND, name, NULL, NULL)) {
	case SQLITE_ROW:
		copy_record(users->statements[FIND], record);
		answer = USERS_TAKEN;
		break;
	case SQLITE_DONE:
		answer = USERS_UNKNOWN;
		break;
	default:
		database_error(users->db, users->path, err);
		answer = USERS_FAILED;
	}
	end(users, FIND);
	return answer;
}

static enum users_answer
add(struct users *users, const char *name, const char *record,
    struct errbuf *err)
{
	enum users_answer answer;

	switch (run(users, ADD, name, record, NULL)) {
	case SQLITE_DONE:
		answer = USERS_WELCOME;
		break;
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_UNIQUE:
		/* Another process was faster. */
		answer = USERS_TAKEN;
		break;
	default:
		database_error(users->db, users->path, err);
		answer = USERS_FAILED;
	}
	end(users, ADD);
	return answer;
}

static const char *
fault(const char *name, size_t len)
{
	return name[0] == '\0' ? "the name is empty" : password_fault(len);
}

static enum users_answer
make_and_add(struct users *users, const char *name, const void *password,
    size_t len, struct errbuf *err)
{
	char record[PASSWORD_RECORD_BYTES] = "";
	enum users_answer answer = USERS_FAILED;

	if (password_record_make(&users->cost, password, len, record,
	    err) == 0)
		answer = add(users, name, record, err);
	OPENSSL_cleanse(record, sizeof(record));
	return answer;
}

enum users_answer
users_register(struct users *users, const char *name, const void *password,
    size_t len, struct errbuf *err)
{
	const char *why = fault(name, len);
	enum users_answer answer;

	if (why != NULL) {
		errbuf_set(err, "%s", why);
		return USERS_REFUSED;
	}
	/* No hash for a name that is taken: the answer tells it anyway. */
	answer = users_known(users, name, err);
	if (answer != USERS_UNKNOWN)
		return answer;
	return make_and_add(users, name, password, len, err);
}

/* -1 with the reason: the old record stays, and goes on to fit. */
static int
renew(struct users *users, const char *name, const char *before,
    const void *password, size_t len, struct errbuf *err)
{
	char record[PASSWORD_RECORD_BYTES] = "";
	int status;

	status = password_record_make(&users->cost, password, len, record,
	    err);
	if (status == 0 && run(users, REPLACE, name, record, before) !=
	    SQLITE_DONE) {
		database_error(users->db, users->path, err);
		status = -1;
	}
	end(users, REPLACE);
	OPENSSL_cleanse(record, sizeof(record));
	if (status != 0)
		errbuf_prefix(err, "an old password record was not replaced");
	return status;
}

static enum users_answer
check(struct users *users, const char *name, const char *record,
    const void *password, size_t len, struct errbuf *err)
{
	switch (password_check(&users->cost, record, password, len, err)) {
	case PASSWORD_FITS:
		return USERS_WELCOME;
	case PASSWORD_FITS_OLD:
		renew(users, name, record, password, len, err);
		return USERS_WELCOME;
	case PASSWORD_DIFFERS:
		return USERS_WRONG;
	case PASSWORD_BAD_RECORD:
	case PASSWORD_FAILED:
		break;
	}
	errbuf_prefix(err, users->path);
	return USERS_FAILED;
}

enum users_answer
users_login(struct users *users, const char *name, const void *password,
    size_t len, struct errbuf *err)
{
	char record[PASSWORD_RECORD_BYTES] = "";
	enum users_answer found = find(users, name, record, err), answer;

	if (found == USERS_FAILED)
		return USERS_FAILED;
	err->text[0] = '\0';
	answer = check(users, name, found == USERS_TAKEN ? record : NULL,
	    password, len, err);
	OPENSSL_cleanse(record, sizeof(record));
	return answer;
}

enum users_answer
users_known(struct users *users, const char *name, struct errbuf *err)
{
	char record[PASSWORD_RECORD_BYTES] = "";
	enum users_answer answer = find(users, name, record, err);

	OPENSSL_cleanse(record, sizeof(record));
	return answer;
}
