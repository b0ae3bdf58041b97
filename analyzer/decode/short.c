/*
 * The short way: most frames of most captures are Ethernet, IPv4 without
 * options, TCP or UDP, whole or cut by the snaplen behind their headers.
 *
 * One look at five bytes (EtherType, version and header length) and one at the
 * fragment field tell these from the rest.  For them all offsets are constants,
 * so the fields are loads and stores with few branches; nothing is cleared
 * first, and a field that the flags declare absent keeps what was there.
 * Whatever is not exactly so, and all that is wrong, goes by decode_frame():
 * here nothing has to be judged, only recognized.
 */
#include <stddef.h>
#include <string.h>

#include "analyzer/decode/decode.h"
#include "analyzer/decode/internal.h"

enum {
	LINK_ETHERNET = 1,
	ETHERTYPE_AT = 12,
	NETWORK_AT = 14,
	TOTAL_AT = NETWORK_AT + 2,
	FRAGMENT_AT = NETWORK_AT + 6,
	PROTOCOL_AT = NETWORK_AT + 9,
	TRANSPORT_AT = NETWORK_AT + 20,
	TCP_OFFSET_AT = TRANSPORT_AT + 12,
	TCP_OPTIONS_AT = TRANSPORT_AT + 20,
	UDP_LENGTH_AT = TRANSPORT_AT + 4,
	UDP_BYTES = 8,

	/* EtherType 0800, then version 4 and five words of header. */
	PLAIN_IPV4 = 0x080045,
	FRAGMENT_MASK = 0x3fff,		/* "more fragments" and offset */
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,

	TCP_PLAIN_BYTES = 20,
	TCP_STAMPED_BYTES = 32,
	TCP_STAMP = 0x0101080a,		/* NOP NOP timestamp, length 10 */
};

static const bool is_plain[256] = {
	[PROTOCOL_TCP] = true, [PROTOCOL_UDP] = true,
};

/* What all plain packets of a protocol have in common, copied at once: the
 * fields up to payload_at. */
#define PLAIN(layer, protocol, tcp_flag) { \
	.layers = { LAYER_ETHERNET, LAYER_IPV4, layer }, \
	.layer_count = 3, \
	.ip_version = 4, \
	.ip_protocol = protocol, \
	.flags = PACKET_HAS_PORTS | PACKET_HAS_PAYLOAD_LEN | (tcp_flag), \
	.network_at = NETWORK_AT, \
	.transport_at = TRANSPORT_AT, \
}

static const struct packet plain[2] = {
	PLAIN(LAYER_UDP, PROTOCOL_UDP, 0),
	PLAIN(LAYER_TCP, PROTOCOL_TCP, PACKET_HAS_TCP),
};

/* A TCP header with just the time stamp, as most have it: no option of it
 * needs a look. */
static inline bool
is_stamped_tcp(const struct frame *f, uint32_t header_bytes)
{
	return header_bytes == TCP_STAMPED_BYTES &&
	    f->cap_len >= TRANSPORT_AT + TCP_STAMPED_BYTES &&
	    load_be32(f->data + TCP_OPTIONS_AT) == TCP_STAMP;
}

/* One of two by a mask of ones or zeros.  Compilers make a branch of what is
 * written as a choice. */
static inline uint32_t
pick(uint32_t mask, uint32_t if_ones, uint32_t if_zeros)
{
	return if_zeros ^ ((if_zeros ^ if_ones) & mask);
}

/*
 * False, with the packet in no state, where the frame is not a plain one.
 *
 * TCP and UDP take the same way, with selects for what differs: they follow
 * each other at random, and a branch that guesses wrong costs as much as all
 * the rest.
 */
static inline bool
decode_short(const struct frame *f, struct packet *p)
{
	const uint8_t *b = f->data;
	uint32_t total, room, header_bytes, len;
	uint32_t tcp;		/* all ones, or 0 for UDP */

	if (f->link_type != LINK_ETHERNET ||
	    f->cap_len < TRANSPORT_AT + TCP_PLAIN_BYTES ||
	    load_be32(b + ETHERTYPE_AT) >> 8 != PLAIN_IPV4 ||
	    (load_be16(b + FRAGMENT_AT) & FRAGMENT_MASK) != 0)
		return false;
	if (!is_plain[b[PROTOCOL_AT]])
		return false;
	tcp = 0U - (b[PROTOCOL_AT] == PROTOCOL_TCP);
	total = load_be16(b + TOTAL_AT);
	if (NETWORK_AT + total > f->cap_len && NETWORK_AT + total > f->wire_len)
		return false;
	room = total - 20;	/* below 20 this is huge, and refused next */
	header_bytes = pick(tcp, (b[TCP_OFFSET_AT] >> 4) * 4U, UDP_BYTES);
	len = pick(tcp, room, load_be16(b + UDP_LENGTH_AT));
	if (total < 20 || len < header_bytes || len > room)
		return false;
	if (header_bytes != pick(tcp, TCP_PLAIN_BYTES, UDP_BYTES) &&
	    !is_stamped_tcp(f, header_bytes))
		return false;
	memcpy(p, &plain[tcp & 1], offsetof(struct packet, payload_at));
	p->frame = f;
	p->status = NETWORK_AT + total > f->cap_len ?
	    PACKET_TRUNCATED : PACKET_OK;
	p->payload_at = TRANSPORT_AT + header_bytes;
	p->payload_len = len - header_bytes;
	p->ip_bytes = total;
	return true;
}

unsigned
decode_batch(const struct frame *frames, size_t n, struct packet *packets)
{
	unsigned statuses = 0;

	for (size_t i = 0; i < n; i++) {
		if (!decode_short(&frames[i], &packets[i]))
			decode_frame(&frames[i], &packets[i]);
		statuses |= packets[i].status;
	}
	return statuses;
}
