/*
 * Checked products.
 */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"

START_TEST(an_array_is_zeroed)
{
	uint64_t *array = memory_array(1000, sizeof(*array));

	ck_assert_ptr_nonnull(array);
	for (int i = 0; i < 1000; i++)
		ck_assert_uint_eq(array[i], 0);
	free(array);
}
END_TEST

START_TEST(an_array_of_nothing_is_no_failure)
{
	void *array = memory_array(0, 8);

	ck_assert_ptr_nonnull(array);
	array = memory_resize(array, 0, 8);
	ck_assert_ptr_nonnull(array);
	free(array);
}
END_TEST

START_TEST(a_resized_array_keeps_its_beginning)
{
	uint64_t *array = memory_resize(NULL, 2, sizeof(*array));

	ck_assert_ptr_nonnull(array);
	array[0] = 17;
	array[1] = 4;
	array = memory_resize(array, 100000, sizeof(*array));
	ck_assert_ptr_nonnull(array);
	ck_assert_uint_eq(array[0], 17);
	ck_assert_uint_eq(array[1], 4);
	free(array);
}
END_TEST

START_TEST(a_product_that_overflows_is_refused)
{
	/* 2^63 + 4 elements of 2: 8 bytes, if the product were cut. */
	volatile size_t many = SIZE_MAX / 2 + 5;
	uint64_t *array = memory_array(1, sizeof(*array));

	ck_assert_ptr_null(memory_array(many, 2));
	ck_assert_ptr_null(memory_resize(array, many, 2));
	ck_assert_uint_eq(array[0], 0);
	free(array);
}
END_TEST

START_TEST(an_array_grows_by_doubling)
{
	size_t room = 0, moves = 0;
	uint64_t *array = NULL;

	for (size_t i = 0; i < 100000; i++) {
		size_t before = room;

		array = memory_grow(array, &room, i + 1, sizeof(*array));
		ck_assert_ptr_nonnull(array);
		ck_assert_uint_ge(room, i + 1);
		moves += room != before;
		array[i] = i;
	}
	ck_assert_uint_le(moves, 10);
	for (size_t i = 0; i < 100000; i++)
		ck_assert_uint_eq(array[i], i);
	ck_assert_ptr_null(memory_grow(array, &room, SIZE_MAX, 8));
	ck_assert_uint_ge(room, 100000);
	free(array);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("memory");
	TCase *tc = tcase_create("memory");

	tcase_add_test(tc, an_array_is_zeroed);
	tcase_add_test(tc, an_array_of_nothing_is_no_failure);
	tcase_add_test(tc, a_resized_array_keeps_its_beginning);
	tcase_add_test(tc, a_product_that_overflows_is_refused);
	tcase_add_test(tc, an_array_grows_by_doubling);
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
