/*
 * What has arrived beyond a hole, in the order of its sequence numbers, and the
 * SACK blocks that say so.
 */
#ifndef TRAFFIC_SYNTH_TCP_TCP_RANGES_H
#define TRAFFIC_SYNTH_TCP_TCP_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traffic/synth/tcp/tcp.h"

enum { TCP_RANGES_MAX = 512 };

struct tcp_range {
	uint32_t begin, end;
	uint64_t heard;		/* the higher, the later */
};

/* Caller's memory; a zeroed struct is an empty one. */
struct tcp_ranges {
	struct tcp_range *list;
	size_t count, room;
	uint64_t heard;
};

/* Joins what it touches.  -1: no memory, or TCP_RANGES_MAX are there. */
int tcp_ranges_add(struct tcp_ranges *ranges, uint32_t begin, uint32_t end);

/* How far the stream goes without a hole from `next`; what lies before is
 * forgotten. */
uint32_t tcp_ranges_take(struct tcp_ranges *ranges, uint32_t next);

/* At most `max` blocks, that which was heard of last first (RFC 2018, section
 * 4). */
void tcp_ranges_blocks(const struct tcp_ranges *ranges, size_t max,
    struct tcp_segment *out);

/* Frees the list; the struct is an empty one again. */
void tcp_ranges_reset(struct tcp_ranges *ranges);

#endif
