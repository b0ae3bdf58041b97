/*
 * IP prefixes: which addresses are local.
 */
#ifndef BASE_NETWORK_H
#define BASE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

enum { NETWORKS_MAX = 64 };

struct network {
	uint8_t version;	/* 4 or 6 */
	uint8_t bits;		/* of the prefix */
	uint8_t prefix[16];	/* network order, host bits 0 */
};

struct networks {
	struct network list[NETWORKS_MAX];
	size_t count;
	bool has_ipv4, has_ipv6;	/* some prefix of that version */
};

/*
 * Reads "NET[,NET...]": IPv4 or IPv6 prefixes ("192.168.0.0/16", "fd00::/8";
 * without a slash a single address).  Errors name the part that is wrong; host
 * bits that are set are an error too.
 */
int networks_parse(const char *text, struct networks *out,
    struct errbuf *err);

/* Is the address (network order; 4 or 16 bytes by version) in it? */
bool network_contains(const struct network *network, int version,
    const uint8_t *address);

/* In one of them? */
bool networks_contain(const struct networks *networks, int version,
    const uint8_t *address);

#endif
