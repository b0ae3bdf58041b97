/*
 * sizes: a row a range of frame lengths of a protocol: how many packets are
 * about that long?
 *
 * The protocol is that of `packets` and of `summary --by protocol`.  Ranges are
 * SIZES_STEP bytes wide below SIZES_EVEN, and an eighth of a power of two from
 * there on; only those that occur have rows.  The protocols with most packets
 * come first, lengths ascend.
 *
 * Memory: 8 KiB a protocol that occurs, of which there are LAYERS at most.
 */
#ifndef ANALYZER_ANALYSES_SIZES_H
#define ANALYZER_ANALYSES_SIZES_H

#include <stdint.h>

#include "base/table.h"

enum { SIZES_STEP = 64, SIZES_EVEN = 2048 };

/* The row; its columns, with units and meanings, are in sizes.c. */
struct sizes_row {
	const char *file;
	const char *protocol;
	uint64_t frame_len_low, frame_len_high;	/* both belong to it */
	uint64_t packets, packets_in, packets_out, packets_other;
	uint64_t frame_bytes, packets_skipped;
};

#endif
