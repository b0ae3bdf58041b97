/*
 * The verdicts.  Wireshark's rules (the analysis of sequence numbers in its
 * TCP dissector, as its User's Guide describes it in "TCP Analysis") are the
 * baseline, so that both agree; where they do not, the manual says why.
 */
#include <stddef.h>

#include "analyzer/tracker/tcp_live.h"
#include "base/table.h"

enum {
	FAST_NS = 20 * 1000000,	/* a fast retransmission follows the duplicate
				   ACK within this */
	DISORDER_NS = 3 * 1000000,	/* out of order within this, where no
					   handshake was seen */
	FAST_DUPLICATES = 2,	/* RFC 5681 says 3; one may not be captured */
};

struct question {
	const struct tcp_flow *flow;
	const struct tcp_segment *s;
	const struct tcp_side *me, *other;
	const struct tcp_live_side *live, *other_live;
	unsigned other_side;
	bool plain;		/* neither SYN, FIN nor RST */
	enum tcp_seen seen;
	bool same_ip_id;
	uint32_t what;		/* found so far */
};

/* The window of the other side, in bytes; it is known. */
static uint32_t
other_window(const struct question *q)
{
	unsigned shift = q->other->window_scaled ?
	    tcp_window_shift(q->flow, q->other_side) : 0;

	return (uint32_t)q->other->last_window << shift;
}

/* Time from then to the segment; false where one is unknown, or it went
 * back. */
static bool
within(const struct question *q, int64_t then_ns, int64_t limit_ns)
{
	int64_t ns;

	return then_ns != TABLE_NO_I64 && q->s->ts_ns != TABLE_NO_I64 &&
	    !__builtin_sub_overflow(q->s->ts_ns, then_ns, &ns) &&
	    ns >= 0 && ns < limit_ns;
}

/* Has the other side acknowledged all of it, and that it sent data? */
static bool
is_acked(const struct question *q)
{
	return q->s->len > 0 && q->other->has_acked &&
	    tcp_seq_diff(q->s->seq + q->s->len, q->other->acked) <= 0;
}

/* Does the ACK cover what was not captured? */
static bool
acks_unseen(const struct question *q)
{
	return q->s->flags & TCP_ACK && !(q->s->flags & TCP_RST) &&
	    q->other->next_known &&
	    tcp_seq_diff(q->s->ack, q->other_live->contiguous) > 0;
}

static bool
fills_window(const struct question *q)
{
	return q->s->len > 0 && q->plain && q->other->isn_known &&
	    q->other->has_acked &&
	    q->s->seq + q->s->len == q->other->acked + other_window(q);
}

/* Without data, at the next number, acknowledging what was acknowledged. */
static bool
is_idle_ack(const struct question *q)
{
	return q->s->len == 0 && q->plain && q->s->flags & TCP_ACK &&
	    q->me->next_known && q->s->seq == q->me->next_seq &&
	    q->me->has_acked && q->s->ack == q->me->acked;
}

/* Is there something that the other side may wait for an ACK of?  If nothing
 * of it was seen, there may be. */
static bool
is_something_outstanding(const struct question *q)
{
	return !q->other->next_known ||
	    tcp_seq_diff(q->other->next_seq, q->s->ack) > 0;
}

/*
 * The finders.  Each says what it finds in the segment; *reason is set with
 * it, and may be where nothing is found.
 */

static uint32_t
find_probe(const struct question *q, const char **reason)
{
	*reason = "window_closed";
	return tcp_is_probe(q->flow, q->other_side ^ 1, q->s) ?
	    TCP_IS_WINDOW_PROBE : 0;
}

static uint32_t
find_keep_alive(const struct question *q, const char **reason)
{
	*reason = "one_below_next";
	return q->s->len <= 1 && q->plain && q->me->next_known &&
	    q->s->seq == q->me->next_seq - 1 ? TCP_IS_KEEP_ALIVE : 0;
}

static uint32_t
find_gap(const struct question *q, const char **reason)
{
	*reason = "beyond_next";
	return q->me->next_known && !(q->s->flags & TCP_RST) &&
	    tcp_seq_diff(q->s->seq, q->me->next_seq) > 0 ? TCP_IS_GAP : 0;
}

static uint32_t
find_unseen_acked(const struct question *q, const char **reason)
{
	if (!acks_unseen(q))
		return 0;
	*reason = tcp_seq_diff(q->s->ack, q->other->next_seq) > 0 ?
	    "beyond_last_seen" : "covers_gap";
	return TCP_IS_UNSEEN_ACKED;
}

static uint32_t
find_idle_ack(const struct question *q, const char **reason)
{
	uint16_t window = q->s->window;
	uint32_t asked = q->other_live->last_what;

	if (!is_idle_ack(q))
		return 0;
	if (window != q->me->last_window) {
		*reason = "window_changed";
		return window == 0 ? 0 : TCP_IS_WINDOW_UPDATE;
	}
	if (window != 0 && asked & TCP_IS_KEEP_ALIVE) {
		*reason = "answers_keep_alive";
		return TCP_IS_KEEP_ALIVE_ACK;
	}
	if (window == 0 && asked & TCP_IS_WINDOW_PROBE) {
		*reason = "answers_probe";
		return TCP_IS_WINDOW_PROBE_ACK;
	}
	if (window == 0 || !is_something_outstanding(q))
		return 0;
	*reason = q->other->next_known ? "data_outstanding" :
	    "other_side_unseen";
	return TCP_IS_DUPLICATE_ACK;
}

static uint32_t
find_zero_window(const struct question *q, const char **reason)
{
	*reason = "window_0";
	return q->s->window == 0 && q->plain &&
	    !(q->what & TCP_IS_WINDOW_PROBE) ? TCP_IS_ZERO_WINDOW : 0;
}

static uint32_t
find_window_full(const struct question *q, const char **reason)
{
	*reason = "at_window_edge";
	return fills_window(q) ? TCP_IS_WINDOW_FULL : 0;
}

/* Came in a packet with the id of the first: the packet was captured twice.
 * Many hosts have one id for all, or 0. */
static bool
is_same_packet(const struct question *q)
{
	return q->same_ip_id && q->live->ip_ids_vary && q->s->ip_version == 4 &&
	    q->s->ip_id != 0;
}

static const char *
repeat_reason(const struct question *q)
{
	if (is_same_packet(q))
		return "same_ip_id";
	switch (q->seen) {
	case TCP_SEEN_NOTHING:
		return "gap_filled";
	case TCP_SEEN_SOME:
		return "partly_sent_before";
	case TCP_SEEN_ALL:
		return "sent_before";
	default:
		return "below_next_seq";
	}
}

static bool
is_fast(const struct question *q)
{
	return q->other_live->duplicate_acks >= FAST_DUPLICATES &&
	    q->other->acked == q->s->seq &&
	    within(q, q->other_live->last_ns, FAST_NS);
}

/* Late rather than repeated?  What was seen before cannot be late. */
static bool
is_out_of_order(const struct question *q, const char **reason)
{
	const struct tcp_flow *flow = q->flow;
	int64_t limit = DISORDER_NS;
	bool known = flow->first_ack_ns != TABLE_NO_I64 &&
	    !__builtin_sub_overflow(flow->first_ack_ns, flow->last_syn_ns,
	    &limit) && limit != 0;

	if (q->seen == TCP_SEEN_ALL ||
	    q->s->seq + tcp_segment_span(q->s) == q->me->next_seq ||
	    !within(q, q->live->next_seq_ns, known ? limit : DISORDER_NS))
		return false;
	*reason = known ? "within_irtt" : "within_3ms";
	return true;
}

static uint32_t
find_repeat(const struct question *q, const char **reason)
{
	const struct tcp_segment *s = q->s;

	/* What a reset carries is no part of the stream. */
	if (tcp_segment_span(s) == 0 || s->flags & TCP_RST || q->what != 0)
		return 0;
	if (is_acked(q)) {
		*reason = "acked_before";
		return TCP_IS_RETRANSMISSION | TCP_IS_SPURIOUS;
	}
	if (!q->me->next_known || tcp_seq_diff(s->seq, q->me->next_seq) >= 0)
		return 0;
	/* The byte of a window probe, now with those behind it. */
	if (s->len > 1 && s->seq + 1 == q->me->next_seq)
		return 0;
	if (is_fast(q)) {
		*reason = "after_duplicate_acks";
		return TCP_IS_RETRANSMISSION | TCP_IS_FAST;
	}
	if (is_out_of_order(q, reason))
		return TCP_IS_OUT_OF_ORDER;
	*reason = repeat_reason(q);
	return TCP_IS_RETRANSMISSION;
}

/* In the order in which the manual lists them: the first that finds something
 * has the reason. */
static uint32_t (*const finders[])(const struct question *q,
    const char **reason) = {
	find_probe, find_keep_alive, find_repeat, find_gap, find_unseen_acked,
	find_idle_ack, find_zero_window, find_window_full,
};

/* The next number, acknowledging what was seen, with room in the window: none
 * of the finders finds anything. */
static bool
is_ordinary(const struct question *q)
{
	const struct tcp_segment *s = q->s;

	return q->plain && s->window != 0 && q->me->next_known &&
	    s->seq == q->me->next_seq && !acks_unseen(q) &&
	    (s->len > 1 ? !is_acked(q) && !fills_window(q) :
	    s->len == 0 && s->flags & TCP_ACK && q->me->has_acked &&
	    s->ack != q->me->acked);
}

uint32_t
tcp_verdict_find(const struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *s, enum tcp_seen seen, bool same_ip_id,
    const char **reason)
{
	struct question q = {
		.flow = flow, .s = s,
		.me = &flow->sides[side], .other = &flow->sides[side ^ 1],
		.live = &flow->live->sides[side],
		.other_live = &flow->live->sides[side ^ 1],
		.other_side = side ^ 1,
		.plain = !(s->flags & (TCP_SYN | TCP_FIN | TCP_RST)),
		.seen = seen, .same_ip_id = same_ip_id,
	};

	*reason = NULL;
	if (is_ordinary(&q))
		return 0;
	for (size_t i = 0; i < sizeof(finders) / sizeof(finders[0]); i++) {
		const char *why = NULL;
		uint32_t found = finders[i](&q, &why);

		q.what |= found;
		if (found != 0 && *reason == NULL)
			*reason = why;
	}
	return q.what;
}
