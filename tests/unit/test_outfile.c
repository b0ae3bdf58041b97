/*
 * Files that appear whole or not at all.
 */
#include <check.h>
#include <unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/outfile.h"
#include "tests/unit/stats_random.h"
#include "tests/unit/temporary_folder.h"

static int
put(struct outfile *file, const char *text, struct errbuf *err)
{
	struct sink *sink = outfile_sink(file);

	return sink->write(sink, text, strlen(text), err);
}

static struct outfile *
open_or_abort(const char *path)
{
	struct errbuf err = { "" };
	struct outfile *file = outfile_open(path, &err);

	ck_assert_msg(file != NULL, "%s", err.text);
	return file;
}

static void
keep(struct outfile *file)
{
	struct errbuf err = { "" };

	ck_assert_msg(outfile_close(file, true, &err) == 0, "%s", err.text);
}

static void
write_file(const char *path, const char *text)
{
	struct outfile *file = open_or_abort(path);
	struct errbuf err = { "" };

	ck_assert_int_eq(put(file, text, &err), 0);
	keep(file);
}

static void
check_file(const char *path, const char *expected)
{
	char *text = temporary_folder_read(path, NULL);

	ck_assert_str_eq(text, expected);
	free(text);
}

static void
check_refused(const char *path, const char *message)
{
	size_t before = temporary_folder_count();
	struct errbuf err = { "" };

	ck_assert_ptr_null(outfile_open(path, &err));
	ck_assert_str_eq(err.text, message);
	ck_assert_uint_eq(temporary_folder_count(), before);
}

START_TEST(a_file_appears_when_it_is_complete)
{
	struct outfile *file = open_or_abort("out.csv");
	struct errbuf err = { "" };

	ck_assert_int_eq(put(file, "a,b\n", &err), 0);
	ck_assert_int_eq(put(file, "", &err), 0);
	ck_assert_int_eq(access("out.csv", F_OK), -1);
	ck_assert_int_eq(put(file, "1,2\n", &err), 0);
	keep(file);
	check_file("out.csv", "a,b\n1,2\n");
	ck_assert_uint_eq(temporary_folder_count(), 1);
}
END_TEST

START_TEST(a_file_that_is_not_kept_leaves_nothing)
{
	struct outfile *file = open_or_abort("out.csv");
	struct errbuf err = { "" };

	ck_assert_int_eq(put(file, "a", &err), 0);
	ck_assert_int_eq(outfile_close(file, false, &err), 0);
	ck_assert_uint_eq(temporary_folder_count(), 0);
	ck_assert_int_eq(outfile_close(NULL, true, &err), 0);
}
END_TEST

START_TEST(an_old_file_stays_until_the_new_one_is_complete)
{
	struct outfile *file;
	struct errbuf err = { "" };

	temporary_folder_write("out.csv", "old");
	file = open_or_abort("out.csv");
	ck_assert_int_eq(put(file, "new", &err), 0);
	check_file("out.csv", "old");
	ck_assert_int_eq(outfile_close(file, false, &err), 0);
	check_file("out.csv", "old");
	write_file("out.csv", "new");
	check_file("out.csv", "new");
	ck_assert_uint_eq(temporary_folder_count(), 1);
}
END_TEST

START_TEST(the_umask_decides_about_the_mode)
{
	struct stat st;

	umask(027);
	write_file("out.csv", "x");
	ck_assert_int_eq(stat("out.csv", &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0640);
}
END_TEST

START_TEST(random_pieces_arrive_in_order)
{
	enum { LARGEST = 200000 };
	uint64_t state = random_seed(__func__);
	struct outfile *file = open_or_abort("out");
	struct sink *sink = outfile_sink(file);
	struct errbuf err = { "" };
	char *piece = malloc(LARGEST), *data;
	size_t total = 0, len;

	for (unsigned long n = random_rounds(100); n > 0; n--) {
		size_t size = random_any_width(&state) % LARGEST;

		for (size_t i = 0; i < size; i++)
			piece[i] = (char)((total + i) % 251);
		ck_assert_int_eq(sink->write(sink, piece, size, &err), 0);
		total += size;
	}
	keep(file);
	data = temporary_folder_read("out", &len);
	ck_assert_uint_eq(len, total);
	for (size_t i = 0; i < len; i++)
		if ((uint8_t)data[i] != i % 251)
			ck_abort_msg("byte %zu differs", i);
	free(data);
	free(piece);
}
END_TEST

START_TEST(a_link_stays_and_its_file_is_replaced)
{
	char text[64] = "";

	ck_assert_int_eq(mkdir("folder", 0777), 0);
	temporary_folder_write("folder/real.csv", "old");
	ck_assert_int_eq(symlink("folder/real.csv", "link.csv"), 0);
	write_file("link.csv", "new");
	ck_assert_int_gt(readlink("link.csv", text, sizeof(text) - 1), 0);
	ck_assert_str_eq(text, "folder/real.csv");
	check_file("folder/real.csv", "new");
	ck_assert_uint_eq(temporary_folder_count(), 2);
}
END_TEST

START_TEST(places_where_no_file_can_be_are_refused_at_once)
{
	temporary_folder_write("file", "");
	ck_assert_int_eq(mkdir("folder", 0777), 0);
	ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
	check_refused("missing/out.csv",
	    "missing/out.csv: No such file or directory");
	check_refused("file/out.csv", "file/out.csv: Not a directory");
	check_refused("folder", "folder: Is a directory");
	check_refused("folder/", "folder/: Is a directory");
	check_refused("new/", "new/: Is a directory");
	check_refused("dangling", "dangling: No such file or directory");
	check_refused("", ": No such file or directory");
}
END_TEST

START_TEST(a_name_may_be_as_long_as_names_can_be)
{
	char name[256];

	memset(name, 'n', 255);
	name[255] = '\0';
	write_file(name, "x");
	check_file(name, "x");
	ck_assert_uint_eq(temporary_folder_count(), 1);
}
END_TEST

START_TEST(a_temporary_name_that_is_taken_is_left_alone)
{
	char taken[64];

	snprintf(taken, sizeof(taken), ".out.%ld-0", (long)getpid());
	temporary_folder_write(taken, "theirs");
	write_file("out", "ours");
	check_file(taken, "theirs");
	check_file("out", "ours");
	ck_assert_uint_eq(temporary_folder_count(), 2);
}
END_TEST

/* Where the file system knows files without a name. */
START_TEST(a_process_that_is_killed_leaves_nothing)
{
	int fd = open(".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666), status;
	struct errbuf err = { "" };
	pid_t child;

	if (fd == -1)
		return;
	close(fd);
	child = fork();
	if (child == 0) {
		put(open_or_abort("out"), "half", &err);
		raise(SIGKILL);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	ck_assert_uint_eq(temporary_folder_count(), 0);
}
END_TEST

START_TEST(two_outputs_of_one_name_do_not_mix)
{
	struct outfile *first = open_or_abort("out");
	struct outfile *second = open_or_abort("out");
	struct errbuf err = { "" };

	ck_assert_int_eq(put(first, "first", &err), 0);
	ck_assert_int_eq(put(second, "second", &err), 0);
	keep(first);
	check_file("out", "first");
	keep(second);
	check_file("out", "second");
}
END_TEST

START_TEST(a_full_device_is_told_at_the_latest_when_closing)
{
	struct outfile *file = open_or_abort("/dev/full");
	struct errbuf err = { "" };

	ck_assert_int_eq(put(file, "a", &err), 0);
	ck_assert_int_eq(outfile_close(file, true, &err), -1);
	ck_assert_str_eq(err.text, "/dev/full: No space left on device");
}
END_TEST

START_TEST(a_failed_write_is_not_forgotten)
{
	struct outfile *file = open_or_abort("/dev/full");
	struct sink *sink = outfile_sink(file);
	struct errbuf err = { "" };
	char *data = calloc(1, 1000000);

	ck_assert_int_eq(sink->write(sink, data, 1000000, &err), -1);
	ck_assert_str_eq(err.text, "/dev/full: No space left on device");
	err.text[0] = '\0';
	ck_assert_int_eq(put(file, "a", &err), -1);
	ck_assert_str_eq(err.text, "/dev/full: No space left on device");
	err.text[0] = '\0';
	ck_assert_int_eq(outfile_close(file, true, &err), -1);
	ck_assert_str_eq(err.text, "/dev/full: No space left on device");
	free(data);
}
END_TEST

START_TEST(a_file_that_cannot_grow_leaves_the_old_one)
{
	struct rlimit limit = { 100000, RLIM_INFINITY };
	struct outfile *file;
	struct sink *sink;
	struct errbuf err = { "" };
	char *data = calloc(1, 1000000);

	temporary_folder_write("out", "old");
	signal(SIGXFSZ, SIG_IGN);
	file = open_or_abort("out");
	sink = outfile_sink(file);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(sink->write(sink, data, 1000000, &err), -1);
	ck_assert_str_eq(err.text, "out: File too large");
	ck_assert_int_eq(outfile_close(file, true, &err), -1);
	ck_assert_str_eq(err.text, "out: File too large");
	check_file("out", "old");
	ck_assert_uint_eq(temporary_folder_count(), 1);
	free(data);
	limit.rlim_cur = RLIM_INFINITY;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}
END_TEST

START_TEST(a_device_is_written_not_replaced)
{
	struct stat st;

	write_file("/dev/null", "x");
	ck_assert_int_eq(stat("/dev/null", &st), 0);
	ck_assert(S_ISCHR(st.st_mode));
}
END_TEST

START_TEST(a_fifo_is_written_not_replaced)
{
	char text[8] = "";
	int reader;

	ck_assert_int_eq(mkfifo("fifo", 0666), 0);
	reader = open("fifo", O_RDONLY | O_NONBLOCK);
	ck_assert_int_ge(reader, 0);
	write_file("fifo", "hello");
	ck_assert_int_eq(read(reader, text, sizeof(text)), 5);
	ck_assert_str_eq(text, "hello");
	close(reader);
	ck_assert_uint_eq(temporary_folder_count(), 1);
}
END_TEST

/* Runs in the test's own process, where standard output may be changed. */
static int
redirect(int fd)
{
	int saved = dup(STDOUT_FILENO);

	fflush(stdout);
	ck_assert_int_ge(dup2(fd, STDOUT_FILENO), 0);
	close(fd);
	return saved;
}

START_TEST(standard_output_stays_open_for_others)
{
	int saved = redirect(open("stdout", O_WRONLY | O_CREAT, 0666));

	write_file("-", "one\n");
	write_file("-", "two\n");
	ck_assert_int_eq(write(STDOUT_FILENO, "three\n", 6), 6);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	check_file("stdout", "one\ntwo\nthree\n");
}
END_TEST

START_TEST(a_closed_pipe_is_an_error_of_standard_output)
{
	struct errbuf err = { "" };
	struct outfile *file;
	int ends[2], saved, status;

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(ends), 0);
	close(ends[0]);
	saved = redirect(ends[1]);
	file = open_or_abort("-");
	put(file, "x", &err);
	status = outfile_close(file, true, &err);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	ck_assert_int_eq(status, -1);
	ck_assert_str_eq(err.text, "standard output: Broken pipe");
}
END_TEST

START_TEST(a_reader_that_left_is_known_and_no_other_error_is_that)
{
	char bytes[100000] = "";
	struct errbuf err = { "" };
	struct outfile *file;
	int reader;

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(mkfifo("fifo", 0666), 0);
	reader = open("fifo", O_RDONLY | O_NONBLOCK);
	file = open_or_abort("fifo");
	ck_assert(!outfile_is_new(file));
	ck_assert(!outfile_reader_left(file));
	close(reader);
	ck_assert_int_eq(outfile_sink(file)->write(outfile_sink(file), bytes,
	    sizeof(bytes), &err), -1);
	ck_assert(outfile_reader_left(file));
	outfile_close(file, false, &err);

	file = open_or_abort("/dev/full");
	ck_assert_int_eq(outfile_sink(file)->write(outfile_sink(file), bytes,
	    sizeof(bytes), &err), -1);
	ck_assert(!outfile_reader_left(file));
	outfile_close(file, false, &err);

	file = open_or_abort("new");
	ck_assert(outfile_is_new(file));
	outfile_close(file, false, &err);
}
END_TEST

START_TEST(folders_are_made_with_those_above)
{
	struct errbuf err = { "" };
	char absolute[512];
	struct stat st;

	ck_assert_int_eq(outfile_mkdirs("a/b//c/", &err), 0);
	ck_assert_int_eq(stat("a/b/c", &st), 0);
	ck_assert(S_ISDIR(st.st_mode));
	ck_assert_int_eq(outfile_mkdirs("a/b/c", &err), 0);
	ck_assert_int_eq(outfile_mkdirs(".", &err), 0);
	ck_assert_int_eq(outfile_mkdirs("/", &err), 0);
	ck_assert_ptr_nonnull(getcwd(absolute, sizeof(absolute) - 8));
	strcat(absolute, "/d/e");
	ck_assert_int_eq(outfile_mkdirs(absolute, &err), 0);
	ck_assert_int_eq(stat("d/e", &st), 0);
}
END_TEST

START_TEST(folders_that_cannot_be_made_are_named)
{
	struct errbuf err = { "" };

	temporary_folder_write("file", "");
	ck_assert_int_eq(outfile_mkdirs("file", &err), -1);
	ck_assert_str_eq(err.text, "file: Not a directory");
	ck_assert_int_eq(outfile_mkdirs("file/a/b", &err), -1);
	ck_assert_str_eq(err.text, "file/a/b: Not a directory");
	ck_assert_int_eq(outfile_mkdirs("", &err), -1);
	ck_assert_str_eq(err.text, ": No such file or directory");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("outfile");
	TCase *tc = tcase_create("outfile");

	tcase_add_checked_fixture(tc, temporary_folder_enter,
	    temporary_folder_leave);
	tcase_add_test(tc, a_file_appears_when_it_is_complete);
	tcase_add_test(tc, a_file_that_is_not_kept_leaves_nothing);
	tcase_add_test(tc, an_old_file_stays_until_the_new_one_is_complete);
	tcase_add_test(tc, the_umask_decides_about_the_mode);
	tcase_add_test(tc, random_pieces_arrive_in_order);
	tcase_add_test(tc, a_link_stays_and_its_file_is_replaced);
	tcase_add_test(tc, places_where_no_file_can_be_are_refused_at_once);
	tcase_add_test(tc, a_name_may_be_as_long_as_names_can_be);
	tcase_add_test(tc, a_temporary_name_that_is_taken_is_left_alone);
	tcase_add_test(tc, a_process_that_is_killed_leaves_nothing);
	tcase_add_test(tc, two_outputs_of_one_name_do_not_mix);
	tcase_add_test(tc, a_full_device_is_told_at_the_latest_when_closing);
	tcase_add_test(tc, a_failed_write_is_not_forgotten);
	tcase_add_test(tc, a_file_that_cannot_grow_leaves_the_old_one);
	tcase_add_test(tc, a_device_is_written_not_replaced);
	tcase_add_test(tc, a_fifo_is_written_not_replaced);
	tcase_add_test(tc, standard_output_stays_open_for_others);
	tcase_add_test(tc, a_closed_pipe_is_an_error_of_standard_output);
	tcase_add_test(tc,
	    a_reader_that_left_is_known_and_no_other_error_is_that);
	tcase_add_test(tc, folders_are_made_with_those_above);
	tcase_add_test(tc, folders_that_cannot_be_made_are_named);
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
