/*
 * Text of numbers, times and addresses, against the C library's.
 */
#include <arpa/inet.h>
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "tests/unit/quick_check.h"
#include "tests/unit/stats_random.h"

/* What a function may overwrite is its room and not a byte more. */
#define CHECK_TEXT(room, call, expected) do { \
	char text_[64]; \
	char *at = text_; \
	memset(text_, '#', sizeof(text_)); \
	at = call; \
	ck_assert_int_eq(text_[room], '#'); \
	ck_assert_int_le(at - text_, room); \
	*at = '\0'; \
	ck_assert_str_eq(text_, expected); \
} while (0)

static void
check_u64(uint64_t value)
{
	char expected[32];

	snprintf(expected, sizeof(expected), "%" PRIu64, value);
	CHECK_TEXT(TEXT_U64_BYTES, text_u64(at, value), expected);
}

static void
check_i64(int64_t value)
{
	char expected[32];

	snprintf(expected, sizeof(expected), "%" PRId64, value);
	CHECK_TEXT(TEXT_I64_BYTES, text_i64(at, value), expected);
}

START_TEST(numbers_around_each_power_of_ten_are_printf_s)
{
	uint64_t power = 1;

	for (int i = 0; i < 20; i++, power *= 10) {
		check_u64(power - 1);
		check_u64(power);
		check_u64(power + 1);
		check_i64((int64_t)power);
		check_i64(-(int64_t)(power / 10));
	}
	check_u64(UINT64_MAX);
	check_i64(INT64_MAX);
	check_i64(INT64_MIN);
}
END_TEST

START_TEST(random_numbers_of_every_width_are_printf_s)
{
	uint64_t state = random_seed(__func__);

	for (unsigned long n = random_rounds(100000); n > 0; n--) {
		uint64_t value = random_any_width(&state);

		check_u64(value);
		check_i64((int64_t)value);
		check_i64(-(int64_t)(value >> 1));
	}
}
END_TEST

/* Digit by digit from the right, in the way of a schoolbook. */
static const char *
decimal(int128 value, int decimals, char *room_end)
{
	uint128 rest = value < 0 ? 0 - (uint128)value : (uint128)value;
	char *at = room_end;

	*--at = '\0';
	for (int i = 0; rest != 0 || i <= decimals; i++) {
		if (i == decimals && i != 0)
			*--at = '.';
		*--at = (char)('0' + (int)(rest % 10));
		rest /= 10;
	}
	if (value < 0)
		*--at = '-';
	return at;
}

static void
check_seconds(int128 picoseconds)
{
	char room[64];
	const char *expected = decimal(picoseconds, 12, room + sizeof(room));

	CHECK_TEXT(TEXT_SECONDS_BYTES, text_seconds(at, picoseconds),
	    expected);
}

START_TEST(seconds_have_twelve_decimals)
{
	CHECK_TEXT(TEXT_SECONDS_BYTES, text_seconds(at, 77033373737),
	    "0.077033373737");
	CHECK_TEXT(TEXT_SECONDS_BYTES, text_seconds(at, -1500000000000),
	    "-1.500000000000");
	CHECK_TEXT(TEXT_SECONDS_BYTES, text_seconds(at, 0), "0.000000000000");
	CHECK_TEXT(TEXT_SECONDS_BYTES, text_seconds(at, -1), "-0.000000000001");
}
END_TEST

START_TEST(seconds_are_exact_at_every_width)
{
	uint64_t state = random_seed(__func__);

	check_seconds(UINT64_MAX);
	check_seconds((int128)UINT64_MAX + 1);
	check_seconds((int128)(~(uint128)0 >> 1));
	check_seconds(-(int128)(~(uint128)0 >> 1));
	for (unsigned long n = random_rounds(50000); n > 0; n--) {
		uint128 high = random_any_width(&state) >> 1;
		int128 value = (int128)(high << 64 | random_next(&state));

		check_seconds(value);
		check_seconds(-value);
		check_seconds((int128)random_any_width(&state));
	}
}
END_TEST

/* The floor of ns / 10^(9 - digits), with a point. */
static const char *
expected_time(struct table_time time, char *room_end)
{
	int64_t unit = 1;
	int64_t whole;

	for (int i = time.digits; i < 9; i++)
		unit *= 10;
	whole = time.ns / unit - (time.ns % unit < 0);
	return decimal(whole, time.digits, room_end);
}

static void
check_time(struct table_time time, struct text_clock *clock)
{
	char room[64];
	const char *expected = expected_time(time, room + sizeof(room));

	CHECK_TEXT(TEXT_TIME_BYTES, text_time(at, time), expected);
	CHECK_TEXT(TEXT_TIME_BYTES, text_clock_time(at, time, clock),
	    expected);
}

START_TEST(times_have_the_digits_that_are_known)
{
	struct text_clock clock;

	text_clock_init(&clock);
	CHECK_TEXT(TEXT_TIME_BYTES, text_time(at,
	    ((struct table_time){ 1638123439726486000, 6 })),
	    "1638123439.726486");
	CHECK_TEXT(TEXT_TIME_BYTES, text_time(at,
	    ((struct table_time){ -1500000000, 0 })), "-2");
	for (uint8_t digits = 0; digits <= 9; digits++) {
		check_time((struct table_time){ 0, digits }, &clock);
		check_time((struct table_time){ -1, digits }, &clock);
		check_time((struct table_time){ 999999999, digits }, &clock);
		check_time((struct table_time){ INT64_MAX, digits }, &clock);
		check_time((struct table_time){ INT64_MIN + 1, digits },
		    &clock);
	}
}
END_TEST

START_TEST(a_clock_follows_times_in_both_directions)
{
	uint64_t state = random_seed(__func__);
	int64_t ns = 1638123439726486000;
	struct text_clock clock;

	text_clock_init(&clock);
	for (unsigned long n = random_rounds(50000); n > 0; n--) {
		uint8_t digits = (uint8_t)random_below(&state, 10);
		int64_t step = (int64_t)(random_any_width(&state) >> 31);

		ns += random_below(&state, 2) == 0 ? step : -step;
		check_time((struct table_time){ ns, digits }, &clock);
		/* Around 1970, where the sign changes. */
		check_time((struct table_time){ ns % 3000000000, digits },
		    &clock);
		check_time((struct table_time){ -(ns % 3000000000), digits },
		    &clock);
	}
}
END_TEST

static void
check_ip(const struct table_ip *ip)
{
	char expected[INET6_ADDRSTRLEN];

	inet_ntop(ip->version == 4 ? AF_INET : AF_INET6, ip->bytes, expected,
	    sizeof(expected));
	CHECK_TEXT(TEXT_IP_BYTES, text_ip(at, ip), expected);
}

static void
check_utc(int64_t ns, unsigned digits)
{
	time_t second = (time_t)(ns / 1000000000 - (ns % 1000000000 < 0));
	char expected[64];
	struct tm tm;
	size_t len;

	gmtime_r(&second, &tm);
	len = strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S", &tm);
	sprintf(expected + len, ".%09d", (int)((int128)ns -
	    (int128)second * 1000000000));
	strcpy(expected + len + (digits == 0 ? 0 : 1 + digits), "Z");
	CHECK_TEXT(TEXT_UTC_BYTES, text_utc(at,
	    ((struct table_time){ ns, (uint8_t)digits })), expected);
}

/* By hand, against a mistake that strftime() would share. */
static const struct {
	struct table_time time;
	const char *text;
} utc_times[] = {
	{ { 0, 0 }, "1970-01-01T00:00:00Z" },
	{ { 0, 9 }, "1970-01-01T00:00:00.000000000Z" },
	{ { -1, 9 }, "1969-12-31T23:59:59.999999999Z" },
	{ { -1, 0 }, "1969-12-31T23:59:59Z" },
	{ { 999999999, 3 }, "1970-01-01T00:00:00.999Z" },
	{ { 951782400000000000, 0 }, "2000-02-29T00:00:00Z" },
	{ { 4107542399000000000, 0 }, "2100-02-28T23:59:59Z" },
	{ { 4107542400000000000, 0 }, "2100-03-01T00:00:00Z" },
	{ { 1638123439726486000, 6 }, "2021-11-28T18:17:19.726486Z" },
	{ { INT64_MAX, 9 }, "2262-04-11T23:47:16.854775807Z" },
	{ { INT64_MIN, 9 }, "1677-09-21T00:12:43.145224192Z" },
};

START_TEST(a_date_is_rfc_3339_s)
{
	CHECK_TEXT(TEXT_UTC_BYTES, text_utc(at, utc_times[_i].time),
	    utc_times[_i].text);
}
END_TEST

START_TEST(every_day_from_1678_to_2261_is_strftime_s)
{
	for (int64_t day = -106650; day < 106650; day++) {
		int64_t start = day * 86400 * 1000000000;

		check_utc(start, 9);
		check_utc(start - 1, (unsigned)(day & 7));
		check_utc(start + day * day * 7919 % 86400 * 1000000000, 0);
	}
}
END_TEST

START_TEST(every_octet_is_inet_ntop_s)
{
	for (int i = 0; i < 256; i++) {
		uint8_t b = (uint8_t)i;
		uint8_t c = (uint8_t)(255 - i);

		check_ip(&(struct table_ip){ { b, c, b, c }, 4 });
		check_ip(&(struct table_ip){ { c, b, c, b }, 4 });
	}
}
END_TEST

START_TEST(every_run_of_ipv6_zeros_is_inet_ntop_s)
{
	/* A bit a group: zero, or a value of one to four digits. */
	static const uint16_t values[] = { 0xf, 0xab, 0x123, 0xffff };

	for (unsigned set = 0; set < 256; set++) {
		struct table_ip ip = { .version = 6 };

		for (unsigned i = 0; i < 8; i++) {
			uint16_t v = set >> i & 1 ? values[(set + i) % 4] : 0;

			ip.bytes[2 * i] = (uint8_t)(v >> 8);
			ip.bytes[2 * i + 1] = (uint8_t)v;
		}
		check_ip(&ip);
	}
	check_ip(&(struct table_ip){ { [10] = 0xff, [11] = 0xff,
	    [12] = 192, 0, 2, 255 }, 6 });
}
END_TEST

START_TEST(random_addresses_are_inet_ntop_s)
{
	uint64_t state = random_seed(__func__);

	for (unsigned long n = random_rounds(50000); n > 0; n--) {
		struct table_ip ip = { .version = n % 2 == 0 ? 4 : 6 };

		for (int i = 0; i < 16; i++)
			if (random_below(&state, 3) != 0)
				ip.bytes[i] = (uint8_t)random_next(&state);
		check_ip(&ip);
	}
}
END_TEST

static const struct {
	int128 value;
	const char *text;
} decimals[] = {
	{ 0, "0" }, { 1, "0.000000000001" }, { -1, "-0.000000000001" },
	{ 500000000000, "0.5" }, { -500000000000, "-0.5" },
	{ 1000000000000, "1" }, { 10000000000000, "10" },
	{ -12000000000000, "-12" }, { 100100000000000, "100.1" },
	{ 999999999999, "0.999999999999" },
	{ 1000000000000000000, "1000000" },
};

START_TEST(a_decimal_has_no_needless_digit)
{
	char text[TEXT_SECONDS_BYTES + 1];

	*text_decimal(text, decimals[_i].value) = '\0';
	ck_assert_str_eq(text, decimals[_i].text);
}
END_TEST

/* What text_seconds() writes, less zeros at the end. */
START_TEST(decimals_of_every_width_are_exact)
{
	uint64_t state = random_seed(__func__);

	for (unsigned long n = random_rounds(50000); n > 0; n--) {
		int128 value = (int128)((uint128)random_any_width(&state) *
		    random_any_width(&state) / 2);
		char text[TEXT_SECONDS_BYTES + 1], whole[sizeof(text)];
		size_t len;

		if (n % 2)
			value = -value;
		*text_decimal(text, value) = '\0';
		*text_seconds(whole, value) = '\0';
		len = strlen(text);
		if (strchr(text, '.') == NULL)
			text[len++] = '.';
		else
			ck_assert_int_ne(text[len - 1], '0');
		while (len < strlen(whole))
			text[len++] = '0';
		text[len] = '\0';
		ck_assert_str_eq(text, whole);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("text");
	TCase *tc = tcase_create("text");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, numbers_around_each_power_of_ten_are_printf_s);
	tcase_add_test(tc, random_numbers_of_every_width_are_printf_s);
	tcase_add_test(tc, seconds_have_twelve_decimals);
	tcase_add_test(tc, seconds_are_exact_at_every_width);
	tcase_add_test(tc, times_have_the_digits_that_are_known);
	tcase_add_test(tc, a_clock_follows_times_in_both_directions);
	tcase_add_loop_test(tc, a_date_is_rfc_3339_s, 0,
	    sizeof(utc_times) / sizeof(utc_times[0]));
	tcase_add_test(tc, every_day_from_1678_to_2261_is_strftime_s);
	tcase_add_test(tc, every_octet_is_inet_ntop_s);
	tcase_add_test(tc, every_run_of_ipv6_zeros_is_inet_ntop_s);
	tcase_add_test(tc, random_addresses_are_inet_ntop_s);
	tcase_add_loop_test(tc, a_decimal_has_no_needless_digit, 0,
	    sizeof(decimals) / sizeof(decimals[0]));
	tcase_add_test(tc, decimals_of_every_width_are_exact);
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
