/*
 * Addresses and prefixes in a scenario.  Private to the files of this room.
 */
#ifndef TRAFFIC_SCENARIO_ADDRESS_H
#define TRAFFIC_SCENARIO_ADDRESS_H

#include <stdbool.h>

#include "traffic/scenario/parser.h"

/* [0] is of IPv4, [1] of IPv6. */
static inline int
family_of(int version)
{
	return version == 6;
}

/* An IPv4 or IPv6 address into the place of its family, which must be free. */
int address_read(struct parser *p, struct scenario_address out[2],
    struct place places[2]);

/* A prefix: of unicast addresses, not of loopback or links. */
int prefix_read(struct parser *p, struct network *out, struct place *place);

/* As 02:00:00:00:00:01: of one host, no group. */
int mac_read(struct parser *p, uint8_t mac[6], struct place *place);

/* May a host have it: not the network's own address, nor IPv4's broadcast? */
bool address_is_usable(const struct network *prefix,
    const struct scenario_address *address);

/* The n-th address of the prefix; version 0: there are less. */
struct scenario_address address_of(const struct network *prefix, uint32_t n);

enum { ADDRESS_TEXT_BYTES = 64 };

/* Returns `room`: the usual short form, terminated. */
const char *address_text(char room[ADDRESS_TEXT_BYTES],
    const struct scenario_address *address);

#endif
