/*
 * One TCP connection in virtual time, as a capture at the client shows it.
 *
 * The server's segments arrive in windows that double each round trip up to
 * TALK_WINDOW_MAX segments, a few microseconds apart inside a window; the
 * client acknowledges every second one some ten microseconds later.  Segments
 * carry time stamps (RFC 7323).  Nothing is lost.  The pauses come from the
 * talk's own random numbers, so talks do not disturb each other.
 */
#ifndef TESTS_TOOLS_TALK_H
#define TESTS_TOOLS_TALK_H

#include <stddef.h>
#include <stdint.h>

#include "tests/tools/frames.h"
#include "tests/tools/splitmix.h"
#include "tests/tools/trace.h"

enum { TALK_WINDOW_FIRST = 10, TALK_WINDOW_MAX = 64 };

enum talk_side { TALK_CLIENT, TALK_SERVER };

struct talk {
	struct trace *to;	/* borrowed */
	struct splitmix random;
	struct frames_host host[2];	/* by enum talk_side */
	uint32_t seq[2];
	uint16_t ip_id[2];
	int64_t now_ns, rtt_ns;
	int64_t last_ack_ns;	/* of the client */
	size_t window;		/* segments of the server's next one */
	size_t vlan_count;
	uint16_t vlan[2];	/* outermost first */
};

/* A zeroed talk with `to`, `random`, `host`, `now_ns` and `rtt_ns` (and VLANs)
 * set is ready for the handshake. */
void talk_open(struct talk *t);

/* One side sends n bytes; when this returns they are acknowledged and `now_ns`
 * has moved on. */
void talk_send(struct talk *t, enum talk_side side, const uint8_t *data,
    size_t n);

/* Nothing happens for between half and one and a half of this. */
void talk_pause(struct talk *t, int64_t mean_ns);

/* Ends with FIN from both sides, or with the client's RST. */
void talk_close(struct talk *t);
void talk_abort(struct talk *t);

#endif
