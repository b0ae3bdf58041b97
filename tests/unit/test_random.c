/*
 * Random numbers: published values, no bias, streams that have nothing to do
 * with each other.
 */
#include <check.h>
#include <stdbool.h>

#include "base/random.h"

/* Of the authors' xoshiro256starstar.c, begun with the state 1, 2, 3, 4, as
 * other implementations pin them, too. */
START_TEST(numbers_are_those_of_the_authors)
{
	static const uint64_t expected[] = {
		11520, 0, 1509978240, 1215971899390074240,
		1216172134540287360, 607988272756665600,
		UINT64_C(16172922978634559625), 8476171486693032832,
		UINT64_C(10595114339597558777), 2904607092377533576,
	};
	struct random r = { .state = { 1, 2, 3, 4 } };

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		ck_assert_uint_eq(random_next(&r), expected[i]);
}
END_TEST

/* Made by a program of another language, from the papers. */
START_TEST(a_stream_is_named_by_seed_purpose_and_number)
{
	struct random r;

	random_init(&r, 1, "link up", 0);
	ck_assert_uint_eq(r.state[0], 0xd5138fee1be2d1e0);
	ck_assert_uint_eq(r.state[1], 0x466df4a7232ed5d2);
	ck_assert_uint_eq(r.state[2], 0x2ccf15e04330a18a);
	ck_assert_uint_eq(r.state[3], 0xd28fcdc9989b7961);
	ck_assert_uint_eq(random_next(&r), UINT64_C(12249985151681623728));
	ck_assert_uint_eq(random_next(&r), 1745678555566616407);
}
END_TEST

/* How many of 64 * `draws` bits two streams have in common. */
static unsigned
bits_in_common(struct random a, struct random b, unsigned draws)
{
	unsigned common = 0;

	for (unsigned i = 0; i < draws; i++)
		common += (unsigned)__builtin_popcountll(
		    ~(random_next(&a) ^ random_next(&b)));
	return common;
}

/* Half of 64000 bits, with a standard deviation of 126: six of them. */
START_TEST(near_names_give_streams_that_have_nothing_in_common)
{
	static const struct {
		uint64_t seed;
		const char *purpose;
		uint64_t number;
	} names[] = {
		{ 0, "", 0 }, { 1, "", 0 }, { 0, "", 1 }, { 0, "a", 0 },
		{ 0, "b", 0 }, { 0, "aa", 0 }, { 1, "a", 1 }, { 2, "a", 1 },
		{ UINT64_MAX, "a", UINT64_MAX },
	};
	const size_t n = sizeof(names) / sizeof(names[0]);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++) {
			struct random a, b;
			unsigned common;

			random_init(&a, names[i].seed, names[i].purpose,
			    names[i].number);
			random_init(&b, names[j].seed, names[j].purpose,
			    names[j].number);
			common = bits_in_common(a, b, 1000);
			ck_assert_msg(common > 31240 && common < 32760,
			    "%zu and %zu: %u bits", i, j, common);
		}
}
END_TEST

/* With 3 * 2^62 as the bound, taking the high word without drawing again would
 * give multiples of 3 half of the time, not a third. */
START_TEST(no_number_below_a_bound_is_favoured)
{
	const uint64_t bound = UINT64_C(3) << 62;
	const unsigned draws = 100000;
	unsigned count[3] = { 0 };
	struct random r;

	random_init(&r, 1, "test", 0);
	for (unsigned i = 0; i < draws; i++) {
		uint64_t value = random_below(&r, bound);

		ck_assert_uint_lt(value, bound);
		count[value % 3]++;
	}
	/* Standard deviation 149. */
	for (unsigned i = 0; i < 3; i++)
		ck_assert_msg(count[i] > 32433 && count[i] < 34233,
		    "%u: %u of %u", i, count[i], draws);
}
END_TEST

/* Chi-square with 9 degrees of freedom: above 27.9 in one of 1000 runs. */
START_TEST(small_numbers_come_equally_often)
{
	const unsigned draws = 1000000, each = draws / 10;
	unsigned count[10] = { 0 };
	uint64_t squares = 0;
	struct random r;

	random_init(&r, 1, "test", 1);
	for (unsigned i = 0; i < draws; i++)
		count[random_below(&r, 10)]++;
	for (unsigned i = 0; i < 10; i++) {
		int64_t off = (int64_t)count[i] - each;

		squares += (uint64_t)(off * off);
	}
	ck_assert_uint_lt(squares * 10, UINT64_C(279) * each);
}
END_TEST

START_TEST(the_ends_of_the_range_are_met)
{
	bool low = false, high = false;
	struct random r;

	random_init(&r, 1, "test", 2);
	ck_assert_uint_eq(random_below(&r, 1), 0);
	for (unsigned i = 0; i < 1000; i++) {
		uint64_t value = random_below(&r, 7);

		low = low || value == 0;
		high = high || value == 6;
	}
	ck_assert(low && high);
}
END_TEST

START_TEST(bytes_are_the_numbers_least_byte_first)
{
	uint8_t bytes[20] = { 0 };
	struct random a, b;
	uint64_t number = 0;

	random_init(&a, 5, "bytes", 0);
	b = a;
	random_fill(&a, bytes, 19);
	for (size_t i = 0; i < 19; i++) {
		if (i % 8 == 0)
			number = random_next(&b);
		ck_assert_uint_eq(bytes[i],
		    (uint8_t)(number >> 8 * (i % 8)));
	}
	ck_assert_uint_eq(bytes[19], 0);
	/* What was left of a number is not used later. */
	ck_assert_mem_eq(&a, &b, sizeof(a));
	random_fill(&a, bytes, 0);
	ck_assert_mem_eq(&a, &b, sizeof(a));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("random");
	TCase *tc = tcase_create("random");

	tcase_add_test(tc, numbers_are_those_of_the_authors);
	tcase_add_test(tc, a_stream_is_named_by_seed_purpose_and_number);
	tcase_add_test(tc,
	    near_names_give_streams_that_have_nothing_in_common);
	tcase_add_test(tc, no_number_below_a_bound_is_favoured);
	tcase_add_test(tc, small_numbers_come_equally_often);
	tcase_add_test(tc, the_ends_of_the_range_are_met);
	tcase_add_test(tc, bytes_are_the_numbers_least_byte_first);
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
