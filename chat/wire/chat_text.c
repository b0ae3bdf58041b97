#include "chat/wire/chat_text.h"

#include <string.h>

#include "base/utf8.h"

/* U+FFFD, and the longest beginning of a character that lacks its end. */
static const uint8_t replacement[] = { 0xef, 0xbf, 0xbd };
enum { CUT_MAX = 3 };

bool
chat_text_is_utf8(const uint8_t *data, size_t len)
{
	size_t n;

	for (size_t at = 0; at < len; at += n) {
		uint32_t character;

		n = utf8_character(data + at, len - at, &character);
		if (n == 0 || character == 0)
			return false;
	}
	return true;
}

/* White space (Unicode: White_Space) that utf8_printable() lets through. */
static bool
is_blank(uint32_t character)
{
	return character == ' ' || character == 0xa0 || character == 0x1680 ||
	    (character >= 0x2000 && character <= 0x200a) ||
	    character == 0x202f || character == 0x205f || character == 0x3000;
}

/* Unicode 14.0, DerivedCoreProperties.txt: Default_Ignorable_Code_Point.  And
 * U+2800, a Braille pattern without dots, which no property tells of. */
static bool
is_invisible(uint32_t character)
{
	static const struct { uint32_t first, last; } ranges[] = {
		{ 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c },
		{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
		{ 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x206f },
		{ 0x2800, 0x2800 }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfff8 },
		{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
		{ 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (character >= ranges[i].first &&
		    character <= ranges[i].last)
			return true;
	return false;
}

const char *
chat_name_fault(const uint8_t *data, size_t len, const char *reserved)
{
	uint32_t character = 0;
	size_t n;

	if (len == 0)
		return "A name needs at least one character.";
	if (len > CHAT_NAME_MAX)
		return "A name has at most 64 bytes.";
	if (data[0] != '\0' && strchr(reserved, data[0]) != NULL)
		return "A name must not begin with this character.";
	for (size_t at = 0; at < len; at += n) {
		n = utf8_printable(data + at, len - at);
		if (n == 0)
			return "A name must be text that can be shown (UTF-8).";
		utf8_character(data + at, n, &character);
		if (at == 0 && is_blank(character))
			return "A name must not begin with a blank.";
		if (is_invisible(character))
			return "A name must not have characters that nobody "
			    "sees.";
	}
	return is_blank(character) ? "A name must not end with a blank." : NULL;
}

/* How many bytes from here are shown as they are (true) or as one U+FFFD. */
static bool
measure(const uint8_t *data, size_t len, size_t *n)
{
	uint32_t character;

	*n = utf8_printable(data, len);
	if (*n > 0)
		return true;
	*n = utf8_character(data, len, &character);
	if (*n == 0)
		*n = 1;
	return data[0] == '\n' || data[0] == '\t';
}

int
chat_text_clean(struct bytes *out, const uint8_t *data, size_t len)
{
	size_t before = out->len, n;

	for (size_t at = 0; at < len; at += n) {
		bool shown = measure(data + at, len - at, &n);

		if (bytes_append(out, shown ? data + at : replacement,
		    shown ? n : sizeof(replacement)) != 0) {
			out->len = before;
			return -1;
		}
	}
	return 0;
}

/* May n bytes be followed by others that make a character of them?  If any do,
 * then those do that are the least or the greatest. */
static bool
begins_character(const uint8_t *data, size_t n)
{
	size_t wanted = utf8_expected(data[0]);
	uint8_t least[4], greatest[4];
	uint32_t character;

	if (wanted <= n)
		return false;
	memset(least, 0x80, sizeof(least));
	memset(greatest, 0xbf, sizeof(greatest));
	memcpy(least, data, n);
	memcpy(greatest, data, n);
	return utf8_character(least, wanted, &character) > 0 ||
	    utf8_character(greatest, wanted, &character) > 0;
}

size_t
chat_text_cut(const uint8_t *data, size_t len)
{
	for (size_t n = 1; n <= CUT_MAX && n <= len; n++)
		if (begins_character(data + len - n, n))
			return n;
	return 0;
}
