/*
 * What a codec says of the bytes of a stream.
 */
#ifndef CHAT_WIRE_WIRE_H
#define CHAT_WIRE_WIRE_H

#include <stddef.h>
#include <stdint.h>

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

#endif
