/*
 * Who a TCP segment is for: a connection, a raw port, a listener, or nobody.
 */
#include "traffic/synth/host/host_conn.h"

#include <stdlib.h>

enum { BACKLOG = 128 };		/* that wait to be accepted */

struct listener {
	struct listener *next;
	uint16_t port;
	const struct listener_calls *calls;
	void *owner;
	size_t waiting;
};

static struct listener *
listener_find(const struct host *host, uint16_t port)
{
	struct listener *l = host->listeners;

	while (l != NULL && l->port != port)
		l = l->next;
	return l;
}

bool
host_listens(const struct host *host, uint16_t port)
{
	return listener_find(host, port) != NULL;
}

int
host_listen(struct host *host, uint16_t port,
    const struct listener_calls *calls, void *owner, struct errbuf *err)
{
	struct listener *l;

	if (host_listens(host, port)) {
		errbuf_set(err, "%s: TCP port %u is taken", host->self->name,
		    port);
		return -1;
	}
	l = malloc(sizeof(*l));
	if (l == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	*l = (struct listener){ host->listeners, port, calls, owner, 0 };
	host->listeners = l;
	return 0;
}

/* Those that it did not accept are reset. */
static void
forget_listener(struct host *host, struct listener *listener)
{
	struct listener **at = &host->listeners;

	for (struct conn *c = host->first_conn; c != NULL; c = c->after)
		if (c->listener == listener) {
			conn_leave_listener(c);
			conn_abort(c);
		}
	while (*at != listener)
		at = &(*at)->next;
	*at = listener->next;
	free(listener);
}

void
host_unlisten(struct host *host, uint16_t port)
{
	struct listener *l = listener_find(host, port);

	if (l != NULL)
		forget_listener(host, l);
}

void
host_listeners_free(struct host *host)
{
	while (host->listeners != NULL)
		forget_listener(host, host->listeners);
}

int
conn_accept(struct conn *conn)
{
	const struct listener *l = conn->listener;
	const struct conn_calls *calls = NULL;
	void *app = NULL;

	conn_leave_listener(conn);
	if (l->calls->accepted(l->owner, conn, &app, &calls) != 0)
		return -1;
	conn->app = app;
	conn->calls = calls;
	return 0;
}

void
conn_leave_listener(struct conn *conn)
{
	if (conn->listener != NULL)
		conn->listener->waiting--;
	conn->listener = NULL;
}

static void
begin(struct host *host, struct listener *listener,
    const struct sim_packet *syn)
{
	const struct endpoint own = {
		syn->destination, syn->destination_port,
	};
	const struct endpoint peer = { syn->source, syn->source_port };
	struct conn *conn;

	if (listener->waiting >= BACKLOG)
		return;
	conn = conn_new(host, &own, &peer, false);
	if (conn == NULL) {
		host_no_memory(host);
		return;
	}
	conn->listener = listener;
	listener->waiting++;
	conn->number = syn->connection;
	conn->label = syn->label;
	conns_add(conn);
	tcp_listen(conn->tcp, clock_now_ns(host->clock));
	conn_input(conn, syn);
}

static bool
is_first_syn(const struct sim_packet *packet)
{
	return (packet->segment.flags &
	    (TCP_SYN | TCP_ACK | TCP_FIN | TCP_RST)) == TCP_SYN;
}

/* In TIME_WAIT the same ports may begin anew (RFC 1122, 4.2.2.13, and 6191),
 * unless this is only a late copy of the old SYN. */
static bool
begins_anew(const struct conn *conn, const struct sim_packet *packet)
{
	const struct tcp_segment *s = &packet->segment;

	if (!conn->is_closed || !is_first_syn(packet) ||
	    !host_listens(conn->host, conn->own.port))
		return false;
	return (int32_t)(s->seq - conn->peer_newest) > 0 || (s->has_times &&
	    (int32_t)(s->ts_value - conn->peer_newest_time) > 0);
}

/* RFC 9293, 3.10.7.1. */
static void
reset(struct host *host, const struct sim_packet *about)
{
	const struct tcp_segment *s = &about->segment;
	struct sim_packet *packet;

	if ((s->flags & TCP_RST) != 0)
		return;
	packet = host_packet(host, SIM_TCP, &about->source, NULL, 0);
	if (packet == NULL)
		return;
	packet->source_port = about->destination_port;
	packet->destination_port = about->source_port;
	packet->dont_fragment = about->source.version == 4;
	packet->cause = SIM_CAUSE_RESET;
	packet->connection = about->connection;
	packet->label = about->label;
	packet->segment.flags = TCP_RST;
	if ((s->flags & TCP_ACK) != 0) {
		packet->segment.seq = s->ack;
	} else {
		packet->segment.flags |= TCP_ACK;
		packet->segment.ack = s->seq + (uint32_t)about->len +
		    ((s->flags & TCP_SYN) != 0) + ((s->flags & TCP_FIN) != 0);
	}
	host_ip_send(host, packet);
}

void
host_tcp(struct host *host, struct sim_packet *packet)
{
	const struct endpoint peer = { packet->source, packet->source_port };
	uint16_t port = packet->destination_port;
	struct conn *conn = conns_find(host, port, &peer);
	struct listener *listener = listener_find(host, port);

	if (conn != NULL && !begins_anew(conn, packet)) {
		conn_input(conn, packet);
		return;
	}
	if (conn != NULL)
		conn_end(conn, TCP_END_CLOSED);
	if (host_raw_find(host, port) != NULL)
		host_tell(host, packet);
	else if (listener != NULL && is_first_syn(packet))
		begin(host, listener, packet);
	else
		reset(host, packet);
}

void
host_conn_unreachable(struct host *host, uint16_t own_port,
    const struct endpoint *peer, enum tcp_end why)
{
	struct conn *conn = conns_find(host, own_port, peer);

	if (conn != NULL && !conn->is_established)
		conn_end(conn, why);
}

/* The peer, with which the port is not in use. */
static bool
is_free(struct host *host, uint16_t port, const void *context)
{
	return !host_listens(host, port) &&
	    host_raw_find(host, port) == NULL &&
	    conns_find(host, port, context) == NULL;
}

/* 0: it is taken.  Ports of one's own choice may begin anew in TIME_WAIT. */
static uint16_t
choose_port(struct host *host, uint16_t from_port, const struct endpoint *to)
{
	struct conn *old;

	if (from_port == 0)
		return host_port_pick(host, is_free, to);
	old = conns_find(host, from_port, to);
	if (old != NULL && !old->is_closed)
		return 0;
	if (old != NULL)
		conn_end(old, TCP_END_CLOSED);
	return from_port;
}

static uint64_t
tell_truth(const struct conn *conn)
{
	struct host *host = conn->host;
	const struct truth_end client = {
		host->number, conn->own.address, conn->own.port,
		conn_isn(conn),
	};
	const struct truth_end server = {
		scenario_host_with(host->scenario, &conn->peer.address),
		conn->peer.address, conn->peer.port, 0,
	};

	return truth_connection(host->truth, &client, &server, conn->label,
	    clock_now_ns(host->clock));
}

struct conn *
host_connect(struct host *host, const struct endpoint *to,
    uint16_t from_port, const char *label, const struct conn_calls *calls,
    void *app, struct errbuf *err)
{
	struct endpoint own = {
		host->self->address[to->address.version == 6],
		choose_port(host, from_port, to),
	};
	struct conn *conn;

	if (own.port == 0) {
		errbuf_set(err, "%s: TCP port %u is in use", host->self->name,
		    from_port);
		return NULL;
	}
	conn = conn_new(host, &own, to, true);
	if (conn == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	conn->label = label;
	conn->calls = calls;
	conn->app = app;
	conn->number = tell_truth(conn);
	conns_add(conn);
	tcp_connect(conn->tcp, clock_now_ns(host->clock));
	return conn;
}
