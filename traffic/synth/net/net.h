/*
 * The network in virtual time: a link from each host to the switch of its
 * network, and one router between the networks.  The captures are written here.
 *
 * A link sends one frame after the other at its bandwidth (of the frame's
 * bytes; without limit they take no time), the others wait in its queue.  What
 * it does to a frame it decides when it begins to send it: frames are numbered
 * in that order, for the scenario's drops.  A frame arrives its latency and
 * jitter after its last bit was sent, but not before the frame ahead of it; one
 * that is to be reordered is held so much longer, and the others do not wait
 * for it.  A copy arrives right behind the frame.
 *
 * A capture sees a frame of its own host when the link begins to send it
 * (before it can be lost), and one from outside when its last bit is there.  A
 * switch's capture sees what passes the switch: what was not lost on the way to
 * it, once in each network that the packet crosses.  Times are those of the
 * capture's clock (host's clock_offset_ns; a switch has none).
 *
 * The switch takes no time.  It sends broadcasts and multicasts to all hosts
 * but their sender, and drops what is larger than the MTU of the host it is for
 * (FATE_TOO_BIG).
 *
 * The router takes 10 us.  It knows every host's MAC, answers ARP and neighbour
 * solicitations for its own addresses, and pings to them that come whole: it
 * puts no fragments together.  It takes 1 from the TTL, fragments IPv4, and
 * sends "fragmentation needed", "packet too big", "time exceeded", "no route"
 * and "host unreachable".  Its MAC is 02:00 and its IPv4 address in the network;
 * without one 02:01 and the network's number.
 */
#ifndef TRAFFIC_SYNTH_NET_NET_H
#define TRAFFIC_SYNTH_NET_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "traffic/scenario/scenario.h"
#include "traffic/synth/net/clock.h"
#include "traffic/synth/packet/sim_packet.h"
#include "traffic/synth/truth/truth.h"

struct net;

/* A frame has arrived at a host: its own MAC, a broadcast, or a multicast.
 * Borrowed: hold it to keep it. */
typedef void net_arrival(void *owner, size_t host, struct sim_packet *packet);

struct net_setup {
	const struct scenario *scenario;
	struct clock *clock;
	struct truth *truth;
	uint64_t seed;
	net_arrival *arrival;
	void *owner;
	const char *folder;	/* of the captures; NULL: none is written */
	int64_t start_ns;	/* of virtual time, since 1970 */
	uint32_t snaplen;	/* cuts those of the captures; 0: not */
	bool force;		/* captures that are there are replaced */
};

/* All is borrowed.  The captures are begun under temporary names. */
struct net *net_new(const struct net_setup *setup, struct errbuf *err);

/* Takes the reference over.  The caller has filled in all but `sender` and
 * `number`, which are set here. */
void net_transmit(struct net *net, size_t host, struct sim_packet *packet);

/* What a host asks ARP for to reach this address, the address itself (groups,
 * too) or its router's.  -1: there is no way. */
int net_next_hop(const struct net *net, size_t host,
    const struct scenario_address *to, struct scenario_address *hop);

/* The MAC of a host or router in the host's network, or that of a group; -1:
 * nobody has the address.  For hosts whose neighbours are known. */
int net_mac(const struct net *net, size_t host,
    const struct scenario_address *of, uint8_t mac[6]);

/* The end of the scenario: packets that are under way are told to the truth
 * (FATE_UNFINISHED), and the captures are written to their end, still under
 * temporary names.  The clock must not run on after it. */
int net_finish(struct net *net, struct errbuf *err);

/* Gives the captures their names, all or none as far as the disk allows. */
int net_keep(struct net *net, struct errbuf *err);

/* Captures that were not kept are removed.  NULL does nothing. */
void net_free(struct net *net);

#endif
