/*
 * What is kept of a TCP connection while it goes on, besides struct tcp_flow;
 * the files tcp_*.c of this room share it, and nobody else includes this.
 *
 * In the functions below `side` is the sender of the segment, and the other
 * one is side ^ 1.
 */
#ifndef ANALYZER_TRACKER_TCP_LIVE_H
#define ANALYZER_TRACKER_TCP_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/tracker/tcp_flow.h"
#include "analyzer/tracker/tcp_outstanding.h"
#include "analyzer/tracker/tcp_rtt.h"

/* Of one side, the sender of what is in it. */
struct tcp_live_side {
	struct tcp_outstanding outstanding;
	struct tcp_marks marks;
	int64_t next_seq_ns;	/* when next_seq was reached */
	int64_t last_ns;	/* its last segment */
	uint32_t contiguous;	/* sent, or acknowledged, without a hole up to
				   here; where next_known */
	uint32_t last_what;	/* verdicts of the last segment */
	uint32_t duplicate_acks;	/* in a row */
	uint16_t ip_id;		/* of its last segment */
	bool ip_id_known, ip_ids_vary;
};

struct tcp_flow_live {
	struct tcp_live_side sides[2];
};

/* A byte at the next number, into a window that is closed. */
static inline bool
tcp_is_probe(const struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *s)
{
	const struct tcp_side *me = &flow->sides[side];
	const struct tcp_side *other = &flow->sides[side ^ 1];

	return s->len == 1 && me->next_known && s->seq == me->next_seq &&
	    other->next_known && other->last_window == 0;
}

/* Scale of what `side` says of its window in other segments than SYNs. */
unsigned tcp_window_shift(const struct tcp_flow *flow, unsigned side);

/* A SYN (with ACK, or the connection would be a new one) of another number than
 * the one before?  The sequence numbers of its sender begin anew with it. */
bool tcp_syn_is_other(const struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *segment);

/* But once the handshake is complete it is a stray, and changes nothing. */
bool tcp_syn_is_stray(const struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *segment);

/* The handshake's share of tcp_flow_add(); before the verdict. */
void tcp_handshake_add(struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *segment);

/*
 * What the segment is, and why; flow as it was before the segment, and `live`
 * as well.  `seen`: what of its sequence space was sent before.
 */
uint32_t tcp_verdict_find(const struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *segment, enum tcp_seen seen, bool same_ip_id,
    const char **reason);

#endif
