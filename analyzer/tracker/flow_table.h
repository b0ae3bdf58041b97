/*
 * The flows that are alive: found by key, or as the one that was silent for
 * longest.  What becomes of a flow is not decided here.
 *
 * Entries are of two classes, TCP and the rest, each with a size and (see
 * tracker.c) a timeout of its own.  What a packet changes stands together: the
 * first two lines of an entry and the side that has sent it.
 */
#ifndef ANALYZER_TRACKER_FLOW_TABLE_H
#define ANALYZER_TRACKER_FLOW_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/tracker/flow.h"
#include "analyzer/tracker/flow_ages.h"
#include "analyzer/tracker/flow_index.h"
#include "analyzer/tracker/flow_key.h"
#include "analyzer/tracker/slab.h"
#include "base/errbuf.h"

enum flow_class { FLOW_OTHER, FLOW_TCP, FLOW_CLASSES };

struct flow_entry {
	struct flow_key key;
	int64_t last_ns;	/* of the last packet with a time, if `timed` */
	uint32_t live_bytes;	/* what tcp and application hold */
	uint8_t a_end;		/* which end of the key is A */
	uint8_t class;		/* enum flow_class */
	bool timed;
	bool part_timed;	/* this part has a packet with a time */
	/* 64 bytes */
	int128 clock_ns;	/* flow_clock's when it was last used */
	uint64_t used;		/* which packet used it last */
	/* Of gaps, as far as the sides' moments do not know them yet: it would
	 * take another line of memory to look there. */
	struct flow_bounds {
		int64_t min_ns, max_ns;
	} bounds[FLOW_SIDES];
	int64_t part_start_ns;	/* if part_timed */
	/* 128 bytes */
	struct flow flow;
	uint64_t gap_tails[FLOW_SIDES];	/* gap_store.h */
	/* optional blocks */
};

_Static_assert(offsetof(struct flow_entry, clock_ns) == 64 &&
    offsetof(struct flow_entry, flow) == 128, "lines of an entry");

#define FLOW_NO_BOUNDS	((struct flow_bounds){ INT64_MAX, INT64_MIN })

struct flow_table {
	struct flow_hash hash;
	struct flow_index index;
	struct slab slabs[FLOW_CLASSES];
	struct flow_ages ages[FLOW_CLASSES];
	uint64_t removals;	/* entries that are gone; pointers to others
				   hold */
};

/* Entries have object_bytes by class.  -1 with the reason in *err; *table can
 * be reset in either case. */
int flow_table_init(struct flow_table *table,
    const size_t object_bytes[FLOW_CLASSES], struct errbuf *err);

/* Frees entries and index; empty afterwards. */
void flow_table_reset(struct flow_table *table);

static inline enum flow_class
flow_class_of(const struct flow_key *key)
{
	return key->ip_protocol == 6 ? FLOW_TCP : FLOW_OTHER;
}

/* In the index the class is the highest bit of the number. */
static inline struct flow_entry *
flow_table_at(const struct flow_table *table, uint32_t number)
{
	return slab_at(&table->slabs[number >> 31], number & INT32_MAX);
}

/* The entry that the index has first for this tag: as a rule the right one. */
static inline struct flow_entry *
flow_table_guess(const struct flow_table *table, uint32_t tag)
{
	size_t at = flow_index_start(&table->index, tag);
	uint32_t number = flow_index_next(&table->index, tag, &at);

	return number == FLOW_INDEX_NONE ? NULL : flow_table_at(table, number);
}

/* NULL: not there. */
static inline struct flow_entry *
flow_table_find(const struct flow_table *table, const struct flow_key *key,
    uint32_t tag)
{
	size_t at = flow_index_start(&table->index, tag);
	uint32_t number;

	while ((number = flow_index_next(&table->index, tag, &at)) !=
	    FLOW_INDEX_NONE) {
		struct flow_entry *e = flow_table_at(table, number);

		if (flow_key_equal(&e->key, key))
			return e;
	}
	return NULL;
}

/* A new entry: zeros but for key, class and `used`, which is past all others';
 * optional blocks hold anything.  NULL when memory is short. */
struct flow_entry *flow_table_add(struct flow_table *table,
    const struct flow_key *key, uint32_t tag, uint64_t used);

/* The entry of a class that was used before all others; NULL: none. */
struct flow_entry *flow_table_oldest(struct flow_table *table,
    enum flow_class class);

/* Removes what flow_table_oldest() has just given. */
void flow_table_remove_oldest(struct flow_table *table, enum flow_class class);

/* Bytes that entries and what finds them need. */
uint64_t flow_table_memory(const struct flow_table *table);

#endif
