/*
 * Scripts, and the running of gnuplot: a stand-in of that name shows what it is
 * given, fails, and hangs.
 */
#include "analyzer/report/gnuplot.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "tests/unit/temporary_folder.h"

enum { LIMIT_MS = 20000 };

static const volatile sig_atomic_t go_on;
static const volatile sig_atomic_t stop_now = 1;

/* --- scripts --- */

struct text_sink {
	struct sink sink;
	struct bytes text;
};

static int
text_write(struct sink *sink, const void *data, size_t n, struct errbuf *err)
{
	struct text_sink *s = (struct text_sink *)sink;

	(void)err;
	return bytes_append(&s->text, data, n);
}

/* For free(). */
static char *
script(const char *name, const struct gnuplot_setting *settings, size_t n)
{
	struct text_sink s = { .sink.write = text_write };
	struct errbuf err;

	ck_assert_int_eq(gnuplot_write(name, settings, n, &s.sink, &err), 0);
	ck_assert_int_eq(bytes_append(&s.text, "", 1), 0);
	return (char *)s.text.data;
}

static size_t
count_of(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		n++;
	return n;
}

START_TEST(every_file_makes_a_script_that_loads_nothing)
{
	for (const struct gnuplot_file *f = gnuplot_files; f->name != NULL;
	    f++) {
		char *text = script(f->name, NULL, 0);

		ck_assert_ptr_null(strstr(text, "load here"));
		free(text);
	}
}
END_TEST

/* What panels share comes once; what draws an axis each time. */
START_TEST(panels_share_their_rows)
{
	char *text = script("captures.gp", NULL, 0);

	ck_assert_uint_eq(count_of(text, "# captures-rows.gp:"), 1);
	ck_assert_uint_eq(count_of(text, "# csv.gp:"), 1);
	ck_assert_uint_eq(count_of(text, "# captures-bars.gp:"), 2);
	free(text);
	text = script("captures-bytes.gp", NULL, 0);
	ck_assert_uint_eq(count_of(text, "# captures-rows.gp:"), 1);
	free(text);
}
END_TEST

START_TEST(settings_are_quoted)
{
	static const struct gnuplot_setting settings[] = {
		{ .name = "input", .text = "./it's \"a\" `b` $c.csv" },
		{ .name = "title", .text = "two\nlines\\" },
		{ .name = "width", .number = UINT64_MAX },
	};
	char *text = script("style.gp", settings, 3);

	ck_assert_ptr_nonnull(strstr(text,
	    "\ninput = './it''s \"a\" `b` $c.csv'\n"
	    "title = 'two'.\"\\012\".'lines\\'\n"
	    "width = 18446744073709551615\n"));
	free(text);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_an_error)
{
	struct text_sink s = { .sink.write = text_write };
	struct errbuf err;

	ck_assert_int_eq(gnuplot_write("none.gp", NULL, 0, &s.sink, &err), -1);
	ck_assert_str_eq(err.text, "none.gp: no such part of a plot");
	bytes_reset(&s.text);
}
END_TEST

/* --- running --- */

/* A gnuplot that does this is the only program in PATH. */
static void
stand_in(const char *commands)
{
	char folder[256], path[512];
	FILE *file;

	ck_assert_ptr_nonnull(getcwd(folder, sizeof(folder)));
	ck_assert_int_eq(setenv("PATH", folder, 1), 0);
	snprintf(path, sizeof(path), "%s/gnuplot", folder);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fprintf(file, "#!/bin/sh\n%s\n", commands);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(chmod(path, 0700), 0);
	ck_assert_int_eq(mkdir("made", 0700), 0);
}

static int
run(int64_t limit_ms, const volatile sig_atomic_t *stop, struct bytes *said,
    struct errbuf *err)
{
	int status;

	*said = (struct bytes){ 0 };
	status = gnuplot_run("made", "-x.gp", limit_ms, stop, said, err);
	ck_assert_int_eq(bytes_append(said, "", 1), 0);
	return status;
}

START_TEST(it_runs_in_the_folder_without_a_shell)
{
	struct bytes said;
	struct errbuf err;

	stand_in("echo \"$# $1 $2 ${PWD##*/}\"; read -r line; "
	    "echo \"<$line>\" >&2; >here");
	ck_assert_int_eq(run(LIMIT_MS, &go_on, &said, &err), 0);
	ck_assert_str_eq((char *)said.data, "2 -d ./-x.gp made\n<>\n");
	ck_assert_int_eq(access("made/here", F_OK), 0);
	bytes_reset(&said);
}
END_TEST

START_TEST(failures_are_told)
{
	struct bytes said;
	struct errbuf err;

	stand_in("echo why >&2; exit 3");
	ck_assert_int_eq(run(LIMIT_MS, &go_on, &said, &err), -1);
	ck_assert_str_eq(err.text, "gnuplot failed with status 3");
	ck_assert_str_eq((char *)said.data, "why\n");
	bytes_reset(&said);
	ck_assert_int_eq(unlink("gnuplot"), 0);
	ck_assert_int_eq(run(LIMIT_MS, &go_on, &said, &err), -1);
	ck_assert_str_eq(err.text,
	    "gnuplot is missing (Debian: apt-get install gnuplot-nox)");
	bytes_reset(&said);
}
END_TEST

START_TEST(what_hangs_is_ended)
{
	static const char *const hangs[] = {
		"while :; do :; done",
		"exec >&- 2>&-; while :; do :; done",
	};
	struct bytes said;
	struct errbuf err;
	time_t begin = time(NULL);

	stand_in(hangs[_i]);
	ck_assert_int_eq(run(100, &go_on, &said, &err), -1);
	ck_assert_str_eq(err.text, "gnuplot took too long and was ended");
	bytes_reset(&said);
	ck_assert_int_eq(run(LIMIT_MS, &stop_now, &said, &err), -1);
	ck_assert_str_eq(err.text, "gnuplot was interrupted");
	bytes_reset(&said);
	ck_assert_int_lt(time(NULL) - begin, LIMIT_MS / 1000);
}
END_TEST

START_TEST(what_talks_without_end_is_heard_for_a_while)
{
	struct bytes said;
	struct errbuf err;

	stand_in("i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); "
	    "echo 1234567; done");
	ck_assert_int_eq(run(LIMIT_MS, &go_on, &said, &err), 0);
	ck_assert_uint_ge(said.len, 64 * 1024);
	ck_assert_uint_le(said.len, 64 * 1024 + 4096 + 1);
	bytes_reset(&said);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("gnuplot");
	TCase *tc = tcase_create("gnuplot");

	tcase_add_checked_fixture(tc, temporary_folder_enter,
	    temporary_folder_leave);
	tcase_add_test(tc, every_file_makes_a_script_that_loads_nothing);
	tcase_add_test(tc, panels_share_their_rows);
	tcase_add_test(tc, settings_are_quoted);
	tcase_add_test(tc, a_file_that_is_not_there_is_an_error);
	tcase_add_test(tc, it_runs_in_the_folder_without_a_shell);
	tcase_add_test(tc, failures_are_told);
	tcase_add_loop_test(tc, what_hangs_is_ended, 0, 2);
	tcase_add_test(tc, what_talks_without_end_is_heard_for_a_while);
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
