/*
 * The growing buffer.
 */
#include <check.h>
#include <string.h>

#include "base/bytes.h"
#include "tests/unit/stats_random.h"

START_TEST(a_zeroed_buffer_is_empty_and_usable)
{
	struct bytes b = { NULL, 0, 0 };

	ck_assert_int_eq(bytes_append(&b, NULL, 0), 0);
	ck_assert_ptr_null(b.data);
	ck_assert_int_eq(bytes_append(&b, "abc", 3), 0);
	ck_assert_uint_eq(b.len, 3);
	ck_assert_mem_eq(b.data, "abc", 3);
	bytes_reset(&b);
	ck_assert_ptr_null(b.data);
	ck_assert_uint_eq(b.len, 0);
	ck_assert_uint_eq(b.room, 0);
	bytes_reset(&b);
}
END_TEST

START_TEST(reserving_no_bytes_gives_a_place_all_the_same)
{
	struct bytes b;

	bytes_init(&b);
	ck_assert_ptr_nonnull(bytes_reserve(&b, 0));
	ck_assert_uint_eq(b.len, 0);
	bytes_reset(&b);
}
END_TEST

START_TEST(reserved_bytes_count_when_the_caller_says_so)
{
	struct bytes b;
	uint8_t *at;

	bytes_init(&b);
	ck_assert_int_eq(bytes_append(&b, "x", 1), 0);
	at = bytes_reserve(&b, 10000);
	ck_assert_ptr_eq(at, b.data + 1);
	ck_assert_uint_ge(b.room - b.len, 10000);
	memset(at, 'y', 10000);
	ck_assert_uint_eq(b.len, 1);
	b.len += 10000;
	ck_assert_int_eq(b.data[0], 'x');
	ck_assert_int_eq(b.data[10000], 'y');
	bytes_reset(&b);
}
END_TEST

START_TEST(sizes_that_overflow_are_refused_and_change_nothing)
{
	struct bytes b;

	bytes_init(&b);
	ck_assert_int_eq(bytes_append(&b, "abc", 3), 0);
	ck_assert_ptr_null(bytes_reserve(&b, SIZE_MAX));
	ck_assert_ptr_null(bytes_reserve(&b, SIZE_MAX - 3));
	ck_assert_int_eq(bytes_append(&b, "x", SIZE_MAX - 2), -1);
	ck_assert_uint_eq(b.len, 3);
	ck_assert_mem_eq(b.data, "abc", 3);
	bytes_reset(&b);
}
END_TEST

START_TEST(many_random_pieces_are_one_text)
{
	uint64_t state = random_seed(__func__);
	unsigned long rounds = random_rounds(2000);
	struct bytes b;
	size_t total = 0;

	bytes_init(&b);
	for (unsigned long n = 0; n < rounds; n++) {
		uint8_t piece[300];
		size_t len = random_below(&state, sizeof(piece));

		for (size_t i = 0; i < len; i++)
			piece[i] = (uint8_t)(total + i);
		ck_assert_int_eq(bytes_append(&b, piece, len), 0);
		total += len;
	}
	ck_assert_uint_eq(b.len, total);
	ck_assert_uint_le(b.room, 2 * total + 300);
	for (size_t i = 0; i < total; i++)
		if (b.data[i] != (uint8_t)i)
			ck_abort_msg("byte %zu is %d", i, b.data[i]);
	bytes_reset(&b);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("bytes");
	TCase *tc = tcase_create("bytes");

	tcase_add_test(tc, a_zeroed_buffer_is_empty_and_usable);
	tcase_add_test(tc, reserving_no_bytes_gives_a_place_all_the_same);
	tcase_add_test(tc, reserved_bytes_count_when_the_caller_says_so);
	tcase_add_test(tc, sizes_that_overflow_are_refused_and_change_nothing);
	tcase_add_test(tc, many_random_pieces_are_one_text);
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
