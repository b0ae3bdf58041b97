#include "analyzer/stats/wide.h"

#include <check.h>
#include <stdlib.h>

#include "tests/unit/stats_random.h"

static uint128
pair(uint64_t high, uint64_t low)
{
	return (uint128)high << 64 | low;
}

START_TEST(products_carry_through_all_limbs)
{
	/* (2^256 - 1)^2 = 2^512 - 2^257 + 1 */
	const struct wide ones = { { UINT64_MAX, UINT64_MAX, UINT64_MAX,
	    UINT64_MAX } };
	const struct wide expected = { { 1, 0, 0, 0, UINT64_MAX - 1,
	    UINT64_MAX, UINT64_MAX, UINT64_MAX } };
	struct wide product = wide_multiply(&ones, &ones);

	ck_assert_int_eq(wide_compare(&product, &expected), 0);
}
END_TEST

START_TEST(differences_borrow_through_all_limbs)
{
	const struct wide top = { { 0, 0, 0, 0, 0, 0, 0, 1 } };
	const struct wide one = wide_from(1);
	struct wide d = wide_subtract(&top, &one);

	for (int i = 0; i < WIDE_LIMBS - 1; i++)
		ck_assert_uint_eq(d.limb[i], UINT64_MAX);
	ck_assert_uint_eq(d.limb[WIDE_LIMBS - 1], 0);
}
END_TEST

START_TEST(the_highest_limb_decides_a_comparison)
{
	const struct wide a = { { 1, 0, 0, 0, 0, 0, 0, 2 } };
	const struct wide b = { { 2, 9, 9, 9, 9, 9, 9, 1 } };

	ck_assert_int_gt(wide_compare(&a, &b), 0);
	ck_assert_int_lt(wide_compare(&b, &a), 0);
	ck_assert_int_eq(wide_compare(&a, &a), 0);
}
END_TEST

START_TEST(multiplying_distributes_over_subtracting)
{
	uint64_t state = random_seed("multiplying_distributes");

	for (unsigned long i = random_rounds(10000); i > 0; i--) {
		struct wide a = wide_from(pair(random_next(&state),
		    random_next(&state)));
		struct wide b = wide_from(random_any_width(&state));
		struct wide c = wide_from(pair(random_any_width(&state),
		    random_next(&state)));
		struct wide less = wide_subtract(&a, &b);
		struct wide ac = wide_multiply(&a, &c);
		struct wide bc = wide_multiply(&b, &c);
		struct wide one = wide_multiply(&less, &c);
		struct wide other = wide_subtract(&ac, &bc);

		if (wide_compare(&a, &b) >= 0)
			ck_assert_int_eq(wide_compare(&one, &other), 0);
	}
}
END_TEST

START_TEST(a_quotient_times_its_divisor_is_what_was_divided)
{
	uint64_t state = random_seed("a_quotient_times_its_divisor");

	for (unsigned long i = random_rounds(1000); i > 0; i--) {
		uint128 d = pair(random_any_width(&state) >> 1,
		    random_next(&state) | 1);
		uint128 q = pair(random_any_width(&state) >> 2,
		    random_any_width(&state));
		struct wide wd = wide_from(d), wq = wide_from(q);
		struct wide half = wide_from(d / 2), n;

		wq = wide_multiply(&wd, &wq);
		ck_assert(wide_divide(&wq, d) == q);
		/* d is odd: half of it is not reached by d / 2. */
		n = wide_subtract(&wq, &half);
		if (q > 0)
			ck_assert(wide_divide(&n, d) == q);
	}
}
END_TEST

START_TEST(half_quotients_go_to_the_even_one)
{
	const struct wide three = wide_from(3), five = wide_from(5);
	/* (2^129 + 2^64) / 2^65 = 2^64 + 1/2, and one more for the odd */
	const struct wide even = { { 0, 1, 2 } }, odd = { { 0, 3, 2 } };

	ck_assert(wide_divide(&three, 2) == 2);
	ck_assert(wide_divide(&five, 2) == 2);
	ck_assert(wide_divide(&even, pair(2, 0)) == pair(1, 0));
	ck_assert(wide_divide(&odd, pair(2, 0)) == pair(1, 2));
}
END_TEST

START_TEST(small_roots_are_known)
{
	static const struct {
		unsigned n, d, root;
	} row[] = {
		{ 0, 1, 0 }, { 1, 1, 1 }, { 2, 1, 1 }, { 3, 1, 2 },
		{ 1, 4, 0 },		/* 0.5 */
		{ 9, 4, 2 },		/* 1.5 */
		{ 25, 4, 2 },		/* 2.5 */
		{ 49, 4, 4 },		/* 3.5 */
		{ 10000, 1, 100 }, { 10100, 1, 100 }, { 10101, 1, 101 },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct wide n = wide_from(row[i].n);
		struct wide d = wide_from(row[i].d);

		ck_assert(wide_root(&n, &d) == row[i].root);
	}
}
END_TEST

START_TEST(large_roots_are_those_of_pythons_integers)
{
	static const struct {
		struct wide n, d;
		uint64_t high, low;
	} row[] = {
		{ { { 0xf2a74de452e6b438, 0x6513270e269e0d37,
		      0x0c5c7fd0a6a3a450, 0xd23f0824128b2f33,
		      0x1818e811892f902b, 0x376 } },
		  { { 0x0ed904759531985d, 0x2079d3bde8e25d94 } },
		  0x5393593a16, 0xbe6dce531f710e56 },
		{ { { 0x099950d836f675cc, 0x6f03675a1600a35a,
		      0x11e20b8f6b0d549b, 0x1738f7d93d9c1724,
		      0x3b2b52898d116ece } },
		  { { 0xd3ac94af0f21ddb6, 0x990c192cf } },
		  0x27cb34e2a174, 0xc330f4f4a8a3ceda },
		{ { { 0x39263059f28c105d, 0xa09f76b5a170b338,
		      0xf29d0da9953f48f1, 0x93bd04cf0fd630f1,
		      0x658cda1495e60af5, 0xf9ebdacc0cb1e29c,
		      0x0becd7b03898d190, 0x0006de248e81973e } },
		  { { 0x4a23d5962217bead, 0x24ede6a46b4cb242,
		      0x1e27a1c08a6a63ec, 0x033be2a892276658 } },
		  0x1751012d316a1401, 0xfc8e538f4d157a05 },
		{ { { 0xdf557203301850c5 } }, { { 1 } }, 0, 0xef1c14da },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		ck_assert(wide_root(&row[i].n, &row[i].d) ==
		    pair(row[i].high, row[i].low));
}
END_TEST

/*
 * (r + 1/2)^2 = (2r + 1)^2 e / 4e lies just between two integers: one more in
 * the numerator goes up, one less goes down, and the tie goes to the even one.
 */
START_TEST(ties_go_to_the_even_root_and_their_neighbours_do_not)
{
	uint64_t state = random_seed("ties");

	for (unsigned long i = random_rounds(20000); i > 0; i--) {
		uint128 r = pair(random_any_width(&state) >> 4,
		    random_next(&state)) >> random_below(&state, 124);
		struct wide e = wide_from(1 + random_any_width(&state) / 2);
		struct wide four = wide_from(4), one = wide_from(1);
		struct wide odd = wide_from(2 * r + 1), n, d, less, more;

		d = wide_multiply(&e, &four);
		n = wide_multiply(&odd, &odd);
		n = wide_multiply(&n, &e);
		less = wide_subtract(&n, &one);
		more = n;
		if (++more.limb[0] == 0)
			continue;
		ck_assert(wide_root(&n, &d) == r + (r & 1));
		ck_assert(wide_root(&less, &d) == r);
		ck_assert(wide_root(&more, &d) == r + 1);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("wide");
	TCase *tc = tcase_create("wide");

	tcase_add_test(tc, products_carry_through_all_limbs);
	tcase_add_test(tc, differences_borrow_through_all_limbs);
	tcase_add_test(tc, the_highest_limb_decides_a_comparison);
	tcase_add_test(tc, multiplying_distributes_over_subtracting);
	tcase_add_test(tc,
	    a_quotient_times_its_divisor_is_what_was_divided);
	tcase_add_test(tc, half_quotients_go_to_the_even_one);
	tcase_add_test(tc, small_roots_are_known);
	tcase_add_test(tc, large_roots_are_those_of_pythons_integers);
	tcase_add_test(tc,
	    ties_go_to_the_even_root_and_their_neighbours_do_not);
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
