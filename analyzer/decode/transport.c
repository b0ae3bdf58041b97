/*
 * What IP carries: ports, sequence numbers, the length of the payload.
 *
 * TCP (RFC 9293): source port 2, destination port 2, sequence number 4,
 *	acknowledgment 4, header length in words and flags 2, window 2,
 *	checksum 2, urgent pointer 2, options up to 40.
 * UDP (RFC 768): source port 2, destination port 2, length 2, checksum 2.
 * UDP-Lite (RFC 3828): as UDP; its length is what the checksum covers.
 * SCTP (RFC 9260): source port 2, destination port 2, tag 4, checksum 4,
 *	chunks.
 * ICMP (RFC 792), ICMPv6 (RFC 4443): type 1, code 1, checksum 2; the former
 *	has four bytes more whatever the type.
 * IGMP (RFC 9776): type 1, time 1, checksum 2, group 4.
 */
#include "analyzer/decode/internal.h"

enum {
	PORTS_BYTES = 4,
	TCP_HEADER_BYTES = 20,
	UDP_HEADER_BYTES = 8,
	SCTP_HEADER_BYTES = 12,
	ICMP_HEADER_BYTES = 8,
	ICMPV6_HEADER_BYTES = 4,
	IGMP_HEADER_BYTES = 8,
};

/* Looks at the ports, which may be all that was captured. */
static inline void
ports_note(struct decoder *d)
{
	struct packet *out = d->out;

	out->transport_at = decoder_at(d);
	if (d->c.left >= PORTS_BYTES)
		out->flags |= PACKET_HAS_PORTS;
}

/* The payload follows here; of a header cut by the snaplen, at the end. */
static void
payload_note(struct decoder *d, size_t len)
{
	d->out->payload_at = decoder_at(d);
	d->out->payload_len = (uint32_t)len;
	d->out->flags |= PACKET_HAS_PAYLOAD_LEN;
}

static void
tcp_options(struct decoder *d, size_t n)
{
	const uint8_t *p = cursor_take(&d->c, n);

	if (p == NULL)
		/* The payload's place is then the end of what there is. */
		d->c.at += d->c.left;
	else if (!options_well_formed(p, n))
		decoder_raise(d, PACKET_MALFORMED);
}

enum layer
decode_tcp(struct decoder *d)
{
	size_t room = d->end - decoder_at(d);
	size_t header_bytes;
	const uint8_t *p;

	ports_note(d);
	p = cursor_take(&d->c, TCP_HEADER_BYTES);
	if (p == NULL)
		return LAYER_NONE;
	d->out->flags |= PACKET_HAS_TCP;
	header_bytes = (p[12] >> 4) * 4U;
	if (header_bytes < TCP_HEADER_BYTES)
		return decoder_malformed(d);
	if (header_bytes > room)
		return d->fragment ? LAYER_NONE : decoder_malformed(d);
	if (header_bytes > TCP_HEADER_BYTES)
		tcp_options(d, header_bytes - TCP_HEADER_BYTES);
	payload_note(d, room - header_bytes);
	return LAYER_NONE;
}

enum layer
decode_udp(struct decoder *d)
{
	size_t room = d->end - decoder_at(d);
	const uint8_t *p;
	size_t len;

	ports_note(d);
	p = cursor_take(&d->c, UDP_HEADER_BYTES);
	if (p == NULL)
		return LAYER_NONE;
	len = load_be16(p + 4);
	if (len == 0 && room > UINT16_MAX)
		len = room;		/* jumbogram, RFC 2675 section 4 */
	if (len < UDP_HEADER_BYTES)
		return decoder_malformed(d);
	if (len > room) {
		if (!d->fragment)
			decoder_raise(d, PACKET_MALFORMED);
		len = room;
	}
	payload_note(d, len - UDP_HEADER_BYTES);
	return LAYER_NONE;
}

enum layer
decode_udplite(struct decoder *d)
{
	size_t room = d->end - decoder_at(d);
	const uint8_t *p;
	size_t covered;

	ports_note(d);
	p = cursor_take(&d->c, UDP_HEADER_BYTES);
	if (p == NULL)
		return LAYER_NONE;
	covered = load_be16(p + 4);
	if (covered != 0 && covered < UDP_HEADER_BYTES)
		return decoder_malformed(d);
	if (covered > room && !d->fragment)
		decoder_raise(d, PACKET_MALFORMED);
	payload_note(d, room - UDP_HEADER_BYTES);
	return LAYER_NONE;
}

/* Chunks have headers of their own, so that there is no payload length. */
enum layer
decode_sctp(struct decoder *d)
{
	ports_note(d);
	cursor_take(&d->c, SCTP_HEADER_BYTES);
	return LAYER_NONE;
}

enum layer
decode_icmp(struct decoder *d)
{
	cursor_take(&d->c, ICMP_HEADER_BYTES);
	return LAYER_NONE;
}

enum layer
decode_icmpv6(struct decoder *d)
{
	cursor_take(&d->c, ICMPV6_HEADER_BYTES);
	return LAYER_NONE;
}

enum layer
decode_igmp(struct decoder *d)
{
	cursor_take(&d->c, IGMP_HEADER_BYTES);
	return LAYER_NONE;
}
