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

/* The end of the text; NULL where the bytes are none.  `cut`: more follow
 * them. */
static char *
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
			return cut && utf8_expected(*bytes) > n ? at : NULL;
		}
		bytes += len;
		n -= len;
	}
	return at;
}

static char *
write_hex(char *at, const uint8_t *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*at++ = digits[bytes[i] >> 4];
		*at++ = digits[bytes[i] & 15];
	}
	return at;
}

size_t
preview(char text[PREVIEW_TEXT_BYTES], const uint8_t *data, size_t n)
{
	bool cut = n > PREVIEW_BYTES_MAX;
	size_t shown = cut ? PREVIEW_BYTES_MAX : n;
	char *end = write_text(text, data, shown, cut);

	if (end == NULL)
		end = write_hex(text, data, shown);
	*end = '\0';
	return (size_t)(end - text);
}
