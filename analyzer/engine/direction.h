/*
 * Which way a packet goes, by the local networks.
 */
#ifndef ANALYZER_ENGINE_DIRECTION_H
#define ANALYZER_ENGINE_DIRECTION_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/decode/packet.h"
#include "base/network.h"

struct direction_counts {
	uint64_t in, out, other, skipped;
};

/* Sets direction and PACKET_SAME_SIDE of n packets and adds them to the
 * counts. */
void direction_set(const struct networks *local, struct packet *packets,
    size_t n, struct direction_counts *counts);

#endif
