/*
 * ARP (RFC 826) and neighbour discovery (RFC 4861): who has an address is asked
 * three times, a second apart; packets wait for the answer, and are dropped
 * where none comes.  What is known stays known.  They are found by a hash of the
 * address.
 */
#include "traffic/synth/host/host_internal.h"

#include <stdlib.h>
#include <string.h>

#define ASK_AGAIN_NS INT64_C(1000000000)

enum {
	ASK_TIMES = 3,
	WAITING_MAX = 128,	/* packets for one neighbour */
	ARP_ASKS = 1, ARP_ANSWERS = 2,
	HOP_LIMIT = 255,
	/* Behind ICMPv6's header: the target, and an option with a MAC. */
	TARGET_BYTES = 16, OPTION_BYTES = 8,
	OPTION_SOURCE_MAC = 1, OPTION_TARGET_MAC = 2,
	MAC_BYTES = 6,
};

/* Of an advertisement: it was asked for, and what it says holds. */
#define SOLICITED_OVERRIDE	UINT32_C(0x60000000)

struct waiting {
	struct waiting *next;
	struct sim_packet *packet;
};

struct neighbour {
	struct neighbour *next;
	struct host *host;
	struct scenario_address address;
	bool is_known;
	uint8_t mac[MAC_BYTES];
	unsigned asked;
	uint64_t timer;
	struct waiting *first, **end;
	size_t waiting;
};

static void
send_to_mac(struct host *host, struct sim_packet *packet,
    const uint8_t mac[MAC_BYTES])
{
	packet->sender = host->number;
	memcpy(packet->source_mac, host->self->mac, MAC_BYTES);
	memcpy(packet->destination_mac, mac, MAC_BYTES);
	net_transmit(host->net, host->number, packet);
}

static void
send_arp(struct host *host, uint8_t type, const struct scenario_address *to,
    const uint8_t target[MAC_BYTES], const uint8_t mac[MAC_BYTES])
{
	struct sim_packet *packet = host_packet(host, SIM_ARP, to, NULL, 0);

	if (packet == NULL)
		return;
	packet->cause = SIM_CAUSE_NEIGHBOUR;
	packet->type = type;
	memcpy(packet->target_mac, target, MAC_BYTES);
	send_to_mac(host, packet, mac);
}

static void
send_discovery(struct host *host, uint8_t type,
    const struct scenario_address *to, const struct scenario_address *target,
    const uint8_t mac[MAC_BYTES])
{
	uint8_t data[TARGET_BYTES + OPTION_BYTES];
	struct sim_packet *packet;
	bool asks = type == ICMP_SOLICITATION_6;

	memcpy(data, target->bytes, TARGET_BYTES);
	data[TARGET_BYTES] = asks ? OPTION_SOURCE_MAC : OPTION_TARGET_MAC;
	data[TARGET_BYTES + 1] = OPTION_BYTES / 8;
	memcpy(data + TARGET_BYTES + 2, host->self->mac, MAC_BYTES);
	packet = host_packet(host, SIM_ICMP, to, data, sizeof(data));
	if (packet == NULL)
		return;
	packet->cause = SIM_CAUSE_NEIGHBOUR;
	packet->type = type;
	packet->rest = asks ? 0 : SOLICITED_OVERRIDE;
	packet->ttl = HOP_LIMIT;
	send_to_mac(host, packet, mac);
}

/* To the group of all who have an address that ends like this one. */
static void
solicit(struct host *host, const struct scenario_address *target)
{
	const uint8_t *end = target->bytes + 13;
	struct scenario_address group = { 6,
	    { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, end[0], end[1],
	    end[2] } };
	uint8_t mac[MAC_BYTES] = { 0x33, 0x33, 0xff, end[0], end[1], end[2] };

	send_discovery(host, ICMP_SOLICITATION_6, &group, target, mac);
}

static struct neighbour **
bucket_of(struct host *host, const struct scenario_address *address)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < (address->version == 6 ? 16 : 4); i++)
		hash = hash * 31 + address->bytes[i];
	return &host->neighbours[hash % NEIGHBOUR_BUCKETS];
}

static struct sim_packet *
take_waiting(struct neighbour *n)
{
	struct waiting *w = n->first;
	struct sim_packet *packet = w->packet;

	n->first = w->next;
	if (n->first == NULL)
		n->end = &n->first;
	n->waiting--;
	free(w);
	return packet;
}

static void
unlink_from_host(struct neighbour *n)
{
	struct neighbour **at = bucket_of(n->host, &n->address);

	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	n->host->unknown_neighbours -= !n->is_known;
	clock_cancel(n->host->clock, n->timer);
}

static void
tell_conn(struct host *host, const struct sim_packet *packet)
{
	const struct endpoint peer = {
		packet->destination, packet->destination_port,
	};

	if (packet->kind == SIM_TCP)
		host_conn_unreachable(host, packet->source_port, &peer,
		    TCP_END_TIMED_OUT);
}

/* The packets come to nothing, and the next one asks anew: one may be sent by
 * what is told here, so the neighbour goes first. */
static void
forget(struct neighbour *n, bool tell)
{
	unlink_from_host(n);
	while (n->first != NULL) {
		struct sim_packet *packet = take_waiting(n);

		if (tell)
			tell_conn(n->host, packet);
		sim_packet_release(packet);
	}
	free(n);
}

static void
ask(void *owner, uint64_t token)
{
	static const uint8_t all[MAC_BYTES] =
	    { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const uint8_t unknown[MAC_BYTES];
	struct neighbour *n = owner;

	(void)token;
	n->timer = 0;
	if (n->asked++ == ASK_TIMES) {
		forget(n, true);
		return;
	}
	n->timer = clock_after(n->host->clock, ASK_AGAIN_NS, ask, n, 0);
	if (n->address.version == 6)
		solicit(n->host, &n->address);
	else
		send_arp(n->host, ARP_ASKS, &n->address, unknown, all);
}

static struct neighbour *
find(struct host *host, const struct scenario_address *address)
{
	struct neighbour *n = *bucket_of(host, address);

	while (n != NULL && !scenario_address_equal(&n->address, address))
		n = n->next;
	return n;
}

/* NULL: too many are not known yet, or no memory, which the host is told. */
static struct neighbour *
add(struct host *host, const struct scenario_address *address)
{
	struct neighbour **bucket = bucket_of(host, address);
	struct neighbour *n;

	if (host->unknown_neighbours == NEIGHBOURS_UNKNOWN_MAX)
		return NULL;
	n = calloc(1, sizeof(*n));
	if (n == NULL) {
		host_no_memory(host);
		return NULL;
	}
	n->host = host;
	n->address = *address;
	n->end = &n->first;
	n->next = *bucket;
	*bucket = n;
	host->unknown_neighbours++;
	return n;
}

/* The oldest goes where too many wait (RFC 1122, 2.3.2.2). */
static void
let_wait(struct neighbour *n, struct sim_packet *packet)
{
	struct waiting *w = malloc(sizeof(*w));

	if (w == NULL) {
		host_no_memory(n->host);
		sim_packet_release(packet);
		return;
	}
	if (n->waiting == WAITING_MAX)
		sim_packet_release(take_waiting(n));
	*w = (struct waiting){ NULL, packet };
	*n->end = w;
	n->end = &w->next;
	n->waiting++;
}

static void
learn(struct neighbour *n, const uint8_t mac[MAC_BYTES])
{
	memcpy(n->mac, mac, MAC_BYTES);
	n->host->unknown_neighbours -= !n->is_known;
	n->is_known = true;
	clock_cancel(n->host->clock, n->timer);
	n->timer = 0;
	while (n->first != NULL)
		send_to_mac(n->host, take_waiting(n), n->mac);
}

/* Everybody's neighbour by the scenario: nothing is asked. */
static void
send_as_told(struct host *host, const struct scenario_address *hop,
    struct sim_packet *packet)
{
	uint8_t mac[MAC_BYTES];

	if (net_mac(host->net, host->number, hop, mac) == 0)
		send_to_mac(host, packet, mac);
	else
		sim_packet_release(packet);
}

void
host_neighbour_send(struct host *host, const struct scenario_address *hop,
    struct sim_packet *packet)
{
	struct neighbour *n;

	if (host->self->neighbours_known) {
		send_as_told(host, hop, packet);
		return;
	}
	n = find(host, hop);
	if (n == NULL)
		n = add(host, hop);
	if (n == NULL) {
		sim_packet_release(packet);
		return;
	}
	if (n->is_known) {
		send_to_mac(host, packet, n->mac);
		return;
	}
	let_wait(n, packet);
	if (n->timer == 0)
		ask(n, 0);
}

/* Who asks us will be answered, and is worth knowing. */
static void
heard_of(struct host *host, const struct scenario_address *who,
    const uint8_t mac[MAC_BYTES], bool asks_us)
{
	struct neighbour *n = find(host, who);

	if (n == NULL && asks_us)
		n = add(host, who);
	if (n != NULL)
		learn(n, mac);
}

void
host_arp(struct host *host, const struct sim_packet *packet)
{
	bool asks_us = packet->type == ARP_ASKS &&
	    scenario_address_equal(&packet->destination,
	    &host->self->address[0]);

	heard_of(host, &packet->source, packet->source_mac, asks_us);
	if (asks_us)
		send_arp(host, ARP_ANSWERS, &packet->source,
		    packet->source_mac, packet->source_mac);
}

void
host_neighbour_discovery(struct host *host, const struct sim_packet *packet)
{
	struct scenario_address target = { .version = 6 };
	const uint8_t *mac = packet->data + TARGET_BYTES + 2;
	bool asks = packet->type == ICMP_SOLICITATION_6;

	if (packet->len < TARGET_BYTES + OPTION_BYTES ||
	    packet->ttl != HOP_LIMIT)
		return;
	memcpy(target.bytes, packet->data, TARGET_BYTES);
	if (!asks) {
		heard_of(host, &target, mac, false);
		return;
	}
	if (!scenario_address_equal(&target, &host->self->address[1]))
		return;
	heard_of(host, &packet->source, mac, true);
	send_discovery(host, ICMP_ADVERTISEMENT_6, &packet->source, &target,
	    mac);
}

void
host_neighbours_free(struct host *host)
{
	for (size_t i = 0; i < NEIGHBOUR_BUCKETS; i++)
		while (host->neighbours[i] != NULL)
			forget(host->neighbours[i], false);
}
