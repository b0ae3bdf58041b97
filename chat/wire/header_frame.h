/*
 * A header and a payload, each behind its length: u16 big-endian, header, u32
 * big-endian, payload (`class`).
 *
 * The originals count characters where they should count bytes, so outside of
 * ASCII their lengths are too small.  We count bytes.
 */
#ifndef CHAT_WIRE_HEADER_FRAME_H
#define CHAT_WIRE_HEADER_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "chat/wire/wire.h"

struct header_frame {
	struct wire_span header, payload;
};

enum { HEADER_FRAME_HEADER_MAX = 64 };	/* the longest that is known has 13 */

/* The first frame in len bytes.  Bad: a header longer than
 * HEADER_FRAME_HEADER_MAX, a payload longer than `max`. */
enum wire_status header_frame_next(const uint8_t *data, size_t len,
    uint32_t max, struct header_frame *out, size_t *used);

/* Is it this header? */
bool header_frame_is(const struct header_frame *frame, const char *header);

/* -1 without memory, or where the header is longer than
 * HEADER_FRAME_HEADER_MAX; nothing is appended then. */
int header_frame_append(struct bytes *out, const char *header,
    const void *payload, uint32_t len);

#endif
