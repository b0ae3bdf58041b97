#include "chat/net/files.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chat/net/file_name.h"
#include "tests/unit/temporary_folder.h"

enum { FILE_MAX = 1000 };

static char folder[PATH_MAX];
static struct files *files;
static struct errbuf err;

static void
open_all(void)
{
	temporary_folder_enter();
	ck_assert_ptr_nonnull(getcwd(folder, sizeof(folder)));
	files = files_open(folder, FILE_MAX, &err);
	ck_assert_msg(files != NULL, "%s", err.text);
}

static void
close_all(void)
{
	files_close(files);
	ck_assert_int_eq(chdir(folder), 0);
	temporary_folder_leave();
}

/* Names in a folder below, hidden ones too. */
static int
entries(const char *below)
{
	char path[2 * PATH_MAX];
	struct dirent *entry;
	int n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", folder, below);
	dir = opendir(path);
	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL)
		n += strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	return n;
}

/* A file of somebody else's. */
static void
put(const char *name, const char *text)
{
	char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	temporary_folder_write(path, text);
}

static void
assert_contents(const char *path, const char *text)
{
	char data[2 * FILE_MAX];
	uint64_t size;
	struct world_file *f = files_read_open(files, path, &size, &err);
	ssize_t n;

	ck_assert_msg(f != NULL, "%s", err.text);
	n = files_read(f, data, sizeof(data), &err);
	ck_assert_int_eq(n, (ssize_t)strlen(text));
	ck_assert_uint_eq(size, strlen(text));
	ck_assert_mem_eq(data, text, (size_t)n);
	ck_assert_int_eq(files_read(f, data, sizeof(data), &err), 0);
	files_drop(f);
}

static struct world_file *
make(const char *below, const char *name)
{
	struct world_file *f = files_make(files, below, name, &err);

	ck_assert_msg(f != NULL, "%s", err.text);
	return f;
}

static void
keep(struct world_file *f, const char *as)
{
	char name[PATH_MAX];

	ck_assert_msg(files_keep(f, name, sizeof(name), &err) == 0, "%s",
	    err.text);
	ck_assert_str_eq(name, as);
}

START_TEST(a_file_appears_when_it_is_kept)
{
	struct world_file *f = make("alice", "notes.txt");
	struct stat st;
	char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/alice/notes.txt", folder);
	ck_assert_int_eq(files_write(f, "one ", 4, &err), 0);
	ck_assert_int_eq(files_write(f, "two", 3, &err), 0);
	ck_assert_int_eq(stat(path, &st), -1);
	keep(f, "alice/notes.txt");
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(entries("alice"), 1);
	assert_contents("alice/notes.txt", "one two");
}
END_TEST

START_TEST(nothing_is_overwritten)
{
	static const char *const names[] = { "a.txt", "a.txt (2)",
		"a.txt (3)" };
	struct world_file *f;

	for (size_t i = 0; i < 3; i++) {
		f = make("", "a.txt");
		ck_assert_int_eq(files_write(f, names[i], strlen(names[i]),
		    &err), 0);
		keep(f, names[i]);
	}
	for (size_t i = 0; i < 3; i++)
		assert_contents(names[i], names[i]);
	ck_assert_int_eq(entries(""), 3);
}
END_TEST

START_TEST(a_file_that_is_dropped_leaves_nothing)
{
	struct world_file *f = make("", "a.txt");

	ck_assert_int_eq(files_write(f, "x", 1, &err), 0);
	ck_assert_int_eq(entries(""), 1);
	files_drop(f);
	ck_assert_int_eq(entries(""), 0);
	files_drop(NULL);
}
END_TEST

START_TEST(closing_leaves_nothing_that_was_not_kept)
{
	struct world_file *first = make("", "a"), *second = make("", "b");

	make("", "c");
	files_drop(second);
	keep(first, "a");
	files_close(files);
	files = NULL;
	ck_assert_int_eq(entries(""), 1);
}
END_TEST

START_TEST(more_than_file_max_is_an_error)
{
	char data[FILE_MAX + 1] = { 0 };
	struct world_file *f = make("alice", "big");

	ck_assert_int_eq(files_write(f, data, FILE_MAX, &err), 0);
	ck_assert_int_eq(files_write(f, data, 1, &err), -1);
	ck_assert_str_eq(err.text,
	    "alice/big: larger than --max-file (1000 bytes)");
	ck_assert_int_eq(files_write(f, data, SIZE_MAX, &err), -1);
	files_drop(f);
	ck_assert_int_eq(entries("alice"), 0);
}
END_TEST

/* As a full disk is: the kernel takes a part, then nothing. */
START_TEST(a_disk_that_takes_no_more_is_an_error_that_leaves_nothing)
{
	struct rlimit limit = { 100, RLIM_INFINITY };
	char data[200] = { 0 };
	struct world_file *f = make("", "big");
	int written, added[4];

	signal(SIGXFSZ, SIG_IGN);
	/* Check itself writes files: it asserts nothing meanwhile. */
	setrlimit(RLIMIT_FSIZE, &limit);
	written = files_write(f, data, sizeof(data), &err);
	files_drop(f);
	added[0] = files_add(files, "", "scores", data, 60, &err);
	added[1] = files_add(files, "", "scores", data, 60, &err);
	added[2] = files_add(files, "", "scores", data, 40, &err);
	added[3] = files_add(files, "", "scores", data, 1, &err);
	limit.rlim_cur = RLIM_INFINITY;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(written, -1);
	ck_assert_str_eq(err.text, "scores: File too large");
	ck_assert_int_eq(entries(""), 1);
	ck_assert(added[0] == 0 && added[1] == -1);
	/* Nothing is left of what did not fit. */
	ck_assert(added[2] == 0 && added[3] == -1);
}
END_TEST

static const struct {
	const char *name, *clean;
} names[] = {
	{ "notes.txt", "notes.txt" },
	{ "notes.txt\n", "notes.txt" },
	{ " a b ", "a b" },
	{ "", "unnamed" },
	{ ".", "unnamed" },
	{ "..", "unnamed" },
	{ "...", "unnamed" },
	{ ". .", "unnamed" },
	{ " \t\n", "unnamed" },
	{ ".hidden", "_hidden" },
	{ " .hidden", "_hidden" },
	{ "\x01.hidden", "_hidden" },
	{ "a/b\\c", "a_b_c" },
	{ "a\nb\x1b[2Jc\x7f" "d", "a_b_[2Jc_d" },
	{ "caf\xc3\xa9", "caf\xc3\xa9" },
	{ "caf\xe9", "caf_" },
	{ "\xc0\xaf", "unnamed" },
	{ "a\xe2\x80\xae" "b", "a___b" },	/* turns the direction */
	{ "\xe2\x80\xae" ".x", "___.x" },
};
enum { NAMES = sizeof(names) / sizeof(names[0]) };

START_TEST(names_are_cleaned)
{
	char out[FILE_NAME_BYTES];

	file_name_clean(names[_i].name, out);
	ck_assert_str_eq(out, names[_i].clean);
}
END_TEST

START_TEST(long_names_are_cut_between_characters)
{
	char name[1001], out[FILE_NAME_BYTES], both[2 * FILE_NAME_BYTES];

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	file_name_clean(name, out);
	ck_assert_uint_eq(strlen(out), FILE_NAME_BYTES - 1);
	memcpy(name + FILE_NAME_BYTES - 2, "\xc3\xa9", 2);
	file_name_clean(name, out);
	ck_assert_uint_eq(strlen(out), FILE_NAME_BYTES - 2);
	ck_assert_ptr_null(strchr(out, '\xc3'));
	/* And they still fit with what is put around them. */
	snprintf(both, sizeof(both), "%s/%s", out, out);
	keep(make(name, name), both);
	ck_assert_int_eq(entries(out), 1);
}
END_TEST

START_TEST(the_last_part_of_a_path_is_the_name)
{
	keep(make("", "../../etc/passwd"), "passwd");
	keep(make("", "C:\\docs\\x.txt"), "x.txt");
	keep(make("", "/"), "unnamed");
	keep(make("../up", "../.."), "_._up/unnamed");
}
END_TEST

START_TEST(links_are_not_followed)
{
	char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/out", folder);
	ck_assert_int_eq(symlink("/tmp", path), 0);
	ck_assert_ptr_null(files_make(files, "out", "x", &err));
	ck_assert_ptr_nonnull(strstr(err.text, "/out: "));
	ck_assert_int_eq(files_add(files, "", "out", "x", 1, &err), -1);
	snprintf(path, sizeof(path), "%s/dangling", folder);
	ck_assert_int_eq(symlink("nowhere", path), 0);
	ck_assert_int_eq(files_add(files, "", "dangling", "x", 1, &err), -1);
	keep(make("", "dangling"), "dangling (2)");
	ck_assert_int_eq(entries(""), 3);
}
END_TEST

START_TEST(names_beside_the_database_are_not_given)
{
	static const char *const given[] = {
		"users.db", "users.db-journal", "users.db-wal",
	};

	ck_assert_int_eq(files_reserve(files, "/elsewhere/users.db", &err), 0);
	ck_assert_ptr_null(files_make(files, given[_i], "a.txt", &err));
	ck_assert_str_eq(err.text + strlen(err.text) - strlen(": this name is "
	    "reserved"), ": this name is reserved");
	ck_assert_int_eq(files_add(files, given[_i], "a.txt", "a", 1, &err),
	    -1);
	ck_assert_int_eq(entries("."), 0);
	/* Inside a folder, and with other ends, they do no harm. */
	files_drop(files_make(files, "users.db2", "users.db-wal", &err));
	ck_assert_int_eq(entries("users.db2"), 0);
}
END_TEST

START_TEST(lines_are_added_to_the_end)
{
	ck_assert_int_eq(files_add(files, "all_quiz_scores", "s.csv",
	    "alice,1\n", 8, &err), 0);
	ck_assert_int_eq(files_add(files, "all_quiz_scores", "s.csv",
	    "bob,2\n", 6, &err), 0);
	assert_contents("all_quiz_scores/s.csv", "alice,1\nbob,2\n");
}
END_TEST

START_TEST(an_added_file_has_the_same_bound)
{
	char data[FILE_MAX + 1] = { 0 };

	ck_assert_int_eq(files_add(files, "", "s", data, FILE_MAX, &err), 0);
	ck_assert_int_eq(files_add(files, "", "s", data, 1, &err), -1);
	ck_assert_str_eq(err.text, "s: larger than --max-file (1000 bytes)");
	ck_assert_int_eq(files_add(files, "", "s", data, SIZE_MAX, &err), -1);
}
END_TEST

START_TEST(only_regular_files_are_read)
{
	uint64_t size;
	char path[2 * PATH_MAX];

	ck_assert_ptr_null(files_read_open(files, "/dev/null", &size, &err));
	ck_assert_str_eq(err.text, "/dev/null: not a regular file");
	ck_assert_ptr_null(files_read_open(files, folder, &size, &err));
	snprintf(path, sizeof(path), "%s/fifo", folder);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_ptr_null(files_read_open(files, path, &size, &err));
	ck_assert_ptr_null(files_read_open(files, "missing", &size, &err));
	ck_assert_str_eq(err.text, "missing: No such file or directory");
}
END_TEST

START_TEST(a_typed_path_is_looked_for_here_first)
{
	char other[] = "test_files_other.XXXXXX";
	char path[2 * PATH_MAX];

	ck_assert_int_eq(chdir(folder), 0);
	ck_assert_ptr_nonnull(mkdtemp(other));
	ck_assert_int_eq(chdir(other), 0);
	snprintf(path, sizeof(path), "%s/same", other);
	put("same", "kept");
	put(path, "of the operator");
	assert_contents("same", "of the operator");
	put("only", "kept");
	assert_contents("only", "kept");
}
END_TEST

static bool
opens_kept(const char *name)
{
	uint64_t size;
	struct world_file *f = files_kept_open(files, name, &size, &err);

	files_drop(f);
	return f != NULL;
}

/* A peer is named as a folder that is here, its file as one in it. */
START_TEST(a_kept_name_leads_nowhere_else)
{
	char other[] = "test_files_other.XXXXXX";
	char path[2 * PATH_MAX];

	ck_assert_int_eq(chdir(folder), 0);
	ck_assert_ptr_nonnull(mkdtemp(other));
	snprintf(path, sizeof(path), "%s/secret", other);
	put(path, "of the operator");
	ck_assert_int_eq(chdir(other), 0);
	ck_assert(!opens_kept("secret"));
	ck_assert(opens_kept(path));
	snprintf(path, sizeof(path), "%s/link", folder);
	ck_assert_int_eq(symlink("/etc", path), 0);
	ck_assert(!opens_kept("link/hostname"));
	snprintf(path, sizeof(path), "../%s", strrchr(folder, '/') + 1);
	ck_assert(!opens_kept(path));
	ck_assert(!opens_kept("/etc/hostname"));
	ck_assert(!opens_kept("a/../../x"));
	ck_assert(!opens_kept(""));
	ck_assert(!opens_kept("."));
}
END_TEST

START_TEST(what_was_kept_is_opened_by_its_name)
{
	keep(make("", "a"), "a");
	keep(make("alice", "b"), "alice/b");
	ck_assert(opens_kept("a"));
	ck_assert(opens_kept("alice/b"));
	ck_assert(!opens_kept("alice"));
	ck_assert(!opens_kept("alice/"));
}
END_TEST

START_TEST(without_a_folder_nothing_is_made)
{
	struct files *none = files_open(NULL, FILE_MAX, &err);
	uint64_t size;
	char path[2 * PATH_MAX];
	struct world_file *f;

	ck_assert_ptr_nonnull(none);
	ck_assert_ptr_null(files_make(none, "", "x", &err));
	ck_assert_str_eq(err.text,
	    "no folder to keep files in (--files DIR)");
	ck_assert_int_eq(files_add(none, "", "x", "y", 1, &err), -1);
	put("x", "y");
	snprintf(path, sizeof(path), "%s/x", folder);
	f = files_read_open(none, path, &size, &err);
	ck_assert_ptr_nonnull(f);
	files_drop(f);
	files_close(none);
}
END_TEST

START_TEST(a_short_buffer_for_the_name_is_terminated)
{
	char name[4];

	ck_assert_int_eq(files_keep(make("", "abcdef"), name, sizeof(name),
	    &err), 0);
	ck_assert_str_eq(name, "abc");
	ck_assert_int_eq(files_keep(make("", "abcdef"), NULL, 0, &err), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("files");
	TCase *tc = tcase_create("files");

	tcase_add_checked_fixture(tc, open_all, close_all);
	tcase_add_test(tc, a_file_appears_when_it_is_kept);
	tcase_add_test(tc, nothing_is_overwritten);
	tcase_add_test(tc, a_file_that_is_dropped_leaves_nothing);
	tcase_add_test(tc, closing_leaves_nothing_that_was_not_kept);
	tcase_add_test(tc, more_than_file_max_is_an_error);
	tcase_add_test(tc,
	    a_disk_that_takes_no_more_is_an_error_that_leaves_nothing);
	tcase_add_loop_test(tc, names_are_cleaned, 0, NAMES);
	tcase_add_test(tc, long_names_are_cut_between_characters);
	tcase_add_test(tc, the_last_part_of_a_path_is_the_name);
	tcase_add_test(tc, links_are_not_followed);
	tcase_add_loop_test(tc, names_beside_the_database_are_not_given, 0,
	    3);
	tcase_add_test(tc, lines_are_added_to_the_end);
	tcase_add_test(tc, an_added_file_has_the_same_bound);
	tcase_add_test(tc, only_regular_files_are_read);
	tcase_add_test(tc, a_typed_path_is_looked_for_here_first);
	tcase_add_test(tc, a_kept_name_leads_nowhere_else);
	tcase_add_test(tc, what_was_kept_is_opened_by_its_name);
	tcase_add_test(tc, without_a_folder_nothing_is_made);
	tcase_add_test(tc, a_short_buffer_for_the_name_is_terminated);
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
