/*
 * Ethernet and what it has in front of the network layer.
 *
 * Ethernet II: destination 6, source 6, EtherType 2.
 * IEEE 802.3: a length up to 1500 in place of the EtherType, then LLC.
 * IEEE 802.1Q and 802.1ad tag: priority and VLAN id 2, EtherType 2; any depth.
 * IEEE 802.2 LLC: destination SAP 1, source SAP 1, control 1 or 2.
 * SNAP (RFC 1042): organization 3, protocol 2.
 */
#include "analyzer/decode/internal.h"

enum {
	ETHERNET_TYPE_AT = 12,
	ETHERNET_HEADER_BYTES = 14,
	VLAN_TAG_BYTES = 4,
	VLAN_ID_MASK = 0x0fff,
	IEEE8023_LENGTH_MAX = 1500,

	SAP_NULL = 0x00,
	SAP_IP = 0x06,
	SAP_BPDU = 0x42,
	SAP_ARP = 0x98,
	SAP_SNAP = 0xaa,

	OUI_ETHERTYPE = 0x000000,	/* RFC 1042 */
	OUI_BRIDGE_TUNNEL = 0x0000f8,	/* 802.1H: EtherTypes as well */
};

enum layer
layer_of_ethertype(uint16_t type)
{
	static const struct {
		uint16_t type;
		uint16_t layer;
	} rows[] = {
		{ 0x0800, LAYER_IPV4 },
		{ 0x86dd, LAYER_IPV6 },
		{ 0x0806, LAYER_ARP },
		{ 0x8100, LAYER_VLAN },		/* 802.1Q */
		{ 0x88a8, LAYER_VLAN },		/* 802.1ad */
		{ 0x9100, LAYER_VLAN },		/* before 802.1ad */
		{ 0x9200, LAYER_VLAN },
		{ 0x8847, LAYER_MPLS },
		{ 0x8848, LAYER_MPLS },		/* multicast */
		{ 0x8863, LAYER_PPPOE_DISCOVERY },
		{ 0x8864, LAYER_PPPOE },
		{ 0x880b, LAYER_PPP },
		{ 0x6558, LAYER_ETHERNET },	/* transparent bridging */
		{ 0x8035, LAYER_ARP },		/* RARP: ARP's layout */
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == type)
			return (enum layer)rows[i].layer;
	return LAYER_UNKNOWN;
}

/* What an EtherType field of Ethernet leads to: it may be a length. */
static inline enum layer
next_by_type(struct decoder *d, uint16_t type)
{
	if (type > IEEE8023_LENGTH_MAX)
		return layer_of_ethertype(type);
	decoder_enclose(d, type);
	return LAYER_LLC;
}

enum layer
decode_ethernet(struct decoder *d)
{
	const uint8_t *p = cursor_take(&d->c, ETHERNET_HEADER_BYTES);

	if (p == NULL)
		return LAYER_NONE;
	return next_by_type(d, load_be16(p + ETHERNET_TYPE_AT));
}

enum layer
decode_vlan(struct decoder *d)
{
	struct packet *out = decoder_out(d);
	const uint8_t *p = cursor_take(&d->c, VLAN_TAG_BYTES);

	if (p == NULL)
		return LAYER_NONE;
	if (out->vlan_count < PACKET_VLANS_MAX)
		out->vlan[out->vlan_count] = load_be16(p) & VLAN_ID_MASK;
	if (out->vlan_count < UINT8_MAX)
		out->vlan_count++;
	return next_by_type(d, load_be16(p + 2));
}

static enum layer
layer_of_sap(uint8_t sap)
{
	switch (sap) {
	case SAP_SNAP:
		return LAYER_SNAP;
	case SAP_IP:
		return LAYER_IPV4;
	case SAP_ARP:
		return LAYER_ARP;
	case SAP_NULL:		/* XID and TEST: LLC itself */
	case SAP_BPDU:
		return LAYER_NONE;
	default:
		return LAYER_UNKNOWN;
	}
}

enum layer
decode_llc(struct decoder *d)
{
	uint8_t sap = cursor_u8(&d->c);
	uint8_t control;

	cursor_u8(&d->c);
	control = cursor_u8(&d->c);
	if ((control & 3) != 3)		/* not U: sequence numbers, 2 bytes */
		cursor_u8(&d->c);
	/* Only UI frames, poll bit or not, and I frames carry a payload. */
	if ((control & 0xef) != 0x03 && (control & 1) != 0)
		return LAYER_NONE;
	return layer_of_sap(sap);
}

enum layer
decode_snap(struct decoder *d)
{
	uint32_t oui = (uint32_t)cursor_be16(&d->c) << 8;
	uint16_t type;

	oui |= cursor_u8(&d->c);
	type = cursor_be16(&d->c);
	if (oui != OUI_ETHERTYPE && oui != OUI_BRIDGE_TUNNEL)
		return LAYER_UNKNOWN;
	return layer_of_ethertype(type);
}
