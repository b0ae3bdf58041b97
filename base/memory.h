/*
 * Checked products for allocations.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* n * size bytes, zeroed; NULL when that overflows or memory is short.
 * Release with free(). */
void *memory_array(size_t n, size_t size);

/* The same for an array that grows; NULL leaves the old one as it is. */
void *memory_resize(void *old, size_t n, size_t size);

#endif
