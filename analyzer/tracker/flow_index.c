#include "analyzer/tracker/flow_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { SLOTS_FIRST = 256 };

static struct flow_slot *
empty_slots(size_t n)
{
	struct flow_slot *slots = memory_resize(NULL, n, sizeof(*slots));

	if (slots != NULL)
		memset(slots, 0xff, n * sizeof(*slots));
	return slots;
}

int
flow_index_init(struct flow_index *index)
{
	index->slots = empty_slots(SLOTS_FIRST);
	index->mask = SLOTS_FIRST - 1;
	index->count = 0;
	return index->slots == NULL ? -1 : 0;
}

void
flow_index_reset(struct flow_index *index)
{
	free(index->slots);
	index->slots = NULL;
}

static void
put(struct flow_index *index, struct flow_slot slot)
{
	size_t at = slot.tag & index->mask;

	while (index->slots[at].number != FLOW_INDEX_NONE)
		at = (at + 1) & index->mask;
	index->slots[at] = slot;
}

int
flow_index_reserve(struct flow_index *index)
{
	struct flow_slot *old = index->slots;
	size_t slots = index->mask + 1;

	if (index->count < slots / 2)
		return 0;
	index->slots = empty_slots(slots * 2);
	if (index->slots == NULL) {
		index->slots = old;
		return -1;
	}
	index->mask = slots * 2 - 1;
	for (size_t i = 0; i < slots; i++)
		if (old[i].number != FLOW_INDEX_NONE)
			put(index, old[i]);
	free(old);
	return 0;
}

void
flow_index_add(struct flow_index *index, uint32_t tag, uint32_t number)
{
	put(index, (struct flow_slot){ tag, number });
	index->count++;
}

void
flow_index_remove(struct flow_index *index, uint32_t tag, uint32_t number)
{
	struct flow_slot *slots = index->slots;
	size_t mask = index->mask, hole = tag & mask, at;

	while (slots[hole].number != number)
		hole = (hole + 1) & mask;
	for (at = hole;;) {
		at = (at + 1) & mask;
		if (slots[at].number == FLOW_INDEX_NONE)
			break;
		/* It may move where its own place is not behind the hole. */
		if (((at - slots[at].tag) & mask) >= ((at - hole) & mask)) {
			slots[hole] = slots[at];
			hole = at;
		}
	}
	slots[hole].number = FLOW_INDEX_NONE;
	index->count--;
}
