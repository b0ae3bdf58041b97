/*
 * Round trips, and what happens when nothing does (RFC 6298; RFC 9293, sections
 * 3.8.3, 3.8.4 and 3.8.6.1).
 */
#include "traffic/synth/tcp/tcp_internal.h"
#include "traffic/synth/tcp/tcp_sequence.h"

#define RTO_MOST_NS (60 * TCP_SECOND_NS)
#define CLOCK_GRAIN_NS TCP_MS_NS
#define KEEPALIVE_NS (75 * TCP_SECOND_NS)
enum { KEEPALIVES = 9 };

static int64_t
between(int64_t least, int64_t value, int64_t most)
{
	return value < least ? least : value > most ? most : value;
}

void
tcp_rtt_sample(struct tcp *tcp, int64_t rtt_ns)
{
	int64_t grain;

	if (tcp->srtt_ns == 0) {
		tcp->srtt_ns = rtt_ns;
		tcp->rttvar_ns = rtt_ns / 2;
	} else {
		int64_t error = tcp->srtt_ns - rtt_ns;

		tcp->rttvar_ns += ((error < 0 ? -error : error) -
		    tcp->rttvar_ns) / 4;
		tcp->srtt_ns += (rtt_ns - tcp->srtt_ns) / 8;
	}
	grain = 4 * tcp->rttvar_ns;
	if (grain < CLOCK_GRAIN_NS)
		grain = CLOCK_GRAIN_NS;
	tcp->rto_ns = between(tcp->settings.rto_min_ns, tcp->srtt_ns + grain,
	    RTO_MOST_NS);
}

int64_t
tcp_rto(const struct tcp *tcp, unsigned tries)
{
	int64_t rto_ns = tcp->rto_ns;

	while (tries-- > 0 && rto_ns < RTO_MOST_NS)
		rto_ns *= 2;
	return rto_ns < RTO_MOST_NS ? rto_ns : RTO_MOST_NS;
}

void
tcp_timer_set(struct tcp *tcp, enum tcp_timer timer, int64_t after_ns)
{
	if (__builtin_add_overflow(tcp->now_ns, after_ns,
	    &tcp->timers[timer]))
		tcp->timers[timer] = TCP_NEVER;
}

void
tcp_timer_stop(struct tcp *tcp, enum tcp_timer timer)
{
	tcp->timers[timer] = TCP_NEVER;
}

void
tcp_timers_arrange(struct tcp *tcp)
{
	if (tcp->sent.count > 0) {
		tcp_timer_stop(tcp, TCP_TIMER_PERSIST);
		tcp->probes = 0;
		if (tcp->timers[TCP_TIMER_RESEND] == TCP_NEVER)
			tcp_timer_set(tcp, TCP_TIMER_RESEND,
			    tcp_rto(tcp, tcp->tries));
		return;
	}
	tcp_timer_stop(tcp, TCP_TIMER_RESEND);
	if (!tcp_is_synchronized(tcp) || !tcp_has_news(tcp)) {
		tcp_timer_stop(tcp, TCP_TIMER_PERSIST);
		tcp->probes = 0;
	} else if (tcp->timers[TCP_TIMER_PERSIST] == TCP_NEVER) {
		tcp_timer_set(tcp, TCP_TIMER_PERSIST,
		    tcp_rto(tcp, tcp->probes));
	}
}

static void
resend_syn(struct tcp *tcp)
{
	if (++tcp->tries > tcp->settings.syn_retries) {
		tcp_end(tcp, TCP_END_TIMED_OUT);
		return;
	}
	tcp_send_syn(tcp, TCP_WHY_TIMEOUT);
}

static void
resend(struct tcp *tcp)
{
	if (!tcp_is_synchronized(tcp)) {
		resend_syn(tcp);
	} else if (++tcp->tries > tcp->settings.retries) {
		tcp_end(tcp, TCP_END_TIMED_OUT);
	} else {
		tcp_congestion_timeout(tcp);
	}
}

/* A peer that answers may keep its window closed as long as it likes (RFC 9293,
 * section 3.8.6.1). */
static void
persist(struct tcp *tcp)
{
	if (++tcp->unanswered > tcp->settings.retries) {
		tcp_end(tcp, TCP_END_TIMED_OUT);
		return;
	}
	tcp->probes++;
	tcp_send_little(tcp);
}

static void
keep_alive(struct tcp *tcp)
{
	if (tcp->sent.count == 0) {
		if (tcp->keepalives == KEEPALIVES) {
			tcp_end(tcp, TCP_END_TIMED_OUT);
			return;
		}
		tcp->keepalives++;
		tcp_send_keepalive(tcp, TCP_WHY_KEEPALIVE);
	}
	tcp_timer_set(tcp, TCP_TIMER_KEEPALIVE, KEEPALIVE_NS);
}

static void
acknowledge(struct tcp *tcp)
{
	tcp->ack_now = true;
}

static void
stop_waiting(struct tcp *tcp)
{
	tcp_end(tcp, tcp->state == TCP_TIME_WAIT ? TCP_END_CLOSED :
	    TCP_END_TIMED_OUT);
}

void
tcp_timers_run(struct tcp *tcp)
{
	static void (*const due[TCP_TIMERS])(struct tcp *tcp) = {
		[TCP_TIMER_RESEND] = resend,
		[TCP_TIMER_PERSIST] = persist,
		[TCP_TIMER_ACK] = acknowledge,
		[TCP_TIMER_KEEPALIVE] = keep_alive,
		[TCP_TIMER_WAIT] = stop_waiting,
	};

	for (int i = 0; i < TCP_TIMERS; i++) {
		if (tcp->timers[i] > tcp->now_ns)
			continue;
		tcp->timers[i] = TCP_NEVER;
		due[i](tcp);
	}
}
