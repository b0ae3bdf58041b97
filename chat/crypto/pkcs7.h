/*
 * Padding to blocks of 16 bytes (PKCS #7, RFC 5652 section 6.3): n bytes of
 * value n, 1 to 16 of them.
 */
#ifndef CHAT_CRYPTO_PKCS7_H
#define CHAT_CRYPTO_PKCS7_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum { PKCS7_BLOCK_BYTES = 16 };

/* How many bytes of padding follow len bytes. */
size_t pkcs7_padding(size_t len);

/* Pads what is there; -1 without memory. */
int pkcs7_pad(struct bytes *data);

/*
 * The length without padding; *good is 1, or 0 where it is none: the length is
 * then len.  Takes the same time whatever the bytes are (which a compiler may
 * undo; what gcc and clang make of it has no branch on them).
 */
size_t pkcs7_unpad(const uint8_t *data, size_t len, uint32_t *good);

#endif
