/*
 * Some hosts in one or two networks, in virtual time, for tests: what arrives
 * is kept, and can be lost on the way.
 */
#ifndef TESTS_TRAFFIC_LAN_H
#define TESTS_TRAFFIC_LAN_H

#include "traffic/synth/host/host.h"
#include "traffic/synth/net/clock.h"
#include "traffic/synth/net/net.h"

enum { LAN_HOSTS = 3, LAN_NETWORKS = 2, LAN_SEEN_MAX = 65536 };

#define LAN_MS	INT64_C(1000000)
#define LAN_S	INT64_C(1000000000)

/* A packet that came to a host's end of its link. */
struct lan_seen {
	int64_t at_ns;
	size_t host;
	struct sim_packet *packet;
	bool is_lost;
};

struct lan {
	struct scenario scenario;
	struct scenario_network networks[LAN_NETWORKS];
	struct scenario_host plans[LAN_HOSTS];
	struct clock *clock;
	struct truth *truth;
	struct net *net;
	struct host *hosts[LAN_HOSTS];
	/* True: this packet does not arrive.  NULL: all do. */
	bool (*lose)(struct lan *lan, size_t host,
	    const struct sim_packet *packet);
	unsigned to_lose;	/* for lose() */
	uint64_t seed;
	struct lan_seen seen[LAN_SEEN_MAX];
	size_t seen_count;
};

/* A plan that a test may change before lan_start(): 10.0.0.1, .2, .3 (and
 * fd00::1 ...) at 1 Gbit/s with 50 us. */
struct lan *lan_plan(void);
/* Every link of it loses, doubles and delays so many packets of a million. */
void lan_plan_bad_links(struct lan *lan, uint32_t ppm);
/* To 10.0.1.x and fd00:0:0:1::x, behind the router. */
void lan_move(struct lan *lan, size_t host);
void lan_start(struct lan *lan);
/* So far in virtual time; clock_now_ns() is that of the last event. */
void lan_run(struct lan *lan, int64_t until_ns);
void lan_stop(struct lan *lan);

struct endpoint lan_endpoint(const struct lan *lan, size_t host,
    uint8_t version, uint16_t port);

/* How many of this kind came to that host and were not lost. */
size_t lan_count(const struct lan *lan, size_t host, enum sim_kind kind);
/* The nth of them, from 0. */
const struct sim_packet *lan_packet(const struct lan *lan, size_t host,
    enum sim_kind kind, size_t nth);

#endif
