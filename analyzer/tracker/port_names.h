/*
 * Names of well-known ports, as in IANA's registry: those worth naming.  A
 * constant table: what a machine has in /etc/services makes no difference.
 */
#ifndef ANALYZER_TRACKER_PORT_NAMES_H
#define ANALYZER_TRACKER_PORT_NAMES_H

#include <stdint.h>

/* A constant, or NULL.  `ip_protocol`: 6 (TCP) or 17 (UDP). */
const char *port_name(uint8_t ip_protocol, uint16_t port);

/* The same of a conversation between two ports: where both have a name, that
 * of the lower one. */
const char *port_pair_name(uint8_t ip_protocol, const uint16_t ports[2]);

#endif
