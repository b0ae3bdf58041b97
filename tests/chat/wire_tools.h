/*
 * What the tests of chat/wire share: random input whose seed is printed, and
 * bytes in a room of just their size, so that a sanitizer sees a read beyond.
 */
#ifndef TESTS_CHAT_WIRE_TOOLS_H
#define TESTS_CHAT_WIRE_TOOLS_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tools/splitmix.h"
#include "tests/unit/stats_random.h"

static inline struct splitmix
chance_of(const char *test)
{
	return (struct splitmix){ random_seed(test) };
}

/* Release with free(). */
static inline uint8_t *
exactly(const void *data, size_t len)
{
	uint8_t *copy = malloc(len == 0 ? 1 : len);

	ck_assert_ptr_nonnull(copy);
	if (len > 0)
		memcpy(copy, data, len);
	return copy;
}

static inline void
fill(struct splitmix *chance, uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)splitmix_next(chance);
}

#endif
