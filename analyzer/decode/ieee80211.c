/*
 * IEEE 802.11, and the headers that capturing systems put in front of it.  All
 * numbers are little-endian.
 *
 * 802.11: frame control 2, duration 2, three addresses of 6, sequence 2; data
 *	frames between two access points a fourth address 6, QoS frames QoS
 *	control 2 and perhaps HT control 4; then LLC, if it is data in the
 *	clear.
 * radiotap: version 1, zero 1, length 2, "present" words of 4, of which bit 31
 *	announces another, then fields, each aligned to its size.
 * PPI: version 1, flags 1, length 2, DLT 4, then fields: type 2, length 2,
 *	data.
 */
#include "analyzer/decode/internal.h"

enum {
	FC_VERSION = 0x0003,
	FC_TYPE = 0x000c,
	FC_TYPE_DATA = 0x0008,
	FC_NO_DATA = 0x0040,		/* subtype bits of data frames */
	FC_QOS = 0x0080,
	FC_TO_DS = 0x0100,
	FC_FROM_DS = 0x0200,
	FC_PROTECTED = 0x4000,
	FC_ORDER = 0x8000,		/* in QoS frames: HT control follows */

	TO_SEQUENCE_BYTES = 2 + 3 * 6,	/* duration, three addresses */
	ADDRESS_BYTES = 6,
	HT_CONTROL_BYTES = 4,
	FRAGMENT_NUMBER = 0x000f,
	QOS_AMSDU = 0x0080,
	AMSDU_ADDRESSES_BYTES = 12,
	FCS_BYTES = 4,
};

/* Address 4, QoS control, HT control; true where aggregated MSDUs follow. */
static bool
optional_fields(struct decoder *d, uint16_t fc)
{
	uint16_t both = FC_TO_DS | FC_FROM_DS;
	uint16_t qos;

	if ((fc & both) == both)
		cursor_take(&d->c, ADDRESS_BYTES);
	if ((fc & FC_QOS) == 0)
		return false;
	qos = cursor_le16(&d->c);
	if ((fc & FC_ORDER) != 0)
		cursor_take(&d->c, HT_CONTROL_BYTES);
	return (qos & QOS_AMSDU) != 0;
}

/* Of several MSDUs in a frame the first speaks for the packet: destination 6,
 * source 6, length 2 (big-endian). */
static void
amsdu_enter(struct decoder *d)
{
	size_t len;

	cursor_take(&d->c, AMSDU_ADDRESSES_BYTES);
	len = cursor_be16(&d->c);
	if (!d->c.failed)
		decoder_enclose(d, len);
}

enum layer
decode_ieee80211(struct decoder *d)
{
	uint32_t start = decoder_at(d);
	uint16_t fc = cursor_le16(&d->c);
	uint16_t sequence;
	bool amsdu;

	if (d->c.failed)
		return LAYER_NONE;
	if ((fc & FC_VERSION) != 0)
		return LAYER_UNKNOWN;
	/* Management, control, null and encrypted frames show no IP. */
	if ((fc & FC_TYPE) != FC_TYPE_DATA ||
	    (fc & (FC_NO_DATA | FC_PROTECTED)) != 0)
		return LAYER_NONE;
	cursor_take(&d->c, TO_SEQUENCE_BYTES);
	sequence = cursor_le16(&d->c);
	amsdu = optional_fields(d, fc);
	if (d->padded)
		cursor_take(&d->c, (start - decoder_at(d)) & 3);
	if ((sequence & FRAGMENT_NUMBER) != 0)
		return LAYER_NONE;
	if (amsdu)
		amsdu_enter(d);
	return LAYER_LLC;
}

/*
 * radiotap.
 */

enum {
	RADIOTAP_TSFT = 1U << 0,
	RADIOTAP_FLAGS = 1U << 1,
	RADIOTAP_MORE = 1U << 31,

	RADIOTAP_TSFT_BYTES = 8,
	RADIOTAP_FLAG_FCS = 0x10,
	RADIOTAP_FLAG_PADDED = 0x20,
};

/* The flags are at most the second field, so none but TSFT is in their way. */
static uint8_t
radiotap_flags(struct cursor *c, uint32_t start, const struct decoder *d)
{
	uint32_t present = cursor_le32(c);
	uint32_t more = present;

	while (!c->failed && (more & RADIOTAP_MORE) != 0)
		more = cursor_le32(c);
	if ((present & RADIOTAP_TSFT) != 0) {
		uint32_t at = (uint32_t)(c->at - d->packet->frame->data);

		cursor_take(c, (start - at) & (RADIOTAP_TSFT_BYTES - 1));
		cursor_take(c, RADIOTAP_TSFT_BYTES);
	}
	return (present & RADIOTAP_FLAGS) == 0 ? 0 : cursor_u8(c);
}

enum layer
decode_radiotap(struct decoder *d)
{
	uint32_t start = decoder_at(d);
	struct cursor header = d->c;
	uint8_t flags;
	size_t len;

	cursor_le16(&header);
	len = cursor_le16(&header);
	cursor_take(&d->c, len);
	if (header.failed || d->c.failed) {
		d->c.failed = true;
		return LAYER_NONE;
	}
	if (len < 8)
		return decoder_malformed(d);
	cursor_limit(&header, len - 4);
	flags = radiotap_flags(&header, start, d);
	if (header.failed)
		return decoder_malformed(d);
	d->padded = (flags & RADIOTAP_FLAG_PADDED) != 0;
	if ((flags & RADIOTAP_FLAG_FCS) != 0)
		decoder_trim(d, FCS_BYTES);
	return LAYER_IEEE80211;
}

/*
 * PPI.
 */

enum {
	PPI_ALIGNED = 0x01,		/* fields padded to four bytes */
	PPI_HEADER_BYTES = 8,
	PPI_80211_COMMON = 2,		/* field: TSF 8, flags 2, ... */
	PPI_80211_TSF_BYTES = 8,
	PPI_80211_FCS = 0x0001,
};

/* Does one of the fields say that the frame ends with its FCS? */
static bool
ppi_has_fcs(struct cursor fields, bool aligned)
{
	while (fields.left > 0 && !fields.failed) {
		uint16_t type = cursor_le16(&fields);
		size_t len = cursor_le16(&fields);

		if (type == PPI_80211_COMMON) {
			cursor_take(&fields, PPI_80211_TSF_BYTES);
			return (cursor_le16(&fields) & PPI_80211_FCS) != 0;
		}
		cursor_take(&fields, aligned ? (len + 3) / 4 * 4 : len);
	}
	return false;
}

enum layer
decode_ppi(struct decoder *d)
{
	uint8_t flags;
	size_t len;
	uint32_t link_type;
	const uint8_t *fields;

	cursor_u8(&d->c);
	flags = cursor_u8(&d->c);
	len = cursor_le16(&d->c);
	link_type = cursor_le32(&d->c);
	if (d->c.failed)
		return LAYER_NONE;
	if (len < PPI_HEADER_BYTES)
		return decoder_malformed(d);
	len -= PPI_HEADER_BYTES;
	fields = cursor_take(&d->c, len);
	if (fields == NULL)
		return LAYER_NONE;
	if (ppi_has_fcs(cursor_over(fields, len, len), flags & PPI_ALIGNED))
		decoder_trim(d, FCS_BYTES);
	return layer_of_link_type(link_type);
}
