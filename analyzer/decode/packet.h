/*
 * A packet: what decode found in a frame.  Plain data, no I/O.
 *
 * "Network" is the outermost IP header, "transport" what it carries: these
 * decide direction and ports.  What a tunnel carries is named in `layers` and
 * nowhere else.  Offsets count from the start of frame->data and point at
 * bytes that were captured.
 *
 * A field that ip_version, flags or a count declare absent means nothing: it
 * may hold what an earlier packet left there.
 */
#ifndef ANALYZER_DECODE_PACKET_H
#define ANALYZER_DECODE_PACKET_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/frame.h"
#include "analyzer/decode/layer.h"

enum packet_status {
	PACKET_OK,
	PACKET_TRUNCATED,	/* right, as far as the snaplen lets us see */
	PACKET_MALFORMED,	/* all there, and wrong */
	PACKET_UNSUPPORTED,	/* right, but we have no decoder for a part */
	PACKET_STATUSES,
};

enum packet_direction {
	DIRECTION_IN,
	DIRECTION_OUT,
	DIRECTION_OTHER,	/* no IP, or a family without a local network */
	DIRECTION_SKIPPED,	/* no decoder, or cut before the IP source */
	DIRECTIONS,
};

enum {
	PACKET_HAS_PORTS = 1,	/* packet_src_port() and packet_dst_port() */
	PACKET_HAS_TCP = 2,	/* the whole fixed TCP header: packet_tcp_*() */
	PACKET_HAS_PAYLOAD_LEN = 4,	/* payload_len is known: TCP, UDP and
				   UDP-Lite, later fragments included */
	PACKET_FRAGMENT = 8,	/* fragment_* and, in later ones, no ports */
	PACKET_LATER_FRAGMENT = 16,
	PACKET_LEN_ZERO = 32,	/* IP length field 0 (offloading): ip_bytes is
				   the frame's length less the link header */
	PACKET_SKIPPED = 64,	/* decode never reached an IP source, for want
				   of a decoder or of bytes */
	PACKET_SAME_SIDE = 128,	/* set with the direction: both ends are local
				   (out) or neither is (in) */
	PACKET_HAS_CHECKSUMS = 256,	/* the two checksum fields: of a packet
				   that was kept without all of its bytes */
};

enum { PACKET_LAYERS_MAX = 16, PACKET_VLANS_MAX = 4 };

struct packet {
	const struct frame *frame;
	uint8_t layers[PACKET_LAYERS_MAX];	/* enum layer, outermost first;
						   deeper ones are not listed */
	uint8_t layer_count;
	uint8_t vlan_count;	/* tags met; the first four are in vlan[] */
	uint8_t status;		/* enum packet_status */
	uint8_t ip_version;	/* 4, 6; 0: no IP source address was read */
	uint8_t ip_protocol;	/* of the outermost IP, after its extension
				   headers; 0xff where unknown */
	uint8_t direction;	/* enum packet_direction; set by the engine */
	uint16_t flags;		/* PACKET_* */
	uint32_t network_at;	/* where ip_version != 0 */
	uint32_t transport_at;	/* where HAS_PORTS or HAS_TCP */
	uint32_t payload_at;	/* where HAS_PAYLOAD_LEN; may be the end */
	uint32_t payload_len;	/* transport payload, from the headers */
	uint32_t ip_bytes;	/* IPv4 total length, 40 + IPv6 payload length;
				   0 where ip_version is */
	uint32_t fragment_id;
	uint32_t fragment_at;	/* offset in the datagram, bytes */
	uint16_t vlan[PACKET_VLANS_MAX];	/* VLAN ids, outermost first */
	uint8_t network_checksum, transport_checksum;	/* enum checksum of
						   tracker/checksum.h */
};

/* Addresses of the outermost IP; borrowed from the frame.  The destination may
 * be cut off: NULL then. */
static inline const uint8_t *
packet_src(const struct packet *p)
{
	return p->frame->data + p->network_at + (p->ip_version == 4 ? 12 : 8);
}

static inline const uint8_t *
packet_dst(const struct packet *p)
{
	uint32_t at = p->network_at + (p->ip_version == 4 ? 16 : 24);
	uint32_t len = p->ip_version == 4 ? 4 : 16;

	return at + len > p->frame->cap_len ? NULL : p->frame->data + at;
}

/* A number of the transport header, `offset` bytes from its start. */
static inline uint16_t
packet_transport_be16(const struct packet *p, uint32_t offset)
{
	const uint8_t *at = p->frame->data + p->transport_at + offset;

	return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t
packet_transport_be32(const struct packet *p, uint32_t offset)
{
	return (uint32_t)packet_transport_be16(p, offset) << 16 |
	    packet_transport_be16(p, offset + 2);
}

/* Where PACKET_HAS_PORTS. */
static inline uint16_t
packet_src_port(const struct packet *p)
{
	return packet_transport_be16(p, 0);
}

static inline uint16_t
packet_dst_port(const struct packet *p)
{
	return packet_transport_be16(p, 2);
}

/* Where PACKET_HAS_TCP. */
static inline uint32_t
packet_tcp_seq(const struct packet *p)
{
	return packet_transport_be32(p, 4);
}

static inline uint32_t
packet_tcp_ack(const struct packet *p)
{
	return packet_transport_be32(p, 8);
}

/* As in the header: FIN 1, SYN 2 ... CWR 128, AE 256. */
static inline uint16_t
packet_tcp_flags(const struct packet *p)
{
	return packet_transport_be16(p, 12) & 0x01ff;
}

static inline uint16_t
packet_tcp_window(const struct packet *p)
{
	return packet_transport_be16(p, 14);
}

/* What the outermost IP carries or, without IP, the innermost layer that is
 * known; LAYER_NONE where nothing is. */
enum layer packet_protocol(const struct packet *packet);

#endif
