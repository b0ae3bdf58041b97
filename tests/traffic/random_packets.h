/*
 * Random packets, and the frames that are made of them, for tests.
 */
#ifndef TESTS_TRAFFIC_RANDOM_PACKETS_H
#define TESTS_TRAFFIC_RANDOM_PACKETS_H

#include "analyzer/decode/decode.h"
#include "base/random.h"
#include "traffic/synth/packet/frame_bytes.h"

enum { RANDOM_PACKETS_DATA_MAX = 3000 };

/* What they are drawn from. */
struct random_packets {
	struct random dice;
	struct frame_maker *maker;
};

/* Release with random_packets_end(). */
void random_packets_begin(struct random_packets *packets);
void random_packets_end(struct random_packets *packets);

/* 0 to n - 1. */
uint32_t random_packets_roll(struct random_packets *packets, uint64_t n);

/* TCP, UDP or ICMP (an echo) of either version, whose fields are random;
 * without fragmentation. */
struct sim_packet *random_packets_new(struct random_packets *packets,
    enum sim_kind kind);
/* Fields and options of a segment; they fit. */
void random_packets_segment(struct random_packets *packets,
    struct tcp_segment *segment);
void random_packets_address(struct random_packets *packets,
    struct scenario_address *address, uint8_t mac[6], uint8_t version);

/* The frame, borrowed until the next one. */
const uint8_t *random_packets_bytes(struct random_packets *packets,
    const struct sim_packet *packet, size_t *len);

/* Decoded without fault; frame has to stay. */
struct packet random_packets_decode(struct frame *frame,
    const uint8_t *data, size_t len);

#endif
