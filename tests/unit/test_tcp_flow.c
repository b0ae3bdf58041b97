#include "analyzer/tracker/tcp_flow.h"

#include <check.h>
#include <stdlib.h>

#include "base/table.h"
#include "tests/unit/quick_check.h"
#include "tests/unit/stats_random.h"
#include "tests/unit/tcp_steps.h"

enum { A = TCP_ACK, S = TCP_SYN, F = TCP_FIN, R = TCP_RST };

static struct tcp_flow flow;

static void
close_flow(void)
{
	tcp_flow_close(&flow);
}

#define HANDSHAKE \
	{ 0, 0, S, 1000, 0, 0, 0, NULL, 0, 1 }, \
	{ 20000, 1, S | A, 5000, 1001, 0, 0, NULL, 0, 1 }, \
	{ 21000, 0, A, 1001, 5001, 0, 0, NULL, 0, 2 }

START_TEST(a_handshake_has_numbers_times_and_bits)
{
	static const struct tcp_step steps[] = { HANDSHAKE };
	struct tcp_handshake_times times;

	TCP_STEPS(&flow, steps);
	ck_assert_uint_eq(flow.syn.frame, 1);
	ck_assert_uint_eq(flow.synack.frame, 2);
	ck_assert_uint_eq(flow.ack.frame, 3);
	ck_assert_uint_eq(flow.synack.ack, 1001);
	ck_assert_uint_eq(flow.completeness,
	    TCP_SAW_SYN | TCP_SAW_SYNACK | TCP_SAW_ACK);
	tcp_flow_handshake_times(&flow, &times);
	ck_assert(times.synack_rtt == 20000000000);
	ck_assert(times.ack_rtt == 1000000000);
	ck_assert(times.irtt == 21000000000);
	ck_assert(!flow.repeated && !flow.simultaneous);
	ck_assert_uint_eq(flow.client, 0);
	ck_assert(flow.client_known);
}
END_TEST

START_TEST(a_syn_alone_needs_no_memory_beside_the_flow)
{
	static const struct tcp_step steps[] = {
		{ 0, 1, S, 1000, 0, 0, 0, NULL, 0, 1 },
		{ 1000000, 1, S, 1000, 0, 0, TCP_IS_RETRANSMISSION,
		    "sent_before", 0, 2 },
	};
	struct tcp_handshake_times times;

	TCP_STEPS(&flow, steps);
	ck_assert_uint_eq(tcp_flow_memory(&flow), 0);
	ck_assert_uint_eq(flow.client, 1);
	ck_assert(flow.repeated);
	ck_assert_uint_eq(flow.syn.frame, 1);
	ck_assert_uint_eq(flow.completeness, TCP_SAW_SYN);
	tcp_flow_handshake_times(&flow, &times);
	ck_assert(times.synack_rtt == TABLE_NO_PS);
	ck_assert(times.irtt == TABLE_NO_PS);
	ck_assert(!tcp_flow_is_over(&flow));
}
END_TEST

START_TEST(a_repeated_syn_makes_its_round_trip_ambiguous)
{
	static const struct tcp_step steps[] = {
		{ 0, 0, S, 1000, 0, 0, 0, NULL, 0, 1 },
		{ 1000000, 0, S, 1000, 0, 0, TCP_IS_RETRANSMISSION,
		    "sent_before", 0, 2 },
		{ 1020000, 1, S | A, 5000, 1001, 0, 0, NULL, 0, 1 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert_uint_eq(flow.sums[0].rtt.samples, 0);
	ck_assert_uint_eq(flow.sums[0].rtt_ambiguous, 1);
}
END_TEST

START_TEST(a_simultaneous_open_is_one_connection)
{
	static const struct tcp_step steps[] = {
		{ 0, 0, S, 1000, 0, 0, 0, NULL, 0, 1 },
		{ 100, 1, S, 5000, 0, 0, 0, NULL, 0, 1 },
		{ 20000, 0, S | A, 1000, 5001, 0, TCP_IS_RETRANSMISSION,
		    "sent_before", 0, 2 },
		{ 20100, 1, S | A, 5000, 1001, 0, TCP_IS_RETRANSMISSION,
		    "sent_before", 0, 2 },
		{ 40000, 0, A, 1001, 5001, 10, 0, NULL, 0, 3 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert(flow.simultaneous);
	ck_assert_uint_eq(flow.client, 0);
	ck_assert_uint_eq(flow.synack.frame, 4);
	ck_assert_uint_eq(flow.ack.frame, 5);
}
END_TEST

START_TEST(a_syn_ack_seen_first_tells_client_and_first_number)
{
	static const struct tcp_step steps[] = {
		{ 0, 0, S | A, 5000, 1001, 0, 0, NULL, 0, 1 },
		{ 1000, 1, A, 1001, 5001, 0, 0, NULL, 0, 1 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert_uint_eq(flow.client, 1);
	ck_assert(!flow.sides[1].isn_known);
	ck_assert_uint_eq(flow.sides[1].base_seq, 1000);
	ck_assert_uint_eq(flow.ack.frame, 2);
}
END_TEST

START_TEST(without_a_syn_the_higher_port_is_the_client)
{
	static const struct tcp_step steps[] = {
		{ 0, 1, A, 5001, 1001, 10, 0, NULL, 0, 1 },
		{ 1000, 0, A, 1001, 5011, 0, 0, NULL, 0, 1 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert_uint_eq(flow.client, 0);
	ck_assert(!flow.client_known);
	ck_assert_uint_eq(flow.syn.frame + flow.synack.frame +
	    flow.ack.frame, 0);
}
END_TEST

START_TEST(without_a_syn_relative_numbers_begin_with_the_first_seen)
{
	static const struct tcp_step data = { 0, 0, A, 1001, 5001, 10, 0, NULL,
	    0, 1 };
	static const struct tcp_step answer = { 9, 1, A, 5001, 1011, 5, 0,
	    NULL, 0, 1 };
	struct tcp_verdict v;

	tcp_flow_init(&flow);
	v = tcp_step_add(&flow, &data, 1);
	ck_assert_uint_eq(v.rel_seq, 0);
	ck_assert_uint_eq(v.rel_ack, 0);
	v = tcp_step_add(&flow, &answer, 2);
	ck_assert_uint_eq(v.rel_seq, 0);
	ck_assert_uint_eq(v.rel_ack, 10);
}
END_TEST

START_TEST(both_fins_acknowledged_close_it)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 30000, 1, F | A, 5001, 1001, 0, 0, NULL, 0, 2 },
		{ 31000, 0, A, 1001, 5002, 0, 0, NULL, 0, 3 },
		{ 32000, 0, F | A, 1001, 5002, 0, 0, NULL, 0, 4 },
		{ 33000, 1, A, 5002, 1002, 0, 0, NULL, 0, 3 },
	};
	static const uint8_t states[] = { TCP_OPEN, TCP_OPEN, TCP_OPEN,
	    TCP_HALF_CLOSED, TCP_HALF_CLOSED, TCP_FINS, TCP_CLOSED };

	tcp_flow_init(&flow);
	for (unsigned i = 0; i < 7; i++) {
		tcp_step_add(&flow, &steps[i], i + 1);
		ck_assert_uint_eq(flow.close, states[i]);
	}
	ck_assert_uint_eq(flow.closer, 1);
	ck_assert(tcp_flow_is_over(&flow));
	ck_assert_uint_eq(flow.completeness, 31 & ~TCP_SAW_DATA);
}
END_TEST

START_TEST(a_reset_ends_it_and_says_who)
{
	static const struct tcp_step steps[] = {
		{ 0, 0, S, 1000, 0, 0, 0, NULL, 0, 1 },
		{ 100, 1, R | A, 0, 1001, 0, 0, NULL, 0, 1 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert_uint_eq(flow.close, TCP_RESET);
	ck_assert_uint_eq(flow.closer, 1);
	ck_assert(flow.rst_seen && tcp_flow_is_over(&flow));
	ck_assert_uint_eq(flow.completeness, TCP_SAW_SYN | TCP_SAW_ACK |
	    TCP_SAW_RST);
}
END_TEST

START_TEST(a_reset_after_the_close_does_not_undo_it)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 30000, 1, F | A, 5001, 1001, 0, 0, NULL, 0, 2 },
		{ 32000, 0, F | A, 1001, 5002, 0, 0, NULL, 0, 4 },
		{ 33000, 1, A, 5002, 1002, 0, 0, NULL, 0, 3 },
		{ 34000, 1, R, 5002, 0, 0, 0, NULL, 0, 4 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert_uint_eq(flow.close, TCP_CLOSED);
	ck_assert(flow.rst_seen);
}
END_TEST

/* What begins a new connection over the same ends. */

static bool
is_reused(unsigned side, unsigned flags, uint32_t seq, uint32_t ack)
{
	const struct tcp_step step = { 0, side, flags, seq, ack, 0, 0, NULL, 0,
	    0 };
	struct tcp_segment s;

	tcp_step_segment(&step, 9, &s);
	return tcp_flow_is_reused(&flow, side, &s);
}

START_TEST(a_syn_of_another_number_is_a_new_connection)
{
	static const struct tcp_step steps[] = { HANDSHAKE };

	TCP_STEPS(&flow, steps);
	ck_assert(!is_reused(0, S, 1000, 0));
	ck_assert(is_reused(0, S, 1001, 0));
	ck_assert(is_reused(1, S, 77, 0));
	ck_assert(!is_reused(0, A, 99, 5001));
	/* the server may answer a repeated SYN with another number */
	ck_assert(!is_reused(1, S | A, 6000, 1001));
	ck_assert(is_reused(1, S | A, 6000, 88));
}
END_TEST

START_TEST(after_a_reset_a_syn_of_another_number_is_a_new_connection)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 30000, 1, R, 5001, 0, 0, 0, NULL, 0, 2 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert(!is_reused(0, S, 1000, 0));
	ck_assert(is_reused(0, S, 1001, 0));
	ck_assert(is_reused(1, S, 77, 0));
	ck_assert(!is_reused(0, F | A, 1001, 5001));
}
END_TEST

START_TEST(a_refused_syn_that_is_sent_again_is_one_connection)
{
	static const struct tcp_step steps[] = {
		{ 0, 0, S, 1000, 0, 0, 0, NULL, 0, 1 },
		{ 10, 1, R | A, 0, 1001, 0, 0, NULL, 0, 1 },
		{ 500000, 0, S, 1000, 0, 0, TCP_IS_RETRANSMISSION,
		    "sent_before", 0, 1 },
		{ 500010, 1, R | A, 0, 1001, 0, 0, NULL, 0, 1 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert(flow.repeated);
	ck_assert(!is_reused(0, S, 1000, 0));
	ck_assert(is_reused(0, S, 2000, 0));
}
END_TEST

START_TEST(after_both_fins_any_syn_is_a_new_connection)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 30000, 0, F | A, 1001, 5001, 0, 0, NULL, 0, 2 },
		{ 30010, 1, F | A, 5001, 1002, 0, 0, NULL, 0, 2 },
		{ 30020, 0, A, 1002, 5002, 0, 0, NULL, 0, 2 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert(is_reused(0, S, 1000, 0));
}
END_TEST

START_TEST(a_syn_behind_its_own_data_is_no_new_connection)
{
	static const struct tcp_step steps[] = {
		{ 0, 0, A, 1001, 5001, 10, 0, NULL, 0, 1 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert(!is_reused(0, S, 1000, 0));
	ck_assert(is_reused(0, S, 900, 0));
}
END_TEST

/* Round-trip times. */

START_TEST(karns_rule_leaves_out_what_was_sent_twice)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 100000, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 500000, 0, A, 1001, 5001, 100, TCP_IS_RETRANSMISSION,
		    "sent_before", 0, 4 },
		{ 520000, 1, A, 5001, 1101, 0, 0, NULL, 0, 2 },
		{ 600000, 0, A, 1101, 5001, 100, 0, NULL, 0, 5 },
		{ 625000, 1, A, 5001, 1201, 0, 0, NULL, 0, 3 },
	};
	const struct tcp_rtt *rtt = &flow.sums[0].rtt;

	TCP_STEPS(&flow, steps);
	ck_assert_uint_eq(rtt->samples, 2);	/* SYN and the second data */
	ck_assert_int_eq(rtt->min_ns, 20000000);
	ck_assert_int_eq(rtt->max_ns, 25000000);
	ck_assert(rtt->sum_ns == 45000000);
	ck_assert_uint_eq(flow.sums[0].rtt_ambiguous, 1);
	ck_assert_uint_eq(flow.sums[1].rtt.samples, 1);
}
END_TEST

START_TEST(a_repeat_before_it_makes_a_sample_ambiguous)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 100000, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 100100, 0, A, 1101, 5001, 100, 0, NULL, 0, 4 },
		{ 500000, 0, A, 1001, 5001, 100, TCP_IS_RETRANSMISSION,
		    "sent_before", 0, 5 },
		{ 520000, 1, A, 5001, 1201, 0, 0, NULL, 0, 2 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert_uint_eq(flow.sums[0].rtt.samples, 1);
	ck_assert_uint_eq(flow.sums[0].rtt_ambiguous, 1);
}
END_TEST

/* The ACK of all waited for what filled the hole.  In captures that are joined
 * the latter's frame may have the lower number. */
START_TEST(a_hole_filled_before_it_makes_a_sample_ambiguous)
{
	static const struct tcp_step before[] = {
		HANDSHAKE,
		{ 100000, 0, A, 1101, 5001, 100, TCP_IS_GAP, "beyond_next", 0,
		    3 },
	};
	static const struct tcp_step filler = { 400000, 0, A, 1001, 5001, 100,
	    0, NULL, 0, 4 };
	static const struct tcp_step ack = { 420000, 1, A, 5001, 1201, 0, 0,
	    NULL, 0, 2 };
	struct tcp_segment s;
	struct tcp_verdict v;

	TCP_STEPS(&flow, before);
	tcp_step_segment(&filler, _i == 0 ? 5 : 1, &s);
	tcp_flow_add(&flow, 0, &s, 40000, 80, &v);
	tcp_step_segment(&ack, _i == 0 ? 6 : 2, &s);
	tcp_flow_add(&flow, 1, &s, 80, 40000, &v);
	ck_assert(v.rtt_ambiguous);
	ck_assert_uint_eq(v.rtt_frame, 0);
	ck_assert_uint_eq(flow.sums[0].rtt.samples, 1);	/* the SYN's */
	ck_assert_uint_eq(flow.sums[0].rtt_ambiguous, 1);
}
END_TEST

START_TEST(a_hole_that_was_acknowledged_makes_no_later_doubt)
{
	static const struct tcp_step before[] = {
		HANDSHAKE,
		{ 100000, 0, A, 1101, 5001, 100, TCP_IS_GAP, "beyond_next", 0,
		    3 },
		{ 110000, 0, A, 1201, 5001, 100, 0, NULL, 0, 4 },
		{ 400000, 0, A, 1001, 5001, 100, TCP_IS_RETRANSMISSION,
		    "gap_filled", 0, 5 },
	};
	static const struct tcp_step acks[] = {
		{ 420000, 1, A, 5001, 1201, 0, 0, NULL, 0, 2 },
		{ 430000, 1, A, 5001, 1301, 0, 0, NULL, 0, 3 },
	};
	struct tcp_verdict v;

	TCP_STEPS(&flow, before);
	v = tcp_step_add(&flow, &acks[0], 7);
	ck_assert(v.rtt_ambiguous);
	v = tcp_step_add(&flow, &acks[1], 8);
	ck_assert_uint_eq(v.rtt_frame, 5);
	ck_assert_int_eq(v.rtt_ns, 320000000);
}
END_TEST

/* The first hole is acknowledged, the second is not. */
START_TEST(a_hole_that_is_left_makes_doubt_behind_it)
{
	static const struct tcp_step before[] = {
		HANDSHAKE,
		{ 100000, 0, A, 1101, 5001, 100, TCP_IS_GAP, "beyond_next", 0,
		    3 },
		{ 110000, 0, A, 1301, 5001, 100, TCP_IS_GAP, "beyond_next", 0,
		    4 },
		{ 400000, 0, A, 1001, 5001, 100, TCP_IS_RETRANSMISSION,
		    "gap_filled", 0, 5 },
		{ 410000, 0, A, 1201, 5001, 100, TCP_IS_RETRANSMISSION,
		    "gap_filled", 0, 6 },
	};
	static const struct tcp_step acks[] = {
		{ 420000, 1, A, 5001, 1201, 0, 0, NULL, 0, 2 },
		{ 430000, 1, A, 5001, 1401, 0, 0, NULL, 0, 3 },
	};
	struct tcp_verdict v;

	TCP_STEPS(&flow, before);
	v = tcp_step_add(&flow, &acks[0], 8);
	ck_assert(v.rtt_ambiguous);
	v = tcp_step_add(&flow, &acks[1], 9);
	ck_assert(v.rtt_ambiguous);
	ck_assert_uint_eq(v.rtt_frame, 0);
}
END_TEST

START_TEST(a_sample_names_the_frame_it_was_made_with)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 100000, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 100100, 0, A, 1101, 5001, 100, 0, NULL, 0, 4 },
	};
	static const struct tcp_step inside = { 110000, 1, A, 5001, 1050, 0, 0,
	    NULL, 0, 2 };
	static const struct tcp_step ack = { 120100, 1, A, 5001, 1201, 0, 0,
	    NULL, 0, 2 };
	struct tcp_verdict v;

	TCP_STEPS(&flow, steps);
	v = tcp_step_add(&flow, &inside, 6);
	ck_assert_uint_eq(v.rtt_frame, 0);
	ck_assert_uint_eq(flow.sums[0].rtt_ambiguous, 1);
	v = tcp_step_add(&flow, &ack, 7);
	ck_assert_uint_eq(v.rtt_frame, 5);
	ck_assert_int_eq(v.rtt_ns, 20000000);
}
END_TEST

static void
add_with_times(const struct tcp_step *step, uint64_t number, uint32_t value,
    uint32_t echo)
{
	struct tcp_verdict v;
	struct tcp_segment s;

	tcp_step_segment(step, number, &s);
	s.options = TCP_HAS_TIMESTAMPS;
	s.ts_value = value;
	s.ts_echo = echo;
	tcp_flow_add(&flow, step->side, &s, 1, 2, &v);
}

START_TEST(time_stamps_tell_which_syn_was_answered)
{
	static const struct tcp_step steps[] = {
		{ 0, 0, S, 1000, 0, 0, 0, NULL, 0, 1 },
		{ 1000000, 0, S, 1000, 0, 0, 0, NULL, 0, 2 },
		{ 3000000, 0, S, 1000, 0, 0, 0, NULL, 0, 3 },
		{ 3010000, 1, S | A, 5000, 1001, 0, 0, NULL, 0, 1 },
	};

	tcp_flow_init(&flow);
	for (unsigned i = 0; i < 3; i++)
		add_with_times(&steps[i], i + 1, 100 * i, 0);
	add_with_times(&steps[3], 4, 9, 100);
	ck_assert_uint_eq(flow.sums[0].verdicts[TCP_IS_RETRANSMISSION_AT], 2);
	ck_assert_uint_eq(flow.sums[0].ts_rtt.samples, 1);
	ck_assert_int_eq(flow.sums[0].ts_rtt.min_ns, 2010000000);
	ck_assert_uint_eq(flow.sums[0].rtt_ambiguous, 1);
	ck_assert(flow.repeated);
}
END_TEST

START_TEST(time_stamps_tell_which_of_two_was_acknowledged)
{
	static const struct tcp_step steps[] = {
		{ 0, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 400000, 0, A, 1001, 5001, 100, 0, NULL, 0, 4 },
		{ 420000, 1, A, 5001, 1101, 0, 0, NULL, 0, 2 },
		{ 430000, 1, A, 5001, 1101, 0, 0, NULL, 0, 3 },
	};

	tcp_flow_init(&flow);
	add_with_times(&steps[0], 1, UINT32_MAX, 7);
	add_with_times(&steps[1], 2, 399, 7);	/* past 2^32 */
	add_with_times(&steps[2], 3, 9, 399);
	add_with_times(&steps[3], 4, 9, 399);
	ck_assert_uint_eq(flow.sums[0].ts_rtt.samples, 1);
	ck_assert_int_eq(flow.sums[0].ts_rtt.min_ns, 20000000);
	ck_assert_uint_eq(flow.sums[0].rtt.samples, 0);
	ck_assert_uint_eq(flow.sums[0].rtt_ambiguous, 1);
}
END_TEST

START_TEST(selective_acknowledgements_are_counted)
{
	struct tcp_segment s = { .number = 1, .flags = TCP_ACK | TCP_ECE,
	    .ack = 1000, .window = 1, .sack_count = 2,
	    .sack = { { 2000, 2100 }, { 1500, 1600 } } };
	struct tcp_verdict v;

	tcp_flow_init(&flow);
	tcp_flow_add(&flow, 0, &s, 1, 2, &v);
	ck_assert_uint_eq(flow.sums[0].dsack_blocks, 0);
	s.sack[0].left = 900;
	s.sack[0].right = 1000;		/* what was acknowledged */
	tcp_flow_add(&flow, 0, &s, 1, 2, &v);
	s.sack[0].left = 1520;
	s.sack[0].right = 1560;		/* inside the second block */
	tcp_flow_add(&flow, 0, &s, 1, 2, &v);
	ck_assert_uint_eq(flow.sums[0].sack_blocks, 6);
	ck_assert_uint_eq(flow.sums[0].dsack_blocks, 2);
	ck_assert_uint_eq(flow.sums[0].ece, 3);
	ck_assert_uint_eq(flow.sums[0].cwr, 0);
}
END_TEST

START_TEST(windows_are_scaled_where_both_syns_say_so)
{
	struct tcp_segment syn = { .number = 1, .flags = S, .seq = 1,
	    .window = 100, .options = TCP_HAS_WINDOW_SCALE, .window_scale = 7 };
	struct tcp_segment synack = { .number = 2, .flags = S | A, .seq = 9,
	    .ack = 2, .window = 200, .options = TCP_HAS_WINDOW_SCALE,
	    .window_scale = 200 };
	struct tcp_segment ack = { .number = 3, .flags = A, .seq = 2,
	    .ack = 10, .window = 10 };
	struct tcp_segment answer = { .number = 4, .flags = A, .seq = 10,
	    .ack = 2, .window = 3, .len = 1 };
	struct tcp_verdict v;

	tcp_flow_init(&flow);
	synack.options = _i == 0 ? TCP_HAS_WINDOW_SCALE : 0;
	tcp_flow_add(&flow, 0, &syn, 1, 2, &v);
	tcp_flow_add(&flow, 1, &synack, 2, 1, &v);
	tcp_flow_add(&flow, 0, &ack, 1, 2, &v);
	tcp_flow_add(&flow, 1, &answer, 2, 1, &v);
	ck_assert_uint_eq(flow.sides[0].window_max,
	    _i == 0 ? 10 << 7 : 100);
	/* more than 14 is 14 */
	ck_assert_uint_eq(flow.sides[1].window_max, _i == 0 ? 3 << 14 : 200);
}
END_TEST

START_TEST(a_clock_of_extremes_overflows_nothing)
{
	struct tcp_segment data = { .ts_ns = INT64_MIN + 1, .number = 1,
	    .flags = A, .len = 1, .window = 1 };
	struct tcp_segment ack = { .ts_ns = INT64_MAX, .number = 2, .flags = A,
	    .ack = 1, .window = 1 };
	struct tcp_verdict v;

	tcp_flow_init(&flow);
	tcp_flow_add(&flow, 0, &data, 1, 2, &v);
	tcp_flow_add(&flow, 1, &ack, 2, 1, &v);
	ck_assert_uint_eq(flow.sums[0].rtt.samples, 0);
	ck_assert_uint_eq(v.rtt_frame, 0);
}
END_TEST

static struct tcp_segment
random_segment(uint64_t *state, uint64_t number)
{
	/* Numbers near each other, near the wrap, or anywhere. */
	uint32_t spread = 1U << random_below(state, 32);
	struct tcp_segment s = {
		.ts_ns = random_below(state, 20) == 0 ? TABLE_NO_I64 :
		    (int64_t)random_next(state),
		.number = number,
		.seq = (uint32_t)random_below(state, spread) - 100,
		.ack = (uint32_t)random_below(state, spread) - 100,
		.len = (uint32_t)random_below(state,
		    random_below(state, 10) == 0 ? UINT32_MAX : 3000),
		.flags = (uint16_t)(random_below(state, 4) == 0 ?
		    random_below(state, 512) : TCP_ACK),
		.window = (uint16_t)random_below(state, 3),
		.ip_version = 4,
		.ip_id = (uint16_t)random_below(state, 4),
		.options = (uint8_t)random_below(state, 16),
		.window_scale = (uint8_t)random_below(state, 256),
		.sack_count = (uint8_t)random_below(state, 5),
		.ts_value = (uint32_t)random_next(state),
		.ts_echo = (uint32_t)random_next(state),
	};

	return s;
}

START_TEST(garbage_keeps_to_the_bound_and_counts_add_up)
{
	uint64_t state = random_seed("garbage");

	for (unsigned long round = random_rounds(20); round > 0; round--) {
		uint64_t n = 1 + random_below(&state, 20000), verdicts = 0;
		uint64_t counted = 0;

		tcp_flow_close(&flow);
		tcp_flow_init(&flow);
		for (uint64_t i = 1; i <= n; i++) {
			struct tcp_segment s = random_segment(&state, i);
			struct tcp_verdict v;

			tcp_flow_add(&flow, (unsigned)random_below(&state, 2),
			    &s, 1, 2, &v);
			verdicts += (unsigned)__builtin_popcount(v.what);
			ck_assert(v.what == 0 || v.reason != NULL);
			ck_assert_uint_lt(v.rtt_frame, i);
		}
		for (unsigned i = 0; i < TCP_VERDICTS; i++)
			counted += flow.sums[0].verdicts[i] +
			    flow.sums[1].verdicts[i];
		ck_assert_uint_eq(counted, verdicts);
		ck_assert_uint_eq(flow.sides[0].segments +
		    flow.sides[1].segments, n);
		ck_assert_uint_le(tcp_flow_memory(&flow), TCP_FLOW_LIVE_MAX);
	}
}
END_TEST

/* Both directions far apart, nothing acknowledged or all of it at once. */
START_TEST(many_outstanding_pieces_keep_to_the_bound)
{
	struct tcp_segment s = { .number = 1, .flags = A, .window = 1,
	    .options = TCP_HAS_TIMESTAMPS };
	struct tcp_verdict v;

	tcp_flow_init(&flow);
	for (unsigned i = 0; i < 40000; i++) {
		s.number++;
		s.seq = i * 3;
		s.len = 1 + i % 2;
		s.ts_value = i;
		s.ts_echo = 0;
		s.ack = i % 1000;
		tcp_flow_add(&flow, i & 1, &s, 1, 2, &v);
		ck_assert_uint_le(tcp_flow_memory(&flow), TCP_FLOW_LIVE_MAX);
	}
	ck_assert_uint_gt(tcp_flow_memory(&flow), TCP_FLOW_LIVE_MAX / 2);
}
END_TEST

/* Segments wait for their ACKs, 3100 at a time: more than are kept. */
START_TEST(more_outstanding_than_is_kept_still_gives_samples)
{
	enum { IN_FLIGHT = 3100, SEGMENTS = 40000, BYTES = 100 };
	struct tcp_segment data = { .flags = A, .window = 1000, .len = BYTES };
	struct tcp_segment ack = { .flags = A, .window = 1000 };
	struct tcp_verdict v;

	tcp_flow_init(&flow);
	tcp_flow_add(&flow, 1, &ack, 2, 1, &v);
	for (uint32_t i = 0; i < SEGMENTS + IN_FLIGHT; i++) {
		if (i < SEGMENTS) {
			data.number = 2 * i + 2;
			data.ts_ns = (int64_t)i * 1000;
			data.seq = i * BYTES;
			tcp_flow_add(&flow, 0, &data, 1, 2, &v);
			ck_assert_uint_eq(v.what & TCP_IS_RETRANSMISSION, 0);
		}
		if (i < IN_FLIGHT)
			continue;
		ack.number = 2 * i + 3;
		ack.ts_ns = (int64_t)i * 1000;
		ack.ack = (i - IN_FLIGHT + 1) * BYTES;
		tcp_flow_add(&flow, 1, &ack, 2, 1, &v);
		ck_assert_uint_eq(v.what & TCP_IS_UNSEEN_ACKED, 0);
		if (v.rtt_frame != 0)
			ck_assert_int_eq(v.rtt_ns, IN_FLIGHT * 1000);
	}
	ck_assert_uint_gt(flow.sums[0].rtt.samples, SEGMENTS * 98 / 100);
	ck_assert_uint_eq(flow.sums[0].rtt.samples +
	    flow.sums[0].rtt_ambiguous, SEGMENTS);
	ck_assert_uint_gt(flow.sums[0].rtt_ambiguous, 0);
}
END_TEST

/* What was not kept is sent again: what waits behind it tells no time. */
START_TEST(a_repeat_of_what_is_not_kept_is_ambiguous)
{
	enum { SEGMENTS = 3100, BYTES = 100 };
	struct tcp_segment data = { .flags = A, .window = 1000, .len = BYTES };
	struct tcp_segment ack = { .flags = A, .window = 1000, .ack = 1 };
	struct tcp_verdict v;

	tcp_flow_init(&flow);
	tcp_flow_add(&flow, 1, &ack, 2, 1, &v);
	for (uint32_t i = 0; i < SEGMENTS; i++) {
		data.number = i + 2;
		data.seq = i * BYTES;
		tcp_flow_add(&flow, 0, &data, 1, 2, &v);
	}
	ack.ack = 10 * BYTES;
	tcp_flow_add(&flow, 1, &ack, 2, 1, &v);
	ck_assert_uint_ne(v.rtt_frame, 0);
	data.seq = SEGMENTS * BYTES;	/* there is room again */
	tcp_flow_add(&flow, 0, &data, 1, 2, &v);
	data.seq = (SEGMENTS - 1) * BYTES;
	tcp_flow_add(&flow, 0, &data, 1, 2, &v);
	ck_assert_uint_ne(v.what & (TCP_IS_RETRANSMISSION |
	    TCP_IS_OUT_OF_ORDER), 0);
	ack.ack = (SEGMENTS + 1) * BYTES;
	tcp_flow_add(&flow, 1, &ack, 2, 1, &v);
	ck_assert_uint_eq(v.rtt_frame, 0);
	ck_assert_uint_eq(flow.sums[0].rtt_ambiguous, 1);
}
END_TEST

static void
add_handshake_tests(TCase *tc)
{
	tcase_add_test(tc, a_handshake_has_numbers_times_and_bits);
	tcase_add_test(tc, a_syn_alone_needs_no_memory_beside_the_flow);
	tcase_add_test(tc, a_repeated_syn_makes_its_round_trip_ambiguous);
	tcase_add_test(tc, a_simultaneous_open_is_one_connection);
	tcase_add_test(tc, a_syn_ack_seen_first_tells_client_and_first_number);
	tcase_add_test(tc, without_a_syn_the_higher_port_is_the_client);
	tcase_add_test(tc,
	    without_a_syn_relative_numbers_begin_with_the_first_seen);
	tcase_add_test(tc, both_fins_acknowledged_close_it);
	tcase_add_test(tc, a_reset_ends_it_and_says_who);
	tcase_add_test(tc, a_reset_after_the_close_does_not_undo_it);
	tcase_add_test(tc, after_both_fins_any_syn_is_a_new_connection);
	tcase_add_test(tc, a_refused_syn_that_is_sent_again_is_one_connection);
	tcase_add_test(tc, a_syn_of_another_number_is_a_new_connection);
	tcase_add_test(tc,
	    after_a_reset_a_syn_of_another_number_is_a_new_connection);
	tcase_add_test(tc, a_syn_behind_its_own_data_is_no_new_connection);
}

static Suite *
suite(void)
{
	Suite *s = suite_create("tcp_flow");
	TCase *tc = tcase_create("tcp_flow");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, NULL, close_flow);
	add_handshake_tests(tc);
	tcase_add_test(tc, karns_rule_leaves_out_what_was_sent_twice);
	tcase_add_test(tc, a_repeat_before_it_makes_a_sample_ambiguous);
	tcase_add_loop_test(tc,
	    a_hole_filled_before_it_makes_a_sample_ambiguous, 0, 2);
	tcase_add_test(tc, a_sample_names_the_frame_it_was_made_with);
	tcase_add_test(tc, a_hole_that_was_acknowledged_makes_no_later_doubt);
	tcase_add_test(tc, a_hole_that_is_left_makes_doubt_behind_it);
	tcase_add_test(tc, time_stamps_tell_which_syn_was_answered);
	tcase_add_test(tc, time_stamps_tell_which_of_two_was_acknowledged);
	tcase_add_test(tc, selective_acknowledgements_are_counted);
	tcase_add_loop_test(tc, windows_are_scaled_where_both_syns_say_so, 0,
	    2);
	tcase_add_test(tc, a_clock_of_extremes_overflows_nothing);
	tcase_add_test(tc, garbage_keeps_to_the_bound_and_counts_add_up);
	tcase_add_test(tc, many_outstanding_pieces_keep_to_the_bound);
	tcase_add_test(tc, more_outstanding_than_is_kept_still_gives_samples);
	tcase_add_test(tc, a_repeat_of_what_is_not_kept_is_ambiguous);
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
