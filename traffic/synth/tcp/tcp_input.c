/*
 * A segment comes in (RFC 9293, section 3.10.7, with the resets of RFC 5961 and
 * the time stamps of RFC 7323).
 */
#include "traffic/synth/tcp/tcp_internal.h"
#include "traffic/synth/tcp/tcp_sequence.h"

/* Time stamps may have wrapped since (RFC 7323, section 5.5). */
#define TIMES_OLD_NS (24 * INT64_C(86400) * TCP_SECOND_NS)

static void
take_syn(struct tcp *tcp, const struct tcp_segment *s)
{
	tcp->peer_isn = tcp->counts.peer_isn = s->seq;
	tcp->received = tcp->read = tcp->edge = s->seq + 1;
	tcp->ack_sent = tcp->received;
	tcp->window = tcp->window_max = s->window;
	tcp->window_seq = s->seq;
	tcp->window_ack = s->ack;
	tcp->ts_recent_ns = tcp->now_ns;
	tcp_options_agree(tcp, s);
}

/* RFC 6298, section 5.7: a SYN that was sent again calls for 3 s, until a round
 * trip is measured. */
static void
establish(struct tcp *tcp)
{
	if (tcp->tries > 0)
		tcp->rto_ns = 3 * TCP_SECOND_NS;
	tcp->state = TCP_ESTABLISHED;
	tcp->counts.was_established = true;
	tcp->tell_established = true;
	tcp_congestion_start(tcp);
	if (tcp->settings.keepalive_ns > 0)
		tcp_timer_set(tcp, TCP_TIMER_KEEPALIVE,
		    tcp->settings.keepalive_ns);
}

static void
input_listen(struct tcp *tcp, const struct tcp_segment *s)
{
	if (s->flags & TCP_RST)
		return;
	if (s->flags & TCP_ACK) {
		tcp_send_reset(tcp, s->ack, false);
		return;
	}
	if ((s->flags & TCP_SYN) == 0)
		return;
	take_syn(tcp, s);
	tcp->state = TCP_SYN_RECEIVED;
	tcp_send_syn(tcp, TCP_WHY_NEW);
}

/* What is in a SYN but the SYN is not taken: it is not acknowledged, so it
 * comes again. */
static void
input_syn_sent(struct tcp *tcp, const struct tcp_segment *s)
{
	bool acks = (s->flags & TCP_ACK) != 0;

	if (acks && s->ack != tcp->next) {
		if ((s->flags & TCP_RST) == 0)
			tcp_send_reset(tcp, s->ack, false);
		return;
	}
	if (s->flags & TCP_RST) {
		if (acks)
			tcp_end(tcp, TCP_END_REFUSED);
		return;
	}
	if ((s->flags & TCP_SYN) == 0)
		return;
	take_syn(tcp, s);
	if (!acks) {
		tcp->state = TCP_SYN_RECEIVED;
		tcp_send_syn(tcp, TCP_WHY_NEW);
		return;
	}
	/* The window that the SYN has named, which was not scaled. */
	tcp->edge = tcp->received +
	    (tcp->settings.receive_buffer > UINT16_MAX ? UINT16_MAX :
	    tcp->settings.receive_buffer);
	establish(tcp);
	tcp->ack_now = true;
	(void)tcp_acknowledged(tcp, s);
}

static uint32_t
span(const struct tcp_segment *s)
{
	return (uint32_t)s->len + ((s->flags & TCP_SYN) != 0) +
	    ((s->flags & TCP_FIN) != 0);
}

/* RFC 9293, section 3.4: some of it lies in the window.  Where that is closed,
 * the next one is still heard for its ACK (section 3.10.7.4). */
static bool
is_acceptable(const struct tcp *tcp, const struct tcp_segment *s)
{
	uint32_t len = span(s);

	if (s->seq == tcp->received)
		return true;
	if (len == 0)
		return tcp_after(s->seq, tcp->received) &&
		    tcp_before(s->seq, tcp->edge);
	return tcp_before(s->seq, tcp->edge) &&
	    tcp_after(s->seq + len, tcp->received);
}

/* RFC 7323, section 5.3: PAWS.  An old ACK without data has only been
 * overtaken, and is not answered. */
static bool
is_old(struct tcp *tcp, const struct tcp_segment *s)
{
	if (!tcp->times)
		return false;
	if (!s->has_times)
		return true;
	if (!tcp_before(s->ts_value, tcp->ts_recent) ||
	    tcp->now_ns - tcp->ts_recent_ns > TIMES_OLD_NS)
		return false;
	if (span(s) > 0)
		tcp->ack_now = true;
	return true;
}

static void
take_times(struct tcp *tcp, const struct tcp_segment *s)
{
	if (!tcp->times || tcp_after(s->seq, tcp->ack_sent))
		return;
	tcp->ts_recent = s->ts_value;
	tcp->ts_recent_ns = tcp->now_ns;
}

/* RFC 5961, section 3.2; TIME_WAIT is not cut short (RFC 1337). */
static void
take_reset(struct tcp *tcp, const struct tcp_segment *s)
{
	if (tcp->state == TCP_TIME_WAIT)
		return;
	if (s->seq == tcp->received)
		tcp_end(tcp, TCP_END_RESET);
	else if (is_acceptable(tcp, s))
		tcp_send_challenge(tcp);
}

static void
refuse(struct tcp *tcp, const struct tcp_segment *s)
{
	if (span(s) > 0)
		tcp->ack_now = true;
	else
		tcp_send_challenge(tcp);
	/* The peer has not heard that its FIN came. */
	if (tcp->state == TCP_TIME_WAIT && s->flags & TCP_FIN)
		tcp_wait(tcp, TCP_TIME_WAIT);
}

/* False: the SYN was not ours. */
static bool
complete_handshake(struct tcp *tcp, const struct tcp_segment *s)
{
	if (s->ack != tcp->next) {
		tcp_send_reset(tcp, s->ack, false);
		return false;
	}
	establish(tcp);
	return true;
}

/* Any sign of life. */
static void
note_life(struct tcp *tcp)
{
	tcp->keepalives = 0;
	if (tcp->timers[TCP_TIMER_KEEPALIVE] != TCP_NEVER)
		tcp_timer_set(tcp, TCP_TIMER_KEEPALIVE,
		    tcp->settings.keepalive_ns);
	if (tcp->state == TCP_FIN_WAIT_2)
		tcp_wait(tcp, TCP_FIN_WAIT_2);
}

static void
input_synchronized(struct tcp *tcp, struct tcp_segment *s)
{
	/* The other SYN of an opening from both sides, or again the one that
	 * was answered; the answer has a timer of its own. */
	if (tcp->state == TCP_SYN_RECEIVED && s->flags & TCP_SYN &&
	    s->seq == tcp->peer_isn) {
		if ((s->flags & TCP_ACK) == 0)
			return;
		s->flags &= (uint8_t)~TCP_SYN;
		s->seq++;
	}
	if (s->flags & TCP_RST) {
		take_reset(tcp, s);
		return;
	}
	if (is_old(tcp, s))
		return;
	note_life(tcp);
	if (!is_acceptable(tcp, s)) {
		refuse(tcp, s);
		return;
	}
	take_times(tcp, s);
	if (s->flags & TCP_SYN) {
		tcp_send_challenge(tcp);
		return;
	}
	if ((s->flags & TCP_ACK) == 0)
		return;
	if (tcp->state == TCP_SYN_RECEIVED && !complete_handshake(tcp, s))
		return;
	if (tcp_acknowledged(tcp, s))
		tcp_receive(tcp, s);
}

void
tcp_input(struct tcp *tcp, const struct tcp_segment *segment, int64_t now_ns)
{
	struct tcp_segment s = *segment;

	tcp->now_ns = now_ns;
	tcp->counts.segments_received++;
	if (tcp->state == TCP_LISTEN)
		input_listen(tcp, &s);
	else if (tcp->state == TCP_SYN_SENT)
		input_syn_sent(tcp, &s);
	else if (tcp->state != TCP_CLOSED)
		input_synchronized(tcp, &s);
	tcp_settle(tcp);
}
