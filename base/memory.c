#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

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
