/*
 * ARP (RFC 826) and RARP (RFC 903): hardware 2, protocol 2, their address
 * lengths 1 + 1, operation 2, then twice a hardware and a protocol address.
 */
#include "analyzer/decode/internal.h"

enum layer
decode_arp(struct decoder *d)
{
	size_t address_bytes;

	cursor_take(&d->c, 4);
	address_bytes = cursor_u8(&d->c);
	address_bytes += cursor_u8(&d->c);
	cursor_take(&d->c, 2 + 2 * address_bytes);
	return LAYER_NONE;
}
