/*
 * How much may be on its way: slow start, congestion avoidance, fast retransmit
 * and fast recovery (RFC 5681, 6582 and 6675), with appropriate byte counting
 * (RFC 3465, L = 2, and 1 after a timeout) and limited transmit (RFC 3042).
 *
 * The third duplicate ACK begins fast recovery, or with SACK what it says to be
 * lost.  RFC 6675's rules 3 and 4 of NextSeg(), which send what may well have
 * arrived, are left out: a lost tail is sent again by the timer.
 */
#include "traffic/synth/tcp/tcp_internal.h"
#include "traffic/synth/tcp/tcp_sequence.h"

enum { WINDOW_MOST = 1 << 30 };

static uint32_t
larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* RFC 5681, section 3.1: one segment where the SYN was sent again. */
static uint32_t
initial_window(const struct tcp *tcp)
{
	uint64_t segments = tcp->settings.initial_window;
	uint64_t bytes = (segments == 0 ? 1 : segments) * tcp->mss;

	return bytes > WINDOW_MOST ? WINDOW_MOST : (uint32_t)bytes;
}

void
tcp_congestion_start(struct tcp *tcp)
{
	struct tcp_congestion *c = &tcp->congestion;

	c->threshold = WINDOW_MOST;
	c->window = tcp->counts.sent_again_timeout > 0 ? tcp->mss :
	    initial_window(tcp);
}

/* RFC 5681, section 4.1. */
void
tcp_congestion_idle(struct tcp *tcp)
{
	struct tcp_congestion *c = &tcp->congestion;

	if (tcp->counts.payload_sent > 0 &&
	    tcp->now_ns - tcp->last_data_ns > tcp->rto_ns)
		c->window = tcp_smaller(c->window, initial_window(tcp));
}

uint32_t
tcp_congestion_pipe(const struct tcp *tcp)
{
	uint32_t pipe = tcp_sent_pipe(&tcp->sent);

	return pipe > tcp->congestion.credit ?
	    pipe - tcp->congestion.credit : 0;
}

bool
tcp_congestion_allows(const struct tcp *tcp, uint32_t pipe, uint32_t len)
{
	return (uint64_t)pipe + len <= tcp->congestion.window;
}

/* Half of what is on its way, without what limited transmit has sent. */
static void
halve(struct tcp *tcp)
{
	struct tcp_congestion *c = &tcp->congestion;
	uint32_t flight = tcp->next - tcp->una;

	flight -= tcp_smaller(flight, c->limited);
	c->threshold = larger(flight / 2, 2 * tcp->mss);
}

static void
grow(struct tcp *tcp, uint32_t acked, uint32_t flight)
{
	struct tcp_congestion *c = &tcp->congestion;

	/* A window that is not used says nothing of the path. */
	if (flight < c->window / 2)
		return;
	if (c->window < c->threshold) {
		c->window += tcp_smaller(acked,
		    c->timed_out ? tcp->mss : 2 * tcp->mss);
	} else {
		c->timed_out = false;
		c->acked += acked;
		if (c->acked >= c->window) {
			c->acked -= c->window;
			c->window += tcp->mss;
		}
	}
	c->window = tcp_smaller(c->window, WINDOW_MOST);
}

static void
lose_first(struct tcp *tcp)
{
	struct tcp_sent *first;

	if (tcp->sent.count == 0)
		return;
	first = tcp_sent_at(&tcp->sent, 0);
	if (first->sacked)
		return;
	first->lost = true;
	first->again = false;
	tcp->congestion.force = true;
}

/* An ACK of some of what was sent before the loss was noticed: the next hole
 * begins there (RFC 6582, section 3.2).  SACK says itself where holes are; what
 * it does not, may only have been overtaken. */
static void
go_on_recovering(struct tcp *tcp, uint32_t acked)
{
	struct tcp_congestion *c = &tcp->congestion;

	if (tcp->sack)
		return;
	if (acked > tcp->mss)
		c->credit -= tcp_smaller(c->credit, acked - tcp->mss);
	lose_first(tcp);
}

static void
stop_recovering(struct tcp *tcp)
{
	struct tcp_congestion *c = &tcp->congestion;
	uint32_t flight = tcp->next - tcp->una;

	if (c->phase == TCP_PHASE_FAST)
		c->window = tcp->sack ? c->threshold : tcp_smaller(c->threshold,
		    larger(flight, tcp->mss) + tcp->mss);
	c->phase = TCP_PHASE_OPEN;
	c->credit = 0;
	c->acked = 0;
	c->force = false;
}

void
tcp_congestion_acked(struct tcp *tcp, uint32_t acked, uint32_t flight)
{
	struct tcp_congestion *c = &tcp->congestion;
	bool past = !tcp_before(tcp->una, c->recover);

	c->duplicates = 0;
	c->limited = 0;
	if (c->phase != TCP_PHASE_FAST) {
		c->credit = 0;
		grow(tcp, acked, flight);
	} else if (!past) {
		go_on_recovering(tcp, acked);
	}
	if (c->phase != TCP_PHASE_OPEN && past)
		stop_recovering(tcp);
	if (tcp_after(tcp->una, c->recover))
		c->has_recover = false;
}

static void
begin_recovering(struct tcp *tcp)
{
	struct tcp_congestion *c = &tcp->congestion;

	halve(tcp);
	c->window = c->threshold;
	c->phase = TCP_PHASE_FAST;
	c->recover = tcp->next;
	c->has_recover = true;
	c->why = TCP_WHY_FAST;
	c->limited = 0;
	lose_first(tcp);
}

/* Without SACK, duplicates may come of what was sent again in vain (RFC 6582,
 * section 3.2, step 1). */
static bool
may_begin(const struct tcp *tcp)
{
	const struct tcp_congestion *c = &tcp->congestion;

	return !c->has_recover || (tcp->sack && tcp->una == c->recover);
}

void
tcp_congestion_sacked(struct tcp *tcp)
{
	if (tcp_sent_mark_lost(&tcp->sent, tcp->mss) &&
	    tcp->congestion.phase == TCP_PHASE_OPEN && may_begin(tcp))
		begin_recovering(tcp);
}

void
tcp_congestion_duplicate(struct tcp *tcp)
{
	struct tcp_congestion *c = &tcp->congestion;

	c->duplicates++;
	tcp->counts.duplicate_acks++;
	if (c->phase == TCP_PHASE_TIMEOUT)
		return;
	if (!tcp->sack && (c->phase == TCP_PHASE_FAST || may_begin(tcp)))
		c->credit += tcp->mss;
	if (tcp->sack)
		tcp_congestion_sacked(tcp);
	if (c->phase == TCP_PHASE_OPEN && may_begin(tcp) &&
	    c->duplicates >= TCP_DUPLICATE_THRESHOLD)
		begin_recovering(tcp);
}

void
tcp_congestion_timeout(struct tcp *tcp)
{
	struct tcp_congestion *c = &tcp->congestion;

	/* Only the first of several in a row. */
	if (tcp->tries == 1)
		halve(tcp);
	c->window = tcp->mss;
	c->phase = TCP_PHASE_TIMEOUT;
	c->recover = tcp->next;
	c->has_recover = true;
	c->timed_out = true;
	c->duplicates = 0;
	c->credit = c->limited = c->acked = 0;
	c->force = true;
	c->why = TCP_WHY_TIMEOUT;
	tcp_sent_lose_all(&tcp->sent);
}
