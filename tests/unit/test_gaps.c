#include "analyzer/stats/gaps.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/stats_random.h"

enum { MOST = 200000 };

static void
add_all(struct gaps *gaps, const int64_t *ts_ns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gaps_add(gaps, ts_ns[i]);
}

static struct gaps_summary
summary_of(const int64_t *ts_ns, size_t n)
{
	struct gaps gaps;
	struct gaps_summary s;
	struct errbuf err;

	gaps_init(&gaps);
	add_all(&gaps, ts_ns, n);
	ck_assert_int_eq(gaps_summarize(&gaps, &s, &err), 0);
	gaps_reset(&gaps);
	return s;
}

static bool
same(const struct gaps_summary *a, const struct gaps_summary *b)
{
	return a->gaps == b->gaps && a->backward_steps == b->backward_steps &&
	    a->mean == b->mean && a->std_pop == b->std_pop &&
	    a->std_sample == b->std_sample && a->min == b->min &&
	    a->max == b->max && a->median == b->median && a->p90 == b->p90 &&
	    a->p99 == b->p99;
}

static bool
all_undefined(const struct gaps_summary *s)
{
	return s->mean == TABLE_NO_PS && s->std_pop == TABLE_NO_PS &&
	    s->std_sample == TABLE_NO_PS && s->min == TABLE_NO_PS &&
	    s->max == TABLE_NO_PS && s->median == TABLE_NO_PS &&
	    s->p90 == TABLE_NO_PS && s->p99 == TABLE_NO_PS;
}

START_TEST(fewer_than_two_packets_have_no_gap)
{
	static const int64_t ts_ns[] = { 1000 };

	for (size_t n = 0; n < 2; n++) {
		struct gaps_summary s = summary_of(ts_ns, n);

		ck_assert_uint_eq(s.gaps, 0);
		ck_assert_uint_eq(s.backward_steps, 0);
		ck_assert(all_undefined(&s));
	}
}
END_TEST

START_TEST(one_gap_is_its_own_quantile)
{
	static const int64_t ts_ns[] = { 1000, 1007 };
	struct gaps_summary s = summary_of(ts_ns, 2);

	ck_assert_uint_eq(s.gaps, 1);
	ck_assert(s.mean == 7000 && s.min == 7000 && s.max == 7000);
	ck_assert(s.median == 7000 && s.p90 == 7000 && s.p99 == 7000);
	ck_assert(s.std_pop == 0 && s.std_sample == TABLE_NO_PS);
}
END_TEST

/* As numpy has them: quantile([1, 2, 3, 4], ...), std with ddof 0 and 1. */
START_TEST(four_gaps_give_numpys_numbers)
{
	static const int64_t ts_ns[] = { 0, 4, 5, 8, 10 };
	struct gaps_summary s = summary_of(ts_ns, 5);

	ck_assert_uint_eq(s.gaps, 4);
	ck_assert_uint_eq(s.backward_steps, 0);
	ck_assert(s.mean == 2500 && s.median == 2500);
	ck_assert(s.p90 == 3700 && s.p99 == 3970);
	ck_assert(s.std_pop == 1118 && s.std_sample == 1291);
	ck_assert(s.min == 1000 && s.max == 4000);
}
END_TEST

START_TEST(steps_back_in_time_are_negative_gaps)
{
	static const int64_t ts_ns[] = { 10, 7, 7, 2, 12 };
	struct gaps_summary s = summary_of(ts_ns, 5);	/* -5 -3 0 10 */

	ck_assert_uint_eq(s.gaps, 4);
	ck_assert_uint_eq(s.backward_steps, 2);
	ck_assert(s.mean == 500 && s.median == -1500);
	ck_assert(s.p90 == 7000 && s.p99 == 9700);
	ck_assert(s.min == -5000 && s.max == 10000);
}
END_TEST

/* A gap of 65 bits: 2^64 - 1 to either side. */
START_TEST(the_longest_gaps_do_not_overflow)
{
	static const int64_t ts_ns[] = { INT64_MIN, INT64_MAX, INT64_MIN };
	const int128 longest = (int128)UINT64_MAX * 1000;
	struct gaps_summary s = summary_of(ts_ns, 3);

	ck_assert_uint_eq(s.gaps, 2);
	ck_assert_uint_eq(s.backward_steps, 1);
	ck_assert(s.mean == 0 && s.median == 0);
	ck_assert(s.min == -longest && s.max == longest);
	ck_assert(s.std_pop == longest);
	/* h = 0.9 between -longest and longest */
	ck_assert(s.p90 == longest / 10 * 8 && s.p99 == longest / 100 * 98);
}
END_TEST

/* The naive way, on all gaps sorted. */

static int
by_gap(const void *a, const void *b)
{
	const int128 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int128
naive_quantile(const int128 *sorted, size_t n, unsigned percent)
{
	size_t h = (n - 1) * percent, rank = h / 100, part = h % 100;
	int128 next = sorted[rank + 1 < n ? rank + 1 : rank];

	return ((100 - (int128)part) * sorted[rank] + (int128)part * next) *
	    10;
}

static void
assert_naive(const int64_t *ts_ns, size_t n, const struct gaps_summary *s)
{
	int128 *gap = calloc(n, sizeof(*gap));
	uint64_t steps = 0;
	struct moments m;

	ck_assert_ptr_nonnull(gap);
	moments_init(&m);
	for (size_t i = 0; i + 1 < n; i++) {
		gap[i] = (int128)ts_ns[i + 1] - ts_ns[i];
		steps += gap[i] < 0;
		moments_add(&m, gap[i], 1);
	}
	qsort(gap, n - 1, sizeof(*gap), by_gap);
	ck_assert_uint_eq(s->gaps, n - 1);
	ck_assert_uint_eq(s->backward_steps, steps);
	ck_assert(s->mean == moments_mean(&m, 1000));
	ck_assert(s->std_pop == moments_std_pop(&m, 1000));
	ck_assert(s->std_sample == moments_std_sample(&m, 1000));
	ck_assert(s->min == gap[0] * 1000);
	ck_assert(s->max == gap[n - 2] * 1000);
	ck_assert(s->median == naive_quantile(gap, n - 1, 50));
	ck_assert(s->p90 == naive_quantile(gap, n - 1, 90));
	ck_assert(s->p99 == naive_quantile(gap, n - 1, 99));
	free(gap);
}

/* Kinds of captures: the next time stamp. */

static int64_t
next_microseconds(int64_t now, uint64_t *state)
{
	return now + (int64_t)random_below(state, 3000) * 1000;
}

static int64_t
next_sparse_nanoseconds(int64_t now, uint64_t *state)
{
	return now + (int64_t)random_below(state, 1ULL << 32);
}

static int64_t
next_disordered(int64_t now, uint64_t *state)
{
	return now + (int64_t)random_below(state, 20000) - 5000;
}

static int64_t
next_descending(int64_t now, uint64_t *state)
{
	return now - (int64_t)random_below(state, 2000000);
}

static int64_t
next_same(int64_t now, uint64_t *state)
{
	(void)state;
	return now;
}

static int64_t
next_extreme(int64_t now, uint64_t *state)
{
	int64_t near_end = (int64_t)random_below(state, 1000);

	return now < 0 ? INT64_MAX - near_end : INT64_MIN + near_end;
}

static int64_t
next_anywhere(int64_t now, uint64_t *state)
{
	(void)now;
	return (int64_t)random_next(state);
}

static int64_t (*const kinds[])(int64_t now, uint64_t *state) = {
	next_microseconds, next_sparse_nanoseconds, next_disordered,
	next_descending, next_same, next_extreme, next_anywhere,
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static int64_t *
capture(int kind, size_t n, uint64_t *state)
{
	int64_t *ts_ns = calloc(n, sizeof(*ts_ns));
	int64_t now = 1700000000000000000;

	ck_assert_ptr_nonnull(ts_ns);
	for (size_t i = 0; i < n; i++) {
		ts_ns[i] = now;
		now = kinds[kind](now, state);
	}
	return ts_ns;
}

START_TEST(every_kind_of_capture_agrees_with_sorting)
{
	uint64_t state = random_seed("every_kind");
	static const size_t sizes[] = { 2, 3, 10, 101, 102, 1000, MOST };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int64_t *ts_ns = capture(_i, sizes[i], &state);
		struct gaps_summary s = summary_of(ts_ns, sizes[i]);

		assert_naive(ts_ns, sizes[i], &s);
		free(ts_ns);
	}
}
END_TEST

/* Cuts a capture at random, merges the parts from the left or the right. */
static struct gaps_summary
summary_of_parts(const int64_t *ts_ns, size_t n, uint64_t *state)
{
	enum { PARTS = 4 };
	struct gaps part[PARTS];
	struct gaps_summary s;
	struct errbuf err;
	size_t from = 0;

	for (int i = 0; i < PARTS; i++) {
		size_t to = i == PARTS - 1 ? n :
		    from + random_below(state, n - from + 1);

		gaps_init(&part[i]);
		add_all(&part[i], ts_ns + from, to - from);
		from = to;
	}
	if (random_below(state, 2) == 0)
		for (int i = 1; i < PARTS; i++)
			gaps_merge(&part[0], &part[i]);
	else
		for (int i = PARTS - 1; i > 0; i--)
			gaps_merge(&part[i - 1], &part[i]);
	for (int i = 1; i < PARTS; i++)
		ck_assert(!part[i].started);
	ck_assert_int_eq(gaps_summarize(&part[0], &s, &err), 0);
	gaps_reset(&part[0]);
	return s;
}

START_TEST(any_split_merged_is_the_whole)
{
	uint64_t state = random_seed("any_split_merged_is_the_whole");

	for (unsigned long i = random_rounds(30); i > 0; i--) {
		size_t n = 2 + (i % 10 == 0 ? MOST - 2 :
		    random_below(&state, 50));
		int64_t *ts_ns = capture(_i, n, &state);
		struct gaps_summary whole = summary_of(ts_ns, n);
		struct gaps_summary merged = summary_of_parts(ts_ns, n,
		    &state);

		ck_assert(same(&whole, &merged));
		free(ts_ns);
	}
}
END_TEST

START_TEST(empty_parts_change_nothing)
{
	static const int64_t ts_ns[] = { 5, 3, 9 };
	struct gaps_summary whole = summary_of(ts_ns, 3), merged;
	struct gaps left, middle, right;
	struct errbuf err;

	gaps_init(&left);
	gaps_init(&middle);
	gaps_init(&right);
	add_all(&middle, ts_ns, 3);
	gaps_merge(&left, &middle);
	gaps_merge(&left, &right);
	ck_assert_int_eq(gaps_summarize(&left, &merged, &err), 0);
	ck_assert(same(&whole, &merged));
	ck_assert_int_eq(left.first_ns, 5);
	ck_assert_int_eq(left.last_ns, 9);
	gaps_reset(&left);
}
END_TEST

START_TEST(summarizing_twice_gives_the_same)
{
	uint64_t state = random_seed("summarizing_twice");
	int64_t *ts_ns = capture(1, MOST, &state);
	struct gaps_summary once, twice;
	struct gaps gaps;
	struct errbuf err;

	gaps_init(&gaps);
	add_all(&gaps, ts_ns, MOST);
	ck_assert_int_eq(gaps_summarize(&gaps, &once, &err), 0);
	ck_assert_int_eq(gaps_summarize(&gaps, &twice, &err), 0);
	ck_assert(same(&once, &twice));
	gaps_reset(&gaps);
	free(ts_ns);
}
END_TEST

START_TEST(without_a_folder_to_spill_to_only_the_quantiles_are_lost)
{
	uint64_t state = random_seed("without_a_folder");
	int64_t *ts_ns = capture(1, MOST, &state);
	struct gaps_summary whole = summary_of(ts_ns, MOST), s;
	struct errbuf err = { "" };
	struct gaps gaps;

	setenv("TMPDIR", "/nonexistent", 1);
	gaps_init(&gaps);
	add_all(&gaps, ts_ns, MOST);
	ck_assert_int_eq(gaps_summarize(&gaps, &s, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/"));
	ck_assert(s.median == TABLE_NO_PS && s.p90 == TABLE_NO_PS &&
	    s.p99 == TABLE_NO_PS);
	s.median = whole.median;
	s.p90 = whole.p90;
	s.p99 = whole.p99;
	ck_assert(same(&s, &whole));
	gaps_reset(&gaps);
	free(ts_ns);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("gaps");
	TCase *tc = tcase_create("gaps");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, fewer_than_two_packets_have_no_gap);
	tcase_add_test(tc, one_gap_is_its_own_quantile);
	tcase_add_test(tc, four_gaps_give_numpys_numbers);
	tcase_add_test(tc, steps_back_in_time_are_negative_gaps);
	tcase_add_test(tc, the_longest_gaps_do_not_overflow);
	tcase_add_loop_test(tc, every_kind_of_capture_agrees_with_sorting, 0,
	    KINDS);
	tcase_add_loop_test(tc, any_split_merged_is_the_whole, 0, KINDS);
	tcase_add_test(tc, empty_parts_change_nothing);
	tcase_add_test(tc, summarizing_twice_gives_the_same);
	tcase_add_test(tc,
	    without_a_folder_to_spill_to_only_the_quantiles_are_lost);
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
