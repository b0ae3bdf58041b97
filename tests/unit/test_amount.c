#include <check.h>
#include <math.h>

#include "analyzer/report/amount.h"

#define NB	"\xc2\xa0"

static const struct {
	int128 value;
	enum amount_unit unit;
	const char *text;
} amounts[] = {
	{ 0, AMOUNT_COUNT, "0" },
	{ 99999, AMOUNT_COUNT, "99999" },
	{ 123456, AMOUNT_COUNT, "123" NB "k" },
	{ 1234567, AMOUNT_COUNT, "1.23" NB "M" },
	{ -7, AMOUNT_COUNT, "-7" },
	{ 999, AMOUNT_BYTES, "999" NB "B" },
	{ 1000, AMOUNT_BYTES, "1" NB "kB" },
	{ 12345, AMOUNT_BYTES, "12.3" NB "kB" },
	{ 12350, AMOUNT_BYTES, "12.4" NB "kB" },
	{ 999499, AMOUNT_BYTES, "999" NB "kB" },
	{ 999500, AMOUNT_BYTES, "1" NB "MB" },
	{ 1500, AMOUNT_NS, "1.5" NB "µs" },
	{ -1500, AMOUNT_NS, "-1.5" NB "µs" },
	{ (int128)946080000 * 1000000000, AMOUNT_NS, "30" NB "years" },
	{ (int128)972777520 * 1000000000, AMOUNT_NS, "30.8" NB "years" },
	{ (int128)86399 * 1000000000, AMOUNT_NS, "86399" NB "s" },
	{ (int128)864000 * 1000000000000, AMOUNT_PS, "10" NB "d" },
	{ (int128)972777520 * 1000000000000, AMOUNT_PS, "30.8" NB "years" },
	{ 4820000000000, AMOUNT_PS, "4.82" NB "s" },
	{ 556000000000, AMOUNT_SHARE, "55.6" NB "%" },
	{ 1000000000000, AMOUNT_SHARE, "100" NB "%" },
	{ 615000000000, AMOUNT_SCORE, "0.62" },
	{ 1767225600000000000, AMOUNT_TIME, "2026-01-01T00:00:00Z" },
	{ 1767225600120000000, AMOUNT_TIME, "2026-01-01T00:00:00.120Z" },
};

START_TEST(three_digits_and_a_unit)
{
	char text[AMOUNT_BYTES_MAX];

	amount_text(text, amounts[_i].value, amounts[_i].unit);
	ck_assert_str_eq(text, amounts[_i].text);
}
END_TEST

static const struct {
	int64_t ns;
	const char *text;
} spans[] = {
	{ 0, "0" NB "ns" }, { 1500, "1500" NB "ns" }, { 1000000, "1" NB "ms" },
	{ 100000000, "100" NB "ms" }, { 1000000000, "1" NB "s" },
	{ 90000000000, "90" NB "s" }, { 600000000000, "10" NB "min" },
	{ 21600000000000, "6" NB "h" }, { 86400000000000, "1" NB "d" },
	{ 86400000000000000, "1000" NB "d" },
};

START_TEST(widths_are_whole_numbers)
{
	char text[AMOUNT_BYTES_MAX];

	amount_span(text, spans[_i].ns);
	ck_assert_str_eq(text, spans[_i].text);
}
END_TEST

START_TEST(marks_of_an_axis_are_in_one_unit)
{
	char text[AMOUNT_BYTES_MAX];

	amount_mark(text, 500, 2000, AMOUNT_BYTES);
	ck_assert_str_eq(text, "0.5" NB "kB");
	amount_mark(text, 2000, 2000, AMOUNT_BYTES);
	ck_assert_str_eq(text, "2" NB "kB");
	amount_mark(text, 200000000000, 1000000000000, AMOUNT_SHARE);
	ck_assert_str_eq(text, "20" NB "%");
	amount_mark(text, (int128)1000000000 * 500000, (int128)1000000000 * 1000000,
	    AMOUNT_NS);
	ck_assert_str_eq(text, "500000" NB "s");
	amount_mark(text, 500000, (int128)1000000000 * 1000000000,
	    AMOUNT_NS);
	ck_assert_str_eq(text, "0.0005" NB "s");
}
END_TEST

START_TEST(logarithms_are_those_of_the_library_cut)
{
	ck_assert_int_eq(amount_log2(0), -65536);
	ck_assert_int_eq(amount_log2(1), 0);
	ck_assert_int_eq(amount_log2(UINT64_MAX), 64 * 65536 - 1);
	for (int i = 0; i < 64; i++)
		ck_assert_int_eq(amount_log2(UINT64_C(1) << i), i * 65536);
	for (uint64_t v = 3; v < UINT64_C(1) << 50; v = v * 5 / 2 + 1) {
		double far = log2((double)v) * 65536 -
		    (double)amount_log2(v);

		ck_assert_double_ge(far, -0.001);
		ck_assert_double_lt(far, 1.001);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("amount");
	TCase *tc = tcase_create("amount");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, three_digits_and_a_unit, 0,
	    sizeof(amounts) / sizeof(amounts[0]));
	tcase_add_loop_test(tc, widths_are_whole_numbers, 0,
	    sizeof(spans) / sizeof(spans[0]));
	tcase_add_test(tc, marks_of_an_axis_are_in_one_unit);
	tcase_add_test(tc, logarithms_are_those_of_the_library_cut);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
