#include "base/utf8.h"

#include <stdbool.h>

size_t
utf8_expected(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2)	/* 0xc0 and 0xc1 would be too long a form */
		return 0;
	if (first < 0xe0)
		return 2;
	if (first < 0xf0)
		return 3;
	return first < 0xf5 ? 4 : 0;
}

static bool
is_shown(uint32_t character)
{
	static const struct { uint32_t first, last; } hidden[] = {
		{ 0, 0x1f }, { 0x7f, 0x9f }, { 0x200e, 0x200f },
		{ 0x2028, 0x202e }, { 0x2066, 0x2069 },
		{ 0xfeff, 0xfeff }, { 0xfff0, 0xfffb }, { 0xfffe, 0xffff },
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (character >= hidden[i].first && character <= hidden[i].last)
			return false;
	return true;
}

size_t
utf8_character(const uint8_t *p, size_t n, uint32_t *character)
{
	/* The least character that needs so many bytes. */
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = n == 0 ? 0 : utf8_expected(p[0]);
	uint32_t c;

	if (len == 0 || len > n)
		return 0;
	c = len == 1 ? p[0] : p[0] & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fU);
	}
	/* RFC 3629, 3: the halves of UTF-16 pairs are no characters. */
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*character = c;
	return len;
}

size_t
utf8_printable(const uint8_t *p, size_t n)
{
	uint32_t character;
	size_t len = utf8_character(p, n, &character);

	return len > 0 && is_shown(character) ? len : 0;
}
