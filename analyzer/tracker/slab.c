#include "analyzer/tracker/slab.h"

#include <string.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/memory.h"

enum { CHUNKS_FIRST = 16 };

/* The last number stays free: it is SLAB_NONE without its highest bit. */
static const size_t chunks_max = ((size_t)1 << (31 - SLAB_CHUNK_SHIFT)) - 1;

void
slab_init(struct slab *slab, size_t object_bytes)
{
	memset(slab, 0, sizeof(*slab));
	slab->object_bytes = (object_bytes + SLAB_ALIGNMENT - 1) /
	    SLAB_ALIGNMENT * SLAB_ALIGNMENT;
	slab->roomy = slab->absent = SLAB_NONE;
}

static size_t
chunk_bytes(const struct slab *slab)
{
	return slab->object_bytes * SLAB_CHUNK_OBJECTS;
}

void
slab_reset(struct slab *slab)
{
	for (size_t i = 0; i < slab->chunk_count; i++)
		if (slab->at[i] != NULL)
			munmap(slab->at[i], chunk_bytes(slab));
	free(slab->at);
	free(slab->chunks);
	slab_init(slab, slab->object_bytes);
}

static int
make_room(struct slab *slab)
{
	size_t room = slab->chunk_room == 0 ? CHUNKS_FIRST :
	    slab->chunk_room * 2;
	struct slab_chunk *chunks;
	uint8_t **at;

	if (slab->chunk_count < slab->chunk_room)
		return 0;
	if (slab->chunk_count >= chunks_max)
		return -1;
	chunks = memory_resize(slab->chunks, room, sizeof(*chunks));
	if (chunks == NULL)
		return -1;
	slab->chunks = chunks;
	at = memory_resize(slab->at, room, sizeof(*at));
	if (at == NULL)
		return -1;
	slab->at = at;
	slab->chunk_room = room;
	return 0;
}

/* A chunk becomes real page by page, so that a small one costs little. */
static int
add_chunk(struct slab *slab)
{
	void *objects = mmap(NULL, chunk_bytes(slab), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint32_t number = slab->absent;

	if (objects == MAP_FAILED)
		return -1;
	if (number != SLAB_NONE) {
		slab->absent = slab->chunks[number].next;
	} else if (make_room(slab) == 0) {
		number = (uint32_t)slab->chunk_count++;
	} else {
		munmap(objects, chunk_bytes(slab));
		return -1;
	}
	slab->at[number] = objects;
	slab->chunks[number] = (struct slab_chunk){
		.objects = objects,
		.free = SLAB_NONE,
		.next = slab->roomy,
	};
	slab->roomy = number;
	return 0;
}

uint32_t
slab_take(struct slab *slab)
{
	struct slab_chunk *c;
	uint32_t number;

	if (slab->roomy == SLAB_NONE && add_chunk(slab) != 0)
		return SLAB_NONE;
	c = &slab->chunks[slab->roomy];
	if (c->free != SLAB_NONE) {
		number = c->free;
		memcpy(&c->free, slab_at(slab, number), sizeof(c->free));
	} else {
		number = slab->roomy << SLAB_CHUNK_SHIFT | c->fresh++;
	}
	slab->in_use++;
	if (++c->in_use == SLAB_CHUNK_OBJECTS)
		slab->roomy = c->next;
	return number;
}

/* The first of the list stays even when it is empty: a flow that comes and
 * goes alone shall not map and unmap a chunk each time. */
static void
give_back(struct slab *slab, uint32_t chunk)
{
	struct slab_chunk *c = &slab->chunks[chunk];
	uint32_t *link = &slab->roomy;

	if (*link == chunk)
		return;
	while (*link != chunk)
		link = &slab->chunks[*link].next;
	*link = c->next;
	munmap(c->objects, chunk_bytes(slab));
	c->objects = slab->at[chunk] = NULL;
	c->next = slab->absent;
	slab->absent = chunk;
}

void
slab_give(struct slab *slab, uint32_t number)
{
	uint32_t chunk = number >> SLAB_CHUNK_SHIFT;
	struct slab_chunk *c = &slab->chunks[chunk];

	memcpy(slab_at(slab, number), &c->free, sizeof(c->free));
	c->free = number;
	slab->in_use--;
	if (c->in_use-- == SLAB_CHUNK_OBJECTS) {
		c->next = slab->roomy;
		slab->roomy = chunk;
	}
	if (c->in_use == 0)
		give_back(slab, chunk);
}
