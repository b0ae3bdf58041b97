/*
 * Which flow the later fragments of a datagram go with: that of its first one
 * (RFC 791, RFC 8200 section 4.5: addresses, protocol and id tell datagrams
 * apart).
 *
 * A bounded number of datagrams is remembered; the oldest makes room.  A later
 * fragment whose time is more than FRAGMENTS_TIMEOUT_NS from the first one's
 * belongs to another datagram; an id that is used again belongs to the datagram
 * that used it last.
 */
#ifndef ANALYZER_TRACKER_FRAGMENTS_H
#define ANALYZER_TRACKER_FRAGMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/decode/packet.h"
#include "analyzer/tracker/flow_key.h"
#include "base/errbuf.h"

#define FRAGMENTS_TIMEOUT_NS	((int64_t)30 * 1000000000)

enum { FRAGMENTS_MIN = 64, FRAGMENTS_MAX = 8192 };

struct fragments;

/* As many datagrams as fit in `share` bytes, within the bounds above; memory is
 * taken when the first fragment comes.  `hash` outlives it.  NULL with the
 * reason in *err. */
struct fragments *fragments_new(uint64_t share, const struct flow_hash *hash,
    struct errbuf *err);

/* NULL does nothing. */
void fragments_free(struct fragments *fragments);

/* A first fragment, and what flow_key_read() says of it.  -1 when memory is
 * short. */
int fragments_add(struct fragments *fragments, const struct packet *packet,
    const struct flow_key *key, unsigned from, struct errbuf *err);

/* Of a later fragment with both addresses: false where no first one is known,
 * else that one's *key and *from. */
bool fragments_find(const struct fragments *fragments,
    const struct packet *packet, struct flow_key *key, unsigned *from);

/* Bytes that are taken. */
uint64_t fragments_memory(const struct fragments *fragments);

#endif
