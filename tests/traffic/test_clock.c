/*
 * Virtual time: events in order, taken back, without end.
 */
#include <check.h>
#include <stdbool.h>

#include "base/random.h"
#include "traffic/synth/net/clock.h"

enum { EVENTS = 2000 };

/* What happened. */
struct log {
	struct clock *clock;
	uint64_t tokens[EVENTS];
	int64_t times[EVENTS];
	size_t count;
};

static void
note(void *owner, uint64_t token)
{
	struct log *log = owner;

	ck_assert_uint_lt(log->count, EVENTS);
	log->tokens[log->count] = token;
	log->times[log->count++] = clock_now_ns(log->clock);
}

static struct log
new_log(uint64_t events_max)
{
	struct log log = { .clock = clock_new(events_max) };

	ck_assert_ptr_nonnull(log.clock);
	return log;
}

static void
run_to(struct log *log, int64_t end_ns)
{
	struct errbuf err = { "" };

	ck_assert_msg(clock_run(log->clock, end_ns, &err) == 0, "%s",
	    err.text);
}

START_TEST(events_come_by_time_and_then_as_they_were_asked_for)
{
	static const int64_t at[] = { 30, 10, 20, 10, 30, 10, 0 };
	static const uint64_t expected[] = { 6, 1, 3, 5, 2, 0, 4 };
	struct log log = new_log(100);

	for (uint64_t i = 0; i < 7; i++)
		clock_at(log.clock, at[i], note, &log, i);
	run_to(&log, 100);
	ck_assert_uint_eq(log.count, 7);
	for (size_t i = 0; i < 7; i++) {
		ck_assert_uint_eq(log.tokens[i], expected[i]);
		ck_assert_int_eq(log.times[i], at[expected[i]]);
	}
	ck_assert_int_eq(clock_now_ns(log.clock), 30);
	clock_free(log.clock);
}
END_TEST

START_TEST(the_end_takes_its_own_moment_in)
{
	struct log log = new_log(100);

	clock_at(log.clock, 50, note, &log, 1);
	clock_at(log.clock, 51, note, &log, 2);
	run_to(&log, 50);
	ck_assert_uint_eq(log.count, 1);
	ck_assert_int_eq(clock_now_ns(log.clock), 50);
	/* What is past happens now. */
	clock_at(log.clock, 7, note, &log, 3);
	clock_after(log.clock, 1, note, &log, 4);
	clock_after(log.clock, INT64_MAX, note, &log, 5);
	run_to(&log, INT64_MAX - 1);
	ck_assert_uint_eq(log.count, 4);
	ck_assert_uint_eq(log.tokens[1], 3);
	ck_assert_int_eq(log.times[1], 50);
	ck_assert_uint_eq(log.tokens[2], 2);
	ck_assert_uint_eq(log.tokens[3], 4);
	ck_assert_int_eq(log.times[3], 51);
	ck_assert_int_eq(clock_now_ns(log.clock), INT64_MAX - 1);
	clock_free(log.clock);
}
END_TEST

START_TEST(what_is_taken_back_does_not_happen)
{
	struct log log = new_log(100);
	uint64_t a = clock_at(log.clock, 1, note, &log, 1);
	uint64_t b = clock_at(log.clock, 2, note, &log, 2);

	ck_assert_uint_ne(a, 0);
	ck_assert_uint_ne(a, b);
	clock_cancel(log.clock, 0);
	clock_cancel(log.clock, b);
	clock_cancel(log.clock, b);
	run_to(&log, 100);
	ck_assert_uint_eq(log.count, 1);
	/* The number of what has happened is nobody else's. */
	clock_at(log.clock, 3, note, &log, 3);
	clock_cancel(log.clock, a);
	clock_cancel(log.clock, b);
	clock_cancel(log.clock, UINT64_MAX);
	run_to(&log, 100);
	ck_assert_uint_eq(log.count, 2);
	clock_free(log.clock);
}
END_TEST

/* Against a plain list: the least (time, number) that was not taken back. */
START_TEST(random_events_come_in_order)
{
	struct log log = new_log(EVENTS);
	int64_t at[EVENTS];
	uint64_t numbers[EVENTS];
	bool is_off[EVENTS] = { false };
	size_t done = 0;
	struct random r;

	random_init(&r, 1, "clock", (uint64_t)_i);
	for (uint64_t i = 0; i < EVENTS; i++) {
		uint64_t other = random_below(&r, i + 1);

		at[i] = (int64_t)random_below(&r, 300);
		numbers[i] = clock_at(log.clock, at[i], note, &log, i);
		if (random_below(&r, 3) == 0) {
			clock_cancel(log.clock, numbers[other]);
			is_off[other] = true;
		}
	}
	run_to(&log, 1000);
	for (int64_t t = 0; t < 300; t++)
		for (uint64_t i = 0; i < EVENTS; i++)
			if (at[i] == t && !is_off[i]) {
				ck_assert_uint_lt(done, log.count);
				ck_assert_uint_eq(log.tokens[done++], i);
			}
	ck_assert_uint_eq(done, log.count);
	clock_free(log.clock);
}
END_TEST

static void
again(void *owner, uint64_t token)
{
	struct log *log = owner;

	clock_after(log->clock, 0, again, log, token + 1);
}

START_TEST(nothing_runs_for_ever)
{
	struct log log = new_log(1000);
	struct errbuf err = { "" };

	clock_at(log.clock, 5, again, &log, 0);
	ck_assert_int_eq(clock_run(log.clock, 100, &err), -1);
	ck_assert_str_eq(err.text, "more than 1000 events");
	ck_assert_int_eq(clock_now_ns(log.clock), 5);
	clock_free(log.clock);
}
END_TEST

START_TEST(as_many_events_as_allowed_are_no_error)
{
	struct log log = new_log(2);

	clock_at(log.clock, 1, note, &log, 0);
	clock_at(log.clock, 2, note, &log, 0);
	run_to(&log, 100);
	ck_assert_uint_eq(log.count, 2);
	clock_free(log.clock);
}
END_TEST

static void
fail_twice(void *owner, uint64_t token)
{
	struct log *log = owner;
	struct errbuf err;

	(void)token;
	errbuf_set(&err, "first");
	clock_fail(log->clock, &err);
	errbuf_set(&err, "second");
	clock_fail(log->clock, &err);
}

START_TEST(a_failure_ends_the_run_and_the_first_counts)
{
	struct log log = new_log(100);
	struct errbuf err = { "" };

	clock_at(log.clock, 1, fail_twice, &log, 0);
	clock_at(log.clock, 1, note, &log, 0);
	ck_assert_int_eq(clock_run(log.clock, 100, &err), -1);
	ck_assert_str_eq(err.text, "first");
	ck_assert_uint_eq(log.count, 0);
	clock_free(log.clock);
}
END_TEST

static void
stop(void *owner, uint64_t token)
{
	(void)token;
	clock_stop(((struct log *)owner)->clock);
}

START_TEST(a_stopped_run_can_go_on)
{
	struct log log = new_log(100);

	clock_at(log.clock, 1, stop, &log, 0);
	clock_at(log.clock, 1, note, &log, 0);
	run_to(&log, 100);
	ck_assert_uint_eq(log.count, 0);
	run_to(&log, 100);
	ck_assert_uint_eq(log.count, 1);
	clock_free(log.clock);
}
END_TEST

static bool
always(void)
{
	return true;
}

START_TEST(one_that_nobody_wants_ends)
{
	struct log log = new_log(100);
	struct errbuf err;

	clock_at(log.clock, 1, note, &log, 0);
	clock_watch(log.clock, always);
	ck_assert_int_eq(clock_run(log.clock, 100, &err), -1);
	ck_assert_str_eq(err.text, "interrupted");
	ck_assert_uint_eq(log.count, 0);
	clock_free(log.clock);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("clock");
	TCase *tc = tcase_create("clock");

	tcase_add_test(tc,
	    events_come_by_time_and_then_as_they_were_asked_for);
	tcase_add_test(tc, the_end_takes_its_own_moment_in);
	tcase_add_test(tc, what_is_taken_back_does_not_happen);
	tcase_add_loop_test(tc, random_events_come_in_order, 0, 20);
	tcase_add_test(tc, nothing_runs_for_ever);
	tcase_add_test(tc, as_many_events_as_allowed_are_no_error);
	tcase_add_test(tc, a_failure_ends_the_run_and_the_first_counts);
	tcase_add_test(tc, a_stopped_run_can_go_on);
	tcase_add_test(tc, one_that_nobody_wants_ends);
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
