/*
 * UDP, RFC 768.
 */
#include "traffic/synth/host/host_internal.h"

#include <stdlib.h>

struct udp_socket {
	struct udp_socket *next;
	struct host *host;
	uint16_t port;
	const char *label;
	udp_arrival *arrival;
	void *app;
};

struct udp_socket *
host_udp_find(const struct host *host, uint16_t port)
{
	struct udp_socket *s = host->sockets;

	while (s != NULL && s->port != port)
		s = s->next;
	return s;
}

void
host_udp(struct host *host, struct sim_packet *packet)
{
	uint16_t port = packet->destination_port;

	if (host_udp_find(host, port) != NULL ||
	    host_raw_find(host, port) != NULL)
		host_tell(host, packet);
	else
		host_icmp_error(host, ICMP_NO_PORT, packet);
}

/* The socket may be closed in the call. */
void
host_tell_udp(struct udp_socket *socket, const struct sim_packet *packet)
{
	const struct endpoint from = { packet->source, packet->source_port };

	if (socket->arrival != NULL)
		socket->arrival(socket->app, socket, &from, packet->data,
		    packet->len);
}

static bool
is_free(struct host *host, uint16_t port, const void *context)
{
	(void)context;
	return host_udp_find(host, port) == NULL &&
	    host_raw_find(host, port) == NULL;
}

struct udp_socket *
host_udp_open(struct host *host, uint16_t port, const char *label,
    udp_arrival *arrival, void *app, struct errbuf *err)
{
	struct udp_socket *s;

	if (port == 0)
		port = host_port_pick(host, is_free, NULL);
	if (port == 0 || host_udp_find(host, port) != NULL) {
		errbuf_set(err, "%s: UDP port %u is taken", host->self->name,
		    port);
		return NULL;
	}
	s = malloc(sizeof(*s));
	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	*s = (struct udp_socket){
		.next = host->sockets, .host = host, .port = port,
		.label = label, .arrival = arrival, .app = app,
	};
	host->sockets = s;
	return s;
}

void
host_udp_close(struct udp_socket *socket)
{
	struct udp_socket **at;

	if (socket == NULL)
		return;
	at = &socket->host->sockets;
	while (*at != socket)
		at = &(*at)->next;
	*at = socket->next;
	free(socket);
}

void
host_udp_send(struct udp_socket *socket, const struct endpoint *to,
    const void *data, size_t len)
{
	size_t header = UDP_HEADER +
	    (to->address.version == 4 ? IP4_HEADER : 0);
	struct sim_packet *packet;

	if (len > IP_PAYLOAD_MAX - header)
		return;
	packet = host_packet(socket->host, SIM_UDP, &to->address, data, len);
	if (packet == NULL)
		return;
	packet->source_port = socket->port;
	packet->destination_port = to->port;
	packet->cause = SIM_CAUSE_DATA;
	packet->label = socket->label;
	host_ip_send(socket->host, packet);
}

uint16_t
host_udp_port(const struct udp_socket *socket)
{
	return socket->port;
}

void
host_sockets_free(struct host *host)
{
	while (host->sockets != NULL)
		host_udp_close(host->sockets);
}
