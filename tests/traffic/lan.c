#include "tests/traffic/lan.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "traffic/synth/truth/truth.h"

static struct scenario_address
address_4(size_t network, uint8_t last)
{
	return (struct scenario_address){ 4,
	    { 10, 0, (uint8_t)network, last } };
}

static struct scenario_address
address_6(size_t network, uint8_t last)
{
	struct scenario_address a = { 6, { 0xfd } };

	a.bytes[7] = (uint8_t)network;
	a.bytes[15] = last;
	return a;
}

static void
plan_network(struct scenario_network *n, size_t number)
{
	static char names[LAN_NETWORKS][2] = { "a", "b" };

	n->name = names[number];
	n->prefix[0] = (struct network){ .version = 4, .bits = 24,
	    .prefix = { 10, 0, (uint8_t)number } };
	n->prefix[1] = (struct network){ .version = 6, .bits = 64,
	    .prefix = { 0xfd, 0, 0, 0, 0, 0, 0, (uint8_t)number } };
	n->has_prefix[0] = n->has_prefix[1] = true;
	n->router[0] = address_4(number, 254);
	n->router[1] = address_6(number, 254);
}

static void
place(struct scenario_host *h, size_t host, size_t network)
{
	h->network = network;
	h->address[0] = address_4(network, (uint8_t)(host + 1));
	h->address[1] = address_6(network, (uint8_t)(host + 1));
	h->mac[0] = 2;
	memcpy(h->mac + 2, h->address[0].bytes, 4);
}

static void
plan_host(struct scenario_host *h, size_t host)
{
	static char names[LAN_HOSTS][3] = { "h1", "h2", "h3" };

	h->name = names[host];
	place(h, host, 0);
	h->ttl = 64;
	h->mtu = 1500;
	h->resolver = SCENARIO_NONE;
	h->reaction_ns = (struct amount){ .kind = AMOUNT_UNIFORM, .a = 20000,
	    .b = 80000, .max = INT64_MAX };
	h->up.bandwidth_bps = 1000000000;
	h->up.latency_ns = (struct amount){ .kind = AMOUNT_CONSTANT,
	    .a = 50000, .max = INT64_MAX };
	h->up.queue_packets = 1000;
	h->down = h->up;
	h->tcp = tcp_settings_default();
}

struct lan *
lan_plan(void)
{
	struct lan *lan = calloc(1, sizeof(*lan));
	static char name[] = "lan", title[] = "";

	ck_assert_ptr_nonnull(lan);
	lan->scenario = (struct scenario){
		.name = name, .title = title, .networks = lan->networks,
		.network_count = LAN_NETWORKS, .hosts = lan->plans,
		.host_count = LAN_HOSTS, .limit_ns = INT64_MAX,
	};
	lan->seed = 1;
	for (size_t i = 0; i < LAN_NETWORKS; i++)
		plan_network(&lan->networks[i], i);
	for (size_t i = 0; i < LAN_HOSTS; i++)
		plan_host(&lan->plans[i], i);
	return lan;
}

void
lan_move(struct lan *lan, size_t host)
{
	place(&lan->plans[host], host, 1);
}

static void
make_bad(struct scenario_link *link, uint32_t ppm)
{
	link->loss_ppm = link->duplicate_ppm = link->reorder_ppm = ppm;
	link->reorder_ns = 3 * LAN_MS;
}

void
lan_plan_bad_links(struct lan *lan, uint32_t ppm)
{
	for (size_t i = 0; i < LAN_HOSTS; i++) {
		make_bad(&lan->plans[i].up, ppm);
		make_bad(&lan->plans[i].down, ppm);
	}
}

static void
on_arrival(void *owner, size_t host, struct sim_packet *packet)
{
	struct lan *lan = owner;
	bool is_lost = lan->lose != NULL && lan->lose(lan, host, packet);

	ck_assert_uint_lt(lan->seen_count, LAN_SEEN_MAX);
	lan->seen[lan->seen_count++] = (struct lan_seen){
		clock_now_ns(lan->clock), host, sim_packet_hold(packet),
		is_lost,
	};
	if (!is_lost)
		host_arrival(lan->hosts[host], packet);
}

static void
start_hosts(struct lan *lan)
{
	struct errbuf err = { "" };

	for (size_t i = 0; i < LAN_HOSTS; i++) {
		const struct host_setup setup = {
			.scenario = &lan->scenario, .host = i,
			.clock = lan->clock, .net = lan->net,
			.truth = lan->truth, .seed = lan->seed,
		};

		lan->hosts[i] = host_new(&setup, &err);
		ck_assert_msg(lan->hosts[i] != NULL, "%s", err.text);
	}
}

void
lan_start(struct lan *lan)
{
	const struct truth_setup truth = { .scenario = &lan->scenario };
	struct net_setup net = {
		.scenario = &lan->scenario, .seed = lan->seed,
		.arrival = on_arrival, .owner = lan,
	};
	struct errbuf err = { "" };

	lan->clock = clock_new(10000000);
	lan->truth = truth_new(&truth);
	ck_assert(lan->clock != NULL && lan->truth != NULL);
	net.clock = lan->clock;
	net.truth = lan->truth;
	lan->net = net_new(&net, &err);
	ck_assert_msg(lan->net != NULL, "%s", err.text);
	start_hosts(lan);
}

void
lan_run(struct lan *lan, int64_t until_ns)
{
	struct errbuf err = { "" };

	ck_assert_msg(clock_run(lan->clock, until_ns, &err) == 0, "%s",
	    err.text);
}

void
lan_stop(struct lan *lan)
{
	for (size_t i = 0; i < lan->seen_count; i++)
		sim_packet_release(lan->seen[i].packet);
	for (size_t i = 0; i < LAN_HOSTS; i++)
		host_free(lan->hosts[i]);
	net_free(lan->net);
	truth_free(lan->truth);
	clock_free(lan->clock);
	free(lan);
}

struct endpoint
lan_endpoint(const struct lan *lan, size_t host, uint8_t version,
    uint16_t port)
{
	return (struct endpoint){
		lan->plans[host].address[version == 6], port,
	};
}

size_t
lan_count(const struct lan *lan, size_t host, enum sim_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < lan->seen_count; i++)
		count += lan->seen[i].host == host && !lan->seen[i].is_lost &&
		    lan->seen[i].packet->kind == kind;
	return count;
}

const struct sim_packet *
lan_packet(const struct lan *lan, size_t host, enum sim_kind kind,
    size_t nth)
{
	for (size_t i = 0; i < lan->seen_count; i++)
		if (lan->seen[i].host == host && !lan->seen[i].is_lost &&
		    lan->seen[i].packet->kind == kind && nth-- == 0)
			return lan->seen[i].packet;
	ck_abort_msg("there is no such packet");
	return NULL;
}
