#include "analyzer/tracker/features.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/small_capture.h"
#include "tests/unit/stats_random.h"

enum { MOST = 60, TCP_AT = 34, WIRE_HEADERS = 54 };

/* A packet as decode gives it, in so far as features look. */
struct event {
	unsigned side;
	struct frame frame;
	struct packet packet;
	uint8_t data[WIRE_HEADERS];
};

static void
make_event(struct event *e, unsigned side, int64_t ts_ns, uint32_t payload,
    unsigned flags, uint16_t window)
{
	memset(e, 0, sizeof(*e));
	e->side = side;
	e->frame.data = e->data;
	e->frame.ts_ns = ts_ns;
	e->packet.frame = &e->frame;
	e->packet.flags = PACKET_HAS_PAYLOAD_LEN | PACKET_HAS_PORTS |
	    PACKET_HAS_TCP;
	e->packet.transport_at = TCP_AT;
	e->packet.payload_len = payload;
	e->data[TCP_AT + 12] = (uint8_t)(0x50 | flags >> 8);
	e->data[TCP_AT + 13] = (uint8_t)flags;
	e->data[TCP_AT + 14] = (uint8_t)(window >> 8);
	e->data[TCP_AT + 15] = (uint8_t)window;
}

static struct flow_features
features_of(const struct event *event, size_t n)
{
	struct flow_features f;

	flow_features_init(&f);
	for (size_t i = 0; i < n; i++)
		flow_features_add(&f, event[i].side, &event[i].packet);
	flow_features_close(&f);
	return f;
}

/* The naive way: everything is looked for in all packets. */

static bool
timed(const struct event *e)
{
	return !(e->frame.flags & FRAME_UNTIMED);
}

/* The packet with a time before i; n where there is none. */
static size_t
before(const struct event *event, size_t n, size_t i)
{
	while (i-- > 0)
		if (timed(&event[i]))
			return i;
	return n;
}

/* Moments of the gaps that are long enough, or of the runs between them. */
static void
naive_runs(const struct event *event, size_t n, int64_t limit_ns,
    struct moments *runs, struct moments *gaps)
{
	size_t first = n, last = n;

	moments_init(runs);
	moments_init(gaps);
	for (size_t i = 0; i < n; i++) {
		int128 gap;

		if (!timed(&event[i]))
			continue;
		gap = last == n ? 0 : (int128)event[i].frame.ts_ns -
		    event[last].frame.ts_ns;
		if (gap > limit_ns) {
			moments_add(runs, (int128)event[last].frame.ts_ns -
			    event[first].frame.ts_ns, 1);
			moments_add(gaps, gap, 1);
			first = i;
		}
		first = first == n ? i : first;
		last = i;
	}
	if (last != n)
		moments_add(runs, (int128)event[last].frame.ts_ns -
		    event[first].frame.ts_ns, 1);
}

static bool
has_data(const struct event *e)
{
	return timed(e) && e->packet.payload_len > 0;
}

/* Does packet j go on with the bulk of packet i, the data packet before it? */
static bool
goes_on(const struct event *i, const struct event *j)
{
	return i->side == j->side &&
	    (int128)j->frame.ts_ns - i->frame.ts_ns <= SECOND;
}

static void
assert_bulks(const struct event *event, size_t n, unsigned side,
    const struct flow_feature_side *f)
{
	uint64_t bulks = 0, packets = 0, bytes = 0;
	int128 ns = 0;
	const struct event *data[MOST];
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (has_data(&event[i]))
			data[count++] = &event[i];
	for (size_t i = 0, end; i < count; i = end) {
		uint64_t run = data[i]->packet.payload_len;

		for (end = i + 1; end < count &&
		    goes_on(data[end - 1], data[end]); end++)
			run += data[end]->packet.payload_len;
		if (end - i < 4 || data[i]->side != side)
			continue;
		bulks++;
		packets += end - i;
		bytes += run;
		ns += (int128)data[end - 1]->frame.ts_ns -
		    data[i]->frame.ts_ns;
	}
	ck_assert_uint_eq(f->bulks, bulks);
	ck_assert_uint_eq(f->bulk_packets, packets);
	ck_assert_uint_eq(f->bulk_bytes, bytes);
	ck_assert(f->bulk_ns == ns);
}

static void
assert_side(const struct event *event, size_t n, unsigned side,
    const struct flow_feature_side *f)
{
	uint64_t packets = 0, bytes = 0, with_data = 0, flags[TCP_FLAGS] = { 0 };
	uint32_t window = FLOW_NO_WINDOW;

	for (size_t i = n; i-- > 0;) {
		if (event[i].side != side)
			continue;
		packets++;
		bytes += event[i].packet.payload_len;
		with_data += event[i].packet.payload_len > 0;
		window = packet_tcp_window(&event[i].packet);
		for (unsigned k = 0; k < TCP_FLAGS; k++)
			flags[k] += packet_tcp_flags(&event[i].packet) >> k &
			    1;
	}
	ck_assert_uint_eq(f->payload_lens.count, packets);
	ck_assert(f->payload_lens.sum == (int128)bytes);
	ck_assert_uint_eq(f->data_packets, with_data);
	ck_assert_uint_eq(f->first_window, window);
	ck_assert_uint_eq(f->header_bytes, 20 * packets);
	ck_assert_uint_eq(f->header_min, packets > 0 ? 20 : UINT64_MAX);
	ck_assert_mem_eq(f->flags, flags, sizeof(flags));
	assert_bulks(event, n, side, f);
}

static bool
same(const struct moments *a, const struct moments *b)
{
	return a->count == b->count && a->sum == b->sum &&
	    memcmp(a->squares, b->squares, sizeof(a->squares)) == 0 &&
	    (a->count == 0 || (a->min == b->min && a->max == b->max));
}

static void
assert_naive(const struct event *event, size_t n)
{
	struct flow_features f = features_of(event, n);
	struct moments active, idle, subflows, pauses, gaps;

	for (unsigned side = 0; side < FLOW_SIDES; side++)
		assert_side(event, n, side, &f.sides[side]);
	naive_runs(event, n, 5 * SECOND, &active, &idle);
	naive_runs(event, n, SECOND, &subflows, &pauses);
	ck_assert(same(&f.active, &active));
	ck_assert(same(&f.idle, &idle));
	ck_assert_uint_eq(f.subflows, subflows.count);
	moments_init(&gaps);
	for (size_t i = 0; i < n; i++) {
		size_t last = before(event, n, i);

		if (timed(&event[i]) && last != n)
			moments_add(&gaps, (int128)event[i].frame.ts_ns -
			    event[last].frame.ts_ns, 1);
	}
	ck_assert(same(&f.gaps, &gaps));
}

/* Gaps near the limits, steps back, packets without a time or a payload. */
static int64_t
next_time(int64_t now, uint64_t *state)
{
	static const int64_t limits[] = { SECOND, 5 * SECOND };

	switch (random_below(state, 8)) {
	case 0:
		return now + limits[random_below(state, 2)] - 1 +
		    (int64_t)random_below(state, 3);
	case 1:
		return now - (int64_t)random_below(state, 3000000000);
	case 2:
		return now + (int64_t)random_below(state, 9000000000);
	default:
		return now + (int64_t)random_below(state, 1000000);
	}
}

START_TEST(features_are_those_of_looking_at_all_packets)
{
	uint64_t state = random_seed("features_are_those");
	struct event event[MOST];

	for (unsigned long round = random_rounds(3000); round > 0; round--) {
		size_t n = random_below(&state, MOST + 1);
		int64_t now = SMALL_CAPTURE_START_NS;

		for (size_t i = 0; i < n; i++) {
			make_event(&event[i],
			    random_below(&state, 6) == 0, now,
			    (uint32_t)(random_below(&state, 4) *
			    random_below(&state, 500)),
			    (unsigned)random_below(&state, 512),
			    (uint16_t)random_next(&state));
			if (random_below(&state, 10) == 0)
				event[i].frame.flags = FRAME_NO_TIME;
			now = next_time(now, &state);
		}
		assert_naive(event, n);
	}
}
END_TEST

START_TEST(no_packet_gives_no_activity)
{
	struct flow_features f = features_of(NULL, 0);

	ck_assert_uint_eq(f.active.count, 0);
	ck_assert_uint_eq(f.subflows, 0);
	ck_assert_uint_eq(f.sides[FLOW_A].header_min, UINT64_MAX);
	ck_assert_uint_eq(f.sides[FLOW_B].first_window, FLOW_NO_WINDOW);
}
END_TEST

/* 2^64 - 1 nanoseconds to either side. */
START_TEST(the_longest_gaps_do_not_overflow)
{
	struct event event[3];
	struct flow_features f;

	make_event(&event[0], FLOW_A, INT64_MIN, 1, 0, 0);
	make_event(&event[1], FLOW_A, INT64_MAX, 1, 0, 0);
	make_event(&event[2], FLOW_A, INT64_MIN, 1, 0, 0);
	f = features_of(event, 3);
	ck_assert(f.idle.max == (int128)UINT64_MAX);
	ck_assert(f.gaps.min == -(int128)UINT64_MAX);
	ck_assert(f.active.min == -(int128)UINT64_MAX);
	ck_assert_uint_eq(f.subflows, 2);
}
END_TEST

START_TEST(a_later_fragment_has_payload_and_no_header)
{
	struct event event[2];
	struct flow_features f;

	make_event(&event[0], FLOW_A, 0, 1000, 0, 0);
	make_event(&event[1], FLOW_A, 1, 500, 0, 0);
	event[1].packet.flags = PACKET_HAS_PAYLOAD_LEN | PACKET_FRAGMENT |
	    PACKET_LATER_FRAGMENT;
	f = features_of(event, 2);
	ck_assert_uint_eq(f.sides[FLOW_A].header_bytes, 20);
	ck_assert_uint_eq(f.sides[FLOW_A].header_min, 20);
	ck_assert_uint_eq(f.sides[FLOW_A].later_fragments, 1);
	ck_assert(f.sides[FLOW_A].payload_lens.sum == 1500);
}
END_TEST

START_TEST(a_packet_without_a_payload_length_counts_its_flags_alone)
{
	struct event event;
	struct flow_features f;

	make_event(&event, FLOW_B, 0, 0, TCP_RST, 7);
	event.packet.flags = PACKET_HAS_TCP | PACKET_HAS_PORTS;
	f = features_of(&event, 1);
	ck_assert_uint_eq(f.sides[FLOW_B].flags[2], 1);
	ck_assert_uint_eq(f.sides[FLOW_B].first_window, 7);
	ck_assert_uint_eq(f.sides[FLOW_B].payload_lens.count, 0);
	ck_assert_uint_eq(f.sides[FLOW_B].header_bytes, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("features");
	TCase *tc = tcase_create("features");

	tcase_add_test(tc, features_are_those_of_looking_at_all_packets);
	tcase_add_test(tc, no_packet_gives_no_activity);
	tcase_add_test(tc, the_longest_gaps_do_not_overflow);
	tcase_add_test(tc, a_later_fragment_has_payload_and_no_header);
	tcase_add_test(tc,
	    a_packet_without_a_payload_length_counts_its_flags_alone);
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
