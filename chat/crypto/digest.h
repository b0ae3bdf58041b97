/*
 * SHA-256 (FIPS 180-4) and HMAC-SHA256 (RFC 2104) of bytes in memory.
 */
#ifndef CHAT_CRYPTO_DIGEST_H
#define CHAT_CRYPTO_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

enum { DIGEST_BYTES = 32 };

/* Borrowed bytes. */
struct digest_part {
	const void *data;
	size_t len;
};

/* Of the parts one behind the other.  -1 without memory, or where OpenSSL
 * fails. */
int digest_sha256(const struct digest_part *parts, size_t count,
    uint8_t out[DIGEST_BYTES], struct errbuf *err);

/* The same errors; key may be of any length, also empty. */
int digest_hmac(const void *key, size_t key_len, const void *data, size_t len,
    uint8_t out[DIGEST_BYTES], struct errbuf *err);

#endif
