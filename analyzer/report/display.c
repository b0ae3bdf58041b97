#include "analyzer/report/display.h"

#include "analyzer/report/rows.h"

struct range {
	uint32_t first, last;
};

/* Marks that stand on the character before them. */
static const struct range combining[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd },
	{ 0x0610, 0x061a }, { 0x064b, 0x065f }, { 0x0900, 0x0902 },
	{ 0x093c, 0x093c }, { 0x0941, 0x0948 }, { 0x0e31, 0x0e31 },
	{ 0x0e34, 0x0e3a }, { 0x0e47, 0x0e4e }, { 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f }, { 0x1f3fb, 0x1f3ff },
};

/* Unicode Standard Annex 11: W and F, in whole blocks. */
static const struct range wide[] = {
	{ 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x23e9, 0x23ec },
	{ 0x2614, 0x2615 }, { 0x2705, 0x2705 }, { 0x270a, 0x270b },
	{ 0x2728, 0x2728 }, { 0x274c, 0x274c }, { 0x2753, 0x2755 },
	{ 0x2e80, 0x303e }, { 0x3041, 0xa4cf }, { 0xa960, 0xa97c },
	{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },
	{ 0xff01, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f },
	{ 0x1f680, 0x1f6ff }, { 0x1f900, 0x1faff }, { 0x20000, 0x3fffd },
};

/* C0, DEL, C1; soft hyphen, zero-width and bidirectional controls, line and
 * paragraph separators, byte order mark. */
static const struct range invisible[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x061c, 0x061c },
	{ 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
	{ 0xfffe, 0xffff }, { 0xe0000, 0xe0fff },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
is_in(const struct range *ranges, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (ranges[i].first <= c && c <= ranges[i].last)
			return true;
	return false;
}

/* len is what utf8_len() says. */
static uint32_t
code_point(const char *text, size_t len)
{
	const uint8_t *at = (const uint8_t *)text;
	uint32_t c = len == 1 ? at[0] : at[0] & (0xffu >> (len + 1));

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (at[i] & 0x3f);
	return c;
}

unsigned
display_char(const char *at, size_t *len)
{
	uint32_t c;

	*len = utf8_len(at);
	if (*len == 0)
		*len = 1;
	if (*len == 1)
		return 1;
	c = code_point(at, *len);
	if (is_in(combining, COUNT(combining), c))
		return 0;
	return is_in(wide, COUNT(wide), c) ? 2 : 1;
}

size_t
display_width(const char *text)
{
	size_t width = 0, len;

	for (; *text != '\0'; text += len)
		width += display_char(text, &len);
	return width;
}

size_t
display_fit(const char *text, size_t cells)
{
	size_t at = 0, width = 0, len;

	while (text[at] != '\0') {
		width += display_char(text + at, &len);
		if (width > cells)
			break;
		at += len;
	}
	return at;
}

bool
display_is_clean(const char *at, size_t *len)
{
	bool valid;

	*len = utf8_len(at);
	valid = *len > 0;
	if (!valid)
		*len = 1;
	return valid && !is_in(invisible, COUNT(invisible),
	    code_point(at, *len));
}

int
display_clean(struct bytes *out, const char *text)
{
	size_t len;

	for (; *text != '\0'; text += len) {
		bool clean = display_is_clean(text, &len);

		if (bytes_append(out, clean ? text : "?", clean ? len : 1) ==
		    -1)
			return -1;
	}
	return 0;
}
