/*
 * Records of one size, put down in order and read in order, as often as one
 * likes: in memory up to a bound, and behind that in a scratch file
 * (base/scratch.h).
 */
#ifndef BASE_SPOOL_H
#define BASE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

struct spool;

/* Records of record_bytes > 0, of which max_memory bytes are kept in memory.
 * NULL: none to be had.  Release with spool_free(). */
struct spool *spool_new(size_t record_bytes, uint64_t max_memory,
    struct errbuf *err);

/* NULL does nothing. */
void spool_free(struct spool *spool);

/* Puts a record behind the others; -1 with the reason in *err. */
int spool_add(struct spool *spool, const void *record, struct errbuf *err);

uint64_t spool_count(const struct spool *spool);
size_t spool_record_bytes(const struct spool *spool);

/*
 * Records from number `at` < spool_count() on: how many there are in one piece
 * (1 to spool_count() - at) goes to *n.  Borrowed until the next call for this
 * spool.  NULL with the reason in *err.
 */
const void *spool_read(struct spool *spool, uint64_t at, size_t *n,
    struct errbuf *err);

#endif
