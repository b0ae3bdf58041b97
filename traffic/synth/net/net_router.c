/*
 * The router: one address in each network, and no links of its own.
 */
#include <string.h>

#include "traffic/synth/net/net_internal.h"
#include "traffic/synth/packet/icmp_error.h"
#include "traffic/synth/packet/icmp_types.h"

enum {
	ROUTER_NS = 10000,
	TTL = 64, TTL_NEIGHBOUR = 255,
	ARP_ASKS = 1, ARP_ANSWERS = 2,
	/* RFC 4861 */
	TARGET_BYTES = 16, OPTION_BYTES = 8, OPTION_TARGET_MAC = 2,
	IPV4_HEADER_BYTES = 20,
};

/* Router, solicited, override. */
#define ADVERTISEMENT_FLAGS 0xe0000000U

/* Out into a network; takes the reference over. */
static void
put_out(struct net *net, size_t network, const uint8_t mac[6],
    struct sim_packet *packet)
{
	memcpy(packet->source_mac, net->router_mac[network], 6);
	memcpy(packet->destination_mac, mac, 6);
	net_switch_take(net, network, SCENARIO_NONE, packet, 0);
}

static void
tell_sent(struct net *net, struct sim_packet *packet)
{
	packet->sender = SCENARIO_NONE;
	packet->number = truth_sent(net->setup.truth, packet,
	    clock_now_ns(net->setup.clock));
}

/* A packet of the router itself, to whoever has its destination; takes the
 * reference over. */
static void
send_own(struct net *net, struct sim_packet *packet)
{
	const struct scenario *s = net->setup.scenario;
	size_t host;

	packet->id = packet->source.version == 4 ? ++net->router_id : 0;
	tell_sent(net, packet);
	if (net_find_address(net, &packet->destination, &host) &&
	    host != SCENARIO_NONE) {
		put_out(net, s->hosts[host].network, s->hosts[host].mac,
		    packet);
		return;
	}
	net_fate(net, packet, net_has_route(net, &packet->destination) ?
	    FATE_NOBODY : FATE_NO_ROUTE, SCENARIO_NONE);
	sim_packet_release(packet);
}

/* Drops the packet, which came from this network, and says why. */
static void
refuse(struct net *net, size_t network, const struct sim_packet *packet,
    enum fate fate, enum icmp_error what, uint32_t mtu)
{
	const struct scenario_address *own = &net->setup.scenario->
	    networks[network].router[packet->source.version == 6];
	struct sim_packet *error;
	struct errbuf err;

	net_fate(net, packet, fate, SCENARIO_NONE);
	if (own->version == 0)
		return;
	if (icmp_error_new(net->maker, what, packet, own, mtu, &error,
	    &err) == -1)
		clock_fail(net->setup.clock, &err);
	else if (error != NULL)
		send_own(net, error);
}

/*
 * What is for the router itself.
 */

static void
answer_arp(struct net *net, size_t network, const struct sim_packet *asked)
{
	struct sim_packet *answer = sim_packet_new(SIM_ARP, NULL, 0);

	if (answer == NULL) {
		net_out_of_memory(net);
		return;
	}
	answer->cause = SIM_CAUSE_NEIGHBOUR;
	answer->label = asked->label;
	answer->type = ARP_ANSWERS;
	answer->source = asked->destination;
	answer->destination = asked->source;
	memcpy(answer->target_mac, asked->source_mac, 6);
	memcpy(answer->source_mac, net->router_mac[network], 6);
	tell_sent(net, answer);
	put_out(net, network, asked->source_mac, answer);
}

static void
answer_solicitation(struct net *net, size_t network,
    const struct sim_packet *asked)
{
	uint8_t data[TARGET_BYTES + OPTION_BYTES];
	struct sim_packet *answer;

	memcpy(data, asked->data, TARGET_BYTES);
	data[TARGET_BYTES] = OPTION_TARGET_MAC;
	data[TARGET_BYTES + 1] = OPTION_BYTES / 8;
	memcpy(data + TARGET_BYTES + 2, net->router_mac[network], 6);
	answer = sim_packet_new(SIM_ICMP, data, sizeof(data));
	if (answer == NULL) {
		net_out_of_memory(net);
		return;
	}
	answer->cause = SIM_CAUSE_NEIGHBOUR;
	answer->label = asked->label;
	answer->type = ICMP_ADVERTISEMENT_6;
	answer->rest = ADVERTISEMENT_FLAGS;
	answer->source = net->setup.scenario->networks[network].router[1];
	answer->destination = asked->source;
	answer->ttl = TTL_NEIGHBOUR;
	memcpy(answer->source_mac, net->router_mac[network], 6);
	tell_sent(net, answer);
	put_out(net, network, asked->source_mac, answer);
}

static void
answer_echo(struct net *net, const struct sim_packet *asked)
{
	struct sim_packet *answer = sim_packet_copy(asked);

	if (answer == NULL) {
		net_out_of_memory(net);
		return;
	}
	answer->type = asked->source.version == 6 ? ICMP_ECHO_ANSWER_6 :
	    ICMP_ECHO_ANSWER_4;
	answer->source = asked->destination;
	answer->destination = asked->source;
	answer->ttl = TTL;
	answer->dont_fragment = false;
	send_own(net, answer);
}

static bool
asks_for(const struct sim_packet *p, const struct scenario_address *own)
{
	if (own->version == 0)
		return false;
	if (p->kind == SIM_ARP)
		return p->type == ARP_ASKS &&
		    scenario_address_equal(&p->destination, own);
	return p->kind == SIM_ICMP && p->source.version == 6 &&
	    p->type == ICMP_SOLICITATION_6 && p->len >= TARGET_BYTES &&
	    memcmp(p->data, own->bytes, TARGET_BYTES) == 0;
}

/* Who asks for the router's MAC?  True: it was such a question. */
static bool
take_question(struct net *net, size_t network, const struct sim_packet *p)
{
	const struct scenario_address *own =
	    net->setup.scenario->networks[network].router;

	if (p->kind == SIM_ARP && asks_for(p, &own[0]))
		answer_arp(net, network, p);
	else if (p->kind == SIM_ICMP && asks_for(p, &own[1]))
		answer_solicitation(net, network, p);
	else
		return p->kind == SIM_ARP;
	net_fate(net, p, FATE_DELIVERED, SCENARIO_NONE);
	return true;
}

static void
take_own(struct net *net, const struct sim_packet *p)
{
	net_fate(net, p, FATE_DELIVERED, SCENARIO_NONE);
	if (p->kind == SIM_ICMP &&
	    p->type == (p->source.version == 6 ? ICMP_ECHO_6 : ICMP_ECHO_4))
		answer_echo(net, p);
}

/*
 * What goes through it.
 */

/* Parts that fit, each but the last a multiple of 8 bytes. */
static void
forward_parts(struct net *net, const struct scenario_host *to,
    struct sim_packet *packet)
{
	size_t left = sim_packet_payload_bytes(packet);
	size_t most = (to->mtu - IPV4_HEADER_BYTES) & ~(size_t)7;

	truth_mark(net->setup.truth, packet->number, TRUTH_FRAGMENTED);
	for (size_t at = 0; left > 0;) {
		size_t length = left < most ? left : most;
		struct sim_packet *part =
		    sim_packet_fragment(packet, at, length);

		if (part == NULL) {
			net_out_of_memory(net);
			break;
		}
		tell_sent(net, part);
		put_out(net, to->network, to->mac, part);
		at += length;
		left -= length;
	}
	sim_packet_release(packet);
}

static void
forward_to(struct net *net, const struct scenario_host *to,
    const struct sim_packet *packet)
{
	struct sim_packet *copy = sim_packet_copy(packet);

	if (copy == NULL) {
		net_out_of_memory(net);
		return;
	}
	copy->ttl--;
	if (sim_packet_ip_bytes(copy) > to->mtu)
		forward_parts(net, to, copy);
	else
		put_out(net, to->network, to->mac, copy);
}

static void
forward(struct net *net, size_t network, const struct sim_packet *p)
{
	const struct scenario *s = net->setup.scenario;
	const struct scenario_host *to;
	bool may_be_cut = p->source.version == 4 && !p->dont_fragment;
	size_t host;

	if (p->ttl <= 1) {
		refuse(net, network, p, FATE_TTL, ICMP_TIME_EXCEEDED, 0);
		return;
	}
	if (!net_find_address(net, &p->destination, &host)) {
		if (net_has_route(net, &p->destination))
			refuse(net, network, p, FATE_NOBODY, ICMP_NO_HOST, 0);
		else
			refuse(net, network, p, FATE_NO_ROUTE, ICMP_NO_ROUTE,
			    0);
		return;
	}
	to = &s->hosts[host];
	if (sim_packet_ip_bytes(p) > to->mtu && !may_be_cut)
		refuse(net, network, p, FATE_TOO_BIG, ICMP_TOO_BIG, to->mtu);
	else
		forward_to(net, to, p);
}

static void
work_on(struct net *net, size_t network, const struct sim_packet *p)
{
	bool is_for_all = (p->destination_mac[0] & 1) != 0;
	size_t host;

	if (take_question(net, network, p) || is_for_all)
		return;
	if (net_find_address(net, &p->destination, &host) &&
	    host == SCENARIO_NONE)
		take_own(net, p);
	else
		forward(net, network, p);
}

static void
finish_work(void *owner, uint64_t token)
{
	struct net_transit *t = owner;
	struct net *net = t->net;
	struct sim_packet *packet = sim_packet_hold(t->packet);
	size_t network = t->network;

	(void)token;
	net_transit_free(t);
	work_on(net, network, packet);
	sim_packet_release(packet);
}

void
net_router_take(struct net *net, size_t network, struct sim_packet *packet)
{
	struct net_transit *t = net_transit_new(net, packet);

	if (t == NULL)
		return;
	t->network = network;
	clock_after(net->setup.clock, ROUTER_NS, finish_work, t, 0);
}
