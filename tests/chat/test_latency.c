#include "chat/net/latency.h"

#include <check.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static struct event_base *base;
static struct latency *latency;

static void
set_up(void)
{
	struct errbuf err;

	base = event_base_new();
	latency = latency_new(base, &err);
	ck_assert_msg(latency != NULL, "%s", err.text);
}

static void
tear_down(void)
{
	latency_free(latency);
	event_base_free(base);
}

static void
run_ms(int ms)
{
	const struct timeval tv = { .tv_usec = ms * 1000 };

	event_base_loopexit(base, &tv);
	event_base_dispatch(base);
}

START_TEST(without_ticks_every_quantile_is_0)
{
	ck_assert_int_eq(latency_quantile_ns(latency, 500), 0);
	ck_assert_int_eq(latency_quantile_ns(latency, 1000), 0);
}
END_TEST

/* From 0 to the largest: the answer is no smaller, and at most 1/8 larger. */
START_TEST(a_value_is_found_within_an_eighth)
{
	static const int64_t values[] = {
		0, 1, 7, 8, 9, 15, 16, 17, 1000, 1023, 1024, 1025, 999999,
		10000000, INT64_C(1) << 40, INT64_MAX - 1, INT64_MAX,
	};
	struct errbuf err;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		int64_t found;

		latency_free(latency);
		latency = latency_new(base, &err);
		latency_add(latency, values[i]);
		found = latency_quantile_ns(latency, 500);
		ck_assert_int_ge(found, values[i]);
		ck_assert_int_le(found - values[i], values[i] / 8);
	}
}
END_TEST

START_TEST(quantiles_count_the_ticks)
{
	for (int i = 0; i < 989; i++)
		latency_add(latency, 3);
	for (int i = 0; i < 10; i++)
		latency_add(latency, 5);
	latency_add(latency, 7);
	ck_assert_uint_eq(latency_ticks(latency), 1000);
	ck_assert_int_eq(latency_quantile_ns(latency, 0), 3);
	ck_assert_int_eq(latency_quantile_ns(latency, 500), 3);
	ck_assert_int_eq(latency_quantile_ns(latency, 989), 3);
	ck_assert_int_eq(latency_quantile_ns(latency, 990), 5);
	ck_assert_int_eq(latency_quantile_ns(latency, 999), 5);
	ck_assert_int_eq(latency_quantile_ns(latency, 1000), 7);
}
END_TEST

START_TEST(early_counts_as_on_time)
{
	latency_add(latency, -5);
	ck_assert_int_eq(latency_quantile_ns(latency, 1000), 0);
}
END_TEST

START_TEST(it_ticks_only_while_something_happens)
{
	uint64_t ticks;

	run_ms(50);
	ck_assert_uint_eq(latency_ticks(latency), 0);
	latency_active(latency);
	run_ms(100);
	ticks = latency_ticks(latency);
	/* The one for which it was active, and one that saw that it ended. */
	ck_assert_uint_ge(ticks, 1);
	ck_assert_uint_le(ticks, 2);
	latency_active(latency);
	run_ms(100);
	ck_assert_uint_gt(latency_ticks(latency), ticks);
}
END_TEST

START_TEST(a_loop_that_stands_still_is_late)
{
	latency_active(latency);
	usleep(85000);
	run_ms(1);
	/* Since the first of the ticks that it missed. */
	ck_assert_int_ge(latency_quantile_ns(latency, 1000), 74000000);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("latency");
	TCase *tc = tcase_create("latency");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, without_ticks_every_quantile_is_0);
	tcase_add_test(tc, a_value_is_found_within_an_eighth);
	tcase_add_test(tc, quantiles_count_the_ticks);
	tcase_add_test(tc, early_counts_as_on_time);
	tcase_add_test(tc, it_ticks_only_while_something_happens);
	tcase_add_test(tc, a_loop_that_stands_still_is_late);
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
