#include "analyzer/tracker/tcp_flow.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/tracker/tcp_live.h"
#include "base/memory.h"
#include "base/table.h"

_Static_assert(sizeof(struct tcp_flow_live) +
    2 * TCP_OUTSTANDING_ROOM_MAX * sizeof(struct tcp_piece) +
    2 * TCP_MARKS_ROOM_MAX * sizeof(struct tcp_mark) <= TCP_FLOW_LIVE_MAX,
    "live keeps to its bound");
_Static_assert(TCP_FLOW_LIVE_AT + sizeof(struct tcp_flow_live) <=
    sizeof(struct tcp_flow) + TCP_FLOW_ROOM,
    "live fits right behind the flow");
_Static_assert(offsetof(struct tcp_flow, sides) == 64 &&
    sizeof(struct tcp_side) == 64, "lines of a flow");

const char *
tcp_verdict_name(enum tcp_verdict_bit bit)
{
	static const char *const names[TCP_VERDICTS] = {
#define TCP_VERDICT_NAME(name, text) text,
		TCP_VERDICT_LIST(TCP_VERDICT_NAME)
#undef TCP_VERDICT_NAME
	};

	return names[bit];
}

void
tcp_flow_init_follow(struct tcp_flow *flow)
{
	memset(flow, 0, TCP_FLOW_FOLLOW_BYTES);
	flow->last_syn_ns = flow->first_ack_ns = TABLE_NO_I64;
	for (int i = 0; i < 2; i++)
		flow->sides[i].window_scale = TCP_NO_SCALE;
}

void
tcp_flow_init(struct tcp_flow *flow)
{
	tcp_flow_init_follow(flow);
	memset(flow->sums, 0, sizeof(flow->sums));
}

void
tcp_flow_init_roomy(struct tcp_flow *flow)
{
	tcp_flow_init(flow);
	flow->roomy = true;
}

bool
tcp_flow_is_over(const struct tcp_flow *flow)
{
	return flow->close == TCP_CLOSED || flow->close == TCP_RESET;
}

/* The SYNs that came before there was `live`: one piece, sent once or more. */
static void
live_take_syn(struct tcp_flow *flow)
{
	const struct tcp_handshake_segment *syn = &flow->syn;
	struct tcp_live_side *live = &flow->live->sides[flow->client];
	struct tcp_piece piece = {
		.from = syn->seq, .to = syn->seq + 1 + syn->len,
		.ts_ns = syn->ts_ns, .number = syn->frame,
		.again = flow->repeated,
	};

	if (syn->frame == 0)
		return;
	live->contiguous = piece.to;
	live->next_seq_ns = live->last_ns = syn->ts_ns;
	tcp_outstanding_append(&live->outstanding, &piece,
	    TCP_OUTSTANDING_MAX);
	if (syn->options & TCP_HAS_TIMESTAMPS)
		tcp_marks_add(&live->marks, syn->ts_value, syn->ts_ns);
}

static bool
live_start(struct tcp_flow *flow)
{
	flow->live = flow->roomy ?
	    (void *)((uint8_t *)flow + TCP_FLOW_LIVE_AT) :
	    malloc(sizeof(*flow->live));
	if (flow->live == NULL)
		return false;
	memset(flow->live, 0, sizeof(*flow->live));
	for (int i = 0; i < 2; i++)
		flow->live->sides[i].next_seq_ns =
		    flow->live->sides[i].last_ns = TABLE_NO_I64;
	live_take_syn(flow);
	return true;
}

/* A SYN like those before it needs none yet.  With a time stamp of its own it
 * does: the SYN-ACK tells by it which of them it answers. */
static bool
live_is_needed(const struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *s)
{
	if ((s->flags & (TCP_SYN | TCP_ACK | TCP_FIN | TCP_RST)) != TCP_SYN)
		return true;
	return flow->syn.frame != 0 && (side != flow->client ||
	    s->seq != flow->syn.seq || s->len != flow->syn.len ||
	    (s->options & TCP_HAS_TIMESTAMPS &&
	    s->ts_value != flow->syn.ts_value));
}

static void
note_time(struct tcp_flow *flow, const struct tcp_segment *s)
{
	if (flow->first_frame == 0)
		flow->first_frame = s->number;
	if (s->ts_ns == TABLE_NO_I64)
		return;
	if (!flow->times_known || s->ts_ns < flow->earliest_ns)
		flow->earliest_ns = s->ts_ns;
	if (!flow->times_known || s->ts_ns > flow->latest_ns)
		flow->latest_ns = s->ts_ns;
	flow->times_known = true;
}

static void
note_completeness(struct tcp_flow *flow, const struct tcp_segment *s)
{
	unsigned flags = s->flags, saw = flow->completeness;

	/* As Wireshark has it: a SYN is one that begins the connection. */
	if (flow->sides[0].segments + flow->sides[1].segments == 0 &&
	    (flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
		saw = TCP_SAW_SYN | (s->len > 0 ? TCP_SAW_DATA : 0);
	if ((flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK))
		saw |= TCP_SAW_SYNACK;
	if ((flags & (TCP_SYN | TCP_ACK)) == TCP_ACK)
		saw |= s->len > 0 ? TCP_SAW_DATA : TCP_SAW_ACK;
	if ((flags & (TCP_FIN | TCP_ACK)) == (TCP_FIN | TCP_ACK))
		saw |= TCP_SAW_FIN;
	if (flags & TCP_RST)
		saw |= TCP_SAW_RST;
	flow->completeness = (uint8_t)saw;
}

static void
note_fin(struct tcp_flow *flow, unsigned side, const struct tcp_segment *s)
{
	struct tcp_side *me = &flow->sides[side];

	if (me->fin_seen)
		return;
	me->fin_seen = true;
	me->fin_seq = s->seq + s->len;
	if (!flow->sides[side ^ 1].fin_seen && flow->close == TCP_OPEN)
		flow->closer = (uint8_t)side;
}

static void
note_close(struct tcp_flow *flow, unsigned side, const struct tcp_segment *s)
{
	const struct tcp_side *a = &flow->sides[0], *b = &flow->sides[1];

	if (s->flags & TCP_RST) {
		flow->rst_seen = true;
		if (!tcp_flow_is_over(flow)) {
			flow->close = TCP_RESET;
			flow->closer = (uint8_t)side;
		}
		return;
	}
	if (s->flags & TCP_FIN)
		note_fin(flow, side, s);
	if (tcp_flow_is_over(flow) || !(a->fin_seen || b->fin_seen))
		return;
	if (!(a->fin_seen && b->fin_seen))
		flow->close = TCP_HALF_CLOSED;
	else
		flow->close = a->fin_acked && b->fin_acked ? TCP_CLOSED :
		    TCP_FINS;
}

static void
count_options(struct tcp_sums *me, const struct tcp_segment *s)
{
	me->ece += (s->flags & TCP_ECE) != 0;
	me->cwr += (s->flags & TCP_CWR) != 0;
	if (s->sack_count == 0)
		return;
	me->sack_blocks += s->sack_count;
	/* RFC 2883, section 4: the first block is of data that were
	 * acknowledged before, or lies in the second. */
	if (tcp_seq_diff(s->sack[0].right, s->ack) <= 0 ||
	    (s->sack_count > 1 &&
	    tcp_seq_diff(s->sack[0].left, s->sack[1].left) >= 0 &&
	    tcp_seq_diff(s->sack[0].right, s->sack[1].right) <= 0))
		me->dsack_blocks++;
}

static void
count(struct tcp_flow *flow, unsigned side, const struct tcp_segment *s,
    uint32_t what)
{
	struct tcp_side *me = &flow->sides[side];
	struct tcp_sums *sums = &flow->sums[side];

	me->segments++;
	me->payload_bytes += s->len;
	for (; what != 0; what &= what - 1)
		sums->verdicts[__builtin_ctz(what)]++;
	if (s->sack_count > 0 || s->flags & (TCP_ECE | TCP_CWR))
		count_options(sums, s);
}

static void
note_window(struct tcp_flow *flow, unsigned side, const struct tcp_segment *s)
{
	struct tcp_side *me = &flow->sides[side];
	uint32_t window = s->window;

	if (!(s->flags & TCP_SYN)) {
		me->window_scaled = true;
		window <<= tcp_window_shift(flow, side);
	}
	me->last_window = s->window;
	if (window > me->window_max)
		me->window_max = window;
}

/*
 * Keeps what the segment has sent of its sequence space; says what of that was
 * sent before.  What the other side has acknowledged is not kept.
 */
static enum tcp_seen
note_sent(struct tcp_flow *flow, unsigned side, const struct tcp_segment *s,
    bool *same_ip_id)
{
	const struct tcp_side *other = &flow->sides[side ^ 1];
	struct tcp_live_side *live = &flow->live->sides[side];
	uint32_t from = s->seq, to = s->seq + tcp_segment_span(s);

	*same_ip_id = false;
	if (from == to || s->flags & TCP_RST)
		return TCP_SEEN_NOTHING;
	if (s->options & TCP_HAS_TIMESTAMPS)
		tcp_marks_add(&live->marks, s->ts_value, s->ts_ns);
	if (other->has_acked && tcp_seq_diff(other->acked, from) > 0)
		from = other->acked;
	if (tcp_seq_diff(to, from) <= 0)
		return TCP_SEEN_ALL;
	return tcp_outstanding_add(&live->outstanding, s, from, to,
	    other->next_known ? TCP_OUTSTANDING_MAX :
	    TCP_OUTSTANDING_UNANSWERED, same_ip_id);
}

/* Sequence numbers go on: returns whether they did. */
static bool
advance(struct tcp_side *me, uint32_t end)
{
	if (me->next_known && tcp_seq_diff(end, me->next_seq) <= 0)
		return false;
	me->next_known = true;
	me->next_seq = end;
	return true;
}

static void
note_next(struct tcp_flow *flow, unsigned side, const struct tcp_segment *s,
    uint32_t what)
{
	struct tcp_side *me = &flow->sides[side];
	struct tcp_live_side *live = flow->live == NULL ? NULL :
	    &flow->live->sides[side];
	uint32_t end = s->seq + tcp_segment_span(s);
	bool first = !me->next_known;

	if (what & TCP_IS_WINDOW_PROBE)
		return;
	if (advance(me, end) && live != NULL)
		live->next_seq_ns = s->ts_ns;
	if (live == NULL)
		return;
	if (first || live->contiguous == s->seq)
		live->contiguous = end;
	else if (tcp_seq_diff(s->seq, live->contiguous) < 0 &&
	    tcp_seq_diff(end, live->contiguous) > 0)
		live->contiguous = end;
	if (end != s->seq && live->contiguous != me->next_seq)
		live->contiguous = tcp_outstanding_reach(&live->outstanding,
		    live->contiguous);
}

/* The ACK is new: what the other side has sent is acknowledged up to there,
 * which gives round-trip times. */
static void
note_acked(struct tcp_flow *flow, unsigned side, const struct tcp_segment *s,
    struct tcp_verdict *verdict)
{
	const struct tcp_side *other = &flow->sides[side ^ 1];
	struct tcp_sums *sums = &flow->sums[side ^ 1];
	struct tcp_live_side *sent = &flow->live->sides[side ^ 1];
	struct tcp_piece piece;

	switch (tcp_outstanding_ack(&sent->outstanding, s->ack,
	    tcp_seq_diff(s->ack, other->next_seq) >= 0, &piece)) {
	case TCP_ACKED_NOTHING:
		return;
	case TCP_ACKED_AMBIGUOUS:
		sums->rtt_ambiguous++;
		verdict->rtt_ambiguous = true;
		break;
	case TCP_ACKED_SAMPLE:
		if (tcp_rtt_add(&sums->rtt, piece.ts_ns, s->ts_ns)) {
			verdict->rtt_frame = piece.number;
			verdict->rtt_ns = s->ts_ns - piece.ts_ns;
		}
		break;
	}
	if (s->options & TCP_HAS_TIMESTAMPS) {
		int64_t since_ns = tcp_marks_take(&sent->marks, s->ts_echo);

		verdict->has_ts_rtt = tcp_rtt_add(&sums->ts_rtt, since_ns,
		    s->ts_ns);
		if (verdict->has_ts_rtt)
			verdict->ts_rtt_ns = s->ts_ns - since_ns;
	}
}

/* Returns whether it acknowledges more than those before. */
static bool
take_ack(struct tcp_side *me, struct tcp_side *other,
    const struct tcp_segment *s)
{
	if (me->has_acked && tcp_seq_diff(s->ack, me->acked) <= 0)
		return false;
	me->has_acked = true;
	me->acked = s->ack;
	if (other->fin_seen && tcp_seq_diff(s->ack, other->fin_seq) > 0)
		other->fin_acked = true;
	return true;
}

static void
note_ack(struct tcp_flow *flow, unsigned side, const struct tcp_segment *s,
    struct tcp_verdict *verdict)
{
	struct tcp_live_side *live = &flow->live->sides[side];
	struct tcp_live_side *sent = &flow->live->sides[side ^ 1];

	if (verdict->what & TCP_IS_DUPLICATE_ACK)
		live->duplicate_acks++;
	if (!take_ack(&flow->sides[side], &flow->sides[side ^ 1], s))
		return;
	live->duplicate_acks = 0;
	note_acked(flow, side, s, verdict);
	if (verdict->what & TCP_IS_UNSEEN_ACKED)
		sent->contiguous = tcp_outstanding_reach(&sent->outstanding,
		    s->ack);
}

static void
note_last(struct tcp_live_side *live, const struct tcp_segment *s,
    uint32_t what)
{
	if (live->ip_id_known && live->ip_id != s->ip_id)
		live->ip_ids_vary = true;
	live->ip_id_known = true;
	live->ip_id = s->ip_id;
	live->last_what = what;
	live->last_ns = s->ts_ns;
}

/* All that only a segment which is part of the stream changes: of a reset
 * neither numbers nor window mean anything for what follows. */
static void
note_segment(struct tcp_flow *flow, unsigned side, const struct tcp_segment *s,
    struct tcp_verdict *verdict)
{
	note_window(flow, side, s);
	note_next(flow, side, s, verdict->what);
	if (flow->live == NULL)
		return;
	if (s->flags & TCP_ACK)
		note_ack(flow, side, s, verdict);
	note_last(&flow->live->sides[side], s, verdict->what);
}

/* Another number for its SYN: what this side sent under the old one, and what
 * was acknowledged of that, is of no meaning any more. */
static void
begin_anew(struct tcp_flow *flow, unsigned side)
{
	flow->sides[side].next_known = false;
	flow->sides[side].fin_seen = flow->sides[side].fin_acked = false;
	flow->sides[side ^ 1].has_acked = false;
	if (flow->live == NULL)
		return;
	tcp_outstanding_reset(&flow->live->sides[side].outstanding);
	tcp_marks_reset(&flow->live->sides[side].marks);
}

static void
judge(struct tcp_flow *flow, unsigned side, const struct tcp_segment *s,
    struct tcp_verdict *verdict)
{
	enum tcp_seen seen;
	bool same_ip_id;

	if (tcp_syn_is_other(flow, side, s)) {
		verdict->what = TCP_IS_PORTS_REUSED;
		verdict->reason = "other_isn";
		if (tcp_syn_is_stray(flow, side, s))
			return;
		begin_anew(flow, side);
		note_sent(flow, side, s, &same_ip_id);
	} else if (flow->live != NULL) {
		seen = note_sent(flow, side, s, &same_ip_id);
		verdict->what = tcp_verdict_find(flow, side, s, seen,
		    same_ip_id, &verdict->reason);
	} else if (flow->syn.frame != 0) {
		verdict->what = TCP_IS_RETRANSMISSION;
		verdict->reason = "sent_before";
	}
	if (flow->reused && flow->sides[0].segments + flow->sides[1].segments ==
	    0) {
		verdict->what |= TCP_IS_PORTS_REUSED;
		verdict->reason = "key_used_before";
	}
}

static void
guess_client(struct tcp_flow *flow, unsigned side, uint16_t src_port,
    uint16_t dst_port)
{
	if (flow->sides[0].segments + flow->sides[1].segments == 0 &&
	    src_port != dst_port)
		flow->client = (uint8_t)(src_port > dst_port ? side : side ^ 1);
}

void
tcp_flow_add(struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *s, uint16_t src_port, uint16_t dst_port,
    struct tcp_verdict *verdict)
{
	const struct tcp_side *me = &flow->sides[side];
	const struct tcp_side *other = &flow->sides[side ^ 1];

	*verdict = (struct tcp_verdict){ .what = 0 };
	guess_client(flow, side, src_port, dst_port);
	if (flow->live != NULL || !live_is_needed(flow, side, s) ||
	    live_start(flow))
		judge(flow, side, s, verdict);
	note_time(flow, s);
	note_completeness(flow, s);
	tcp_handshake_add(flow, side, s);
	if (!(s->flags & TCP_RST) && !tcp_syn_is_stray(flow, side, s))
		note_segment(flow, side, s, verdict);
	if (s->flags & (TCP_FIN | TCP_RST) || flow->close != TCP_OPEN)
		note_close(flow, side, s);
	count(flow, side, s, verdict->what);
	verdict->rel_seq = s->seq - me->base_seq;
	verdict->rel_ack = s->flags & TCP_ACK ? s->ack - other->base_seq : 0;
}

/* The numbers of a segment that is part of the stream, as note_segment() takes
 * them. */
static void
follow_numbers(struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *s, bool probe)
{
	struct tcp_side *me = &flow->sides[side];

	me->last_window = s->window;
	if (!probe)
		advance(me, s->seq + tcp_segment_span(s));
	if (s->flags & TCP_ACK)
		take_ack(me, &flow->sides[side ^ 1], s);
}

void
tcp_flow_follow(struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *s, uint16_t src_port, uint16_t dst_port)
{
	bool other_syn = tcp_syn_is_other(flow, side, s);
	bool probe = !other_syn && tcp_is_probe(flow, side, s);

	guess_client(flow, side, src_port, dst_port);
	if (other_syn && !tcp_syn_is_stray(flow, side, s))
		begin_anew(flow, side);
	tcp_handshake_add(flow, side, s);
	if (!(s->flags & TCP_RST) && !tcp_syn_is_stray(flow, side, s))
		follow_numbers(flow, side, s, probe);
	if (s->flags & (TCP_FIN | TCP_RST) || flow->close != TCP_OPEN)
		note_close(flow, side, s);
	flow->sides[side].segments++;
}

bool
tcp_flow_is_repeat(const struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *s)
{
	const struct tcp_side *me = &flow->sides[side];
	const struct tcp_side *other = &flow->sides[side ^ 1];
	int32_t ahead = tcp_seq_diff(s->seq, me->next_seq);

	if (tcp_syn_is_other(flow, side, s))
		return false;
	if (tcp_is_probe(flow, side, s))
		return true;
	if (s->flags & TCP_RST)
		return false;
	if (other->has_acked &&
	    tcp_seq_diff(s->seq + s->len, other->acked) <= 0)
		return true;
	/* The byte of a probe, now with those behind it, is none. */
	return me->next_known && (ahead < -1 || (ahead == -1 && s->len == 1));
}

size_t
tcp_flow_memory(const struct tcp_flow *flow)
{
	size_t n = 0;

	if (flow->live == NULL)
		return 0;
	for (int i = 0; i < 2; i++)
		n += tcp_outstanding_memory(&flow->live->sides[i].outstanding) +
		    tcp_marks_memory(&flow->live->sides[i].marks);
	return flow->roomy ? n : n + sizeof(*flow->live);
}

void
tcp_flow_close(struct tcp_flow *flow)
{
	if (flow->live == NULL)
		return;
	for (int i = 0; i < 2; i++) {
		tcp_outstanding_reset(&flow->live->sides[i].outstanding);
		tcp_marks_reset(&flow->live->sides[i].marks);
	}
	if (!flow->roomy)
		free(flow->live);
	flow->live = NULL;
}
