/*
 * A sample of rows that does not depend on their order: those with the
 * smallest hashes.
 *
 * A row is some numbers and a hash of what the row is.  Where two have the same
 * hash, their numbers decide; where these are the same, too, it does not matter
 * which one is in.  So any order and any split give the same sample.
 *
 * Memory: up to three times the rows of the sample.
 */
#ifndef ANALYZER_STATS_ROW_SAMPLE_H
#define ANALYZER_STATS_ROW_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

struct row_sample;

/* At most `rows` > 0 rows of `width` > 0 numbers.  NULL with the reason in
 * *err; release with row_sample_free(). */
struct row_sample *row_sample_new(size_t rows, size_t width,
    struct errbuf *err);

/* NULL does nothing. */
void row_sample_free(struct row_sample *sample);

/* -1 with the reason in *err where there is no memory. */
int row_sample_add(struct row_sample *sample, uint64_t hash,
    const uint32_t *values, struct errbuf *err);

/* Adds what is in `right`, as if its rows had been added. */
int row_sample_merge(struct row_sample *left, const struct row_sample *right,
    struct errbuf *err);

/*
 * The rows by hash, their numbers behind each other, and how many in *rows;
 * borrowed until the next call.  Where there are none, *rows is 0 and the
 * pointer of no use; NULL with the reason in *err where there is no memory.
 */
const uint32_t *row_sample_rows(struct row_sample *sample, size_t *rows,
    struct errbuf *err);

#endif
