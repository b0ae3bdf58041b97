/*
 * What a row of exchange says of a packet besides addresses and TCP: link
 * addresses, DNS, ICMP, ARP, and the hash that tells the packet again in
 * another capture.  Only for exchange.c, and its tests.
 *
 * ARP: RFC 826; ICMP: RFC 792; ICMPv6: RFC 4443, RFC 4861.
 */
#ifndef ANALYZER_ANALYSES_EXCHANGE_INFO_H
#define ANALYZER_ANALYSES_EXCHANGE_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/decode/packet.h"

/* Identification of IPv4; TABLE_NO_U64 without it. */
uint64_t exchange_ip_id(const struct packet *packet);

/* exchange_row.identity; TABLE_NO_U64 of what is neither ARP nor IP, and without
 * a transport that was captured. */
uint64_t exchange_identity(const struct packet *packet);

/* The link address of the sender or the receiver, where there is no IP: `text`,
 * or NULL where there is none or we cannot tell. */
const char *exchange_link(char *text, const struct packet *packet,
    bool sender);

/* The cell info: `text`, or NULL. */
const char *exchange_info(char *text, size_t room,
    const struct packet *packet);

#endif
