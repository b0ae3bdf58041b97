/*
 * How a scenario's hosts are wired, as commands for ip(8) and tc(8).
 *
 *	host            the middle
 *	eth0 ---------- p3 == br0 (router's addresses) == p4 ---------- eth0
 *	eth0 -- t5 == c5 == u5 -- p5 == br0
 *
 * The middle is one network namespace with a bridge for each network; its
 * kernel is the router between them.  Names carry the numbers of hosts and
 * networks.  Where a host's link is shaped on its way up, a bridge of its own
 * (c5) stands between, so that the host's capture sees packets before they are
 * delayed or lost, as those in virtual time do: u5 shapes up, t5 (p5 where
 * there is no c5) down.
 */
#ifndef TRAFFIC_HOSTS_WIRING_H
#define TRAFFIC_HOSTS_WIRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traffic/hosts/command_text.h"
#include "traffic/scenario/scenario.h"

/* The interface of every host. */
#define WIRING_HOST_DEVICE "eth0"

enum { WIRING_NAME_BYTES = 16 };

/* "br0": a network's bridge in the middle. */
void wiring_bridge_name(char name[WIRING_NAME_BYTES], size_t network);

/* That of the router in this network: the same as in virtual time. */
void wiring_router_mac(uint8_t mac[6], const struct scenario *scenario,
    size_t network);

/* Is the link shaped, by a kernel with netem or without? */
bool wiring_is_shaped(const struct scenario_link *link, bool has_netem);

/* ip, in the middle: the bridges; and, once the kernel knows what they are
 * (kernel_settings.h), the router's addresses on them. */
void wiring_bridges(struct command_text *commands,
    const struct scenario *scenario);

/* Of each family that the network has; behind it the bridge is up. */
void wiring_router(struct command_text *commands,
    const struct scenario *scenario);

/* ip, in the middle: a host's cable; its other end appears in the network
 * namespace behind that path.  `up` is shaped: see above. */
void wiring_cable(struct command_text *commands,
    const struct scenario *scenario, size_t host, const char *space,
    bool up_is_shaped);

/* tc, in the middle: both directions of the host's link. */
void wiring_shapers(struct command_text *commands,
    const struct scenario *scenario, size_t host, bool has_netem);

/* ip, in the host: addresses, routes, neighbours that are known. */
void wiring_host(struct command_text *commands,
    const struct scenario *scenario, size_t host);

#endif
