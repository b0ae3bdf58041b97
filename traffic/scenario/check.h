/*
 * Once all is read: names are resolved, addresses and ports held against each
 * other.  Private to the files of this room.
 */
#ifndef TRAFFIC_SCENARIO_CHECK_H
#define TRAFFIC_SCENARIO_CHECK_H

#include "traffic/scenario/parser.h"

/* Everything, in this order. */
int check_scenario(struct parser *p);

int check_networks(struct parser *p);
int check_hosts(struct parser *p);
int check_actions(struct parser *p);
int check_ports(struct parser *p);
int check_times(struct parser *p);

/* The host of that name, with a hint where there is none. */
int check_reference(const struct parser *p, const struct reference *r,
    size_t *out);

#endif
