/*
 * The captures of a run, which are there when it has ended.
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traffic/hosts/results.h"

static char top[] = "/tmp/test_results.XXXXXX";
static struct errbuf err;

static void
enter(void)
{
	strcpy(strrchr(top, '.'), ".XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(top));
	ck_assert_int_eq(chdir(top), 0);
	ck_assert_int_eq(mkdir("lab", 0777), 0);
	ck_assert_int_eq(mkdir("far", 0777), 0);
}

/* What a test has made, of any name in the two folders. */
static void
empty(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	rmdir(folder);
}

static void
leave(void)
{
	empty("lab");
	empty("far");
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(top), 0);
}

static void
put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

static void
check_text(const char *path, const char *text)
{
	char found[64] = "";
	FILE *file = fopen(path, "r");

	ck_assert_msg(file != NULL, "%s", path);
	ck_assert_uint_lt(fread(found, 1, sizeof(found) - 1, file),
	    sizeof(found));
	fclose(file);
	ck_assert_str_eq(found, text);
}

/* Without "." and "..". */
static unsigned
entries(const char *folder)
{
	DIR *dir = opendir(folder);
	unsigned count = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count - 2;
}

/* A file of that name with this text, not kept yet. */
static struct results *
with_file(bool force, const char *name, const char *text)
{
	struct results *r = results_new("lab", force, &err);
	int fd;

	ck_assert_msg(r != NULL, "%s", err.text);
	fd = results_add(r, name, &err);
	ck_assert_msg(fd != -1, "%s", err.text);
	ck_assert_int_eq(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	return r;
}

START_TEST(a_file_has_a_name_when_it_is_kept)
{
	struct results *r = with_file(false, "a.pcap", "new");

	ck_assert_int_eq(access("lab/a.pcap", F_OK), -1);
	ck_assert_msg(results_keep(r, &err) == 0, "%s", err.text);
	results_free(r);
	check_text("lab/a.pcap", "new");
	ck_assert_uint_eq(entries("lab"), 1);
}
END_TEST

START_TEST(what_is_not_kept_leaves_nothing)
{
	results_free(with_file(false, "a.pcap", "new"));
	ck_assert_uint_eq(entries("lab"), 0);
}
END_TEST

START_TEST(what_is_there_is_replaced_by_force_only)
{
	struct results *r;

	put("lab/a.pcap", "old");
	r = results_new("lab", false, &err);
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(results_add(r, "a.pcap", &err), -1);
	ck_assert_str_eq(err.text,
	    "lab/a.pcap: is there already (-f replaces it)");
	results_free(r);
	check_text("lab/a.pcap", "old");
	r = with_file(true, "a.pcap", "new");
	ck_assert_msg(results_keep(r, &err) == 0, "%s", err.text);
	results_free(r);
	check_text("lab/a.pcap", "new");
}
END_TEST

static void
check_is_link(const char *path)
{
	struct stat st;

	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
}

START_TEST(of_two_runs_into_one_folder_the_first_that_ends_is_kept)
{
	struct results *first = with_file(false, "a.pcap", "first");
	struct results *second = with_file(false, "a.pcap", "second");

	ck_assert_msg(results_keep(first, &err) == 0, "%s", err.text);
	ck_assert_int_eq(results_keep(second, &err), -1);
	ck_assert_str_eq(err.text,
	    "lab/a.pcap: is there already (-f replaces it)");
	results_free(first);
	results_free(second);
	check_text("lab/a.pcap", "first");
	ck_assert_uint_eq(entries("lab"), 1);
}
END_TEST

START_TEST(a_link_stays_and_its_file_is_replaced)
{
	struct results *r;

	put("far/real.pcap", "old");
	ck_assert_int_eq(symlink("../far/real.pcap", "lab/a.pcap"), 0);
	r = with_file(true, "a.pcap", "new");
	check_text("far/real.pcap", "old");
	ck_assert_msg(results_keep(r, &err) == 0, "%s", err.text);
	results_free(r);
	check_is_link("lab/a.pcap");
	check_text("far/real.pcap", "new");
	ck_assert_uint_eq(entries("lab"), 1);
	ck_assert_uint_eq(entries("far"), 1);
}
END_TEST

START_TEST(a_link_that_is_not_kept_leaves_its_file)
{
	put("far/real.pcap", "old");
	ck_assert_int_eq(symlink("../far/real.pcap", "lab/a.pcap"), 0);
	results_free(with_file(true, "a.pcap", "new"));
	check_is_link("lab/a.pcap");
	check_text("far/real.pcap", "old");
	ck_assert_uint_eq(entries("far"), 1);
}
END_TEST

START_TEST(a_link_to_nowhere_is_an_error)
{
	struct results *r = results_new("lab", true, &err);

	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(symlink("../far/none", "lab/a.pcap"), 0);
	ck_assert_int_eq(results_add(r, "a.pcap", &err), -1);
	ck_assert_str_eq(err.text, "lab/a.pcap: No such file or directory");
	results_free(r);
	check_is_link("lab/a.pcap");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("results");
	TCase *tc = tcase_create("results");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, enter, leave);
	tcase_add_test(tc, a_file_has_a_name_when_it_is_kept);
	tcase_add_test(tc, what_is_not_kept_leaves_nothing);
	tcase_add_test(tc, what_is_there_is_replaced_by_force_only);
	tcase_add_test(tc,
	    of_two_runs_into_one_folder_the_first_that_ends_is_kept);
	tcase_add_test(tc, a_link_stays_and_its_file_is_replaced);
	tcase_add_test(tc, a_link_that_is_not_kept_leaves_its_file);
	tcase_add_test(tc, a_link_to_nowhere_is_an_error);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
