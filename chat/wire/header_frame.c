#include "chat/wire/header_frame.h"

#include <string.h>

#include "base/cursor.h"

enum { LENGTHS_BYTES = 2 + 4 };

enum wire_status
header_frame_next(const uint8_t *data, size_t len, uint32_t max,
    struct header_frame *out, size_t *used)
{
	struct cursor c = cursor_over(data, len, SIZE_MAX);
	size_t header_len = cursor_be16(&c);
	const uint8_t *header, *payload;
	uint32_t payload_len;

	if (header_len > HEADER_FRAME_HEADER_MAX)
		return WIRE_BAD;
	header = cursor_take(&c, header_len);
	payload_len = cursor_be32(&c);
	if (payload_len > max)
		return WIRE_BAD;
	payload = cursor_take(&c, payload_len);
	if (payload == NULL)
		return WIRE_PARTIAL;
	out->header = (struct wire_span){ header, header_len };
	out->payload = (struct wire_span){ payload, payload_len };
	*used = len - c.left;
	return WIRE_WHOLE;
}

bool
header_frame_is(const struct header_frame *frame, const char *header)
{
	return wire_span_is(&frame->header, header);
}

int
header_frame_append(struct bytes *out, const char *header,
    const void *payload, uint32_t len)
{
	size_t header_len = strlen(header);
	uint8_t *at;

	if (header_len > HEADER_FRAME_HEADER_MAX)
		return -1;
	at = bytes_reserve(out, LENGTHS_BYTES + header_len + len);
	if (at == NULL)
		return -1;
	*at++ = 0;
	*at++ = (uint8_t)header_len;
	memcpy(at, header, header_len);
	at += header_len;
	*at++ = (uint8_t)(len >> 24);
	*at++ = (uint8_t)(len >> 16);
	*at++ = (uint8_t)(len >> 8);
	*at++ = (uint8_t)len;
	if (len > 0)
		memcpy(at, payload, len);
	out->len += LENGTHS_BYTES + header_len + len;
	return 0;
}
