#include "traffic/synth/truth/truth_tcp.h"

#include <stdlib.h>
#include <string.h>

/* A segment, and both sides as they were before it. */
struct look {
	const struct tcp_segment *s;
	const struct known_frame *frame;
	struct known_tcp *tcp;
	unsigned side;
	struct known_tcp_side *me, *other;
	uint32_t len, span;
	bool plain;		/* neither SYN, FIN nor RST */
	bool other_syn;		/* with another number than the one before */
	bool stray;		/* that, when the handshake was over: it has no
				   place in the stream */
	bool has_next;		/* something of this side was seen before */
	int64_t from, to;	/* in its own stream */
	bool has_ack;		/* and something of the other side was seen */
	int64_t ack;		/* in the other's stream */
};

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

static unsigned
shift_of(const struct known_tcp_side *me, const struct known_tcp_side *other)
{
	if (!me->has_scale || (other->isn_known && !other->has_scale))
		return 0;
	return me->scale;
}

/* Verdicts. */

static bool
is_probe(const struct look *l)
{
	return l->len == 1 && l->has_next && l->from == l->me->sent.next &&
	    l->other->has_segment && l->other->last_window == 0;
}

static bool
is_keep_alive(const struct look *l)
{
	return l->len <= 1 && l->plain && l->has_next &&
	    l->from == l->me->sent.next - 1;
}

/* Nothing new but perhaps the window. */
static unsigned
idle_words(const struct look *l)
{
	const struct known_tcp_side *other = l->other;

	if (l->len != 0 || !l->plain || !(l->s->flags & TCP_ACK) ||
	    !l->has_next || l->from != l->me->sent.next ||
	    !l->has_ack || !l->me->has_ack || l->ack != l->me->ack)
		return 0;
	if (l->s->window != l->me->last_window)
		return l->s->window == 0 ? 0 : 1U << KNOWN_WINDOW_UPDATE;
	if (l->s->window == 0)
		return other->last_words & 1U << KNOWN_PROBE ?
		    1U << KNOWN_PROBE_ACK : 0;
	if (other->last_words & 1U << KNOWN_KEEP_ALIVE)
		return 1U << KNOWN_KEEP_ALIVE_ACK;
	return other->sent.next > l->ack ? 1U << KNOWN_DUPLICATE_ACK : 0;
}

static unsigned
window_words(const struct look *l)
{
	const struct known_tcp_side *other = l->other;
	unsigned words = 0;

	if (l->plain && l->s->window == 0)
		words |= 1U << KNOWN_ZERO_WINDOW;
	if (l->plain && l->len > 0 && other->isn_known && other->has_ack &&
	    l->to == other->ack + ((int64_t)other->last_window <<
	    (other->scaled ? shift_of(other, l->me) : 0)))
		words |= 1U << KNOWN_WINDOW_FULL;
	return words;
}

/* Bytes that had passed, or come where others passed them by. */
static void
look_below(const struct look *l, struct known_verdict *v)
{
	static const enum known_below kinds[] = {
		[STREAM_NONE] = KNOWN_NONE, [STREAM_SOME] = KNOWN_SOME,
		[STREAM_ALL] = KNOWN_ALL,
	};
	const struct stream *sent = &l->me->sent;

	if (l->span == 0 || l->s->flags & TCP_RST || !l->has_next)
		return;
	if (l->len > 0 && sent->has_acked && l->from + l->len <= sent->acked) {
		v->words |= 1U << KNOWN_SPURIOUS;
		v->below = KNOWN_ALL;
		return;
	}
	/* The byte of a keep-alive, with more behind it, is new data. */
	if (l->from >= sent->next ||
	    (l->len > 1 && l->from == sent->next - 1))
		return;
	v->below = kinds[stream_look(sent, l->from, l->to)];
}

static void
judge(const struct look *l, struct known_verdict *v)
{
	if (is_probe(l))
		v->words |= 1U << KNOWN_PROBE;
	else if (is_keep_alive(l))
		v->words |= 1U << KNOWN_KEEP_ALIVE;
	else
		look_below(l, v);
	if (l->has_next && !(l->s->flags & TCP_RST) &&
	    l->from > l->me->sent.next)
		v->words |= 1U << KNOWN_GAP;
	if (l->has_ack && !(l->s->flags & TCP_RST) &&
	    l->ack > l->other->sent.contiguous)
		v->words |= 1U << KNOWN_UNSEEN_ACKED;
	v->words |= idle_words(l) | window_words(l);
	if (v->words & 1U << KNOWN_PROBE)
		v->words &= ~(1U << KNOWN_ZERO_WINDOW);
}

/* What goes on from there. */

static void
note_promises(struct known_tcp_side *me, const struct tcp_segment *s)
{
	me->isn_known = true;
	me->isn = s->seq;
	me->mss = s->mss;
	me->has_scale = s->has_scale;
	me->scale = s->scale;
	me->sack_permitted = s->sack_permitted;
	me->scaled = false;
}

static void
note_window(const struct look *l)
{
	uint64_t window = l->s->window;

	if (!(l->s->flags & TCP_SYN)) {
		l->me->scaled = true;
		window <<= shift_of(l->me, l->other);
	}
	l->me->last_window = l->s->window;
	if (window > l->me->window_max)
		l->me->window_max = window;
}

/* The sequence numbers that it takes; of a probe the byte will be sent again,
 * so that the numbers do not go on. */
static int
note_sent(const struct look *l, bool probe)
{
	struct stream *sent = &l->me->sent;

	if (l->span > 0 && stream_pass(sent, l->from, l->to,
	    l->frame->frame, l->frame->ts_ns) == -1)
		return -1;
	if (l->span > 0 && l->s->has_times &&
	    stream_stamp(sent, l->s->ts_value, l->frame->ts_ns) == -1)
		return -1;
	if (probe)
		return 0;
	if (!l->has_next)
		sent->contiguous = l->to;
	if (!l->has_next || l->to > sent->next) {
		sent->next = l->to;
		sent->next_seq = l->s->seq + l->span;
	}
	sent->contiguous = stream_reach(sent, sent->contiguous);
	return 0;
}

static void
add_rtt(struct known_rtt *rtt, int64_t ns)
{
	if (rtt->samples == 0 || ns < rtt->min_ns)
		rtt->min_ns = ns;
	if (rtt->samples == 0 || ns > rtt->max_ns)
		rtt->max_ns = ns;
	rtt->samples++;
	rtt->sum_ns += ns;
}

static void
note_round_trips(const struct look *l, struct known_verdict *v)
{
	struct stream_piece piece;
	int64_t since_ns;

	switch (stream_acknowledge(&l->other->sent, l->ack, &piece)) {
	case STREAM_ACK_NOTHING:
		return;
	case STREAM_ACK_DOUBT:
		l->other->rtt_ambiguous++;
		v->rtt_ambiguous = true;
		break;
	case STREAM_ACK_SAMPLE:
		v->rtt_frame = piece.frame;
		v->rtt_ns = l->frame->ts_ns - piece.ts_ns;
		add_rtt(&l->other->rtt, v->rtt_ns);
		break;
	}
	if (!l->s->has_times || !stream_echo(&l->other->sent, l->s->ts_echo,
	    &since_ns))
		return;
	v->has_ts_rtt = true;
	v->ts_rtt_ns = l->frame->ts_ns - since_ns;
	add_rtt(&l->other->ts_rtt, v->ts_rtt_ns);
}

static void
note_acked(const struct look *l, struct known_verdict *v)
{
	struct known_tcp_side *me = l->me, *other = l->other;

	if (!l->has_ack || (me->has_ack && l->ack <= me->ack))
		return;
	me->has_ack = true;
	me->ack = l->ack;
	if (other->fin_seen && l->ack > other->fin)
		other->fin_acked = true;
	note_round_trips(l, v);
	if (v->words & 1U << KNOWN_UNSEEN_ACKED)
		other->sent.contiguous = stream_reach(&other->sent, l->ack);
}

/* The handshake and the close. */

static void
note(struct known_shake *shake, const struct look *l)
{
	*shake = (struct known_shake){ l->frame->frame, l->frame->ts_ns,
	    l->s->seq, l->s->ack };
}

static void
note_client(struct known_tcp *tcp, unsigned client)
{
	if (!tcp->client_known)
		tcp->client = client;
	tcp->client_known = true;
}

static void
note_handshake(const struct look *l)
{
	struct known_tcp *tcp = l->tcp;
	const struct tcp_segment *s = l->s;

	if (s->flags & TCP_SYN)
		note_client(tcp, is_syn(s) ? l->side : l->side ^ 1);
	if (is_syn(s)) {
		if (l->side != tcp->client)
			tcp->simultaneous = true;
		else if (tcp->syn.frame != 0)
			tcp->repeated = true;
		else
			note(&tcp->syn, l);
	} else if (is_synack(s)) {
		if (l->side == tcp->client || (tcp->syn.frame != 0 &&
		    s->ack != tcp->syn.seq + 1))
			return;
		/* Until the client goes on with one, the newest counts. */
		if (tcp->synack.frame != 0)
			tcp->repeated = true;
		if (tcp->synack.frame == 0 || (l->other_syn && !l->stray))
			note(&tcp->synack, l);
	} else if (s->flags & TCP_ACK && !(s->flags & TCP_RST) &&
	    l->side == tcp->client && tcp->ack.frame == 0 &&
	    (tcp->synack.frame != 0 ? s->ack == tcp->synack.seq + 1 &&
	    s->seq == tcp->synack.ack :
	    tcp->syn.frame != 0 && s->seq == tcp->syn.seq + 1)) {
		note(&tcp->ack, l);
	}
}

/* Wireshark's bits. */
static void
note_completeness(const struct look *l)
{
	struct known_tcp *tcp = l->tcp;
	unsigned flags = l->s->flags;

	if (!l->me->segments && !l->other->segments && is_syn(l->s))
		tcp->completeness |= 1;
	if (is_synack(l->s))
		tcp->completeness |= 2;
	if ((flags & (TCP_SYN | TCP_ACK)) == TCP_ACK)
		tcp->completeness |= l->len > 0 ? 8 : 4;
	if ((flags & (TCP_FIN | TCP_ACK)) == (TCP_FIN | TCP_ACK))
		tcp->completeness |= 16;
	if (flags & TCP_RST)
		tcp->completeness |= 32;
}

static bool
is_over(const struct known_tcp *tcp)
{
	return tcp->close == KNOWN_CLOSED || tcp->close == KNOWN_RESET;
}

static void
note_close(const struct look *l)
{
	struct known_tcp *tcp = l->tcp;
	struct known_tcp_side *me = l->me, *other = l->other;

	if (is_over(tcp))
		return;
	if (l->s->flags & TCP_RST) {
		tcp->close = KNOWN_RESET;
		tcp->closer = l->side;
		return;
	}
	if (l->s->flags & TCP_FIN && !me->fin_seen) {
		me->fin_seen = true;
		me->fin = l->to - 1;
		if (!other->fin_seen)
			tcp->closer = l->side;
	}
	if (me->fin_seen && other->fin_seen)
		tcp->close = me->fin_acked && other->fin_acked ?
		    KNOWN_CLOSED : KNOWN_FINS;
	else if (me->fin_seen || other->fin_seen)
		tcp->close = KNOWN_HALF_CLOSED;
}

static void
count(const struct look *l, const struct known_verdict *v)
{
	l->me->segments++;
	l->me->payload_bytes += l->len;
	l->me->sack_blocks += l->s->sack_count;
	l->me->below[v->below]++;
	for (int i = 0; i < KNOWN_WORDS; i++)
		l->me->words[i] += v->words >> i & 1;
	l->tcp->unverified += known_is_cut(l->frame) ||
	    l->frame->p->is_fragment;
}

/* Who the client is as long as no SYN tells: who has the higher port. */
static void
guess_client(const struct look *l)
{
	const struct truth_packet *p = l->frame->p;

	if (l->me->segments + l->other->segments == 0 &&
	    p->source_port != p->destination_port)
		l->tcp->client = p->source_port > p->destination_port ?
		    l->side : l->side ^ 1;
}

/* A server that has forgotten the SYN answers the next one with another number:
 * what passed under the old one means nothing any more. */
static void
begin_anew(struct known_tcp_side *me, struct known_tcp_side *other)
{
	truth_stream_reset(&me->sent);
	me->fin_seen = me->fin_acked = false;
	other->has_ack = false;
}

static struct look
begin(struct known_tcp *tcp, unsigned side, const struct known_frame *frame)
{
	struct look l = {
		.s = &frame->p->segment, .frame = frame, .tcp = tcp,
		.side = side, .me = &tcp->sides[side],
		.other = &tcp->sides[side ^ 1], .len = known_payload(frame),
	};
	unsigned flags = l.s->flags;

	l.plain = !(flags & (TCP_SYN | TCP_FIN | TCP_RST));
	l.other_syn = flags & TCP_SYN && l.me->isn_known &&
	    l.me->isn != l.s->seq;
	l.stray = l.other_syn && tcp->ack.frame != 0;
	if (l.other_syn && !l.stray)
		begin_anew(l.me, l.other);
	l.span = l.len + ((flags & TCP_SYN) != 0) + ((flags & TCP_FIN) != 0);
	l.has_next = l.me->sent.known;
	l.has_ack = flags & TCP_ACK && l.other->sent.known;
	if (l.has_ack)
		l.ack = stream_at(&l.other->sent, l.s->ack);
	/* A reset does not make numbers known. */
	if (l.has_next || !(flags & TCP_RST))
		l.from = stream_at(&l.me->sent, l.s->seq);
	l.to = l.from + l.span;
	return l;
}

/* What only a segment that is part of the stream changes.  -1: no memory. */
static int
note_segment(const struct look *l, struct known_verdict *v)
{
	note_window(l);
	if (note_sent(l, v->words & 1U << KNOWN_PROBE) == -1)
		return -1;
	note_acked(l, v);
	l->me->has_segment = true;
	l->me->last_words = v->words;
	return 0;
}

int
known_tcp_add(struct known_tcp *tcp, unsigned side,
    const struct known_frame *frame, struct known_verdict *v)
{
	struct look l = begin(tcp, side, frame);

	*v = (struct known_verdict){ .words = 0 };
	guess_client(&l);
	if (!l.other_syn)
		judge(&l, v);
	if (l.other_syn ||
	    (tcp->reused && l.me->segments + l.other->segments == 0))
		v->words |= 1U << KNOWN_PORTS_REUSED;
	note_completeness(&l);
	if (l.s->flags & TCP_SYN && !l.stray)
		note_promises(l.me, l.s);
	note_handshake(&l);
	if (!(l.s->flags & TCP_RST) && !l.stray && note_segment(&l, v) == -1)
		return -1;
	note_close(&l);
	count(&l, v);
	return 0;
}

void
known_tcp_reset(struct known_tcp *tcp)
{
	for (int i = 0; i < 2; i++)
		truth_stream_reset(&tcp->sides[i].sent);
}
