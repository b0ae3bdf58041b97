/*
 * PPP and what carries it.
 *
 * PPPoE (RFC 2516): version and type 1, code 1, session id 2, length 2.
 * PPP (RFC 1661): protocol 2, or 1 when compressed, which an odd first byte
 *	tells; in front of it in HDLC framing (RFC 1662) address ff, control 03.
 * Cisco HDLC: address 1 (0f unicast, 8f multicast), control 1 (0), EtherType 2.
 */
#include "analyzer/decode/internal.h"

enum {
	PPPOE_SESSION = 0,

	PPP_ADDRESS = 0xff,
	PPP_CONTROL = 0x03,
	PPP_CONTROL_PROTOCOLS = 0x8000,	/* and above: NCPs, LCP, PAP, CHAP */

	CHDLC_UNICAST = 0x0f,
	CHDLC_MULTICAST = 0x8f,
	CHDLC_SLARP = 0x8035,		/* not RARP, as it is elsewhere */
};

enum layer
decode_pppoe(struct decoder *d)
{
	uint8_t code;
	size_t len;

	cursor_u8(&d->c);
	code = cursor_u8(&d->c);
	cursor_be16(&d->c);
	len = cursor_be16(&d->c);
	if (d->c.failed)
		return LAYER_NONE;
	decoder_enclose(d, len);
	return code == PPPOE_SESSION ? LAYER_PPP : LAYER_NONE;
}

/* Tags follow, which say nothing about traffic. */
enum layer
decode_pppoe_discovery(struct decoder *d)
{
	cursor_take(&d->c, 6);
	return LAYER_NONE;
}

static enum layer
layer_of_ppp_protocol(uint16_t protocol)
{
	if (protocol >= PPP_CONTROL_PROTOCOLS)
		return LAYER_NONE;
	switch (protocol) {
	case 0x0021:
		return LAYER_IPV4;
	case 0x0057:
		return LAYER_IPV6;
	case 0x0281:	/* unicast */
	case 0x0283:	/* multicast */
		return LAYER_MPLS;
	default:
		return LAYER_UNKNOWN;
	}
}

bool
chdlc_starts(const struct cursor *c)
{
	return c->left > 0 &&
	    (c->at[0] == CHDLC_UNICAST || c->at[0] == CHDLC_MULTICAST);
}

enum layer
decode_ppp(struct decoder *d)
{
	uint16_t protocol;

	/* These share link type 50, and 0f and 8f are no PPP protocols. */
	if (chdlc_starts(&d->c))
		return LAYER_CHDLC;
	protocol = cursor_u8(&d->c);
	if (protocol == PPP_ADDRESS) {
		if (cursor_u8(&d->c) != PPP_CONTROL)
			return LAYER_UNKNOWN;
		protocol = cursor_u8(&d->c);
	}
	if ((protocol & 1) == 0)
		protocol = (uint16_t)(protocol << 8 | cursor_u8(&d->c));
	return layer_of_ppp_protocol(protocol);
}

enum layer
decode_chdlc(struct decoder *d)
{
	uint16_t type;

	cursor_be16(&d->c);
	type = cursor_be16(&d->c);
	if (type == CHDLC_SLARP)
		return LAYER_NONE;
	return layer_of_ethertype(type);
}
