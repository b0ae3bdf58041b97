/*
 * At which host a capture was taken, as far as the addresses in it tell: at one
 * that is an end of nearly all (95 %) of its packets.  In a capture of one
 * connection two hosts are that; it then takes other captures to tell.
 *
 * Input:  the addresses of all of the capture's packets, in order.
 * Bounds: the first PLACES_HOSTS_MAX addresses are counted; a host that is an
 *         end of nearly all packets comes soon.
 */
#ifndef ANALYZER_ANALYSES_PLACES_H
#define ANALYZER_ANALYSES_PLACES_H

#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

enum {
	PLACES_HOSTS_MAX = 256,
	PLACES_CANDIDATES_MAX = 2,	/* a packet has two ends */
};

struct place_host {
	struct table_ip ip;
	uint64_t packets;	/* that it is an end of */
};

/* Caller's memory; zeroed is empty. */
struct place_hosts {
	struct place_host list[PLACES_HOSTS_MAX];
	size_t count;
	uint64_t packets;	/* with addresses */
};

/* A packet without addresses (version 0) does not count. */
void place_hosts_add(struct place_hosts *hosts, const struct table_ip *src,
    const struct table_ip *dst);

/* The hosts at which the capture may have been taken, in the order in which
 * they came; how many. */
size_t place_candidates(const struct place_hosts *hosts,
    struct table_ip out[PLACES_CANDIDATES_MAX]);

#endif
