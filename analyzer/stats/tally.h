/*
 * An exact multiset of 64-bit numbers in bounded memory: how often did each
 * value occur?  Sums and extremes are exact too.
 *
 * Made for gaps between packets.  Small multiples of the capture's tick are
 * counted in a flat table of which only touched pages are real; the others are
 * collected, sorted and counted in a list of distinct values; when that list
 * passes its bound it is spilled, sorted, to an unlinked file in TMPDIR.
 * Nothing is ever approximated.
 *
 * Bounds: 2 MiB of table, 0.75 MiB pending, 1.25 MiB of list, and 0.5 MiB while
 * spilled values are read back: below 5 MiB.  A set that stays small allocates
 * little.
 */
#ifndef ANALYZER_STATS_TALLY_H
#define ANALYZER_STATS_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/stats/moments.h"
#include "base/errbuf.h"

enum {
	TALLY_TABLE_TICKS = 1 << 19,
	TALLY_LEARN_AT = 1 << 14,
	TALLY_PENDING_MAX = 3 << 14,
	/* Less than may be pending: where all values differ, merging them into
	 * the list before they are spilled would be in vain. */
	TALLY_LIST_MAX = 1 << 15,
	TALLY_RECIPROCAL_SHIFT = 40,
	/* The table is looked through by blocks of a page: most stay empty. */
	TALLY_BLOCK_SHIFT = 10,
	TALLY_BLOCKS = TALLY_TABLE_TICKS >> TALLY_BLOCK_SHIFT,
};

struct tally_entry {
	uint64_t value, count;
};

struct tally_spill;		/* sorted runs in TMPDIR */

struct tally {
	/* Table of counts at value / tick.  The tick is learned when there are
	 * TALLY_LEARN_AT values: 1000 where all of them are multiples of it,
	 * else 1.  Both are 0 before; limit stays 0 where memory for the table
	 * is short, for it only saves time. */
	uint32_t *table;
	uint64_t limit;		/* tick * TALLY_TABLE_TICKS */
	uint64_t tick;
	uint64_t reciprocal;	/* ceil(2^40 / tick): exact below limit */
	uint8_t touched[TALLY_BLOCKS];	/* 1: has had a count */
	/* the rest: unsorted, then sorted and counted */
	struct tally_entry *pending;
	size_t pending_count, pending_room;
	struct tally_entry *list;	/* ascending, distinct */
	size_t list_count, list_room;
	struct tally_spill *spill;	/* NULL until needed */
	struct moments moments;	/* of the values that are not in the table;
				   exact whatever happens to the rest */
	bool failed;		/* memory or TMPDIR failed: the moments go on,
				   all else is given up */
	char *reason;		/* why; NULL: memory was too short for it */
};

/* Caller's memory, whatever was in it; allocates nothing, cannot fail. */
void tally_init(struct tally *tally);

/* Frees what it grew, the spill file included; empty afterwards. */
void tally_reset(struct tally *tally);

/* The slow half of tally_add(): any value, any count. */
void tally_add_counted(struct tally *tally, uint64_t value, uint64_t count);

/* A counter of the table went over 2^32: its carry becomes an entry. */
void tally_carry(struct tally *tally, uint64_t value);

/* O(1) amortized, cannot fail (see `failed`). */
static inline void
tally_add(struct tally *tally, uint64_t value)
{
	if (value < tally->limit) {
		uint64_t at = value * tally->reciprocal >>
		    TALLY_RECIPROCAL_SHIFT;

		if (at * tally->tick == value) {
			tally->touched[at >> TALLY_BLOCK_SHIFT] = 1;
			if (++tally->table[at] == 0)
				tally_carry(tally, value);
			return;
		}
	}
	tally_add_counted(tally, value, 1);
}

/* Adds all of `right` to `left`; `right` is empty afterwards. */
void tally_merge(struct tally *left, struct tally *right);

/* Gets a value and how often it occurred (never 0); false ends the visits. */
typedef bool tally_visit(void *context, uint64_t value, uint64_t count);

/*
 * Calls visit with every distinct value in ascending order, until it returns
 * false.  -1 where values are missing because memory or TMPDIR failed, with the
 * reason in *err; what was visited until then is not the whole.
 */
int tally_each(struct tally *tally, tally_visit *visit, void *context,
    struct errbuf *err);

/* Exact sums over all values, those in the table included. */
void tally_moments(const struct tally *tally, struct moments *out);

#endif
