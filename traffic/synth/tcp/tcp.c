#include "traffic/synth/tcp/tcp.h"

#include <stdlib.h>
#include <string.h>

#include "traffic/synth/tcp/tcp_internal.h"
#include "traffic/synth/tcp/tcp_sequence.h"

/* Of the MSS: room for options and some data. */
enum { MSS_MIN = 88 };

/* Half of the numbers, that of a FIN and a window left free. */
enum { UNACKNOWLEDGED_MAX = 1 << 30 };

/* Three times the longest RTO: a peer that still tries is heard of by then. */
#define TIME_WAIT_NS (60 * TCP_SECOND_NS)	/* twice the MSL of 30 s */

struct tcp *
tcp_new(const struct tcp_settings *settings, uint32_t mss, uint32_t isn,
    uint32_t times, const struct tcp_calls *calls, void *owner)
{
	struct tcp *tcp = calloc(1, sizeof(*tcp));

	if (tcp == NULL)
		return NULL;
	tcp->settings = *settings;
	tcp->calls = *calls;
	tcp->owner = owner;
	tcp->link_mss = settings->mss != 0 && settings->mss < mss ?
	    settings->mss : mss;
	if (tcp->link_mss < MSS_MIN)
		tcp->link_mss = MSS_MIN;
	tcp->isn = settings->isn_set ? settings->isn : isn;
	tcp->una = tcp->next = tcp->isn;
	tcp->written = tcp->isn + 1;
	tcp->scale = tcp_scale_for(settings->receive_buffer);
	tcp->times_offset = times;
	tcp->rto_ns = TCP_SECOND_NS;
	tcp->asked_ns = TCP_NEVER;
	tcp->challenged_ns = TCP_NEVER;
	for (int i = 0; i < TCP_TIMERS; i++)
		tcp->timers[i] = TCP_NEVER;
	tcp->counts.isn = tcp->isn;
	return tcp;
}

static void
release(struct tcp *tcp)
{
	tcp_stream_reset(&tcp->out);
	tcp_sent_reset(&tcp->sent);
	tcp_ranges_reset(&tcp->ranges);
}

void
tcp_free(struct tcp *tcp)
{
	if (tcp == NULL)
		return;
	release(tcp);
	tcp_stream_reset(&tcp->in);
	free(tcp);
}

bool
tcp_is_synchronized(const struct tcp *tcp)
{
	return tcp->state >= TCP_ESTABLISHED;
}

/* Bytes that were read in may still be read. */
void
tcp_end(struct tcp *tcp, enum tcp_end why)
{
	if (tcp->state == TCP_CLOSED)
		return;
	tcp->state = TCP_CLOSED;
	tcp->end = why;
	tcp->tell_ended = true;
	tcp->ack_now = false;
	for (int i = 0; i < TCP_TIMERS; i++)
		tcp->timers[i] = TCP_NEVER;
	release(tcp);
}

void
tcp_wait(struct tcp *tcp, enum tcp_state state)
{
	tcp->state = state;
	tcp_timer_stop(tcp, TCP_TIMER_KEEPALIVE);
	if (state == TCP_TIME_WAIT)
		release(tcp);
	tcp_timer_set(tcp, TCP_TIMER_WAIT,
	    state == TCP_TIME_WAIT ? TIME_WAIT_NS :
	    tcp->settings.fin_wait_ns);
}

static void
ask_for_timer(struct tcp *tcp)
{
	int64_t first = TCP_NEVER;

	for (int i = 0; i < TCP_TIMERS; i++)
		if (tcp->timers[i] < first)
			first = tcp->timers[i];
	if (first == tcp->asked_ns)
		return;
	tcp->asked_ns = first;
	tcp->calls.timer(tcp->owner, first);
}

static void
tell(struct tcp *tcp, bool *what, void (*call)(void *owner))
{
	if (*what)
		call(tcp->owner);
	*what = false;
}

void
tcp_settle(struct tcp *tcp)
{
	tcp_send_due(tcp);
	if (tcp->ack_now && tcp_is_synchronized(tcp))
		tcp_send_ack(tcp);
	tcp->ack_now = false;
	ask_for_timer(tcp);
	tell(tcp, &tcp->tell_established, tcp->calls.established);
	tell(tcp, &tcp->tell_readable, tcp->calls.readable);
	tell(tcp, &tcp->tell_writable, tcp->calls.writable);
	if (tcp->tell_ended) {
		tcp->tell_ended = false;
		tcp->calls.ended(tcp->owner, tcp->end);
	}
}

void
tcp_connect(struct tcp *tcp, int64_t now_ns)
{
	if (tcp->started)
		return;
	tcp->started = true;
	tcp->now_ns = now_ns;
	tcp->state = TCP_SYN_SENT;
	tcp_send_syn(tcp, TCP_WHY_NEW);
	tcp_settle(tcp);
}

void
tcp_listen(struct tcp *tcp, int64_t now_ns)
{
	tcp->now_ns = now_ns;
	if (!tcp->started)
		tcp->state = TCP_LISTEN;
	tcp->started = true;
}

void
tcp_tick(struct tcp *tcp, int64_t now_ns)
{
	tcp->now_ns = now_ns;
	/* The owner has forgotten the time it was asked for. */
	tcp->asked_ns = TCP_NEVER;
	tcp_timers_run(tcp);
	tcp_settle(tcp);
}

int
tcp_write(struct tcp *tcp, const void *data, size_t len, int64_t now_ns)
{
	bool is_over = tcp->started && tcp->state == TCP_CLOSED;
	size_t waiting = tcp_unacknowledged(tcp);

	tcp->now_ns = now_ns;
	if (tcp->fin_wanted || is_over)
		return 0;
	if (len > UNACKNOWLEDGED_MAX - waiting ||
	    tcp_stream_put(&tcp->out, waiting, data, len) == -1)
		return -1;
	tcp->written += (uint32_t)len;
	tcp_settle(tcp);
	return 0;
}

size_t
tcp_unacknowledged(const struct tcp *tcp)
{
	uint32_t first = tcp_first_byte(tcp);

	/* The FIN has a number behind the last byte. */
	return tcp_after(tcp->written, first) ? tcp->written - first : 0;
}

bool
tcp_is_at_end(const struct tcp *tcp)
{
	return tcp->peer_fin && tcp->read + 1 == tcp->received;
}

size_t
tcp_read(struct tcp *tcp, void *out, size_t room, int64_t now_ns)
{
	size_t len = tcp->received - tcp->peer_fin - tcp->read, left;

	tcp->now_ns = now_ns;
	if (len == 0 || room == 0)
		return 0;
	if (len > room)
		len = room;
	memcpy(out, tcp_stream_at(&tcp->in, 0), len);
	tcp->read += (uint32_t)len;
	left = tcp->received - tcp->peer_fin - tcp->read + tcp->ranges.count;
	tcp_stream_drop(&tcp->in, len, left);
	/* Many an end waits long after that. */
	if (tcp_is_at_end(tcp))
		tcp_stream_reset(&tcp->in);
	tcp_window_changed(tcp);
	tcp_settle(tcp);
	return len;
}

bool
tcp_is_in_time_wait(const struct tcp *tcp)
{
	return tcp->state == TCP_TIME_WAIT;
}

void
tcp_shutdown(struct tcp *tcp, int64_t now_ns)
{
	tcp->now_ns = now_ns;
	tcp->fin_wanted = true;
	tcp_settle(tcp);
}

void
tcp_abort(struct tcp *tcp, int64_t now_ns)
{
	tcp->now_ns = now_ns;
	if (tcp_is_synchronized(tcp) ? tcp->state != TCP_TIME_WAIT :
	    tcp->state == TCP_SYN_RECEIVED)
		tcp_send_reset(tcp, tcp->next, true);
	tcp_end(tcp, TCP_END_ABORTED);
	tcp_settle(tcp);
}

void
tcp_counts(const struct tcp *tcp, struct tcp_counts *out)
{
	*out = tcp->counts;
}
