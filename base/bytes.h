/*
 * A buffer of bytes that grows.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
	uint8_t *data;		/* NULL while room == 0 */
	size_t len, room;
};

/* Caller's memory; a zeroed struct is an empty one. */
void bytes_init(struct bytes *b);

/* Frees the data; empty afterwards, and fit for use again. */
void bytes_reset(struct bytes *b);

/* Room for n more bytes at data + len; NULL when memory is short.  What is
 * written there counts once the caller adds to len. */
uint8_t *bytes_reserve(struct bytes *b, size_t n);

/* Appends; -1 when memory is short (nothing is appended then). */
int bytes_append(struct bytes *b, const void *data, size_t n);

#endif
