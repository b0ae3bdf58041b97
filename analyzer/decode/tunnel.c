/*
 * What IP carries besides transports.  Only the outermost IP header says who
 * talks to whom, so the layers in a tunnel are listed and no more.
 *
 * GRE version 0 (RFC 2784, RFC 2890): flags and version 2, EtherType 2; as the
 *	flags say, checksum and offset 4, key 4, sequence number 4.
 * GRE version 1 (RFC 2637, PPTP): flags and version 2, 0x880b 2, payload
 *	length 2, call id 2; as the flags say, sequence 4, acknowledgment 4.
 * ESP (RFC 4303): security parameters index 4, sequence number 4, then
 *	ciphertext.
 */
#include "analyzer/decode/internal.h"

enum {
	GRE_CHECKSUM = 0x8000,
	GRE_ROUTING = 0x4000,	/* RFC 1701: shares the checksum's four bytes */
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACKNOWLEDGMENT = 0x0080,
	GRE_VERSION = 0x0007,
	ESP_HEADER_BYTES = 8,
};

/* RFC 1701 source routes: family 2, offset 1, length 1, data, until one with
 * family and length 0. */
static void
gre_routes(struct cursor *c)
{
	uint16_t family;
	uint8_t len;

	do {
		family = cursor_be16(c);
		cursor_u8(c);
		len = cursor_u8(c);
		cursor_take(c, len);
	} while (!c->failed && (family != 0 || len != 0));
}

enum layer
decode_gre(struct decoder *d)
{
	uint16_t flags = cursor_be16(&d->c);
	uint16_t type = cursor_be16(&d->c);
	size_t version = flags & GRE_VERSION;

	if (version > 1)
		return LAYER_UNKNOWN;
	if ((flags & (GRE_CHECKSUM | GRE_ROUTING)) != 0)
		cursor_take(&d->c, 4);
	if ((flags & GRE_KEY) != 0)
		cursor_take(&d->c, 4);
	if ((flags & GRE_SEQUENCE) != 0)
		cursor_take(&d->c, 4);
	if (version == 1 && (flags & GRE_ACKNOWLEDGMENT) != 0)
		cursor_take(&d->c, 4);
	if (version == 0 && (flags & GRE_ROUTING) != 0)
		gre_routes(&d->c);
	/* PPTP acknowledges in packets without a payload. */
	if (version == 1 && (flags & GRE_SEQUENCE) == 0)
		return LAYER_NONE;
	return layer_of_ethertype(type);
}

enum layer
decode_esp(struct decoder *d)
{
	cursor_take(&d->c, ESP_HEADER_BYTES);
	return LAYER_NONE;
}
