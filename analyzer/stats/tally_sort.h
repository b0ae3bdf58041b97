/*
 * Sorting counted values, for tally.c and its spilled runs.
 *
 * Method: radix sort from the low digit on, over as many bits as the values'
 * range needs, so mostly two passes; insertion sort for a few.
 */
#ifndef ANALYZER_STATS_TALLY_SORT_H
#define ANALYZER_STATS_TALLY_SORT_H

#include <stddef.h>

#include "analyzer/stats/tally.h"

/* Ascending by value; `scratch` has room for n more.  n < 2^32. */
void tally_sort(struct tally_entry *entries, size_t n,
    struct tally_entry *scratch);

/* Adds up neighbours of the same value; returns how many are left. */
size_t tally_coalesce(struct tally_entry *entries, size_t n);

#endif
