/*
 * What summary counts of the packets of a capture, or of one protocol in it:
 * how many, how long, of which kinds; and the times between them.
 *
 * Mergeable exactly: sums of integers, and gaps (gaps.h).
 */
#ifndef ANALYZER_ANALYSES_SUMMARY_COUNTS_H
#define ANALYZER_ANALYSES_SUMMARY_COUNTS_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/analyses/summary.h"
#include "analyzer/decode/packet.h"
#include "analyzer/stats/gaps.h"
#include "base/errbuf.h"

/* Gaps are kept for these classes. */
enum { SUMMARY_IN, SUMMARY_OUT, SUMMARY_ALL, SUMMARY_CLASSES };

/* One for each combination of what a packet may be: see summary_counts.c. */
enum { SUMMARY_CELLS = 2 * DIRECTIONS * PACKET_STATUSES * 4 * 8 };

struct summary_cell {
	uint64_t packets, ip_bytes, frame_bytes, cap_bytes;
};

struct summary_counts {
	struct summary_cell cells[SUMMARY_CELLS];
	uint64_t len_zero, no_time, out_of_range, odd_time;
	struct gaps gaps[SUMMARY_CLASSES];
};

/* Caller's memory, whatever was in it; 32 KiB, and what gaps take. */
void summary_counts_init(struct summary_counts *counts);

/* n packets that follow each other in their class. */
void summary_counts_add(struct summary_counts *counts,
    const struct packet *packets, size_t n);

/* Frees what it grew. */
void summary_counts_reset(struct summary_counts *counts);

/* `right` follows `left`; its gaps are gone afterwards. */
void summary_counts_merge(struct summary_counts *left,
    struct summary_counts *right);

/*
 * Fills all cells of the row that come from packets.  row->packets_filtered
 * is there already, TABLE_NO_U64 where it is not known.  -1 where quantiles are
 * lost and left undefined, with the reason.
 */
int summary_counts_row(struct summary_counts *counts, struct summary_row *row,
    struct errbuf *err);

/* How many packets were added. */
uint64_t summary_counts_packets(const struct summary_counts *counts);

#endif
