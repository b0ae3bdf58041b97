/*
 * The isolation forest: average paths known from the paper's formula, a tree by
 * hand, identities of the score, what order and seed change, and that it finds
 * what is planted.
 */
#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/anomaly_reasons.h"
#include "analyzer/stats/decay.h"
#include "analyzer/stats/forest.h"
#include "analyzer/stats/row_sample.h"
#include "base/fixed_log.h"
#include "base/random.h"

enum { ROWS = 2000, WIDTH = 3, SEED = 7 };

static struct forest *
grow(const struct forest_shape *shape, const uint32_t *rows, size_t n)
{
	struct errbuf err;
	struct forest *f = forest_new(shape, rows, n, &err);

	ck_assert_ptr_nonnull(f);
	return f;
}

static uint32_t
score_one(const struct forest *f, const uint32_t *row)
{
	uint32_t score;

	forest_score(f, row, 1, &score);
	return score;
}

/* 2 H(n - 1) - 2 (n - 1) / n, made by another program with fractions. */
START_TEST(mean_paths_are_those_of_the_formula)
{
	static const struct { unsigned n; double c; } known[] = {
		{ 0, 0 }, { 1, 0 }, { 2, 1 }, { 3, 5.0 / 3 }, { 4, 13.0 / 6 },
		{ 5, 77.0 / 30 }, { 10, 4861.0 / 1260 },
		{ 256, 10.24868992563456 }, { 65536, 21.335156366471573 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		double c = (double)forest_mean_path(known[i].n) / 4294967296.0;

		ck_assert_msg(fabs(c - known[i].c) < 1e-9, "c(%u) is %.9f",
		    known[i].n, c);
	}
}
END_TEST

/* One cut sets 10 apart from the others, which nothing tells apart: 1 and
 * 1 + c(2) = 2 steps, and c(3) = 5/3. */
START_TEST(three_rows_have_the_scores_of_a_tree_by_hand)
{
	static const uint32_t rows[] = { 0, 0, 10 };
	const struct forest_shape shape = { SEED, 50, 256, 1 };
	struct forest *f = grow(&shape, rows, 3);
	uint32_t scores[3];

	forest_score(f, rows, 3, scores);
	ck_assert_uint_eq(forest_sample(f), 3);
	ck_assert_uint_eq(scores[0], 435275282);	/* 2^-1.2 */
	ck_assert_uint_eq(scores[1], 435275282);
	ck_assert_uint_eq(scores[2], 659753955);	/* 2^-0.6 */
	forest_free(f);
}
END_TEST

/* Is it the score of a leaf in a tree of one's own, `sample` rows being in it?
 * Below the last cut allowed, the third of 8 rows, there may be several. */
static bool
is_score_of_leaf(uint32_t score, unsigned cuts, unsigned rows, unsigned sample)
{
	double path = cuts + (double)forest_mean_path(rows) / 0x1p32;
	double wanted = FOREST_ONE * exp2(-path /
	    ((double)forest_mean_path(sample) / 0x1p32));

	return fabs(score - wanted) < 1;
}

START_TEST(there_are_no_more_cuts_than_the_logarithm_of_the_sample)
{
	static const uint32_t rows[8] = { 1, 2, 4, 8, 16, 32, 64, 128 };
	unsigned crowds = 0;

	for (uint64_t seed = 0; seed < 100; seed++) {
		const struct forest_shape shape = { seed, 1, 8, 1 };
		struct forest *f = grow(&shape, rows, 8);

		for (int i = 0; i < 8; i++) {
			uint32_t score = score_one(f, &rows[i]);
			bool is_leaf = is_score_of_leaf(score, 1, 1, 8) ||
			    is_score_of_leaf(score, 2, 1, 8);

			for (unsigned n = 1; n <= 5; n++)
				is_leaf |= is_score_of_leaf(score, 3, n, 8);
			crowds += is_score_of_leaf(score, 3, 3, 8);
			ck_assert_msg(is_leaf, "seed %u: %u", (unsigned)seed,
			    score);
		}
		forest_free(f);
	}
	ck_assert_uint_gt(crowds, 0);
}
END_TEST

/* E(h) is c(sample) where no cut is possible, and where the only one is made. */
START_TEST(rows_that_are_alike_or_two_have_a_score_of_one_half)
{
	static const uint32_t alike[5] = { 9, 9, 9, 9, 9 }, two[] = { 1, 2 };
	const struct forest_shape shape = { SEED, 3, 4, 1 };
	struct forest *f = grow(&shape, alike, 5);

	ck_assert_uint_eq(score_one(f, alike), FOREST_ONE / 2);
	forest_free(f);
	f = grow(&shape, two, 2);
	ck_assert_uint_eq(score_one(f, two), FOREST_ONE / 2);
	ck_assert_uint_eq(score_one(f, two + 1), FOREST_ONE / 2);
	forest_free(f);
}
END_TEST

START_TEST(fewer_than_two_rows_have_no_score)
{
	const struct forest_shape shape = { SEED, 3, 4, 1 };
	uint32_t row = 1;

	for (size_t n = 0; n < 2; n++) {
		uint64_t credit[FOREST_FEATURES_MAX];
		struct forest *f = grow(&shape, &row, n);

		ck_assert_uint_eq(score_one(f, &row), FOREST_NO_SCORE);
		forest_credit(f, &row, credit);
		ck_assert_uint_eq(credit[0], 0);
		forest_free(f);
	}
}
END_TEST

/* The whole range of a number can be cut. */
START_TEST(the_ends_of_the_range_are_told_apart)
{
	static const uint32_t rows[] = { 0, UINT32_MAX, UINT32_MAX - 1 };
	const struct forest_shape shape = { SEED, 200, 3, 1 };
	struct forest *f = grow(&shape, rows, 3);
	uint32_t scores[3];

	forest_score(f, rows, 3, scores);
	ck_assert_uint_eq(scores[0], 659753955);
	ck_assert_uint_eq(scores[1], 435275282);
	forest_free(f);
}
END_TEST

/* Most numbers are near 1000; rows 0, 200, 400 ... stand out in number 1. */
static void
plant(uint32_t *rows, struct random *random)
{
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t k = 0; k < WIDTH; k++)
			rows[i * WIDTH + k] =
			    900 + (uint32_t)random_below(random, 200);
		if (i % 200 == 0)
			rows[i * WIDTH + 1] = 5000 + (uint32_t)i;
	}
}

START_TEST(what_is_planted_is_found_and_why)
{
	static uint32_t rows[ROWS * WIDTH], scores[ROWS];
	const struct forest_shape shape = { SEED, 100, 256, WIDTH };
	uint32_t least = UINT32_MAX, most = 0;
	struct random random;
	struct forest *f;

	random_init(&random, SEED, "planted", 0);
	plant(rows, &random);
	f = grow(&shape, rows, ROWS);
	forest_score(f, rows, ROWS, scores);
	for (size_t i = 0; i < ROWS; i++) {
		uint64_t credit[FOREST_FEATURES_MAX];

		if (i % 200 != 0) {
			most = scores[i] > most ? scores[i] : most;
			continue;
		}
		least = scores[i] < least ? scores[i] : least;
		forest_credit(f, rows + i * WIDTH, credit);
		ck_assert_uint_gt(credit[1], credit[0]);
		ck_assert_uint_gt(credit[1], credit[2]);
	}
	ck_assert_uint_gt(least, most);
	forest_free(f);
}
END_TEST

static void
check_reasons(unsigned width, const char *names, const uint32_t *rows,
    size_t n, const uint32_t *row, const char *want)
{
	const struct forest_shape shape = { SEED, 100, 256, width };
	struct forest *f = grow(&shape, rows, n);
	struct errbuf err;
	struct anomaly_reasons *r = anomaly_reasons_new(f, names, rows, n,
	    width, &err);

	ck_assert_ptr_nonnull(r);
	ck_assert_str_eq(anomaly_reasons_text(r, row), want);
	anomaly_reasons_free(r);
	forest_free(f);
}

/* Of 100 values from 1 to 100 a tenth has 90 below it, and one less is none. */
START_TEST(reasons_are_at_an_end_of_the_sample_and_not_0)
{
	uint32_t rows[100], value;

	for (uint32_t i = 0; i < 100; i++)
		rows[i] = i + 1;
	value = 91;
	check_reasons(1, "a", rows, 100, &value,
	    "a 91, above 90.0 % of the sample");
	value = 90;
	check_reasons(1, "a", rows, 100, &value, "few rows are near: a 90");
	value = 10;
	check_reasons(1, "a", rows, 100, &value,
	    "a 10, below 90.0 % of the sample");
	value = 11;
	check_reasons(1, "a", rows, 100, &value, "few rows are near: a 11");
	value = 0;
	check_reasons(1, "a", rows, 100, &value, "few rows are near: a 0");
}
END_TEST

/* Both values are common, but in one row only together. */
START_TEST(where_none_is_at_an_end_the_combination_is_told)
{
	uint32_t rows[200];
	const uint32_t row[2] = { 0, 7 };

	for (size_t i = 0; i < 100; i++)
		rows[2 * i] = rows[2 * i + 1] = i % 2 == 0 ? 0 : 7;
	check_reasons(2, "a,b", rows, 100, row,
	    "an unusual combination: a 0, b 7");
}
END_TEST

/* In blocks and one by one; by another seed otherwise. */
START_TEST(a_score_is_of_its_row_and_the_seed_alone)
{
	static uint32_t rows[ROWS * WIDTH], scores[ROWS];
	struct forest_shape shape = { SEED, 20, 256, WIDTH };
	size_t differ = 0;
	struct random random;
	struct forest *f, *other;

	random_init(&random, SEED, "planted", 1);
	plant(rows, &random);
	f = grow(&shape, rows, ROWS);
	shape.seed++;
	other = grow(&shape, rows, ROWS);
	forest_score(f, rows, ROWS, scores);
	for (size_t i = 0; i < ROWS; i++) {
		ck_assert_uint_eq(scores[i], score_one(f, rows + i * WIDTH));
		differ += scores[i] != score_one(other, rows + i * WIDTH);
	}
	ck_assert_uint_gt(differ, ROWS / 2);
	forest_free(f);
	forest_free(other);
}
END_TEST

/* The first rows are alike: trees that had them alone would cut nothing. */
START_TEST(a_tree_is_grown_from_any_of_the_rows)
{
	static uint32_t rows[ROWS];
	const struct forest_shape shape = { SEED, 50, 64, 1 };
	struct forest *f;

	for (uint32_t i = ROWS - 100; i < ROWS; i++)
		rows[i] = i;
	f = grow(&shape, rows, ROWS);
	ck_assert_uint_lt(score_one(f, rows), FOREST_ONE / 2);
	ck_assert_uint_gt(score_one(f, rows + ROWS - 1), FOREST_ONE / 2);
	forest_free(f);
}
END_TEST

/* Adds rows from..to in steps that visit all; many have the same hash. */
static void
add_rows(struct row_sample *s, const uint32_t *rows, size_t from, size_t to,
    size_t step)
{
	struct errbuf err;

	for (size_t i = 0; i < to - from; i++) {
		size_t k = from + i * step % (to - from);

		ck_assert_int_eq(row_sample_add(s,
		    rows[k * WIDTH] * UINT64_C(0x9e3779b97f4a7c15),
		    rows + k * WIDTH, &err), 0);
	}
}

START_TEST(a_sample_is_the_same_in_any_order_and_split)
{
	static uint32_t rows[ROWS * WIDTH];
	struct errbuf err;
	struct row_sample *a = row_sample_new(150, WIDTH, &err);
	struct row_sample *b = row_sample_new(150, WIDTH, &err);
	struct row_sample *c = row_sample_new(150, WIDTH, &err);
	const uint32_t *of_a, *of_b;
	struct random random;
	size_t n, m;

	random_init(&random, SEED, "planted", 2);
	plant(rows, &random);
	add_rows(a, rows, 0, ROWS, 1);
	add_rows(b, rows, 700, ROWS, 7);
	add_rows(c, rows, 0, 700, 699);
	ck_assert_int_eq(row_sample_merge(b, c, &err), 0);
	of_a = row_sample_rows(a, &n, &err);
	of_b = row_sample_rows(b, &m, &err);
	ck_assert_uint_eq(n, 150);
	ck_assert_uint_eq(m, 150);
	ck_assert_mem_eq(of_a, of_b, n * WIDTH * sizeof(*of_a));
	row_sample_free(a);
	row_sample_free(b);
	row_sample_free(c);
}
END_TEST

/* Where hashes are the same, the smaller numbers are in, whenever they come. */
START_TEST(rows_of_one_hash_are_told_apart_by_their_numbers)
{
	struct errbuf err;
	struct row_sample *s = row_sample_new(4, 1, &err);
	const uint32_t *rows;
	size_t n;

	for (uint32_t i = 100; i > 0; i--)
		ck_assert_int_eq(row_sample_add(s, 77, &i, &err), 0);
	rows = row_sample_rows(s, &n, &err);
	ck_assert_uint_eq(n, 4);
	for (uint32_t i = 0; i < 4; i++)
		ck_assert_uint_eq(rows[i], i + 1);
	row_sample_free(s);
}
END_TEST

START_TEST(a_count_halves_in_its_time)
{
	struct errbuf err;
	struct decay *d = decay_new(1000, &err);

	for (int i = 0; i < 1000; i++)
		decay_add(d, 5, 100, 1);
	ck_assert_uint_eq(decay_add(d, 6, 100, 1), 1);
	ck_assert_uint_eq(decay_add(d, 5, 100, 0), 1000);
	ck_assert_uint_eq(decay_add(d, 5, 50, 0), 1000);
	ck_assert_uint_eq(decay_add(d, 5, 600, 0), 707);	/* 2^-0.5 */
	ck_assert_uint_eq(decay_add(d, 5, 1100, 0), 499);
	ck_assert_uint_eq(decay_add(d, 5, 3100, 0), 124);
	ck_assert_uint_eq(decay_add(d, 5, 3100, -200), 0);
	ck_assert_uint_eq(decay_add(d, 5, INT64_MAX, 1), 1);
	decay_free(d);
}
END_TEST

/* More keys than there is room for: the one that is used goes on. */
START_TEST(the_counts_that_are_forgotten_are_old_ones)
{
	struct errbuf err;
	struct decay *d = decay_new(1000, &err);

	for (uint64_t i = 0; i < 4 * DECAY_KEYS; i++) {
		ck_assert_uint_eq(decay_add(d, i + 1, 0, 1), 1);
		ck_assert_uint_eq(decay_add(d, UINT64_MAX, 0, 1), i + 1);
	}
	ck_assert_uint_eq(decay_add(d, 1, 0, 1), 1);
	decay_free(d);
}
END_TEST

/* log2 of 3 is 1.58496..., 2^0.5 and 2^0.75 by hand. */
START_TEST(logarithms_and_powers_are_those_of_a_table)
{
	const uint64_t one = UINT64_C(1) << FIXED_LOG_BITS;

	ck_assert_uint_eq(fixed_log2(1), 0);
	ck_assert_uint_eq(fixed_log2(1024), 10 * one);
	ck_assert_double_eq_tol((double)fixed_log2(3) / (double)one,
	    1.584962500721156, 1e-13);
	ck_assert_uint_eq(fixed_power(0), UINT64_C(1) << 63);
	ck_assert_double_eq_tol((double)fixed_power(one / 2) / 0x1p63,
	    1.4142135623730951, 1e-15);
	ck_assert_double_eq_tol((double)fixed_power(one / 4 * 3) / 0x1p63,
	    1.681792830507429, 1e-15);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("forest");
	TCase *tc = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, mean_paths_are_those_of_the_formula);
	tcase_add_test(tc, three_rows_have_the_scores_of_a_tree_by_hand);
	tcase_add_test(tc,
	    there_are_no_more_cuts_than_the_logarithm_of_the_sample);
	tcase_add_test(tc, rows_that_are_alike_or_two_have_a_score_of_one_half);
	tcase_add_test(tc, fewer_than_two_rows_have_no_score);
	tcase_add_test(tc, the_ends_of_the_range_are_told_apart);
	tcase_add_test(tc, what_is_planted_is_found_and_why);
	tcase_add_test(tc, reasons_are_at_an_end_of_the_sample_and_not_0);
	tcase_add_test(tc,
	    where_none_is_at_an_end_the_combination_is_told);
	tcase_add_test(tc, a_score_is_of_its_row_and_the_seed_alone);
	tcase_add_test(tc, a_sample_is_the_same_in_any_order_and_split);
	tcase_add_test(tc, a_tree_is_grown_from_any_of_the_rows);
	tcase_add_test(tc, rows_of_one_hash_are_told_apart_by_their_numbers);
	tcase_add_test(tc, a_count_halves_in_its_time);
	tcase_add_test(tc, the_counts_that_are_forgotten_are_old_ones);
	tcase_add_test(tc, logarithms_and_powers_are_those_of_a_table);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
