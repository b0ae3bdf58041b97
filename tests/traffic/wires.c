#include "tests/traffic/wires.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct scenario_address
address(size_t network, uint8_t last, uint8_t version)
{
	struct scenario_address a = { 4, { 10, 0, (uint8_t)network, last } };

	if (version == 4)
		return a;
	a = (struct scenario_address){ 6, { 0xfd } };
	a.bytes[7] = (uint8_t)network;
	a.bytes[15] = last;
	return a;
}

static void
plan_network(struct scenario_network *n, size_t number)
{
	static char names[2][5] = { "left", "rght" };

	n->name = names[number];
	n->router[0] = address(number, 254, 4);
	n->router[1] = address(number, 254, 6);
	for (size_t i = 0; i < 2; i++) {
		struct scenario_address a = address(number, 0, i ? 6 : 4);

		n->has_prefix[i] = true;
		n->prefix[i].version = a.version;
		n->prefix[i].bits = i ? 64 : 24;
		memcpy(n->prefix[i].prefix, a.bytes, 16);
	}
	n->capture.snaplen = 262144;
}

static void
plan_host(struct scenario_host *h, size_t host)
{
	static char names[WIRES_HOSTS][2] = { "a", "b", "c" };

	h->name = names[host];
	h->network = host == WIRES_C;
	h->address[0] = address(h->network, (uint8_t)(host + 1), 4);
	h->address[1] = address(h->network, (uint8_t)(host + 1), 6);
	h->mac[0] = 2;
	memcpy(h->mac + 2, h->address[0].bytes, 4);
	h->mtu = 1500;
	h->up.latency_ns.a = WIRES_MS;
	h->up.latency_ns.max = INT64_MAX;
	h->up.queue_packets = 1000;
	h->down = h->up;
	h->capture.snaplen = 262144;
}

static void
arrive(void *owner, size_t host, struct sim_packet *packet)
{
	struct wires *w = owner;

	ck_assert_uint_lt(w->count, WIRES_MAX);
	w->arrivals[w->count++] = (struct wires_arrival){
		host, clock_now_ns(w->clock), sim_packet_hold(packet),
	};
}

struct wires *
wires_plan(void)
{
	static char name[] = "wires", title[] = "";
	struct wires *w = calloc(1, sizeof(*w));

	ck_assert_ptr_nonnull(w);
	w->scenario = (struct scenario){
		.name = name, .title = title,
		.networks = w->networks, .network_count = 2,
		.hosts = w->hosts, .host_count = WIRES_HOSTS,
	};
	plan_network(&w->networks[0], 0);
	plan_network(&w->networks[1], 1);
	for (size_t i = 0; i < WIRES_HOSTS; i++)
		plan_host(&w->hosts[i], i);
	w->clock = clock_new(10000000);
	ck_assert_ptr_nonnull(w->clock);
	w->truth = fake_truth_new();
	w->setup = (struct net_setup){
		.scenario = &w->scenario, .clock = w->clock,
		.truth = w->truth, .seed = 1, .arrival = arrive, .owner = w,
		.start_ns = INT64_C(1767225600000000000),
	};
	return w;
}

void
wires_start(struct wires *w)
{
	struct errbuf err = { "" };

	w->net = net_new(&w->setup, &err);
	ck_assert_msg(w->net != NULL, "%s", err.text);
}

void
wires_run(struct wires *w)
{
	struct errbuf err = { "" };

	ck_assert_msg(clock_run(w->clock, INT64_MAX, &err) == 0, "%s",
	    err.text);
}

void
wires_free(struct wires *w)
{
	net_free(w->net);
	for (size_t i = 0; i < w->count; i++)
		sim_packet_release(w->arrivals[i].packet);
	clock_free(w->clock);
	free(w->truth);
	free(w);
}

struct scenario_address
wires_address(const struct wires *w, size_t host, uint8_t version)
{
	return host == WIRES_ROUTER ? w->networks[0].router[version == 6] :
	    w->hosts[host].address[version == 6];
}

struct sim_packet *
wires_packet(const struct wires *w, enum sim_kind kind, size_t from,
    size_t to, uint8_t version, size_t len)
{
	struct sim_packet *p = sim_packet_new(kind, NULL, len);
	struct scenario_address hop;

	ck_assert_ptr_nonnull(p);
	p->source = wires_address(w, from, version);
	p->destination = wires_address(w, to, version);
	p->ttl = 64;
	p->source_port = 1000;
	p->destination_port = 2000;
	memcpy(p->source_mac, w->hosts[from].mac, 6);
	ck_assert_int_eq(net_next_hop(w->net, from, &p->destination, &hop),
	    0);
	ck_assert_int_eq(net_mac(w->net, from, &hop, p->destination_mac), 0);
	return p;
}

uint64_t
wires_put(struct wires *w, size_t from, struct sim_packet *packet)
{
	net_transmit(w->net, from, packet);
	return w->truth->sent;
}

uint64_t
wires_send(struct wires *w, size_t from, size_t to, size_t len)
{
	return wires_put(w, from, wires_packet(w, SIM_UDP, from, to, 4, len));
}

size_t
wires_fates(const struct wires *w, enum fate fate)
{
	return fake_truth_count(w->truth, 0, fate);
}

const struct sim_packet *
wires_only_arrival(const struct wires *w, size_t host)
{
	ck_assert_uint_eq(w->count, 1);
	ck_assert_uint_eq(w->arrivals[0].host, host);
	return w->arrivals[0].packet;
}
