/*
 * Builds the network of a scenario around the lab's first process, which is the
 * middle (wiring.h).
 */
#ifndef TRAFFIC_HOSTS_NETWORK_BUILD_H
#define TRAFFIC_HOSTS_NETWORK_BUILD_H

#include <limits.h>
#include <stdbool.h>

#include "base/errbuf.h"
#include "traffic/scenario/scenario.h"

struct network_tools {
	char ip[PATH_MAX];
	char tc[PATH_MAX];	/* "": there is none */
};

/* -1: there is no ip(8). */
int network_tools_find(struct network_tools *tools, struct errbuf *err);

/*
 * spaces: one descriptor a host, filled in.  *unshaped: some link asks for what
 * this kernel (or a missing tc) cannot do; it is left plain.
 */
int network_build(const struct scenario *scenario,
    const struct network_tools *tools, int *spaces, bool *unshaped,
    struct errbuf *err);

#endif
