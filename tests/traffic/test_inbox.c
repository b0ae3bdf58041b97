/*
 * Packets that wait for their time.
 */
#include "traffic/synth/host/inbox.h"

#include <check.h>

enum { PACKETS = 4 };

struct arrivals {
	struct clock *clock;
	struct inbox inbox;
	struct sim_packet *packets[PACKETS];
	size_t count;
	int64_t at_ns[PACKETS];
	bool resets;
};

static void
on_packet(void *owner, struct sim_packet *packet)
{
	struct arrivals *a = owner;

	ck_assert_uint_lt(a->count, PACKETS);
	ck_assert_ptr_eq(packet, a->packets[a->count]);
	a->at_ns[a->count++] = clock_now_ns(a->clock);
	if (a->resets)
		inbox_reset(&a->inbox);
}

static void
put_in(struct arrivals *a, const int64_t at_ns[PACKETS])
{
	a->clock = clock_new(100);
	ck_assert_ptr_nonnull(a->clock);
	inbox_init(&a->inbox, a->clock, on_packet, a);
	for (size_t i = 0; i < PACKETS; i++) {
		a->packets[i] = sim_packet_new(SIM_UDP, NULL, 0);
		ck_assert_ptr_nonnull(a->packets[i]);
		inbox_add(&a->inbox, a->packets[i], at_ns[i]);
		ck_assert_uint_eq(a->packets[i]->references, 2);
	}
}

static void
run(struct arrivals *a)
{
	struct errbuf err;

	ck_assert_int_eq(clock_run(a->clock, 1000, &err), 0);
	for (size_t i = 0; i < PACKETS; i++) {
		ck_assert_uint_eq(a->packets[i]->references, 1);
		sim_packet_release(a->packets[i]);
	}
	clock_free(a->clock);
}

/* One that would be due before those in front of it comes right behind them. */
START_TEST(packets_come_in_order_and_at_their_time)
{
	static const int64_t at_ns[PACKETS] = { 10, 300, 200, 400 };
	struct arrivals a = { .count = 0 };

	put_in(&a, at_ns);
	run(&a);
	ck_assert_uint_eq(a.count, PACKETS);
	ck_assert_int_eq(a.at_ns[0], 10);
	ck_assert_int_eq(a.at_ns[1], 300);
	ck_assert_int_eq(a.at_ns[2], 300);
	ck_assert_int_eq(a.at_ns[3], 400);
}
END_TEST

START_TEST(a_reset_forgets_what_waits)
{
	static const int64_t at_ns[PACKETS] = { 1, 2, 2, 3 };
	struct arrivals a = { .resets = true };

	put_in(&a, at_ns);
	run(&a);
	ck_assert_uint_eq(a.count, 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("inbox");
	TCase *tc = tcase_create("packets");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, packets_come_in_order_and_at_their_time);
	tcase_add_test(tc, a_reset_forgets_what_waits);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
