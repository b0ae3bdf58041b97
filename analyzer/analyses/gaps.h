/*
 * gaps: a row a range of inter-arrival times of a direction: how they are
 * distributed, as a histogram and as a cumulative share.
 *
 * Directions are in, out, and all: all packets with a time, as time_all of
 * summary.  Only ranges that occur have rows; they are those of
 * stats/histogram.h, about 53 a decade, and one for all steps back.
 *
 * Memory: 24 KiB, whatever comes.
 */
#ifndef ANALYZER_ANALYSES_GAPS_H
#define ANALYZER_ANALYSES_GAPS_H

#include <stdint.h>

#include "base/table.h"

/* The row; its columns, with units and meanings, are in gaps.c. */
struct gaps_row {
	const char *file;
	const char *direction;
	int64_t gap_low_ns, gap_high_ns;	/* both belong to it */
	uint64_t gaps, gaps_up_to;
	int128 share_up_to;
};

#endif
