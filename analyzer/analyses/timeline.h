/*
 * timeline: a row a bucket of time.  What went in and out in each second, or
 * in each --interval.
 *
 * Buckets are [k w, (k + 1) w) for whole k from the epoch, below zero too; they
 * do not begin with the capture, so that those of two captures can be laid side
 * by side.  A packet counts where its time says, also after a step back.  The
 * rows are in order of time; at the end comes a row without a start for the
 * packets that have no time, if there are any, so that the rows of a capture
 * hold every packet that was selected.
 *
 * With interval_auto the width is the finest that needs no more than
 * TIME_WIDTH_BUCKETS from the first to the last packet with a time
 * (time_width.h): buckets begin fine and are put together as the span grows.
 *
 * Buckets without a packet have rows too, that a plot falls to zero: the first
 * TIMELINE_EMPTY_RUN between two that have packets, and TIMELINE_EMPTY_MAX in a
 * capture, since times may lie.
 *
 * Memory: 320 bytes a bucket with packets.  More of them than max_memory has
 * room for is an error, not an approximation.
 * Method: buckets are noted as they come, one that comes again being noted
 * again; where there is no room they are sorted and those alike are summed.  So
 * no order of times takes more than O(n log n), and merge is exact.  With
 * interval_auto memory is bounded by the width, and nothing is an error.
 */
#ifndef ANALYZER_ANALYSES_TIMELINE_H
#define ANALYZER_ANALYSES_TIMELINE_H

#include "base/table.h"

enum { TIMELINE_EMPTY_RUN = 10000, TIMELINE_EMPTY_MAX = 1000000 };

/* The row; its columns, with units and meanings, are in timeline.c. */
struct timeline_row {
	const char *file;
	int64_t bucket_start_ns;
	uint64_t packets_in, packets_out, packets_other;
	uint64_t frame_bytes_in, frame_bytes_out, frame_bytes_other;
	uint64_t packets_total, packets_skipped;
	uint64_t frame_bytes_total, frame_bytes_skipped, cap_bytes_total;
	uint64_t ip_bytes_in, ip_bytes_out, ip_bytes_other;
	uint64_t packets_tcp, packets_udp, packets_icmp;
	uint64_t bucket_width_ns;
};

#endif
