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
 * are told apart by their fields: a message is whole once both fields have been
 * seen, and all that is known of it is behind it when field 1 begins again.
 */
#ifndef CHAT_WIRE_IM_MESSAGE_H
#define CHAT_WIRE_IM_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "chat/wire/wire.h"

/* Borrowed from the bytes that were read; not terminated. */
struct im_message {
	const char *nickname, *text;
	size_t nickname_len, text_len;
};

/* 0 where all of the bytes are one message, -1 otherwise. */
int im_message_parse(const uint8_t *data, size_t len, struct im_message *out);

/* The first message of a stream without framing; one longer than `max` is
 * bad. */
enum wire_status im_message_next(const uint8_t *data, size_t len, size_t max,
    struct im_message *out, size_t *used);

/* -1 without memory. */
int im_message_append(struct bytes *out, const char *nickname,
    size_t nickname_len, const char *text, size_t text_len);

#endif
