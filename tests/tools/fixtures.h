/*
 * Captures made by recipe, for what has to be known to the last digit:
 *
 * peer-1	a connection with a loss and its repeat, disorder, a keep-alive
 *		and both FINs; UDP both ways, a VLAN, IPv6, ARP, ICMP and a step
 *		back in time
 * wrap		sequence numbers that pass 2^32: the client's first is
 *		4294967290
 * karn		data sent twice before they are acknowledged, then data sent once
 *
 * Ethernet, microseconds, from 1700000000 on.  The same bytes every time.
 */
#ifndef TESTS_TOOLS_FIXTURES_H
#define TESTS_TOOLS_FIXTURES_H

#include <stdbool.h>
#include <stdio.h>

/* Names, NULL at the end. */
extern const char *const fixture_names[];

/* Writes the capture as a savefile; false where there is none of that name. */
bool fixture_write(const char *name, FILE *to);

#endif
