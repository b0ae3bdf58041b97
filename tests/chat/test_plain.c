#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "chat/terminal/plain.h"
#include "tests/chat/user_log.h"

enum { RUN_MS = 10000 };

static struct user_log seen;
static struct user_calls calls;

/* Standard input is a file with that text, or, where a pipe is wanted, one that
 * ends behind it. */
static void
give_input(const char *text, size_t len, bool by_pipe)
{
	char name[] = "/tmp/labchat-test-XXXXXX";
	int ends[2], fd;

	if (by_pipe) {
		ck_assert_int_eq(pipe(ends), 0);
		ck_assert_int_eq((int)write(ends[1], text, len), (int)len);
		close(ends[1]);
		fd = ends[0];
	} else {
		fd = mkstemp(name);
		ck_assert_int_ne(fd, -1);
		unlink(name);
		ck_assert_int_eq((int)write(fd, text, len), (int)len);
		ck_assert_int_eq((int)lseek(fd, 0, SEEK_SET), 0);
	}
	ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
}

static void
open_plain(void)
{
	struct errbuf err = { "" };

	user_log_init(&seen, &calls);
	seen.user = plain_open(seen.base, &calls, &err);
	ck_assert_msg(seen.user != NULL, "%s", err.text);
}

static void
run_plain(const char *input, size_t len, bool by_pipe)
{
	give_input(input, len, by_pipe);
	open_plain();
	user_hold(seen.user, false);
	user_log_run(&seen, RUN_MS);
}

START_TEST(lines_come_in_order_and_then_the_end)
{
	static const char input[] = "one\n\nh\303\244llo w\303\266rld\r\nlast";

	run_plain(input, strlen(input), _i == 1);
	ck_assert_uint_eq(seen.count, 4);
	ck_assert_str_eq(seen.lines[0], "one");
	ck_assert_str_eq(seen.lines[1], "");
	ck_assert_str_eq(seen.lines[2], "h\303\244llo w\303\266rld");
	ck_assert_str_eq(seen.lines[3], "last");
	ck_assert_uint_eq(seen.ended, 1);
	ck_assert_uint_eq(seen.failed, 0);
	user_log_reset(&seen);
}
END_TEST

START_TEST(the_null_device_is_an_input_without_lines)
{
	int fd = open("/dev/null", O_RDONLY);

	ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	open_plain();
	user_hold(seen.user, false);
	user_log_run(&seen, RUN_MS);
	ck_assert_uint_eq(seen.count, 0);
	ck_assert_uint_eq(seen.ended, 1);
	user_log_reset(&seen);
}
END_TEST

START_TEST(a_closed_input_has_ended)
{
	close(STDIN_FILENO);
	open_plain();
	user_hold(seen.user, false);
	user_log_run(&seen, RUN_MS);
	ck_assert_uint_eq(seen.ended, 1);
	user_log_reset(&seen);
}
END_TEST

START_TEST(controls_and_bad_utf8_never_pass)
{
	static const char input[] = "a\tb\033[2Jc\377d\302\233e\n";

	run_plain(input, strlen(input), _i == 1);
	ck_assert_uint_eq(seen.count, 1);
	ck_assert_str_eq(seen.lines[0], "a b?[2Jc?d??e");
	user_log_reset(&seen);
}
END_TEST

START_TEST(the_longest_line_passes_and_a_longer_one_is_told_of)
{
	size_t len = 2 * (size_t)USER_LINE_MAX + 8;
	char *input = malloc(len), text[256];
	int errors = user_log_catch(STDERR_FILENO);

	memset(input, 'x', len);
	input[USER_LINE_MAX] = '\n';
	memcpy(input + len - 5, "\nnext", 5);
	/* Too much for a pipe. */
	run_plain(input, len, false);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_uint_eq(strlen(seen.lines[0]), USER_LINE_MAX);
	ck_assert_str_eq(seen.lines[1], "next");
	ck_assert_str_eq(user_log_read(errors, text, sizeof(text)),
	    "labchat: a line of input is longer than 65536 bytes: "
	    "not sent\n");
	user_log_reset(&seen);
	free(input);
}
END_TEST

START_TEST(nothing_is_read_while_the_user_is_held)
{
	give_input("one\ntwo\nthree\n", 14, _i == 1);
	open_plain();
	user_log_run(&seen, 50);
	ck_assert_uint_eq(seen.count, 0);
	seen.hold_after = 2;
	user_hold(seen.user, false);
	user_log_run(&seen, 50);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_uint_eq(seen.ended, 0);
	user_hold(seen.user, false);
	user_log_run(&seen, RUN_MS);
	ck_assert_uint_eq(seen.count, 3);
	ck_assert_uint_eq(seen.ended, 1);
	user_log_reset(&seen);
}
END_TEST

START_TEST(what_is_shown_is_whole_lines_and_harmless)
{
	static const char message[] = "Bob: \033]0;x\007 \377\nsecond";
	int out = user_log_catch(STDOUT_FILENO);
	int errors = user_log_catch(STDERR_FILENO);
	char text[256];

	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	open_plain();
	user_show(seen.user, SHOW_MESSAGE, message, strlen(message));
	user_show(seen.user, SHOW_NOTICE, "", 0);
	user_show(seen.user, SHOW_ERROR, "one\ntwo", 7);
	ck_assert_str_eq(user_log_read(out, text, sizeof(text)),
	    "Bob: \357\277\275]0;x\357\277\275 \357\277\275\nsecond\n\n");
	ck_assert_str_eq(user_log_read(errors, text, sizeof(text)),
	    "labchat: one\nlabchat: two\n");
	user_log_reset(&seen);
}
END_TEST

START_TEST(an_output_that_nobody_reads_is_told_once)
{
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(ends), 0);
	close(ends[0]);
	ck_assert_int_eq(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
	open_plain();
	for (int i = 0; i < 3; i++)
		user_show(seen.user, SHOW_MESSAGE, "hello", 5);
	ck_assert_uint_eq(seen.failed, 0);	/* only from the loop */
	user_log_run(&seen, RUN_MS);
	ck_assert_uint_eq(seen.failed, 1);
	ck_assert_str_eq(seen.why, "standard output: Broken pipe");
	user_show(seen.user, SHOW_MESSAGE, "hello", 5);
	user_log_run(&seen, 20);
	ck_assert_uint_eq(seen.failed, 1);
	user_log_reset(&seen);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("plain");
	TCase *tc = tcase_create("plain");

	/* _i: 0 by a regular file, 1 by a pipe. */
	tcase_add_loop_test(tc, lines_come_in_order_and_then_the_end, 0, 2);
	tcase_add_test(tc, the_null_device_is_an_input_without_lines);
	tcase_add_test(tc, a_closed_input_has_ended);
	tcase_add_loop_test(tc, controls_and_bad_utf8_never_pass, 0, 2);
	tcase_add_test(tc,
	    the_longest_line_passes_and_a_longer_one_is_told_of);
	tcase_add_loop_test(tc, nothing_is_read_while_the_user_is_held, 0, 2);
	tcase_add_test(tc, what_is_shown_is_whole_lines_and_harmless);
	tcase_add_test(tc, an_output_that_nobody_reads_is_told_once);
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
