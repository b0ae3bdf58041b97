/*
 * The user store: names and password records in an SQLite file.
 *
 *	users(username TEXT PRIMARY KEY, password TEXT), as the original `class`
 *	server made it, so that its users.db goes on to work; PRAGMA
 *	user_version counts the migrations.
 *
 * WAL, mode 0600 when it is made.  Names are unique and compared byte by byte.
 * Every function blocks (disk, hashing), so a server calls them in a worker
 * thread; a store is used by one thread at a time.
 */
#ifndef CHAT_USERS_USERS_H
#define CHAT_USERS_USERS_H

#include <stddef.h>

#include "base/errbuf.h"
#include "chat/crypto/password.h"

struct users;

enum users_answer {
	USERS_WELCOME,		/* registered, or name and password fit */
	USERS_TAKEN,		/* the name exists */
	USERS_WRONG,		/* unknown name or wrong password, no hint which */
	USERS_UNKNOWN,		/* users_known(): no such name */
	USERS_FAILED,		/* disk, database or memory: err says why */
	USERS_REFUSED,		/* users_register(): not with this name or
				   password; err says why, for the user */
};

/* Opens or makes the file; NULL with the reason (a database of another kind or
 * of a newer version is one). */
struct users *users_open(const char *path, struct errbuf *err);

/* users_close(NULL) does nothing. */
void users_close(struct users *users);

/* A new user, on disk when it returns.  Neither name nor password may be empty,
 * nor the password longer than PASSWORD_BYTES_MAX. */
enum users_answer users_register(struct users *users, const char *name,
    const void *password, size_t len, struct errbuf *err);

/* A record that should be made anew is replaced on the way; where that fails,
 * the answer is USERS_WELCOME all the same, and err, else "", says why. */
enum users_answer users_login(struct users *users, const char *name,
    const void *password, size_t len, struct errbuf *err);

/* USERS_TAKEN, USERS_UNKNOWN or USERS_FAILED. */
enum users_answer users_known(struct users *users, const char *name,
    struct errbuf *err);

/* The same store with records of another cost than the usual, for tests. */
struct users *users_open_at(const char *path, const struct scrypt_cost *cost,
    struct errbuf *err);

#endif
