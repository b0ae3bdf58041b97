#include "chat/net/line_input.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/temporary_folder.h"

enum { LINE_MAX_BYTES = 10 };

static struct event_base *base;
static struct line_input *input;
static int ends[2];
static char lines[100000];	/* each with '|' behind it */
static int ended, too_long;
static bool hold_at_each;
static const char *handed_over;	/* where the last one stood */

static void
on_line(void *context, const char *text, size_t len)
{
	ck_assert_ptr_eq(context, lines);
	ck_assert_uint_eq(strlen(text), len);
	ck_assert_uint_le(len, LINE_MAX_BYTES);
	ck_assert_int_eq(ended, 0);
	strcat(strcat(lines, text), "|");
	handed_over = text;
	if (hold_at_each)
		line_input_hold(input, true);
}

static void
on_too_long(void *context)
{
	(void)context;
	strcat(lines, "!");
	too_long++;
}

static void
on_ended(void *context)
{
	(void)context;
	ended++;
}

static const struct line_input_calls calls = {
	.line = on_line, .too_long = on_too_long, .ended = on_ended,
	.context = lines,
};

static void
open_on(int fd)
{
	struct errbuf err;

	input = line_input_open(base, fd, LINE_MAX_BYTES, &calls, &err);
	ck_assert_msg(input != NULL, "%s", err.text);
}

static void
set_up(void)
{
	temporary_folder_enter();
	base = event_base_new();
	ck_assert_int_eq(pipe(ends), 0);
	lines[0] = '\0';
	ended = too_long = 0;
	hold_at_each = false;
	input = NULL;
}

static void
tear_down(void)
{
	line_input_close(input);
	event_base_free(base);
	close(ends[0]);
	if (ends[1] >= 0)
		close(ends[1]);
	temporary_folder_leave();
}

static void
turns(void)
{
	for (int i = 0; i < 50; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static void
type(const char *text)
{
	ck_assert_int_eq(write(ends[1], text, strlen(text)),
	    (ssize_t)strlen(text));
	turns();
}

static void
end_input(void)
{
	close(ends[1]);
	ends[1] = -1;
	turns();
}

static const struct {
	const char *typed, *lines;
} cases[] = {
	{ "a\nb\n", "a|b|" },
	{ "\n\n", "||" },
	{ "a\r\nb\r\r\n", "a|b?|" },
	{ "1234567890\n", "1234567890|" },
	{ "1234567890\r\n", "1234567890|" },
	{ "12345678901\nx\n", "!x|" },
	{ "12345678901\r\nx\n", "!x|" },
	{ "123456789012345\nx\n", "!x|" },
	{ "a\tb\x1b[A\x7f\n", "a b?[A?|" },
	{ "caf\xc3\xa9 \xff\n", "caf\xc3\xa9 ?|" },
	{ "\xc2\x9b\n", "??|" },
	{ "last", "last|" },
	{ "12345678901", "!" },
	{ "", "" },
};
enum { CASES = sizeof(cases) / sizeof(cases[0]) };

START_TEST(lines_are_cleaned_and_bounded)
{
	open_on(ends[0]);
	type(cases[_i].typed);
	end_input();
	ck_assert_str_eq(lines, cases[_i].lines);
	ck_assert_int_eq(ended, 1);
}
END_TEST

START_TEST(a_byte_at_a_time_is_the_same)
{
	open_on(ends[0]);
	for (const char *p = cases[_i].typed; *p != '\0'; p++)
		type((const char[]){ *p, '\0' });
	end_input();
	ck_assert_str_eq(lines, cases[_i].lines);
	ck_assert_int_eq(ended, 1);
}
END_TEST

START_TEST(a_file_is_read_although_it_cannot_be_waited_for)
{
	int fd;

	temporary_folder_write("file", cases[_i].typed);
	fd = open("file", O_RDONLY);
	open_on(fd);
	turns();
	ck_assert_str_eq(lines, cases[_i].lines);
	ck_assert_int_eq(ended, 1);
	close(fd);
}
END_TEST

START_TEST(a_held_input_waits_between_two_lines)
{
	open_on(ends[0]);
	hold_at_each = true;
	type("one\ntwo\nlast");
	end_input();
	ck_assert_str_eq(lines, "one|");
	line_input_hold(input, false);
	turns();
	ck_assert_str_eq(lines, "one|two|");
	line_input_hold(input, false);
	turns();
	ck_assert_str_eq(lines, "one|two|last|");
	ck_assert_int_eq(ended, 0);
	line_input_hold(input, false);
	turns();
	ck_assert_int_eq(ended, 1);
}
END_TEST

START_TEST(nothing_is_an_input_that_has_ended)
{
	int fd = open("/dev/null", O_RDONLY);

	open_on(_i == 0 ? fd : -1);
	turns();
	ck_assert_int_eq(ended, 1);
	ck_assert_str_eq(lines, "");
	close(fd);
}
END_TEST

/* The buffer is kept for the next line, so it can be looked at. */
START_TEST(a_line_is_wiped_when_it_was_handed_over)
{
	open_on(ends[0]);
	type("secret\nx");
	ck_assert_str_eq(lines, "secret|");
	ck_assert_mem_eq(handed_over, "x\0\0\0\0\0", 6);
}
END_TEST

/* Many lines in one read do not keep the rest of the loop waiting for ever,
 * and none is lost. */
START_TEST(many_lines_come_in_order)
{
	char text[5 * 1000 + 1], *at = text;
	size_t n = 0;
	FILE *f = fopen("many", "w");
	int fd;

	for (int i = 0; i < 1000; i++)
		at += sprintf(at, "%04d\n", i);
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
	fd = open("many", O_RDONLY);
	open_on(fd);
	turns();
	for (char *p = strtok(lines, "|"); p != NULL; p = strtok(NULL, "|"))
		ck_assert_int_eq(atoi(p), (int)n++);
	ck_assert_uint_eq(n, 1000);
	ck_assert_int_eq(ended, 1);
	close(fd);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("line_input");
	TCase *tc = tcase_create("line_input");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, lines_are_cleaned_and_bounded, 0, CASES);
	tcase_add_loop_test(tc, a_byte_at_a_time_is_the_same, 0, CASES);
	tcase_add_loop_test(tc,
	    a_file_is_read_although_it_cannot_be_waited_for, 0, CASES);
	tcase_add_test(tc, a_held_input_waits_between_two_lines);
	tcase_add_loop_test(tc, nothing_is_an_input_that_has_ended, 0, 2);
	tcase_add_test(tc, a_line_is_wiped_when_it_was_handed_over);
	tcase_add_test(tc, many_lines_come_in_order);
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
