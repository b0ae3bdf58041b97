/*
 * Numbers, sizes and times as people type them.
 */
#include <check.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/parse.h"

static const char *const no_numbers[] = {
	"", " 1", "1 ", "+1", "-1", "0x10", "1e3", "1.0", "ten", "1,000",
	"\xd9\xa1",
};

START_TEST(what_is_no_whole_number_is_refused)
{
	struct errbuf err = { "" };
	uint64_t value = 7;

	ck_assert_int_eq(parse_u64(no_numbers[_i], 0, UINT64_MAX, &value,
	    &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "is not a whole number"));
	ck_assert_uint_eq(value, 7);
}
END_TEST

START_TEST(numbers_are_read_up_to_their_limits)
{
	struct errbuf err = { "" };
	uint64_t value;

	ck_assert_int_eq(parse_u64("18446744073709551615", 0, UINT64_MAX,
	    &value, &err), 0);
	ck_assert(value == UINT64_MAX);
	ck_assert_int_eq(parse_u64("007", 7, 7, &value, &err), 0);
	ck_assert_uint_eq(value, 7);
	ck_assert_int_eq(parse_u64("18446744073709551616", 0, UINT64_MAX,
	    &value, &err), -1);
	ck_assert_int_eq(parse_u64("184467440737095516150", 0, UINT64_MAX,
	    &value, &err), -1);
	ck_assert_int_eq(parse_u64("0", 1, 65535, &value, &err), -1);
	ck_assert_str_eq(err.text, "0 is not between 1 and 65535");
	ck_assert_int_eq(parse_u64("65536", 1, 65535, &value, &err), -1);
	ck_assert_uint_eq(value, 7);
}
END_TEST

static const struct size_case {
	const char *text;
	uint64_t bytes;
} sizes[] = {
	{ "0", 0 }, { "1500", 1500 }, { "12B", 12 },
	{ "1K", 1024 }, { "1k", 1024 }, { "1KB", 1024 }, { "1KiB", 1024 },
	{ "64kib", 65536 }, { "3M", 3145728 }, { "3MB", 3145728 },
	{ "2G", 2147483648 }, { "2GiB", 2147483648 }, { "1T", 1099511627776 },
	{ "16777215T", 16777215 * UINT64_C(1099511627776) },
	{ "18446744073709551615", UINT64_MAX },
};

START_TEST(a_size_may_have_a_suffix)
{
	struct errbuf err = { "" };
	uint64_t bytes = 0;

	ck_assert_msg(parse_size(sizes[_i].text, &bytes, &err) == 0, "%s",
	    err.text);
	ck_assert(bytes == sizes[_i].bytes);
}
END_TEST

static const char *const no_sizes[] = {
	"", "K", "-1", "1.5G", "1 K", "1KK", "1Ki", "1KiBs", "1iB", "1P", "1 ",
	"1+", "1\v", "16777216T", "18446744073709551616", "18014398509481984K",
};

START_TEST(what_is_no_size_or_too_large_is_refused)
{
	struct errbuf err = { "" };
	uint64_t bytes = 7;

	ck_assert_int_eq(parse_size(no_sizes[_i], &bytes, &err), -1);
	ck_assert_str_ne(err.text, "");
	ck_assert_uint_eq(bytes, 7);
}
END_TEST

static const struct time_case {
	const char *text;
	int64_t ns;
} times[] = {
	{ "0", 0 }, { "-0", 0 }, { "-1", -1000000000 },
	{ "1638123439.726486", 1638123439726486000 },
	{ "-1.5", -1500000000 }, { "-0.000000001", -1 },
	{ "0.123456789", 123456789 },
	{ "9223372036.854775807", INT64_MAX },
	{ "-9223372036.854775807", -INT64_MAX },
	{ "1970-01-01", 0 },
	{ "2021-11-28", 1638057600000000000 },
	{ "2021-11-28T18:17:19.5Z", 1638123439500000000 },
	{ "2021-11-28T19:17:19+01:00", 1638123439000000000 },
	{ "2021-11-28t13:47:19-04:30", 1638123439000000000 },
	{ "2021-11-28 18:17:19.726486", 1638123439726486000 },
	{ "2021-11-28 18:17:19z", 1638123439000000000 },
	{ "1969-12-31T23:59:59.999999999Z", -1 },
	{ "1970-01-01T00:30:00+01:00", -1800000000000 },
	{ "2000-02-29", 951782400000000000 },
	{ "2000-03-01", 951868800000000000 },
	{ "1900-03-01", -2203891200000000000 },
	{ "2262-04-11T23:47:16.854775807Z", INT64_MAX },
	{ "2262-04-12T01:47:16.854775807+02:00", INT64_MAX },
	{ "1677-09-21T00:12:43.145224193Z", -INT64_MAX },
};

START_TEST(a_time_is_exact)
{
	struct errbuf err = { "" };
	int64_t ns = 7;

	ck_assert_msg(parse_time(times[_i].text, &ns, &err) == 0, "%s",
	    err.text);
	ck_assert_int_eq(ns, times[_i].ns);
}
END_TEST

static const char *const no_times[] = {
	"", " 0", "0 ", "+1", "--1", "1.", ".5", "1.1234567890", "1e9", "now",
	"2021-11", "2021-11-28T", "2021-11-28Z", "2021-11-28T18:17",
	"2021-11-28T18:17:19.", "2021-11-28T18:17:19.1234567890",
	"2021-11-28T18:17:19ZZ", "2021-11-28T18:17:19+1",
	"2021-11-28 18:17:19 Z",
	"2021-11-28T18:17:19+0100", "2021-11-28T18:17:19+24:00",
	"2021-11-28T18:17:19+01:60", "2021-11-28T24:00:00",
	"2021-11-28T23:60:00", "2021-11-28T23:59:60", "2021-00-28", "2021-13-01", "2021-11-00",
	"2021-11-31", "2021-02-29", "1900-02-29", "2100-02-29", "2021-1-28",
	"21-11-28", "02021-11-28", "-2021-11-28", "2021/11/28",
};

START_TEST(what_is_no_time_is_refused)
{
	struct errbuf err = { "" };
	int64_t ns = 7;

	ck_assert_msg(parse_time(no_times[_i], &ns, &err) == -1, "%s is %"
	    PRId64, no_times[_i], ns);
	ck_assert_ptr_nonnull(strstr(err.text, "is not a time"));
	ck_assert_int_eq(ns, 7);
}
END_TEST

static const char *const far_times[] = {
	"9223372036.854775808", "-9223372036.854775808", "9223372037",
	"18446744073709551615", "18446744073709551616",
	"-99999999999999999999999999999999999999999999",
	"2262-04-11T23:47:16.854775808Z", "2262-04-11T23:47:16-00:01",
	"1677-09-21T00:12:43.145224192Z", "1677-09-20", "0000-01-01",
	"9999-12-31T23:59:59.999999999Z",
};

START_TEST(a_time_that_nanoseconds_cannot_count_is_refused)
{
	struct errbuf err = { "" };
	int64_t ns = 7;

	ck_assert_int_eq(parse_time(far_times[_i], &ns, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "outside the years"));
	ck_assert_int_eq(ns, 7);
}
END_TEST

static void
check_second(int64_t second)
{
	time_t t = (time_t)second;
	struct errbuf err = { "" };
	char text[64];
	struct tm tm;
	int64_t ns = 7;

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	ck_assert_msg(parse_time(text, &ns, &err) == 0, "%s", err.text);
	ck_assert_msg(ns == second * 1000000000, "%s", text);
}

START_TEST(every_day_from_1678_to_2261_is_gmtime_s)
{
	for (int64_t day = -106650; day < 106650; day++) {
		int64_t of_day = (day * 7919 % 86400 + 86400) % 86400;

		check_second(day * 86400 + of_day);
	}
}
END_TEST

static const struct duration_case {
	const char *text;
	int64_t ns;
} durations[] = {
	{ "1", 1000000000 }, { "1s", 1000000000 }, { "0.5", 500000000 },
	{ "007s", 7000000000 }, { "0.000000001", 1 }, { "1ns", 1 },
	{ "1us", 1000 }, { "1.5us", 1500 }, { "10ms", 10000000 },
	{ "0.000000001s", 1 }, { "0.001us", 1 }, { "0.000000001d", 86400 },
	{ "1m", 60000000000 }, { "1.5h", 5400000000000 },
	{ "2d", 172800000000000 }, { "53375d", 4611600000000000000 },
	{ "4611686018427387903ns", INT64_MAX / 2 },
	{ "4611686018.427387903", INT64_MAX / 2 },
};

START_TEST(a_length_of_time_has_a_unit_or_is_in_seconds)
{
	struct errbuf err = { "" };
	int64_t ns = 0;

	ck_assert_msg(parse_duration(durations[_i].text, &ns, &err) == 0, "%s",
	    err.text);
	ck_assert_int_eq(ns, durations[_i].ns);
}
END_TEST

static const struct {
	const char *text, *why;
} no_durations[] = {
	{ "", "not a length" }, { "s", "not a length" },
	{ "-1s", "not a length" }, { "+1s", "not a length" },
	{ "1 s", "not a length" }, { " 1s", "not a length" },
	{ "1S", "not a length" }, { "1sec", "not a length" },
	{ "1e3", "not a length" }, { ".5", "not a length" },
	{ "1.", "not a length" }, { "1.s", "not a length" },
	{ "1.0.0", "not a length" }, { "0.0000000001", "not a length" },
	{ "18446744073709551616ns", "not a length" },
	{ "0", "too short" }, { "0d", "too short" }, { "0.5ns", "too short" },
	{ "1.5ns", "not a whole number of nanoseconds" },
	{ "1.0005us", "not a whole number of nanoseconds" },
	{ "53376d", "too long" }, { "4611686018427387904ns", "too long" },
	{ "4611686018.427387904", "too long" },
	{ "18446744073709551615d", "too long" },
};

START_TEST(what_is_no_length_of_time_is_refused)
{
	struct errbuf err = { "" };
	int64_t ns = 7;

	ck_assert_int_eq(parse_duration(no_durations[_i].text, &ns, &err),
	    -1);
	ck_assert_ptr_nonnull(strstr(err.text, no_durations[_i].text));
	ck_assert_msg(strstr(err.text, no_durations[_i].why) != NULL, "%s",
	    err.text);
	ck_assert_int_eq(ns, 7);
}
END_TEST

#define ADD_EACH(tc, test, array) \
	tcase_add_loop_test(tc, test, 0, \
	    (int)(sizeof(array) / sizeof((array)[0])))

static Suite *
suite(void)
{
	Suite *s = suite_create("parse");
	TCase *tc = tcase_create("parse");

	tcase_set_timeout(tc, 60);
	ADD_EACH(tc, what_is_no_whole_number_is_refused, no_numbers);
	tcase_add_test(tc, numbers_are_read_up_to_their_limits);
	ADD_EACH(tc, a_size_may_have_a_suffix, sizes);
	ADD_EACH(tc, what_is_no_size_or_too_large_is_refused, no_sizes);
	ADD_EACH(tc, a_time_is_exact, times);
	ADD_EACH(tc, what_is_no_time_is_refused, no_times);
	ADD_EACH(tc, a_time_that_nanoseconds_cannot_count_is_refused,
	    far_times);
	ADD_EACH(tc, a_length_of_time_has_a_unit_or_is_in_seconds, durations);
	ADD_EACH(tc, what_is_no_length_of_time_is_refused, no_durations);
	tcase_add_test(tc, every_day_from_1678_to_2261_is_gmtime_s);
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
