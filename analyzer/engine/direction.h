/*
 * Which way a packet goes, by the local networks.
 */
#ifndef ANALYZER_ENGINE_DIRECTION_H
#define ANALYZER_ENGINE_DIRECTION_H

#include <stddef.h>

#include "analyzer/decode/packet.h"
#include "base/network.h"

/* Sets direction, PACKET_BOTH_LOCAL and PACKET_NONE_LOCAL of n packets. */
void direction_set(const struct networks *local, struct packet *packets,
    size_t n);

#endif
