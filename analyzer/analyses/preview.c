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

static const char digits[] = "0123456789abcdef";

/* How much of the bytes is text. */
struct readable {
	size_t bytes;		/* of characters */
	size_t run, longest;	/* of those, one behind the other */
	size_t others;		/* bytes that are none */
};

static void
count(struct readable *readable, size_t len)
{
	readable->bytes += len;
	readable->run += len;
	if (len == 0)
		readable->run = 0;
	else if (readable->run > readable->longest)
		readable->longest = readable->run;
}

static bool
is_readable(const struct readable *readable)
{
	enum { RUN_MIN = 4 };

	return readable->others == 0 || (readable->longest >= RUN_MIN &&
	    5 * readable->bytes >=
	    3 * (readable->bytes + readable->others));
}

/* The end of the text.  `cut`: more follow the bytes, so a character that they
 * end in is left out. */
static char *
write_text(char *at, const uint8_t *bytes, size_t n, bool cut,
    struct readable *readable)
{
	size_t len;

	for (; n > 0; bytes += len, n -= len) {
		char escape = escape_of(*bytes);

		len = utf8_printable(bytes, n);
		if (len == 0 && escape == 0 && cut &&
		    utf8_expected(*bytes) > n)
			return at;
		count(readable, len);
		if (len > 0) {
			memcpy(at, bytes, len);
			at += len;
			continue;
		}
		len = 1;
		*at++ = '\\';
		if (escape != 0) {
			*at++ = escape;
			continue;
		}
		readable->others++;
		*at++ = 'x';
		*at++ = digits[*bytes >> 4];
		*at++ = digits[*bytes & 15];
	}
	return at;
}

static char *
write_hex(char *at, const uint8_t *bytes, size_t n)
{
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
	struct readable readable = { 0 };
	char *end = write_text(text, data, shown, cut, &readable);

	if (!is_readable(&readable))
		end = write_hex(text, data, shown);
	*end = '\0';
	return (size_t)(end - text);
}
