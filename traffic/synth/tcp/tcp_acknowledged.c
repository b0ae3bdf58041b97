/*
 * What a segment says of the data that was sent: ACK, window, SACK blocks (RFC
 * 9293, section 3.10.7.4, fifth).
 */
#include "traffic/synth/tcp/tcp_internal.h"
#include "traffic/synth/tcp/tcp_sequence.h"

static void
count_rtt(struct tcp_counts *counts, int64_t rtt_ns)
{
	if (counts->rtt_samples++ == 0) {
		counts->rtt_first_ns = rtt_ns;
		counts->rtt_min_ns = counts->rtt_max_ns = rtt_ns;
	}
	counts->rtt_sum_ns += rtt_ns;
	if (rtt_ns < counts->rtt_min_ns)
		counts->rtt_min_ns = rtt_ns;
	if (rtt_ns > counts->rtt_max_ns)
		counts->rtt_max_ns = rtt_ns;
}

/* A segment that was sent twice says nothing of the round trip (Karn); the time
 * stamp that comes back does. */
static void
measure(struct tcp *tcp, const struct tcp_segment *s,
    const struct tcp_sent_taken *taken)
{
	int64_t echo_ms = (int64_t)tcp_distance(tcp_clock(tcp), s->ts_echo);

	if (taken->any && !taken->repeated) {
		count_rtt(&tcp->counts, tcp->now_ns - taken->sent_ns);
		tcp_rtt_sample(tcp, tcp->now_ns - taken->sent_ns);
	} else if (tcp->times && s->has_times && s->ts_echo != 0 &&
	    echo_ms >= 0) {
		tcp_rtt_sample(tcp, echo_ms * TCP_MS_NS);
	}
}

static void
finish_sending(struct tcp *tcp)
{
	if (tcp->state == TCP_FIN_WAIT_1)
		tcp_wait(tcp, TCP_FIN_WAIT_2);
	else if (tcp->state == TCP_CLOSING)
		tcp_wait(tcp, TCP_TIME_WAIT);
	else if (tcp->state == TCP_LAST_ACK)
		tcp_end(tcp, TCP_END_CLOSED);
}

/* The ACK is of something new. */
static void
advance(struct tcp *tcp, const struct tcp_segment *s)
{
	uint32_t flight = tcp->next - tcp->una, acked = s->ack - tcp->una;
	size_t before = tcp_unacknowledged(tcp), after;
	struct tcp_sent_taken taken;

	tcp->una = s->ack;
	tcp->syn_acked = true;
	after = tcp_unacknowledged(tcp);
	tcp_stream_drop(&tcp->out, before - after, after);
	tcp_sent_acknowledge(&tcp->sent, s->ack, &taken);
	measure(tcp, s, &taken);
	tcp->tries = 0;
	tcp_timer_stop(tcp, TCP_TIMER_RESEND);
	tcp_congestion_acked(tcp, acked, flight);
	if (before > 0 && after == 0)
		tcp->tell_writable = true;
	if (tcp->fin_sent && tcp->una == tcp->next)
		finish_sending(tcp);
}

/* Bytes that are newly known to have arrived. */
static uint32_t
take_blocks(struct tcp *tcp, const struct tcp_segment *s)
{
	uint32_t news = 0;

	if (!tcp->sack)
		return 0;
	for (size_t i = 0; i < s->sack_count && i < TCP_SACK_BLOCKS; i++) {
		uint32_t begin = s->sack[i].begin, end = s->sack[i].end;

		if (!tcp_before(begin, tcp->una) && tcp_before(begin, end) &&
		    !tcp_after(end, tcp->next))
			news += tcp_sent_sack(&tcp->sent, begin, end);
	}
	return news;
}

/* Returns whether the window has changed. */
static bool
take_window(struct tcp *tcp, const struct tcp_segment *s)
{
	uint32_t window = s->window;
	bool changed;

	if (tcp_before(s->seq, tcp->window_seq) ||
	    (s->seq == tcp->window_seq &&
	    tcp_before(s->ack, tcp->window_ack)))
		return false;
	if ((s->flags & TCP_SYN) == 0)
		window <<= tcp->peer_scale;
	changed = window != tcp->window;
	tcp->window = window;
	tcp->window_seq = s->seq;
	tcp->window_ack = s->ack;
	if (window > tcp->window_max)
		tcp->window_max = window;
	return changed;
}

/* RFC 5681, section 2; with SACK, RFC 6675, section 2. */
static bool
is_duplicate(const struct tcp *tcp, const struct tcp_segment *s,
    bool window_changed, uint32_t news)
{
	if (s->ack != tcp->una || tcp->una == tcp->next)
		return false;
	return tcp->sack ? news > 0 : s->len == 0 && !window_changed &&
	    (s->flags & (TCP_SYN | TCP_FIN)) == 0;
}

bool
tcp_acknowledged(struct tcp *tcp, const struct tcp_segment *segment)
{
	bool changed, advances;
	uint32_t news;

	if (tcp_after(segment->ack, tcp->next + tcp->probe_sent) ||
	    tcp_before(segment->ack, tcp->una - tcp->window_max)) {
		tcp_send_challenge(tcp);
		return false;
	}
	tcp->unanswered = 0;
	/* The peer took the byte of a probe. */
	if (tcp_after(segment->ack, tcp->next)) {
		tcp->next++;
		tcp->counts.payload_sent++;
		tcp->probe_sent = false;
	}
	changed = take_window(tcp, segment);
	/* The answer to a probe, of which nothing was taken. */
	if (tcp->window == 0)
		tcp->probe_sent = false;
	advances = tcp_after(segment->ack, tcp->una);
	if (advances)
		advance(tcp, segment);
	news = take_blocks(tcp, segment);
	if (tcp->state == TCP_CLOSED)
		return false;
	if (!advances && is_duplicate(tcp, segment, changed, news))
		tcp_congestion_duplicate(tcp);
	else if (news > 0)
		tcp_congestion_sacked(tcp);
	return true;
}
