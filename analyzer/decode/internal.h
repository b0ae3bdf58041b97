/*
 * What the layers of decode share; nobody else includes this.
 *
 * A layer is a function: it reads its header from the decoder's cursor, notes
 * in the packet what it found, and returns the layer that follows, LAYER_NONE
 * at the end of the way or LAYER_UNKNOWN where nobody knows what follows.  A
 * header that ends too early is not the layer's business: it returns anything,
 * and the loop in decode.c sees the failed cursor and sets the status.
 */
#ifndef ANALYZER_DECODE_INTERNAL_H
#define ANALYZER_DECODE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/decode/packet.h"
#include "base/cursor.h"

struct decoder {
	struct cursor c;	/* the bytes not yet read of the inmost unit
				   whose length was declared */
	size_t end;		/* that unit's end, from the frame's start; what
				   it declares, so perhaps past the frame */
	struct packet *packet;	/* gets layers, status, PACKET_SKIPPED */
	struct packet *out;	/* gets all else: packet; inside a tunnel
				   scratch, which nobody reads */
	bool fragment;		/* in a first fragment: headers and declared
				   lengths may go past its end */
	bool padded;		/* 802.11: header filled up to four bytes */
	struct packet scratch;
};

typedef enum layer layer_decode(struct decoder *d);

/* Big-endian numbers at p, where the caller has made sure of the bytes. */
static inline uint16_t
load_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
load_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

/* The little-endian readers that radiotap and PPI need. */
static inline uint16_t
cursor_le16(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 2);

	return (uint16_t)(p == NULL ? 0 : p[1] << 8 | p[0]);
}

static inline uint32_t
cursor_le32(struct cursor *c)
{
	uint32_t low = cursor_le16(c);

	return (uint32_t)cursor_le16(c) << 16 | low;
}

/* The next byte, which stays unread; fails as cursor_u8() does. */
static inline uint8_t
cursor_peek(struct cursor *c)
{
	if (c->left == 0)
		c->failed = true;
	return c->failed ? 0 : c->at[0];
}

/* Offset of the next unread byte in the frame. */
static inline uint32_t
decoder_at(const struct decoder *d)
{
	return (uint32_t)(d->c.at - d->packet->frame->data);
}

/* Sets the status unless a stronger one is there: malformed before truncated
 * before unsupported before ok. */
void decoder_raise(struct decoder *d, enum packet_status status);

/* The layer ends the way here, with something wrong in it; or with a failed
 * read, which is not the layer's to judge. */
enum layer decoder_malformed(struct decoder *d);

/* From here on fields go to scratch. */
void decoder_enter_tunnel(struct decoder *d);

/* Where the fields of an IP header, or of a tag in front of one, go: into the
 * packet, but for those behind the outermost IP. */
static inline struct packet *
decoder_out(struct decoder *d)
{
	if (d->packet->ip_version != 0)
		decoder_enter_tunnel(d);
	return d->out;
}

/* The unit around the next bytes declares that it ends after n more.  Past the
 * end of the unit around it, that is malformed, and declared all the same. */
static inline void
decoder_enclose(struct decoder *d, size_t n)
{
	size_t end = decoder_at(d) + n;

	if (end > d->end && !d->fragment)
		decoder_raise(d, PACKET_MALFORMED);
	d->end = end;
	cursor_limit(&d->c, n);
}

/* Takes a trailer of n bytes off the current unit; a trailer that was not
 * captured leaves the captured bytes alone. */
void decoder_trim(struct decoder *d, size_t n);

/* For RFC 791 and RFC 9293 options, n bytes at p: does each one's length stay
 * inside? */
bool options_well_formed(const uint8_t *p, size_t n);

/* Does Cisco HDLC follow, as it does under other link types as well? */
bool chdlc_starts(const struct cursor *c);

/* Which layer an EtherType names; LAYER_UNKNOWN where none.  Lengths of 802.3
 * are no EtherTypes. */
enum layer layer_of_ethertype(uint16_t type);

/* The same for the protocol of IPv4 or the next header of IPv6; 59, the lack
 * of a next header (RFC 8200), is LAYER_NONE. */
enum layer layer_of_ip_protocol(uint8_t protocol);

/* The first layer of a frame by its LINKTYPE_ number; LAYER_UNKNOWN where we
 * have no decoder for it. */
enum layer layer_of_link_type(unsigned link_type);

/* What both IP versions do; ip.c. */

/* decoder_enclose() for a datagram's rest: cut by the snaplen it makes the
 * packet truncated, even when all headers are there. */
static inline void
ip_enclose(struct decoder *d, size_t n)
{
	if (n > d->c.left && d->c.clipped)
		decoder_raise(d, PACKET_TRUNCATED);
	decoder_enclose(d, n);
}

/* Notes a fragment of a datagram and its place there, bytes. */
void ip_fragment(struct decoder *d, uint32_t id, uint32_t at);

/* The authentication header (RFC 4302); returns the protocol it covers. */
uint8_t ip_skip_ah(struct cursor *c);

/* The layer of the datagram's payload; a later fragment has none. */
enum layer ip_payload(struct decoder *d, uint8_t protocol, bool later);

/* The layers, and where their headers are laid down; each .c draws them. */
layer_decode decode_arp;		/* RFC 826, RFC 903 */
layer_decode decode_chdlc;		/* Cisco HDLC */
layer_decode decode_esp;		/* RFC 4303 */
layer_decode decode_ethernet;		/* Ethernet II, IEEE 802.3 */
layer_decode decode_fddi;		/* RFC 1390 */
layer_decode decode_frame_relay;	/* RFC 2427 */
layer_decode decode_gre;		/* RFC 2784, 2890, 2637 */
layer_decode decode_icmp;		/* RFC 792 */
layer_decode decode_icmpv6;		/* RFC 4443 */
layer_decode decode_ieee80211;		/* IEEE 802.11 */
layer_decode decode_igmp;		/* RFC 9776 */
layer_decode decode_ipoib;		/* RFC 4391 */
layer_decode decode_ipv4;		/* RFC 791 */
layer_decode decode_ipv6;		/* RFC 8200 */
layer_decode decode_llc;		/* IEEE 802.2 */
layer_decode decode_loopback;		/* LINKTYPE_NULL, LINKTYPE_LOOP */
layer_decode decode_mpls;		/* RFC 3032, RFC 4385 */
layer_decode decode_nflog;		/* LINKTYPE_NFLOG */
layer_decode decode_ppi;		/* LINKTYPE_PPI */
layer_decode decode_ppp;		/* RFC 1661, RFC 1662 */
layer_decode decode_pppoe;		/* RFC 2516, sessions */
layer_decode decode_pppoe_discovery;	/* RFC 2516 */
layer_decode decode_radiotap;		/* LINKTYPE_IEEE802_11_RADIOTAP */
layer_decode decode_raw;		/* either IP, by its version */
layer_decode decode_sctp;		/* RFC 9260 */
layer_decode decode_sll;		/* LINKTYPE_LINUX_SLL */
layer_decode decode_sll2;		/* LINKTYPE_LINUX_SLL2 */
layer_decode decode_snap;		/* RFC 1042 */
layer_decode decode_tcp;		/* RFC 9293 */
layer_decode decode_udp;		/* RFC 768 */
layer_decode decode_udplite;		/* RFC 3828 */
layer_decode decode_vlan;		/* IEEE 802.1Q, 802.1ad */

#endif
