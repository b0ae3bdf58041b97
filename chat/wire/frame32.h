/*
 * A length and that many bytes: u32, big-endian, then the body (`eim`, and `im`
 * with --framing length).
 */
#ifndef CHAT_WIRE_FRAME32_H
#define CHAT_WIRE_FRAME32_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "chat/wire/wire.h"

enum { FRAME32_HEADER_BYTES = 4 };

/* The first frame in len bytes.  A body longer than `max` is bad. */
enum wire_status frame32_next(const uint8_t *data, size_t len, uint32_t max,
    struct wire_span *body, size_t *used);

/* -1 without memory; nothing is appended then. */
int frame32_append(struct bytes *out, const void *body, uint32_t len);

#endif
