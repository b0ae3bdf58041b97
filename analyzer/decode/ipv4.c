/*
 * IPv4 (RFC 791): version and header length in words 1, TOS 1, total length 2,
 * id 2, flags and fragment offset in units of eight bytes 2, TTL 1, protocol 1,
 * checksum 2, source 4, destination 4, options up to 40.
 */
#include "analyzer/decode/internal.h"

enum {
	IPV4_HEADER_BYTES = 20,
	IPV4_TO_SOURCE_END = 16,
	IPV4_ADDRESS_BYTES = 4,
	IPV4_MORE_FRAGMENTS = 0x2000,
	PROTOCOL_AH = 51,
};

struct ipv4_header {
	uint32_t header_bytes;
	uint32_t total_bytes;
	uint32_t fragment_at;
	uint16_t id;
	bool more_fragments;
	bool zero;		/* total length: taken from the frame */
	uint8_t protocol;
};

/* `left`: bytes to the end of the unit that the datagram is in.  Offloading
 * leaves a length of 0 for what does not fit into 16 bits, or is not known
 * before the card has cut it up. */
static void
header_parse(const uint8_t *p, size_t left, struct ipv4_header *h)
{
	uint16_t fragment = load_be16(p + 6);

	h->header_bytes = (p[0] & 15U) * 4;
	h->total_bytes = load_be16(p + 2);
	h->zero = h->total_bytes == 0;
	if (h->zero)
		h->total_bytes = (uint32_t)left;
	h->id = load_be16(p + 4);
	h->more_fragments = (fragment & IPV4_MORE_FRAGMENTS) != 0;
	h->fragment_at = (fragment & 0x1fffU) * 8;
	h->protocol = p[9];
}

/* The destination, and options if n says so. */
static inline void
header_rest(struct decoder *d, size_t n)
{
	const uint8_t *p = cursor_take(&d->c, n);

	if (n > IPV4_ADDRESS_BYTES && p != NULL &&
	    !options_well_formed(p + IPV4_ADDRESS_BYTES,
	    n - IPV4_ADDRESS_BYTES))
		decoder_raise(d, PACKET_MALFORMED);
}

/*
 * An authentication header is walked through as in IPv6, but here it is the
 * protocol that the header names: what follows is listed and goes nowhere else,
 * so that ports always belong to ip_protocol.
 */
static enum layer
payload_decode(struct decoder *d, const struct ipv4_header *h)
{
	uint8_t protocol = h->protocol;
	bool later = h->fragment_at != 0;

	while (protocol == PROTOCOL_AH && !later && !d->c.failed) {
		protocol = ip_skip_ah(&d->c);
		decoder_enter_tunnel(d);
	}
	return ip_payload(d, protocol, later);
}

enum layer
decode_ipv4(struct decoder *d)
{
	struct packet *out = decoder_out(d);
	uint32_t at = decoder_at(d);
	uint8_t first = cursor_peek(&d->c);
	const uint8_t *p;
	struct ipv4_header h;

	if (d->c.failed)
		return LAYER_NONE;
	if (first >> 4 != 4 || (first & 15) * 4 < IPV4_HEADER_BYTES)
		return decoder_malformed(d);
	p = cursor_take(&d->c, IPV4_TO_SOURCE_END);
	if (p == NULL)
		return LAYER_NONE;
	header_parse(p, d->end - at, &h);
	if (h.total_bytes < h.header_bytes)
		return decoder_malformed(d);
	out->ip_version = 4;
	out->ip_protocol = h.protocol;
	out->ip_bytes = h.total_bytes;
	out->network_at = at;
	if (h.zero)
		out->flags |= PACKET_LEN_ZERO;
	ip_enclose(d, h.total_bytes - IPV4_TO_SOURCE_END);
	header_rest(d, h.header_bytes - IPV4_TO_SOURCE_END);
	if (h.fragment_at != 0 || h.more_fragments)
		ip_fragment(d, h.id, h.fragment_at);
	return payload_decode(d, &h);
}
