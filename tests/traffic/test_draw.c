/*
 * Amounts: exact values, made by another program from the formulas with 80
 * digits, and distributions held against their quantiles.
 */
#include <check.h>
#include <inttypes.h>

#include "traffic/synth/net/draw.h"

enum { DRAWS = 400000, BILLION = 1000000000 };

static const struct amount exponential = {
	AMOUNT_EXPONENTIAL, .a = BILLION, .max = INT64_MAX,
};
static const struct amount pareto = {
	AMOUNT_PARETO, .a = 1000000, .shape_milli = 1200, .max = INT64_MAX,
};
/* Large enough to show the last bits of what is computed. */
static const struct amount huge = {
	AMOUNT_PARETO, .a = 1000000000000000000, .shape_milli = 7000,
	.max = INT64_MAX,
};
static const struct amount uniform = {
	AMOUNT_UNIFORM, .a = 10, .b = 25, .max = INT64_MAX,
};

/* Of the streams 0 to 3 with the seed 1; the last are less than 2^-32 of them
 * below the formula, by the bits of its fraction that are left out. */
static const struct {
	const struct amount *amount;
	int64_t values[8];
} known[] = {
	{ &exponential, { 372256069, 218536031, 191877001, 205557146,
	    3539019631, 587875701, 411157247, 173852411 } },
	{ &pareto, { 1032859, 1332195, 1363834, 1126061, 7529099, 2244086,
	    2454135, 1839633 } },
	{ &uniform, { 25, 16, 10, 25, 21, 10, 19, 24 } },
	{ &huge, { 1056278457915930933, 1361003388114252222,
	    1102376382840462855, 1124068081826807269, 1385742822040248265,
	    1160208704520446453, 1010517113326862159, 1168492519107785429 } },
};

START_TEST(every_machine_draws_the_same)
{
	struct random r;

	random_init(&r, 1, "draw", (uint64_t)_i);
	for (size_t i = 0; i < 8; i++)
		ck_assert_int_eq(amount_draw(known[_i].amount, &r),
		    known[_i].values[i]);
}
END_TEST

/* What share of the draws lies below a value. */
static const struct {
	const struct amount *amount;
	int64_t value;
	unsigned per_million;
} quantiles[] = {
	{ &exponential, 105360516, 100000 },	/* -ln 0.9 */
	{ &exponential, 693147181, 500000 },	/* ln 2 */
	{ &exponential, 2302585093, 900000 },
	{ &exponential, 6907755279, 999000 },
	{ &pareto, 1091752, 100000 },		/* 0.9^(-1/1.2) */
	{ &pareto, 1781797, 500000 },
	{ &pareto, 6812921, 900000 },
	{ &pareto, 46415888, 990000 },
	{ &pareto, 316227766, 999000 },
	{ &uniform, 10, 0 },
	{ &uniform, 18, 500000 },
	{ &uniform, 25, 937500 },
	{ &uniform, 26, 1000000 },
};

START_TEST(quantiles_are_those_of_the_distribution)
{
	uint64_t below = 0, share = quantiles[_i].per_million;
	/* Five standard deviations of 400000 draws are at most 0.4 %. */
	uint64_t most = share == 0 || share == 1000000 ? 0 : 4000;
	struct random r;

	random_init(&r, 2, "draw", (uint64_t)_i);
	for (unsigned i = 0; i < DRAWS; i++)
		below += amount_draw(quantiles[_i].amount, &r) <
		    quantiles[_i].value;
	below = below * 1000000 / DRAWS;
	ck_assert_msg(below + most >= share && below <= share + most,
	    "%" PRIu64 " of a million, not %" PRIu64, below, share);
}
END_TEST

START_TEST(means_are_those_of_the_distribution)
{
	/* 2.5 (shape / (shape - 1)) has a finite variance: 5 sigma 0.6 %. */
	static const struct amount thin = {
		AMOUNT_PARETO, .a = BILLION, .shape_milli = 2500,
		.max = INT64_MAX,
	};
	static const struct {
		const struct amount *amount;
		int64_t mean, most;
	} means[] = {
		{ &exponential, BILLION, 8000000 },
		{ &thin, 1666666667, 12000000 },
		{ &uniform, 17, 1 },		/* 17.5 */
	};

	for (size_t i = 0; i < sizeof(means) / sizeof(means[0]); i++) {
		int64_t sum = 0, mean;
		struct random r;

		random_init(&r, 3, "draw", i);
		for (unsigned k = 0; k < DRAWS; k++)
			sum += amount_draw(means[i].amount, &r);
		mean = sum / DRAWS;
		ck_assert_msg(mean >= means[i].mean - means[i].most &&
		    mean <= means[i].mean + means[i].most,
		    "%zu: %" PRId64, i, mean);
	}
}
END_TEST

START_TEST(a_constant_is_exact_and_draws_nothing)
{
	const struct amount five = { .a = 5, .max = INT64_MAX };
	const struct amount cut = { .a = 5, .max = 3 };
	const struct amount negative = { .a = -5, .max = INT64_MAX };
	struct random r, before;

	random_init(&r, 1, "draw", 0);
	before = r;
	ck_assert_int_eq(amount_draw(&five, &r), 5);
	ck_assert_int_eq(amount_draw(&cut, &r), 3);
	ck_assert_int_eq(amount_draw(&negative, &r), 0);
	ck_assert_mem_eq(&r, &before, sizeof(r));
}
END_TEST

/* Whatever is asked for, between 0 and the maximum, without overflow (the
 * undefined-behaviour sanitizer watches). */
START_TEST(extremes_stay_in_range)
{
	static const struct amount extremes[] = {
		{ AMOUNT_EXPONENTIAL, .a = INT64_MAX, .max = INT64_MAX },
		{ AMOUNT_EXPONENTIAL, .a = 0, .max = INT64_MAX },
		{ AMOUNT_EXPONENTIAL, .a = BILLION, .max = 7 },
		{ AMOUNT_PARETO, .a = INT64_MAX, .shape_milli = 1,
		    .max = INT64_MAX },
		{ AMOUNT_PARETO, .a = 1, .shape_milli = 1, .max = INT64_MAX },
		{ AMOUNT_PARETO, .a = 1, .shape_milli = UINT32_MAX,
		    .max = INT64_MAX },
		{ AMOUNT_PARETO, .a = 0, .shape_milli = 1, .max = INT64_MAX },
		{ AMOUNT_PARETO, .a = 5, .shape_milli = 0, .max = 1000 },
		{ AMOUNT_UNIFORM, .a = 0, .b = INT64_MAX, .max = INT64_MAX },
		{ AMOUNT_UNIFORM, .a = 9, .b = 3, .max = INT64_MAX },
	};

	for (size_t i = 0; i < sizeof(extremes) / sizeof(extremes[0]); i++) {
		struct random r;

		random_init(&r, 4, "draw", i);
		for (unsigned k = 0; k < 10000; k++) {
			int64_t value = amount_draw(&extremes[i], &r);

			ck_assert_int_ge(value, 0);
			ck_assert_int_le(value, extremes[i].max);
		}
	}
}
END_TEST

START_TEST(chances_come_true_as_often_as_they_say)
{
	static const uint32_t ppm[] = { 0, 1000, 300000, 999999, 1000000 };

	for (size_t i = 0; i < sizeof(ppm) / sizeof(ppm[0]); i++) {
		uint64_t n = 0, most = ppm[i] % 1000000 == 0 ? 0 : 2500;
		struct random r;

		random_init(&r, 5, "chance", i);
		for (unsigned k = 0; k < 1000000; k++)
			n += chance(&r, ppm[i]);
		ck_assert_uint_le(n, ppm[i] + most);
		ck_assert_uint_ge(n + most, ppm[i]);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("draw");
	TCase *tc = tcase_create("draw");

	tcase_add_loop_test(tc, every_machine_draws_the_same, 0,
	    (int)(sizeof(known) / sizeof(known[0])));
	tcase_add_loop_test(tc, quantiles_are_those_of_the_distribution, 0,
	    (int)(sizeof(quantiles) / sizeof(quantiles[0])));
	tcase_add_test(tc, means_are_those_of_the_distribution);
	tcase_add_test(tc, a_constant_is_exact_and_draws_nothing);
	tcase_add_test(tc, extremes_stay_in_range);
	tcase_add_test(tc, chances_come_true_as_often_as_they_say);
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
