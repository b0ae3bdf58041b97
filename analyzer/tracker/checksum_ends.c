#include "analyzer/tracker/checksum_ends.h"

#include "base/cursor.h"

enum {
	IPV4_HEADER_BYTES = 20,
	IPV4_ADDRESS_BYTES = 4,
	IPV4_END = 0,
	IPV4_NOP = 1,
	IPV4_LOOSE_ROUTE = 131,	/* type 1, length 1, pointer 1, addresses */
	IPV4_STRICT_ROUTE = 137,

	IPV6_HEADER_BYTES = 40,
	IPV6_NEXT_AT = 6,
	IPV6_ADDRESS_BYTES = 16,
	HOP_BY_HOP = 0,
	ROUTING = 43,
	FRAGMENT = 44,
	AUTHENTICATION = 51,
	DESTINATION = 60,
	MOBILITY = 135,
	HOST_IDENTITY = 139,
	SHIM6 = 140,

	PAD1 = 0,
	HOME_ADDRESS = 201,
};

/* The pointer counts from 1, the option's type; past its end the route is used
 * up (RFC 791, section 3.1). */
static void
source_route(const uint8_t *option, size_t len, struct checksum_ends *ends)
{
	enum { POINTER_MIN = 4 };

	if (len < 3 || option[2] < POINTER_MIN) {
		ends->known = false;
		return;
	}
	if (option[2] + IPV4_ADDRESS_BYTES - 1U <= len)
		ends->dst = option + len - IPV4_ADDRESS_BYTES;
}

static void
ipv4_options(const uint8_t *at, size_t left, struct checksum_ends *ends)
{
	while (left > 0 && at[0] != IPV4_END) {
		size_t len = 1;

		if (at[0] != IPV4_NOP) {
			if (left < 2 || at[1] < 2 || at[1] > left)
				return;
			len = at[1];
			if (at[0] == IPV4_LOOSE_ROUTE ||
			    at[0] == IPV4_STRICT_ROUTE)
				source_route(at, len, ends);
		}
		at += len;
		left -= len;
	}
}

static bool
ipv4_find(const struct packet *packet, struct checksum_ends *ends)
{
	const uint8_t *header = packet->frame->data + packet->network_at;
	size_t n = (header[0] & 15U) * 4;

	ends->transport_at = packet->network_at + n;
	if (ends->transport_at > packet->frame->cap_len)
		return false;
	ipv4_options(header + IPV4_HEADER_BYTES, n - IPV4_HEADER_BYTES, ends);
	return true;
}

/*
 * Routing headers (of n bytes) that are not used up, by type: 0 (RFC 2460) and
 * 2 (RFC 6275) have the addresses behind eight bytes, the last one last; 4
 * (RFC 8754) has it first.
 */
static void
routing_header(const uint8_t *header, size_t n, struct checksum_ends *ends)
{
	enum { FIXED = 8 };
	uint8_t type = header[2], segments_left = header[3];

	if (segments_left == 0)
		return;
	if (n < FIXED + IPV6_ADDRESS_BYTES)
		ends->known = false;
	else if (type == 4)
		ends->dst = header + FIXED;
	else if (type == 2 || (type == 0 && n % 16 == FIXED))
		ends->dst = header + n - IPV6_ADDRESS_BYTES;
	else
		ends->known = false;
}

static void
destination_options(struct cursor c, struct checksum_ends *ends)
{
	while (c.left > 0 && !c.failed) {
		uint8_t type = cursor_u8(&c), len;
		const uint8_t *data;

		if (type == PAD1)
			continue;
		len = cursor_u8(&c);
		data = cursor_take(&c, len);
		if (type == HOME_ADDRESS && data != NULL &&
		    len == IPV6_ADDRESS_BYTES)
			ends->src = data;
	}
}

/* Of the header at `header`, whose type is `type`; 0: no extension header. */
static size_t
extension_bytes(uint8_t type, const uint8_t *header)
{
	switch (type) {
	case HOP_BY_HOP:
	case ROUTING:
	case DESTINATION:
	case MOBILITY:
	case HOST_IDENTITY:
	case SHIM6:
		return header[1] * 8U + 8;
	case FRAGMENT:
		return 8;
	case AUTHENTICATION:
		return header[1] * 4U + 8;
	default:
		return 0;
	}
}

static bool
ipv6_find(const struct packet *packet, struct checksum_ends *ends)
{
	const uint8_t *frame = packet->frame->data;
	size_t cap_len = packet->frame->cap_len;
	size_t at = (size_t)packet->network_at + IPV6_HEADER_BYTES;
	uint8_t next;

	if (at > cap_len)
		return false;
	next = frame[packet->network_at + IPV6_NEXT_AT];
	while (next != packet->ip_protocol) {
		const uint8_t *header = frame + at;
		size_t n = cap_len - at < 8 ? 0 : extension_bytes(next, header);

		if (n == 0 || n > cap_len - at)
			return false;
		if (next == ROUTING)
			routing_header(header, n, ends);
		else if (next == DESTINATION)
			destination_options(cursor_over(header + 2, n - 2,
			    n - 2), ends);
		next = header[0];
		at += n;
	}
	ends->transport_at = at;
	return true;
}

bool
checksum_ends_find(const struct packet *packet, struct checksum_ends *ends)
{
	ends->src = packet_src(packet);
	ends->dst = packet_dst(packet);
	ends->known = true;
	ends->transport_at = 0;
	if (ends->dst == NULL)
		return false;
	return packet->ip_version == 4 ? ipv4_find(packet, ends) :
	    ipv6_find(packet, ends);
}
