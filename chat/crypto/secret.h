/*
 * Passwords and keys in memory: wiped before they are freed.
 *
 * The functions that set a secret wipe and free what it was before, so it has
 * to be one, or zeros; where they fail it stays as it was.
 */
#ifndef CHAT_CRYPTO_SECRET_H
#define CHAT_CRYPTO_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

/* Any bytes; a '\0' stands behind them that len does not count. */
struct secret {
	uint8_t *data;		/* NULL: none */
	size_t len;
};

/* A copy; -1 without memory.  The data may be the secret's own. */
int secret_set(struct secret *secret, const void *data, size_t len);

/* Wipes and frees; a secret of none afterwards. */
void secret_reset(struct secret *secret);

/*
 * From an argument: "@FILE" is the file's contents less one newline at the end
 * (at most 4096 bytes), "@@..." is a text that begins with one @, anything else
 * is the text itself, which is then overwritten in place with '*' so that other
 * users of the machine see it no longer in the list of processes.
 */
int secret_from_argument(struct secret *secret, char *argument,
    struct errbuf *err);

/* From a variable of the environment, which is then removed from it; 0 also
 * where there is none (the secret is then none). */
int secret_from_environment(struct secret *secret, const char *variable,
    struct errbuf *err);

#endif
