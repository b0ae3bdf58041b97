/*
 * One end of TCP after losses, segment by segment: what RFC 6582, 2018, 6298
 * and 5681 want in their finer print.
 */
#include <check.h>

#include "tests/traffic/tcp_peer.h"

static void
check_last(uint32_t seq, enum tcp_why why)
{
	ck_assert_uint_eq(lab_last(&lab, 0)->seq - OWN_ISN, seq);
	ck_assert_int_eq(lab_last(&lab, 0)->why, why);
}

/*
 * RFC 6582, section 3.2, step 3: a partial ACK takes what it acknowledges from
 * the window that the duplicates have blown up.  Ten are out, two more by
 * limited transmit; five may be on their way afterwards.
 */
START_TEST(a_partial_ack_deflates_the_window)
{
	struct tcp_settings s = peer_plain();
	size_t before;

	peer_opens(&s);
	lab_write(&lab, 0, 40 * MSS);
	for (int i = 0; i < 7; i++)
		peer_acks(1);
	check_last(1, TCP_WHY_FAST);
	/* Eight of the twelve have arrived: four are under way, and a new one
	 * goes out with this duplicate and with the next. */
	before = peer_saw();
	peer_acks(1);
	check_last(1 + 12 * MSS, TCP_WHY_NEW);
	peer_acks(1);
	check_last(1 + 13 * MSS, TCP_WHY_NEW);
	ck_assert_uint_eq(peer_saw(), before + 2);
	/* Four are acknowledged: the fifth is sent again, and one new. */
	peer_acks(1 + 4 * MSS);
	ck_assert_uint_eq(peer_saw(), before + 4);
	check_last(1 + 14 * MSS, TCP_WHY_NEW);
	ck_assert_uint_eq(lab.ends[0].tcp->counts.sent_again_recovery, 1);
	lab_reset(&lab);
}
END_TEST

/* RFC 6675, section 5: with SACK an ACK in the midst of a recovery says nothing
 * of what lies behind it; three blocks above a hole do. */
START_TEST(a_partial_ack_makes_no_hole_where_blocks_say_of_none)
{
	struct tcp_settings s = peer_plain();
	size_t before;

	s.sack = true;
	peer_opens(&s);
	lab_write(&lab, 0, 10 * MSS);
	for (uint32_t i = 2; i <= 4; i++)
		peer_sacks(1, 1 + MSS, 1 + i * MSS);
	check_last(1, TCP_WHY_FAST);
	before = peer_saw();
	peer_acks(1 + 5 * MSS);
	ck_assert_uint_eq(peer_saw(), before);
	for (uint32_t i = 7; i <= 9; i++)
		peer_sacks(1 + 5 * MSS, 1 + 6 * MSS, 1 + i * MSS);
	ck_assert_uint_eq(peer_saw(), before + 1);
	check_last(1 + 5 * MSS, TCP_WHY_RECOVERY);
	lab_reset(&lab);
}
END_TEST

/* RFC 2018, section 8: the peer may throw away what it has not acknowledged,
 * whatever its blocks have said. */
START_TEST(a_timeout_does_not_trust_the_blocks_of_a_peer_that_reneges)
{
	struct tcp_settings s = peer_plain();
	struct tcp_segment sack = peer_segment(1, 1, TCP_ACK);
	size_t before;

	s.sack = true;
	peer_opens(&s);
	lab_write(&lab, 0, 3 * MSS);
	sack.sack_count = 1;
	sack.sack[0].begin = OWN_ISN + 1 + MSS;
	sack.sack[0].end = OWN_ISN + 1 + 2 * MSS;
	lab_input(&lab, 0, &sack);
	peer_acks(1 + MSS);
	before = peer_saw();
	lab_run(&lab, lab.now_ns + 2 * LAB_S);
	ck_assert_uint_gt(peer_saw(), before);
	for (size_t i = before; i < peer_saw(); i++) {
		const struct tcp_segment *again =
		    &lab.ends[0].trace.items[i].segment;

		ck_assert_uint_eq(again->seq - OWN_ISN, 1 + MSS);
		ck_assert_int_eq(again->why, TCP_WHY_TIMEOUT);
	}
	lab_reset(&lab);
}
END_TEST

/* RFC 6298, section 5.7, and RFC 5681, section 3.1. */
START_TEST(a_lost_syn_makes_an_end_careful)
{
	struct tcp_settings s = peer_plain();
	size_t before;

	peer_opens_after(&s, 1500 * LAB_MS);
	before = peer_saw();
	lab_write(&lab, 0, 20 * MSS);
	ck_assert_uint_eq(peer_saw(), before + 1);
	lab_run(&lab, lab.now_ns + 2900 * LAB_MS);
	ck_assert_uint_eq(peer_saw(), before + 1);
	lab_run(&lab, lab.now_ns + 200 * LAB_MS);
	ck_assert_uint_eq(peer_saw(), before + 2);
	check_last(1, TCP_WHY_TIMEOUT);
	lab_reset(&lab);
}
END_TEST

/* A FIN takes a number, for which there has to be room as for a byte. */
START_TEST(a_fin_beyond_the_window_is_not_taken)
{
	static const uint8_t zeros[WINDOW];
	struct tcp_settings s = peer_plain();
	struct tcp_segment full = peer_segment(1, 1, TCP_ACK | TCP_FIN);

	peer_opens(&s);
	lab.ends[0].hold = true;
	full.payload = zeros;
	full.len = WINDOW;
	lab_input(&lab, 0, &full);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 1 + WINDOW);
	ck_assert_uint_eq(lab_last(&lab, 0)->window, 0);
	ck_assert_int_eq(lab.ends[0].tcp->state, TCP_ESTABLISHED);
	lab_reset(&lab);
}
END_TEST

/* What comes with a SYN is not acknowledged with it: no host does so unless it
 * has been asked for (RFC 7413). */
START_TEST(data_in_a_syn_is_not_taken)
{
	static const uint8_t byte = 'x';
	struct tcp_settings s = peer_plain();
	struct tcp_segment syn = { .seq = PEER_ISN, .flags = TCP_SYN,
	    .window = WINDOW, .payload = &byte, .len = 1 };

	peer_start(&s);
	tcp_listen(lab.ends[0].tcp, lab.now_ns);
	lab_input(&lab, 0, &syn);
	ck_assert_uint_eq(peer_saw(), 1);
	ck_assert_uint_eq(lab_last(&lab, 0)->flags, TCP_SYN | TCP_ACK);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 1);
	ck_assert(!lab.ends[0].readable);
	lab_reset(&lab);
}
END_TEST

/* A window in units of 16 bytes: what the buffer holds is offered whatever the
 * segments are like, and less than a unit beyond it (RFC 7323, section 2.4). */
START_TEST(a_scaled_window_is_the_buffer)
{
	static const uint8_t byte = 'x';
	struct tcp_settings s = peer_plain();
	struct tcp_segment in = peer_segment(1, 1, TCP_ACK);

	s.window_scaling = true;
	s.delayed_ack = false;
	s.receive_buffer = 1000003;
	peer_opens(&s);
	lab.ends[0].hold = true;
	in.payload = &byte;
	in.len = 1;
	for (int i = 0; i < 100; i++, in.seq++) {
		const struct tcp_segment *ack;
		uint32_t edge;

		lab_input(&lab, 0, &in);
		ack = lab_last(&lab, 0);
		ck_assert_uint_eq(ack->ack, in.seq + 1);
		edge = ack->ack + ((uint32_t)ack->window << 4);
		ck_assert_uint_ge(edge, PEER_ISN + 1 + 1000003);
		ck_assert_uint_lt(edge, PEER_ISN + 1 + 1000003 + 16);
	}
	lab_reset(&lab);
}
END_TEST

/* RFC 5961, section 5: what acknowledges less than a window ago comes from
 * somebody who guesses. */
START_TEST(a_very_old_ack_brings_no_data)
{
	static const uint8_t byte = 'x';
	struct tcp_settings s = peer_plain();
	struct tcp_segment in = peer_segment(1, 1, TCP_ACK);
	size_t before;

	s.initial_window = 100;
	peer_opens(&s);
	lab_write(&lab, 0, 62 * MSS);
	peer_acks(1 + 60 * MSS);
	peer_acks(1 + 62 * MSS);
	before = peer_saw();
	in.payload = &byte;
	in.len = 1;
	lab_input(&lab, 0, &in);
	ck_assert_uint_eq(peer_saw(), before + 1);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 1);
	ck_assert(!lab.ends[0].readable);
	/* A little younger it is only late. */
	in.ack += 2 * MSS;
	lab_input(&lab, 0, &in);
	ck_assert(lab.ends[0].readable);
	lab_reset(&lab);
}
END_TEST

/* RFC 9293, section 3.10.7.4: with a closed window no byte is taken, but the
 * ACK that comes with one is. */
START_TEST(an_ack_is_heard_through_a_closed_window)
{
	static const uint8_t zeros[WINDOW];
	struct tcp_settings s = peer_plain();
	struct tcp_segment in = peer_segment(1, 1, TCP_ACK);

	peer_opens(&s);
	lab.ends[0].hold = true;
	lab_write(&lab, 0, 10);
	in.payload = zeros;
	in.len = WINDOW;
	lab_input(&lab, 0, &in);
	ck_assert_uint_eq(lab_last(&lab, 0)->window, 0);
	ck_assert_uint_eq(tcp_unacknowledged(lab.ends[0].tcp), 10);
	in = peer_segment(1 + WINDOW, 11, TCP_ACK);
	in.payload = zeros;
	in.len = 1;
	lab_input(&lab, 0, &in);
	ck_assert_uint_eq(tcp_unacknowledged(lab.ends[0].tcp), 0);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 1 + WINDOW);
	ck_assert_uint_eq(lab_last(&lab, 0)->window, 0);
	lab_reset(&lab);
}
END_TEST

/* RFC 6582, section 3.2, step 2: duplicates of what ended the recovery come of
 * what was sent again in vain. */
START_TEST(a_recovery_is_not_followed_by_another_of_its_own_doing)
{
	struct tcp_settings s = peer_plain();

	peer_opens(&s);
	lab_write(&lab, 0, 40 * MSS);
	for (int i = 0; i < 3; i++)
		peer_acks(1);
	peer_acks(1 + 12 * MSS);
	ck_assert_int_eq(lab.ends[0].tcp->congestion.phase, TCP_PHASE_OPEN);
	for (int i = 0; i < 5; i++)
		peer_acks(1 + 12 * MSS);
	ck_assert_uint_eq(lab.ends[0].tcp->counts.sent_again_fast, 1);
	/* But those of what followed do. */
	peer_acks(1 + 13 * MSS);
	for (int i = 0; i < 3; i++)
		peer_acks(1 + 13 * MSS);
	ck_assert_uint_eq(lab.ends[0].tcp->counts.sent_again_fast, 2);
	lab_reset(&lab);
}
END_TEST

/* A segment with blocks is no longer than one without. */
START_TEST(blocks_take_no_room_of_the_data)
{
	static const uint8_t byte = 'x';
	struct tcp_settings s = peer_plain();
	struct tcp_segment in = peer_segment(11, 1, TCP_ACK);

	s.sack = true;
	peer_opens(&s);
	in.payload = &byte;
	in.len = 1;
	lab_input(&lab, 0, &in);
	ck_assert_uint_eq(lab_last(&lab, 0)->sack_count, 1);
	lab_write(&lab, 0, MSS - 12);
	ck_assert_uint_eq(lab_last(&lab, 0)->len, MSS - 12);
	ck_assert_uint_eq(lab_last(&lab, 0)->sack_count, 1);
	lab_write(&lab, 0, MSS - 11);
	ck_assert_uint_eq(lab_last(&lab, 0)->len, MSS - 11);
	ck_assert_uint_eq(lab_last(&lab, 0)->sack_count, 0);
	lab_reset(&lab);
}
END_TEST

static void
peer_says(uint32_t seq, uint32_t ts_value)
{
	static const uint8_t byte = 'x';
	struct tcp_segment in = peer_segment(seq, 1, TCP_ACK);

	in.payload = &byte;
	in.len = 1;
	in.has_times = true;
	in.ts_value = ts_value;
	lab_input(&lab, 0, &in);
}

/* RFC 7323, section 4.3: what lies beyond a hole is not echoed; 5.5: after 24
 * days no time stamp is old. */
START_TEST(time_stamps_are_echoed_and_forgotten)
{
	struct tcp_settings s = peer_plain();

	s.timestamps = true;
	s.delayed_ack = false;
	peer_opens(&s);
	peer_says(1, 100);
	ck_assert_uint_eq(lab_last(&lab, 0)->ts_echo, 100);
	peer_says(3, 200);
	ck_assert_uint_eq(lab_last(&lab, 0)->ts_echo, 100);
	peer_says(2, 150);
	ck_assert_uint_eq(lab_last(&lab, 0)->ts_echo, 150);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 4);
	lab_run(&lab, lab.now_ns + 23 * 86400 * LAB_S);
	peer_says(4, 50);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 4);
	lab_run(&lab, lab.now_ns + 2 * 86400 * LAB_S);
	peer_says(4, 50);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 5);
	ck_assert_uint_eq(lab_last(&lab, 0)->ts_echo, 50);
	lab_reset(&lab);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, a_partial_ack_deflates_the_window);
	tcase_add_test(tc,
	    a_partial_ack_makes_no_hole_where_blocks_say_of_none);
	tcase_add_test(tc,
	    a_timeout_does_not_trust_the_blocks_of_a_peer_that_reneges);
	tcase_add_test(tc, a_lost_syn_makes_an_end_careful);
	tcase_add_test(tc, a_fin_beyond_the_window_is_not_taken);
	tcase_add_test(tc, data_in_a_syn_is_not_taken);
	tcase_add_test(tc, a_scaled_window_is_the_buffer);
	tcase_add_test(tc, a_very_old_ack_brings_no_data);
	tcase_add_test(tc, an_ack_is_heard_through_a_closed_window);
	tcase_add_test(tc,
	    a_recovery_is_not_followed_by_another_of_its_own_doing);
	tcase_add_test(tc, blocks_take_no_room_of_the_data);
	tcase_add_test(tc, time_stamps_are_echoed_and_forgotten);
}

int
main(void)
{
	Suite *suite = suite_create("TCP's recovery");
	TCase *tc = tcase_create("losses");
	SRunner *runner;
	int failed;

	add_tests(tc);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
