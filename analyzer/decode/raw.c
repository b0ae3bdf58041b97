/*
 * Links without a header, or with a number in front of IP.
 *
 * NULL: address family 4, in the byte order of the host that captured; LOOP the
 * same in big-endian order.  Families are below 2^16, so whichever order leaves
 * the upper half empty is right, and both are one layer.
 */
#include "analyzer/decode/internal.h"

/* The version is in the first four bits of either IP. */
enum layer
decode_raw(struct decoder *d)
{
	switch (cursor_peek(&d->c) >> 4) {
	case 4:
		return LAYER_IPV4;
	case 6:
		return LAYER_IPV6;
	default:
		return decoder_malformed(d);
	}
}

/* As the capturing systems number AF_INET and AF_INET6. */
static enum layer
layer_of_family(uint32_t family)
{
	switch (family) {
	case 2:
		return LAYER_IPV4;
	case 10:	/* Linux */
	case 24:	/* NetBSD, OpenBSD */
	case 28:	/* FreeBSD */
	case 30:	/* macOS */
		return LAYER_IPV6;
	default:
		return LAYER_UNKNOWN;
	}
}

enum layer
decode_loopback(struct decoder *d)
{
	uint32_t family;

	/* Seen in the wild, and not the number of a family we know. */
	if (chdlc_starts(&d->c))
		return LAYER_CHDLC;
	family = cursor_be32(&d->c);
	if (family > UINT16_MAX)
		family = family >> 24 | (family >> 8 & 0xff00);
	return layer_of_family(family);
}
