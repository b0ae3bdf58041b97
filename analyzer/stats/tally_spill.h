/*
 * Sorted runs of counted values in one unlinked file in TMPDIR (/tmp where it
 * is unset).
 *
 * Bounds: at most 64 runs at a time.  When another one comes, the newest of
 * them that were merged alike often become one, so 2,080 runs are rewritten
 * at most once, 45,760 at most twice; reading takes half a MiB.  The file holds
 * 2 to 17 bytes a value, for a moment of merging up to twice that; where the
 * system cannot punch holes, or a child process may be looking, what was merged
 * stays until the file is closed.
 * This is the one place where stats reads and writes files, and it is memory
 * by another means: nobody else sees the file, and no result depends on it.
 * Errors: name the file and what the system said.
 */
#ifndef ANALYZER_STATS_TALLY_SPILL_H
#define ANALYZER_STATS_TALLY_SPILL_H

#include <stddef.h>

#include "analyzer/stats/tally.h"
#include "base/errbuf.h"

struct tally_spill_reader;

/* NULL where there is no file to be had; release with tally_spill_free(). */
struct tally_spill *tally_spill_new(struct errbuf *err);

/* Closes the file, which has no name and so is gone.  NULL does nothing. */
void tally_spill_free(struct tally_spill *spill);

/* Adds a run: ascending, distinct.  After -1 the spill is of no use. */
int tally_spill_add(struct tally_spill *spill, const struct tally_entry *run,
    size_t n, struct errbuf *err);

/* Reads all runs as one.  NULL when memory is short.  Release with
 * tally_spill_close() before adding more. */
struct tally_spill_reader *tally_spill_open(const struct tally_spill *spill,
    struct errbuf *err);

/* Frees the reader; the runs stay in the spill.  NULL does nothing. */
void tally_spill_close(struct tally_spill_reader *reader);

/* 1 and the next entries, ascending and distinct over all calls (*n > 0, the
 * reader's memory); 0 at the end; -1 when reading failed. */
int tally_spill_next(struct tally_spill_reader *reader,
    const struct tally_entry **entries, size_t *n, struct errbuf *err);

#endif
