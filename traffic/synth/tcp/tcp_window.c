/*
 * The window that is offered to the peer, so that it sends neither more than
 * there is room for nor in small pieces (RFC 9293, section 3.8.6.2.2).
 */
#include "traffic/synth/tcp/tcp_internal.h"
#include "traffic/synth/tcp/tcp_sequence.h"

/* What was offered and is not used yet. */
static uint32_t
offered(const struct tcp *tcp)
{
	return tcp_after(tcp->edge, tcp->received) ?
	    tcp->edge - tcp->received : 0;
}

/* Room for bytes from the next one on. */
static uint32_t
room(const struct tcp *tcp)
{
	uint32_t used = tcp->received - tcp->peer_fin - tcp->read;

	return used < tcp->settings.receive_buffer ?
	    tcp->settings.receive_buffer - used : 0;
}

/* The edge moves by a good piece or not at all. */
static uint32_t
piece(const struct tcp *tcp)
{
	uint32_t half = tcp->settings.receive_buffer / 2;

	return tcp_smaller(half == 0 ? 1 : half, tcp->link_mss);
}

/* In units of the scale, the edge would go back a little with each segment;
 * so it is rounded up, but never by more than one unit beyond the buffer. */
static uint32_t
rounded(const struct tcp *tcp, uint32_t window)
{
	uint32_t unit = UINT32_C(1) << tcp->scale;
	uint32_t up = (window + unit - 1) & ~(unit - 1);

	return up <= room(tcp) + unit - 1 ? up : window & ~(unit - 1);
}

static uint32_t
best_window(const struct tcp *tcp)
{
	uint32_t now = offered(tcp), can = room(tcp);
	uint32_t best = can >= now && can - now >= piece(tcp) ? can : now;

	return rounded(tcp, tcp_smaller(best,
	    (uint32_t)TCP_UNSCALED_MOST << tcp->scale));
}

uint32_t
tcp_window_offer(struct tcp *tcp)
{
	uint32_t window = best_window(tcp);
	uint32_t edge = tcp->received + window;

	if (window > 0 && offered(tcp) == 0)
		tcp->reopened = true;
	if (tcp_after(edge, tcp->edge))
		tcp->edge = edge;
	return window;
}

/* As soon as the window is at least twice what the peer knows of, and that was
 * little: a program that keeps pace needs no more than the usual ACKs. */
void
tcp_window_changed(struct tcp *tcp)
{
	uint32_t now = offered(tcp), best;

	if (!tcp_is_synchronized(tcp) || tcp->peer_fin ||
	    now > tcp->settings.receive_buffer / 2)
		return;
	best = best_window(tcp);
	if (best > now && best - now >= now)
		tcp->ack_now = true;
}
