#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>

void *
memory_array(size_t n, size_t size)
{
	return calloc(n == 0 ? 1 : n, size);
}

void *
memory_resize(void *old, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / size)
		return NULL;
	return realloc(old, n * size == 0 ? 1 : n * size);
}
