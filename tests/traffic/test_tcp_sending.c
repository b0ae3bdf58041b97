/*
 * One end of TCP against the words of the RFCs, segment by segment: what it
 * sends, and when.
 */
#include <check.h>

#include "tests/traffic/tcp_peer.h"

START_TEST(the_rto_follows_rfc_6298)
{
	struct tcp_settings s = peer_plain();
	const struct tcp *tcp;

	s.rto_min_ns = 1;
	peer_opens(&s);
	tcp = lab.ends[0].tcp;
	/* R = 100: SRTT 100, RTTVAR 50. */
	ck_assert_int_eq(tcp->srtt_ns, 100 * LAB_MS);
	ck_assert_int_eq(tcp->rttvar_ns, 50 * LAB_MS);
	ck_assert_int_eq(tcp->rto_ns, 300 * LAB_MS);
	/* R = 200: RTTVAR 3/4 * 50 + 1/4 * 100, SRTT 7/8 * 100 + 1/8 * 200 */
	lab_write(&lab, 0, 100);
	lab.now_ns += 200 * LAB_MS;
	peer_acks(101);
	ck_assert_int_eq(tcp->rttvar_ns, 62500000);
	ck_assert_int_eq(tcp->srtt_ns, 112500000);
	ck_assert_int_eq(tcp->rto_ns, 362500000);
	lab_reset(&lab);
}
END_TEST

START_TEST(data_is_sent_again_with_back_off_and_given_up)
{
	struct tcp_settings s = peer_plain();
	int64_t at_ns, rto_ns = 300 * LAB_MS;

	s.retries = 10;
	peer_opens(&s);
	lab_write(&lab, 0, 100);
	at_ns = lab.now_ns;
	lab_run(&lab, INT64_MAX);
	/* SYN, ACK, the data and 10 times again. */
	ck_assert_uint_eq(peer_saw(), 13);
	for (size_t i = 3; i < 13; i++) {
		at_ns += rto_ns;
		rto_ns = rto_ns * 2 < 60 * LAB_S ? rto_ns * 2 : 60 * LAB_S;
		ck_assert_int_eq(peer_saw_at(i)->at_ns, at_ns);
		ck_assert_int_eq(peer_saw_at(i)->segment.why, TCP_WHY_TIMEOUT);
		ck_assert_uint_eq(peer_saw_at(i)->segment.len, 100);
	}
	ck_assert_int_eq(lab.now_ns, at_ns + rto_ns);
	ck_assert_int_eq(lab.ends[0].why, TCP_END_TIMED_OUT);
	lab_reset(&lab);
}
END_TEST

START_TEST(karn_takes_no_round_trip_of_what_was_sent_twice)
{
	struct tcp_settings s = peer_plain();
	struct tcp_counts counts;

	peer_opens(&s);
	lab_write(&lab, 0, 100);
	peer_waits(301 * LAB_MS);
	ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_TIMEOUT);
	peer_acks(101);
	tcp_counts(lab.ends[0].tcp, &counts);
	ck_assert_uint_eq(counts.rtt_samples, 1);	/* the SYN's */
	ck_assert_int_eq(counts.rtt_first_ns, 100 * LAB_MS);
	ck_assert_uint_eq(counts.sent_again_timeout, 1);
	ck_assert_int_eq(lab.ends[0].tcp->srtt_ns, 100 * LAB_MS);
	lab_reset(&lab);
}
END_TEST

START_TEST(time_stamps_measure_what_was_sent_twice)
{
	struct tcp_settings s = peer_plain();
	struct tcp_segment ack = peer_segment(1, 101, TCP_ACK);

	s.timestamps = true;
	peer_opens(&s);
	lab_write(&lab, 0, 100);
	peer_waits(301 * LAB_MS);
	ack.has_times = true;
	ack.ts_value = 2;
	ack.ts_echo = lab_last(&lab, 0)->ts_value;
	lab.now_ns += 199 * LAB_MS;
	lab_input(&lab, 0, &ack);
	/* R = 200, a grain of 1 ms. */
	ck_assert_int_eq(lab.ends[0].tcp->srtt_ns, 112500000);
	lab_reset(&lab);
}
END_TEST

/* Segments of MSS that the peer has not acknowledged before `ack`. */
static unsigned
sent_between(size_t from, size_t to)
{
	unsigned count = 0;

	for (size_t i = from; i < to; i++)
		count += peer_saw_at(i)->segment.len > 0;
	return count;
}

START_TEST(slow_start_doubles_by_the_round_trip)
{
	struct tcp_settings s = peer_plain();
	uint32_t acked = 1;
	unsigned flight = 10;

	s.window_scaling = true;
	peer_opens(&s);
	lab_write(&lab, 0, 200 * MSS);
	ck_assert_uint_eq(sent_between(2, peer_saw()), 10);
	for (int round = 0; round < 2; round++) {
		size_t before = peer_saw();

		lab.now_ns += 100 * LAB_MS;
		for (unsigned i = 0; i < flight; i++)
			peer_acks(acked += MSS);
		flight *= 2;
		ck_assert_uint_eq(sent_between(before, peer_saw()), flight);
	}
	lab_reset(&lab);
}
END_TEST

START_TEST(avoidance_adds_a_segment_by_the_round_trip)
{
	struct tcp_settings s = peer_plain();
	struct tcp *tcp;
	uint32_t acked = 1;

	peer_opens(&s);
	tcp = lab.ends[0].tcp;
	tcp->congestion.threshold = 10 * MSS;
	lab_write(&lab, 0, 100 * MSS);
	for (uint32_t window = 10; window < 14; window++) {
		ck_assert_uint_eq(tcp->congestion.window, window * MSS);
		lab.now_ns += 100 * LAB_MS;
		for (uint32_t i = 0; i < window; i++)
			peer_acks(acked += MSS);
	}
	lab_reset(&lab);
}
END_TEST

START_TEST(an_idle_end_starts_slowly_again)
{
	struct tcp_settings s = peer_plain();
	struct tcp *tcp;

	peer_opens(&s);
	tcp = lab.ends[0].tcp;
	tcp->congestion.window = 50 * MSS;
	lab_write(&lab, 0, MSS);
	peer_acks(MSS + 1);
	peer_waits(10 * LAB_S);
	lab_write(&lab, 0, 40 * MSS);
	ck_assert_uint_eq(sent_between(3, peer_saw()), 10);
	lab_reset(&lab);
}
END_TEST

/* Ten segments are out; the first is lost. */
static void
send_ten(const struct tcp_settings *s)
{
	peer_opens(s);
	lab_write(&lab, 0, 30 * MSS);
	ck_assert_uint_eq(peer_saw(), 12);
}

START_TEST(the_third_duplicate_sends_again_at_once)
{
	struct tcp_settings s = peer_plain();
	const struct tcp_congestion *c;

	send_ten(&s);
	c = &lab.ends[0].tcp->congestion;
	/* Limited transmit: one new segment each (RFC 3042). */
	peer_acks(1);
	PEER_CHECK_LAST(1 + 10 * MSS, MSS, TCP_ACK);
	peer_acks(1);
	PEER_CHECK_LAST(1 + 11 * MSS, MSS, TCP_ACK);
	ck_assert_uint_eq(peer_saw(), 14);
	peer_acks(1);
	ck_assert_uint_eq(peer_saw(), 15);
	PEER_CHECK_LAST(1, MSS, TCP_ACK);
	ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_FAST);
	/* Half of the flight, without what limited transmit sent. */
	ck_assert_uint_eq(c->threshold, 5 * MSS);
	ck_assert_int_eq(c->phase, TCP_PHASE_FAST);
	lab_reset(&lab);
}
END_TEST

START_TEST(newreno_fills_one_hole_by_the_partial_ack)
{
	struct tcp_settings s = peer_plain();
	const struct tcp_congestion *c;

	send_ten(&s);
	c = &lab.ends[0].tcp->congestion;
	for (int i = 0; i < 3; i++)
		peer_acks(1);
	/* The first arrives, the fourth was lost as well. */
	peer_acks(1 + 3 * MSS);
	PEER_CHECK_LAST(1 + 3 * MSS, MSS, TCP_ACK);
	ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_RECOVERY);
	ck_assert_int_eq(c->phase, TCP_PHASE_FAST);
	/* All that was sent when it began: over. */
	peer_acks(1 + 12 * MSS);
	ck_assert_int_eq(c->phase, TCP_PHASE_OPEN);
	ck_assert_uint_le(c->window, 5 * MSS);
	lab_reset(&lab);
}
END_TEST

START_TEST(an_ack_with_data_or_another_window_is_no_duplicate)
{
	struct tcp_settings s = peer_plain();
	struct tcp_segment update = peer_segment(1, 1, TCP_ACK);
	struct tcp_counts counts;

	send_ten(&s);
	for (uint16_t i = 0; i < 4; i++) {
		update.window = (uint16_t)(50000 + i);
		lab_input(&lab, 0, &update);
	}
	for (uint32_t i = 0; i < 4; i++)
		peer_sends(1 + 10 * i, 1, TCP_ACK, 10);
	tcp_counts(lab.ends[0].tcp, &counts);
	ck_assert_uint_eq(counts.sent_again_fast, 0);
	lab_reset(&lab);
}
END_TEST

START_TEST(sack_sends_the_holes_and_no_more)
{
	struct tcp_settings s = peer_plain();

	s.sack = true;
	send_ten(&s);
	/* Segments 0 and 2 are lost: 1, and from 3 on, arrive. */
	peer_sacks(1, 1 + MSS, 1 + 2 * MSS);
	peer_sacks(1, 1 + 3 * MSS, 1 + 4 * MSS);
	ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_NEW);
	peer_sacks(1, 1 + 3 * MSS, 1 + 5 * MSS);
	/* Three segments are beyond the first: it goes out again. */
	PEER_CHECK_LAST(1, MSS, TCP_ACK);
	ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_FAST);
	for (uint32_t end = 6; end <= 12; end++)
		peer_sacks(1, 1 + 3 * MSS, 1 + end * MSS);
	ck_assert_uint_eq(lab.ends[0].tcp->counts.sent_again_recovery, 1);
	peer_acks(1 + 2 * MSS);
	peer_acks(1 + 12 * MSS);
	ck_assert_uint_eq(lab.ends[0].tcp->counts.sent_again_fast, 1);
	ck_assert_uint_eq(lab.ends[0].tcp->counts.sent_again_recovery, 1);
	ck_assert_int_eq(lab.ends[0].tcp->congestion.phase, TCP_PHASE_OPEN);
	lab_reset(&lab);
}
END_TEST

START_TEST(nagle_holds_small_segments_back)
{
	struct tcp_settings s = peer_plain();
	size_t before;

	s.nagle = true;
	peer_opens(&s);
	before = peer_saw();
	lab_write(&lab, 0, 10);
	lab_write(&lab, 0, 20);
	lab_write(&lab, 0, 30);
	ck_assert_uint_eq(peer_saw(), before + 1);
	peer_acks(11);
	ck_assert_uint_eq(peer_saw(), before + 2);
	PEER_CHECK_LAST(11, 50, TCP_ACK | TCP_PSH);
	/* A full one does not wait. */
	lab_write(&lab, 0, MSS + 1);
	ck_assert_uint_eq(peer_saw(), before + 3);
	PEER_CHECK_LAST(61, MSS, TCP_ACK);
	lab_reset(&lab);

	s.nagle = false;
	peer_opens(&s);
	before = peer_saw();
	lab_write(&lab, 0, 10);
	lab_write(&lab, 0, 20);
	ck_assert_uint_eq(peer_saw(), before + 2);
	lab_reset(&lab);
}
END_TEST

START_TEST(a_closed_window_is_probed_with_back_off)
{
	struct tcp_settings s = peer_plain();
	int64_t at_ns, rto_ns;
	size_t before;

	peer_opens(&s);
	lab_write(&lab, 0, 100);
	peer_closes_window(101, 0);
	lab_write(&lab, 0, 100);
	before = peer_saw();
	at_ns = lab.now_ns;
	rto_ns = lab.ends[0].tcp->rto_ns;
	for (int i = 0; i < 4; i++) {
		at_ns += rto_ns << i;
		lab_run(&lab, at_ns);
		ck_assert_uint_eq(peer_saw(), before + 1 + (size_t)i);
		ck_assert_int_eq(peer_saw_at(before + (size_t)i)->at_ns, at_ns);
		PEER_CHECK_LAST(101, 1, TCP_ACK);
		ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_WINDOW_PROBE);
		peer_closes_window(101, 0);
	}
	peer_closes_window(101, 1000);
	PEER_CHECK_LAST(101, 100, TCP_ACK | TCP_PSH);
	ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_NEW);
	lab_reset(&lab);
}
END_TEST

START_TEST(probes_without_an_answer_are_given_up)
{
	struct tcp_settings s = peer_plain();

	s.retries = 3;
	peer_opens(&s);
	lab_write(&lab, 0, 100);
	peer_closes_window(101, 0);
	lab_write(&lab, 0, 100);
	lab_run(&lab, INT64_MAX);
	ck_assert_uint_eq(lab.ends[0].tcp->counts.window_probes, 3);
	ck_assert_int_eq(lab.ends[0].why, TCP_END_TIMED_OUT);
	lab_reset(&lab);
}
END_TEST

START_TEST(the_byte_of_a_probe_without_an_answer_goes_alone)
{
	struct tcp_settings s = peer_plain();
	size_t before;

	peer_opens(&s);
	peer_closes_window(1, 0);
	lab_write(&lab, 0, 100);
	peer_waits(500 * LAB_MS);
	PEER_CHECK_LAST(1, 1, TCP_ACK);
	before = peer_saw();
	peer_closes_window(1, 5000);
	ck_assert_uint_eq(peer_saw(), before + 2);
	ck_assert_uint_eq(peer_saw_at(before)->segment.len, 1);
	ck_assert_uint_eq(peer_saw_at(before)->segment.flags,
	    TCP_ACK | TCP_PSH);
	PEER_CHECK_LAST(2, 99, TCP_ACK | TCP_PSH);
	lab_reset(&lab);
}
END_TEST

START_TEST(the_byte_of_a_probe_may_be_taken)
{
	struct tcp_settings s = peer_plain();

	peer_opens(&s);
	peer_closes_window(1, 0);
	lab_write(&lab, 0, 100);
	peer_waits(10 * LAB_S);
	ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_WINDOW_PROBE);
	peer_closes_window(2, 1000);
	PEER_CHECK_LAST(2, 99, TCP_ACK | TCP_PSH);
	peer_acks(101);
	ck_assert_uint_eq(tcp_unacknowledged(lab.ends[0].tcp), 0);
	lab_reset(&lab);
}
END_TEST

START_TEST(small_windows_are_not_filled_by_small_segments)
{
	struct tcp_settings s = peer_plain();
	size_t before;

	peer_opens(&s);
	lab_write(&lab, 0, MSS);
	peer_closes_window(MSS + 1, 100);
	before = peer_saw();
	lab_write(&lab, 0, 2 * MSS);
	ck_assert_uint_eq(peer_saw(), before);
	/* In the end it is sent all the same (RFC 1122, section 4.2.3.4). */
	peer_waits(LAB_S);
	ck_assert_uint_gt(peer_saw(), before);
	PEER_CHECK_LAST(1 + MSS, 100, TCP_ACK);
	lab_reset(&lab);
}
END_TEST

static void
add_sending(TCase *tc)
{
	tcase_add_test(tc, the_rto_follows_rfc_6298);
	tcase_add_test(tc, data_is_sent_again_with_back_off_and_given_up);
	tcase_add_test(tc, karn_takes_no_round_trip_of_what_was_sent_twice);
	tcase_add_test(tc, time_stamps_measure_what_was_sent_twice);
	tcase_add_test(tc, slow_start_doubles_by_the_round_trip);
	tcase_add_test(tc, avoidance_adds_a_segment_by_the_round_trip);
	tcase_add_test(tc, an_idle_end_starts_slowly_again);
	tcase_add_test(tc, the_third_duplicate_sends_again_at_once);
	tcase_add_test(tc, newreno_fills_one_hole_by_the_partial_ack);
	tcase_add_test(tc, an_ack_with_data_or_another_window_is_no_duplicate);
	tcase_add_test(tc, sack_sends_the_holes_and_no_more);
	tcase_add_test(tc, nagle_holds_small_segments_back);
	tcase_add_test(tc, a_closed_window_is_probed_with_back_off);
	tcase_add_test(tc, probes_without_an_answer_are_given_up);
	tcase_add_test(tc, the_byte_of_a_probe_may_be_taken);
	tcase_add_test(tc,
	    the_byte_of_a_probe_without_an_answer_goes_alone);
	tcase_add_test(tc, small_windows_are_not_filled_by_small_segments);
}

int
main(void)
{
	Suite *s = suite_create("tcp sending");
	TCase *tc = tcase_create("tcp sending");
	SRunner *sr;
	int failed;

	add_sending(tc);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
