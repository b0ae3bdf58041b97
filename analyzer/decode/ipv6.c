/*
 * IPv6 (RFC 8200): version, class and flow label 4, payload length 2, next
 * header 1, hop limit 1, source 16, destination 16.
 *
 * Extension headers: next header 1, length in units of eight bytes beyond the
 * first 1, data; but the fragment header: next header 1, 0, offset and "more"
 * 2, id 4; and the authentication header, which IPv4 shares (ip.c).
 */
#include "analyzer/decode/internal.h"

enum {
	IPV6_HEADER_BYTES = 40,
	IPV6_TO_SOURCE_END = 24,

	NEXT_HOP_BY_HOP = 0,
	NEXT_NONE = 59,

	PROTOCOL_UNKNOWN = 0xff,

	OPTION_PAD1 = 0,
	OPTION_JUMBO = 0xc2,	/* RFC 2675: payload length 4 */
	OPTION_JUMBO_BYTES = 4,
};

enum extension {
	EXTENSION_NONE,
	EXTENSION_PLAIN,
	EXTENSION_FRAGMENT,
	EXTENSION_AH,
};

static const uint8_t extensions[UINT8_MAX + 1] = {
	[NEXT_HOP_BY_HOP] = EXTENSION_PLAIN,
	[43] = EXTENSION_PLAIN,		/* routing */
	[44] = EXTENSION_FRAGMENT,
	[51] = EXTENSION_AH,
	[60] = EXTENSION_PLAIN,		/* destination options */
	[135] = EXTENSION_PLAIN,	/* mobility */
	[139] = EXTENSION_PLAIN,	/* HIP */
	[140] = EXTENSION_PLAIN,	/* shim6 */
};

/* Only now is it known where a datagram of payload length 0 ends. */
static void
jumbo_decode(struct decoder *d, uint32_t network_at, uint32_t len)
{
	struct packet *out = d->out;
	size_t end = (size_t)network_at + IPV6_HEADER_BYTES + len;

	if (len <= UINT16_MAX) {
		decoder_raise(d, PACKET_MALFORMED);
		return;
	}
	out->flags &= (uint16_t)~PACKET_LEN_ZERO;
	/* The sum wraps for lengths no frame can have. */
	out->ip_bytes = len > UINT32_MAX - IPV6_HEADER_BYTES ?
	    UINT32_MAX : IPV6_HEADER_BYTES + len;
	ip_enclose(d, end > decoder_at(d) ? end - decoder_at(d) : 0);
}

/* Looks through hop-by-hop options for the length of a jumbogram. */
static void
hop_by_hop_decode(struct decoder *d, struct cursor options)
{
	uint32_t network_at = d->out->network_at;

	while (options.left > 0 && !options.failed) {
		uint8_t type = cursor_u8(&options);
		uint8_t len;

		if (type == OPTION_PAD1)
			continue;
		len = cursor_u8(&options);
		if (type == OPTION_JUMBO && len == OPTION_JUMBO_BYTES) {
			uint32_t jumbo = cursor_be32(&options);

			if (!options.failed)
				jumbo_decode(d, network_at, jumbo);
			return;
		}
		cursor_take(&options, len);
	}
}

static uint8_t
plain_decode(struct decoder *d, bool may_be_jumbo)
{
	uint8_t next = cursor_u8(&d->c);
	size_t len = cursor_u8(&d->c) * 8 + 6;
	const uint8_t *p = cursor_take(&d->c, len);

	if (p != NULL && may_be_jumbo)
		hop_by_hop_decode(d, cursor_over(p, len, len));
	return next;
}

static uint8_t
fragment_decode(struct decoder *d, bool *later)
{
	uint8_t next = cursor_u8(&d->c);
	uint16_t place;
	uint32_t id;

	cursor_u8(&d->c);
	place = cursor_be16(&d->c);
	id = cursor_be32(&d->c);
	if (d->c.failed)
		return PROTOCOL_UNKNOWN;
	*later = place >> 3 != 0;
	/* Whole datagrams may carry the header too: RFC 6946. */
	if (*later || (place & 1) != 0)
		ip_fragment(d, id, place & 0xfff8);
	return next;
}

/* Steps over extension headers; each takes eight bytes or more.  Behind a later
 * fragment's header comes no header more, whatever it says is next. */
static enum layer
extensions_decode(struct decoder *d, uint8_t next)
{
	struct packet *out = d->out;
	bool later = false;

	while (extensions[next] != EXTENSION_NONE && !later) {
		bool jumbo = next == NEXT_HOP_BY_HOP &&
		    (out->flags & PACKET_LEN_ZERO) != 0;

		if (extensions[next] == EXTENSION_FRAGMENT)
			next = fragment_decode(d, &later);
		else if (extensions[next] == EXTENSION_AH)
			next = ip_skip_ah(&d->c);
		else
			next = plain_decode(d, jumbo);
		if (d->c.failed)
			return LAYER_NONE;
	}
	out->ip_protocol = extensions[next] != EXTENSION_NONE ?
	    PROTOCOL_UNKNOWN : next;
	return ip_payload(d, next, later);
}

/* 0 stands for a jumbogram, for nothing where nothing comes next, and for what
 * offloading has left open: these two last until the frame's end. */
static void
payload_enclose(struct decoder *d, uint16_t payload_len, uint8_t next)
{
	struct packet *out = d->out;
	uint32_t at = out->network_at;

	out->ip_bytes = IPV6_HEADER_BYTES + payload_len;
	if (payload_len == 0 && next != NEXT_NONE) {
		out->ip_bytes = (uint32_t)(d->end - at);
		out->flags |= PACKET_LEN_ZERO;
	}
	ip_enclose(d, out->ip_bytes - IPV6_TO_SOURCE_END);
}

enum layer
decode_ipv6(struct decoder *d)
{
	struct packet *out = decoder_out(d);
	uint32_t at = decoder_at(d);
	uint8_t first = cursor_peek(&d->c);
	const uint8_t *p;
	uint8_t next;

	if (d->c.failed)
		return LAYER_NONE;
	if (first >> 4 != 6)
		return decoder_malformed(d);
	p = cursor_take(&d->c, IPV6_TO_SOURCE_END);
	if (p == NULL)
		return LAYER_NONE;
	next = p[6];
	out->ip_version = 6;
	out->ip_protocol = PROTOCOL_UNKNOWN;
	out->network_at = at;
	payload_enclose(d, load_be16(p + 4), next);
	cursor_take(&d->c, IPV6_HEADER_BYTES - IPV6_TO_SOURCE_END);
	if (d->c.failed)
		return LAYER_NONE;
	return extensions_decode(d, next);
}
