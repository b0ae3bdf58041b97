/*
 * The text of a password record: "$scrypt$ln=15,r=8,p=3$SALT$HASH" (the PHC
 * string format, base64 of RFC 4648 without padding).
 */
#ifndef CHAT_CRYPTO_PASSWORD_RECORD_H
#define CHAT_CRYPTO_PASSWORD_RECORD_H

#include <stdint.h>

#include "base/errbuf.h"
#include "chat/crypto/password.h"
#include "chat/crypto/scrypt.h"

enum { PASSWORD_SALT_BYTES = 16, PASSWORD_HASH_BYTES = 32 };

struct password_record {
	struct scrypt_cost cost;
	uint8_t salt[PASSWORD_SALT_BYTES];
	uint8_t hash[PASSWORD_HASH_BYTES];
};

/* Terminated; cannot fail. */
void password_record_write(const struct password_record *record,
    char text[PASSWORD_RECORD_BYTES]);

/* -1 for a text that password_record_write() would not have written, or whose
 * cost has a fault. */
int password_record_parse(const char *text, struct password_record *out,
    struct errbuf *err);

#endif
