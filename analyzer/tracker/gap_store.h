/*
 * The gaps between the packets of many flows, for exact medians.
 *
 * A flow side's gaps are packed, in 1 to 10 bytes each, into chunks of 64
 * bytes; the chunk that is being filled stays in memory.  When the full ones
 * need more than their share of memory, those that become full from then on go
 * to a file in TMPDIR, to its end.  Order does not matter to a median: chunks
 * are read from the newest to the oldest.
 */
#ifndef ANALYZER_TRACKER_GAP_STORE_H
#define ANALYZER_TRACKER_GAP_STORE_H

#include <stdint.h>

#include "base/errbuf.h"
#include "base/int128.h"

struct gap_store;

/* A side's chunk that is being filled; GAP_STORE_EMPTY: no gap yet. */
enum { GAP_STORE_EMPTY = 0 };

/* `share` bytes of memory, about.  NULL with the reason in *err. */
struct gap_store *gap_store_new(uint64_t share, struct errbuf *err);

/* NULL does nothing. */
void gap_store_free(struct gap_store *store);

/* Fetches what the next gap of the side will be added to. */
void gap_store_prefetch(const struct gap_store *store, uint64_t tail);

/* |gap| < 2^64.  -1 where memory or TMPDIR failed. */
int gap_store_add(struct gap_store *store, uint64_t *tail, int128 gap,
    struct errbuf *err);

/*
 * The median of the `count` gaps of a side (count > 0), times 1000; they are
 * forgotten then, also where it fails.
 */
int gap_store_median(struct gap_store *store, uint64_t *tail, uint64_t count,
    int128 *median_ps, struct errbuf *err);

/* Bytes of memory that the chunks take. */
uint64_t gap_store_memory(const struct gap_store *store);

#endif
