/*
 * What a segment brings: bytes, in order or not, and the FIN (RFC 9293, section
 * 3.10.7.4, seventh and eighth).
 */
#include "traffic/synth/tcp/tcp_internal.h"
#include "traffic/synth/tcp/tcp_sequence.h"

#define DELAYED_ACK_NS (40 * TCP_MS_NS)

/* A part of the payload. */
struct piece {
	uint32_t begin;
	const uint8_t *data;
	uint32_t len;
};

/* What is new of it, and fits into the window that was offered. */
static struct piece
cut(const struct tcp *tcp, const struct tcp_segment *s)
{
	struct piece p = { s->seq, s->payload, (uint32_t)s->len };
	uint32_t edge = tcp->edge;

	if (p.len == 0)
		return p;
	if (tcp->peer_fin_known && tcp_before(tcp->peer_fin_seq, edge))
		edge = tcp->peer_fin_seq;
	if (tcp_before(p.begin, tcp->received)) {
		uint32_t old = tcp->received - p.begin;

		if (old > p.len)
			old = p.len;
		p.begin += old;
		p.data += old;
		p.len -= old;
	}
	if (p.len > 0 && tcp_after(p.begin + p.len, edge))
		p.len = tcp_before(p.begin, edge) ? edge - p.begin : 0;
	return p;
}

/*
 * The byte of a window probe that was sent before the window opened.  It is not
 * taken: who looks at the traffic would see a byte acknowledged that was only
 * there to ask.  The ACK says that there is room, and the byte comes again, in
 * a segment with PSH or with those behind it.
 */
static bool
is_late_probe(const struct tcp *tcp, const struct tcp_segment *s)
{
	return tcp->reopened && s->len == 1 && s->seq == tcp->received &&
	    (s->flags & (TCP_PSH | TCP_FIN)) == 0;
}

/* Every second full segment at once, and the rest after a while (RFC 9293,
 * section 3.8.6.3). */
static void
owe_ack(struct tcp *tcp, uint32_t len)
{
	tcp->ack_owed += len;
	if (!tcp->settings.delayed_ack || tcp->ack_owed > tcp->full_bytes)
		tcp->ack_now = true;
	else if (tcp->timers[TCP_TIMER_ACK] == TCP_NEVER)
		tcp_timer_set(tcp, TCP_TIMER_ACK, DELAYED_ACK_NS);
}

static void
take_in_order(struct tcp *tcp, const struct piece *p)
{
	uint32_t next = p->begin + p->len;

	/* A hole is filled: the sender waits to hear of it. */
	if (tcp->ranges.count > 0)
		tcp->ack_now = true;
	next = tcp_ranges_take(&tcp->ranges, next);
	tcp->counts.payload_received += next - tcp->received;
	tcp->received = next;
	tcp->reopened = false;
	tcp->tell_readable = true;
	owe_ack(tcp, p->len);
}

/* What there is no memory for counts as lost. */
static void
take(struct tcp *tcp, const struct piece *p)
{
	if (tcp_stream_put(&tcp->in, p->begin - tcp->read, p->data,
	    p->len) == -1)
		return;
	if (p->begin == tcp->received) {
		take_in_order(tcp, p);
		return;
	}
	tcp->ack_now = true;
	(void)tcp_ranges_add(&tcp->ranges, p->begin, p->begin + p->len);
}

static void
take_fin(struct tcp *tcp)
{
	tcp->received++;
	tcp->peer_fin = true;
	tcp->ack_now = true;
	tcp->tell_readable = true;
	tcp_ranges_reset(&tcp->ranges);
	if (tcp->state == TCP_ESTABLISHED)
		tcp->state = TCP_CLOSE_WAIT;
	else if (tcp->state == TCP_FIN_WAIT_1)
		tcp->state = TCP_CLOSING;
	else if (tcp->state == TCP_FIN_WAIT_2)
		tcp_wait(tcp, TCP_TIME_WAIT);
}

static void
note_fin(struct tcp *tcp, const struct tcp_segment *s)
{
	uint32_t seq = s->seq + (uint32_t)s->len;

	if ((s->flags & TCP_FIN) == 0 || tcp->peer_fin_known ||
	    tcp_before(seq, tcp->received) || !tcp_before(seq, tcp->edge))
		return;
	tcp->peer_fin_known = true;
	tcp->peer_fin_seq = seq;
}

void
tcp_receive(struct tcp *tcp, const struct tcp_segment *segment)
{
	struct piece p;

	if (tcp->peer_fin)
		return;
	if (segment->len > tcp->full_bytes && segment->len <= tcp->link_mss)
		tcp->full_bytes = (uint32_t)segment->len;
	if (is_late_probe(tcp, segment)) {
		tcp->ack_now = true;
		return;
	}
	note_fin(tcp, segment);
	p = cut(tcp, segment);
	if (p.len > 0)
		take(tcp, &p);
	if (p.len < segment->len)
		tcp->ack_now = true;
	if (tcp->peer_fin_known && tcp->received == tcp->peer_fin_seq)
		take_fin(tcp);
	else if (segment->flags & TCP_FIN)
		tcp->ack_now = true;
}
