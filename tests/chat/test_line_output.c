/*
 * Lines for people: whoever does not read them is not waited for.  A write that
 * waits ends the test by Check's own timeout.
 */
#include "chat/net/line_output.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* [0] is read, [1] is written to. */
static int ends[2];

static void
open_pipe(void)
{
	ck_assert_int_eq(pipe(ends), 0);
}

static void
open_socket(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
}

static void
open_terminal(void)
{
	ends[0] = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert_int_ge(ends[0], 0);
	ck_assert_int_eq(grantpt(ends[0]), 0);
	ck_assert_int_eq(unlockpt(ends[0]), 0);
	ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(ends[1], 0);
}

static void
open_file(void)
{
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	ends[0] = fileno(file);
	ends[1] = dup(ends[0]);
}

static void (*const kinds[])(void) = { open_pipe, open_socket, open_terminal,
    open_file };

enum { WITHOUT_FILE = 3, KINDS = 4 };

static void
set_up(void)
{
	signal(SIGPIPE, SIG_IGN);
}

/* What there is to read, less what a terminal adds. */
static size_t
take(char *data, size_t room)
{
	ssize_t n;
	size_t len = 0, kept = 0;

	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	lseek(ends[0], 0, SEEK_SET);
	while (len < room &&
	    (n = read(ends[0], data + len, room - len)) > 0)
		len += (size_t)n;
	for (size_t i = 0; i < len; i++)
		if (data[i] != '\r')
			data[kept++] = data[i];
	return kept;
}

START_TEST(a_line_is_written_clean)
{
	struct line_output out;
	char data[64];
	size_t len;

	kinds[_i]();
	line_output_init(&out, ends[1]);
	ck_assert(line_output_write(&out, "a\nb\x1b[2J caf\xc3\xa9\xff"));
	len = take(data, sizeof(data));
	ck_assert_mem_eq(data, "a?b?[2J caf\xc3\xa9?\n", len);
	ck_assert_uint_eq(len, strlen("a?b?[2J cafee?\n"));
	line_output_reset(&out);
}
END_TEST

/* Of each length, so that some line meets too little room. */
START_TEST(a_reader_who_does_not_read_is_not_waited_for)
{
	char text[LINE_OUTPUT_BYTES], *data = malloc(1 << 20);
	struct line_output out;
	size_t written = 0, len;

	ck_assert_ptr_nonnull(data);
	kinds[_i]();
	line_output_init(&out, ends[1]);
	for (size_t n = 1000; n < sizeof(text); n++) {
		memset(text, 'x', n);
		text[n] = '\0';
		written += line_output_write(&out, text);
	}
	ck_assert_uint_gt(written, 0);
	ck_assert_uint_lt(written, sizeof(text) - 1000);
	take(data, 1 << 20);
	/* What was torn is a line of its own. */
	ck_assert(line_output_write(&out, "again"));
	len = take(data, 1 << 20);
	ck_assert_uint_ge(len, strlen("again\n"));
	ck_assert_mem_eq(data + len - strlen("again\n"), "again\n", 6);
	ck_assert(len == 6 || data[len - 7] == '\n');
	line_output_reset(&out);
	free(data);
}
END_TEST

START_TEST(the_descriptor_stays_as_blocking_as_it_is)
{
	struct line_output out;

	kinds[_i]();
	line_output_init(&out, ends[1]);
	ck_assert_int_eq(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
	line_output_reset(&out);
	ck_assert_int_ge(fcntl(ends[1], F_GETFD), 0);
}
END_TEST

START_TEST(a_reader_who_is_gone_is_told_of)
{
	struct line_output out;

	kinds[_i]();
	line_output_init(&out, ends[1]);
	close(ends[0]);
	ck_assert(!line_output_write(&out, "anybody?"));
	line_output_reset(&out);
}
END_TEST

START_TEST(without_a_descriptor_nothing_happens)
{
	struct line_output out;

	line_output_init(&out, -1);
	ck_assert(line_output_write(&out, "nobody"));
	line_output_reset(&out);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("line_output");
	TCase *tc = tcase_create("lines");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_loop_test(tc, a_line_is_written_clean, 0, KINDS);
	tcase_add_loop_test(tc, a_reader_who_does_not_read_is_not_waited_for,
	    0, WITHOUT_FILE);
	tcase_add_loop_test(tc, the_descriptor_stays_as_blocking_as_it_is, 0,
	    KINDS);
	tcase_add_loop_test(tc, a_reader_who_is_gone_is_told_of, 0,
	    WITHOUT_FILE);
	tcase_add_test(tc, without_a_descriptor_nothing_happens);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
