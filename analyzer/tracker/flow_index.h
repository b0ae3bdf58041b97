/*
 * From the hash of a key to the number of its entry: open addressing with
 * linear probing over pairs of 32-bit tag and number.  The tag is the whole
 * hash and its low bits are the place, so the table grows and closes holes
 * without looking at an entry.
 *
 * Deletion moves back what follows (Knuth, The Art of Computer Programming,
 * volume 3, section 6.4, algorithm R), so that no tombstones pile up.  At most
 * half full: a search that finds nothing looks at 2.5 places on average.
 */
#ifndef ANALYZER_TRACKER_FLOW_INDEX_H
#define ANALYZER_TRACKER_FLOW_INDEX_H

#include <stddef.h>
#include <stdint.h>

#define FLOW_INDEX_NONE UINT32_MAX

struct flow_slot {
	uint32_t tag;
	uint32_t number;	/* FLOW_INDEX_NONE: empty */
};

struct flow_index {
	struct flow_slot *slots;
	size_t mask;		/* slots less one: a power of two */
	size_t count;
};

/* -1 when memory is short. */
int flow_index_init(struct flow_index *index);

/* Frees the slots; empty afterwards. */
void flow_index_reset(struct flow_index *index);

/* Makes sure that one more fits; -1 when memory is short. */
int flow_index_reserve(struct flow_index *index);

/* After flow_index_reserve(). */
void flow_index_add(struct flow_index *index, uint32_t tag, uint32_t number);

/* Of a pair that is there. */
void flow_index_remove(struct flow_index *index, uint32_t tag,
    uint32_t number);

/* The slots of a tag: from *at = flow_index_start() on; each call gives the
 * number of the next one that has it, or FLOW_INDEX_NONE. */
static inline size_t
flow_index_start(const struct flow_index *index, uint32_t tag)
{
	return tag & index->mask;
}

static inline uint32_t
flow_index_next(const struct flow_index *index, uint32_t tag, size_t *at)
{
	for (;;) {
		const struct flow_slot *s = &index->slots[*at];

		if (s->number == FLOW_INDEX_NONE)
			return FLOW_INDEX_NONE;
		*at = (*at + 1) & index->mask;
		if (s->tag == tag)
			return s->number;
	}
}

static inline void
flow_index_prefetch(const struct flow_index *index, uint32_t tag)
{
	__builtin_prefetch(&index->slots[tag & index->mask]);
}

static inline uint64_t
flow_index_memory(const struct flow_index *index)
{
	return (index->mask + 1) * sizeof(index->slots[0]);
}

#endif
