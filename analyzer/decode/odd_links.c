/*
 * Links seldom met, each too small for a file.
 *
 * FDDI: frame control 1, destination 6, source 6, LLC.
 * Frame Relay (RFC 2427): address 2 to 4, whose last byte is odd, control 03,
 *	perhaps padding 00, NLPID 1; or, Cisco's way, EtherType 2 after the
 *	address.
 * NFLOG: family 1, version 1, resource id 2; then TLVs in the byte order of
 *	the capturing host: length 2 (with this header), type 2, data, padding
 *	to four bytes.
 * IPoIB: pseudo-header 40 with the destination's GID, EtherType 2, zero 2
 *	(RFC 4391).
 */
#include "analyzer/decode/internal.h"

enum {
	FDDI_ADDRESSES_BYTES = 12,
	FDDI_CLASS_FORMAT = 0x70,	/* without class bit and priority */
	FDDI_LLC = 0x50,

	FRAME_RELAY_LAST = 0x01,
	FRAME_RELAY_UI = 0x03,
	FRAME_RELAY_PAD = 0x00,
	NLPID_SNAP = 0x80,
	NLPID_IPV6 = 0x8e,
	NLPID_IPV4 = 0xcc,
	NLPID_PPP = 0xcf,

	NFLOG_HEADER_BYTES = 4,
	NFLOG_TLV_BYTES = 4,
	NFLOG_PAYLOAD = 9,		/* NFULA_PAYLOAD */
	NFLOG_IPV4 = 2,			/* Linux's AF_INET */
	NFLOG_IPV6 = 10,

	IPOIB_PSEUDO_BYTES = 40,
};

enum layer
decode_fddi(struct decoder *d)
{
	uint8_t control = cursor_u8(&d->c);

	if (d->c.failed)
		return LAYER_NONE;
	/* Tokens, station management, MAC frames: no IP to wait for. */
	if ((control & FDDI_CLASS_FORMAT) != FDDI_LLC)
		return LAYER_NONE;
	cursor_take(&d->c, FDDI_ADDRESSES_BYTES);
	return LAYER_LLC;
}

static enum layer
layer_of_nlpid(uint8_t nlpid)
{
	switch (nlpid) {
	case NLPID_IPV4:
		return LAYER_IPV4;
	case NLPID_IPV6:
		return LAYER_IPV6;
	case NLPID_SNAP:
		return LAYER_SNAP;
	case NLPID_PPP:
		return LAYER_PPP;
	default:
		return LAYER_UNKNOWN;
	}
}

enum layer
decode_frame_relay(struct decoder *d)
{
	uint8_t byte;

	do
		byte = cursor_u8(&d->c);
	while (!d->c.failed && (byte & FRAME_RELAY_LAST) == 0);

	if (cursor_peek(&d->c) != FRAME_RELAY_UI)
		return layer_of_ethertype(cursor_be16(&d->c));
	cursor_u8(&d->c);
	byte = cursor_u8(&d->c);
	if (byte == FRAME_RELAY_PAD)
		byte = cursor_u8(&d->c);
	return layer_of_nlpid(byte);
}

static uint16_t
nflog_number(struct cursor *c, bool big)
{
	return big ? cursor_be16(c) : cursor_le16(c);
}

/* The first TLV's length is short, so its greater byte is the zero one. */
static bool
nflog_is_big(const struct cursor *c)
{
	return c->left >= 2 && c->at[0] == 0 && c->at[1] != 0;
}

/* Leaves the cursor at the packet and encloses it; false where none comes. */
static bool
nflog_find_payload(struct decoder *d)
{
	bool big = nflog_is_big(&d->c);

	while (!d->c.failed) {
		size_t len = nflog_number(&d->c, big);
		uint16_t type = nflog_number(&d->c, big);

		if (d->c.failed || len < NFLOG_TLV_BYTES)
			break;
		len -= NFLOG_TLV_BYTES;
		if (type == NFLOG_PAYLOAD) {
			decoder_enclose(d, len);
			return true;
		}
		cursor_take(&d->c, (len + 3) / 4 * 4);
	}
	return false;
}

enum layer
decode_nflog(struct decoder *d)
{
	uint8_t family = cursor_u8(&d->c);

	cursor_take(&d->c, NFLOG_HEADER_BYTES - 1);
	if (!nflog_find_payload(d))
		return decoder_malformed(d);
	switch (family) {
	case NFLOG_IPV4:
		return LAYER_IPV4;
	case NFLOG_IPV6:
		return LAYER_IPV6;
	default:
		return LAYER_UNKNOWN;
	}
}

enum layer
decode_ipoib(struct decoder *d)
{
	uint16_t type;

	cursor_take(&d->c, IPOIB_PSEUDO_BYTES);
	type = cursor_be16(&d->c);
	cursor_be16(&d->c);
	return layer_of_ethertype(type);
}
