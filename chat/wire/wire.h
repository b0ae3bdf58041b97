/*
 * What a codec says of the bytes of a stream.
 */
#ifndef CHAT_WIRE_WIRE_H
#define CHAT_WIRE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum wire_status {
	WIRE_WHOLE,	/* a unit is there; *used says how many bytes it took */
	WIRE_PARTIAL,	/* its beginning: wait for more */
	WIRE_BAD,	/* it can never become one */
};

/* Borrowed bytes. */
struct wire_span {
	const uint8_t *data;
	size_t len;
};

/* Are the bytes this text? */
static inline bool
wire_span_is(const struct wire_span *span, const char *text)
{
	size_t len = strlen(text);

	return span->len == len && (len == 0 ||
	    memcmp(span->data, text, len) == 0);
}

#endif
