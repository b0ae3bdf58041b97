/*
 * What makes packets belong together: addresses, ports, protocol and VLAN
 * stack, whichever way they go; and a hash of it that nobody can aim at.
 *
 * Hash: multilinear-HM of D. Lemire and O. Kaser, "Strongly universal string
 * hashing is fast", The Computer Journal 57(11), 2014: with 64-bit keys k and
 * 32-bit words w, the upper half of k0 + sum (k1 + w1)(k2 + w2) mod 2^64.  Two
 * different words of a length collide in 32 bits with probability 2^-32, in any
 * n of them with 2^-n.  It is a close relative of NH (RFC 4418, section 5),
 * whose 64 bits would want another step.  The key comes from getrandom(2).
 */
#ifndef ANALYZER_TRACKER_FLOW_KEY_H
#define ANALYZER_TRACKER_FLOW_KEY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "analyzer/decode/packet.h"
#include "base/errbuf.h"

enum { FLOW_KEY_BYTES = 48, FLOW_HASH_WORDS = FLOW_KEY_BYTES / 4 };

/* No holes: two of them are compared as bytes.  The lower end comes first. */
struct flow_key {
	uint8_t address[2][16];		/* IPv4 in 4, zeros behind */
	uint16_t ports[2];		/* host order; 0 without ports */
	uint8_t ip_version;		/* 4, 6; 0: no key */
	uint8_t ip_protocol;
	uint8_t has_ports;		/* 0 or 1 */
	uint8_t vlan_count;
	uint16_t vlan[PACKET_VLANS_MAX];	/* zeros behind the last */
};

_Static_assert(sizeof(struct flow_key) == FLOW_KEY_BYTES, "holes in the key");

static inline bool
flow_key_equal(const struct flow_key *a, const struct flow_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Of a packet with both addresses.  Returns which end has sent it, 0 or 1. */
unsigned flow_key_read(struct flow_key *key, const struct packet *packet);

struct flow_hash {
	uint64_t keys[FLOW_HASH_WORDS + 1];
};

/* -1 where the system has no random bytes. */
int flow_hash_init(struct flow_hash *hash, struct errbuf *err);

/* Of any FLOW_KEY_BYTES bytes. */
static inline uint32_t
flow_hash_of(const struct flow_hash *hash, const void *bytes)
{
	uint32_t word[FLOW_HASH_WORDS];
	uint64_t sum = hash->keys[0];

	memcpy(word, bytes, sizeof(word));
	for (unsigned i = 0; i < FLOW_HASH_WORDS; i += 2)
		sum += (hash->keys[i + 1] + word[i]) *
		    (hash->keys[i + 2] + word[i + 1]);
	return (uint32_t)(sum >> 32);
}

#endif
