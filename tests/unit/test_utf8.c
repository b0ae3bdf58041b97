#include "base/utf8.h"

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/quick_check.h"

/* As RFC 3629 makes them. */
static size_t
encode(uint32_t c, uint8_t *at)
{
	if (c < 0x80) {
		at[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		at[0] = (uint8_t)(0xc0 | c >> 6);
		at[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		at[0] = (uint8_t)(0xe0 | c >> 12);
		at[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		at[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	at[0] = (uint8_t)(0xf0 | c >> 18);
	at[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	at[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	at[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

static bool
is_hidden(uint32_t c)
{
	return c < ' ' || (c >= 0x7f && c <= 0x9f) || c == 0x200e ||
	    c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069) || (c >= 0xd800 && c <= 0xdfff) ||
	    c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) || c == 0xfffe ||
	    c == 0xffff;
}

/* And none is one where its last byte is missing. */
START_TEST(every_character_that_may_be_shown_is_one)
{
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		uint8_t bytes[4];
		size_t n = encode(c, bytes);

		ck_assert_msg(utf8_printable(bytes, n) ==
		    (is_hidden(c) ? 0 : n), "U+%04X", (unsigned)c);
		ck_assert_uint_eq(utf8_printable(bytes, n - 1), 0);
		ck_assert_uint_eq(utf8_expected(bytes[0]), n);
	}
}
END_TEST

START_TEST(a_character_is_read_shown_or_not)
{
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		uint32_t found = UINT32_MAX;
		uint8_t bytes[4];
		size_t n = encode(c, bytes);
		bool half = c >= 0xd800 && c <= 0xdfff;

		ck_assert_uint_eq(utf8_character(bytes, n - 1, &found), 0);
		ck_assert_uint_eq(utf8_character(bytes, n, &found),
		    half ? 0 : n);
		ck_assert_uint_eq(found, half ? UINT32_MAX : c);
	}
}
END_TEST

static const char *const wrong[] = {
	"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf",
	"\xf0\x80\x80\xaf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
	"\xf5\x80\x80\x80", "\xff", "\xc3(", "\xe5\xb0(", "\xed\xa0\x80",
};

START_TEST(nothing_else_is_one)
{
	uint32_t character;

	ck_assert_uint_eq(utf8_character((const uint8_t *)wrong[_i],
	    strlen(wrong[_i]), &character), 0);
	ck_assert_uint_eq(utf8_printable((const uint8_t *)wrong[_i],
	    strlen(wrong[_i])), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("utf8");
	TCase *tc = tcase_create("utf8");

	tcase_add_test(tc, every_character_that_may_be_shown_is_one);
	tcase_add_test(tc, a_character_is_read_shown_or_not);
	tcase_add_loop_test(tc, nothing_else_is_one, 0,
	    sizeof(wrong) / sizeof(wrong[0]));
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *r = srunner_create(suite());
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
