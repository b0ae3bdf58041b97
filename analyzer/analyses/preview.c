#include "analyzer/analyses/preview.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

/* The letter of an escape; 0: none. */
static char
escape_of(uint8_t byte)
{
	switch (byte) {
	case '\t':
		return 't';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	default:
		return 0;
	}
}

/* False where the bytes are no text.  `cut`: more follow them. */
static bool
write_text(char *at, const uint8_t *bytes, size_t n, bool cut)
{
	while (n > 0) {
		size_t len = utf8_printable(bytes, n);
		char escape = escape_of(*bytes);

		if (escape != 0) {
			*at++ = '\\';
			*at++ = escape;
			len = 1;
		} else if (len > 0) {
			memcpy(at, bytes, len);
			at += len;
		} else {
			if (!cut || utf8_expected(*bytes) <= n)
				return false;
			break;
		}
		bytes += len;
		n -= len;
	}
	*at = '\0';
	return true;
}

static void
write_hex(char *at, const uint8_t *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	*at++ = '0';
	*at++ = 'x';
	for (size_t i = 0; i < n; i++) {
		*at++ = digits[bytes[i] >> 4];
		*at++ = digits[bytes[i] & 15];
	}
	*at = '\0';
}

void
preview_text(char text[PREVIEW_TEXT_BYTES], const uint8_t *payload, size_t n)
{
	bool cut = n > PREVIEW_BYTES;
	size_t shown = cut ? PREVIEW_BYTES : n;

	if (!write_text(text, payload, shown, cut))
		write_hex(text, payload, shown);
}
