#include "analyzer/tracker/flow_ages.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { AGES_FIRST = 64 };

int
flow_ages_reserve(struct flow_ages *ages)
{
	size_t room = ages->room == 0 ? AGES_FIRST : ages->room * 2;
	struct flow_age *heap;

	if (ages->count < ages->room)
		return 0;
	heap = memory_resize(ages->heap, room, sizeof(*heap));
	if (heap == NULL)
		return -1;
	ages->heap = heap;
	ages->room = room;
	return 0;
}

/* Nothing is older than its parent, and the newest may stand last. */
void
flow_ages_add(struct flow_ages *ages, uint32_t number, uint64_t used)
{
	ages->heap[ages->count++] = (struct flow_age){ used, number };
}

static void
sink(struct flow_ages *ages, struct flow_age item)
{
	struct flow_age *heap = ages->heap;
	size_t at = 0, child;

	while ((child = 2 * at + 1) < ages->count) {
		if (child + 1 < ages->count &&
		    heap[child + 1].used < heap[child].used)
			child++;
		if (item.used <= heap[child].used)
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = item;
}

void
flow_ages_correct(struct flow_ages *ages, uint64_t used)
{
	struct flow_age item = { used, ages->heap[0].number };

	sink(ages, item);
}

void
flow_ages_remove_first(struct flow_ages *ages)
{
	if (--ages->count > 0)
		sink(ages, ages->heap[ages->count]);
}

void
flow_ages_reset(struct flow_ages *ages)
{
	free(ages->heap);
	memset(ages, 0, sizeof(*ages));
}
