/*
 * The SQLite file of the user store, open and in today's format.
 */
#ifndef CHAT_USERS_DATABASE_H
#define CHAT_USERS_DATABASE_H

#include <sqlite3.h>

#include "base/errbuf.h"

/*
 * Opens the file, or makes it with mode 0600, and brings an older one (that of
 * the original server is the oldest) to today's format.  NULL with the reason;
 * what is refused is left as it was.  Release with sqlite3_close().
 */
sqlite3 *database_open(const char *path, struct errbuf *err);

/* "PATH: what SQLite says of the last call". */
void database_error(sqlite3 *db, const char *path, struct errbuf *err);

#endif
