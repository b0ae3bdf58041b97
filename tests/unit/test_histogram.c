#include "analyzer/stats/histogram.h"

#include <check.h>
#include <stdlib.h>

#include "analyzer/stats/tally.h"
#include "tests/unit/stats_random.h"

START_TEST(small_values_have_a_bucket_each)
{
	for (uint64_t v = 0; v < 32; v++) {
		ck_assert_uint_eq(histogram_index(v), v);
		ck_assert_uint_eq(histogram_low(v), v);
		ck_assert_uint_eq(histogram_high(v), v);
	}
}
END_TEST

START_TEST(known_values_fall_where_they_should)
{
	static const struct {
		uint64_t value, low, high;
	} row[] = {
		{ 32, 32, 33 }, { 33, 32, 33 }, { 34, 34, 35 },
		{ 1000, 992, 1023 }, { 1024, 1024, 1087 },
		{ 1000000, 983040, 1015807 },
		{ UINT64_MAX, 0xf800000000000000, UINT64_MAX },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		size_t at = histogram_index(row[i].value);

		ck_assert_uint_eq(histogram_low(at), row[i].low);
		ck_assert_uint_eq(histogram_high(at), row[i].high);
	}
	ck_assert_uint_eq(histogram_index(UINT64_MAX), HISTOGRAM_BUCKETS - 1);
}
END_TEST

START_TEST(buckets_follow_each_other_and_keep_their_width)
{
	uint64_t next = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t low = histogram_low(i), high = histogram_high(i);

		ck_assert_uint_eq(low, next);
		ck_assert_uint_ge(high, low);
		ck_assert_uint_eq(histogram_index(low), i);
		ck_assert_uint_eq(histogram_index(high), i);
		ck_assert(high == low || high - low + 1 <= low / 16);
		next = high + 1;
	}
	ck_assert_uint_eq(next, 0);	/* after UINT64_MAX */
}
END_TEST

/* Counts the values of [low, high] one by one. */
static uint64_t
count_between(const uint64_t *value, size_t n, uint64_t low, uint64_t high)
{
	uint64_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += value[i] >= low && value[i] <= high;
	return count;
}

START_TEST(counts_are_exact_and_splits_do_not_matter)
{
	uint64_t state = random_seed("counts_are_exact");
	enum { VALUES = 500 };

	for (unsigned long round = random_rounds(20); round > 0; round--) {
		struct histogram left, right;
		struct histogram_bucket b;
		uint64_t value[VALUES], total = 0, last_high = 0;
		size_t at = 0;

		histogram_init(&left);
		histogram_init(&right);
		for (size_t i = 0; i < VALUES; i++) {
			value[i] = random_any_width(&state);
			histogram_add(i % 3 == 0 ? &left : &right, value[i],
			    1);
		}
		histogram_merge(&left, &right);
		ck_assert_uint_eq(left.total, VALUES);
		while (histogram_next(&left, &at, &b)) {
			ck_assert(total == 0 || b.low > last_high);
			ck_assert_uint_eq(b.count, count_between(value,
			    VALUES, b.low, b.high));
			last_high = b.high;
			total += b.count;
		}
		ck_assert_uint_eq(total, VALUES);
	}
}
END_TEST

START_TEST(an_empty_one_has_no_bucket_to_show)
{
	struct histogram h;
	struct histogram_bucket b;
	size_t at = 0;

	histogram_init(&h);
	ck_assert(!histogram_next(&h, &at, &b));
	ck_assert_uint_eq(h.total, 0);
}
END_TEST

START_TEST(a_tally_fills_it)
{
	struct histogram h;
	struct histogram_bucket b;
	struct tally tally;
	struct errbuf err;
	size_t at = 0;

	histogram_init(&h);
	tally_init(&tally);
	tally_add_counted(&tally, 7, 10);
	tally_add_counted(&tally, 1000, 2);
	tally_add_counted(&tally, 1001, 3);
	ck_assert_int_eq(tally_each(&tally, histogram_visit, &h, &err), 0);
	ck_assert(histogram_next(&h, &at, &b));
	ck_assert(b.low == 7 && b.high == 7 && b.count == 10);
	ck_assert(histogram_next(&h, &at, &b));
	ck_assert(b.low == 992 && b.high == 1023 && b.count == 5);
	ck_assert(!histogram_next(&h, &at, &b));
	ck_assert_uint_eq(h.total, 15);
	tally_reset(&tally);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("histogram");
	TCase *tc = tcase_create("histogram");

	tcase_add_test(tc, small_values_have_a_bucket_each);
	tcase_add_test(tc, known_values_fall_where_they_should);
	tcase_add_test(tc, buckets_follow_each_other_and_keep_their_width);
	tcase_add_test(tc, counts_are_exact_and_splits_do_not_matter);
	tcase_add_test(tc, an_empty_one_has_no_bucket_to_show);
	tcase_add_test(tc, a_tally_fills_it);
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
