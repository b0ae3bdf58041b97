/*
 * Raw ports, and which ephemeral port is next.
 */
#include "traffic/synth/host/host_internal.h"

#include <stdlib.h>

struct raw_port {
	struct raw_port *next;
	uint16_t port;
	raw_arrival *arrival;
	void *app;
};

struct raw_port *
host_raw_find(const struct host *host, uint16_t port)
{
	struct raw_port *raw = host->raw_ports;

	while (raw != NULL && raw->port != port)
		raw = raw->next;
	return raw;
}

void
host_tell_raw(const struct raw_port *raw, const struct sim_packet *packet)
{
	raw->arrival(raw->app, packet);
}

static void
forget(struct host *host, struct raw_port *raw)
{
	struct raw_port **at = &host->raw_ports;

	while (*at != raw)
		at = &(*at)->next;
	*at = raw->next;
	free(raw);
}

void
host_raw_port(struct host *host, uint16_t port, raw_arrival *arrival,
    void *app)
{
	struct raw_port *raw = host_raw_find(host, port);

	if (arrival == NULL) {
		if (raw != NULL)
			forget(host, raw);
		return;
	}
	if (raw == NULL) {
		raw = malloc(sizeof(*raw));
		if (raw == NULL) {
			host_no_memory(host);
			return;
		}
		raw->port = port;
		raw->next = host->raw_ports;
		host->raw_ports = raw;
	}
	raw->arrival = arrival;
	raw->app = app;
}

void
host_raw_ports_free(struct host *host)
{
	while (host->raw_ports != NULL)
		forget(host, host->raw_ports);
}

void
host_send_raw(struct host *host, struct sim_packet *packet)
{
	host_ip_send(host, packet);
}

uint16_t
host_port_pick(struct host *host,
    bool (*is_free)(struct host *host, uint16_t port, const void *context),
    const void *context)
{
	for (unsigned tried = 0; tried <= PORT_MAX - PORT_MIN; tried++) {
		uint16_t port = host->next_port;

		host->next_port = port == PORT_MAX ? PORT_MIN : port + 1;
		if (is_free(host, port, context))
			return port;
	}
	return 0;
}

static bool
is_unused(struct host *host, uint16_t port, const void *context)
{
	(void)context;
	return host_raw_find(host, port) == NULL &&
	    host_udp_find(host, port) == NULL && !host_listens(host, port);
}

uint16_t
host_new_port(struct host *host)
{
	return host_port_pick(host, is_unused, NULL);
}
