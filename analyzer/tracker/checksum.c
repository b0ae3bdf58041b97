#include "analyzer/tracker/checksum.h"

#include <stdbool.h>
#include <string.h>

#include "analyzer/tracker/checksum_ends.h"

/*
 * All sums are made of words as this machine loads them: ones' complement does
 * not mind the byte order (RFC 1071, section 2 B), only that it is one.  Right
 * is what sums up to 0xffff, whichever way that is read.
 */

enum {
	PROTOCOL_ICMP = 1,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_ICMPV6 = 58,

	UDP_HEADER_BYTES = 8,
	UDP_LENGTH_AT = 4,
	ALL_ONES = 0xffff,
};

/* Where the field is in each protocol's header, and what it sums. */
struct protocol {
	uint8_t number;
	uint8_t field_at;
	uint8_t ip_version;	/* over which it is this one; 0: both */
	bool pseudo;		/* the pseudo header belongs to it */
};

static const struct protocol protocols[] = {
	{ PROTOCOL_TCP, 16, 0, true },
	{ PROTOCOL_UDP, 6, 0, true },
	{ PROTOCOL_ICMP, 2, 4, false },		/* RFC 792 */
	{ PROTOCOL_ICMPV6, 2, 6, true },	/* RFC 4443, section 2.3 */
};

const char *
checksum_name(enum checksum checksum)
{
	static const char *const names[CHECKSUMS] = {
		[CHECKSUM_GOOD] = "good",
		[CHECKSUM_BAD] = "bad",
		[CHECKSUM_UNVERIFIED] = "unverified",
		[CHECKSUM_NOT_COMPUTED] = "not computed",
	};

	return checksum < CHECKSUMS ? names[checksum] : NULL;
}

/* Two words of 64 bits that the compiler keeps in one register. */
typedef uint64_t lanes __attribute__((vector_size(16)));

enum { BLOCK_BYTES = 4 * sizeof(lanes) };

/* Words of 32 bits into lanes of 64, so that no carry is lost before 2^35
 * bytes: even and odd ones apart, for a mask and a shift are cheaper than to
 * move them. */
static inline void
add_lanes(lanes sums[2], const uint8_t *data)
{
	const lanes low = { UINT32_MAX, UINT32_MAX };
	lanes words;

	memcpy(&words, data, sizeof(words));
	sums[0] += words & low;
	sums[1] += words >> 32;
}

static uint64_t
sum_blocks(const uint8_t *data, size_t blocks)
{
	lanes even[2] = { { 0, 0 }, { 0, 0 } }, odd[2] = { { 0, 0 }, { 0, 0 } };

	for (; blocks > 0; blocks--, data += BLOCK_BYTES) {
		add_lanes(even, data);
		add_lanes(odd, data + 16);
		add_lanes(even, data + 32);
		add_lanes(odd, data + 48);
	}
	even[0] += even[1] + odd[0] + odd[1];
	return even[0][0] + even[0][1];
}

uint64_t
checksum_sum(const uint8_t *data, size_t n)
{
	size_t blocks = n / BLOCK_BYTES;
	uint64_t sum = blocks > 0 ? sum_blocks(data, blocks) : 0;

	data += blocks * BLOCK_BYTES;
	n -= blocks * BLOCK_BYTES;
	for (; n >= sizeof(uint32_t); n -= sizeof(uint32_t)) {
		uint32_t word;

		memcpy(&word, data, sizeof(word));
		sum += word;
		data += sizeof(word);
	}
	if (n > 0) {
		uint32_t rest = 0;	/* an odd byte is followed by 0 */

		memcpy(&rest, data, n);
		sum += rest;
	}
	return sum;
}

/* To 16 bits, the carries added in again. */
static uint16_t
fold(uint64_t sum)
{
	sum = (sum >> 32) + (sum & UINT32_MAX);
	sum = (sum >> 32) + (sum & UINT32_MAX);
	sum = (sum >> 16) + (sum & ALL_ONES);
	sum = (sum >> 16) + (sum & ALL_ONES);
	sum = (sum >> 16) + (sum & ALL_ONES);
	return (uint16_t)sum;
}

static uint16_t
load_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* As the sums have it. */
static uint16_t
load_native(const uint8_t *p)
{
	uint16_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

static uint64_t
sum_be32(uint32_t value)
{
	const uint8_t bytes[] = { (uint8_t)(value >> 24),
	    (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value };

	return checksum_sum(bytes, sizeof(bytes));
}

enum checksum
checksum_network(const struct packet *packet)
{
	const uint8_t *header;
	size_t n;

	if (packet->flags & PACKET_HAS_CHECKSUMS)
		return (enum checksum)packet->network_checksum;
	if (packet->ip_version != 4)
		return CHECKSUM_NONE;
	header = packet->frame->data + packet->network_at;
	n = (header[0] & 15U) * 4;
	if (packet->network_at + n > packet->frame->cap_len)
		return CHECKSUM_UNVERIFIED;
	if (fold(checksum_sum(header, n)) == ALL_ONES)
		return CHECKSUM_GOOD;
	/* The card fills in the field, or the length and then the field. */
	if (load_be16(header + 10) == 0 || packet->flags & PACKET_LEN_ZERO)
		return CHECKSUM_UNVERIFIED;
	return CHECKSUM_BAD;
}

static const struct protocol *
protocol_of(const struct packet *packet)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		const struct protocol *p = &protocols[i];

		if (p->number == packet->ip_protocol &&
		    (p->ip_version == 0 || p->ip_version == packet->ip_version))
			return p;
	}
	return NULL;
}

/* Without the length, which comes apart. */
static uint64_t
sum_pseudo(const struct packet *packet, const struct checksum_ends *ends)
{
	size_t n = packet->ip_version == 4 ? 4 : 16;

	return checksum_sum(ends->src, n) + checksum_sum(ends->dst, n) +
	    sum_be32(packet->ip_protocol);
}

/*
 * How many bytes the checksum covers.  Of UDP its own length says so; 0 stands
 * for all there is in a jumbogram (RFC 2675, section 4).  0 where the length
 * cannot be right.
 */
static size_t
covered(const struct packet *packet, const uint8_t *transport, size_t room)
{
	size_t len;

	if (packet->ip_protocol != PROTOCOL_UDP)
		return room;
	len = load_be16(transport + UDP_LENGTH_AT);
	if (len == 0 && room > UINT16_MAX)
		return room;
	return len < UDP_HEADER_BYTES || len > room ? 0 : len;
}

/*
 * The card is to add up the rest: what the stack leaves is the sum of the
 * pseudo header (Linux, CHECKSUM_PARTIAL), where segments are to be cut without
 * the length, that of each not being known (Windows, large send offload).
 */
static bool
is_left_to_card(const struct packet *packet, uint16_t field, uint64_t pseudo,
    size_t len)
{
	if (field == fold(pseudo + sum_be32((uint32_t)len)))
		return true;
	return packet->ip_protocol == PROTOCOL_TCP && field == fold(pseudo);
}

static enum checksum
verify(const struct packet *packet, const struct protocol *protocol,
    const struct checksum_ends *ends, const uint8_t *transport, size_t len)
{
	uint16_t field = load_native(transport + protocol->field_at);
	uint64_t pseudo = 0, sum;

	sum = checksum_sum(transport, len);
	if (protocol->pseudo) {
		pseudo = sum_pseudo(packet, ends);
		sum += pseudo + sum_be32((uint32_t)len);
	}
	if (fold(sum) == ALL_ONES)
		return CHECKSUM_GOOD;
	if (protocol->pseudo && (!ends->known ||
	    is_left_to_card(packet, field, pseudo, len)))
		return CHECKSUM_UNVERIFIED;
	return CHECKSUM_BAD;
}

/*
 * RFC 768: 0 is what a sender writes that made none.  RFC 8200, section 8.1,
 * forbids that over IPv6; RFC 6935 allows it again for tunnels, whose ports
 * their ends have agreed on: that, a capture does not tell, so it is bad.
 */
static enum checksum
without_field(const struct packet *packet)
{
	return packet->ip_version == 4 ? CHECKSUM_NOT_COMPUTED : CHECKSUM_BAD;
}

enum checksum
checksum_transport(const struct packet *packet)
{
	const struct protocol *protocol = protocol_of(packet);
	const struct frame *frame = packet->frame;
	struct checksum_ends ends;
	const uint8_t *transport;
	size_t end, len;

	if (packet->flags & PACKET_HAS_CHECKSUMS)
		return (enum checksum)packet->transport_checksum;
	if (packet->ip_version == 0 || protocol == NULL ||
	    packet->flags & PACKET_LATER_FRAGMENT)
		return CHECKSUM_NONE;
	if (!checksum_ends_find(packet, &ends) ||
	    ends.transport_at + protocol->field_at + 2U > frame->cap_len)
		return CHECKSUM_UNVERIFIED;
	transport = frame->data + ends.transport_at;
	if (protocol->number == PROTOCOL_UDP &&
	    load_be16(transport + protocol->field_at) == 0)
		return without_field(packet);
	end = (size_t)packet->network_at + packet->ip_bytes;
	if (packet->flags & (PACKET_FRAGMENT | PACKET_LEN_ZERO) ||
	    ends.transport_at + protocol->field_at + 2U > end)
		return CHECKSUM_UNVERIFIED;
	len = covered(packet, transport, end - ends.transport_at);
	if (len == 0 || ends.transport_at + len > frame->cap_len)
		return CHECKSUM_UNVERIFIED;
	return verify(packet, protocol, &ends, transport, len);
}
