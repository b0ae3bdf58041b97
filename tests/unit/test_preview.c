#include "analyzer/analyses/preview.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct known {
	const char *bytes;
	const char *text;
} knowns[] = {
	{ "", "" },
	{ "hello", "hello" },
	{ "a\tb\r\n", "a\\tb\\r\\n" },
	{ "caf\xc3\xa9", "caf\xc3\xa9" },
	{ "back\\slash", "back\\slash" },
	/* Words among other bytes, as in the frames of the class chat. */
	{ "bell\a", "bell\\x07" },
	{ "\x01\x03msg\x01\x01\x01\thii there",
	    "\\x01\\x03msg\\x01\\x01\\x01\\thii there" },
	{ "\n\x05" "Alice\x12\x0bseen by raw",
	    "\\n\\x05Alice\\x12\\x0bseen by raw" },
	/* Fewer than three in five, no four together: by chance. */
	{ "abcd\x01\x02\x03", "6162636401" "0203" },
	{ "abc\x01" "def\x02", "61626301" "64656602" },
	{ "\xff", "ff" },
	/* A character cut by the end of the payload is no text. */
	{ "caf\xc3", "636166c3" },
	{ "0123456789012345678901234567890123456789 the rest is left out",
	    "0123456789012345678901234567890123456789 the res" },
	/* One cut by the bound is left out. */
	{ "01234567890123456789012345678901234567890123456\xc3\xa9",
	    "01234567890123456789012345678901234567890123456" },
	{ "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"
	    "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
	    "\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n"
	    "\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n"
	    "\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n" },
};

START_TEST(text_stays_and_the_rest_is_hex)
{
	const struct known *k = &knowns[_i];
	size_t n = strlen(k->bytes);
	uint8_t *copy = malloc(n + 1);
	char text[PREVIEW_TEXT_BYTES];

	ck_assert_ptr_nonnull(copy);
	memcpy(copy + 1, k->bytes, n);
	ck_assert_uint_eq(preview(text, copy + 1, n), strlen(k->text));
	ck_assert_str_eq(text, k->text);
	free(copy);
}
END_TEST

START_TEST(the_longest_hex_fits)
{
	uint8_t bytes[PREVIEW_BYTES_MAX + 1] = { 0 };
	char text[PREVIEW_TEXT_BYTES];

	ck_assert_uint_eq(preview(text, bytes, sizeof(bytes)),
	    2 * PREVIEW_BYTES_MAX);
	ck_assert_uint_eq(strspn(text, "0"), 2 * PREVIEW_BYTES_MAX);
}
END_TEST

/* What is written before it is known to be hex fits, too. */
START_TEST(bytes_of_any_kind_fit)
{
	uint8_t bytes[PREVIEW_BYTES_MAX + 1];
	char text[PREVIEW_TEXT_BYTES + 1];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (int)i < _i ? 'a' : 0x80;
	text[PREVIEW_TEXT_BYTES] = '#';
	ck_assert_uint_lt(preview(text, bytes, sizeof(bytes)),
	    PREVIEW_TEXT_BYTES);
	ck_assert_int_eq(text[PREVIEW_TEXT_BYTES], '#');
	ck_assert_int_eq(text[0], _i == 0 ? '8' : _i * 5 < 48 * 3 ? '6' : 'a');
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("preview");
	TCase *tc = tcase_create("preview");

	tcase_add_loop_test(tc, text_stays_and_the_rest_is_hex, 0,
	    sizeof(knowns) / sizeof(knowns[0]));
	tcase_add_test(tc, the_longest_hex_fits);
	tcase_add_loop_test(tc, bytes_of_any_kind_fit, 0,
	    PREVIEW_BYTES_MAX + 2);
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
