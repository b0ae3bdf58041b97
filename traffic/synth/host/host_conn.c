#include "traffic/synth/host/host_conn.h"

#include <stdlib.h>

#define FNV_BASIS	UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME	UINT64_C(0x100000001b3)

enum { ISN_NS = 4096 };		/* one more every 4 us */

/* What the truth calls a segment. */
static enum sim_cause
cause_of(const struct tcp_segment *s)
{
	static const enum sim_cause again[] = {
		[TCP_WHY_TIMEOUT] = SIM_CAUSE_TIMEOUT,
		[TCP_WHY_FAST] = SIM_CAUSE_FAST,
		[TCP_WHY_RECOVERY] = SIM_CAUSE_RECOVERY,
		[TCP_WHY_WINDOW_PROBE] = SIM_CAUSE_WINDOW_PROBE,
		[TCP_WHY_KEEPALIVE] = SIM_CAUSE_KEEPALIVE,
	};

	if (s->why != TCP_WHY_NEW)
		return again[s->why];
	if ((s->flags & TCP_RST) != 0)
		return SIM_CAUSE_RESET;
	if ((s->flags & TCP_SYN) != 0)
		return SIM_CAUSE_SYN;
	if (s->len > 0)
		return SIM_CAUSE_DATA;
	return (s->flags & TCP_FIN) != 0 ? SIM_CAUSE_FIN : SIM_CAUSE_ACK;
}

static void
on_output(void *owner, const struct tcp_segment *segment)
{
	struct conn *conn = owner;
	struct sim_packet *packet;

	if (conn->is_mute)
		return;
	packet = host_packet(conn->host, SIM_TCP, &conn->peer.address,
	    segment->payload, segment->len);
	if (packet == NULL)
		return;
	packet->segment = *segment;
	packet->segment.payload = packet->data;
	packet->source_port = conn->own.port;
	packet->destination_port = conn->peer.port;
	packet->dont_fragment = conn->peer.address.version == 4;
	packet->cause = cause_of(segment);
	packet->connection = conn->number;
	packet->label = conn->label;
	if ((segment->flags & TCP_FIN) != 0) {
		conn->has_fin = true;
		conn->fin_end = segment->seq + (uint32_t)segment->len + 1;
	}
	host_ip_send(conn->host, packet);
}

static void set_timer(struct conn *conn);

static void
on_time(void *owner, uint64_t token)
{
	struct conn *conn = owner;
	int64_t now_ns = clock_now_ns(conn->host->clock);

	(void)token;
	conn->timer = 0;
	if (now_ns < conn->tick_ns) {
		set_timer(conn);
		return;
	}
	conn->tick_ns = INT64_MAX;
	tcp_tick(conn->tcp, now_ns);
}

static void
set_timer(struct conn *conn)
{
	conn->timer_ns = conn->tick_ns;
	conn->timer = clock_at(conn->host->clock, conn->timer_ns, on_time,
	    conn, 0);
}

/* A time that moves on with each segment is looked at when the old one comes:
 * far fewer events than setting each anew. */
static void
on_timer(void *owner, int64_t at_ns)
{
	struct conn *conn = owner;

	conn->tick_ns = at_ns;
	if (conn->timer != 0 && conn->timer_ns <= at_ns && at_ns != INT64_MAX)
		return;
	clock_cancel(conn->host->clock, conn->timer);
	conn->timer = 0;
	if (at_ns != INT64_MAX)
		set_timer(conn);
}

static void
on_established(void *owner)
{
	struct conn *conn = owner;

	conn->is_established = true;
	conn->tell_connected = conn->is_client;
	conn_wake(conn);
}

static void
on_readable(void *owner)
{
	conn_wake(owner);
}

static void
on_writable(void *owner)
{
	struct conn *conn = owner;

	conn->tell_drained = true;
	conn_wake(conn);
}

static void
report(const struct conn *conn, bool is_over, enum tcp_end why)
{
	struct tcp_counts counts;
	int64_t at_ns = conn->is_closed ? conn->closed_ns :
	    clock_now_ns(conn->host->clock);

	if (conn->number == 0)
		return;
	tcp_counts(conn->tcp, &counts);
	truth_end_report(conn->host->truth, conn->number, conn->is_client,
	    &counts, is_over, why, at_ns);
}

static void
on_ended(void *owner, enum tcp_end why)
{
	struct conn *conn = owner;

	conn->is_over = true;
	if (!conn->why_is_known)
		conn->why = why;
	report(conn, true, conn->why);
	conns_hide(conn);
	conn_leave_listener(conn);
	conn_wake(conn);
}

static const struct tcp_calls tcp_calls = {
	.output = on_output,
	.timer = on_timer,
	.established = on_established,
	.readable = on_readable,
	.writable = on_writable,
	.ended = on_ended,
};

/* By the ends and the seed, so that what is counted by a clock from there goes
 * on where the same ports are used again: ISNs (RFC 6528), time stamps (RFC
 * 6191). */
static void
draw_beginnings(const struct host *host, const struct endpoint *own,
    const struct endpoint *peer, uint32_t *isn, uint32_t *times)
{
	const struct endpoint *const ends[2] = { own, peer };
	uint64_t hash = FNV_BASIS;
	struct random random;

	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; k < sizeof(own->address.bytes); k++)
			hash = (hash ^ ends[i]->address.bytes[k]) * FNV_PRIME;
		hash = (hash ^ ends[i]->port) * FNV_PRIME;
	}
	random_init(&random, host->seed, "isn", hash);
	*isn = (uint32_t)random_next(&random) +
	    (uint32_t)(clock_now_ns(host->clock) / ISN_NS);
	*times = (uint32_t)random_next(&random);
}

static struct tcp *
new_tcp(struct conn *conn)
{
	struct host *host = conn->host;
	uint32_t headers = TCP_HEADER +
	    (conn->peer.address.version == 6 ? IP6_HEADER : IP4_HEADER);
	uint32_t mss = host_mtu_to(host, &conn->peer.address) - headers;
	uint32_t isn, times;

	draw_beginnings(host, &conn->own, &conn->peer, &isn, &times);
	return tcp_new(&host->self->tcp, mss, isn, times, &tcp_calls, conn);
}

struct conn *
conn_new(struct host *host, const struct endpoint *own,
    const struct endpoint *peer, bool is_client)
{
	struct conn *conn = calloc(1, sizeof(*conn));

	if (conn == NULL)
		return NULL;
	conn->host = host;
	conn->own = *own;
	conn->peer = *peer;
	conn->is_client = is_client;
	conn->tick_ns = INT64_MAX;
	conn->tcp = new_tcp(conn);
	if (host->read == NULL)
		host->read = malloc(SIDE_READ_MAX);
	if (conn->tcp == NULL || host->read == NULL) {
		tcp_free(conn->tcp);
		free(conn);
		return NULL;
	}
	return conn;
}

void
conn_free(struct conn *conn)
{
	if (!conn->is_over)
		report(conn, conn->is_closed, TCP_END_CLOSED);
	conn_leave_listener(conn);
	conns_remove(conn);
	clock_cancel(conn->host->clock, conn->timer);
	clock_cancel(conn->host->clock, conn->delivery);
	tcp_free(conn->tcp);
	free(conn);
}

uint32_t
conn_isn(const struct conn *conn)
{
	struct tcp_counts counts;

	tcp_counts(conn->tcp, &counts);
	return counts.isn;
}

void
conn_look_for_close(struct conn *conn)
{
	if (conn->is_closed || conn->is_over || !conn->fin_is_acked ||
	    !tcp_is_at_end(conn->tcp))
		return;
	conn->is_closed = true;
	conn->closed_ns = clock_now_ns(conn->host->clock);
	conn->why = TCP_END_CLOSED;
	conn->why_is_known = true;
	conn_wake(conn);
}

void
conn_input(struct conn *conn, const struct sim_packet *packet)
{
	const struct tcp_segment *s = &packet->segment;
	uint32_t end = s->seq + (uint32_t)s->len;

	if ((s->flags & TCP_ACK) != 0 && conn->has_fin &&
	    s->ack == conn->fin_end)
		conn->fin_is_acked = true;
	if (!conn->is_established || (int32_t)(end - conn->peer_newest) > 0)
		conn->peer_newest = end;
	if (s->has_times)
		conn->peer_newest_time = s->ts_value;
	tcp_input(conn->tcp, s, clock_now_ns(conn->host->clock));
	conn_look_for_close(conn);
}

void
conn_end(struct conn *conn, enum tcp_end why)
{
	if (conn->is_over)
		return;
	conn->why = why;
	conn->why_is_known = true;
	conn->is_mute = true;
	tcp_abort(conn->tcp, clock_now_ns(conn->host->clock));
}
