/*
 * SHA-256 (FIPS 180-4): which bytes a report was made of.
 *
 * Not for secrets: nothing is wiped.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_HEX_BYTES = 65, SHA256_BLOCK = 64 };

struct sha256 {
	uint32_t state[8];
	uint64_t len_bytes;	/* so far; the last len % 64 wait in `block` */
	uint8_t block[SHA256_BLOCK];
};

/* Caller's memory, no resources. */
void sha256_init(struct sha256 *h);

/* The next n bytes, less than 2^61 in all. */
void sha256_add(struct sha256 *h, const void *data, size_t n);

/* Of all that was added; the struct is of no use then. */
void sha256_finish(struct sha256 *h, uint8_t out[SHA256_BYTES]);

/* In hexadecimal, lower case, terminated. */
void sha256_hex(const uint8_t digest[SHA256_BYTES],
    char out[SHA256_HEX_BYTES]);

#endif
