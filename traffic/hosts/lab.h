/*
 * A run as its first process sees it: builds the network, begins the captures,
 * opens the services, plays the actions at their times, and closes everything
 * in the opposite order.
 */
#ifndef TRAFFIC_HOSTS_LAB_H
#define TRAFFIC_HOSTS_LAB_H

#include <stdint.h>

#include "base/errbuf.h"
#include "traffic/hosts/cast.h"
#include "traffic/hosts/network_build.h"
#include "traffic/scenario/scenario.h"

/* Where a host or a network is captured. */
struct lab_point {
	size_t host;		/* SCENARIO_NONE: the network's switch */
	size_t network;
	char file[SCENARIO_NAME_MAX + 16];
	int fd;
};

struct lab {
	const struct scenario *scenario;
	const struct lab_point *points;
	size_t point_count;
	uint32_t snaplen;
	struct network_tools tools;
	struct cast_programs programs;
};

/* How it ended; the first process's status. */
enum lab_status {
	LAB_DONE = 0,
	LAB_NOTHING = 1,	/* it could not begin, or captures failed:
				   nothing is worth to be kept */
	LAB_FAILED = 3,		/* somebody did not play to the end, or packets
				   were dropped: the captures are whole files */
};

/* For spaces_start(); says on standard error what goes wrong. */
int lab_play(void *lab);

#endif
