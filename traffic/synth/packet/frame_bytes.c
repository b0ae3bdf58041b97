/*
 * libnet puts headers in front of each other, the last one first; it fills in
 * the checksums when the pieces are put together.  libnet_adv_cull_packet()
 * would want a raw socket, so libnet_pblock_coalesce() does that.
 */
#include "traffic/synth/packet/frame_bytes.h"

#include <libnet.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum {
	FRAME_BYTES_MIN = 60,
	IP_BYTES_MAX = 65535,
	FRAGMENT_NEXT_HEADER = 44,
	FRAGMENT_UNIT = 8,
	IPV6_FRAGMENT_BYTES = 8,
	UDP_CHECKSUM_AT = 6,
	WORD = 4,
	/* Options of TCP: RFC 9293, 2018, 7323. */
	OPTION_NOP = 1, OPTION_MSS = 2, OPTION_SCALE = 3,
	OPTION_SACK_PERMITTED = 4, OPTION_SACK = 5, OPTION_TIMES = 8,
	SACK_BLOCK_BYTES = 8,
};

struct frame_maker {
	libnet_t *libnet;
	struct bytes data;	/* libnet asks for some of it without const */
	struct bytes frame;	/* what is lent to the caller */
};

struct frame_maker *
frame_maker_new(struct errbuf *err)
{
	char text[LIBNET_ERRBUF_SIZE];
	struct frame_maker *m = calloc(1, sizeof(*m));

	if (m == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	m->libnet = libnet_init(LIBNET_NONE, NULL, text);
	if (m->libnet == NULL) {
		errbuf_set(err, "libnet: %s", text);
		free(m);
		return NULL;
	}
	return m;
}

void
frame_maker_free(struct frame_maker *m)
{
	if (m == NULL)
		return;
	libnet_destroy(m->libnet);
	bytes_reset(&m->data);
	bytes_reset(&m->frame);
	free(m);
}

static int
fail(const struct frame_maker *m, struct errbuf *err)
{
	const char *why = libnet_geterror(m->libnet);

	if (why == NULL || why[0] == '\0')
		errbuf_set(err, "out of memory");
	else
		errbuf_set(err, "libnet: %s", why);
	return -1;
}

/*
 * TCP options.
 */

static uint8_t *
put32(uint8_t *at, uint32_t value)
{
	for (unsigned shift = 32; shift > 0; shift -= 8)
		*at++ = (uint8_t)(value >> (shift - 8));
	return at;
}

/* An option of `bytes` bytes that ends where a word does: NOPs, then the two
 * bytes that every option begins with. */
static uint8_t *
begin_option(uint8_t *at, uint8_t kind, unsigned bytes)
{
	for (unsigned i = bytes; i % WORD != 0; i++)
		*at++ = OPTION_NOP;
	*at++ = kind;
	*at++ = (uint8_t)bytes;
	return at;
}

static uint8_t *
put_times(uint8_t *at, const struct tcp_segment *s)
{
	if (s->sack_permitted) {
		*at++ = OPTION_SACK_PERMITTED;
		*at++ = 2;
		*at++ = OPTION_TIMES;
		*at++ = 10;
	} else {
		at = begin_option(at, OPTION_TIMES, 10);
	}
	return put32(put32(at, s->ts_value), s->ts_echo);
}

static uint8_t *
put_sack(uint8_t *at, const struct tcp_segment *s)
{
	at = begin_option(at, OPTION_SACK,
	    (unsigned)(2 + SACK_BLOCK_BYTES * s->sack_count));
	for (size_t i = 0; i < s->sack_count; i++)
		at = put32(put32(at, s->sack[i].begin), s->sack[i].end);
	return at;
}

size_t
frame_tcp_options(const struct tcp_segment *s, uint8_t out[TCP_OPTIONS_MAX])
{
	uint8_t *at = out;

	if (s->mss != 0) {
		at = begin_option(at, OPTION_MSS, 4);
		*at++ = (uint8_t)(s->mss >> 8);
		*at++ = (uint8_t)s->mss;
	}
	if (s->has_times)
		at = put_times(at, s);
	else if (s->sack_permitted)
		at = begin_option(at, OPTION_SACK_PERMITTED, 2);
	if (s->has_scale) {
		at = begin_option(at, OPTION_SCALE, 3);
		*at++ = s->scale;
	}
	if (s->sack_count > 0)
		at = put_sack(at, s);
	return (size_t)(at - out);
}

/*
 * Headers, in libnet's order: from the inside out.
 */

static int
add_tcp(struct frame_maker *m, const struct sim_packet *p)
{
	const struct tcp_segment *s = &p->segment;
	uint8_t options[TCP_OPTIONS_MAX];
	uint32_t bytes = (uint32_t)frame_tcp_options(s, options);

	if (bytes > 0 &&
	    libnet_build_tcp_options(options, bytes, m->libnet, 0) == -1)
		return -1;
	return libnet_build_tcp(p->source_port, p->destination_port, s->seq,
	    s->ack, s->flags, s->window, 0, 0,
	    (uint16_t)sim_packet_payload_bytes(p), p->data, (uint32_t)p->len,
	    m->libnet, 0);
}

static int
add_udp(struct frame_maker *m, const struct sim_packet *p)
{
	return libnet_build_udp(p->source_port, p->destination_port,
	    (uint16_t)sim_packet_payload_bytes(p), 0, p->data,
	    (uint32_t)p->len, m->libnet, 0);
}

/* Every message is an echo to libnet: four bytes, the second word, data. */
static int
add_icmp(struct frame_maker *m, const struct sim_packet *p)
{
	uint16_t id = (uint16_t)(p->rest >> 16), sequence = (uint16_t)p->rest;

	if (p->source.version == 4)
		return libnet_build_icmpv4_echo(p->type, p->code, 0, id,
		    sequence, p->data, (uint32_t)p->len, m->libnet, 0);
	m->data.len = 0;
	if (bytes_append(&m->data, p->data, p->len) == -1)
		return -1;
	return libnet_build_icmpv6_echo(p->type, p->code, 0, id, sequence,
	    m->data.data, (uint32_t)p->len, m->libnet, 0);
}

static int
add_transport(struct frame_maker *m, const struct sim_packet *p)
{
	switch (p->kind) {
	case SIM_TCP:
		return add_tcp(m, p);
	case SIM_UDP:
		return add_udp(m, p);
	case SIM_ICMP:
		return add_icmp(m, p);
	case SIM_ARP: case SIM_FRAGMENT:
		break;
	}
	return 0;
}

static uint8_t
protocol_of(const struct sim_packet *p)
{
	switch (p->kind) {
	case SIM_TCP:
		return IPPROTO_TCP;
	case SIM_UDP:
		return IPPROTO_UDP;
	case SIM_ICMP:
		return p->source.version == 6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	case SIM_ARP: case SIM_FRAGMENT:
		break;
	}
	return IPPROTO_NONE;
}

static uint32_t
address_4(const struct scenario_address *a)
{
	uint32_t value;

	memcpy(&value, a->bytes, sizeof(value));
	return value;
}

static struct libnet_in6_addr
address_6(const struct scenario_address *a)
{
	struct libnet_in6_addr value;

	memcpy(&value, a->bytes, sizeof(value));
	return value;
}

/* `part`: what a fragment has of the payload; the headers of other packets
 * stand behind this one already. */
static int
add_ipv4(struct frame_maker *m, const struct sim_packet *p,
    const uint8_t *part)
{
	uint16_t flags = (uint16_t)((p->dont_fragment ? IP_DF : 0) |
	    (p->more ? IP_MF : 0) | p->offset / FRAGMENT_UNIT);
	uint8_t protocol =
	    protocol_of(p->kind == SIM_FRAGMENT ? p->whole : p);

	return libnet_build_ipv4((uint16_t)sim_packet_ip_bytes(p), 0, p->id,
	    flags, p->ttl, protocol, 0, address_4(&p->source),
	    address_4(&p->destination), part,
	    part == NULL ? 0 : (uint32_t)p->length, m->libnet, 0);
}

/* libnet_build_ipv6_frag() of libnet 1.1.6 writes the id in the machine's byte
 * order, so the header (RFC 8200, 4.5) is made here. */
static int
put_fragment(struct frame_maker *m, const struct sim_packet *p,
    const uint8_t *part)
{
	uint16_t place = (uint16_t)(p->offset | p->more);
	uint8_t header[IPV6_FRAGMENT_BYTES] = {
		protocol_of(p->whole), 0, (uint8_t)(place >> 8),
		(uint8_t)place,
	};

	put32(header + 4, p->fragment_id);
	m->data.len = 0;
	if (bytes_append(&m->data, header, sizeof(header)) == -1)
		return -1;
	return bytes_append(&m->data, part, p->length);
}

static int
add_ipv6(struct frame_maker *m, const struct sim_packet *p,
    const uint8_t *part)
{
	uint16_t bytes = (uint16_t)(sim_packet_ip_bytes(p) - LIBNET_IPV6_H);

	if (part != NULL && put_fragment(m, p, part) == -1)
		return -1;
	return libnet_build_ipv6(0, 0, bytes, part != NULL ?
	    FRAGMENT_NEXT_HEADER : protocol_of(p), p->ttl,
	    address_6(&p->source), address_6(&p->destination),
	    part != NULL ? m->data.data : NULL, part != NULL ? bytes : 0,
	    m->libnet, 0);
}

static int
add_arp(struct frame_maker *m, const struct sim_packet *p)
{
	return libnet_build_arp(ARPHRD_ETHER, ETHERTYPE_IP, 6, 4, p->type,
	    p->source_mac, p->source.bytes, p->target_mac,
	    p->destination.bytes, NULL, 0, m->libnet, 0);
}

static int
add_network(struct frame_maker *m, const struct sim_packet *p,
    const uint8_t *part)
{
	if (p->kind == SIM_ARP)
		return add_arp(m, p);
	return p->source.version == 6 ? add_ipv6(m, p, part) :
	    add_ipv4(m, p, part);
}

static int
add_ethernet(struct frame_maker *m, const struct sim_packet *p)
{
	uint16_t type = p->kind == SIM_ARP ? ETHERTYPE_ARP :
	    p->source.version == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IP;

	return libnet_build_ethernet(p->destination_mac, p->source_mac, type,
	    NULL, 0, m->libnet, 0);
}

/*
 * Frames.
 */

/* libnet leaves a UDP checksum that comes out as 0, which means "none" (and is
 * no checksum in IPv6). */
static void
mend_udp(uint8_t *ip, const struct sim_packet *p)
{
	uint8_t *sum = ip + UDP_CHECKSUM_AT +
	    (p->source.version == 6 ? LIBNET_IPV6_H : LIBNET_IPV4_H);

	if (p->kind == SIM_UDP && sum[0] == 0 && sum[1] == 0)
		sum[0] = sum[1] = 0xff;
}

/* Puts the headers together in m->frame, and forgets them. */
static int
collect(struct frame_maker *m, struct errbuf *err)
{
	uint8_t *pieces = NULL;
	uint32_t len;
	int status;

	if (libnet_pblock_coalesce(m->libnet, &pieces, &len) == -1)
		return fail(m, err);
	m->frame.len = 0;
	status = bytes_append(&m->frame, pieces, len);
	free(pieces);
	if (status == -1)
		errbuf_set(err, "out of memory");
	return status;
}

/* Does it fit where lengths of 16 bits, and of 40 bytes of options, are? */
static int
check_lengths(const struct sim_packet *p, struct errbuf *err)
{
	if (sim_packet_ip_bytes(p) > IP_BYTES_MAX) {
		errbuf_set(err, "a packet of %zu bytes: IP has at most %d",
		    sim_packet_ip_bytes(p), IP_BYTES_MAX);
		return -1;
	}
	if (p->kind == SIM_TCP &&
	    tcp_option_bytes(&p->segment) > TCP_OPTIONS_MAX) {
		errbuf_set(err, "TCP options of %zu bytes: there is room for "
		    "%d", tcp_option_bytes(&p->segment), TCP_OPTIONS_MAX);
		return -1;
	}
	return 0;
}

static int
make(struct frame_maker *m, const struct sim_packet *p, const uint8_t *part,
    bool with_ethernet, struct errbuf *err)
{
	int status = -1;

	if (check_lengths(p, err) == -1)
		return -1;
	if (add_transport(m, p) == -1 || add_network(m, p, part) == -1 ||
	    (with_ethernet && add_ethernet(m, p) == -1))
		fail(m, err);
	else
		status = collect(m, err);
	libnet_clear_packet(m->libnet);
	if (status == 0)
		mend_udp(m->frame.data + (with_ethernet ? LIBNET_ETH_H : 0),
		    p);
	return status;
}

/* A fragment's whole is made first, checksum and all, and a part taken of
 * it. */
static int
make_fragment(struct frame_maker *m, const struct sim_packet *p,
    bool with_ethernet, struct errbuf *err)
{
	size_t header = p->source.version == 6 ? LIBNET_IPV6_H :
	    LIBNET_IPV4_H;
	struct bytes whole;
	int status = -1;

	if (make(m, p->whole, NULL, false, err) == -1)
		return -1;
	whole = m->frame;
	bytes_init(&m->frame);
	if (header + p->offset + p->length > whole.len)
		errbuf_set(err, "a fragment past the end of its packet");
	else
		status = make(m, p, whole.data + header + p->offset,
		    with_ethernet, err);
	bytes_reset(&whole);
	return status;
}

static int
make_any(struct frame_maker *m, const struct sim_packet *p,
    bool with_ethernet, struct errbuf *err)
{
	if (p->kind == SIM_FRAGMENT)
		return make_fragment(m, p, with_ethernet, err);
	return make(m, p, NULL, with_ethernet, err);
}

const uint8_t *
frame_ip_bytes(struct frame_maker *m, const struct sim_packet *p, size_t *len,
    struct errbuf *err)
{
	if (make_any(m, p, false, err) == -1)
		return NULL;
	*len = m->frame.len;
	return m->frame.data;
}

const uint8_t *
frame_bytes(struct frame_maker *m, const struct sim_packet *p, size_t *len,
    struct errbuf *err)
{
	static const uint8_t zeros[FRAME_BYTES_MIN];

	if (make_any(m, p, true, err) == -1)
		return NULL;
	if (m->frame.len < FRAME_BYTES_MIN && bytes_append(&m->frame, zeros,
	    FRAME_BYTES_MIN - m->frame.len) == -1) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	*len = m->frame.len;
	return m->frame.data;
}
