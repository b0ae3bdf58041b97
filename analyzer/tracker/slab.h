/*
 * Objects of one size that have numbers: in chunks, which never move and are
 * given back when their last object is.  Memory follows what is in use.
 */
#ifndef ANALYZER_TRACKER_SLAB_H
#define ANALYZER_TRACKER_SLAB_H

#include <stddef.h>
#include <stdint.h>

enum {
	SLAB_CHUNK_SHIFT = 10,
	SLAB_CHUNK_OBJECTS = 1 << SLAB_CHUNK_SHIFT,
	SLAB_ALIGNMENT = 64,
};

#define SLAB_NONE UINT32_MAX

struct slab_chunk {
	uint8_t *objects;	/* NULL: given back */
	uint32_t in_use;
	uint32_t fresh;		/* those from here on were never used */
	uint32_t free;		/* first of a list of numbers; SLAB_NONE */
	uint32_t next;		/* chunk in the list that this one is in */
};

struct slab {
	uint8_t **at;		/* objects of each chunk, close together */
	struct slab_chunk *chunks;
	size_t chunk_count, chunk_room;
	uint32_t roomy;		/* list of chunks with room; SLAB_NONE */
	uint32_t absent;	/* list of chunks that were given back */
	size_t object_bytes;	/* a multiple of SLAB_ALIGNMENT */
	uint64_t in_use;
};

/* Caller's memory; allocates nothing. */
void slab_init(struct slab *slab, size_t object_bytes);

/* Frees everything; empty afterwards. */
void slab_reset(struct slab *slab);

/* A number whose object holds anything; SLAB_NONE when memory is short, or 2^31
 * are in use. */
uint32_t slab_take(struct slab *slab);

/* Gives it back. */
void slab_give(struct slab *slab, uint32_t number);

static inline void *
slab_at(const struct slab *slab, uint32_t number)
{
	return slab->at[number >> SLAB_CHUNK_SHIFT] +
	    (number & (SLAB_CHUNK_OBJECTS - 1)) * slab->object_bytes;
}

/* Bytes of the objects in use. */
static inline uint64_t
slab_memory(const struct slab *slab)
{
	return slab->in_use * slab->object_bytes;
}

#endif
