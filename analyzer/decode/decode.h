/*
 * Frames to packets: link layer to transport, stateless.
 *
 * A wrong, cut or unknown packet is data: every frame gives a packet, whose
 * status says what was found, and all fields that could be read are set.
 */
#ifndef ANALYZER_DECODE_DECODE_H
#define ANALYZER_DECODE_DECODE_H

#include <stddef.h>

#include "analyzer/decode/packet.h"

/* packets[i] is what frames[i] holds; n of each.  Returns the bits of all their
 * statuses: 0 where every one is PACKET_OK, as is usual.  Cannot fail. */
unsigned decode_batch(const struct frame *frames, size_t n,
    struct packet *packets);

/*
 * One frame by the layer tables alone.  decode_batch() has a short way for
 * what most frames are and must give the same fields: a test holds the two
 * against each other.
 */
void decode_frame(const struct frame *frame, struct packet *packet);

/* Name of a LINKTYPE_ number ("ethernet", "linux_sll"), or NULL where there is
 * no decoder for it. */
const char *decode_link_name(unsigned link_type);

#endif
