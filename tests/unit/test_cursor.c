/*
 * Bounded reading.
 */
#include <check.h>

#include "base/cursor.h"

static const uint8_t data[] = { 1, 2, 3, 4, 5, 6, 7 };

START_TEST(fields_are_read_in_network_order)
{
	struct cursor c = cursor_over(data, sizeof(data), sizeof(data));

	ck_assert_uint_eq(cursor_u8(&c), 0x01);
	ck_assert_uint_eq(cursor_be16(&c), 0x0203);
	ck_assert_uint_eq(cursor_be32(&c), 0x04050607);
	ck_assert(!c.failed);
	ck_assert(!c.clipped);
	ck_assert_uint_eq(c.left, 0);
	ck_assert_ptr_eq(c.at, data + sizeof(data));
}
END_TEST

START_TEST(high_bits_do_not_spread)
{
	static const uint8_t high[] = { 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa };
	struct cursor c = cursor_over(high, sizeof(high), sizeof(high));

	ck_assert_uint_eq(cursor_be32(&c), 0xfffefdfc);
	ck_assert_uint_eq(cursor_be16(&c), 0xfbfa);
}
END_TEST

START_TEST(a_read_past_the_end_fails_for_good_and_does_not_move)
{
	struct cursor c = cursor_over(data, 3, 3);

	ck_assert_uint_eq(cursor_be32(&c), 0);
	ck_assert(c.failed);
	ck_assert_ptr_eq(c.at, data);
	/* Three bytes are left, and yet: */
	ck_assert_uint_eq(cursor_u8(&c), 0);
	ck_assert_uint_eq(cursor_be16(&c), 0);
	ck_assert_ptr_null(cursor_take(&c, 0));
	ck_assert_ptr_eq(c.at, data);
	ck_assert_uint_eq(c.left, 3);
}
END_TEST

START_TEST(every_short_unit_is_clipped)
{
	struct cursor c = cursor_over(data, (size_t)_i, sizeof(data));

	ck_assert(c.clipped);
	ck_assert_ptr_null(cursor_take(&c, sizeof(data)));
	ck_assert(c.failed && c.clipped);
}
END_TEST

START_TEST(taking_nothing_at_the_end_is_no_failure)
{
	struct cursor c = cursor_over(data, 0, 0);

	ck_assert_ptr_eq(cursor_take(&c, 0), data);
	ck_assert(!c.failed);
}
END_TEST

START_TEST(a_declared_end_within_the_bytes_is_the_packet_s_own)
{
	struct cursor c = cursor_over(data, 5, 7);

	ck_assert(cursor_limit(&c, 5));
	ck_assert(!c.clipped);
	ck_assert(cursor_limit(&c, 2));
	ck_assert_uint_eq(cursor_be16(&c), 0x0102);
	ck_assert_uint_eq(cursor_u8(&c), 0);
	ck_assert(c.failed && !c.clipped);
}
END_TEST

START_TEST(a_declared_end_beyond_the_bytes_changes_nothing)
{
	struct cursor c = cursor_over(data, 5, 7);

	ck_assert(!cursor_limit(&c, 6));
	ck_assert(!cursor_limit(&c, SIZE_MAX));
	ck_assert(c.clipped);
	ck_assert_uint_eq(c.left, 5);
	ck_assert(!c.failed);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("cursor");
	TCase *tc = tcase_create("cursor");

	tcase_add_test(tc, fields_are_read_in_network_order);
	tcase_add_test(tc, high_bits_do_not_spread);
	tcase_add_test(tc,
	    a_read_past_the_end_fails_for_good_and_does_not_move);
	tcase_add_loop_test(tc, every_short_unit_is_clipped, 0,
	    (int)sizeof(data));
	tcase_add_test(tc, taking_nothing_at_the_end_is_no_failure);
	tcase_add_test(tc, a_declared_end_within_the_bytes_is_the_packet_s_own);
	tcase_add_test(tc, a_declared_end_beyond_the_bytes_changes_nothing);
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
