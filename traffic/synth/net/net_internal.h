/*
 * What the parts of the network know of each other; for net*.c alone.
 */
#ifndef TRAFFIC_SYNTH_NET_NET_INTERNAL_H
#define TRAFFIC_SYNTH_NET_NET_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/random.h"
#include "traffic/synth/net/captures.h"
#include "traffic/synth/net/net.h"
#include "traffic/synth/packet/frame_bytes.h"

/* One direction of a host's link. */
struct net_link {
	const struct scenario_link *how;
	size_t host;
	bool is_up;		/* from the host to the switch */
	struct random random;
	int64_t free_at_ns;	/* when all that it has is sent */
	uint64_t remainder;	/* of that, in 1/bandwidth_bps ns */
	uint32_t waiting;
	uint64_t sent;		/* frames, for drops */
	size_t next_drop;	/* of how->drops */
	uint64_t arrived;	/* the highest number of a frame that did */
	int64_t last_arrival_ns;
};

/* A frame on its way, until the next thing happens to it. */
struct net_transit {
	struct net_transit *before, *after;	/* of all */
	struct net *net;
	struct net_link *link;	/* NULL: in the router */
	size_t network;		/* where the router got it */
	struct sim_packet *packet;
	unsigned notes;		/* CAPTURE_* */
	uint64_t number;	/* on the link */
	int64_t serial_ns;	/* from its first bit to its last */
};

/* Who has an address (of either version, or a MAC in a network); sorted. */
struct net_place {
	uint8_t key[17];
	size_t host;		/* SCENARIO_NONE: the router */
};

struct net {
	struct net_setup setup;
	struct frame_maker *maker;
	struct captures *captures;
	struct net_link *up, *down;	/* by host */
	struct net_place *places;
	size_t place_count;
	uint8_t (*router_mac)[6];	/* by network */
	uint16_t router_id;		/* of its last IPv4 packet */
	struct net_transit *transits;
};

/* net.c: takes the reference over.  NULL: no memory, which the clock is told;
 * the packet is gone. */
struct net_transit *net_transit_new(struct net *net,
    struct sim_packet *packet);
/* Gives the reference back; an event that was asked for it must have
 * happened. */
void net_transit_free(struct net_transit *transit);

/* A frame in a capture (see captures_frame()); the clock is told of errors. */
void net_capture(struct net *net, size_t point,
    const struct sim_packet *packet, unsigned notes);
/* Tells the truth what became of this copy, now; host: whose link, or who got
 * it. */
void net_fate(struct net *net, const struct sim_packet *packet,
    enum fate fate, size_t host);
/* Ends clock_run() with that reason. */
void net_out_of_memory(struct net *net);

/* net_link.c: nothing is on its way yet; the seed decides what is lost. */
void net_link_init(struct net_link *link, const struct scenario_link *how,
    size_t host, bool is_up, uint64_t seed);
/* Takes the reference over; the frame goes behind what the link has to send.  A
 * full queue drops it, which is its fate. */
void net_link_send(struct net *net, struct net_link *link,
    struct sim_packet *packet, unsigned notes);

/* net_switch.c: a frame comes to the switch of a network, from the host or
 * SCENARIO_NONE, the router; takes the reference over. */
void net_switch_take(struct net *net, size_t network, size_t from,
    struct sim_packet *packet, unsigned notes);

/* net_router.c: a frame comes to the router, which may be for it; takes the
 * reference over. */
void net_router_take(struct net *net, size_t network,
    struct sim_packet *packet);

/* net_places.c */
/* Who has which address and MAC, routers too.  -1: no memory. */
int net_places_init(struct net *net, struct errbuf *err);
/* False: nobody has it. */
bool net_find_address(const struct net *net,
    const struct scenario_address *address, size_t *host);
/* In that network alone; *host is SCENARIO_NONE for the router. */
bool net_find_mac(const struct net *net, size_t network,
    const uint8_t mac[6], size_t *host);
/* Is it in the prefix of some network? */
bool net_has_route(const struct net *net,
    const struct scenario_address *address);

#endif
