/*
 * Once all is read: names are resolved, addresses and ports held against each
 * other.  Private to the files of this room.
 */
#ifndef TRAFFIC_SCENARIO_CHECK_H
#define TRAFFIC_SCENARIO_CHECK_H

#include "traffic/scenario/parser.h"

/* Everything, in this order.  -1: the first fault, said in *err; so of each
 * part below. */
int check_scenario(struct parser *p);

/* Prefixes do not overlap; each has a router, the first address by default. */
int check_networks(struct parser *p);

/* Addresses, MACs, MTUs, DNS names; who a host's resolver is. */
int check_hosts(struct parser *p);

/* Who they are between, by which version of IP, begun before the limit; then
 * what each verb wants. */
int check_actions(struct parser *p);

/* Nothing else has the port that a service or an action takes. */
int check_ports(struct parser *p);

/* No host's clock leaves the years 1970 to 2105 that savefiles can hold. */
int check_times(struct parser *p);

/* The host of that name, with a hint where there is none. */
int check_reference(const struct parser *p, const struct reference *r,
    size_t *out);

#endif
