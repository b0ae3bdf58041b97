#include "analyzer/report/ladder.h"

#include <check.h>
#include <stdlib.h>

#include "tests/unit/ladder_packets.h"
#include "tests/unit/stats_random.h"

/* n segments of one connection, `ms` apart, from time `at`. */
static void
add_run(struct ladder *ladder, size_t n, int64_t at, int64_t ms)
{
	for (size_t i = 0; i < n; i++) {
		struct exchange_row row = make_row(1 + i % 2, 2 - i % 2,
		    at + (int64_t)i * ms, i + 1);

		add_row(ladder, &row);
	}
}

static const struct ladder_item *
find_fold(const struct ladder *ladder)
{
	for (size_t i = 0; i < ladder->count; i++)
		if (ladder->items[i].kind == LADDER_FOLD)
			return &ladder->items[i];
	return NULL;
}

START_TEST(a_long_run_keeps_its_ends)
{
	struct ladder ladder;
	const struct ladder_item *fold;

	ladder_init(&ladder, false, false);
	add_run(&ladder, 34, 0, 1);
	finish(&ladder);
	ck_assert_uint_eq(ladder.count, 7);
	fold = &ladder.items[4];
	ck_assert_int_eq(fold->kind, LADDER_FOLD);
	ck_assert_uint_eq(fold->count.packets, 28);
	ck_assert_uint_eq(fold->count.payload_bytes, 2800);
	ck_assert_uint_eq(fold->count.frame_bytes, 28 * 154);
	ck_assert_int_eq(fold->first_ns, 4 * MS);
	ck_assert_int_eq(fold->last_ns, 31 * MS);
	ck_assert_uint_eq(ladder.items[5].event.packet.number, 33);
	ck_assert_uint_eq(ladder.packets, 34);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(eleven_packets_are_drawn_and_twelve_folded)
{
	for (size_t n = 11; n <= 12; n++) {
		struct ladder ladder;

		ladder_init(&ladder, false, false);
		add_run(&ladder, n, 0, 1);
		finish(&ladder);
		ck_assert_uint_eq(ladder.count, n == 11 ? 11 : 7);
		ladder_reset(&ladder);
	}
}
END_TEST

START_TEST(all_folds_nothing)
{
	struct ladder ladder;

	ladder_init(&ladder, true, false);
	add_run(&ladder, 5000, 0, 1);
	finish(&ladder);
	ck_assert_uint_eq(ladder.count, 5000);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(what_is_unusual_is_never_folded)
{
	struct exchange_row row = make_row(1, 2, 20, 99);
	struct ladder ladder;

	ladder_init(&ladder, false, false);
	add_run(&ladder, 20, 0, 1);
	row.verdict_bits = TCP_IS_RETRANSMISSION;
	row.verdict = "retransmission";
	add_row(&ladder, &row);
	add_run(&ladder, 20, 21, 1);
	finish(&ladder);
	ck_assert_uint_eq(count_kind(&ladder, LADDER_FOLD), 2);
	ck_assert_uint_eq(ladder.items[7].event.packet.identity, 99);
	ck_assert_uint_eq(ladder.retransmissions, 1);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(runs_end_at_pauses_that_are_written)
{
	struct ladder ladder;

	ladder_init(&ladder, false, false);
	add_run(&ladder, 11, 0, 1);
	add_run(&ladder, 11, 1010, 1);
	finish(&ladder);
	ck_assert_uint_eq(count_kind(&ladder, LADDER_FOLD), 0);
	ck_assert_uint_eq(ladder.count, 23);
	ck_assert_int_eq(ladder.items[11].kind, LADDER_PAUSE);
	ck_assert_int_eq(ladder.items[11].first_ns, 10 * MS);
	ck_assert_int_eq(ladder.items[11].last_ns, 1010 * MS);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(a_steady_beat_has_no_pauses)
{
	struct ladder ladder;

	ladder_init(&ladder, false, false);
	add_run(&ladder, 100, 0, 1000);
	finish(&ladder);
	ck_assert_uint_eq(count_kind(&ladder, LADDER_PAUSE), 0);
	ck_assert_uint_eq(find_fold(&ladder)->count.packets, 94);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(times_that_go_back_are_no_pause)
{
	static const int64_t times_ns[] = { INT64_MAX, 0, INT64_MIN + 1,
	    INT64_MIN + 2 };
	struct ladder ladder;

	ladder_init(&ladder, false, false);
	for (size_t i = 0; i < 4; i++) {
		struct exchange_row row = make_row(1, 2, 0, i);

		row.time.ns = times_ns[i];
		add_row(&ladder, &row);
	}
	finish(&ladder);
	ck_assert_uint_eq(ladder.count, 4);
	ck_assert_int_eq(ladder.start_ns, INT64_MIN + 1);
	ck_assert_int_eq(ladder.end_ns, INT64_MAX);
	ladder_reset(&ladder);
}
END_TEST

/* SYNs are never ordinary: nothing folds, until there are too many. */
START_TEST(memory_follows_what_is_drawn)
{
	struct ladder ladder;
	const struct ladder_item *rest;
	uint64_t n = 200000;

	ladder_init(&ladder, false, false);
	for (uint64_t i = 0; i < n; i++) {
		struct exchange_row row = make_row(1, 2, (int64_t)i, i);

		row.flag_bits = TCP_SYN;
		add_row(&ladder, &row);
		ck_assert_uint_le(ladder.bytes, 2 << 20);
	}
	finish(&ladder);
	ck_assert_uint_eq(ladder.count, LADDER_SHOWN_MAX + 1);
	rest = &ladder.items[LADDER_SHOWN_MAX];
	ck_assert(rest->kind == LADDER_FOLD && rest->count.rest);
	ck_assert_uint_eq(rest->count.packets, n - LADDER_SHOWN_MAX);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(one_address_at_both_ends_has_a_column_a_port)
{
	struct exchange_row row = make_row(1, 1, 0, 1);
	struct ladder ladder;

	ladder_init(&ladder, false, false);
	row.dst_port = 80;
	add_row(&ladder, &row);
	finish(&ladder);
	ck_assert_uint_eq(ladder.host_count, 2);
	ck_assert(ladder.hosts[0].has_port && ladder.hosts[1].has_port);
	ck_assert_uint_eq(ladder.hosts[1].port, 80);
	ck_assert_uint_eq(ladder.items[0].src, 0);
	ck_assert_uint_eq(ladder.items[0].dst, 1);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(hosts_past_the_twelfth_share_a_column)
{
	struct ladder ladder;

	ladder_init(&ladder, false, false);
	for (unsigned i = 2; i < 30; i++) {
		struct exchange_row row = make_row(1, i, i, i);

		add_row(&ladder, &row);
	}
	finish(&ladder);
	ck_assert_uint_eq(ladder.host_count, LADDER_HOSTS_MAX + 1);
	ck_assert(ladder.hosts[LADDER_HOSTS_MAX].others);
	ck_assert_uint_eq(ladder.items[27].dst, LADDER_HOSTS_MAX);
	ladder_reset(&ladder);
}
END_TEST

static const char *
name_two(const void *context, const struct table_ip *ip)
{
	(void)context;
	return ip->bytes[3] == 2 ? "two" : NULL;
}

START_TEST(named_hosts_come_first)
{
	struct table_ip first[] = { host_ip(2), host_ip(9) };
	struct ladder_names names = { name_two, NULL, first, 2 };
	struct ladder ladder;
	struct errbuf err;

	ladder_init(&ladder, false, false);
	add_run(&ladder, 3, 0, 1);
	ck_assert_int_eq(ladder_finish(&ladder, &names, &err), 0);
	/* The ninth has no packet and no column. */
	ck_assert_uint_eq(ladder.host_count, 2);
	ck_assert_str_eq(ladder.hosts[0].name, "two");
	ck_assert_ptr_null(ladder.hosts[1].name);
	ck_assert_uint_eq(ladder.items[0].dst, 0);
	ladder_reset(&ladder);
}
END_TEST

START_TEST(every_packet_is_on_one_arrow_or_in_one_count)
{
	uint64_t state = random_seed(__func__);

	for (unsigned long n = random_rounds(300); n > 0; n--) {
		uint64_t packets = random_below(&state, 3000);
		struct ladder ladder;
		int64_t ns = 0;

		ladder_init(&ladder, random_below(&state, 8) == 0, false);
		for (uint64_t i = 0; i < packets; i++) {
			struct exchange_row row = make_row(1, 2, 0, i);

			if (ns < INT64_MAX / 2)
				ns += (int64_t)random_below(&state, 50) * MS;
			if (random_below(&state, 40) == 0)
				ns = (int64_t)(random_any_width(&state) >> 1);
			if (random_below(&state, 40) == 0)
				ns = -ns;
			row.time.ns = ns;
			if (random_below(&state, 30) == 0)
				row.dst = host_ip((unsigned)random_below(
				    &state, 30));
			if (random_below(&state, 30) == 0)
				row.src.version = row.dst.version = 0;
			if (random_below(&state, 60) == 0)
				row.verdict_bits = 1;
			add_row(&ladder, &row);
		}
		finish(&ladder);
		ck_assert_uint_eq(count_packets(&ladder), packets);
		ck_assert_uint_eq(ladder.packets, packets);
		ladder_reset(&ladder);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ladder_fold");
	TCase *tc = tcase_create("ladder_fold");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_long_run_keeps_its_ends);
	tcase_add_test(tc, eleven_packets_are_drawn_and_twelve_folded);
	tcase_add_test(tc, all_folds_nothing);
	tcase_add_test(tc, what_is_unusual_is_never_folded);
	tcase_add_test(tc, runs_end_at_pauses_that_are_written);
	tcase_add_test(tc, a_steady_beat_has_no_pauses);
	tcase_add_test(tc, times_that_go_back_are_no_pause);
	tcase_add_test(tc, memory_follows_what_is_drawn);
	tcase_add_test(tc, one_address_at_both_ends_has_a_column_a_port);
	tcase_add_test(tc, hosts_past_the_twelfth_share_a_column);
	tcase_add_test(tc, named_hosts_come_first);
	tcase_add_test(tc, every_packet_is_on_one_arrow_or_in_one_count);
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
