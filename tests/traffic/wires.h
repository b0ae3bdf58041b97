/*
 * Three hosts without programs in two networks, for tests of the network in
 * virtual time: packets are put onto links, and what arrives is kept.
 *
 * a and b are 10.0.0.1 and .2 (fd00::1, ::2), c is 10.0.1.3 (fd00:0:0:1::3)
 * behind the router, which is .254 in both (::fe).  Links have no limit of
 * bandwidth, 1 ms and a queue of 1000.  All ends see each other's MACs.
 */
#ifndef TESTS_TRAFFIC_WIRES_H
#define TESTS_TRAFFIC_WIRES_H

#include "tests/traffic/fake_truth.h"
#include "traffic/synth/net/clock.h"
#include "traffic/synth/net/net.h"

enum {
	WIRES_A, WIRES_B, WIRES_C, WIRES_HOSTS,
	WIRES_ROUTER = WIRES_HOSTS,	/* for wires_packet() */
	WIRES_MAX = 65536,
};

#define WIRES_MS INT64_C(1000000)

struct wires_arrival {
	size_t host;
	int64_t at_ns;
	struct sim_packet *packet;
};

struct wires {
	struct scenario scenario;
	struct scenario_network networks[2];
	struct scenario_host hosts[WIRES_HOSTS];
	struct net_setup setup;
	struct clock *clock;
	struct truth *truth;
	struct net *net;
	struct wires_arrival arrivals[WIRES_MAX];
	size_t count;
};

/* May be changed before wires_start(). */
struct wires *wires_plan(void);
void wires_start(struct wires *wires);
/* Until nothing is under way. */
void wires_run(struct wires *wires);
/* With plan, net (if it is there) and what arrived. */
void wires_free(struct wires *wires);

/* An address of a host or the router (in a's network). */
struct scenario_address wires_address(const struct wires *wires, size_t host,
    uint8_t version);

/* From one to the other, its MAC the one that routing gives; TTL 64, DF unset,
 * `len` zeros; UDP ports 1000 and 2000.  Not sent. */
struct sim_packet *wires_packet(const struct wires *wires,
    enum sim_kind kind, size_t from, size_t to, uint8_t version, size_t len);

/* Sends one of UDP (IPv4), now; returns its number. */
uint64_t wires_send(struct wires *wires, size_t from, size_t to, size_t len);
/* Any packet. */
uint64_t wires_put(struct wires *wires, size_t from,
    struct sim_packet *packet);

/* How many copies met that fate, of all packets. */
size_t wires_fates(const struct wires *wires, enum fate fate);
/* The only thing that arrived anywhere: there, or the test fails. */
const struct sim_packet *wires_only_arrival(const struct wires *wires,
    size_t host);

#endif
