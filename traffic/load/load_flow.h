/*
 * Conversations that follow each other in one place: what its next packet is.
 */
#ifndef TRAFFIC_LOAD_LOAD_FLOW_H
#define TRAFFIC_LOAD_LOAD_FLOW_H

#include <stddef.h>
#include <stdint.h>

#include "traffic/load/load.h"
#include "traffic/load/load_frame.h"

struct load_flow {
	struct load_side sides[2];	/* client, server */
	uint8_t kind;
	uint8_t step;
	uint8_t run;			/* packets of one side in a row, */
	uint8_t side;			/* of this one */
	uint32_t left;			/* packets with payload to come */
};

/* The conversation of this number, before its first packet.  Of the settings:
 * the seed, the life, and the version of IP. */
void load_flow_init(struct load_flow *flow, const struct load_frames *frames,
    const struct load_settings *settings, uint64_t number);

/*
 * Its next packet and the side that sends it.  frame_len: that of the frame, if
 * it has payload (10 bytes at least).  False: there was none left.
 */
bool load_flow_next(struct load_flow *flow, const struct load_frames *frames,
    uint64_t random, size_t frame_len, struct load_packet *packet,
    struct load_side **side);

#endif
