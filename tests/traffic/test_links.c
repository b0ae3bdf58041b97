/*
 * Links: when what arrives, what becomes of the rest, and that all of it is
 * told.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "tests/traffic/wires.h"
#include "tests/unit/check_main.h"

#define MS WIRES_MS

/* Of a UDP datagram, with Ethernet, IP and UDP headers. */
enum { HEADERS = 14 + 20 + 8, MANY = 5000 };

static struct wires *w;

static void
begin(void)
{
	w = wires_plan();
}

static void
end(void)
{
	wires_free(w);
}

/*
 * Links.
 */

START_TEST(a_frame_takes_its_bits_and_the_latency)
{
	w->hosts[WIRES_A].up.bandwidth_bps = 8000000;	/* 1 us a byte */
	w->hosts[WIRES_B].down.bandwidth_bps = 80000000;
	wires_start(w);
	wires_send(w, WIRES_A, WIRES_B, 1000 - HEADERS);
	wires_run(w);
	wires_only_arrival(w, WIRES_B);
	ck_assert_int_eq(w->arrivals[0].at_ns, MS + MS + MS + MS / 10);
	ck_assert_uint_eq(wires_fates(w, FATE_DELIVERED), 1);
	ck_assert_uint_eq(w->truth->fates[0].host, WIRES_B);
	ck_assert_uint_eq(w->truth->senders[1], WIRES_A);
}
END_TEST

/* 480 bits at 7 Mbit/s are 68571 3/7 ns. */
START_TEST(frames_in_a_row_keep_the_bandwidth_exactly)
{
	w->hosts[WIRES_A].up.bandwidth_bps = 7000000;
	wires_start(w);
	for (unsigned i = 0; i < 701; i++)
		wires_send(w, WIRES_A, WIRES_B, 1);
	wires_run(w);
	ck_assert_uint_eq(w->count, 701);
	ck_assert_int_eq(w->arrivals[0].at_ns, 68571 + 2 * MS);
	ck_assert_int_eq(w->arrivals[1].at_ns, 137142 + 2 * MS);
	ck_assert_int_eq(w->arrivals[2].at_ns, 205714 + 2 * MS);
	for (unsigned i = 7; i < 701; i += 7)
		ck_assert_int_eq(w->arrivals[i].at_ns -
		    w->arrivals[i - 7].at_ns, 480000);
}
END_TEST

/* But what does not come out even is not carried over a pause. */
START_TEST(frames_apart_take_the_same_time)
{
	w->hosts[WIRES_A].up.bandwidth_bps = 7000000;
	wires_start(w);
	for (size_t i = 0; i < 10; i++) {
		int64_t from = clock_now_ns(w->clock);

		wires_send(w, WIRES_A, WIRES_B, 1);
		wires_run(w);
		ck_assert_int_eq(w->arrivals[i].at_ns - from, 68571 + 2 * MS);
	}
}
END_TEST

static void
send_one(void *owner, uint64_t token)
{
	(void)owner;
	(void)token;
	wires_send(w, WIRES_A, WIRES_B, 1);
}

/* At 1 Tbit/s two of them take less than a nanosecond.  The fourth waits for
 * the moment in which the fifth is sent. */
START_TEST(nobody_passes_those_who_wait)
{
	w->hosts[WIRES_A].up.bandwidth_bps = 1000000000000;
	wires_start(w);
	clock_at(w->clock, 1, send_one, NULL, 0);
	for (unsigned i = 0; i < 4; i++)
		wires_send(w, WIRES_A, WIRES_B, 1);
	wires_run(w);
	ck_assert_uint_eq(w->count, 5);
	for (size_t i = 0; i < 5; i++)
		ck_assert_uint_eq(w->arrivals[i].packet->number, i + 1);
}
END_TEST

START_TEST(what_is_always_lost_never_arrives)
{
	w->hosts[WIRES_A].up.loss_ppm = 1000000;
	wires_start(w);
	for (unsigned i = 0; i < 100; i++)
		wires_send(w, WIRES_A, WIRES_B, 100);
	wires_run(w);
	ck_assert_uint_eq(w->count, 0);
	ck_assert_uint_eq(wires_fates(w, FATE_LOST), 100);
	ck_assert_uint_eq(w->truth->fate_count, 100);
	ck_assert_uint_eq(w->truth->fates[99].host, WIRES_A);
}
END_TEST

static void
send_many(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		wires_send(w, WIRES_A, WIRES_B, 100);
		if (i % 500 == 499)
			wires_run(w);
	}
	wires_run(w);
}

START_TEST(loss_is_as_frequent_as_it_says)
{
	w->hosts[WIRES_A].up.loss_ppm = 200000;
	wires_start(w);
	send_many(MANY);
	/* Five standard deviations: 141. */
	ck_assert_uint_gt(wires_fates(w, FATE_LOST), MANY / 5 - 141);
	ck_assert_uint_lt(wires_fates(w, FATE_LOST), MANY / 5 + 141);
	ck_assert_uint_eq(wires_fates(w, FATE_LOST) + w->count, MANY);
}
END_TEST

START_TEST(frames_are_dropped_by_number)
{
	static uint64_t drops[] = { 2, 5, 6, 99 };

	w->hosts[WIRES_B].down.drops = drops;
	w->hosts[WIRES_B].down.drop_count = 4;
	wires_start(w);
	/* Numbers are those of the link, not of all. */
	wires_send(w, WIRES_B, WIRES_A, 10);
	for (unsigned i = 0; i < 7; i++)
		wires_send(w, WIRES_A, WIRES_B, 10);
	wires_run(w);
	ck_assert_uint_eq(w->count, 5);
	ck_assert_uint_eq(wires_fates(w, FATE_LOST), 3);
	ck_assert_uint_eq(fake_truth_count(w->truth, 3, FATE_LOST), 1);
	ck_assert_uint_eq(fake_truth_count(w->truth, 6, FATE_LOST), 1);
	ck_assert_uint_eq(fake_truth_count(w->truth, 7, FATE_LOST), 1);
}
END_TEST

/* One is being sent, three wait; half a millisecond later one of them has
 * gone. */
START_TEST(a_full_queue_drops)
{
	struct errbuf err;

	w->hosts[WIRES_A].up.bandwidth_bps = 8000000;
	w->hosts[WIRES_A].up.queue_packets = 3;
	wires_start(w);
	for (unsigned i = 0; i < 10; i++)
		wires_send(w, WIRES_A, WIRES_B, 400 - HEADERS);
	ck_assert_uint_eq(wires_fates(w, FATE_QUEUE), 6);
	ck_assert_uint_eq(fake_truth_count(w->truth, 5, FATE_QUEUE), 1);
	ck_assert_int_eq(clock_run(w->clock, MS / 2, &err), 0);
	wires_send(w, WIRES_A, WIRES_B, 400 - HEADERS);
	wires_send(w, WIRES_A, WIRES_B, 400 - HEADERS);
	wires_run(w);
	ck_assert_uint_eq(wires_fates(w, FATE_QUEUE), 7);
	ck_assert_uint_eq(w->count, 5);
	ck_assert_int_eq(w->arrivals[4].at_ns, 5 * 4 * MS / 10 + 2 * MS);
}
END_TEST

START_TEST(a_copy_comes_right_behind)
{
	w->hosts[WIRES_A].up.duplicate_ppm = 1000000;
	w->hosts[WIRES_A].up.bandwidth_bps = 8000000;
	wires_start(w);
	wires_send(w, WIRES_A, WIRES_B, 1000 - HEADERS);
	wires_send(w, WIRES_A, WIRES_B, 1000 - HEADERS);
	wires_run(w);
	ck_assert_uint_eq(w->count, 4);
	for (unsigned i = 0; i < 4; i++) {
		static const uint64_t numbers[] = { 1, 1, 2, 2 };

		ck_assert_uint_eq(w->arrivals[i].packet->number, numbers[i]);
		ck_assert_int_eq(w->arrivals[i].at_ns, (3 + i) * MS);
	}
	ck_assert_uint_eq(wires_fates(w, FATE_DELIVERED), 4);
	ck_assert_uint_eq(w->truth->marks[1], TRUTH_DUPLICATED);
}
END_TEST

/* What was sent before another and came after it. */
static void
find_overtaken(bool *overtaken)
{
	uint64_t last = 0;

	for (size_t i = 0; i < w->count; i++) {
		uint64_t number = w->arrivals[i].packet->number;

		if (number < last)
			overtaken[number] = true;
		else
			last = number;
	}
}

/* Marked are exactly those that others overtook. */
START_TEST(some_are_overtaken)
{
	static bool overtaken[MANY + 1];
	unsigned n = 0;

	w->hosts[WIRES_A].up.reorder_ppm = 100000;
	w->hosts[WIRES_A].up.reorder_ns = 3 * MS;
	w->hosts[WIRES_A].up.bandwidth_bps = 10000000;
	wires_start(w);
	send_many(MANY);
	ck_assert_uint_eq(w->count, MANY);
	find_overtaken(overtaken);
	for (uint64_t i = 1; i <= MANY; i++) {
		ck_assert_int_eq(overtaken[i],
		    w->truth->marks[i] == TRUTH_REORDERED);
		n += overtaken[i];
	}
	ck_assert_uint_gt(n, MANY / 20);
	ck_assert_uint_lt(n, MANY / 5);
}
END_TEST

START_TEST(jitter_keeps_the_order)
{
	int64_t least = INT64_MAX, most = 0;

	w->hosts[WIRES_A].up.jitter_ns = 10 * MS;
	w->hosts[WIRES_A].up.bandwidth_bps = 1000000;
	wires_start(w);
	for (uint64_t i = 1; i <= 500; i++)
		wires_send(w, WIRES_A, WIRES_B, 83);	/* 125 bytes */
	wires_run(w);
	for (uint64_t i = 0; i < 500; i++) {
		int64_t late = w->arrivals[i].at_ns - (int64_t)i * MS;

		ck_assert_uint_eq(w->arrivals[i].packet->number, i + 1);
		least = late < least ? late : least;
		most = late > most ? late : most;
	}
	ck_assert_int_ge(least, 3 * MS);
	ck_assert_int_gt(most, 12 * MS);
	ck_assert_int_le(most, 13 * MS);
}
END_TEST

/* Which of 64 frames did the link lose? */
static uint64_t
losses(size_t from, size_t to)
{
	uint64_t lost = 0;

	for (unsigned i = 0; i < 64; i++) {
		size_t before = wires_fates(w, FATE_LOST);

		wires_send(w, from, to, 1);
		wires_run(w);
		lost = lost << 1 | (wires_fates(w, FATE_LOST) > before);
	}
	return lost;
}

/* Both directions, and all hosts. */
START_TEST(every_link_draws_its_own)
{
	uint64_t found[3];

	w->hosts[WIRES_A].up.loss_ppm = 500000;
	w->hosts[WIRES_A].down.loss_ppm = 500000;
	w->hosts[WIRES_C].up.loss_ppm = 500000;
	wires_start(w);
	found[0] = losses(WIRES_A, WIRES_B);
	found[1] = losses(WIRES_B, WIRES_A);
	found[2] = losses(WIRES_C, WIRES_B);
	ck_assert_uint_ne(found[0], found[1]);
	ck_assert_uint_ne(found[0], found[2]);
	ck_assert_uint_ne(found[1], found[2]);
}
END_TEST

/* What is drawn for one link does not hang on what happens on another. */
START_TEST(links_draw_apart)
{
	bool lost[2][101] = { { false } };

	end();
	for (unsigned round = 0; round < 2; round++) {
		begin();
		w->hosts[WIRES_A].up.loss_ppm = 300000;
		w->hosts[WIRES_B].up.jitter_ns = MS;
		wires_start(w);
		for (uint64_t i = 1; i <= 100; i++) {
			uint64_t n = wires_send(w, WIRES_A, WIRES_B, 9);

			lost[round][i] = fake_truth_count(w->truth, n,
			    FATE_LOST);
			for (unsigned k = 0; k < round; k++)
				wires_send(w, WIRES_B, WIRES_A, 9);
		}
		wires_run(w);
		if (round == 0)
			end();
	}
	ck_assert_mem_eq(lost[0], lost[1], sizeof(lost[0]));
}
END_TEST

/*
 * All of it.
 */

START_TEST(what_is_under_way_at_the_end_is_told)
{
	struct errbuf err;

	w->hosts[WIRES_A].up.bandwidth_bps = 8000000;
	wires_start(w);
	wires_send(w, WIRES_A, WIRES_B, 1000 - HEADERS);
	wires_send(w, WIRES_A, WIRES_B, 1000 - HEADERS);
	wires_send(w, WIRES_A, WIRES_B, 1000 - HEADERS);
	/* One has arrived, one is on b's link, one on a's. */
	ck_assert_int_eq(clock_run(w->clock, 3 * MS + MS / 2, &err), 0);
	ck_assert_uint_eq(w->count, 1);
	ck_assert_int_eq(net_finish(w->net, &err), 0);
	ck_assert_uint_eq(wires_fates(w, FATE_UNFINISHED), 2);
	ck_assert_uint_eq(fake_truth_count(w->truth, 1, FATE_DELIVERED), 1);
}
END_TEST

static void
make_bad(struct scenario_link *link)
{
	link->bandwidth_bps = 1500000;
	link->latency_ns = (struct amount){ AMOUNT_EXPONENTIAL, .a = 5 * MS,
	    .max = 100 * MS };
	link->jitter_ns = MS;
	link->loss_ppm = 100000;
	link->duplicate_ppm = 100000;
	link->reorder_ppm = 100000;
	link->reorder_ns = 20 * MS;
	link->queue_packets = 20;
}

static void
send_random(struct random *dice)
{
	size_t from = random_below(dice, WIRES_HOSTS);
	size_t to = (from + 1 + random_below(dice, WIRES_HOSTS - 1)) %
	    WIRES_HOSTS;
	struct sim_packet *p = wires_packet(w, SIM_UDP, from, to,
	    random_below(dice, 2) ? 4 : 6, random_below(dice, 1400));

	p->ttl = (uint8_t)(1 + random_below(dice, 64));
	p->dont_fragment = random_below(dice, 2);
	wires_put(w, from, p);
}

static struct wires *
run_badly(void)
{
	struct random dice;
	struct errbuf err;

	for (size_t i = 0; i < WIRES_HOSTS; i++) {
		make_bad(&w->hosts[i].up);
		make_bad(&w->hosts[i].down);
	}
	w->hosts[WIRES_C].mtu = 1280;
	wires_start(w);
	random_init(&dice, 9, "test", 0);
	for (unsigned i = 0; i < 2000; i++) {
		send_random(&dice);
		ck_assert_int_eq(clock_run(w->clock, (int64_t)i * MS, &err),
		    0);
	}
	wires_run(w);
	return w;
}

/* Every packet that was not cut meets a fate; more than one only where it was
 * doubled; and what arrived was delivered. */
START_TEST(every_packet_meets_its_fate)
{
	static unsigned met[FAKE_MAX];
	unsigned kinds = 0;

	run_badly();
	for (size_t i = 0; i < w->truth->fate_count; i++) {
		met[w->truth->fates[i].number]++;
		kinds |= 1U << w->truth->fates[i].fate;
	}
	for (uint64_t i = 1; i <= w->truth->sent; i++) {
		unsigned marks = w->truth->marks[i];

		if ((marks & TRUTH_FRAGMENTED) == 0)
			ck_assert_uint_ge(met[i], 1);
		if ((marks & TRUTH_DUPLICATED) == 0)
			ck_assert_uint_le(met[i], 1);
	}
	ck_assert_uint_eq(wires_fates(w, FATE_DELIVERED), w->count);
	ck_assert_uint_eq(kinds, 1 << FATE_DELIVERED | 1 << FATE_LOST |
	    1 << FATE_QUEUE | 1 << FATE_TTL | 1 << FATE_TOO_BIG);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_and_another_does_not)
{
	struct wires *first = run_badly(), *second, *third;

	begin();
	second = run_badly();
	ck_assert_uint_eq(first->truth->fate_count,
	    second->truth->fate_count);
	ck_assert_mem_eq(first->truth, second->truth, sizeof(*first->truth));
	begin();
	w->setup.seed = 2;
	third = run_badly();
	ck_assert_int_ne(memcmp(first->truth, third->truth,
	    sizeof(*first->truth)), 0);
	wires_free(first);
	wires_free(second);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("links");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, a_frame_takes_its_bits_and_the_latency);
	tcase_add_test(tc, frames_in_a_row_keep_the_bandwidth_exactly);
	tcase_add_test(tc, frames_apart_take_the_same_time);
	tcase_add_test(tc, nobody_passes_those_who_wait);
	tcase_add_test(tc, what_is_always_lost_never_arrives);
	tcase_add_test(tc, loss_is_as_frequent_as_it_says);
	tcase_add_test(tc, frames_are_dropped_by_number);
	tcase_add_test(tc, a_full_queue_drops);
	tcase_add_test(tc, a_copy_comes_right_behind);
	tcase_add_test(tc, some_are_overtaken);
	tcase_add_test(tc, jitter_keeps_the_order);
	tcase_add_test(tc, every_link_draws_its_own);
	tcase_add_test(tc, links_draw_apart);
	tcase_add_test(tc, what_is_under_way_at_the_end_is_told);
	tcase_add_test(tc, every_packet_meets_its_fate);
	tcase_add_test(tc,
	    the_same_seed_gives_the_same_and_another_does_not);
	return check_main("links", tc);
}
