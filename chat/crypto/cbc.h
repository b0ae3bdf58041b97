/*
 * AES in CBC mode over whole blocks (NIST SP 800-38A), without padding.
 */
#ifndef CHAT_CRYPTO_CBC_H
#define CHAT_CRYPTO_CBC_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

enum { CBC_BLOCK_BYTES = 16 };

/* Borrowed; the IV is one block. */
struct cbc_key {
	const uint8_t *key;
	size_t key_len;		/* 16 or 32: AES-128 or AES-256 */
	const uint8_t *iv;
};

/* len bytes, a multiple of 16, from `in` to `out`, which may be the same.  -1
 * for another length, without memory, or where OpenSSL fails. */
int cbc_encrypt(const struct cbc_key *key, const uint8_t *in, size_t len,
    uint8_t *out, struct errbuf *err);

/* The same back. */
int cbc_decrypt(const struct cbc_key *key, const uint8_t *in, size_t len,
    uint8_t *out, struct errbuf *err);

#endif
