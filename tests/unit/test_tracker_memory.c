/*
 * The tracker in little memory: what is evicted, what is spilled, and what
 * becomes of it where there is nowhere to spill to.
 */
#include <unistd.h>

#include "analyzer/tracker/flow_queue.h"
#include "analyzer/tracker/flow_record.h"
#include "analyzer/tracker/gap_store.h"
#include "analyzer/tracker/tracker.h"
#include "tests/unit/quick_check.h"
#include "tests/unit/stats_random.h"
#include "tests/unit/temporary_folder.h"
#include "tests/unit/tracker_model.h"
#include "tests/unit/tracker_packets.h"

static struct errbuf err;

/* Evicting. */

struct flood {
	uint64_t flows, packets, evicted, hash;
};

static void
take_ended(struct tracker *t, struct flood *out)
{
	const struct flow *flow;
	bool failed;

	while ((flow = tracker_next(t, &failed, &err)) != NULL) {
		ck_assert_uint_eq(flow->sequence, ++out->flows);
		out->packets += flow->sides[0].packets +
		    flow->sides[1].packets;
		out->evicted += flow->end == FLOW_END_EVICTED;
		out->hash = out->hash * 31 + flow->number * 7 + flow->end +
		    flow->sides[0].packets;
	}
	ck_assert_msg(!failed, "%s", err.text);
}

/* n hosts send to one, every third one twice in a row. */
static void
flood(size_t n, size_t batch, uint64_t max_memory, struct flood *out)
{
	struct tracker_settings s = { .max_memory = max_memory };
	struct tracker *t = tracker_new(&s, NULL, NULL, &err);
	struct frames_host to = packet_host(4, 0xffffff, 1);
	struct packet_list list = { 0 };
	struct tracker_counts counts;

	memset(out, 0, sizeof(*out));
	ck_assert_ptr_nonnull(t);
	for (unsigned i = 0; i < n; i++) {
		struct frames_host from = packet_host(4, i - (i % 3 == 2), 1);

		packet_udp(&list, i, &from, &to, 1);
	}
	packet_list_decode(&list);
	for (size_t at = 0; at < n; at += batch) {
		size_t left = n - at < batch ? n - at : batch;

		ck_assert_int_eq(tracker_add(t, "x", list.packets + at, left,
		    &err), 0);
		take_ended(t, out);
	}
	ck_assert_int_eq(tracker_end(t, &err), 0);
	take_ended(t, out);
	tracker_counts(t, &counts);
	ck_assert_uint_eq(counts.flows, out->flows);
	ck_assert_uint_eq(counts.evicted, out->evicted);
	ck_assert_uint_eq(counts.packets, n);
	tracker_free(t);
	packet_list_free(&list);
}

START_TEST(a_flood_evicts_the_same_whatever_the_batches_are)
{
	struct flood one, other;

	flood(30000, 30000, TRACKER_MEMORY_MIN, &one);
	flood(30000, 17, TRACKER_MEMORY_MIN, &other);
	ck_assert_uint_eq(one.flows, 20000);
	ck_assert_uint_eq(one.packets, 30000);
	/* An entry takes more than half a KiB. */
	ck_assert_uint_gt(one.evicted, 18000);
	ck_assert_uint_lt(one.evicted, 20000);
	ck_assert_mem_eq(&one, &other, sizeof(one));
}
END_TEST

START_TEST(a_bound_that_is_not_reached_evicts_nothing)
{
	struct flood one;

	flood(3000, 100, 0, &one);
	ck_assert_uint_eq(one.evicted, 0);
	ck_assert_uint_eq(one.flows, 2000);
}
END_TEST

START_TEST(the_flow_that_was_silent_for_longest_is_evicted)
{
	struct tracker_settings s = { .max_memory = TRACKER_MEMORY_MIN };
	struct tracker *t = tracker_new(&s, NULL, NULL, &err);
	struct frames_host to = packet_host(4, 0xffffff, 1);
	struct frames_host steady = packet_host(4, 0xfffffe, 1);
	struct packet_list list = { 0 };
	const struct flow *flow;
	bool failed;

	ck_assert_ptr_nonnull(t);
	for (unsigned i = 0; i < 10000; i++) {
		struct frames_host from = packet_host(4, i, 1);

		packet_udp(&list, i, &steady, &to, 1);
		packet_udp(&list, i, &from, &to, 1);
	}
	packet_list_decode(&list);
	ck_assert_int_eq(tracker_add(t, "x", list.packets, list.count, &err),
	    0);
	/* The first flow is alive: nothing can be given out before it. */
	ck_assert_ptr_null(tracker_next(t, &failed, &err));
	ck_assert_int_eq(tracker_end(t, &err), 0);
	flow = tracker_next(t, &failed, &err);
	ck_assert_ptr_nonnull(flow);
	ck_assert_uint_eq(flow->sides[FLOW_A].packets, 10000);
	ck_assert_int_eq(flow->end, FLOW_END_CAPTURE);
	for (size_t i = 1; i <= 10000; i++) {
		flow = tracker_next(t, &failed, &err);
		ck_assert_ptr_nonnull(flow);
		ck_assert_uint_eq(flow->number, i + 1);
	}
	tracker_free(t);
	packet_list_free(&list);
}
END_TEST

START_TEST(without_a_folder_to_spill_to_there_is_one_error)
{
	struct tracker_settings s = { .max_memory = TRACKER_MEMORY_MIN };
	struct tracker *t = tracker_new(&s, NULL, NULL, &err);
	struct frames_host to = packet_host(4, 0xffffff, 1);
	struct packet_list list = { 0 };

	ck_assert_ptr_nonnull(t);
	for (unsigned i = 0; i < 10000; i++) {
		struct frames_host from = packet_host(4, i, 1);

		packet_udp(&list, i, &from, &to, 1);
	}
	packet_list_decode(&list);
	setenv("TMPDIR", "/nonexistent", 1);
	ck_assert_int_eq(tracker_add(t, "x", list.packets, list.count, &err),
	    -1);
	unsetenv("TMPDIR");
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/pcapstat-"));
	ck_assert_ptr_null(strchr(err.text, '\n'));
	tracker_free(t);
	packet_list_free(&list);
}
END_TEST

/* Flows that wait. */

static struct flow *
record_of(uint64_t sequence)
{
	struct tcp_flow tcp = { .closer = 1 };
	struct flow_packet splt[3] = { { .side = 1, .ts_ns = 77 } };
	struct flow flow = { .sequence = sequence, .number = sequence * 3 };
	struct flow *record;

	if (sequence % 2 == 0)
		flow.tcp = &tcp;
	if (sequence % 3 == 0) {
		flow.splt = splt;
		flow.splt_count = 1 + (uint32_t)sequence % 3;
	}
	record = flow_record_new(&flow);
	ck_assert_ptr_nonnull(record);
	return record;
}

static void
assert_record(struct flow *flow, uint64_t sequence)
{
	ck_assert_ptr_nonnull(flow);
	ck_assert_uint_eq(flow->sequence, sequence);
	ck_assert_uint_eq(flow->number, sequence * 3);
	ck_assert((flow->tcp != NULL) == (sequence % 2 == 0));
	ck_assert(flow->tcp == NULL || flow->tcp->closer == 1);
	ck_assert((flow->splt != NULL) == (sequence % 3 == 0));
	ck_assert(flow->splt == NULL || flow->splt[0].ts_ns == 77);
	free(flow);
}

/* Shuffles within windows, so that some wait long and some do not. */
static void
shuffle(uint64_t *order, size_t n, uint64_t *seed)
{
	for (size_t i = 0; i < n; i++)
		order[i] = i + 1;
	for (size_t i = n - 1; i > 0; i--) {
		size_t window = random_below(seed, 50) == 0 ? i + 1 : 30;
		size_t j = i - random_below(seed, window < i ? window : i);
		uint64_t other = order[i];

		order[i] = order[j];
		order[j] = other;
	}
}

START_TEST(ended_flows_leave_in_order_by_way_of_the_file)
{
	uint64_t seed = random_seed("ended_flows_leave_in_order") +
	    (uint64_t)_i;
	static const uint64_t shares[] = { 0, 5000, 100000, 1 << 30 };
	enum { N = 3000 };
	static uint64_t order[N];
	struct flow_queue *q = flow_queue_new(shares[_i], &err);
	uint64_t next = 1;
	struct flow *flow;
	int status;

	ck_assert_ptr_nonnull(q);
	shuffle(order, N, &seed);
	for (size_t i = 0; i < N; i++) {
		ck_assert_int_eq(flow_queue_add(q, record_of(order[i]), &err),
		    0);
		while (random_below(&seed, 3) != 0 &&
		    (flow = flow_queue_next(q, &status, &err)) != NULL)
			assert_record(flow, next++);
		ck_assert_uint_le(flow_queue_memory(q), shares[_i] + 65536);
	}
	while ((flow = flow_queue_next(q, &status, &err)) != NULL)
		assert_record(flow, next++);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(next, N + 1);
	flow_queue_free(q);
}
END_TEST

/* Gaps. */

static int128
random_gap(uint64_t *seed, int kind)
{
	int128 gap = (int128)(kind == 0 ? random_below(seed, 3) :
	    kind == 1 ? random_next(seed) : random_any_width(seed));

	return random_below(seed, 4) == 0 ? -gap : gap;
}

static void
assert_median(struct gap_store *store, uint64_t *tail, int128 *gaps, size_t n)
{
	int128 median;

	ck_assert_int_eq(gap_store_median(store, tail, n, &median, &err), 0);
	qsort(gaps, n, sizeof(gaps[0]), model_by_gap);
	ck_assert(median == (gaps[(n - 1) / 2] + gaps[n / 2]) * 500);
	ck_assert_uint_eq(*tail, GAP_STORE_EMPTY);
}

START_TEST(medians_are_those_of_sorting)
{
	uint64_t seed = random_seed("medians_are_those_of_sorting") +
	    (uint64_t)_i;
	struct gap_store *store = gap_store_new(_i < 3 ? 1 << 20 : 1000, &err);
	enum { FLOWS = 40, MOST = 3000 };
	static int128 gaps[FLOWS][MOST];
	uint64_t tails[FLOWS] = { 0 };
	size_t counts[FLOWS] = { 0 };

	ck_assert_ptr_nonnull(store);
	for (size_t i = 0; i < 60000; i++) {
		/* some have many, some few */
		size_t f = random_below(&seed, 1 + random_below(&seed,
		    FLOWS));

		if (counts[f] == MOST) {
			assert_median(store, &tails[f], gaps[f], MOST);
			counts[f] = 0;
		}
		gaps[f][counts[f]] = random_gap(&seed, _i % 3);
		ck_assert_int_eq(gap_store_add(store, &tails[f],
		    gaps[f][counts[f]++], &err), 0);
	}
	for (size_t f = 0; f < FLOWS; f++)
		if (counts[f] > 0)
			assert_median(store, &tails[f], gaps[f], counts[f]);
	ck_assert_uint_eq(gap_store_memory(store), 0);
	gap_store_free(store);
}
END_TEST

START_TEST(very_many_gaps_have_their_median_too)
{
	enum { N = 300000 };
	uint64_t seed = random_seed("very_many_gaps"), tail = GAP_STORE_EMPTY;
	struct gap_store *store = gap_store_new(10000, &err);
	int128 *gaps = memory_array(N, sizeof(*gaps));

	ck_assert(store != NULL && gaps != NULL);
	for (size_t i = 0; i < N; i++) {
		gaps[i] = random_gap(&seed, 2);
		ck_assert_int_eq(gap_store_add(store, &tail, gaps[i], &err),
		    0);
	}
	assert_median(store, &tail, gaps, N);
	free(gaps);
	gap_store_free(store);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tracker_memory");
	TCase *tc = tcase_create("tracker_memory");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, temporary_folder_enter,
	    temporary_folder_leave);
	tcase_add_test(tc, a_flood_evicts_the_same_whatever_the_batches_are);
	tcase_add_test(tc, a_bound_that_is_not_reached_evicts_nothing);
	tcase_add_test(tc, the_flow_that_was_silent_for_longest_is_evicted);
	tcase_add_test(tc, without_a_folder_to_spill_to_there_is_one_error);
	tcase_add_loop_test(tc,
	    ended_flows_leave_in_order_by_way_of_the_file, 0, 4);
	tcase_add_loop_test(tc, medians_are_those_of_sorting, 0, 6);
	tcase_add_test(tc, very_many_gaps_have_their_median_too);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
