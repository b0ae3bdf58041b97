/*
 * Characters as JSON escapes.
 */
#include "base/json_text.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static void
check_escape(uint32_t character, const char *expected)
{
	char text[JSON_ESCAPE_BYTES + 2], *end;

	memset(text, '#', sizeof(text));
	end = json_escape(text, character);
	ck_assert_int_eq(text[JSON_ESCAPE_BYTES], '#');
	ck_assert_int_le(end - text, JSON_ESCAPE_BYTES);
	*end = '\0';
	ck_assert_str_eq(text, expected);
}

static const struct {
	uint32_t character;
	const char *text;
} escapes[] = {
	{ '"', "\\\"" }, { '\\', "\\\\" }, { '\b', "\\b" }, { '\f', "\\f" },
	{ '\n', "\\n" }, { '\r', "\\r" }, { '\t', "\\t" },
	{ 0, "\\u0000" }, { 0x0b, "\\u000b" }, { 0x1f, "\\u001f" },
	{ '/', "\\u002f" }, { 0x7f, "\\u007f" }, { 0xe9, "\\u00e9" },
	{ 0xfffd, "\\ufffd" }, { 0xffff, "\\uffff" },
	{ 0x10000, "\\ud800\\udc00" }, { 0x1f600, "\\ud83d\\ude00" },
	{ 0x10ffff, "\\udbff\\udfff" },
};

START_TEST(a_character_is_a_letter_a_unit_or_a_pair)
{
	check_escape(escapes[_i].character, escapes[_i].text);
}
END_TEST

START_TEST(every_unit_is_printf_s)
{
	for (uint32_t unit = 0; unit <= 0xffff; unit++) {
		char text[JSON_UNIT_BYTES + 1], expected[16];

		*json_unit(text, (uint16_t)unit) = '\0';
		snprintf(expected, sizeof(expected), "\\u%04x",
		    (unsigned)unit);
		ck_assert_str_eq(text, expected);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("json text");
	TCase *tc = tcase_create("json text");

	tcase_add_loop_test(tc, a_character_is_a_letter_a_unit_or_a_pair, 0,
	    sizeof(escapes) / sizeof(escapes[0]));
	tcase_add_test(tc, every_unit_is_printf_s);
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
