/*
 * What the tracker finds flows by: keys, the index, ages, slabs.
 */
#include "analyzer/tracker/flow_table.h"

#include <check.h>

#include "tests/unit/stats_random.h"
#include "tests/unit/tracker_packets.h"

static struct errbuf err;

START_TEST(a_key_is_the_same_in_both_directions)
{
	unsigned version = _i == 0 ? 4 : 6;
	struct frames_host a = packet_host(version, 1, 7);
	struct frames_host b = packet_host(version, 1, 9);
	struct packet_list list = { 0 };
	struct flow_key there, back, other;

	packet_udp(&list, 0, &a, &b, 1);
	packet_udp(&list, 0, &b, &a, 1);
	b.port = 8;
	packet_udp(&list, 0, &b, &a, 1);
	packet_list_decode(&list);
	ck_assert_uint_eq(flow_key_read(&there, &list.packets[0]), 0);
	ck_assert_uint_eq(flow_key_read(&back, &list.packets[1]), 1);
	flow_key_read(&other, &list.packets[2]);
	ck_assert(flow_key_equal(&there, &back));
	ck_assert(!flow_key_equal(&there, &other));
	packet_list_free(&list);
}
END_TEST

/* The tags of a small range collide and wrap around the end of the table. */
START_TEST(the_index_finds_what_is_in_it_and_nothing_else)
{
	enum { N = 2000 };
	uint64_t seed = random_seed("the_index_finds_what_is_in_it");
	static uint32_t tags[N];
	static bool there[N];
	struct flow_index index;

	ck_assert_int_eq(flow_index_init(&index), 0);
	for (unsigned long round = 0; round < 50000; round++) {
		uint32_t n = (uint32_t)random_below(&seed, N), found;
		bool seen = false;
		size_t at;

		if (!there[n]) {
			tags[n] = (uint32_t)(random_below(&seed, 300) - 150);
			ck_assert_int_eq(flow_index_reserve(&index), 0);
			flow_index_add(&index, tags[n], n);
			there[n] = true;
		} else if (random_below(&seed, 2) == 0) {
			flow_index_remove(&index, tags[n], n);
			there[n] = false;
		}
		at = flow_index_start(&index, tags[n]);
		while ((found = flow_index_next(&index, tags[n], &at)) !=
		    FLOW_INDEX_NONE) {
			ck_assert(there[found] && tags[found] == tags[n]);
			seen |= found == n;
		}
		ck_assert(seen == there[n]);
	}
	flow_index_reset(&index);
}
END_TEST

START_TEST(objects_keep_what_is_in_them_and_memory_comes_back)
{
	enum { N = 5000 };
	uint64_t seed = random_seed("objects_keep_what_is_in_them");
	static uint32_t numbers[N];
	struct slab slab;

	slab_init(&slab, 100);
	memset(numbers, 0xff, sizeof(numbers));
	for (unsigned long round = 0; round < 100000; round++) {
		size_t i = random_below(&seed, N);

		if (numbers[i] == SLAB_NONE) {
			numbers[i] = slab_take(&slab);
			ck_assert_uint_ne(numbers[i], SLAB_NONE);
			memset(slab_at(&slab, numbers[i]), (int)i & 0xff, 100);
		} else {
			const uint8_t *at = slab_at(&slab, numbers[i]);

			ck_assert_uint_eq(at[0], i & 0xff);
			ck_assert_uint_eq(at[99], i & 0xff);
			slab_give(&slab, numbers[i]);
			numbers[i] = SLAB_NONE;
		}
	}
	for (size_t i = 0; i < N; i++)
		if (numbers[i] != SLAB_NONE)
			slab_give(&slab, numbers[i]);
	ck_assert_uint_eq(slab_memory(&slab), 0);
	slab_reset(&slab);
}
END_TEST

/* Entries are used at random; whatever the heap knows of it, the oldest is the
 * one that a look at all of them finds. */
START_TEST(the_oldest_is_the_one_that_was_used_before_all_others)
{
	enum { N = 300 };
	static const size_t bytes[FLOW_CLASSES] = {
		sizeof(struct flow_entry), sizeof(struct flow_entry) + 64,
	};
	uint64_t seed = random_seed("the_oldest"), now = 0;
	static struct flow_entry *alive[N];
	struct flow_table table;

	ck_assert_int_eq(flow_table_init(&table, bytes, &err), 0);
	for (unsigned long round = 0; round < 10000; round++) {
		size_t i = random_below(&seed, N), oldest = N;
		struct flow_key key = { .ip_version = 4, .ports = {
		    (uint16_t)i, 1 }, .ip_protocol = 17 };
		uint32_t tag = flow_hash_of(&table.hash, &key);

		ck_assert_ptr_eq(flow_table_find(&table, &key, tag), alive[i]);
		if (alive[i] == NULL)
			alive[i] = flow_table_add(&table, &key, tag, ++now);
		else
			alive[i]->used = ++now;
		if (random_below(&seed, 3) != 0)
			continue;
		for (i = 0; i < N; i++)
			if (alive[i] != NULL && (oldest == N ||
			    alive[i]->used < alive[oldest]->used))
				oldest = i;
		ck_assert_ptr_eq(flow_table_oldest(&table, FLOW_OTHER),
		    alive[oldest]);
		flow_table_remove_oldest(&table, FLOW_OTHER);
		alive[oldest] = NULL;
	}
	flow_table_reset(&table);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("flow_table");
	TCase *tc = tcase_create("flow_table");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_key_is_the_same_in_both_directions, 0, 2);
	tcase_add_test(tc, the_index_finds_what_is_in_it_and_nothing_else);
	tcase_add_test(tc,
	    objects_keep_what_is_in_them_and_memory_comes_back);
	tcase_add_test(tc,
	    the_oldest_is_the_one_that_was_used_before_all_others);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
