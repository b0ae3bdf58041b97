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

/*
 * Room for `need` items of `size` bytes in an array that has *room of them:
 * doubled until it is enough, so that adding is O(1) amortized.  Returns the
 * array, which may have moved; NULL leaves array and *room as they are.
 */
void *memory_grow(void *array, size_t *room, size_t need, size_t size);

#endif
