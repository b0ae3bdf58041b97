/*
 * What one side of a TCP connection has sent and has not seen acknowledged:
 * pieces of its sequence space, in order and without overlap, with the time at
 * which each was first seen.
 *
 * Round-trip times by Karn's rule come from here (Karn and Partridge 1987; RFC
 * 6298, section 3): an ACK that ends exactly where a piece ends tells how long
 * that piece took, unless it was sent twice, or one that the ACK covers as
 * well was, or came after it: then the ACK may have waited for that.
 *
 * Memory: at most TCP_OUTSTANDING_MAX pieces.  Of what comes when they are used
 * up only the range is kept, [lost_from, lost_to): an ACK that ends there is
 * ambiguous, unless at the end of a piece that is kept.  Pieces are kept again
 * as soon as there is room.
 * Sequence numbers are compared modulo 2^32.
 */
#ifndef ANALYZER_TRACKER_TCP_OUTSTANDING_H
#define ANALYZER_TRACKER_TCP_OUTSTANDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/tracker/tcp_segment.h"

enum {
	TCP_OUTSTANDING_FEW = 2,
	TCP_OUTSTANDING_MAX = 3072,
	TCP_OUTSTANDING_ROOM_MAX = 4096,	/* the rest is room to move in:
						   pieces go at one end and
						   come at the other */
	/* As long as the other side is silent: in a capture of one direction
	 * nothing is ever acknowledged. */
	TCP_OUTSTANDING_UNANSWERED = 32,
};

struct tcp_piece {
	uint32_t from, to;
	int64_t ts_ns;		/* TABLE_NO_I64 without a time */
	uint64_t number : 45;	/* of the record; captures that are joined
				   begin with 1 each, so it is no order */
	uint64_t late : 1;	/* one behind it was sent earlier */
	uint64_t late_before : 1;	/* one before it was sent later */
	uint64_t again : 1;	/* sent more than once */
	uint64_t ip_id : 16;
};

/* As a rule there are a few, which need no memory beside this; so this never
 * moves once it has been used. */
struct tcp_outstanding {
	struct tcp_piece *pieces;	/* [first, first + count); owned, or
					   `few` */
	uint16_t first, count, room;
	bool lost;		/* something between these is not kept */
	bool lost_again;	/* of that something was sent again */
	uint32_t lost_from, lost_to;
	struct tcp_piece few[TCP_OUTSTANDING_FEW];
};

/* How much of a range has been sent before. */
enum tcp_seen {
	TCP_SEEN_NOTHING,
	TCP_SEEN_SOME,
	TCP_SEEN_ALL,
	TCP_SEEN_UNKNOWN,	/* not all that was sent is kept */
};

enum tcp_acked {
	TCP_ACKED_NOTHING,
	TCP_ACKED_SAMPLE,
	TCP_ACKED_AMBIGUOUS,
};

/* A zeroed struct is an empty one; this frees and empties. */
void tcp_outstanding_reset(struct tcp_outstanding *out);

/* The slow half of tcp_outstanding_add(): the range begins before the end of
 * what was sent. */
enum tcp_seen tcp_outstanding_repeat(struct tcp_outstanding *out,
    const struct tcp_segment *segment, uint32_t from, uint32_t to,
    uint32_t most, bool *same_ip_id);

/* Keeps a piece behind the others; O(1) amortized. */
void tcp_outstanding_append(struct tcp_outstanding *out,
    const struct tcp_piece *piece, uint32_t most);

/*
 * The segment has sent [from, to), not empty.  Returns what of that was there
 * before; *same_ip_id tells whether what was there came in a packet with the
 * same id.  At most `most` pieces are kept.
 */
static inline enum tcp_seen
tcp_outstanding_add(struct tcp_outstanding *out,
    const struct tcp_segment *segment, uint32_t from, uint32_t to,
    uint32_t most, bool *same_ip_id)
{
	const struct tcp_piece piece = { .from = from, .to = to,
	    .ts_ns = segment->ts_ns, .number = segment->number,
	    .ip_id = segment->ip_id };

	*same_ip_id = false;
	if ((out->count > 0 && tcp_seq_diff(from,
	    out->pieces[out->first + out->count - 1].to) < 0) ||
	    (out->lost && tcp_seq_diff(from, out->lost_to) < 0))
		return tcp_outstanding_repeat(out, segment, from, to, most,
		    same_ip_id);
	tcp_outstanding_append(out, &piece, most);
	return TCP_SEEN_NOTHING;
}

/*
 * An ACK up to `ack`: forgets what it covers.  *piece is what a sample was
 * made with (TCP_ACKED_SAMPLE).  `all`: nothing is outstanding any more.
 */
enum tcp_acked tcp_outstanding_ack(struct tcp_outstanding *out, uint32_t ack,
    bool all, struct tcp_piece *piece);

/* The end of what is there without a hole from `from` on; `from` where nothing
 * is.  In the range that is not kept no hole is known. */
uint32_t tcp_outstanding_reach(const struct tcp_outstanding *out,
    uint32_t from);

static inline size_t
tcp_outstanding_memory(const struct tcp_outstanding *out)
{
	return out->room <= TCP_OUTSTANDING_FEW ? 0 :
	    out->room * sizeof(*out->pieces);
}

#endif
