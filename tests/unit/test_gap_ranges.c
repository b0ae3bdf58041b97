#include "analyzer/stats/gap_ranges.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/stats_random.h"

enum { TIMES_MAX = 2000 };

START_TEST(one_time_has_no_gap)
{
	struct gap_ranges r;

	gap_ranges_init(&r);
	ck_assert_uint_eq(gap_ranges_total(&r), 0);
	gap_ranges_add(&r, 7);
	ck_assert_uint_eq(gap_ranges_total(&r), 0);
	gap_ranges_add(&r, 7);
	ck_assert_uint_eq(gap_ranges_total(&r), 1);
	ck_assert_uint_eq(r.forward.counts[0], 1);
}
END_TEST

START_TEST(steps_back_are_counted_apart)
{
	static const int64_t times[] = { 100, 90, 1090, 1060, 1060, 1059 };
	struct gap_ranges r;

	gap_ranges_init(&r);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		gap_ranges_add(&r, times[i]);
	ck_assert_uint_eq(r.backward, 3);
	ck_assert_uint_eq(r.backward_ns, 30);
	ck_assert_uint_eq(r.forward.total, 2);
	ck_assert_uint_eq(r.forward.counts[0], 1);
	ck_assert_uint_eq(r.forward.counts[histogram_index(1000)], 1);
}
END_TEST

START_TEST(gaps_from_one_end_of_time_to_the_other_are_counted)
{
	struct gap_ranges r;

	gap_ranges_init(&r);
	gap_ranges_add(&r, INT64_MIN);
	gap_ranges_add(&r, INT64_MAX);
	gap_ranges_add(&r, INT64_MIN);
	ck_assert_uint_eq(r.forward.counts[HISTOGRAM_BUCKETS - 1], 1);
	ck_assert_uint_eq(r.backward, 1);
	ck_assert_uint_eq(r.backward_ns, UINT64_MAX);
}
END_TEST

/* Times of every magnitude, cut anywhere: empty parts, and those of one time,
 * too. */
START_TEST(any_split_counts_the_same)
{
	static struct gap_ranges whole, part[3];
	uint64_t random = random_seed("split");

	for (unsigned long round = 0; round < random_rounds(100); round++) {
		size_t n = random_below(&random, TIMES_MAX);
		size_t cut = random_below(&random, n + 1);
		size_t other = random_below(&random, n + 1);

		gap_ranges_init(&whole);
		for (size_t i = 0; i < 3; i++)
			gap_ranges_init(&part[i]);
		for (size_t i = 0; i < n; i++) {
			int64_t at = (int64_t)random_any_width(&random);

			gap_ranges_add(&whole, at);
			gap_ranges_add(&part[(i >= cut) + (i >= other)], at);
		}
		if (round % 2 == 0)
			gap_ranges_merge(&part[0], &part[1]);
		else
			gap_ranges_merge(&part[1], &part[2]);
		gap_ranges_merge(&part[0], &part[1 + (round % 2 == 0)]);
		ck_assert_uint_eq(gap_ranges_total(&whole),
		    n == 0 ? 0 : n - 1);
		ck_assert_mem_eq(&whole, &part[0], sizeof(whole));
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("gap ranges");
	TCase *t = tcase_create("gap ranges");

	tcase_add_test(t, one_time_has_no_gap);
	tcase_add_test(t, steps_back_are_counted_apart);
	tcase_add_test(t,
	    gaps_from_one_end_of_time_to_the_other_are_counted);
	tcase_add_test(t, any_split_counts_the_same);
	suite_add_tcase(s, t);
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
