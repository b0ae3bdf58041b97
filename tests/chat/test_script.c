#include <check.h>
#include <stdint.h>
#include <stdio.h>

#include "chat/net/deadlines.h"
#include "chat/script/player.h"
#include "chat/terminal/script.h"
#include "tests/chat/user_log.h"

enum { RUN_MS = 10000 };
#define MS INT64_C(1000000)

static struct user_log seen;
static struct user_calls calls;
static struct errbuf err;

static int
parse(struct script_steps *steps, const char *text)
{
	return script_parse(steps, "s", text, strlen(text), &err);
}

START_TEST(each_kind_of_step_is_read)
{
	static const char text[] =
	    "# a comment, and a blank line\n"
	    "\n"
	    "at 1.5s say \"hello\"  # behind a step\n"
	    "\tafter 200ms say \"\"\r\n"
	    "wait for \"bob # no comment\" within 5s\n"
	    "wait for \"x\"\n"
	    "at 0 end";
	struct script_steps s;

	ck_assert_msg(parse(&s, "at 1s end") == 0, "%s", err.text);
	script_steps_reset(&s);
	ck_assert_int_eq(parse(&s, text), -1);	/* at 0 behind at 1.5s */
	script_steps_reset(&s);
	ck_assert_int_eq(script_parse(&s, "s", text, strlen(text) - 8, &err),
	    0);
	ck_assert_uint_eq(s.count, 4);
	ck_assert(s.list[0].what == SCRIPT_SAY && s.list[0].when == SCRIPT_AT);
	ck_assert_int_eq(s.list[0].when_ns, 1500 * MS);
	ck_assert_str_eq(s.list[0].text, "hello");
	ck_assert_uint_eq(s.list[0].line, 3);
	ck_assert(s.list[1].when == SCRIPT_AFTER);
	ck_assert_int_eq(s.list[1].when_ns, 200 * MS);
	ck_assert_uint_eq(s.list[1].len, 0);
	ck_assert(s.list[2].what == SCRIPT_WAIT);
	ck_assert_str_eq(s.list[2].text, "bob # no comment");
	ck_assert_int_eq(s.list[2].within_ns, 5000 * MS);
	ck_assert_int_eq(s.list[3].within_ns, 10000 * MS);
	script_steps_reset(&s);
}
END_TEST

START_TEST(escapes_are_the_bytes_they_stand_for)
{
	struct script_steps s;

	ck_assert_msg(parse(&s, "wait for \"\\n\\t\\\"\\\\\\x41\\xFf\\x0a\\x00"
	    "z\"") == 0, "%s", err.text);
	ck_assert_uint_eq(s.list[0].len, 9);
	ck_assert_mem_eq(s.list[0].text, "\n\t\"\\A\377\n\0z", 10);
	script_steps_reset(&s);
}
END_TEST

START_TEST(zero_is_a_duration)
{
	static const char *const zeros[] = { "0", "0s", "0.0s", "0ms", "0.000",
	    "00m" };
	char text[64];
	struct script_steps s;

	snprintf(text, sizeof(text), "at %s end", zeros[_i]);
	ck_assert_msg(parse(&s, text) == 0, "%s", err.text);
	ck_assert_int_eq(s.list[0].when_ns, 0);
	script_steps_reset(&s);
}
END_TEST

static const struct { const char *text, *fault; } faults[] = {
	{ "\n  shout \"x\"", "s:2:3: not `say`, `wait for` or `end`" },
	{ "say", "s:1:4: a text in quotes is missing" },
	{ "say hello", "s:1:5: a text in quotes is missing" },
	{ "say 'hello'", "s:1:5: a text stands in plain double quotes: "
	    "\"...\"" },
	{ "say \xe2\x80\x9chello\xe2\x80\x9d", "s:1:5: a text stands in plain "
	    "double quotes: \"...\"" },
	{ "say \xe2\x80\x93", "s:1:5: a text in quotes is missing" },
	{ "say \"hello", "s:1:5: the closing quote is missing" },
	{ "say \"a\\", "s:1:7: not an escape: " },
	{ "say \"a\\q\"", "s:1:7: not an escape: " },
	{ "say \"\\xg0\"", "s:1:6: not an escape: " },
	{ "say \"\\x4", "s:1:6: not an escape: " },
	{ "say \"\\xff\"", "s:1:5: only UTF-8 can be said, and no controls but \\n" },
	{ "say \"a\\x1b[2J\"", "s:1:5: only UTF-8 can be said" },
	{ "say \"a\" \"b\"", "s:1:9: more than one step on a line" },
	{ "end now", "s:1:5: more than one step on a line" },
	{ "at", "s:1:3: a duration is missing" },
	{ "at soon end", "s:1:4: " },
	{ "at 0x end", "s:1:4: " },
	{ "at -1s end", "s:1:4: " },
	{ "at 1s", "s:1:6: not `say`" },
	{ "at 1s at 2s end", "s:1:7: not `say`" },
	{ "wait \"x\"", "s:1:6: `for` is missing behind `wait`" },
	{ "wait for \"\"", "s:1:10: nothing to wait for" },
	{ "wait for \"x\" until 5s", "s:1:14: not `within`" },
	{ "wait for \"x\" within", "s:1:20: a duration is missing" },
	{ "at 2s say \"x\"\nat 1s end", "s:2:1: earlier than the time" },
};

enum { FAULTS = sizeof(faults) / sizeof(faults[0]) };

START_TEST(a_slip_is_named_with_line_and_column)
{
	struct script_steps s;

	err.text[0] = '\0';
	ck_assert_msg(parse(&s, faults[_i].text) == -1, "%s", faults[_i].text);
	ck_assert_msg(strncmp(err.text, faults[_i].fault,
	    strlen(faults[_i].fault)) == 0, "%s: %s", faults[_i].text,
	    err.text);
	script_steps_reset(&s);
}
END_TEST

START_TEST(any_prefix_of_a_script_is_read_or_refused)
{
	static const char text[] = "at 1s say \"h\\x41\"\nwait for \"b\" "
	    "within 5ms\nafter 3s end\n";
	struct script_steps s;
	char *copy = malloc((size_t)_i + 1);

	ck_assert_uint_le((size_t)_i, sizeof(text));
	/* On the heap and not terminated, for the sanitizer. */
	memcpy(copy, text, (size_t)_i);
	(void)script_parse(&s, "s", copy, (size_t)_i, &err);
	script_steps_reset(&s);
	free(copy);
}
END_TEST

START_TEST(a_file_that_is_missing_or_no_text_is_an_error)
{
	struct script_steps s;

	ck_assert_int_eq(script_read(&s, "/nonexistent/x", &err), -1);
	ck_assert_str_eq(err.text,
	    "/nonexistent/x: No such file or directory");
	ck_assert_int_eq(script_read(&s, "/", &err), -1);
	ck_assert_int_eq(script_read(&s, "/dev/zero", &err), -1);
	ck_assert_str_eq(err.text, "/dev/zero: longer than 1048576 bytes");
	script_steps_reset(&s);
}
END_TEST

static void
open_script(const char *text)
{
	struct script_steps s;

	user_log_catch(STDOUT_FILENO);
	ck_assert_msg(parse(&s, text) == 0, "%s", err.text);
	user_log_init(&seen, &calls);
	seen.user = script_open(seen.base, "s", &s, &calls, &err);
	ck_assert_ptr_nonnull(seen.user);
}

static int64_t
run_script(void)
{
	int64_t begin_ns = deadlines_now_ns();

	user_connected(seen.user);
	user_hold(seen.user, false);
	user_log_run(&seen, RUN_MS);
	return deadlines_now_ns() - begin_ns;
}

START_TEST(lines_are_said_in_order_and_never_early)
{
	int64_t ns;

	open_script("say \"a\\nb\"\nat 60ms say \"c\"\nafter 40ms say \"d\"\n"
	    "at 70ms say \"\"");
	ns = run_script();
	ck_assert_uint_eq(seen.count, 5);
	ck_assert_str_eq(seen.lines[0], "a");
	ck_assert_str_eq(seen.lines[1], "b");
	ck_assert_str_eq(seen.lines[2], "c");
	ck_assert_str_eq(seen.lines[3], "d");
	ck_assert_str_eq(seen.lines[4], "");
	ck_assert_int_ge(ns, 100 * MS);
	ck_assert_uint_eq(seen.ended, 1);
	user_log_reset(&seen);
}
END_TEST

START_TEST(a_tab_that_is_said_is_a_blank)
{
	open_script("say \"a\\tb	c\"");
	run_script();
	ck_assert_uint_eq(seen.count, 1);
	ck_assert_str_eq(seen.lines[0], "a b c");
	user_log_reset(&seen);
}
END_TEST

START_TEST(what_is_shown_before_the_connection_does_not_count)
{
	open_script("wait for \"hello\" within 30ms");
	user_show(seen.user, SHOW_NOTICE, "say hello", 9);
	run_script();
	ck_assert_str_eq(seen.why,
	    "s:1: \"hello\" was not shown within 0.03 s, and nothing "
	    "else was");
	ck_assert_uint_eq(seen.ended, 0);
	user_log_reset(&seen);
}
END_TEST

START_TEST(the_clock_stands_until_there_is_a_connection)
{
	open_script("say \"a\"");
	user_hold(seen.user, false);
	user_log_run(&seen, 30);
	ck_assert_uint_eq(seen.count, 0);
	user_connected(seen.user);
	user_log_run(&seen, RUN_MS);
	ck_assert_uint_eq(seen.count, 1);
	user_log_reset(&seen);
}
END_TEST

START_TEST(an_end_ends_what_stands_behind_it_too)
{
	open_script("say \"a\"\nend\nsay \"b\"");
	run_script();
	ck_assert_uint_eq(seen.count, 1);
	ck_assert_uint_eq(seen.ended, 1);
	user_log_run(&seen, 20);
	ck_assert_uint_eq(seen.ended, 1);
	user_log_reset(&seen);
}
END_TEST

START_TEST(a_wait_sees_what_was_shown_before_it_and_each_only_once)
{
	open_script("say \"1\"\nsay \"2\"\nwait for \"bob\"\nsay \"3\"\n"
	    "wait for \"bob\\n\"\nsay \"4\"\nwait for \"bob\"\nsay \"5\"\n"
	    "wait for \"bob\"\nwait for \"bob\"\nwait for \"bob\" within 30ms");
	seen.reply = "I am bob";
	run_script();
	/* Shown five times, waited for six. */
	ck_assert_uint_eq(seen.count, 5);
	ck_assert_uint_eq(seen.ended, 0);
	ck_assert_uint_eq(seen.failed, 1);
	ck_assert_str_eq(seen.why, "s:11: \"bob\" was not shown within 0.03 s, "
	    "and nothing else was");
	user_log_reset(&seen);
}
END_TEST

static void
show_hello(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;
	user_show(seen.user, SHOW_NOTICE, "hel", 3);
	user_show(seen.user, SHOW_NOTICE, "say hello", 9);
}

START_TEST(a_wait_is_over_when_its_text_is_shown)
{
	const struct timeval soon = { 0, 50000 };
	int64_t ns;

	open_script("wait for \"hello\" within 9s\nsay \"x\"");
	event_base_once(seen.base, -1, EV_TIMEOUT, show_hello, NULL, &soon);
	ns = run_script();
	ck_assert_int_ge(ns, 49 * MS);
	ck_assert_uint_eq(seen.count, 1);
	ck_assert_uint_eq(seen.ended, 1);
	ck_assert_uint_eq(seen.failed, 0);
	user_log_reset(&seen);
}
END_TEST

START_TEST(a_held_script_says_nothing)
{
	open_script("say \"a\"\nsay \"b\"");
	seen.hold_after = 1;
	user_connected(seen.user);
	user_hold(seen.user, false);
	user_log_run(&seen, 50);
	ck_assert_uint_eq(seen.count, 1);
	user_hold(seen.user, false);
	user_log_run(&seen, RUN_MS);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_uint_eq(seen.ended, 1);
	user_log_reset(&seen);
}
END_TEST

START_TEST(what_is_shown_is_kept_within_bounds)
{
	char *text = malloc(PLAYER_SHOWN_MAX);

	open_script("wait for \"needle\"\nsay \"x\"");
	user_connected(seen.user);
	user_hold(seen.user, false);
	memset(text, 'x', PLAYER_SHOWN_MAX);
	for (int i = 0; i < 4; i++)
		user_show(seen.user, SHOW_MESSAGE, text, PLAYER_SHOWN_MAX);
	user_show(seen.user, SHOW_MESSAGE, "needle", 6);
	user_log_run(&seen, RUN_MS);
	ck_assert_uint_eq(seen.count, 1);
	user_log_reset(&seen);
	free(text);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("script");
	TCase *tc = tcase_create("script");

	tcase_add_test(tc, each_kind_of_step_is_read);
	tcase_add_test(tc, escapes_are_the_bytes_they_stand_for);
	tcase_add_loop_test(tc, zero_is_a_duration, 0, 6);
	tcase_add_loop_test(tc, a_slip_is_named_with_line_and_column, 0,
	    FAULTS);
	tcase_add_loop_test(tc, any_prefix_of_a_script_is_read_or_refused, 0,
	    56);
	tcase_add_test(tc, a_file_that_is_missing_or_no_text_is_an_error);
	tcase_add_test(tc, lines_are_said_in_order_and_never_early);
	tcase_add_test(tc, a_tab_that_is_said_is_a_blank);
	tcase_add_test(tc, what_is_shown_before_the_connection_does_not_count);
	tcase_add_test(tc, the_clock_stands_until_there_is_a_connection);
	tcase_add_test(tc, an_end_ends_what_stands_behind_it_too);
	tcase_add_test(tc,
	    a_wait_sees_what_was_shown_before_it_and_each_only_once);
	tcase_add_test(tc, a_wait_is_over_when_its_text_is_shown);
	tcase_add_test(tc, a_held_script_says_nothing);
	tcase_add_test(tc, what_is_shown_is_kept_within_bounds);
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
