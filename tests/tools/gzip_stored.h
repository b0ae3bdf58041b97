/*
 * Writes one gzip member of stored blocks (RFC 1951, 1952): nothing shrinks,
 * but the bytes are the same whichever library is installed.
 */
#ifndef TESTS_TOOLS_GZIP_STORED_H
#define TESTS_TOOLS_GZIP_STORED_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Errors are stdio's: ask ferror(). */
void gzip_stored_write(FILE *to, const uint8_t *data, size_t n);

#endif
