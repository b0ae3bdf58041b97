/*
 * The flows of a capture while they are found, and as they are written; private
 * to truth_flows*.c.
 */
#ifndef TRAFFIC_SYNTH_TRUTH_TRUTH_FLOWS_H
#define TRAFFIC_SYNTH_TRUTH_TRUTH_FLOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traffic/synth/truth/truth_parts.h"
#include "traffic/synth/truth/truth_tcp.h"

struct known_flow_side {
	uint64_t packets, frame_bytes, ip_bytes, payload_bytes;
	uint64_t later_fragments, payload_min, payload_max;
	int64_t first_ns, last_ns;	/* in the order of the capture */
	struct known_gaps gaps;
};

struct known_flow {
	const struct truth_packet *first;	/* side 0 has sent it */
	uint64_t first_frame, connection;	/* of the truth, as of its
						   SYN; 0 */
	unsigned a;
	bool a_known;
	int64_t earliest_ns, latest_ns, last_ns;
	struct known_flow_side sides[2];
	struct known_tcp *tcp;		/* NULL: not TCP */
	uint64_t tcp_number;		/* from 1 */
	size_t older;			/* index plus one: of the same slot */
};

/* The first fragment of a datagram, which the others go with. */
struct known_fragment {
	const struct truth_packet *p;
	size_t flow;
	unsigned side;
};

struct known_segment {
	size_t frame;			/* index */
	uint64_t connection;
	struct known_verdict verdict;
};

struct known_flows {
	struct known_flow *list;
	size_t count, room;
	size_t *slots;			/* index plus one of the newest */
	size_t slot_count;
	struct known_fragment *fragments;
	size_t fragment_count, fragment_room;
	struct known_segment *segments;
	size_t segment_count, segment_room;
	uint64_t tcp_count;
};

/* Of TCP or UDP. */
bool known_has_ports(const struct truth_packet *packet);

/* The three members; sorts the gaps. */
void known_flows_write(struct known_flows *flows,
    const struct known_frame *frames, struct json_out *out);

#endif
