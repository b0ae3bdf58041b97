/*
 * The switch of a network.
 */
#include "traffic/synth/net/net_internal.h"

/* To all but the one that sent it, and to the router. */
static void
flood(struct net *net, size_t network, size_t from, struct sim_packet *packet,
    unsigned notes)
{
	const struct scenario *s = net->setup.scenario;

	for (size_t i = 0; i < s->host_count; i++)
		if (s->hosts[i].network == network && i != from)
			net_link_send(net, &net->down[i],
			    sim_packet_hold(packet), notes);
	net_router_take(net, network, packet);
}

static void
drop(struct net *net, struct sim_packet *packet, enum fate fate, size_t host)
{
	net_fate(net, packet, fate, host);
	sim_packet_release(packet);
}

void
net_switch_take(struct net *net, size_t network, size_t from,
    struct sim_packet *packet, unsigned notes)
{
	const struct scenario *s = net->setup.scenario;
	size_t to;

	net_capture(net, s->host_count + network, packet, notes);
	if ((packet->destination_mac[0] & 1) != 0)
		flood(net, network, from, packet, notes);
	else if (!net_find_mac(net, network, packet->destination_mac, &to) ||
	    to == from)
		drop(net, packet, FATE_NOBODY, SCENARIO_NONE);
	else if (to == SCENARIO_NONE)
		net_router_take(net, network, packet);
	else if (sim_packet_ip_bytes(packet) > s->hosts[to].mtu)
		drop(net, packet, FATE_TOO_BIG, to);
	else
		net_link_send(net, &net->down[to], packet, notes);
}
