/*
 * Basic instant messages: protobuf, proto2 (im_message.proto),
 *
 *	message Message { required string nickname = 1;
 *			  required string message = 2; }
 *
 * Both have to be there, UTF-8 and without NUL; fields that are not known are
 * passed over.
 *
 * On the wire of `im` without framing, messages lie one behind the other.  They
 * are told apart by their fields: a message ends with the field that makes both
 * of them seen, so it is whole as soon as that has come.  Of a field that comes
 * again before that the last counts, as everywhere in protobuf.  Unknown fields
 * behind both belong to the message that follows.  A second text behind both
 * does, too: no encoder writes one.
 *
 * Written by protobuf-c, read by chat/wire/proto.h, which says why and what it
 * refuses.
 */
#ifndef CHAT_WIRE_IM_MESSAGE_H
#define CHAT_WIRE_IM_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "chat/wire/wire.h"

/* What one recv() of the originals takes; a longer message ends them. */
enum { IM_MESSAGE_ORIGINAL_MAX = 1280 };

/* Borrowed from the bytes that were read; not terminated. */
struct im_message {
	const char *nickname, *text;
	size_t nickname_len, text_len;
};

/* 0 where all of the bytes are one message, -1 otherwise. */
int im_message_parse(const uint8_t *data, size_t len, struct im_message *out);

/*
 * The first message of a stream without framing; one longer than `max` is bad
 * as soon as that can be told.  A look costs the same however much of a message
 * has come, until it is whole.
 */
enum wire_status im_message_next(const uint8_t *data, size_t len, size_t max,
    struct im_message *out, size_t *used);

/* Makes one of two values where both are text; 0 or -1. */
int im_message_from(struct im_message *out, struct wire_span nickname,
    struct wire_span text);

/* -1 without memory, or where protobuf cannot say the length (2 GiB). */
int im_message_append(struct bytes *out, const char *nickname,
    size_t nickname_len, const char *text, size_t text_len);

#endif
