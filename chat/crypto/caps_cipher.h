/*
 * The cipher of `caps`, the open and secure mode exercise: AES-128-CBC with the
 * key "This is a key123", the fixed IV "This is an IV456" and no padding.  It
 * protects nothing; the exercise is to see the difference in a capture.
 */
#ifndef CHAT_CRYPTO_CAPS_CIPHER_H
#define CHAT_CRYPTO_CAPS_CIPHER_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

enum { CAPS_BLOCK_BYTES = 16 };

/* len bytes, a multiple of 16 and more than 0 (otherwise -1), from `in` to
 * `out`, which may be the same. */
int caps_encrypt(const uint8_t *in, size_t len, uint8_t *out,
    struct errbuf *err);

/* The same back; padding is not looked for. */
int caps_decrypt(const uint8_t *in, size_t len, uint8_t *out,
    struct errbuf *err);

#endif
