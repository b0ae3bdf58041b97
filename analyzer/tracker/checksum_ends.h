/*
 * Between which addresses the pseudo header of a packet is, and where its
 * transport begins.  For checksum.c.
 *
 * The address in the header may be that of the next stop only: a routing
 * header (RFC 8200, section 8.1) or source route (RFC 1122, section 3.2.1.8)
 * that is not used up holds the last one.  A mobile node's own address is in
 * an option (RFC 6275, section 6.3).
 */
#ifndef ANALYZER_TRACKER_CHECKSUM_ENDS_H
#define ANALYZER_TRACKER_CHECKSUM_ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/decode/packet.h"

struct checksum_ends {
	const uint8_t *src, *dst;	/* borrowed from the frame */
	bool known;		/* false: a way that we cannot read may end
				   elsewhere */
	size_t transport_at;	/* from the frame's start */
};

/* Of a packet with an ip_version.  False where the headers were cut. */
bool checksum_ends_find(const struct packet *packet,
    struct checksum_ends *ends);

#endif
