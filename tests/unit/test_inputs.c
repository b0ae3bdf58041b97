#include "analyzer/capture/inputs.h"

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ROOT_BYTES = 64 };

/* The complaints, one a line. */
struct heard {
	char text[4096];
	size_t count;
};

static void
hear(void *context, const char *line)
{
	struct heard *heard = context;
	size_t len = strlen(heard->text);

	snprintf(heard->text + len, sizeof(heard->text) - len, "%s\n", line);
	heard->count++;
}

/* A new folder, which becomes the working folder: it is named as ".". */
static void
make_root(char root[ROOT_BYTES])
{
	snprintf(root, ROOT_BYTES, "%s/pcapstat-inputs-XXXXXX", P_tmpdir);
	ck_assert_ptr_nonnull(mkdtemp(root));
	ck_assert_int_eq(chdir(root), 0);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void
remove_root(const char *root)
{
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void
make_folder(const char *path)
{
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void
make_file(const char *path, off_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, len), 0);
	close(fd);
}

static struct inputs
add(const char *path, struct heard *heard)
{
	struct inputs inputs;
	struct errbuf err;

	memset(heard, 0, sizeof(*heard));
	inputs_init(&inputs);
	ck_assert_int_eq(inputs_add(&inputs, path, hear, heard, &err), 0);
	return inputs;
}

/* Checks the names, each with a newline, of what a walk found; frees. */
static void
assert_names(struct inputs *inputs, const char *want)
{
	char got[4096] = "";
	size_t i, len = 0;

	for (i = 0; i < inputs->count; i++) {
		ck_assert(inputs->list[i].walked);
		len += (size_t)snprintf(got + len, sizeof(got) - len, "%s\n",
		    inputs->list[i].name);
	}
	ck_assert_str_eq(got, want);
	inputs_reset(inputs);
}

START_TEST(a_file_is_named_as_given)
{
	char root[ROOT_BYTES];
	struct heard heard;
	struct inputs inputs;

	make_root(root);
	make_folder("a");
	make_file("a/.b", 5);
	inputs = add("./a//.b", &heard);
	ck_assert_uint_eq(inputs.count, 1);
	ck_assert_str_eq(inputs.list[0].path, "./a//.b");
	ck_assert_str_eq(inputs.list[0].name, "./a//.b");
	ck_assert(!inputs.list[0].walked);
	ck_assert_uint_eq(inputs.list[0].size_bytes, 5);
	ck_assert_uint_eq(inputs.size_bytes, 5);
	inputs_reset(&inputs);
	remove_root(root);
}
END_TEST

START_TEST(what_is_not_there_is_added_for_its_reader_to_say_so)
{
	struct heard heard;
	struct inputs inputs = add("/nonexistent/file", &heard);

	ck_assert_uint_eq(inputs.count, 1);
	ck_assert_str_eq(inputs.list[0].name, "/nonexistent/file");
	ck_assert_uint_eq(inputs.missing, 0);
	ck_assert_uint_eq(heard.count, 0);
	inputs_reset(&inputs);
	inputs = add("", &heard);
	ck_assert_uint_eq(inputs.count, 1);
	inputs_reset(&inputs);
}
END_TEST

START_TEST(a_walk_goes_in_byte_order_of_the_path)
{
	char root[ROOT_BYTES];
	struct heard heard;
	struct inputs inputs;

	make_root(root);
	make_folder("a");
	make_folder("a/z");
	make_folder("b");
	make_file("a/b", 1);
	make_file("a/z/1", 2);
	make_file("a.b", 3);
	make_file("a0", 4);
	make_file("b/\xc3\xa4", 5);
	make_file("b/z", 6);
	make_file("B", 7);
	inputs = add(".", &heard);
	ck_assert_uint_eq(inputs.size_bytes, 28);
	ck_assert_str_eq(inputs.list[1].path, "./a.b");
	ck_assert_uint_eq(inputs.list[1].size_bytes, 3);
	assert_names(&inputs, "B\na.b\na/b\na/z/1\na0\nb/z\nb/\xc3\xa4\n");
	remove_root(root);
}
END_TEST

START_TEST(hidden_folders_links_and_devices_are_passed_over)
{
	char root[ROOT_BYTES];
	struct heard heard;
	struct inputs inputs;

	make_root(root);
	make_folder("real");
	make_folder(".git");
	make_folder("real/.cache");
	make_file(".hidden.pcap", 1);
	make_file("real/x", 1);
	make_file(".git/x", 1);
	make_file("real/.cache/x", 1);
	ck_assert_int_eq(symlink("real", "link-to-folder"), 0);
	ck_assert_int_eq(symlink("real/x", "link-to-file"), 0);
	ck_assert_int_eq(symlink("..", "real/loop"), 0);
	/* Opening it would wait for a writer for ever. */
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	inputs = add(".", &heard);
	ck_assert(!inputs.size_unknown);
	assert_names(&inputs, ".hidden.pcap\nreal/x\n");
	ck_assert_uint_eq(heard.count, 0);
	remove_root(root);
}
END_TEST

START_TEST(a_link_or_hidden_folder_that_is_named_is_entered)
{
	char root[ROOT_BYTES];
	struct heard heard;
	struct inputs inputs;

	make_root(root);
	make_folder(".h");
	make_file(".h/x", 9);
	ck_assert_int_eq(symlink(".h", "folder"), 0);
	ck_assert_int_eq(symlink(".h/x", "file"), 0);
	inputs = add("folder", &heard);
	assert_names(&inputs, "x\n");
	inputs = add(".h", &heard);
	assert_names(&inputs, "x\n");
	inputs = add("file", &heard);
	ck_assert_uint_eq(inputs.list[0].size_bytes, 9);
	ck_assert_str_eq(inputs.list[0].name, "file");
	inputs_reset(&inputs);
	remove_root(root);
}
END_TEST

START_TEST(trailing_slashes_change_no_name)
{
	char root[ROOT_BYTES];
	struct heard heard;
	struct inputs inputs;

	make_root(root);
	make_folder("d");
	make_folder("d/e");
	make_file("d/e/f", 1);
	inputs = add("d/", &heard);
	ck_assert_str_eq(inputs.list[0].path, "d/e/f");
	assert_names(&inputs, "e/f\n");
	inputs = add("d//", &heard);
	assert_names(&inputs, "e/f\n");
	remove_root(root);
}
END_TEST

START_TEST(each_input_is_sorted_by_itself)
{
	char root[ROOT_BYTES];
	struct inputs inputs;
	struct heard heard = { .count = 0 };
	struct errbuf err;

	make_root(root);
	make_folder("a");
	make_folder("b");
	make_file("a/x", 1);
	make_file("b/y", 1);
	make_file("b/x", 1);
	inputs_init(&inputs);
	ck_assert_int_eq(inputs_add(&inputs, "b", hear, &heard, &err), 0);
	ck_assert_int_eq(inputs_add(&inputs, "a", hear, &heard, &err), 0);
	assert_names(&inputs, "x\ny\nx\n");
	remove_root(root);
}
END_TEST

START_TEST(the_sum_is_unknown_once_one_size_is)
{
	char root[ROOT_BYTES];
	struct inputs inputs;
	struct heard heard = { .count = 0 };
	struct errbuf err;

	make_root(root);
	make_file("a", 5);
	make_file("b", 6);
	inputs_init(&inputs);
	ck_assert_int_eq(inputs_add(&inputs, "a", hear, &heard, &err), 0);
	ck_assert_uint_eq(inputs.size_bytes, 5);
	ck_assert_int_eq(inputs_add(&inputs, "-", hear, &heard, &err), 0);
	ck_assert_int_eq(inputs_add(&inputs, "b", hear, &heard, &err), 0);
	ck_assert_uint_eq(inputs.size_bytes, 0);
	ck_assert(inputs.size_unknown);
	ck_assert_str_eq(inputs.list[1].path, "-");
	ck_assert_str_eq(inputs.list[1].name, "-");
	ck_assert_uint_eq(inputs.list[2].size_bytes, 6);
	inputs_reset(&inputs);
	remove_root(root);
}
END_TEST

/*
 * Makes a chain of folders, each holding a file, that is longer than a path
 * may be: PATH_MAX ends the walk there, and not a crash.
 */
static void
make_chain(int depth, const char *name)
{
	int i;

	for (i = 0; i < depth; i++) {
		make_file("f", 1);
		make_folder(name);
		ck_assert_int_eq(chdir(name), 0);
	}
}

static void
remove_chain(int depth, const char *name)
{
	for (; depth > 0; depth--) {
		ck_assert_int_eq(chdir(".."), 0);
		ck_assert_int_eq(rmdir(name), 0);
		ck_assert_int_eq(unlink("f"), 0);
	}
}

START_TEST(a_folder_too_deep_for_a_path_is_told_and_counted)
{
	enum { DEPTH = 100 };
	static const char name[] =
	    "0123456789012345678901234567890123456789012345678";
	char root[ROOT_BYTES];
	struct heard heard;
	struct inputs inputs;

	make_root(root);
	make_chain(DEPTH, name);
	inputs = add(root, &heard);
	/* 50 bytes a level, PATH_MAX is 4096: 81 levels can be opened. */
	ck_assert_uint_ge(inputs.count, 80);
	ck_assert_uint_le(inputs.count, 82);
	ck_assert_uint_eq(inputs.missing, 1);
	ck_assert_uint_eq(heard.count, 1);
	inputs_reset(&inputs);
	remove_chain(DEPTH, name);
	remove_root(root);
}
END_TEST

/* Root may read every folder, so the test goes on as somebody else. */
static void
drop_root(void)
{
	enum { NOBODY = 65534 };

	if (geteuid() != 0)
		return;
	ck_assert_int_eq(chown(".", NOBODY, (gid_t)-1), 0);
	ck_assert_int_eq(seteuid(NOBODY), 0);
}

START_TEST(a_folder_that_cannot_be_read_is_told_and_counted)
{
	char root[ROOT_BYTES];
	struct heard heard;
	struct inputs inputs;
	uid_t user = geteuid();

	make_root(root);
	make_folder("a");
	make_folder("z");
	make_file("file", 1);
	ck_assert_int_eq(chmod("a", 0), 0);
	ck_assert_int_eq(chmod("z", 0), 0);
	drop_root();
	inputs = add(".", &heard);
	ck_assert_uint_eq(inputs.missing, 2);
	ck_assert_str_eq(heard.text,
	    "./a: Permission denied\n./z: Permission denied\n");
	assert_names(&inputs, "file\n");
	inputs = add("a", &heard);
	ck_assert_uint_eq(inputs.missing, 1);
	ck_assert_uint_eq(inputs.count, 0);
	ck_assert_str_eq(heard.text, "a: Permission denied\n");
	inputs_reset(&inputs);
	ck_assert_int_eq(seteuid(user), 0);
	remove_root(root);
}
END_TEST

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Wide: 5000 files and 500 folders with 32 descriptors. */
START_TEST(a_wide_folder_is_walked_quickly_with_few_descriptors)
{
	enum { FILES = 5000, FOLDERS = 500 };
	struct rlimit few = { 32, 32 };
	char root[ROOT_BYTES], name[32];
	struct heard heard;
	struct inputs inputs;
	double start;
	int i, rising = 0;

	make_root(root);
	for (i = 0; i < FOLDERS; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		mkdir(name, 0700);
	}
	for (i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "d%d/%d", i % FOLDERS, i);
		close(open(name, O_WRONLY | O_CREAT, 0600));
	}
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	start = now_s();
	inputs = add(".", &heard);
	ck_assert_double_lt(now_s() - start, 5);
	ck_assert_uint_eq(inputs.count, FILES);
	ck_assert_uint_eq(inputs.missing, 0);
	for (i = 1; i < FILES; i++)
		rising += strcmp(inputs.list[i - 1].name,
		    inputs.list[i].name) < 0;
	ck_assert_int_eq(rising, FILES - 1);
	inputs_reset(&inputs);
	remove_root(root);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("inputs");
	TCase *tc = tcase_create("inputs");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, a_file_is_named_as_given);
	tcase_add_test(tc,
	    what_is_not_there_is_added_for_its_reader_to_say_so);
	tcase_add_test(tc, a_walk_goes_in_byte_order_of_the_path);
	tcase_add_test(tc, hidden_folders_links_and_devices_are_passed_over);
	tcase_add_test(tc, a_link_or_hidden_folder_that_is_named_is_entered);
	tcase_add_test(tc, trailing_slashes_change_no_name);
	tcase_add_test(tc, each_input_is_sorted_by_itself);
	tcase_add_test(tc, the_sum_is_unknown_once_one_size_is);
	tcase_add_test(tc, a_folder_too_deep_for_a_path_is_told_and_counted);
	tcase_add_test(tc,
	    a_folder_that_cannot_be_read_is_told_and_counted);
	tcase_add_test(tc,
	    a_wide_folder_is_walked_quickly_with_few_descriptors);
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
