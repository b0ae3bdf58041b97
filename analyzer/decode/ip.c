/* What IPv4 and IPv6 have in common: the payload's protocol, lengths and
 * fragments. */
#include "analyzer/decode/internal.h"

enum {
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_NO_NEXT = 59,
	PROTOCOL_UDPLITE = 136,
};

enum layer
layer_of_ip_protocol(uint8_t protocol)
{
	static const uint8_t rows[UINT8_MAX + 1] = {
		[1] = LAYER_ICMP,
		[2] = LAYER_IGMP,
		[4] = LAYER_IPV4,
		[PROTOCOL_TCP] = LAYER_TCP,
		[PROTOCOL_UDP] = LAYER_UDP,
		[41] = LAYER_IPV6,
		[47] = LAYER_GRE,
		[50] = LAYER_ESP,
		[58] = LAYER_ICMPV6,
		[132] = LAYER_SCTP,
		[PROTOCOL_UDPLITE] = LAYER_UDPLITE,
		[137] = LAYER_MPLS,	/* RFC 4023 */
	};

	if (protocol == PROTOCOL_NO_NEXT)
		return LAYER_NONE;
	if (rows[protocol] == LAYER_NONE)
		return LAYER_UNKNOWN;
	return (enum layer)rows[protocol];
}

void
ip_fragment(struct decoder *d, uint32_t id, uint32_t at)
{
	d->fragment = true;
	d->out->flags |= PACKET_FRAGMENT;
	if (at != 0)
		d->out->flags |= PACKET_LATER_FRAGMENT;
	d->out->fragment_id = id;
	d->out->fragment_at = at;
}

uint8_t
ip_skip_ah(struct cursor *c)
{
	uint8_t next = cursor_u8(c);
	size_t words = cursor_u8(c);	/* of four bytes, less two */

	cursor_take(c, (words + 2) * 4 - 2);
	return next;
}

/*
 * All of a later fragment is payload of its transport, whose header went with
 * the first: without it the volume of big datagrams would be lost.
 */
static enum layer
later_fragment(struct decoder *d, uint8_t protocol)
{
	struct packet *out = d->out;

	if (protocol != PROTOCOL_TCP && protocol != PROTOCOL_UDP &&
	    protocol != PROTOCOL_UDPLITE)
		return LAYER_NONE;
	out->payload_at = decoder_at(d);
	out->payload_len = (uint32_t)(d->end - out->payload_at);
	out->flags |= PACKET_HAS_PAYLOAD_LEN;
	return LAYER_NONE;
}

enum layer
ip_payload(struct decoder *d, uint8_t protocol, bool later)
{
	if (d->c.failed)
		return LAYER_NONE;
	if (later)
		return later_fragment(d, protocol);
	return layer_of_ip_protocol(protocol);
}
