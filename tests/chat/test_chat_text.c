#include "chat/wire/chat_text.h"

#include "tests/chat/wire_tools.h"

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

START_TEST(text_is_utf8_without_nul)
{
	ck_assert(chat_text_is_utf8(NULL, 0));
	ck_assert(chat_text_is_utf8(BYTES("plain")));
	ck_assert(chat_text_is_utf8(BYTES("\x01\x1b[2J\x7f\n")));
	ck_assert(chat_text_is_utf8(BYTES("\xc2\x80\xe2\x80\xae\xef\xbf\xbf")));
	ck_assert(chat_text_is_utf8(BYTES("\xf4\x8f\xbf\xbf")));
	ck_assert(!chat_text_is_utf8(BYTES("a\0b")));
	ck_assert(!chat_text_is_utf8(BYTES("\xc3")));
	ck_assert(!chat_text_is_utf8(BYTES("\xc0\x80")));
	ck_assert(!chat_text_is_utf8(BYTES("\xed\xa0\x80\xed\xb0\x80")));
	ck_assert(!chat_text_is_utf8(BYTES("\xf4\x90\x80\x80")));
	ck_assert(!chat_text_is_utf8(BYTES("latin \xe9t\xe9")));
}
END_TEST

#define SIXTEEN "0123456789abcdef"
#define SIXTY_FOUR SIXTEEN SIXTEEN SIXTEEN SIXTEEN

static const struct {
	const uint8_t *data;
	size_t len;
	const char *fault;	/* a word of it; NULL: it can be a name */
} names[] = {
	{ BYTES("alice"), NULL },
	{ BYTES("a b"), NULL },
	{ BYTES("a!"), NULL },
	{ BYTES("Jos\xc3\xa9 \xf0\x9f\x8c\x8d"), NULL },
	{ BYTES(SIXTY_FOUR), NULL },
	{ BYTES(SIXTY_FOUR "x"), "64 bytes" },
	{ BYTES(""), "at least" },
	{ BYTES("!alice"), "this character" },
	{ BYTES("@alice"), "this character" },
	{ BYTES(" alice"), "begin with a blank" },
	{ BYTES("alice "), "end with a blank" },
	{ BYTES(" "), "begin with a blank" },
	{ BYTES("alice\xc2\xa0"), "end with a blank" },
	{ BYTES("\xe3\x80\x80" "alice"), "begin with a blank" },
	{ BYTES("alice\n"), "can be shown" },
	{ BYTES("\0alice"), "can be shown" },
	{ BYTES("al\x1b[31mice"), "can be shown" },
	{ BYTES("al\0ice"), "can be shown" },
	{ BYTES("al\xe2\x80\xaeice"), "can be shown" },	/* turned around */
	{ BYTES("al\xc2\x9bice"), "can be shown" },	/* C1 */
	{ BYTES("al\u200bice"), "nobody sees" },
	{ BYTES("alice\u00ad"), "nobody sees" },
	{ BYTES("\u2060" "alice"), "nobody sees" },
	{ BYTES("al\u200cice"), "nobody sees" },
	{ BYTES("al\u200dice"), "nobody sees" },
	{ BYTES("\ufe0f"), "nobody sees" },
	{ BYTES("\u3164"), "nobody sees" },
	{ BYTES("\uffa0"), "nobody sees" },
	{ BYTES("\u2800"), "nobody sees" },
	{ BYTES("alice\U000e0001"), "nobody sees" },
	{ BYTES("alice\U000e0fff"), "nobody sees" },
	{ BYTES("\ufeff" "alice"), "can be shown" },	/* by base/utf8.h */
	/* Next to the ranges. */
	{ BYTES("al\u00acice\u00ae"), NULL },
	{ BYTES("al\u2010ice\u3165\ufdff\ufe10"), NULL },
	{ BYTES("al\U000dffffice\U000e1000"), NULL },
	{ BYTES("alic\xc3"), "can be shown" },
	{ BYTES("\xff"), "can be shown" },
};

START_TEST(a_name_is_short_and_can_be_shown)
{
	uint8_t *data = exactly(names[_i].data, names[_i].len);
	const char *fault = chat_name_fault(data, names[_i].len, "!@");

	free(data);
	if (names[_i].fault == NULL)
		ck_assert_ptr_null(fault);
	else {
		ck_assert_ptr_nonnull(fault);
		ck_assert_ptr_nonnull(strstr(fault, names[_i].fault));
	}
}
END_TEST

START_TEST(where_nothing_is_reserved_any_character_may_begin)
{
	ck_assert_ptr_null(chat_name_fault(BYTES("!alice"), ""));
}
END_TEST

#define FFFD "\xef\xbf\xbd"

static const struct {
	const uint8_t *data;
	size_t len;
	const char *shown;
} texts[] = {
	{ BYTES(""), "" },
	{ BYTES("as it is, \xc3\xa9\xf0\x9f\x8c\x8d"),
	    "as it is, \xc3\xa9\xf0\x9f\x8c\x8d" },
	{ BYTES("line\n\ttab"), "line\n\ttab" },
	{ BYTES("\x1b[2Jgone\r"), FFFD "[2Jgone" FFFD },
	{ BYTES("a\0b\x7f"), "a" FFFD "b" FFFD },
	{ BYTES("\xc2\x9b" "31m"), FFFD "31m" },	/* C1: one character */
	{ BYTES("\xe2\x80\xae" "abc"), FFFD "abc" },
	{ BYTES("\xff\xfe"), FFFD FFFD },
	{ BYTES("\xe2\x82"), FFFD FFFD },		/* cut: a byte each */
	{ BYTES("\xed\xa0\x80"), FFFD FFFD FFFD },
};

START_TEST(what_must_not_be_shown_is_replaced)
{
	uint8_t *data = exactly(texts[_i].data, texts[_i].len);
	struct bytes out = { 0 };

	ck_assert_int_eq(bytes_append(&out, ">", 1), 0);
	ck_assert_int_eq(chat_text_clean(&out, data, texts[_i].len), 0);
	ck_assert_uint_eq(out.len, 1 + strlen(texts[_i].shown));
	ck_assert_mem_eq(out.data + 1, texts[_i].shown, out.len - 1);
	bytes_reset(&out);
	free(data);
}
END_TEST

START_TEST(what_is_clean_is_clean_text_and_stays)
{
	struct splitmix chance = chance_of("what_is_clean_stays");
	unsigned long rounds = random_rounds(2000);

	while (rounds-- > 0) {
		uint8_t data[60];
		size_t len = splitmix_below(&chance, sizeof(data) + 1);
		struct bytes once = { 0 }, twice = { 0 };

		fill(&chance, data, len);
		ck_assert_int_eq(chat_text_clean(&once, data, len), 0);
		ck_assert(chat_text_is_utf8(once.data, once.len));
		ck_assert_int_eq(chat_text_clean(&twice, once.data, once.len),
		    0);
		ck_assert_uint_eq(once.len, twice.len);
		if (once.len > 0)
			ck_assert_mem_eq(once.data, twice.data, once.len);
		bytes_reset(&once);
		bytes_reset(&twice);
	}
}
END_TEST

static const struct {
	const char *text;
	size_t cut;
} ends[] = {
	{ "", 0 }, { "abc", 0 }, { "\xc3\xa9", 0 }, { "\xe2\x82\xac", 0 },
	{ "\xf0\x9f\x8c\x8d", 0 },
	{ "a\xc3", 1 }, { "a\xe2", 1 }, { "a\xe2\x82", 2 }, { "a\xf0", 1 },
	{ "a\xf0\x9f", 2 }, { "a\xf0\x9f\x8c", 3 },
	{ "\xe0\xa0", 2 }, { "\xed\x9f", 2 }, { "\xf0\x90", 2 },
	{ "\xf4\x8f\xbf", 3 },
	/* Beginnings of nothing. */
	{ "\x80", 0 }, { "\xc0", 0 }, { "\xff", 0 }, { "\xe0\x80", 0 },
	{ "\xed\xa0", 0 }, { "\xf0\x80\x80", 0 }, { "\xf4\x90", 0 },
	{ "\xe2\x82\x28", 0 }, { "\xe2\x28", 0 }, { "\xf5\x80", 0 },
};

START_TEST(a_character_that_lacks_its_end_is_measured)
{
	size_t len = strlen(ends[_i].text);
	uint8_t *data = exactly(ends[_i].text, len);

	ck_assert_uint_eq(chat_text_cut(data, len), ends[_i].cut);
	free(data);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("chat_text");
	TCase *tc = tcase_create("chat_text");

	tcase_add_test(tc, text_is_utf8_without_nul);
	tcase_add_loop_test(tc, a_name_is_short_and_can_be_shown, 0,
	    sizeof(names) / sizeof(names[0]));
	tcase_add_test(tc,
	    where_nothing_is_reserved_any_character_may_begin);
	tcase_add_loop_test(tc, what_must_not_be_shown_is_replaced, 0,
	    sizeof(texts) / sizeof(texts[0]));
	tcase_add_test(tc, what_is_clean_is_clean_text_and_stays);
	tcase_add_loop_test(tc, a_character_that_lacks_its_end_is_measured, 0,
	    sizeof(ends) / sizeof(ends[0]));
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
