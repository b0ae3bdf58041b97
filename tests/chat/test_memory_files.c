#include <check.h>
#include <string.h>

#include "chat/net/memory_files.h"

static struct memory_files files;
static struct errbuf err;

static void
setup(void)
{
	memory_files_init(&files);
}

static void
teardown(void)
{
	ck_assert_uint_eq(files.making + files.reading, 0);
	memory_files_reset(&files);
}

static void
keep(const char *folder, const char *name, const char *text,
    const char *expected)
{
	struct world_file *f = memory_files_make(&files, folder, name, &err);
	char path[64];

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(files.making, 1);
	ck_assert_int_eq(memory_files_write(f, text, strlen(text), &err), 0);
	ck_assert_int_eq(memory_files_keep(f, path, sizeof(path), &err), 0);
	ck_assert_str_eq(path, expected);
}

START_TEST(names_are_clean_and_nothing_is_replaced)
{
	keep("", "notes.txt", "one", "notes.txt");
	keep("", "../../notes.txt", "two", "notes.txt (2)");
	keep("ann", "notes.txt", "three", "ann/notes.txt");
	keep("ann", ".hidden", "four", "ann/_hidden");
	ck_assert_uint_eq(files.count, 4);
	ck_assert_mem_eq(memory_files_find(&files, "notes.txt")->content.data,
	    "one", 3);
}
END_TEST

START_TEST(what_is_kept_can_be_read_in_pieces)
{
	struct world_file *f;
	uint64_t size;
	char text[8];

	keep("", "a", "0123456789", "a");
	f = memory_files_open(&files, "./a", &size, &err);
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(size, 10);
	ck_assert_int_eq(memory_files_read(f, text, 8, &err), 8);
	ck_assert_mem_eq(text, "01234567", 8);
	ck_assert_int_eq(memory_files_read(f, text, 8, &err), 2);
	ck_assert_mem_eq(text, "89", 2);
	ck_assert_int_eq(memory_files_read(f, text, 8, &err), 0);
	memory_files_drop(f);
	ck_assert_ptr_null(memory_files_open(&files, "b", &size, &err));
	ck_assert_str_eq(err.text, "b: No such file or directory");
}
END_TEST

START_TEST(what_is_dropped_is_gone)
{
	struct world_file *f = memory_files_make(&files, "", "a", &err);

	ck_assert_int_eq(memory_files_write(f, "text", 4, &err), 0);
	memory_files_drop(f);
	ck_assert_ptr_null(memory_files_find(&files, "a"));
}
END_TEST

START_TEST(lines_are_added_at_the_end)
{
	ck_assert_int_eq(memory_files_add(&files, "x", "a", "1\n", 2, &err),
	    0);
	ck_assert_int_eq(memory_files_add(&files, "x", "a", "2\n", 2, &err),
	    0);
	ck_assert_uint_eq(files.count, 1);
	ck_assert_uint_eq(files.list[0].content.len, 4);
	ck_assert_mem_eq(files.list[0].content.data, "1\n2\n", 4);
}
END_TEST

START_TEST(a_file_and_the_disk_have_an_end)
{
	struct world_file *f = memory_files_make(&files, "", "a", &err);

	files.file_max = 6;
	ck_assert_int_eq(memory_files_write(f, "1234", 4, &err), 0);
	ck_assert_int_eq(memory_files_write(f, "567", 3, &err), -1);
	ck_assert_str_eq(err.text, "a: File too large");
	files.disk_bytes = 1;
	ck_assert_int_eq(memory_files_write(f, "56", 2, &err), -1);
	ck_assert_str_eq(err.text, "a: No space left on device");
	ck_assert_int_eq(memory_files_write(f, "5", 1, &err), 0);
	memory_files_drop(f);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("memory_files");
	TCase *tc = tcase_create("memory_files");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, names_are_clean_and_nothing_is_replaced);
	tcase_add_test(tc, what_is_kept_can_be_read_in_pieces);
	tcase_add_test(tc, what_is_dropped_is_gone);
	tcase_add_test(tc, lines_are_added_at_the_end);
	tcase_add_test(tc, a_file_and_the_disk_have_an_end);
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
