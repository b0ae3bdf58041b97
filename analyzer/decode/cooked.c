/*
 * Linux cooked captures: what "any" interfaces and those without a link header
 * of their own give.  All numbers are big-endian.
 *
 * v1: packet type 2, ARPHRD_ type 2, address length 2, address 8, protocol 2.
 * v2: protocol 2, zero 2, interface 4, ARPHRD_ type 2, packet type 1, address
 *	length 1, address 8.
 */
#include "analyzer/decode/internal.h"

enum {
	/* Linux's ARPHRD_ numbers where "protocol" is not an EtherType. */
	ARPHRD_FRAD = 770,
	ARPHRD_RADIOTAP = 803,
	ARPHRD_NETLINK = 824,

	/* Linux's own protocol numbers, below all EtherTypes. */
	ETH_P_802_2 = 0x0004,
};

static enum layer
cooked_next(uint16_t hardware, uint16_t protocol)
{
	switch (hardware) {
	case ARPHRD_FRAD:
		return LAYER_FRAME_RELAY;
	case ARPHRD_RADIOTAP:
		return LAYER_RADIOTAP;
	case ARPHRD_NETLINK:
		return LAYER_UNKNOWN;
	default:
		return protocol == ETH_P_802_2 ? LAYER_LLC :
		    layer_of_ethertype(protocol);
	}
}

enum layer
decode_sll(struct decoder *d)
{
	uint16_t hardware, protocol;

	cursor_be16(&d->c);
	hardware = cursor_be16(&d->c);
	cursor_take(&d->c, 10);
	protocol = cursor_be16(&d->c);
	return cooked_next(hardware, protocol);
}

enum layer
decode_sll2(struct decoder *d)
{
	uint16_t protocol = cursor_be16(&d->c);
	uint16_t hardware;

	cursor_take(&d->c, 6);
	hardware = cursor_be16(&d->c);
	cursor_take(&d->c, 10);
	return cooked_next(hardware, protocol);
}
