/*
 * Records that are put down and read again: in memory, in a file, at the border.
 */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/spool.h"

/* Three words, so that blocks do not end where pages do. */
struct record {
	uint64_t number, square, tail;
};

static struct record
make(uint64_t i)
{
	return (struct record){ i, i * i, ~i };
}

static void
check_from(struct spool *s, uint64_t at, uint64_t count)
{
	struct errbuf err;

	while (at < count) {
		size_t n;
		const struct record *r = spool_read(s, at, &n, &err);

		ck_assert_ptr_nonnull(r);
		ck_assert_uint_ge(n, 1);
		ck_assert_uint_le(n, count - at);
		for (size_t i = 0; i < n; i++) {
			struct record wanted = make(at + i);

			ck_assert_mem_eq(&r[i], &wanted, sizeof(wanted));
		}
		at += n;
	}
}

/* Memory for none, one and two blocks of 128 KiB, and for all. */
static const uint64_t bounds[] = { 0, 1 << 17, 3 << 17, UINT64_MAX / 2 };

START_TEST(what_was_put_down_is_read_in_order_and_again)
{
	struct errbuf err;
	struct spool *s = spool_new(sizeof(struct record), bounds[_i], &err);

	ck_assert_uint_eq(spool_record_bytes(s), sizeof(struct record));
	for (uint64_t i = 0; i < 30000; i++) {
		struct record r = make(i);

		ck_assert_int_eq(spool_add(s, &r, &err), 0);
		if (i % 7919 == 0)
			check_from(s, i / 2, i + 1);
	}
	ck_assert_uint_eq(spool_count(s), 30000);
	check_from(s, 0, 30000);
	check_from(s, 29999, 30000);
	check_from(s, 0, 30000);
	spool_free(s);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_told)
{
	struct record r = make(1);
	struct errbuf err = { "" };
	struct spool *s = spool_new(sizeof(r), 0, &err);
	int status = 0;

	ck_assert_int_eq(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
	for (int i = 0; status == 0 && i < 20000; i++)
		status = spool_add(s, &r, &err);
	ck_assert_int_eq(status, -1);
	ck_assert_ptr_nonnull(strstr(err.text, "/nowhere/at/all"));
	spool_free(s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("spool");
	TCase *tc = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, what_was_put_down_is_read_in_order_and_again,
	    0, sizeof(bounds) / sizeof(bounds[0]));
	tcase_add_test(tc, a_folder_that_is_not_there_is_told);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
