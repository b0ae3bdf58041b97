#include "analyzer/report/ladder.h"

#include <check.h>
#include <stdlib.h>

#include "tests/unit/ladder_packets.h"
#include "tests/unit/stats_random.h"

enum { CLIENT = 1, SERVER = 2, OTHER = 3 };

/* The event with that identity, the n-th from 0; it has to be there. */
static const struct ladder_event *
event(const struct ladder *ladder, uint64_t identity, size_t nth)
{
	for (size_t i = 0; i < ladder->count; i++) {
		const struct ladder_item *item = &ladder->items[i];

		if (item->kind == LADDER_ARROW &&
		    item->event.packet.identity == identity && nth-- == 0)
			return &item->event;
	}
	ck_abort_msg("no event %llu", (unsigned long long)identity);
	return NULL;
}

/* Ten questions, a second between them, and their answers: 10 ms there and
 * back at the least, i ms more for the i-th. */
static void
see_talk(struct ladder_view *a, struct ladder_view *b, int64_t b_ahead_ms)
{
	for (int i = 0; i < 10; i++) {
		int64_t ms = 1000 * i;

		see(a, CLIENT, SERVER, ms, 100 + (uint64_t)i);
		see(b, CLIENT, SERVER, ms + 10 + i + b_ahead_ms,
		    100 + (uint64_t)i);
		see(b, SERVER, CLIENT, ms + 100 + b_ahead_ms,
		    200 + (uint64_t)i);
		see(a, SERVER, CLIENT, ms + 110 + i, 200 + (uint64_t)i);
	}
}

static const int64_t shifts_ms[] = { 0, 5000, -3, 3600000, -86400000 };

START_TEST(clocks_that_differ_are_aligned)
{
	struct ladder_view views[2] = { 0 };
	struct ladder ladder;

	see_talk(&views[0], &views[1], shifts_ms[_i]);
	merge(&ladder, views, 2);
	ck_assert_uint_eq(ladder.packets, 20);
	ck_assert_int_eq(ladder.places[1].clock, LADDER_CLOCK_BOTH);
	ck_assert_int_eq(ladder.places[1].ahead_ns, shifts_ms[_i] * MS);
	ck_assert_uint_eq(ladder.places[1].matched, 20);
	for (uint64_t i = 0; i < 10; i++) {
		const struct ladder_event *e = event(&ladder, 100 + i, 0);

		ck_assert_int_eq(e->time_ns, 1000 * (int64_t)i * MS);
		ck_assert_int_eq(e->delay_ns, (10 + (int64_t)i) * MS);
		ck_assert_uint_eq(e->seen, 3);
		ck_assert_int_eq(event(&ladder, 200 + i, 0)->delay_ns,
		    (10 + (int64_t)i) * MS);
	}
	ck_assert_uint_eq(ladder.lost, 0);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(the_times_tell_which_view_is_at_which_end)
{
	struct ladder_view views[2] = { 0 };
	struct table_ip client = host_ip(CLIENT), server = host_ip(SERVER);
	struct ladder ladder;

	/* The server's view comes first, and its clock is right. */
	see_talk(&views[1], &views[0], shifts_ms[_i]);
	merge(&ladder, views, 2);
	ck_assert(ladder.places[0].has_host && ladder.places[1].has_host);
	ck_assert_mem_eq(&ladder.places[0].host, &server, sizeof(server));
	ck_assert_mem_eq(&ladder.places[1].host, &client, sizeof(client));
	ck_assert_int_eq(ladder.places[1].ahead_ns, -shifts_ms[_i] * MS);
	ck_assert_int_eq(event(&ladder, 203, 0)->delay_ns, 13 * MS);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(a_view_between_two_others_is_on_the_way)
{
	struct ladder_view views[3] = { 0 };
	struct ladder ladder;

	for (uint64_t i = 0; i < 5; i++) {
		int64_t ms = 1000 * (int64_t)i;

		/* The one on the way is given first and is 7 s ahead. */
		see(&views[1], CLIENT, SERVER, ms, 10 + i);
		see(&views[0], CLIENT, SERVER, ms + 4 + 7000, 10 + i);
		see(&views[2], CLIENT, SERVER, ms + 10, 10 + i);
		see(&views[2], SERVER, CLIENT, ms + 100, 20 + i);
		see(&views[0], SERVER, CLIENT, ms + 106 + 7000, 20 + i);
		see(&views[1], SERVER, CLIENT, ms + 110, 20 + i);
	}
	merge(&ladder, views, 3);
	ck_assert(!ladder.places[0].has_host);
	ck_assert(ladder.places[1].has_host && ladder.places[2].has_host);
	ck_assert_uint_eq(ladder.packets, 10);
	ck_assert_int_eq(event(&ladder, 12, 0)->delay_ns, 10 * MS);
	ck_assert_int_eq(event(&ladder, 22, 0)->delay_ns, 10 * MS);
	ck_assert_uint_eq(event(&ladder, 22, 0)->seen, 7);
	ladder_reset(&ladder);
}
END_TEST

/* A router that sees more than one connection stands before the server. */
START_TEST(a_view_of_many_hosts_tells_at_which_end_another_is)
{
	struct ladder_view views[2] = { 0 };
	struct table_ip server = host_ip(SERVER);
	struct ladder ladder;

	for (uint64_t i = 0; i < 5; i++) {
		int64_t ms = 1000 * (int64_t)i;

		see(&views[0], CLIENT, SERVER, ms, 10 + i);
		see(&views[0], OTHER, OTHER + 1, ms + 1, 30 + i);
		if (i == 2)
			continue;
		see(&views[1], CLIENT, SERVER, ms + 4 + 7000, 10 + i);
		see(&views[1], SERVER, CLIENT, ms + 100 + 7000, 20 + i);
		see(&views[0], SERVER, CLIENT, ms + 104, 20 + i);
	}
	merge(&ladder, views, 2);
	ck_assert(!ladder.places[0].has_host);
	ck_assert(ladder.places[1].has_host);
	ck_assert_mem_eq(&ladder.places[1].host, &server, sizeof(server));
	ck_assert_int_eq(ladder.places[1].ahead_ns, 7000 * MS);
	ck_assert_uint_eq(ladder.lost, 1);
	ck_assert_int_eq(event(&ladder, 12, 0)->fate, LADDER_LOST);
	ladder_reset(&ladder);
}
END_TEST

/* As at a switch's port that mirrors what comes and what goes. */
START_TEST(packets_that_one_view_has_twice_align_clocks_too)
{
	struct ladder_view views[2] = { 0 };
	struct table_ip client = host_ip(CLIENT);
	struct ladder ladder;

	for (uint64_t i = 0; i < 5; i++) {
		int64_t ms = 1000 * (int64_t)i;

		see(&views[0], CLIENT, SERVER, ms, 10 + i);
		see(&views[0], SERVER, CLIENT, ms + 110, 20 + i);
		for (int twice = 0; twice < 2; twice++) {
			see(&views[1], CLIENT, SERVER, ms + 5 + twice + 7000,
			    10 + i);
			see(&views[1], SERVER, CLIENT, ms + 105 + twice +
			    7000, 20 + i);
		}
	}
	merge(&ladder, views, 2);
	ck_assert_int_eq(ladder.places[1].clock, LADDER_CLOCK_BOTH);
	ck_assert_int_eq(ladder.places[1].ahead_ns, 7000 * MS);
	ck_assert_mem_eq(&ladder.places[0].host, &client, sizeof(client));
	ladder_reset(&ladder);
}
END_TEST

START_TEST(what_leaves_and_does_not_arrive_is_lost)
{
	struct ladder_view views[2] = { 0 };
	struct ladder ladder;

	see(&views[0], CLIENT, SERVER, -500, 1);	/* before B records */
	see(&views[0], CLIENT, SERVER, 0, 100);
	see(&views[1], CLIENT, SERVER, 10, 100);
	see(&views[0], CLIENT, SERVER, 500, 2);		/* lost */
	see(&views[1], SERVER, CLIENT, 600, 3);		/* lost */
	see(&views[1], SERVER, CLIENT, 900, 200);
	see(&views[0], SERVER, CLIENT, 910, 200);
	see(&views[0], CLIENT, SERVER, 895, 4);	/* would arrive too late */
	merge(&ladder, views, 2);
	ck_assert_uint_eq(ladder.packets, 6);
	ck_assert_uint_eq(ladder.lost, 2);
	ck_assert_int_eq(event(&ladder, 1, 0)->fate, LADDER_SEEN);
	ck_assert_int_eq(event(&ladder, 2, 0)->fate, LADDER_LOST);
	ck_assert_int_eq(event(&ladder, 3, 0)->fate, LADDER_LOST);
	ck_assert_int_eq(event(&ladder, 4, 0)->fate, LADDER_SEEN);
	ck_assert_int_eq(event(&ladder, 2, 0)->delay_ns, TABLE_NO_I64);
	ladder_reset(&ladder);
}
END_TEST

/* The first or the second of two that look the same does not arrive. */
START_TEST(of_two_that_look_the_same_the_one_near_in_time_arrived)
{
	struct ladder_view views[2] = { 0 };
	struct ladder ladder;
	int arrives = _i;

	see_talk(&views[0], &views[1], 5000);
	see(&views[0], CLIENT, SERVER, 9300, 7);
	see(&views[0], CLIENT, SERVER, 9500, 7);
	see(&views[1], CLIENT, SERVER, 9315 + 200 * arrives + 5000, 7);
	see(&views[1], SERVER, CLIENT, 9900 + 5000, 8);
	see(&views[0], SERVER, CLIENT, 9915, 8);
	merge(&ladder, views, 2);
	ck_assert_uint_eq(ladder.packets, 23);
	ck_assert_uint_eq(ladder.lost, 1);
	ck_assert_int_eq(event(&ladder, 7, (size_t)arrives)->delay_ns,
	    15 * MS);
	ck_assert_int_eq(event(&ladder, 7, (size_t)!arrives)->fate,
	    LADDER_LOST);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(those_that_look_the_same_match_in_order)
{
	struct ladder_view views[2] = { 0 };
	struct ladder ladder;

	see_talk(&views[0], &views[1], -3);
	for (int i = 0; i < 3; i++) {
		see(&views[0], CLIENT, SERVER, 9300 + i, 7);
		see(&views[1], CLIENT, SERVER, 9320 + i - 3, 7);
	}
	merge(&ladder, views, 2);
	ck_assert_uint_eq(ladder.packets, 23);
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(event(&ladder, 7, i)->delay_ns, 20 * MS);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(what_the_network_doubles_was_not_seen_leaving)
{
	struct ladder_view views[2] = { 0 };
	struct ladder ladder;

	see_talk(&views[0], &views[1], 0);
	see(&views[0], CLIENT, SERVER, 9050, 7);
	see(&views[1], CLIENT, SERVER, 9062, 7);
	see(&views[1], CLIENT, SERVER, 9063, 7);
	merge(&ladder, views, 2);
	ck_assert_uint_eq(ladder.packets, 22);
	ck_assert_int_eq(event(&ladder, 7, 0)->delay_ns, 12 * MS);
	ck_assert_int_eq(event(&ladder, 7, 1)->fate, LADDER_UNSENT);
	ck_assert_int_eq(event(&ladder, 7, 1)->time_ns, 9063 * MS);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(reordered_is_what_a_later_one_has_overtaken)
{
	struct ladder_view views[2] = { 0 };
	struct ladder ladder;

	see_talk(&views[0], &views[1], 5000);
	for (uint64_t i = 1; i <= 3; i++)
		see(&views[0], CLIENT, SERVER, 9200 + (int64_t)i, i);
	see(&views[1], CLIENT, SERVER, 9220 + 5000, 1);
	see(&views[1], CLIENT, SERVER, 9221 + 5000, 3);
	see(&views[1], CLIENT, SERVER, 9222 + 5000, 2);
	merge(&ladder, views, 2);
	ck_assert(!event(&ladder, 1, 0)->reordered);
	ck_assert(event(&ladder, 2, 0)->reordered);
	ck_assert(!event(&ladder, 3, 0)->reordered);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(one_direction_aligns_by_its_least_delay)
{
	struct ladder_view views[2] = { 0 };
	struct ladder ladder;

	see(&views[0], CLIENT, SERVER, 0, 1);
	see(&views[1], CLIENT, SERVER, 5010, 1);
	see(&views[0], CLIENT, SERVER, 100, 2);
	see(&views[1], CLIENT, SERVER, 5113, 2);
	see(&views[0], OTHER, CLIENT, 200, 3);
	merge(&ladder, views, 2);
	ck_assert_int_eq(ladder.places[1].clock, LADDER_CLOCK_ONE_WAY);
	ck_assert_int_eq(ladder.places[1].ahead_ns, 5010 * MS);
	ck_assert_int_eq(event(&ladder, 2, 0)->delay_ns, 3 * MS);
	ladder_reset(&ladder);
}
END_TEST

/* Captures of one connection, filtered from one: no time tells. */
START_TEST(what_nothing_tells_is_not_told)
{
	struct ladder_view views[2] = { 0 };
	struct ladder ladder;

	for (uint64_t i = 0; i < 8; i++)
		for (size_t v = 0; v < 2; v++)
			see(&views[v], i % 2 == 0 ? CLIENT : SERVER,
			    i % 2 == 0 ? SERVER : CLIENT, (int64_t)i, 10 + i);
	merge(&ladder, views, 2);
	for (size_t v = 0; v < 2; v++) {
		ck_assert(!ladder.places[v].has_host);
		ck_assert(!ladder.places[v].on_the_way);
	}
	ck_assert_uint_eq(ladder.lost, 0);
	ladder_reset(&ladder);
}
END_TEST

/* The same; but what is not drawn tells where the first one was taken, and this
 * where the other one was. */
START_TEST(all_packets_of_a_capture_tell_where_it_was_taken)
{
	struct ladder_view views[2] = { 0 };
	struct table_ip client = host_ip(CLIENT), server = host_ip(SERVER);
	struct table_ip other = host_ip(OTHER);
	struct ladder_place places[2];
	struct errbuf err;

	for (uint64_t i = 0; i < 8; i++)
		for (size_t v = 0; v < 2; v++)
			see(&views[v], CLIENT, SERVER, (int64_t)i, 10 + i);
	for (unsigned i = 0; i < 8; i++)
		place_hosts_add(&views[0].hosts, &other, &server);
	ck_assert_int_eq(ladder_places(views, 2, places, &err), 0);
	ck_assert(places[0].has_host && places[1].has_host);
	ck_assert_mem_eq(&places[0].host, &server, sizeof(server));
	ck_assert_mem_eq(&places[1].host, &client, sizeof(client));
	ck_assert_uint_eq(views[0].count, 8);
	for (size_t v = 0; v < 2; v++)
		ladder_view_reset(&views[v]);
}
END_TEST

START_TEST(nineteen_of_twenty_are_nearly_all)
{
	struct table_ip ip[PLACES_CANDIDATES_MAX];
	struct table_ip none = { .version = 0 }, a = host_ip(1);
	struct place_hosts hosts = { 0 };

	ck_assert_uint_eq(place_candidates(&hosts, ip), 0);
	for (unsigned i = 0; i < 19; i++) {
		struct table_ip b = host_ip(2 + i % 2);

		place_hosts_add(&hosts, &a, &b);
		place_hosts_add(&hosts, &none, &none);
	}
	for (unsigned i = 0; i < 2; i++) {
		struct table_ip b = host_ip(2), c = host_ip(3);

		ck_assert_uint_eq(place_candidates(&hosts, ip), 1);
		ck_assert_mem_eq(&ip[0], &a, sizeof(a));
		place_hosts_add(&hosts, &b, &c);
	}
	ck_assert_uint_eq(hosts.packets, 21);
	ck_assert_uint_eq(place_candidates(&hosts, ip), 0);
}
END_TEST

START_TEST(views_that_share_nothing_lose_nothing)
{
	struct ladder_view views[2] = { 0 };
	struct ladder ladder;

	for (uint64_t i = 0; i < 4; i++) {
		see(&views[0], CLIENT, SERVER, (int64_t)i, 10 + i);
		see(&views[1], SERVER, CLIENT, (int64_t)i, 20 + i);
	}
	merge(&ladder, views, 2);
	ck_assert_uint_eq(ladder.packets, 8);
	ck_assert_uint_eq(ladder.lost, 0);
	ck_assert_int_eq(ladder.places[1].clock, LADDER_CLOCK_UNKNOWN);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(a_segment_cut_on_its_way_is_not_lost)
{
	struct ladder_view views[2] = { 0 };
	struct exchange_row row = make_row(CLIENT, SERVER, 9300, 50);
	struct ladder ladder;

	see_talk(&views[0], &views[1], 5000);
	row.seq = 90000;
	row.payload_len = 3000;
	see_row(&views[0], &row);
	for (uint64_t i = 0; i < 3; i++) {
		row = make_row(CLIENT, SERVER, 14312, 60 + i);
		row.seq = 90000 + 1000 * i;
		row.payload_len = 1000;
		see_row(&views[1], &row);
	}
	see(&views[0], CLIENT, SERVER, 9310, 70);	/* lost all the same */
	see(&views[1], SERVER, CLIENT, 14400, 71);
	see(&views[0], SERVER, CLIENT, 9415, 71);
	merge(&ladder, views, 2);
	ck_assert_int_eq(event(&ladder, 50, 0)->fate, LADDER_RESIZED);
	for (uint64_t i = 0; i < 3; i++)
		ck_assert_int_eq(event(&ladder, 60 + i, 0)->fate,
		    LADDER_RESIZED);
	ck_assert_int_eq(event(&ladder, 70, 0)->fate, LADDER_LOST);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(one_flow_is_drawn_and_all_tell_where_views_are)
{
	struct ladder_view views[2] = { 0 };
	struct table_ip server = host_ip(SERVER);
	struct exchange_row row;
	struct ladder ladder;
	struct errbuf err;

	see_talk(&views[1], &views[0], 5000);
	/* Flow 2 of the first view: one seen once, the other seen by both. */
	row = make_row(SERVER, OTHER, 5500, 7);
	row.flow = 2;
	see_row(&views[0], &row);
	row = make_row(OTHER, SERVER, 5600, 8);
	row.flow = 2;
	see_row(&views[0], &row);
	row = make_row(OTHER, SERVER, 600, 8);
	see_row(&views[1], &row);
	ladder_init(&ladder, true, false);
	ladder.merge_flow = 2;
	ck_assert_int_eq(ladder_merge(&ladder, views, 2, &err), 0);
	finish(&ladder);
	ck_assert_uint_eq(ladder.packets, 2);
	ck_assert(ladder.places[0].has_host);
	ck_assert_mem_eq(&ladder.places[0].host, &server, sizeof(server));
	ck_assert_uint_eq(ladder.places[0].packets, 22);
	ck_assert_uint_eq(event(&ladder, 8, 0)->seen, 3);
	ladder_reset(&ladder);
}
END_TEST

/* One capture, filtered by three hosts: each sees its own packets, at the same
 * times. */
START_TEST(captures_filtered_from_one_give_that_one)
{
	static const unsigned ends[][2] = { { 1, 2 }, { 2, 1 }, { 3, 2 },
	    { 2, 3 }, { 1, 3 }, { 2, 1 }, { 2, 3 }, { 3, 1 } };
	struct ladder_view views[3] = { 0 };
	struct ladder ladder;

	for (uint64_t i = 0; i < 64; i++) {
		const unsigned *e = ends[i % 8];

		/* Some share their time. */
		for (unsigned v = 0; v < 3; v++)
			if (e[0] == v + 1 || e[1] == v + 1)
				see(&views[v], e[0], e[1], (int64_t)i / 3,
				    1000 + i);
	}
	merge(&ladder, views, 3);
	ck_assert_uint_eq(ladder.packets, 64);
	ck_assert_uint_eq(ladder.lost, 0);
	for (uint64_t i = 0, at = 0; i < 64; i++, at++) {
		while (ladder.items[at].kind != LADDER_ARROW)
			at++;
		ck_assert_uint_eq(ladder.items[at].event.packet.identity,
		    1000 + i);
	}
	ladder_reset(&ladder);
}
END_TEST

/* Any packets, at any times, of few identities. */
static size_t
see_anything(struct ladder_view *views, size_t n, uint64_t *state)
{
	size_t packets = (size_t)random_below(state, 200);

	for (size_t i = 0; i < packets; i++) {
		struct exchange_row row = make_row(
		    1 + (unsigned)random_below(state, 4),
		    1 + (unsigned)random_below(state, 4), 0,
		    random_below(state, 60));

		row.time.ns = random_below(state, 10) == 0 ?
		    (int64_t)random_any_width(state) :
		    (int64_t)random_below(state, 1000) * MS;
		if (random_below(state, 20) == 0)
			row.time.ns = TABLE_NO_I64;
		if (random_below(state, 20) == 0)
			row.src.version = row.dst.version = 0;
		row.payload_len = random_below(state, 3) * 1000;
		row.verdict_bits = random_below(state, 8) == 0 ?
		    random_next(state) & 0x7fff : 0;
		see_row(&views[random_below(state, n)], &row);
	}
	return packets;
}

START_TEST(every_packet_of_every_view_is_in_one_event)
{
	uint64_t state = random_seed(__func__);

	for (unsigned long n = random_rounds(500); n > 0; n--) {
		struct ladder_view views[LADDER_VIEWS_MAX] = { 0 };
		size_t count = 1 + (size_t)random_below(&state,
		    LADDER_VIEWS_MAX);
		size_t packets = see_anything(views, count, &state), seen = 0;
		struct ladder ladder;

		merge(&ladder, views, count);
		for (size_t i = 0; i < ladder.count; i++)
			if (ladder.items[i].kind != LADDER_PAUSE)
				seen += (size_t)__builtin_popcount(
				    ladder.items[i].event.seen);
		ck_assert_uint_eq(seen, packets);
		ck_assert_uint_eq(count_packets(&ladder), ladder.packets);
		ladder_reset(&ladder);
	}
}
END_TEST

START_TEST(packets_without_an_identity_are_others_in_each_view)
{
	struct ladder_view views[2] = { 0 };
	struct ladder ladder;

	see_talk(&views[0], &views[1], 0);
	for (int i = 0; i < 3; i++) {
		see(&views[0], CLIENT, SERVER, 20000 + i, TABLE_NO_U64);
		see(&views[1], CLIENT, SERVER, 90000 + i, TABLE_NO_U64);
	}
	merge(&ladder, views, 2);
	ck_assert_uint_eq(ladder.packets, 26);
	ck_assert_uint_eq(ladder.places[1].matched, 20);
	ck_assert_int_eq(ladder.places[1].ahead_ns, 0);
	ladder_reset(&ladder);
}
END_TEST

static Suite *
suite(void)
{
	enum { SHIFTS = sizeof(shifts_ms) / sizeof(shifts_ms[0]) };
	Suite *s = suite_create("ladder_merge");
	TCase *tc = tcase_create("ladder_merge");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, clocks_that_differ_are_aligned, 0, SHIFTS);
	tcase_add_loop_test(tc, the_times_tell_which_view_is_at_which_end, 0,
	    SHIFTS);
	tcase_add_test(tc, a_view_between_two_others_is_on_the_way);
	tcase_add_test(tc, a_view_of_many_hosts_tells_at_which_end_another_is);
	tcase_add_test(tc, packets_that_one_view_has_twice_align_clocks_too);
	tcase_add_test(tc, what_leaves_and_does_not_arrive_is_lost);
	tcase_add_loop_test(tc,
	    of_two_that_look_the_same_the_one_near_in_time_arrived, 0, 2);
	tcase_add_test(tc, those_that_look_the_same_match_in_order);
	tcase_add_test(tc, what_the_network_doubles_was_not_seen_leaving);
	tcase_add_test(tc, reordered_is_what_a_later_one_has_overtaken);
	tcase_add_test(tc, one_direction_aligns_by_its_least_delay);
	tcase_add_test(tc, what_nothing_tells_is_not_told);
	tcase_add_test(tc, all_packets_of_a_capture_tell_where_it_was_taken);
	tcase_add_test(tc, nineteen_of_twenty_are_nearly_all);
	tcase_add_test(tc, views_that_share_nothing_lose_nothing);
	tcase_add_test(tc, a_segment_cut_on_its_way_is_not_lost);
	tcase_add_test(tc, one_flow_is_drawn_and_all_tell_where_views_are);
	tcase_add_test(tc, captures_filtered_from_one_give_that_one);
	tcase_add_test(tc, packets_without_an_identity_are_others_in_each_view);
	tcase_add_test(tc, every_packet_of_every_view_is_in_one_event);
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
