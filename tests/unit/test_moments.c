#include "analyzer/stats/moments.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/stats_random.h"

#define MOST	((int128)UINT64_MAX)

static struct moments
moments_of(const int128 *value, const uint64_t *count, size_t n)
{
	struct moments m;

	moments_init(&m);
	for (size_t i = 0; i < n; i++)
		moments_add(&m, value[i], count == NULL ? 1 : count[i]);
	return m;
}

static int128
big(uint64_t high, uint64_t low)
{
	return (int128)((uint128)high << 64 | low);
}

START_TEST(nothing_has_no_mean_and_no_deviation)
{
	struct moments m;

	moments_init(&m);
	ck_assert(moments_mean(&m, 1000) == TABLE_NO_PS);
	ck_assert(moments_std_pop(&m, 1000) == TABLE_NO_PS);
	ck_assert(moments_std_sample(&m, 1000) == TABLE_NO_PS);
}
END_TEST

START_TEST(one_value_has_no_sample_deviation)
{
	struct moments m;

	moments_init(&m);
	moments_add(&m, -7, 1);
	ck_assert(moments_mean(&m, 1000) == -7000);
	ck_assert(moments_std_pop(&m, 1000) == 0);
	ck_assert(moments_std_sample(&m, 1000) == TABLE_NO_PS);
	ck_assert(moments_variance_sample(&m, 1000) == TABLE_NO_PS);
	ck_assert(m.min == -7 && m.max == -7);
}
END_TEST

START_TEST(a_textbook_example_holds)
{
	static const int128 value[] = { 2, 4, 4, 4, 5, 5, 7, 9 };
	struct moments m = moments_of(value, NULL, 8);

	ck_assert(moments_mean(&m, 1000) == 5000);
	ck_assert(moments_std_pop(&m, 1000) == 2000);
	ck_assert(moments_std_sample(&m, 1000) == 2138);
	ck_assert(moments_std_sample(&m, 1000000000000) == 2138089935299);
	ck_assert(moments_variance_sample(&m, 1000000000000) ==
	    4571428571429);
	ck_assert(m.min == 2 && m.max == 9);
}
END_TEST

START_TEST(means_are_rounded_half_to_even_on_both_sides_of_zero)
{
	static const struct {
		int128 value[2], mean;
	} row[] = {
		{ { 0, 1 }, 0 }, { { 1, 2 }, 2 }, { { 2, 3 }, 2 },
		{ { 0, -1 }, 0 }, { { -1, -2 }, -2 }, { { -2, -3 }, -2 },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct moments m = moments_of(row[i].value, NULL, 2);

		ck_assert(moments_mean(&m, 1) == row[i].mean);
		ck_assert(moments_std_pop(&m, 1) == 0);		/* 0.5 */
		ck_assert(moments_std_sample(&m, 1) == 1);	/* 0.7 */
	}
}
END_TEST

/* Expected values from Python's integers. */
START_TEST(extremes_do_not_overflow)
{
	static const int128 value[] = { MOST, -MOST };
	static const uint64_t half[] = { 1ULL << 62, (1ULL << 62) - 1 };
	static const uint64_t lopsided[] = { INT64_MAX - 1, 1 };
	static const uint64_t all[] = { INT64_MAX };
	struct moments m = moments_of(value, NULL, 2);

	ck_assert(moments_mean(&m, 1000) == 0);
	ck_assert(moments_std_pop(&m, UINT32_MAX) ==
	    big(0xfffffffe, 0xffffffff00000001));
	ck_assert(moments_std_sample(&m, UINT32_MAX) ==
	    big(0x16a09e666, 0x89b2e29f553463f8));

	m = moments_of(value, half, 2);
	ck_assert(moments_mean(&m, 1000) == 2000);
	ck_assert(moments_std_pop(&m, 1000) == MOST * 1000);
	ck_assert(moments_std_sample(&m, 1000) == (MOST + 1) * 1000);

	m = moments_of(value, lopsided, 2);
	ck_assert(moments_mean(&m, 1000) == big(0x3e7, 0xffffffffffffec78));
	ck_assert(moments_std_pop(&m, 1000) == 12148001999904);

	m = moments_of(value, all, 1);
	ck_assert(moments_mean(&m, 1000) == MOST * 1000);
	ck_assert(moments_std_sample(&m, 1000) == 0);
}
END_TEST

/* n (n - 1) = 2^40 - 2^20, and the sum of squares wants 122 bits. */
START_TEST(the_variance_of_many_long_values_is_exact)
{
	const int128 value[] = { 0, ((int128)1 << 40) - 1 };
	const uint64_t count[] = { 1 << 19, 1 << 19 };
	struct moments m = moments_of(value, count, 2);

	/* (v / 2)^2 n / (n - 1), by Python's integers */
	ck_assert(moments_variance_sample(&m, 1) ==
	    big(16384, 288230101273542656));
	ck_assert(moments_variance_sample(&m, 1000000000000) ==
	    big(16384015624985098, 15211098419738181632U));
}
END_TEST

START_TEST(a_gap_of_years_among_nanoseconds_keeps_the_last_digit)
{
	static const int128 value[] = { 1, 10, 100, 1000,
	    1000000000000000000 };
	struct moments m = moments_of(value, NULL, 5);

	ck_assert(moments_mean(&m, 1000) == big(0xa, 0xd78ebc5ac62363f8));
	ck_assert(moments_std_pop(&m, 1000) ==
	    big(0x15, 0xaf1d78b58c3e4e04));
	ck_assert(moments_std_sample(&m, 1000) ==
	    big(0x18, 0x3e55dbab0437871c));
}
END_TEST

/* Is r the integer next to sqrt(n / d), the even one where two are? */
static bool
is_root(uint128 r, uint128 n, uint128 d)
{
	uint128 above = (2 * r + 1) * (2 * r + 1) * d;
	uint128 below = r == 0 ? 0 : (2 * r - 1) * (2 * r - 1) * d;

	if (4 * n == above || (r != 0 && 4 * n == below))
		return (r & 1) == 0;
	return 4 * n < above && (r == 0 || 4 * n > below);
}

/* Small enough for 128 bits, and summed around the mean of all pairs:
 * n S2 - S1^2 = sum over i < j of (x_i - x_j)^2. */
START_TEST(deviations_are_those_of_all_pairs)
{
	uint64_t state = random_seed("deviations_are_those_of_all_pairs");

	for (unsigned long i = random_rounds(2000); i > 0; i--) {
		int128 value[20];
		size_t n = 2 + random_below(&state, 19);
		uint64_t bound = 1 + (random_any_width(&state) >> 32);
		uint128 pairs = 0;
		struct moments m;

		for (size_t k = 0; k < n; k++) {
			value[k] = (int128)random_below(&state, bound) -
			    (int128)(bound / 2);
			for (size_t j = 0; j < k; j++)
				pairs += (uint128)((value[k] - value[j]) *
				    (value[k] - value[j]));
		}
		m = moments_of(value, NULL, n);
		ck_assert(is_root((uint128)moments_std_pop(&m, 1000),
		    pairs * 1000000, n * n));
		ck_assert(is_root((uint128)moments_std_sample(&m, 1000),
		    pairs * 1000000, n * (n - 1)));
	}
}
END_TEST

START_TEST(any_split_merged_is_the_whole)
{
	uint64_t state = random_seed("any_split_merged_is_the_whole");

	for (unsigned long i = random_rounds(2000); i > 0; i--) {
		struct moments whole, part[3];

		moments_init(&whole);
		for (int p = 0; p < 3; p++)
			moments_init(&part[p]);
		for (uint64_t n = random_below(&state, 50); n > 0; n--) {
			int128 value = random_any_width(&state);
			uint64_t count = random_any_width(&state) >> 8;

			if (random_below(&state, 2) == 0)
				value = -value;
			moments_add(&whole, value, count);
			moments_add(&part[random_below(&state, 3)], value,
			    count);
		}
		moments_merge(&part[1], &part[2]);
		moments_merge(&part[0], &part[1]);
		ck_assert_mem_eq(&part[0], &whole, sizeof(whole));
	}
}
END_TEST

START_TEST(a_count_is_as_good_as_repeating)
{
	struct moments once, often;

	moments_init(&once);
	moments_init(&often);
	moments_add(&once, -MOST, 1000);
	moments_add(&once, 5, 0);
	for (int i = 0; i < 1000; i++)
		moments_add(&often, -MOST, 1);
	ck_assert_mem_eq(&once, &often, sizeof(once));
}
END_TEST

START_TEST(sums_without_extremes_are_the_same_sums)
{
	uint64_t seed = random_seed("sums_without_extremes");
	struct moments plain, sums;

	moments_init(&plain);
	moments_init(&sums);
	for (int i = 0; i < 10000; i++) {
		int128 value = (int128)random_any_width(&seed);

		if (random_below(&seed, 2) == 0)
			value = -value;
		moments_add(&plain, value, 1);
		moments_add_sums(&sums, value);
	}
	ck_assert_uint_eq(sums.count, plain.count);
	ck_assert(sums.sum == plain.sum);
	ck_assert_mem_eq(sums.squares, plain.squares, sizeof(sums.squares));
	ck_assert(sums.min == 0 && sums.max == 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("moments");
	TCase *tc = tcase_create("moments");

	tcase_add_test(tc, nothing_has_no_mean_and_no_deviation);
	tcase_add_test(tc, one_value_has_no_sample_deviation);
	tcase_add_test(tc, a_textbook_example_holds);
	tcase_add_test(tc,
	    means_are_rounded_half_to_even_on_both_sides_of_zero);
	tcase_add_test(tc, extremes_do_not_overflow);
	tcase_add_test(tc, the_variance_of_many_long_values_is_exact);
	tcase_add_test(tc,
	    a_gap_of_years_among_nanoseconds_keeps_the_last_digit);
	tcase_add_test(tc, deviations_are_those_of_all_pairs);
	tcase_add_test(tc, any_split_merged_is_the_whole);
	tcase_add_test(tc, sums_without_extremes_are_the_same_sums);
	tcase_add_test(tc, a_count_is_as_good_as_repeating);
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
