#include "chat/wire/frame32.h"

#include <string.h>

#include "base/cursor.h"

enum wire_status
frame32_next(const uint8_t *data, size_t len, uint32_t max,
    struct wire_span *body, size_t *used)
{
	struct cursor c = cursor_over(data, len, SIZE_MAX);
	uint32_t body_len = cursor_be32(&c);
	const uint8_t *at;

	if (body_len > max)
		return WIRE_BAD;
	at = cursor_take(&c, body_len);
	if (at == NULL)
		return WIRE_PARTIAL;
	*body = (struct wire_span){ at, body_len };
	*used = len - c.left;
	return WIRE_WHOLE;
}

int
frame32_append(struct bytes *out, const void *body, uint32_t len)
{
	uint8_t *at = bytes_reserve(out, (size_t)FRAME32_HEADER_BYTES + len);

	if (at == NULL)
		return -1;
	at[0] = (uint8_t)(len >> 24);
	at[1] = (uint8_t)(len >> 16);
	at[2] = (uint8_t)(len >> 8);
	at[3] = (uint8_t)len;
	if (len > 0)
		memcpy(at + FRAME32_HEADER_BYTES, body, len);
	out->len += (size_t)FRAME32_HEADER_BYTES + len;
	return 0;
}
