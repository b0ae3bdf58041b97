#include <check.h>
#include <stdlib.h>

#include "tests/unit/tcp_steps.h"

enum {
	A = TCP_ACK, S = TCP_SYN, F = TCP_FIN, R = TCP_RST,
	SHUT = ~0U,		/* a window of 0 */
};

/* The client's SYN is 1000, the server's 5000; the handshake takes 10 ms. */
#define HANDSHAKE \
	{ 0, 0, S, 1000, 0, 0, 0, NULL, 0, 1 }, \
	{ 9000, 1, S | A, 5000, 1001, 0, 0, NULL, 0, 1 }, \
	{ 10000, 0, A, 1001, 5001, 0, 0, NULL, 0, 2 }

static struct tcp_flow flow;

static void
close_flow(void)
{
	tcp_flow_close(&flow);
}

START_TEST(data_in_order_is_nothing_special)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 20100, 0, A, 1101, 5001, 100, 0, NULL, 0, 4 },
		{ 30000, 1, A, 5001, 1201, 0, 0, NULL, 0, 2 },
		{ 31000, 1, A, 5001, 1201, 50, 0, NULL, 0, 3 },
		{ 32000, 0, A, 1201, 5051, 0, 0, NULL, 0, 5 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert_uint_eq(flow.sides[0].payload_bytes, 200);
	ck_assert_uint_eq(flow.sides[1].payload_bytes, 50);
}
END_TEST

START_TEST(bytes_seen_before_are_a_retransmission)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 320000, 0, A, 1001, 5001, 100, TCP_IS_RETRANSMISSION,
		    "sent_before", 0, 4 },
		/* soon after as well: they cannot be late */
		{ 320100, 0, A, 1101, 5001, 100, 0, NULL, 0, 5 },
		{ 320200, 0, A, 1001, 5001, 100, TCP_IS_RETRANSMISSION,
		    "sent_before", 0, 6 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert_uint_eq(
	    flow.sums[0].verdicts[TCP_IS_RETRANSMISSION_AT], 2);
}
END_TEST

START_TEST(the_same_ip_id_tells_of_a_packet_captured_twice)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 20001, 0, A, 1001, 5001, 100, TCP_IS_RETRANSMISSION,
		    "same_ip_id", 0, 3 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(an_ip_id_that_never_changes_tells_nothing)
{
	static const struct tcp_step steps[] = {
		{ 0, 0, S, 1000, 0, 0, 0, NULL, 0, 7 },
		{ 9000, 1, S | A, 5000, 1001, 0, 0, NULL, 0, 1 },
		{ 10000, 0, A, 1001, 5001, 0, 0, NULL, 0, 7 },
		{ 20000, 0, A, 1001, 5001, 100, 0, NULL, 0, 7 },
		{ 20001, 0, A, 1001, 5001, 100, TCP_IS_RETRANSMISSION,
		    "sent_before", 0, 7 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(a_late_segment_within_the_first_round_trip_is_out_of_order)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 0, A, 1101, 5001, 100, TCP_IS_GAP, "beyond_next", 0,
		    4 },
		{ 20500, 0, A, 1001, 5001, 100, TCP_IS_OUT_OF_ORDER,
		    "within_irtt", 0, 3 },
		{ 30000, 1, A, 5001, 1201, 0, 0, NULL, 0, 2 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(without_a_handshake_out_of_order_is_within_3_ms)
{
	static const struct tcp_step steps[] = {
		{ 0, 0, A, 1001, 5001, 100, 0, NULL, 0, 1 },
		{ 100, 0, A, 1201, 5001, 100, TCP_IS_GAP, "beyond_next", 0, 3 },
		{ 3099, 0, A, 1101, 5001, 50, TCP_IS_OUT_OF_ORDER,
		    "within_3ms", 0, 2 },
		{ 3100, 0, A, 1151, 5001, 50, TCP_IS_RETRANSMISSION,
		    "gap_filled", 0, 4 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(a_gap_filled_late_is_a_retransmission)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 0, A, 1101, 5001, 100, TCP_IS_GAP, "beyond_next", 0,
		    4 },
		{ 220000, 0, A, 1001, 5001, 100, TCP_IS_RETRANSMISSION,
		    "gap_filled", 0, 5 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(overlapping_segments_are_partly_sent_before)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 220000, 0, A, 1051, 5001, 100, TCP_IS_RETRANSMISSION,
		    "partly_sent_before", 0, 5 },
		{ 230000, 1, A, 5001, 1151, 0, 0, NULL, 0, 2 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert_uint_eq(flow.sides[0].next_seq, 1151);
}
END_TEST

START_TEST(a_repeat_after_two_duplicate_acks_is_fast)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 20100, 0, A, 1101, 5001, 100, 0, NULL, 0, 4 },
		{ 20200, 0, A, 1201, 5001, 100, 0, NULL, 0, 5 },
		{ 30000, 1, A, 5001, 1101, 0, 0, NULL, 0, 2 },
		{ 30100, 1, A, 5001, 1101, 0, TCP_IS_DUPLICATE_ACK,
		    "data_outstanding", 0, 3 },
		{ 30200, 1, A, 5001, 1101, 0, TCP_IS_DUPLICATE_ACK,
		    "data_outstanding", 0, 4 },
		{ 40000, 0, A, 1101, 5001, 100,
		    TCP_IS_RETRANSMISSION | TCP_IS_FAST, "after_duplicate_acks",
		    0, 6 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(twenty_milliseconds_later_it_is_not_fast)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 20100, 0, A, 1101, 5001, 100, 0, NULL, 0, 4 },
		{ 30000, 1, A, 5001, 1101, 0, 0, NULL, 0, 2 },
		{ 30100, 1, A, 5001, 1101, 0, TCP_IS_DUPLICATE_ACK,
		    "data_outstanding", 0, 3 },
		{ 30200, 1, A, 5001, 1101, 0, TCP_IS_DUPLICATE_ACK,
		    "data_outstanding", 0, 4 },
		{ 50200, 0, A, 1101, 5001, 100, TCP_IS_RETRANSMISSION,
		    "sent_before", 0, 6 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(what_was_acknowledged_is_a_spurious_retransmission)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 30000, 1, A, 5001, 1101, 0, 0, NULL, 0, 2 },
		{ 31000, 0, A, 1001, 5001, 100,
		    TCP_IS_RETRANSMISSION | TCP_IS_SPURIOUS, "acked_before", 0,
		    4 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(an_ack_repeated_with_nothing_outstanding_is_no_duplicate)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 30000, 1, A, 5001, 1101, 0, 0, NULL, 0, 2 },
		{ 31000, 1, A, 5001, 1101, 0, 0, NULL, 0, 3 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(a_duplicate_ack_of_a_side_that_was_not_seen_is_one)
{
	static const struct tcp_step steps[] = {
		{ 0, 1, A, 5001, 1101, 0, 0, NULL, 0, 1 },
		{ 100, 1, A, 5001, 1101, 0, TCP_IS_DUPLICATE_ACK,
		    "other_side_unseen", 0, 2 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(keep_alives_and_their_answers)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 30000, 1, A, 5001, 1101, 0, 0, NULL, 0, 2 },
		{ 9000000, 0, A, 1100, 5001, 0, TCP_IS_KEEP_ALIVE,
		    "one_below_next", 0, 4 },
		{ 9010000, 1, A, 5001, 1101, 0, TCP_IS_KEEP_ALIVE_ACK,
		    "answers_keep_alive", 0, 3 },
		{ 18000000, 0, A, 1100, 5001, 1, TCP_IS_KEEP_ALIVE,
		    "one_below_next", 0, 5 },
		{ 18010000, 1, A, 5001, 1101, 0, TCP_IS_KEEP_ALIVE_ACK,
		    "answers_keep_alive", 0, 4 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(a_closed_window_is_probed_and_opened)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 30000, 1, A, 5001, 1101, 0, TCP_IS_ZERO_WINDOW, "window_0",
		    SHUT, 2 },
		{ 230000, 0, A, 1101, 5001, 1, TCP_IS_WINDOW_PROBE,
		    "window_closed", 0, 4 },
		{ 231000, 1, A, 5001, 1101, 0, TCP_IS_WINDOW_PROBE_ACK |
		    TCP_IS_ZERO_WINDOW, "answers_probe", SHUT, 3 },
		{ 331000, 1, A, 5001, 1101, 0, TCP_IS_WINDOW_UPDATE,
		    "window_changed", 500, 4 },
		/* the byte of the probe again, with others */
		{ 332000, 0, A, 1101, 5001, 100, 0, NULL, 0, 5 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(an_ack_that_takes_the_probes_byte_says_nothing_of_a_probe)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 0, A, 1001, 5001, 100, 0, NULL, 0, 3 },
		{ 30000, 1, A, 5001, 1101, 0, TCP_IS_ZERO_WINDOW, "window_0",
		    SHUT, 2 },
		{ 230000, 0, A, 1101, 5001, 1, TCP_IS_WINDOW_PROBE,
		    "window_closed", 0, 4 },
		/* news, though the window is as shut as before */
		{ 231000, 1, A, 5001, 1102, 0, TCP_IS_UNSEEN_ACKED |
		    TCP_IS_ZERO_WINDOW, "beyond_last_seen", SHUT, 3 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(an_ack_of_what_was_not_seen_is_no_duplicate)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 1, A, 5001, 1001, 0, 0, NULL, 0, 2 },
		{ 20100, 0, A, 1101, 5001, 200, TCP_IS_GAP, "beyond_next", 0,
		    3 },
		/* some is outstanding, and the window is the same */
		{ 20200, 1, A, 5001, 1101, 0, TCP_IS_UNSEEN_ACKED,
		    "covers_gap", 0, 3 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(data_up_to_the_windows_edge_fill_it)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 0, A, 1001, 5001, 900, 0, NULL, 0, 3 },
		{ 20100, 0, A, 1901, 5001, 100, TCP_IS_WINDOW_FULL,
		    "at_window_edge", 0, 4 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(an_ack_beyond_what_was_seen_is_told_once_for_each_stretch)
{
	static const struct tcp_step steps[] = {
		HANDSHAKE,
		{ 20000, 1, A, 5001, 1101, 0, TCP_IS_UNSEEN_ACKED,
		    "beyond_last_seen", 0, 2 },
		{ 20100, 1, A, 5001, 1101, 0, 0, NULL, 0, 3 },
		{ 20200, 1, A, 5001, 1201, 0, TCP_IS_UNSEEN_ACKED,
		    "beyond_last_seen", 0, 4 },
		{ 20300, 0, A, 1201, 5001, 100, TCP_IS_GAP, "beyond_next", 0,
		    3 },
		{ 20400, 0, A, 1401, 5001, 100, TCP_IS_GAP, "beyond_next", 0,
		    4 },
		{ 30000, 1, A, 5001, 1301, 0, 0, NULL, 0, 5 },
		{ 30100, 1, A, 5001, 1501, 0, TCP_IS_UNSEEN_ACKED,
		    "covers_gap", 0, 6 },
		{ 30200, 0, A, 1501, 5001, 100, 0, NULL, 0, 5 },
		{ 40200, 1, A, 5001, 1601, 0, 0, NULL, 0, 7 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

START_TEST(a_syn_ack_of_another_number_begins_its_side_anew)
{
	static const struct tcp_step steps[] = {
		{ 0, 0, S, 1000, 0, 0, 0, NULL, 0, 1 },
		{ 1000, 0, S, 1000, 0, 0, TCP_IS_RETRANSMISSION,
		    "sent_before", 0, 2 },
		{ 2000, 1, S | A, 5000, 1001, 0, 0, NULL, 0, 1 },
		{ 3000, 1, S | A, 9000, 1001, 0, TCP_IS_PORTS_REUSED,
		    "other_isn", 0, 2 },
		{ 4000, 0, A, 1001, 9001, 0, 0, NULL, 0, 3 },
		{ 5000, 1, A, 9001, 1001, 100, 0, NULL, 0, 3 },
		/* and one that comes too late changes nothing */
		{ 6000, 1, S | A, 5000, 1001, 0, TCP_IS_PORTS_REUSED,
		    "other_isn", 0, 4 },
		{ 7000, 1, A, 9101, 1001, 100, 0, NULL, 0, 5 },
	};

	TCP_STEPS(&flow, steps);
	ck_assert_uint_eq(flow.synack.frame, 4);
	ck_assert_uint_eq(flow.sides[1].base_seq, 9000);
	ck_assert(flow.repeated);
}
END_TEST

START_TEST(a_flow_in_place_of_another_says_so_of_its_first_segment)
{
	static const struct tcp_step syn = { 0, 0, S, 1000, 0, 0,
	    TCP_IS_PORTS_REUSED, "key_used_before", 0, 1 };
	static const struct tcp_step synack = { 9, 1, S | A, 5000, 1001, 0, 0,
	    NULL, 0, 1 };

	tcp_flow_init(&flow);
	flow.reused = true;
	tcp_step_add(&flow, &syn, 1);
	tcp_step_add(&flow, &synack, 2);
}
END_TEST

START_TEST(past_the_bound_a_repeat_is_still_seen_by_its_number)
{
	struct tcp_step step = { 0, 0, A, 1001, 1, 1, 0, NULL, 0, 1 };
	struct tcp_step again = { 900000000, 0, A, 90000, 1, 500,
	    TCP_IS_RETRANSMISSION, "below_next_seq", 0, 1 };

	tcp_flow_init(&flow);
	for (unsigned i = 1; i <= 60000; i++) {
		/* every second byte is missing, so nothing can be joined */
		tcp_step_add(&flow, &step, i);
		step.us += 1000;
		step.seq += 2;
		step.what = TCP_IS_GAP;
		step.reason = "beyond_next";
	}
	ck_assert_uint_le(tcp_flow_memory(&flow), TCP_FLOW_LIVE_MAX);
	tcp_step_add(&flow, &again, 60001);
}
END_TEST

START_TEST(sequence_numbers_may_wrap)
{
	enum { ISN = 4294967290U };
	static const struct tcp_step steps[] = {
		{ 0, 0, S, ISN, 0, 0, 0, NULL, 0, 1 },
		{ 9000, 1, S | A, UINT32_MAX, ISN + 1, 0, 0, NULL, 0, 1 },
		{ 10000, 0, A, ISN + 1, 0, 0, 0, NULL, 0, 2 },
		{ 20000, 0, A, ISN + 1, 0, 10, 0, NULL, 0, 3 },
		{ 20100, 0, A, 15, 0, 10, TCP_IS_GAP, "beyond_next", 0, 5 },
		{ 20200, 0, A, 5, 0, 10, TCP_IS_OUT_OF_ORDER, "within_irtt", 0,
		    4 },
		{ 30000, 1, A, 0, 25, 0, 0, NULL, 0, 2 },
		{ 40000, 0, A, ISN + 1, 0, 10,
		    TCP_IS_RETRANSMISSION | TCP_IS_SPURIOUS, "acked_before", 0,
		    6 },
	};

	TCP_STEPS(&flow, steps);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("tcp_verdict");
	TCase *tc = tcase_create("tcp_verdict");

	tcase_add_checked_fixture(tc, NULL, close_flow);
	tcase_add_test(tc, data_in_order_is_nothing_special);
	tcase_add_test(tc, bytes_seen_before_are_a_retransmission);
	tcase_add_test(tc, the_same_ip_id_tells_of_a_packet_captured_twice);
	tcase_add_test(tc, an_ip_id_that_never_changes_tells_nothing);
	tcase_add_test(tc,
	    a_late_segment_within_the_first_round_trip_is_out_of_order);
	tcase_add_test(tc, without_a_handshake_out_of_order_is_within_3_ms);
	tcase_add_test(tc, a_gap_filled_late_is_a_retransmission);
	tcase_add_test(tc, overlapping_segments_are_partly_sent_before);
	tcase_add_test(tc, a_repeat_after_two_duplicate_acks_is_fast);
	tcase_add_test(tc, twenty_milliseconds_later_it_is_not_fast);
	tcase_add_test(tc, what_was_acknowledged_is_a_spurious_retransmission);
	tcase_add_test(tc,
	    an_ack_repeated_with_nothing_outstanding_is_no_duplicate);
	tcase_add_test(tc, a_duplicate_ack_of_a_side_that_was_not_seen_is_one);
	tcase_add_test(tc, keep_alives_and_their_answers);
	tcase_add_test(tc, a_closed_window_is_probed_and_opened);
	tcase_add_test(tc,
	    an_ack_that_takes_the_probes_byte_says_nothing_of_a_probe);
	tcase_add_test(tc, an_ack_of_what_was_not_seen_is_no_duplicate);
	tcase_add_test(tc, data_up_to_the_windows_edge_fill_it);
	tcase_add_test(tc,
	    an_ack_beyond_what_was_seen_is_told_once_for_each_stretch);
	tcase_add_test(tc, a_syn_ack_of_another_number_begins_its_side_anew);
	tcase_add_test(tc,
	    a_flow_in_place_of_another_says_so_of_its_first_segment);
	tcase_add_test(tc, past_the_bound_a_repeat_is_still_seen_by_its_number);
	tcase_add_test(tc, sequence_numbers_may_wrap);
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
