#include "analyzer/tracker/flow_table.h"

#include <string.h>

int
flow_table_init(struct flow_table *t, const size_t object_bytes[FLOW_CLASSES],
    struct errbuf *err)
{
	memset(t, 0, sizeof(*t));
	for (int i = 0; i < FLOW_CLASSES; i++)
		slab_init(&t->slabs[i], object_bytes[i]);
	if (flow_index_init(&t->index) != 0) {
		errbuf_set(err, "out of memory for flows");
		return -1;
	}
	return flow_hash_init(&t->hash, err);
}

void
flow_table_reset(struct flow_table *t)
{
	flow_index_reset(&t->index);
	for (int i = 0; i < FLOW_CLASSES; i++) {
		slab_reset(&t->slabs[i]);
		flow_ages_reset(&t->ages[i]);
	}
}

struct flow_entry *
flow_table_add(struct flow_table *t, const struct flow_key *key, uint32_t tag,
    uint64_t used)
{
	enum flow_class class = flow_class_of(key);
	struct slab *slab = &t->slabs[class];
	struct flow_entry *e;
	uint32_t number;

	if (flow_index_reserve(&t->index) != 0 ||
	    flow_ages_reserve(&t->ages[class]) != 0)
		return NULL;
	number = slab_take(slab);
	if (number == SLAB_NONE)
		return NULL;
	e = slab_at(slab, number);
	memset(e, 0, sizeof(*e));
	e->key = *key;
	e->class = (uint8_t)class;
	e->used = used;
	number |= (uint32_t)class << 31;
	flow_index_add(&t->index, tag, number);
	flow_ages_add(&t->ages[class], number, used);
	return e;
}

struct flow_entry *
flow_table_oldest(struct flow_table *t, enum flow_class class)
{
	struct flow_ages *ages = &t->ages[class];

	while (ages->count > 0) {
		struct flow_entry *e = flow_table_at(t, ages->heap[0].number);

		if (e->used == ages->heap[0].used)
			return e;
		flow_ages_correct(ages, e->used);
	}
	return NULL;
}

void
flow_table_remove_oldest(struct flow_table *t, enum flow_class class)
{
	uint32_t number = t->ages[class].heap[0].number;
	struct flow_entry *e = flow_table_at(t, number);

	flow_ages_remove_first(&t->ages[class]);
	flow_index_remove(&t->index, flow_hash_of(&t->hash, &e->key), number);
	slab_give(&t->slabs[class], number & INT32_MAX);
	t->removals++;
}

uint64_t
flow_table_memory(const struct flow_table *t)
{
	uint64_t bytes = flow_index_memory(&t->index);

	for (int i = 0; i < FLOW_CLASSES; i++)
		bytes += slab_memory(&t->slabs[i]) +
		    t->ages[i].count * sizeof(struct flow_age);
	return bytes;
}
