#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { ROOM_MIN = 256 };

/* No object is larger than PTRDIFF_MAX. */
static bool
product_fits(size_t n, size_t size)
{
	return size == 0 || n <= (size_t)PTRDIFF_MAX / size;
}

void *
memory_array(size_t n, size_t size)
{
	if (!product_fits(n, size))
		return NULL;
	return calloc(n == 0 ? 1 : n, size);
}

void *
memory_resize(void *old, size_t n, size_t size)
{
	if (!product_fits(n, size))
		return NULL;
	return realloc(old, n * size == 0 ? 1 : n * size);
}

void *
memory_grow(void *array, size_t *room, size_t need, size_t size)
{
	size_t grown = *room == 0 ? ROOM_MIN : *room;
	void *moved;

	if (array != NULL && need <= *room)
		return array;
	while (grown < need)
		if (__builtin_mul_overflow(grown, (size_t)2, &grown))
			return NULL;
	moved = memory_resize(array, grown, size);
	if (moved != NULL)
		*room = grown;
	return moved;
}
