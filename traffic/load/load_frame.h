/*
 * Frames from prebuilt headers: copied, patched, and their checksums brought up
 * to date by the difference.
 */
#ifndef TRAFFIC_LOAD_LOAD_FRAME_H
#define TRAFFIC_LOAD_LOAD_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "base/random.h"

enum {
	LOAD_FRAME_MAX = 1514,
	LOAD_FRAME_MIN = 60,
	LOAD_HEADERS_MAX = 14 + 40 + 20,
	LOAD_FRAME_ROOM = LOAD_FRAME_MAX + 8,	/* what load_frame_put() may
						   write to */
};

/* TCP or UDP, over IPv4 or IPv6: bits of a kind. */
enum { LOAD_TCP = 1, LOAD_IPV6 = 2, LOAD_KINDS = 4 };

/* Headers without addresses and ports, their lengths 0 and their checksums
 * those sums that all packets of the kind share. */
struct load_template {
	uint8_t headers[LOAD_HEADERS_MAX];
	uint8_t len;
	uint8_t transport_at;
	uint16_t ip_sum, transport_sum;
};

/* Bytes for payloads, with the sum of all 16-bit words before each. */
enum { LOAD_POOL_WORDS = 32768 };
struct load_pool {
	uint8_t bytes[2 * LOAD_POOL_WORDS];
	uint32_t sums[LOAD_POOL_WORDS + 1];
};

struct load_frames {
	struct load_template templates[LOAD_KINDS];
	struct load_pool pool;
};

/* -1: libnet, or no memory. */
int load_frames_init(struct load_frames *frames, uint64_t seed,
    struct errbuf *err);

/* One direction of a conversation. */
struct load_side {
	uint8_t headers[LOAD_HEADERS_MAX];
	uint16_t ip_sum, transport_sum;
	uint16_t id;			/* IPv4 */
	uint32_t seq;
};

struct load_addresses {
	uint8_t source[16], destination[16];	/* the first 4 of IPv4 */
	uint16_t source_port, destination_port;
	bool inwards;			/* decides the MACs */
};

/* Headers and sums of the template, with MACs, addresses and ports put in; id
 * and seq are the caller's. */
void load_side_init(struct load_side *side,
    const struct load_template *template,
    const struct load_addresses *addresses);

/* What changes from packet to packet.  A SYN has an MSS. */
struct load_packet {
	uint8_t kind;
	uint8_t flags;
	uint32_t ack;
	size_t len;			/* payload: none, or 4 or more */
	uint64_t random;		/* which payload */
};

/*
 * Writes the frame (padded to 60 bytes), of which the caller keeps `kept` bytes
 * at most, and moves the side on.  Returns its length.
 */
size_t load_frame_put(const struct load_frames *frames, struct load_side *side,
    const struct load_packet *packet, size_t kept, uint8_t *out);

#endif
