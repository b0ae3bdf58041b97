/*
 * The exact median of a known number of gaps, times 1000 (nanoseconds to
 * picoseconds); that of an even number is the mean of the two middle ones.
 *
 * Few are selected from by their digits (radix selection: linear time whatever
 * they are), many are counted by stats/tally in bounded memory.
 */
#ifndef ANALYZER_TRACKER_MEDIAN_H
#define ANALYZER_TRACKER_MEDIAN_H

#include <stdint.h>

#include "base/errbuf.h"
#include "base/int128.h"

enum { MEDIAN_SELECT_MAX = 1 << 17 };

struct median;

/* NULL when memory is short. */
struct median *median_new(void);

/* median_free(NULL) does nothing. */
void median_free(struct median *median);

/* `count` values will come, at least 1. */
int median_start(struct median *median, uint64_t count, struct errbuf *err);

/* |gap| < 2^64. */
void median_add(struct median *median, int128 gap);

/* In picoseconds; all the values came.  They are forgotten, also after -1. */
int median_finish(struct median *median, int128 *median_ps,
    struct errbuf *err);

/* Instead of median_finish(): forgets the values. */
void median_drop(struct median *median);

#endif
