#include "chat/protocols/caps.h"

int
caps_hex(struct bytes *out, const uint8_t *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *at = bytes_reserve(out, 2 * len);

	if (at == NULL)
		return -1;
	for (size_t i = 0; i < len; i++) {
		*at++ = (uint8_t)digits[data[i] >> 4];
		*at++ = (uint8_t)digits[data[i] & 15];
	}
	out->len += 2 * len;
	return 0;
}

const struct protocol protocol_caps = {
	.name = "caps",
	.purpose = "open and secure mode: words in upper case, or encrypted",
	.port = 12000,
	.needs = 0,
	.server = &caps_server,
	.client = &caps_client,
	.banner =
	    "open mode (1), secure mode (2), quit application (3): the words "
	    "in any case,\nor the digit; then the word to send.  exit leaves",
};
