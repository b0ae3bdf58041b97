/*
 * What the kernel of a network namespace is told, beyond its interfaces: TTL,
 * IPv6 or none, TCP as the scenario says, forwarding in the middle; and that
 * interfaces leave no work to hardware that is not there, so that what is
 * captured has right checksums and segments of true size.
 *
 * Each function works on the network namespace that the process is in.
 */
#ifndef TRAFFIC_HOSTS_KERNEL_SETTINGS_H
#define TRAFFIC_HOSTS_KERNEL_SETTINGS_H

#include <stddef.h>

#include "base/errbuf.h"
#include "traffic/scenario/scenario.h"

/* Before the middle has interfaces. */
int kernel_set_middle(struct errbuf *err);

/* A bridge of the middle, before it has addresses. */
int kernel_set_bridge(const char *bridge,
    const struct scenario_network *network, struct errbuf *err);

/* A host whose interface is there, and not up yet. */
int kernel_set_host(const struct scenario_host *host, struct errbuf *err);

/* Checksums and segmentation by the kernel.  What an interface cannot change
 * is left. */
int kernel_stop_offloads(const char *device, struct errbuf *err);

#endif
