#include "base/json_text.h"

#include <stddef.h>

/* The solidus has one, too, but needs none. */
static const struct {
	char character, letter;
} letters[] = {
	{ '"', '"' }, { '\\', '\\' }, { '\b', 'b' }, { '\f', 'f' },
	{ '\n', 'n' }, { '\r', 'r' }, { '\t', 't' },
};

char *
json_unit(char *at, uint16_t unit)
{
	static const char digits[] = "0123456789abcdef";

	*at++ = '\\';
	*at++ = 'u';
	for (int shift = 12; shift >= 0; shift -= 4)
		*at++ = digits[unit >> shift & 15];
	return at;
}

char *
json_escape(char *at, uint32_t character)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (character == (uint32_t)letters[i].character) {
			*at++ = '\\';
			*at++ = letters[i].letter;
			return at;
		}
	if (character < 0x10000)
		return json_unit(at, (uint16_t)character);
	character -= 0x10000;
	at = json_unit(at, (uint16_t)(0xd800 | character >> 10));
	return json_unit(at, (uint16_t)(0xdc00 | (character & 0x3ff)));
}
