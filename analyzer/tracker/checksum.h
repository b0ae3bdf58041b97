/*
 * The checksums of a packet, verified (RFC 1071): the IPv4 header's, and that
 * of TCP (RFC 9293), UDP (RFC 768, RFC 8200 section 8.1) and ICMP.
 *
 * A capture often cannot tell.  The snaplen may have cut bytes that count; a
 * fragment holds only a part of them; and where the sender's network card
 * computes the checksum the capture sees what the stack left for it: the sum
 * of the pseudo header alone (or 0 in an IPv4 header).  These are UNVERIFIED,
 * not bad.
 */
#ifndef ANALYZER_TRACKER_CHECKSUM_H
#define ANALYZER_TRACKER_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/decode/packet.h"

enum checksum {
	CHECKSUM_NONE,		/* there is no such field in this packet */
	CHECKSUM_GOOD,
	CHECKSUM_BAD,
	CHECKSUM_UNVERIFIED,	/* cut, fragmented, or left to the card */
	CHECKSUM_NOT_COMPUTED,	/* UDP over IPv4 with 0: the sender made none */
	CHECKSUMS,
};

/* The word in tables: "good", "bad", "unverified", "not computed"; NULL for
 * CHECKSUM_NONE. */
const char *checksum_name(enum checksum checksum);

/* The ones' complement sum of n bytes, not yet folded: sums of pieces of even
 * length may be added.  As fast as memory; any alignment. */
uint64_t checksum_sum(const uint8_t *data, size_t n);

/* Of the outermost IPv4 header; CHECKSUM_NONE for anything else. */
enum checksum checksum_network(const struct packet *packet);

/* Of TCP, UDP, ICMP or ICMPv6 in the outermost IP. */
enum checksum checksum_transport(const struct packet *packet);

#endif
