/*
 * The tracker against a naive model (tracker_model.h), on hand-made packets and
 * on random ones, in batches of any size and by way of a packet log.
 */
#include "analyzer/tracker/tracker.h"

#include "analyzer/tracker/packet_log.h"
#include "tests/unit/decode_frames.h"
#include "tests/unit/quick_check.h"
#include "tests/unit/stats_random.h"
#include "tests/unit/tracker_model.h"
#include "tests/unit/tracker_packets.h"

static struct errbuf err;

/* What the tracker is given, and what it must give. */
struct run {
	struct tracker *tracker;
	struct model model;
	uint64_t given, shown;
};

static int
see(void *context, const struct sighting *s, struct errbuf *unused)
{
	struct run *run = context;
	const struct model_flow *f;

	(void)unused;
	run->shown++;
	if (s->flow == NULL)
		return 0;
	ck_assert_uint_le(s->flow->sequence, run->model.count);
	f = &run->model.flows[s->flow->sequence - 1];
	ck_assert_uint_eq(s->flow->number, f->number);
	ck_assert((s->segment != NULL) == (s->verdict != NULL));
	return 0;
}

static void
take_ended(struct run *run)
{
	const struct flow *flow;
	bool failed;

	while ((flow = tracker_next(run->tracker, &failed, &err)) != NULL) {
		ck_assert_uint_eq(flow->sequence, ++run->given);
		model_assert_flow(&run->model, flow);
	}
	ck_assert_msg(!failed, "%s", err.text);
}

static int
add_replayed(void *context, const char *file, const struct packet *packets,
    size_t n, struct errbuf *e)
{
	struct run *run = context;

	return tracker_add(run->tracker, file, packets, n, e);
}

/* The packets from `at` to `end` by way of logs in one or two parts. */
static void
add_by_log(struct run *run, const struct packet *packets, size_t at,
    size_t end, uint64_t *seed)
{
	struct packet_log *left = packet_log_new(random_below(seed, 300000),
	    &err);
	struct packet_log *right = packet_log_new(random_below(seed, 300000),
	    &err);
	size_t middle = at + random_below(seed, end - at + 1);

	ck_assert(left != NULL && right != NULL);
	ck_assert_int_eq(packet_log_add(left, "x", packets + at, middle - at,
	    &err), 0);
	ck_assert_int_eq(packet_log_add(right, "x", packets + middle,
	    end - middle, &err), 0);
	ck_assert_int_eq(packet_log_append(left, right, &err), 0);
	packet_log_free(right);
	ck_assert_int_eq(packet_log_replay(left, add_replayed, run, &err), 0);
	packet_log_free(left);
}

/* Batches of up to `most` packets, some of them through a log. */
static void
add_all(struct run *run, const struct packet_list *list, size_t most,
    uint64_t *seed)
{
	for (size_t at = 0; at < list->count;) {
		size_t n = 1 + random_below(seed, most);

		if (n > list->count - at)
			n = list->count - at;
		if (random_below(seed, 8) == 0)
			add_by_log(run, list->packets, at, at + n, seed);
		else
			ck_assert_int_eq(tracker_add(run->tracker, "x",
			    list->packets + at, n, &err), 0);
		if (random_below(seed, 4) == 0)
			take_ended(run);
		at += n;
	}
}

static void
assert_counts(const struct run *run, size_t packets)
{
	struct tracker_counts counts;
	uint64_t sum = 0;

	tracker_counts(run->tracker, &counts);
	ck_assert_uint_eq(counts.flows, run->model.counts.flows);
	ck_assert_uint_eq(counts.packets, run->model.counts.packets);
	ck_assert_uint_eq(counts.evicted, 0);
	for (int i = 0; i < TRACKER_REASONS; i++) {
		ck_assert_uint_eq(counts.reasons[i],
		    run->model.counts.reasons[i]);
		sum += counts.reasons[i];
	}
	/* Every packet is in exactly one flow or counted for one reason. */
	ck_assert_uint_eq(counts.packets + sum, packets);
}

static void
assert_like_model(const struct packet_list *list,
    const struct tracker_settings *settings, size_t most, uint64_t *seed)
{
	struct run run = { .model.settings = *settings };

	for (size_t i = 0; i < list->count; i++)
		model_add(&run.model, &list->packets[i]);
	model_finish(&run.model);
	run.tracker = tracker_new(settings, see, &run, &err);
	ck_assert_msg(run.tracker != NULL, "%s", err.text);
	add_all(&run, list, most, seed);
	ck_assert_int_eq(tracker_end(run.tracker, &err), 0);
	take_ended(&run);
	ck_assert_uint_eq(run.given, run.model.count);
	ck_assert_uint_eq(run.shown, list->count);
	assert_counts(&run, list->count);
	tracker_free(run.tracker);
	model_free(&run.model);
}

/* Hand-made. */

/* The list decoded, tracked at once, and the flows kept, plain. */
enum { FLOWS_MAX = 16 };

struct outcome {
	size_t count;
	struct flow flows[FLOWS_MAX];
	struct tracker_counts counts;
};

static void
track(struct packet_list *list, const struct tracker_settings *settings,
    struct outcome *out)
{
	struct tracker *t = tracker_new(settings, NULL, NULL, &err);
	const struct flow *flow;
	bool failed;

	out->count = 0;
	packet_list_decode(list);
	ck_assert_ptr_nonnull(t);
	ck_assert_int_eq(tracker_add(t, "x", list->packets, list->count,
	    &err), 0);
	ck_assert_int_eq(tracker_end(t, &err), 0);
	while ((flow = tracker_next(t, &failed, &err)) != NULL) {
		ck_assert_uint_lt(out->count, FLOWS_MAX);
		out->flows[out->count++] = *flow;
	}
	ck_assert(!failed);
	tracker_counts(t, &out->counts);
	tracker_free(t);
	packet_list_free(list);
}

static const struct tracker_settings plain = { .what = TRACK_MEDIANS };

START_TEST(both_directions_are_one_flow_and_a_is_the_first_sender)
{
	struct frames_host high = packet_host(4, 9, 9), low = packet_host(4,
	    1, 1);
	struct packet_list list = { 0 };
	struct outcome o;

	packet_udp(&list, 10, &high, &low, 100);
	packet_udp(&list, 30, &low, &high, 0);
	packet_udp(&list, 60, &high, &low, 7);
	packet_udp(&list, 50, &high, &low, 0);
	track(&list, &plain, &o);
	ck_assert_uint_eq(o.count, 1);
	ck_assert_uint_eq(o.flows[0].ports[FLOW_A], 9);
	ck_assert_uint_eq(o.flows[0].sides[FLOW_A].packets, 3);
	ck_assert_uint_eq(o.flows[0].sides[FLOW_A].payload_bytes, 107);
	ck_assert_uint_eq(o.flows[0].sides[FLOW_A].backward_steps, 1);
	/* 50 and -10 */
	ck_assert(o.flows[0].sides[FLOW_A].median_ps == 20000);
	ck_assert(o.flows[0].sides[FLOW_B].median_ps == TABLE_NO_PS);
	ck_assert(o.flows[0].earliest_ns == 10 && o.flows[0].latest_ns == 60);
	ck_assert_int_eq(o.flows[0].end, FLOW_END_CAPTURE);
}
END_TEST

START_TEST(silence_of_just_the_timeout_does_not_end_a_flow)
{
	struct frames_host a = packet_host(6, 1, 1), b = packet_host(6, 2, 2);
	struct packet_list list = { 0 };
	struct outcome o;

	packet_udp(&list, 0, &a, &b, 1);
	packet_udp(&list, TRACKER_IDLE_NS, &b, &a, 1);
	packet_udp(&list, 2 * TRACKER_IDLE_NS + 1, &b, &a, 1);
	track(&list, &plain, &o);
	ck_assert_uint_eq(o.count, 2);
	ck_assert_int_eq(o.flows[0].end, FLOW_END_IDLE);
	ck_assert_uint_eq(o.flows[0].sides[FLOW_B].packets, 1);
	/* and the second one's A is the sender of its own first packet */
	ck_assert_uint_eq(o.flows[1].sides[FLOW_A].packets, 1);
	ck_assert_uint_eq(o.flows[1].ports[FLOW_A], 2);
	ck_assert_uint_eq(o.flows[1].number, 2);
}
END_TEST

START_TEST(one_wrong_time_stamp_ends_no_other_flow)
{
	static const int64_t wrong[] = { INT64_MAX, 0 };
	struct frames_host a = packet_host(4, 1, 1), b = packet_host(4, 2, 2);
	struct frames_host c = packet_host(4, 3, 3);
	int64_t start = 1700000000 * SECOND_NS;
	struct packet_list list = { 0 };
	struct outcome o;

	packet_udp(&list, start, &a, &b, 1);
	packet_udp(&list, wrong[_i], &c, &b, 1);
	packet_udp(&list, start + 1, &a, &b, 1);
	track(&list, &plain, &o);
	ck_assert_uint_eq(o.count, 2);
	ck_assert_uint_eq(o.flows[0].sides[FLOW_A].packets, 2);
}
END_TEST

/* Of a capture over night: the first packet after the silence has a time far
 * ahead, which is not believed before the next one. */
START_TEST(what_begins_after_a_long_silence_is_one_flow)
{
	const int64_t later = 5 * TRACKER_TCP_IDLE_NS;
	struct frames_host a = packet_host(4, 1, 1000);
	struct frames_host b = packet_host(4, 2, 80), c = packet_host(4, 3, 3);
	struct packet_list list = { 0 };
	struct outcome o;

	packet_udp(&list, 0, &c, &b, 1);
	packet_tcp(&list, later, &a, &b, TCP_SYN, 100, 0, 0);
	if (_i == 1)	/* what is in doubt may be several packets */
		packet_udp(&list, 0, &c, &b, 1)->flags = FRAME_NO_TIME;
	packet_tcp(&list, later + 1000, &b, &a, TCP_SYN | TCP_ACK, 500, 101,
	    0);
	packet_tcp(&list, later + 2000, &a, &b, TCP_ACK, 101, 501, 0);
	track(&list, &plain, &o);
	ck_assert_uint_eq(o.count, 2);
	ck_assert_int_eq(o.flows[0].end, _i == 1 ? FLOW_END_CAPTURE :
	    FLOW_END_IDLE);
	ck_assert_uint_eq(o.flows[1].sides[FLOW_A].packets, 2);
	ck_assert_uint_eq(o.flows[1].sides[FLOW_B].packets, 1);
}
END_TEST

START_TEST(the_sender_of_the_syn_is_a)
{
	struct frames_host a = packet_host(4, 1, 80), b = packet_host(4, 2, 2);
	struct tracker_settings s = { .what = TRACK_TCP };
	struct packet_list list = { 0 };
	struct outcome o;

	packet_tcp(&list, 0, &a, &b, TCP_SYN | TCP_ACK, 100, 8, 0);
	packet_tcp(&list, 1, &b, &a, TCP_ACK, 8, 101, 0);
	track(&list, &s, &o);
	ck_assert_uint_eq(o.count, 1);
	ck_assert_uint_eq(o.flows[0].ports[FLOW_A], 2);
	ck_assert_uint_eq(o.flows[0].connection, 1);
}
END_TEST

START_TEST(a_new_syn_is_a_new_flow_and_a_repeated_one_is_not)
{
	struct frames_host a = packet_host(4, 1, 1), b = packet_host(4, 2, 80);
	struct tracker_settings s = { .what = _i == 0 ? 0 : TRACK_TCP };
	struct packet_list list = { 0 };
	struct outcome o;

	packet_tcp(&list, 0, &a, &b, TCP_SYN, 100, 0, 0);
	packet_tcp(&list, 1, &a, &b, TCP_SYN, 100, 0, 0);
	packet_tcp(&list, 2, &b, &a, TCP_SYN | TCP_ACK, 500, 101, 0);
	packet_tcp(&list, 3, &a, &b, TCP_SYN, 9000, 0, 0);
	packet_tcp(&list, 4, &b, &a, TCP_RST | TCP_ACK, 0, 9001, 0);
	track(&list, &s, &o);
	ck_assert_uint_eq(o.count, 2);
	ck_assert_int_eq(o.flows[0].end, FLOW_END_REUSED);
	ck_assert_uint_eq(o.flows[0].sides[FLOW_A].packets, 2);
	ck_assert_int_eq(o.flows[1].end, FLOW_END_RST);
	ck_assert_uint_eq(o.flows[1].connection, 2);
}
END_TEST

START_TEST(a_closed_connection_takes_what_is_late)
{
	struct frames_host a = packet_host(4, 1, 1), b = packet_host(4, 2, 80);
	struct packet_list list = { 0 };
	struct outcome o;

	packet_tcp(&list, 0, &a, &b, TCP_SYN, 100, 0, 0);
	packet_tcp(&list, 1, &b, &a, TCP_SYN | TCP_ACK, 500, 101, 0);
	packet_tcp(&list, 2, &a, &b, TCP_ACK, 101, 501, 0);
	packet_tcp(&list, 3, &a, &b, TCP_FIN | TCP_ACK, 101, 501, 0);
	packet_tcp(&list, 4, &b, &a, TCP_FIN | TCP_ACK, 501, 102, 0);
	packet_tcp(&list, 5, &a, &b, TCP_ACK, 102, 502, 0);
	packet_tcp(&list, 6, &b, &a, TCP_ACK, 502, 102, 0);
	track(&list, &plain, &o);
	ck_assert_uint_eq(o.count, 1);
	ck_assert_int_eq(o.flows[0].end, FLOW_END_FIN);
	ck_assert_uint_eq(o.flows[0].sides[FLOW_B].packets, 3);
}
END_TEST

START_TEST(an_active_flow_goes_on_in_parts)
{
	struct frames_host a = packet_host(4, 1, 1), b = packet_host(4, 2, 2);
	struct tracker_settings s = { .active_timeout_ns = 10 };
	struct packet_list list = { 0 };
	struct outcome o;

	for (int64_t i = 0; i < 4; i++)
		packet_udp(&list, 8 * i, i == 1 ? &b : &a, i == 1 ? &a : &b,
		    1);
	track(&list, &s, &o);
	ck_assert_uint_eq(o.count, 2);
	ck_assert_int_eq(o.flows[0].end, FLOW_END_ACTIVE);
	ck_assert_int_eq(o.flows[1].end, FLOW_END_CAPTURE);
	ck_assert_uint_eq(o.flows[1].number, 1);
	ck_assert_uint_eq(o.flows[1].part, 2);
	ck_assert_uint_eq(o.flows[1].first_frame, 3);
	/* A is who it was, counts start anew. */
	ck_assert_uint_eq(o.flows[1].sides[FLOW_A].packets, 2);
	ck_assert_uint_eq(o.flows[1].sides[FLOW_A].gaps.count, 1);
	ck_assert_uint_eq(o.counts.flows, 1);
}
END_TEST

START_TEST(later_fragments_go_with_the_first)
{
	struct frames_host a = packet_host(4, 1, 1), b = packet_host(4, 2, 2);
	struct frames_host c = packet_host(4, 1, 7);
	struct packet_list list = { 0 };
	struct outcome o;

	packet_fragment(&list, 0, &a, &b, 5, 512, 64);	/* lone */
	packet_fragment(&list, 1, &a, &b, 5, 0, 64);
	packet_fragment(&list, 2, &a, &b, 5, 72, 64);
	packet_fragment(&list, 3, &c, &b, 5, 0, 64);	/* the id again */
	packet_fragment(&list, 4, &a, &b, 5, 144, 64);
	packet_fragment(&list, 5 + 30 * SECOND_NS, &a, &b, 5, 216, 64);
	track(&list, &plain, &o);
	ck_assert_uint_eq(o.count, 2);
	ck_assert_uint_eq(o.flows[0].sides[FLOW_A].packets, 2);
	ck_assert_uint_eq(o.flows[1].sides[FLOW_A].packets, 2);
	ck_assert_uint_eq(o.flows[1].ports[FLOW_A], 7);
	ck_assert_uint_eq(o.counts.reasons[TRACKER_LONE_FRAGMENT], 2);
}
END_TEST

/* Random. */

static int64_t
next_time(int64_t now, uint64_t *seed)
{
	switch (random_below(seed, 400)) {
	case 0:
		return now + (int64_t)random_below(seed, 7200) * SECOND_NS;
	case 1:
		return now - (int64_t)random_below(seed, 7200) * SECOND_NS;
	case 2:
		return (int64_t)random_next(seed);
	case 3: case 4: case 5: case 6:
		return now - (int64_t)random_below(seed, SECOND_NS);
	case 7: case 8: case 9: case 10:
		return now + (int64_t)random_below(seed, 130) * SECOND_NS;
	default:
		return now + (int64_t)random_below(seed, SECOND_NS);
	}
}

static void
add_random_tcp(struct packet_list *list, int64_t ts_ns,
    const struct frames_host *from, const struct frames_host *to,
    uint64_t *seed)
{
	static const uint8_t flags[] = { TCP_SYN, TCP_SYN | TCP_ACK, TCP_ACK,
	    TCP_ACK, TCP_ACK | TCP_PSH, TCP_FIN | TCP_ACK, TCP_RST,
	    TCP_FIN | TCP_SYN };

	packet_tcp(list, ts_ns, from, to,
	    flags[random_below(seed, sizeof(flags))],
	    (uint32_t)random_below(seed, 4), (uint32_t)random_below(seed, 6),
	    random_below(seed, 3));
}

static void
add_random_packet(struct packet_list *list, int64_t ts_ns, uint64_t *seed)
{
	unsigned version = random_below(seed, 3) == 0 ? 6 : 4;
	struct frames_host a = packet_host(version,
	    (unsigned)random_below(seed, 4), (uint16_t)random_below(seed, 2));
	struct frames_host b = packet_host(version,
	    (unsigned)random_below(seed, 4), (uint16_t)random_below(seed, 2));
	struct frame *f;

	switch (random_below(seed, 8)) {
	case 0: case 1: case 2:
		packet_udp(list, ts_ns, &a, &b, random_below(seed, 1500));
		break;
	case 3:
		a.ip_version = b.ip_version = 4;
		packet_fragment(list, ts_ns, &a, &b,
		    (uint16_t)random_below(seed, 3),
		    8 * random_below(seed, 3), 64);
		break;
	default:
		add_random_tcp(list, ts_ns, &a, &b, seed);
		break;
	}
	f = &list->frames[list->count - 1];
	if (random_below(seed, 20) == 0)
		f->cap_len = (uint32_t)random_below(seed, f->cap_len);
	if (random_below(seed, 20) == 0)
		f->flags = FRAME_NO_TIME;
}

/* Known frames of all kinds with bytes changed. */
static void
add_mutant(struct packet_list *list, int64_t ts_ns, uint64_t *seed)
{
	const struct known_frame *k =
	    &known_frames[random_below(seed, KNOWN_FRAMES)];
	uint8_t data[SHOT_BYTES_MAX];
	size_t len = shot_hex(k->hex, data);
	size_t changes = random_below(seed, 4);
	struct frame *f;

	while (changes-- > 0)
		data[random_below(seed, len)] = (uint8_t)random_next(seed);
	f = packet_list_add(list, data, len, ts_ns);
	f->link_type = (uint16_t)k->link_type;
	if (random_below(seed, 4) == 0)
		f->cap_len = (uint32_t)random_below(seed, len + 1);
}

static struct tracker_settings
random_settings(uint64_t *seed)
{
	struct tracker_settings s = {
		.what = (unsigned)random_below(seed, 32),
		.splt = (unsigned)random_below(seed, 4),
	};

	if (random_below(seed, 3) == 0)
		s.idle_timeout_ns = 1 + (int64_t)random_below(seed,
		    200 * (uint64_t)SECOND_NS);
	if (random_below(seed, 3) == 0)
		s.active_timeout_ns = 1 + (int64_t)random_below(seed,
		    100 * (uint64_t)SECOND_NS);
	return s;
}

START_TEST(random_packets_fare_as_in_the_model)
{
	uint64_t seed = random_seed("random_packets_fare_as_in_the_model");
	unsigned long rounds = random_rounds(60);

	while (rounds-- > 0) {
		struct tracker_settings settings = random_settings(&seed);
		struct packet_list list = { 0 };
		int64_t now = 1700000000 * SECOND_NS;
		size_t n = random_below(&seed, 1500);
		bool mutants = random_below(&seed, 4) == 0;

		for (size_t i = 0; i < n; i++) {
			now = next_time(now, &seed);
			if (mutants)
				add_mutant(&list, now, &seed);
			else
				add_random_packet(&list, now, &seed);
		}
		packet_list_decode(&list);
		assert_like_model(&list, &settings,
		    1 + random_below(&seed, 300), &seed);
		packet_list_free(&list);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tracker");
	TCase *tc = tcase_create("tracker");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc,
	    both_directions_are_one_flow_and_a_is_the_first_sender);
	tcase_add_test(tc,
	    silence_of_just_the_timeout_does_not_end_a_flow);
	tcase_add_loop_test(tc, one_wrong_time_stamp_ends_no_other_flow, 0, 2);
	tcase_add_loop_test(tc,
	    what_begins_after_a_long_silence_is_one_flow, 0, 2);
	tcase_add_test(tc, the_sender_of_the_syn_is_a);
	tcase_add_loop_test(tc,
	    a_new_syn_is_a_new_flow_and_a_repeated_one_is_not, 0, 2);
	tcase_add_test(tc, a_closed_connection_takes_what_is_late);
	tcase_add_test(tc, an_active_flow_goes_on_in_parts);
	tcase_add_test(tc, later_fragments_go_with_the_first);
	tcase_add_test(tc, random_packets_fare_as_in_the_model);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
