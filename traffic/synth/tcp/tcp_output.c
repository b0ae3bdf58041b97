/*
 * Segments that go out: which are due, and what stands in them.
 */
#include "traffic/synth/tcp/tcp_internal.h"
#include "traffic/synth/tcp/tcp_sequence.h"

enum {
	OPTIONS_MOST = 40,
	SACK_HEADER = 4,	/* with two NOPs */
	SACK_BLOCK = 8,
};
#define CHALLENGE_NS (500 * TCP_MS_NS)

static void
emit(struct tcp *tcp, const struct tcp_segment *segment)
{
	tcp->counts.segments_sent++;
	tcp->calls.output(tcp->owner, segment);
}

/* In segments with data the blocks take what the data leaves; the duplicate
 * ACKs that matter have none. */
static size_t
blocks_that_fit(const struct tcp *tcp, const struct tcp_segment *s)
{
	size_t room = OPTIONS_MOST - tcp_option_bytes(s);

	if (s->len > 0) {
		size_t left = s->len < tcp->mss ? tcp->mss - s->len : 0;

		if (left < room)
			room = left;
	}
	return room < SACK_HEADER ? 0 : (room - SACK_HEADER) / SACK_BLOCK;
}

/* What an ACK says; nothing is owed afterwards. */
static void
put_ack(struct tcp *tcp, struct tcp_segment *s)
{
	s->flags |= TCP_ACK;
	s->ack = tcp->received;
	s->window = (uint16_t)(tcp_window_offer(tcp) >> tcp->scale);
	if (tcp->times) {
		s->has_times = true;
		s->ts_value = tcp_clock(tcp);
		s->ts_echo = tcp->ts_recent;
	}
	if (tcp->sack && tcp->ranges.count > 0) {
		size_t max = blocks_that_fit(tcp, s);

		tcp_ranges_blocks(&tcp->ranges, max < TCP_SACK_BLOCKS ? max :
		    TCP_SACK_BLOCKS, s);
	}
	tcp->ack_sent = tcp->received;
	tcp->ack_owed = 0;
	tcp->ack_now = false;
	tcp_timer_stop(tcp, TCP_TIMER_ACK);
}

/* The window of a SYN is never scaled. */
void
tcp_send_syn(struct tcp *tcp, enum tcp_why why)
{
	struct tcp_sent sent = { .begin = tcp->isn, .end = tcp->isn + 1,
	    .flags = TCP_SYN, .sent_ns = tcp->now_ns };
	uint32_t window = tcp->settings.receive_buffer;
	struct tcp_segment s = { .seq = tcp->isn, .flags = TCP_SYN,
	    .why = why };

	if (window > TCP_UNSCALED_MOST)
		window = TCP_UNSCALED_MOST;
	tcp_options_of_syn(tcp, &s);
	s.window = (uint16_t)window;
	if (tcp->state == TCP_SYN_RECEIVED) {
		s.flags |= TCP_ACK;
		s.ack = tcp->received;
		tcp->ack_sent = tcp->received;
		tcp->edge = tcp->received + window;
	}
	if (tcp->sent.count > 0) {
		tcp_sent_at(&tcp->sent, 0)->repeated = true;
		tcp->counts.sent_again_timeout += why == TCP_WHY_TIMEOUT;
	} else if (tcp_sent_add(&tcp->sent, &sent) == -1) {
		tcp_end(tcp, TCP_END_ABORTED);
		return;
	}
	tcp->next = tcp->isn + 1;
	tcp_timers_arrange(tcp);
	emit(tcp, &s);
}

void
tcp_send_ack(struct tcp *tcp)
{
	struct tcp_segment s = { .seq = tcp->next };

	put_ack(tcp, &s);
	emit(tcp, &s);
}

void
tcp_send_challenge(struct tcp *tcp)
{
	if (tcp->challenged_ns != TCP_NEVER &&
	    tcp->now_ns - tcp->challenged_ns < CHALLENGE_NS)
		return;
	tcp->challenged_ns = tcp->now_ns;
	tcp->ack_now = true;
}

void
tcp_send_reset(struct tcp *tcp, uint32_t seq, bool with_ack)
{
	struct tcp_segment s = { .seq = seq, .flags = TCP_RST };

	if (with_ack)
		put_ack(tcp, &s);
	s.sack_count = 0;
	emit(tcp, &s);
}

/* Below what the peer has acknowledged, so that it answers. */
void
tcp_send_keepalive(struct tcp *tcp, enum tcp_why why)
{
	struct tcp_segment s = { .seq = tcp->una - 1, .why = why };

	put_ack(tcp, &s);
	tcp->counts.keepalives += why == TCP_WHY_KEEPALIVE;
	emit(tcp, &s);
}

static uint32_t
unsent(const struct tcp *tcp)
{
	return tcp_after(tcp->written, tcp->next) ? tcp->written - tcp->next :
	    0;
}

bool
tcp_has_news(const struct tcp *tcp)
{
	return unsent(tcp) > 0 || (tcp->fin_wanted && !tcp->fin_sent);
}

/* A byte that the window has no room for; a FIN cannot ask, so the question is
 * that of a keep-alive then. */
void
tcp_send_probe(struct tcp *tcp)
{
	struct tcp_segment s = { .seq = tcp->next, .len = 1,
	    .why = TCP_WHY_WINDOW_PROBE };

	tcp->counts.window_probes++;
	if (unsent(tcp) == 0) {
		tcp_send_keepalive(tcp, TCP_WHY_WINDOW_PROBE);
		return;
	}
	s.payload = tcp_stream_at(&tcp->out, tcp->next - tcp_first_byte(tcp));
	tcp->probe_sent = true;
	put_ack(tcp, &s);
	emit(tcp, &s);
}

/* A segment with what the list says of it. */
static void
emit_sent(struct tcp *tcp, const struct tcp_sent *sent, enum tcp_why why)
{
	struct tcp_segment s = { .seq = sent->begin, .flags = sent->flags,
	    .why = why };

	s.len = sent->end - sent->begin - ((sent->flags & TCP_FIN) != 0);
	if (s.len > 0)
		s.payload = tcp_stream_at(&tcp->out,
		    sent->begin - tcp_first_byte(tcp));
	tcp->last_data_ns = tcp->now_ns;
	put_ack(tcp, &s);
	emit(tcp, &s);
}

static void
count_repeat(struct tcp *tcp, enum tcp_why why)
{
	if (why == TCP_WHY_TIMEOUT)
		tcp->counts.sent_again_timeout++;
	else if (why == TCP_WHY_FAST)
		tcp->counts.sent_again_fast++;
	else
		tcp->counts.sent_again_recovery++;
}

/* What is taken for lost, as far as congestion control lets it out. */
static void
send_lost(struct tcp *tcp)
{
	struct tcp_congestion *c = &tcp->congestion;
	uint32_t pipe = tcp_congestion_pipe(tcp);

	if (c->phase == TCP_PHASE_OPEN)
		return;
	for (size_t i = 0; i < tcp->sent.count; i++) {
		struct tcp_sent *s = tcp_sent_at(&tcp->sent, i);

		if (!s->lost || s->again || s->sacked)
			continue;
		if (!c->force &&
		    !tcp_congestion_allows(tcp, pipe, s->end - s->begin))
			return;
		/* The timer starts again with the oldest. */
		if (i == 0)
			tcp_timer_stop(tcp, TCP_TIMER_RESEND);
		c->force = false;
		s->again = s->repeated = true;
		pipe += s->end - s->begin;
		count_repeat(tcp, c->why);
		emit_sent(tcp, s, c->why);
		if (c->phase == TCP_PHASE_FAST)
			c->why = TCP_WHY_RECOVERY;
	}
}

/* The bytes that follow, and the FIN behind them. */
static int
send_new(struct tcp *tcp, uint32_t len, bool fin)
{
	struct tcp_sent sent = { .begin = tcp->next,
	    .end = tcp->next + len + fin, .sent_ns = tcp->now_ns };

	if (len > 0 && (len == unsent(tcp) || tcp->probe_sent))
		sent.flags |= TCP_PSH;
	if (fin)
		sent.flags |= TCP_FIN;
	if (tcp_sent_add(&tcp->sent, &sent) == -1)
		return -1;
	if (tcp->congestion.phase == TCP_PHASE_OPEN &&
	    tcp->congestion.duplicates > 0)
		tcp->congestion.limited += len;
	tcp->next = sent.end;
	tcp->probe_sent = false;
	tcp->counts.payload_sent += len;
	if (fin) {
		tcp->fin_sent = true;
		tcp->state = tcp->state == TCP_ESTABLISHED ? TCP_FIN_WAIT_1 :
		    TCP_LAST_ACK;
		tcp_timer_stop(tcp, TCP_TIMER_KEEPALIVE);
	}
	emit_sent(tcp, &sent, TCP_WHY_NEW);
	return 0;
}

static uint32_t
usable_window(const struct tcp *tcp)
{
	uint32_t edge = tcp->una + tcp->window;

	return tcp_after(edge, tcp->next) ? edge - tcp->next : 0;
}

/* RFC 9293, section 3.8.6.2.1; what Nagle's rule asks for is in brackets
 * there. */
static bool
is_worth_sending(const struct tcp *tcp, uint32_t len)
{
	bool waits = tcp->settings.nagle && tcp->sent.count > 0;

	return len >= tcp->mss || (!waits && (len == unsent(tcp) ||
	    len >= tcp->window_max / 2));
}

/*
 * What goes into the next segment; false: it waits.
 *
 * The byte of a probe that is still unanswered goes alone, with PSH: the probe
 * may arrive behind the ACK that opens the window, where tshark takes it for
 * data, and a segment that begins with a byte seen before for a gap.
 */
static bool
next_segment(const struct tcp *tcp, uint32_t *len, bool *fin)
{
	uint32_t usable = usable_window(tcp);

	*len = unsent(tcp);
	if (*len > tcp->mss)
		*len = tcp->mss;
	if (*len > usable)
		*len = usable;
	*fin = tcp->fin_wanted && !tcp->fin_sent && *len == unsent(tcp) &&
	    usable > *len;
	if (tcp->probe_sent && *len > 0) {
		*len = 1;
		*fin = false;
		return true;
	}
	return *fin || (*len > 0 && is_worth_sending(tcp, *len));
}

static void
send_news(struct tcp *tcp)
{
	uint32_t pipe = tcp_congestion_pipe(tcp), len;
	bool fin;

	if (tcp->sent.count == 0)
		tcp_congestion_idle(tcp);
	while (tcp_has_news(tcp) && next_segment(tcp, &len, &fin) &&
	    tcp_congestion_allows(tcp, pipe, len)) {
		if (send_new(tcp, len, fin) == -1)
			return;
		pipe += len + fin;
	}
}

void
tcp_send_little(struct tcp *tcp)
{
	uint32_t len;
	bool fin;

	(void)next_segment(tcp, &len, &fin);
	if (len == 0 && !fin)
		tcp_send_probe(tcp);
	else
		(void)send_new(tcp, len, fin);
}

void
tcp_send_due(struct tcp *tcp)
{
	if (!tcp_is_synchronized(tcp) || tcp->state == TCP_TIME_WAIT)
		return;
	send_lost(tcp);
	send_news(tcp);
	tcp_timers_arrange(tcp);
}
