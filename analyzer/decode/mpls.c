/*
 * MPLS (RFC 3032): label 20 bits, traffic class 3, bottom of stack 1, TTL 8;
 * entries until the bottom.
 *
 * Nothing says what follows.  As routers do we go by the first four bits: 4 and
 * 6 are IP's versions, 1 opens an associated channel (RFC 4385), and 0 a
 * pseudowire's control word, behind which we take Ethernet for granted.  A
 * pseudowire without control word starts with a MAC address, of which no more
 * is known than that it is not one of these.
 */
#include "analyzer/decode/internal.h"

enum {
	MPLS_BOTTOM = 0x00000100,
	CONTROL_WORD_BYTES = 4,
};

enum layer
decode_mpls(struct decoder *d)
{
	uint32_t entry;

	do
		entry = cursor_be32(&d->c);
	while (!d->c.failed && (entry & MPLS_BOTTOM) == 0);

	switch (cursor_peek(&d->c) >> 4) {
	case 4:
		return LAYER_IPV4;
	case 6:
		return LAYER_IPV6;
	case 0:
		cursor_take(&d->c, CONTROL_WORD_BYTES);
		return LAYER_ETHERNET;
	default:
		return LAYER_UNKNOWN;
	}
}
