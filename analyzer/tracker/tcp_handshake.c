/*
 * Who is the client, how a connection begins, and when a segment begins a new
 * one.
 */
#include "analyzer/tracker/tcp_live.h"

#include "base/table.h"

static bool
is_syn(const struct tcp_segment *s)
{
	return (s->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

static bool
is_synack(const struct tcp_segment *s)
{
	return (s->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
}

static bool
is_ack(const struct tcp_segment *s)
{
	return (s->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_ACK;
}

/* Where no SYN was seen, the first number may be the one behind it. */
static bool
fits_base(const struct tcp_side *side, uint32_t isn)
{
	return !side->base_known || isn == side->base_seq ||
	    (!side->isn_known && isn + 1 == side->base_seq);
}

bool
tcp_flow_is_reused(const struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *s)
{
	const struct tcp_side *me = &flow->sides[side];
	const struct tcp_side *other = &flow->sides[side ^ 1];

	/* A refused SYN that is sent again is no other connection. */
	if (is_syn(s))
		return (me->fin_acked && other->fin_acked) ||
		    (tcp_flow_is_over(flow) && !me->base_known) ||
		    !fits_base(me, s->seq);
	if (is_synack(s))
		return other->base_known && !fits_base(me, s->seq) &&
		    !fits_base(other, s->ack - 1) &&
		    /* of a SYN with data (RFC 7413) all is acknowledged */
		    !(flow->syn.frame != 0 && s->ack - other->base_seq - 1 <=
		    flow->syn.len);
	return false;
}

static void
note(struct tcp_handshake_segment *out, const struct tcp_segment *s)
{
	out->frame = s->number;
	out->ts_ns = s->ts_ns;
	out->seq = s->seq;
	out->ack = s->ack;
	out->len = s->len;
	out->window = s->window;
	out->mss = s->mss;
	out->options = s->options;
	out->window_scale = s->options & TCP_HAS_WINDOW_SCALE ?
	    s->window_scale : TCP_NO_SCALE;
	out->ts_value = s->ts_value;
	out->ts_echo = s->ts_echo;
}

static void
note_client(struct tcp_flow *flow, unsigned client)
{
	if (flow->client_known)
		return;
	flow->client_known = true;
	flow->client = (uint8_t)client;
}

static void
note_syn(struct tcp_flow *flow, unsigned side, const struct tcp_segment *s)
{
	note_client(flow, side);
	flow->awaits_ack = true;
	flow->last_syn_ns = s->ts_ns;
	/* What came before the handshake was no answer to this SYN. */
	if (flow->ack.frame == 0)
		flow->first_ack_ns = TABLE_NO_I64;
	if (side != flow->client)
		flow->simultaneous = true;
	else if (flow->syn.frame != 0)
		flow->repeated = true;
	else
		note(&flow->syn, s);
}

/* Does the SYN-ACK answer the SYN that was seen, if one was? */
static bool
answers_syn(const struct tcp_flow *flow, const struct tcp_segment *s)
{
	return flow->syn.frame == 0 ||
	    s->ack - (flow->syn.seq + 1) <= flow->syn.len;
}

static void
note_synack(struct tcp_flow *flow, unsigned side, const struct tcp_segment *s)
{
	note_client(flow, side ^ 1);
	flow->awaits_ack = true;
	if (side == flow->client || !answers_syn(flow, s))
		return;
	if (flow->synack.frame != 0) {
		flow->repeated = true;
		/* What the client goes on with decides; as long as it has not,
		 * the newest. */
		if (flow->ack.frame != 0 || s->seq == flow->synack.seq)
			return;
	}
	note(&flow->synack, s);
}

/* The ACK that completes the handshake may carry data. */
static void
note_ack(struct tcp_flow *flow, unsigned side, const struct tcp_segment *s)
{
	const struct tcp_handshake_segment *synack = &flow->synack;

	if (flow->first_ack_ns == TABLE_NO_I64 &&
	    flow->last_syn_ns != TABLE_NO_I64)
		flow->first_ack_ns = s->ts_ns;
	flow->awaits_ack = flow->ack.frame == 0 ||
	    flow->first_ack_ns == TABLE_NO_I64;
	if (side != flow->client || flow->ack.frame != 0)
		return;
	if (synack->frame != 0 ? s->ack == synack->seq + 1 &&
	    s->seq == synack->ack :
	    flow->syn.frame != 0 && s->seq == flow->syn.seq + 1)
		note(&flow->ack, s);
}

/* What a SYN says for the rest of the connection. */
static void
note_promises(struct tcp_side *me, const struct tcp_segment *s)
{
	me->isn_known = me->base_known = true;
	me->base_seq = s->seq;
	me->mss = s->mss;
	me->window_scale = s->options & TCP_HAS_WINDOW_SCALE ?
	    s->window_scale : TCP_NO_SCALE;
	me->sack_permitted = s->options & TCP_SACK_PERMITTED;
	me->window_scaled = false;
}

bool
tcp_syn_is_other(const struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *s)
{
	const struct tcp_side *me = &flow->sides[side];

	return s->flags & TCP_SYN && me->isn_known && s->seq != me->base_seq;
}

bool
tcp_syn_is_stray(const struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *s)
{
	return flow->ack.frame != 0 && tcp_syn_is_other(flow, side, s);
}

static void
note_bases(struct tcp_flow *flow, unsigned side, const struct tcp_segment *s)
{
	struct tcp_side *me = &flow->sides[side];
	struct tcp_side *other = &flow->sides[side ^ 1];

	if (s->flags & TCP_SYN) {
		if (!tcp_syn_is_stray(flow, side, s))
			note_promises(me, s);
	} else if (!me->base_known) {
		me->base_known = true;
		me->base_seq = s->seq;
	}
	if (s->flags & TCP_ACK && !other->base_known) {
		other->base_known = true;
		other->base_seq = s->ack - ((s->flags & TCP_SYN) != 0);
	}
}

void
tcp_handshake_add(struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *s)
{
	note_bases(flow, side, s);
	if (is_syn(s))
		note_syn(flow, side, s);
	else if (is_synack(s))
		note_synack(flow, side, s);
	else if (flow->awaits_ack && is_ack(s))
		note_ack(flow, side, s);
}

enum { SHIFT_MAX = 14 };	/* RFC 7323, section 2.3: a larger one is 14 */

/* Both SYNs must have the option; a SYN that was not seen may have had it. */
unsigned
tcp_window_shift(const struct tcp_flow *flow, unsigned side)
{
	const struct tcp_side *me = &flow->sides[side];
	const struct tcp_side *other = &flow->sides[side ^ 1];

	if (me->window_scale == TCP_NO_SCALE ||
	    (other->isn_known && other->window_scale == TCP_NO_SCALE))
		return 0;
	return me->window_scale > SHIFT_MAX ? SHIFT_MAX : me->window_scale;
}

static int128
between(const struct tcp_handshake_segment *from,
    const struct tcp_handshake_segment *to)
{
	if (from->frame == 0 || to->frame == 0 ||
	    from->ts_ns == TABLE_NO_I64 || to->ts_ns == TABLE_NO_I64)
		return TABLE_NO_PS;
	return ((int128)to->ts_ns - from->ts_ns) * 1000;
}

void
tcp_flow_handshake_times(const struct tcp_flow *flow,
    struct tcp_handshake_times *out)
{
	out->synack_rtt = between(&flow->syn, &flow->synack);
	out->ack_rtt = between(&flow->synack, &flow->ack);
	out->irtt = between(&flow->syn, &flow->ack);
}
