/*
 * labgen verify: what is one value and what is another, and that no column is
 * passed over.
 */
#include "traffic/verify/take.h"

#include <stddef.h>
#include <string.h>

#include "tests/traffic/proof.h"
#include "traffic/verify/cell.h"
#include "traffic/verify/deviation.h"

START_TEST(a_mean_is_rounded_half_to_even)
{
	static const struct {
		int64_t sum_ns;
		uint64_t n;
		int64_t ps;
	} rows[] = {
		{ 1, 1, 1000 }, { 1, 16, 62 }, { 3, 16, 188 }, { 1, 3, 333 },
		{ 2, 3, 667 }, { -1, 16, -62 }, { -3, 16, -188 },
		{ -2, 3, -667 }, { 0, 7, 0 },
		{ INT64_MAX, UINT64_MAX, 500 },
	};

	ck_assert(cell_mean_ps(rows[_i].sum_ns, rows[_i].n) == rows[_i].ps);
}
END_TEST

START_TEST(a_deviation_is_rounded_half_to_even)
{
	static const struct {
		uint64_t n, divisor;
		int64_t sum_ns;
		uint64_t squares;
		int64_t ps;
	} rows[] = {
		{ 1, 1, 5, 25, 0 }, { 2, 2, 3, 5, 500 },
		{ 2, 1, 3, 5, 707 }, { 2, 1, -3, 5, 707 },
		{ 3, 3, 6, 14, 816 }, { 3, 2, 6, 14, 1000 },
		{ 256, 256, 0, 1, 62 }, { 256, 256, 0, 9, 188 },
		{ 256, 256, 0, 25, 312 }, { 5, 5, 10, 20, 0 },
		/* 0 and 2^32 - 1 */
		{ 2, 2, UINT32_MAX, UINT64_C(18446744065119617025),
		    INT64_C(2147483647500) },
	};
	int128 ps = -1;

	ck_assert(deviation_ps(rows[_i].n, rows[_i].sum_ns,
	    rows[_i].squares, rows[_i].divisor, &ps));
	ck_assert_msg(ps == rows[_i].ps, "%lld", (long long)ps);
}
END_TEST

START_TEST(what_no_values_add_up_to_has_no_deviation)
{
	uint128 many = ~(uint128)0;
	int128 ps;

	ck_assert(!deviation_ps(0, 0, 0, 0, &ps));
	ck_assert(!deviation_ps(1, 5, 25, 0, &ps));
	ck_assert(!deviation_ps(2, 3, 4, 2, &ps));	/* 8 - 9 */
	ck_assert(!deviation_ps(2, 0, many, 2, &ps));
	ck_assert(!deviation_ps(1, 0, many, 1, &ps));
	ck_assert(!deviation_ps(2, (int128)(many >> 1), many, 2, &ps));
}
END_TEST

/* A table of two columns, of which the truth knows the first. */
START_TEST(no_column_and_no_member_is_passed_over)
{
	static const struct row {
		uint64_t one, two;
	} row = { 1, 2 };
	static const struct column columns[] = {
		{ .name = "one", .offset = offsetof(struct row, one) },
		{ .name = "two", .offset = offsetof(struct row, two) },
	};
	static const struct table table = { .name = "pairs",
	    .columns = columns, .column_count = 2 };
	const struct verify_calls calls = { proof_say, NULL };
	struct verify_result r = { .numbers = 0 };
	struct check c = { .calls = &calls, .result = &r, .file = "x" };
	struct take t = { .check = &c, .table = &table, .row = &row };
	json_t *object = json_pack("{s:i,s:i,s:{s:i}}", "one", 1, "gone", 1,
	    "sums", "gaps", 0);

	proof_forget();
	take_object(&t, object, "gone,sums");
	ck_assert_uint_eq(r.differences, 0);
	ck_assert_uint_eq(r.numbers, 1);
	take_rest(&t, "two");
	ck_assert_uint_eq(r.numbers, 1);
	take_rest(&t, NULL);
	ck_assert_uint_eq(r.differences, 1);
	ck_assert_ptr_nonnull(strstr(proof_said(),
	    "two: truth nothing, pcapstat 2"));
	take_object(&t, object, NULL);
	ck_assert_uint_eq(r.differences, 3);
	ck_assert_ptr_nonnull(strstr(proof_said(), "gone: no column of pairs"));
	ck_assert_ptr_nonnull(strstr(proof_said(), "sums: no column of pairs"));
	take_cell(&t, "lost", cell_none());
	ck_assert_uint_eq(r.differences, 4);
	ck_assert_ptr_nonnull(strstr(proof_said(), "lost: no column of pairs"));
	json_decref(object);
}
END_TEST

START_TEST(nothing_is_no_number_and_no_text)
{
	const struct cell none = cell_none(), zero = cell_number(0),
	    empty = cell_text("");

	ck_assert(cell_equal(&none, &none));
	ck_assert(!cell_equal(&none, &zero));
	ck_assert(!cell_equal(&zero, &none));
	ck_assert(!cell_equal(&zero, &empty));
	ck_assert(!cell_equal(&none, &empty));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("verify");

	tcase_add_loop_test(tc, a_mean_is_rounded_half_to_even, 0, 10);
	tcase_add_loop_test(tc, a_deviation_is_rounded_half_to_even, 0, 11);
	tcase_add_test(tc, what_no_values_add_up_to_has_no_deviation);
	tcase_add_test(tc, no_column_and_no_member_is_passed_over);
	tcase_add_test(tc, nothing_is_no_number_and_no_text);
	return proof_main("verify cells", tc);
}
