#include "traffic/synth/host/host_internal.h"

#include <stdlib.h>

#include "traffic/synth/host/host_conn.h"
#include "traffic/synth/net/draw.h"

enum {
	/* A kernel needs a tenth of what a program does, and no more than
	 * this, from a packet's last bit to its answer. */
	KERNEL_PART = 10, KERNEL_MAX_NS = 10000,
};

int64_t
host_reaction_ns(struct host *host)
{
	return amount_draw(&host->self->reaction_ns, &host->reaction);
}

static int64_t
kernel_ns(struct host *host)
{
	int64_t ns = host_reaction_ns(host) / KERNEL_PART;

	return ns < KERNEL_MAX_NS ? ns : KERNEL_MAX_NS;
}

void
host_no_memory(struct host *host)
{
	struct errbuf err;

	errbuf_set(&err, "out of memory");
	clock_fail(host->clock, &err);
}

/* Neighbour discovery asks a group that we are in, if the question is about
 * us: it looks for itself. */
static bool
is_for(const struct host *host, const struct sim_packet *packet)
{
	if (packet->kind == SIM_ARP)
		return true;
	if (packet->kind == SIM_ICMP && packet->destination.version == 6 &&
	    packet->type == ICMP_SOLICITATION_6)
		return true;
	return scenario_address_equal(&packet->destination,
	    &host->self->address[packet->destination.version == 6]);
}

void
host_packet_in(struct host *host, struct sim_packet *packet)
{
	switch (packet->kind) {
	case SIM_ARP:
		host_arp(host, packet);
		break;
	case SIM_TCP:
		host_tcp(host, packet);
		break;
	case SIM_UDP:
		host_udp(host, packet);
		break;
	case SIM_ICMP:
		host_icmp(host, packet);
		break;
	case SIM_FRAGMENT:
		host_fragment(host, packet);
		break;
	}
}

static void
take(void *owner, struct sim_packet *packet)
{
	host_packet_in(owner, packet);
}

/* Who it is for is asked now: a program may have gone meanwhile. */
static void
tell(void *owner, struct sim_packet *packet)
{
	struct host *host = owner;
	struct quoted quoted;
	struct raw_port *raw = NULL;

	if (packet->kind == SIM_UDP) {
		struct udp_socket *socket =
		    host_udp_find(host, packet->destination_port);

		if (socket != NULL) {
			host_tell_udp(socket, packet);
			return;
		}
	}
	if (packet->kind != SIM_ICMP)
		raw = host_raw_find(host, packet->destination_port);
	else if (host_quoted(packet, &quoted))
		raw = host_raw_find(host, quoted.own_port);
	else
		host_tell_ping(host, packet);
	if (raw != NULL)
		host_tell_raw(raw, packet);
}

void
host_tell(struct host *host, struct sim_packet *packet)
{
	inbox_add(&host->told, packet,
	    clock_now_ns(host->clock) + host_reaction_ns(host));
}

void
host_arrival(struct host *host, struct sim_packet *packet)
{
	if (is_for(host, packet))
		inbox_add(&host->arrivals, packet,
		    clock_now_ns(host->clock) + kernel_ns(host));
}

static void
draw_beginnings(struct host *host)
{
	struct random random;

	random_init(&random, host->seed, "host", host->number);
	host->next_ip_id = (uint16_t)random_next(&random);
	host->next_fragment_id = (uint32_t)random_next(&random);
	host->next_port = (uint16_t)(PORT_MIN +
	    random_below(&random, PORT_MAX - PORT_MIN + 1));
	random_init(&host->reaction, host->seed, "reaction", host->number);
	random_init(&host->lookup_ids, host->seed, "lookup", host->number);
}

struct host *
host_new(const struct host_setup *setup, struct errbuf *err)
{
	struct host *host = calloc(1, sizeof(*host));

	if (host == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	host->scenario = setup->scenario;
	host->self = &setup->scenario->hosts[setup->host];
	host->number = setup->host;
	host->clock = setup->clock;
	host->net = setup->net;
	host->truth = setup->truth;
	host->seed = setup->seed;
	inbox_init(&host->arrivals, host->clock, take, host);
	inbox_init(&host->told, host->clock, tell, host);
	draw_beginnings(host);
	return host;
}

void
host_free(struct host *host)
{
	if (host == NULL)
		return;
	host_lookups_free(host);
	conns_free(host);
	host_listeners_free(host);
	host_sockets_free(host);
	host_raw_ports_free(host);
	host_pingers_free(host);
	host_neighbours_free(host);
	host_fragments_free(host);
	inbox_reset(&host->told);
	inbox_reset(&host->arrivals);
	frame_maker_free(host->maker);
	free(host->read);
	free(host);
}

size_t
host_number(const struct host *host)
{
	return host->number;
}
