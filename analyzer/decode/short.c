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
	UDP_PAYLOAD_AT = TRANSPORT_AT + 8,

	/* EtherType 0800, then version 4 and five words of header. */
	PLAIN_IPV4 = 0x080045,
	FRAGMENT_MASK = 0x3fff,		/* "more fragments" and offset */
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,

	TCP_PLAIN_BYTES = 20,
	TCP_STAMPED_BYTES = 32,
	TCP_STAMP = 0x0101080a,		/* NOP NOP timestamp, length 10 */
};

/* Bytes of a TCP header of which no option needs a look; 0 for others. */
static inline uint32_t
tcp_header_bytes(const struct frame *f)
{
	uint32_t bytes = (f->data[TCP_OFFSET_AT] >> 4) * 4U;

	if (bytes == TCP_PLAIN_BYTES)
		return bytes;
	if (bytes == TCP_STAMPED_BYTES &&
	    f->cap_len >= TRANSPORT_AT + TCP_STAMPED_BYTES &&
	    load_be32(f->data + TCP_OPTIONS_AT) == TCP_STAMP)
		return bytes;
	return 0;
}

static inline void
network_set(const struct frame *f, struct packet *p, enum layer transport,
    uint32_t total)
{
	const uint8_t path[PACKET_LAYERS_MAX] = {
		LAYER_ETHERNET, LAYER_IPV4, (uint8_t)transport
	};

	p->frame = f;
	memcpy(p->layers, path, sizeof(path));
	p->layer_count = 3;
	p->vlan_count = 0;
	p->ip_bytes = total;
	p->network_at = NETWORK_AT;
	p->transport_at = TRANSPORT_AT;
	p->src_port = load_be16(f->data + TRANSPORT_AT);
	p->dst_port = load_be16(f->data + TRANSPORT_AT + 2);
	p->status = NETWORK_AT + total > f->cap_len ?
	    PACKET_TRUNCATED : PACKET_OK;
	p->ip_version = 4;
}

static inline bool
tcp_short(const struct frame *f, struct packet *p, uint32_t total)
{
	const uint8_t *tcp = f->data + TRANSPORT_AT;
	uint32_t header_bytes;

	if (f->cap_len < TRANSPORT_AT + TCP_PLAIN_BYTES)
		return false;
	header_bytes = tcp_header_bytes(f);
	if (header_bytes == 0 || total < 20 + header_bytes)
		return false;
	network_set(f, p, LAYER_TCP, total);
	p->ip_protocol = PROTOCOL_TCP;
	p->payload_at = TRANSPORT_AT + header_bytes;
	p->payload_len = total - 20 - header_bytes;
	p->tcp_seq = load_be32(tcp + 4);
	p->tcp_ack = load_be32(tcp + 8);
	p->tcp_flags = load_be16(tcp + 12) & 0x01ff;
	p->tcp_window = load_be16(tcp + 14);
	p->flags = PACKET_HAS_PORTS | PACKET_HAS_TCP | PACKET_HAS_PAYLOAD_LEN;
	return true;
}

static inline bool
udp_short(const struct frame *f, struct packet *p, uint32_t total)
{
	uint32_t len = load_be16(f->data + TRANSPORT_AT + 4);

	if (len < 8 || len + 20 > total)
		return false;
	network_set(f, p, LAYER_UDP, total);
	p->ip_protocol = PROTOCOL_UDP;
	p->payload_at = UDP_PAYLOAD_AT;
	p->payload_len = len - 8;
	p->flags = PACKET_HAS_PORTS | PACKET_HAS_PAYLOAD_LEN;
	return true;
}

/* False, with the packet in no state, where the frame is not a plain one. */
static inline bool
decode_short(const struct frame *f, struct packet *p)
{
	const uint8_t *b = f->data;
	uint32_t total;

	if (f->link_type != LINK_ETHERNET || f->cap_len < UDP_PAYLOAD_AT)
		return false;
	if (load_be32(b + ETHERTYPE_AT) >> 8 != PLAIN_IPV4 ||
	    (load_be16(b + FRAGMENT_AT) & FRAGMENT_MASK) != 0)
		return false;
	total = load_be16(b + TOTAL_AT);
	if (NETWORK_AT + total > f->cap_len && NETWORK_AT + total > f->wire_len)
		return false;
	if (b[PROTOCOL_AT] == PROTOCOL_TCP)
		return tcp_short(f, p, total);
	if (b[PROTOCOL_AT] == PROTOCOL_UDP)
		return udp_short(f, p, total);
	return false;
}

void
decode_batch(const struct frame *frames, size_t n, struct packet *packets)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!decode_short(&frames[i], &packets[i]))
			decode_frame(&frames[i], &packets[i]);
}
