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

static const uint8_t plain_layers[PACKET_LAYERS_MAX] = {
	LAYER_ETHERNET, LAYER_IPV4,
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
 * the rest.  So the fields of TCP are filled from the bytes of a UDP payload
 * too; the flags say that they are not there.
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
	p->frame = f;
	memcpy(p->layers, plain_layers, sizeof(plain_layers));
	p->layers[2] = (uint8_t)pick(tcp, LAYER_TCP, LAYER_UDP);
	p->layer_count = 3;
	p->vlan_count = 0;
	p->status = NETWORK_AT + total > f->cap_len ?
	    PACKET_TRUNCATED : PACKET_OK;
	p->ip_version = 4;
	p->ip_protocol = b[PROTOCOL_AT];
	p->flags = (uint16_t)(PACKET_HAS_PORTS | PACKET_HAS_PAYLOAD_LEN |
	    (PACKET_HAS_TCP & tcp));
	p->ip_bytes = total;
	p->network_at = NETWORK_AT;
	p->transport_at = TRANSPORT_AT;
	p->payload_at = TRANSPORT_AT + header_bytes;
	p->payload_len = len - header_bytes;
	p->src_port = load_be16(b + TRANSPORT_AT);
	p->dst_port = load_be16(b + TRANSPORT_AT + 2);
	p->tcp_seq = load_be32(b + TRANSPORT_AT + 4);
	p->tcp_ack = load_be32(b + TRANSPORT_AT + 8);
	p->tcp_flags = load_be16(b + TCP_OFFSET_AT) & 0x01ff;
	p->tcp_window = load_be16(b + TCP_OFFSET_AT + 2);
	return true;
}

void
decode_batch(const struct frame *frames, size_t n, struct packet *packets)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!decode_short(&frames[i], &packets[i]))
			decode_frame(&frames[i], &packets[i]);
}
