/*
 * The line that says what went wrong.
 */
#include <check.h>
#include <limits.h>
#include <string.h>

#include "base/errbuf.h"

START_TEST(a_message_is_formatted)
{
	struct errbuf err = { "old" };

	errbuf_set(&err, "%s: %d bytes", "a.pcap", 7);
	ck_assert_str_eq(err.text, "a.pcap: 7 bytes");
}
END_TEST

START_TEST(a_context_goes_in_front)
{
	struct errbuf err;

	errbuf_set(&err, "cut");
	errbuf_prefix(&err, "record 3");
	errbuf_prefix(&err, "a.pcap");
	ck_assert_str_eq(err.text, "a.pcap: record 3: cut");
}
END_TEST

START_TEST(an_argument_may_be_the_old_message)
{
	struct errbuf err;

	errbuf_set(&err, "cut");
	errbuf_set(&err, "%s, %s", err.text, err.text);
	ck_assert_str_eq(err.text, "cut, cut");
}
END_TEST

START_TEST(control_characters_do_not_break_the_line)
{
	struct errbuf err;

	errbuf_set(&err, "a%sb\x7f\xc3\xa9", "\n\r\t\x1b[31m");
	ck_assert_str_eq(err.text, "a????[31mb?\xc3\xa9");
}
END_TEST

START_TEST(a_message_that_is_too_long_is_cut)
{
	char text[2 * ERRBUF_BYTES];
	struct errbuf err;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	errbuf_set(&err, "%s", text);
	ck_assert_uint_eq(strlen(err.text), ERRBUF_BYTES - 1);
	errbuf_prefix(&err, "a");
	ck_assert_uint_eq(strlen(err.text), ERRBUF_BYTES - 1);
	ck_assert_int_eq(strncmp(err.text, "a: xxx", 6), 0);
}
END_TEST

START_TEST(a_long_path_leaves_room_for_what_is_wrong)
{
	char path[PATH_MAX];
	struct errbuf err;

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	errbuf_set(&err, "%s: at byte %d: cut", path, 24);
	ck_assert_str_eq(err.text + sizeof(path) - 1, ": at byte 24: cut");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("errbuf");
	TCase *tc = tcase_create("errbuf");

	tcase_add_test(tc, a_message_is_formatted);
	tcase_add_test(tc, a_context_goes_in_front);
	tcase_add_test(tc, a_long_path_leaves_room_for_what_is_wrong);
	tcase_add_test(tc, an_argument_may_be_the_old_message);
	tcase_add_test(tc, control_characters_do_not_break_the_line);
	tcase_add_test(tc, a_message_that_is_too_long_is_cut);
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
