#include "analyzer/dashboard/sources.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/check_main.h"
#include "tests/unit/temporary_folder.h"

static const char *const here[] = { "." };
static struct sources sources;
static struct errbuf why;

static void
write_capture(const char *path)
{
	static const uint8_t header[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4,
	    [17] = 0x10, [20] = 1 };
	FILE *file = fopen(path, "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(header, sizeof(header), 1, file), 1);
	ck_assert_int_eq(fclose(file), 0);
}

static void
leave(void)
{
	sources_reset(&sources);
	/* Whoever opened the files has been reaped. */
	ck_assert(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	temporary_folder_leave();
}

static void
look_first(void)
{
	ck_assert_int_eq(sources_init(&sources, here, 1, false, &why), 0);
}

START_TEST(captures_are_told_from_other_files)
{
	write_capture("b.pcap");
	write_capture("a");
	temporary_folder_write("README", "no capture\n");
	look_first();
	ck_assert_uint_eq(sources.count, 3);
	ck_assert_uint_eq(sources_shown(&sources), 2);
	ck_assert_str_eq(sources_find(&sources, "")->label, "a");
	ck_assert_str_eq(sources_find(&sources, "b.pcap")->label, "b.pcap");
	ck_assert_ptr_null(sources_find(&sources, "README"));
	ck_assert_ptr_null(sources_find(&sources, "../a"));
	ck_assert_ptr_null(sources_find(&sources, "b.pca"));
}
END_TEST

START_TEST(what_changes_is_seen)
{
	uint64_t changed;

	write_capture("a");
	look_first();
	ck_assert_int_eq(sources_look(&sources, &why), 0);
	changed = sources_find(&sources, "a")->changed;
	ck_assert_uint_ne(changed, 0);
	temporary_folder_write("notes", "none\n");
	ck_assert_int_eq(sources_look(&sources, &why), 0);
	write_capture("notes");		/* now it is one */
	ck_assert_int_eq(sources_look(&sources, &why), 1);
	ck_assert_uint_eq(sources_shown(&sources), 2);
	/* Another file of that name and size. */
	write_capture("new");
	ck_assert_int_eq(rename("new", "a"), 0);
	ck_assert_int_eq(sources_look(&sources, &why), 1);
	ck_assert_uint_ne(sources_find(&sources, "a")->changed, changed);
	ck_assert_int_eq(unlink("a"), 0);
	ck_assert_int_eq(sources_look(&sources, &why), 1);
	ck_assert_str_eq(sources_find(&sources, "")->label, "notes");
	ck_assert_int_eq(unlink("notes"), 0);
	ck_assert_int_eq(sources_look(&sources, &why), 1);
	ck_assert_ptr_null(sources_find(&sources, ""));
}
END_TEST

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A lease makes others' open() wait until its holder gives it up, or for 45 s.
 * The server must answer before. */
START_TEST(a_file_that_does_not_open_holds_nobody_up)
{
	long begin = now_ms();
	int fd;

	write_capture("a");
	temporary_folder_write("b", "no capture\n");
	signal(SIGIO, SIG_IGN);
	fd = open("b", O_RDWR);
	ck_assert_int_ne(fd, -1);
	if (fcntl(fd, F_SETLEASE, F_WRLCK) == -1) {
		fprintf(stderr, "not tried: no lease of a file in /tmp\n");
		close(fd);
		return;
	}
	look_first();
	ck_assert_int_lt(now_ms() - begin, 20000);
	/* As far as we know. */
	ck_assert_uint_eq(sources_shown(&sources), 2);
	ck_assert_int_eq(sources_look(&sources, &why), 0);
	ck_assert_int_lt(now_ms() - begin, 20000);
	close(fd);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("sources");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, temporary_folder_enter, leave);
	tcase_add_test(t, captures_are_told_from_other_files);
	tcase_add_test(t, what_changes_is_seen);
	tcase_add_test(t, a_file_that_does_not_open_holds_nobody_up);
	return check_main("dashboard: sources", t);
}
