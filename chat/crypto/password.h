/*
 * Passwords as they are stored.
 *
 * A record is text: "$scrypt$ln=15,r=8,p=3$SALT$HASH", salt (16 bytes) and hash
 * (32) in base64 without padding (the PHC string format).  Its parameters stand
 * in it, so they can be raised; a record of weaker ones, and the lower-case hex
 * SHA-256 without salt of the original `class` server, fit too and ask to be
 * replaced.
 *
 * A password is 1 to PASSWORD_BYTES_MAX bytes of any kind: no record is made of
 * an empty one, though one that the original server has stored is checked.
 *
 * Making or checking one takes a few tenths of a second and 32 MiB: never in an
 * event loop.  Method: RFC 7914; costs by OWASP's password storage cheat sheet.
 */
#ifndef CHAT_CRYPTO_PASSWORD_H
#define CHAT_CRYPTO_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errbuf.h"
#include "chat/crypto/scrypt.h"

enum { PASSWORD_RECORD_BYTES = 160, PASSWORD_BYTES_MAX = 1024 };

enum password_fit {
	PASSWORD_FITS,
	PASSWORD_FITS_OLD,	/* and the record should be made anew */
	PASSWORD_DIFFERS,
	PASSWORD_BAD_RECORD,	/* the record is none; err says why */
	PASSWORD_FAILED,	/* no memory, or OpenSSL fails; err says why */
};

/* Why no record is made of a password so long, as a line without full stop for
 * whoever chose it, or NULL. */
const char *password_fault(size_t len);

/* A record of this cost (scrypt_cost_usual but in tests) with a new random
 * salt. */
int password_record_make(const struct scrypt_cost *cost, const void *password,
    size_t len, char record[PASSWORD_RECORD_BYTES], struct errbuf *err);

/* cost: below which a record asks to be replaced.  record == NULL: there is no
 * such user; takes as long as a record of that cost, and gives
 * PASSWORD_DIFFERS.  So does an old or a bad record that does not fit.  A
 * record of another cost takes its own time. */
enum password_fit password_check(const struct scrypt_cost *cost,
    const char *record, const void *password, size_t len, struct errbuf *err);

#endif
