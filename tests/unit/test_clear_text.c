#include "analyzer/tracker/clear_text.h"

#include <check.h>
#include <string.h>

#include "base/utf8.h"
#include "tests/unit/stats_random.h"

enum { BYTES_MAX = APPLICATION_LOOK_BYTES };

/* The definition, a character after the other. */
static enum application_clear
by_definition(const uint8_t *bytes, size_t n, bool cut)
{
	size_t at = 0, run = 0, in_runs = 0;
	bool text = true;

	while (at < n) {
		size_t len = utf8_printable(bytes + at, n - at);

		if (len == 0 && cut && utf8_expected(bytes[at]) > n - at)
			break;
		if (len == 0 && bytes[at] >= '\t' && bytes[at] <= '\r')
			len = 1;
		if (len > 0) {
			run += len;
			at += len;
			continue;
		}
		text = false;
		in_runs += run >= 4 ? run : 0;
		run = 0;
		at++;
	}
	in_runs += run >= 4 ? run : 0;
	return text ? CLEAR_YES : 2 * in_runs >= n ? CLEAR_MIXED : CLEAR_NO;
}

static enum application_clear
of(const char *text, bool cut)
{
	return clear_text((const uint8_t *)text, strlen(text), cut);
}

START_TEST(text_is_clear)
{
	ck_assert_int_eq(of("", false), CLEAR_YES);
	ck_assert_int_eq(of("GET / HTTP/1.1\r\n\thost: x\r\n", false),
	    CLEAR_YES);
	ck_assert_int_eq(of("Gr\xc3\xbc\xc3\x9f Gott, \xe2\x82\xac 5 "
	    "\xf0\x9f\x98\x80", false), CLEAR_YES);
}
END_TEST

START_TEST(text_among_other_bytes_is_mixed_from_half_on)
{
	ck_assert_int_eq(of("\x01\x02\x03\x04text", false), CLEAR_MIXED);
	ck_assert_int_eq(of("\x01\x02\x03\x04\x05text", false), CLEAR_NO);
	ck_assert_int_eq(of("abc\x01" "abc\x01" "abc\x01", false), CLEAR_NO);
	ck_assert_int_eq(of("\x7ftext", false), CLEAR_MIXED);
}
END_TEST

START_TEST(a_character_at_the_end_is_whole_or_the_end_is_a_cut)
{
	static const char *const ends[] = { "\xc3", "\xe2\x82",
	    "\xf0\x9f\x98", "\xf0" };
	char text[16];

	strcpy(text, "text");
	strcat(text, ends[_i]);
	ck_assert_int_eq(of(text, true), CLEAR_YES);
	ck_assert_int_eq(of(text, false), CLEAR_MIXED);
}
END_TEST

/* Bytes of one kind, in a row: the edges are where mistakes are made. */
static size_t
put_stretch(uint8_t *to, size_t room, uint64_t *seed)
{
	static const char *const pieces[] = { "a", "text", "\xc3\xbc",
	    "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\r\n", "\x80", "\xc3", "\x7f",
	    "\xe2\x80\xae", "\xc2\x85", "\xf4\x90\x80\x80", "\x01" };
	size_t n = sizeof(pieces) / sizeof(pieces[0]);
	size_t which = random_below(seed, n + 1), len;

	if (which == n) {
		*to = (uint8_t)random_next(seed);
		return 1;
	}
	len = strlen(pieces[which]);
	if (len > room)
		len = room;
	memcpy(to, pieces[which], len);
	return len;
}

START_TEST(any_bytes_are_judged_as_the_definition_says)
{
	unsigned long rounds = random_rounds(20000);
	uint64_t seed = random_seed("clear_text");
	size_t found[CLEAR_MIXED + 1] = { 0 };
	uint8_t bytes[BYTES_MAX];

	for (unsigned long i = 0; i < rounds; i++) {
		size_t n = random_below(&seed, i % 2 == 0 ? 24 : BYTES_MAX + 1);
		/* of ten stretches, so many are text */
		uint64_t clear = random_below(&seed, 12);
		bool cut = random_below(&seed, 2);
		enum application_clear wanted;

		for (size_t at = 0; at < n;) {
			if (random_below(&seed, 11) < clear)
				bytes[at++] = 'x';
			else
				at += put_stretch(bytes + at, n - at, &seed);
		}
		wanted = by_definition(bytes, n, cut);
		ck_assert_int_eq(clear_text(bytes, n, cut), wanted);
		found[wanted]++;
	}
	ck_assert_uint_gt(found[CLEAR_YES], rounds / 100);
	ck_assert_uint_gt(found[CLEAR_NO], rounds / 100);
	ck_assert_uint_gt(found[CLEAR_MIXED], rounds / 100);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("clear_text");
	TCase *tc = tcase_create("clear_text");

	tcase_add_test(tc, text_is_clear);
	tcase_add_test(tc, text_among_other_bytes_is_mixed_from_half_on);
	tcase_add_loop_test(tc,
	    a_character_at_the_end_is_whole_or_the_end_is_a_cut, 0, 4);
	tcase_add_test(tc, any_bytes_are_judged_as_the_definition_says);
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
