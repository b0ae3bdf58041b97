/*
 * The bytes of a sim_packet, built with libnet: Ethernet, ARP, IPv4 and IPv6
 * with TCP, UDP, ICMP, ICMPv6 and their fragments; every checksum is right.
 *
 * TCP's options stand as Linux has them: MSS, then SACK permitted with the time
 * stamps (or NOPs in its place), then NOP and window scale; SACK blocks behind
 * two NOPs.
 */
#ifndef TRAFFIC_SYNTH_PACKET_FRAME_BYTES_H
#define TRAFFIC_SYNTH_PACKET_FRAME_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "traffic/synth/packet/sim_packet.h"

enum { TCP_OPTIONS_MAX = 40 };

struct frame_maker;

/* NULL: no memory. */
struct frame_maker *frame_maker_new(struct errbuf *err);

/* With it go the bytes that it gave last.  NULL does nothing. */
void frame_maker_free(struct frame_maker *maker);

/*
 * sim_packet_frame_bytes() bytes, padded with zeros to 60.  NULL: no memory, or
 * an IP packet of more than 65535 bytes.  Borrowed until the next call.
 */
const uint8_t *frame_bytes(struct frame_maker *maker,
    const struct sim_packet *packet, size_t *len, struct errbuf *err);

/* The same from the IP header on (ARP's own bytes), without padding. */
const uint8_t *frame_ip_bytes(struct frame_maker *maker,
    const struct sim_packet *packet, size_t *len, struct errbuf *err);

/* The options of a TCP header; returns tcp_option_bytes(). */
size_t frame_tcp_options(const struct tcp_segment *segment,
    uint8_t out[TCP_OPTIONS_MAX]);

#endif
