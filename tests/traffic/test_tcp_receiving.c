/*
 * One end of TCP against the words of the RFCs, segment by segment: what it
 * takes, and how it says so.
 */
#include <check.h>

#include "tests/traffic/tcp_peer.h"

#define CHECK_BLOCK(i, begin_, end_)					\
	do {								\
		const struct tcp_segment *l_ = lab_last(&lab, 0);	\
									\
		ck_assert_uint_gt(l_->sack_count, (i));			\
		ck_assert_uint_eq(l_->sack[i].begin - PEER_ISN, (begin_)); \
		ck_assert_uint_eq(l_->sack[i].end - PEER_ISN, (end_));	\
	} while (0)

/* RFC 2018, section 7: eight segments of 500 bytes from 5000 on; here from
 * 1. */
START_TEST(sack_blocks_are_those_of_rfc_2018)
{
	struct tcp_settings s = peer_plain();

	s.sack = true;
	peer_opens(&s);
	/* Case 2: the first is lost. */
	for (uint32_t i = 1; i < 8; i++) {
		peer_sends(1 + 500 * i, 1, TCP_ACK, 500);
		ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 1);
		ck_assert_uint_eq(lab_last(&lab, 0)->sack_count, 1);
		CHECK_BLOCK(0, 501, 501 + 500 * i);
	}
	lab_reset(&lab);

	/* Case 3: the 2nd, 4th, 6th and 8th are. */
	peer_opens(&s);
	peer_sends(1, 1, TCP_ACK, 500);
	peer_sends(1001, 1, TCP_ACK, 500);
	CHECK_BLOCK(0, 1001, 1501);
	peer_sends(2001, 1, TCP_ACK, 500);
	CHECK_BLOCK(0, 2001, 2501);
	CHECK_BLOCK(1, 1001, 1501);
	peer_sends(3001, 1, TCP_ACK, 500);
	CHECK_BLOCK(0, 3001, 3501);
	CHECK_BLOCK(1, 2001, 2501);
	CHECK_BLOCK(2, 1001, 1501);
	/* The 4th comes late. */
	peer_sends(1501, 1, TCP_ACK, 500);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 501);
	CHECK_BLOCK(0, 1001, 2501);
	CHECK_BLOCK(1, 3001, 3501);
	ck_assert_uint_eq(lab_last(&lab, 0)->sack_count, 2);
	/* And the 2nd. */
	peer_sends(501, 1, TCP_ACK, 500);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 2501);
	CHECK_BLOCK(0, 3001, 3501);
	ck_assert_uint_eq(lab_last(&lab, 0)->sack_count, 1);
	lab_reset(&lab);
}
END_TEST

START_TEST(an_ack_waits_for_a_second_segment_or_40_ms)
{
	struct tcp_settings s = peer_plain();
	size_t before;

	peer_opens(&s);
	before = peer_saw();
	peer_sends(1, 1, TCP_ACK, MSS);
	peer_waits(39 * LAB_MS);
	ck_assert_uint_eq(peer_saw(), before);
	peer_waits(2 * LAB_MS);
	ck_assert_uint_eq(peer_saw(), before + 1);
	ck_assert_int_eq(peer_saw_at(before)->at_ns, lab.now_ns - LAB_MS);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 1 + MSS);
	peer_sends(1 + MSS, 1, TCP_ACK, MSS);
	ck_assert_uint_eq(peer_saw(), before + 1);
	peer_sends(1 + 2 * MSS, 1, TCP_ACK, MSS);
	ck_assert_uint_eq(peer_saw(), before + 2);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 1 + 3 * MSS);
	lab_reset(&lab);

	s.delayed_ack = false;
	peer_opens(&s);
	before = peer_saw();
	peer_sends(1, 1, TCP_ACK, 10);
	ck_assert_uint_eq(peer_saw(), before + 1);
	lab_reset(&lab);
}
END_TEST

START_TEST(a_reader_that_stops_closes_the_window_and_opens_it_again)
{
	struct tcp_settings s = peer_plain();
	uint8_t block[4000];
	size_t before;

	s.receive_buffer = 4 * MSS;
	peer_opens(&s);
	for (uint32_t i = 0; i < 4; i++)
		peer_sends(1 + i * MSS, 1, TCP_ACK, MSS);
	ck_assert_uint_eq(lab_last(&lab, 0)->window, 0);
	/* A probe: not taken, but answered. */
	before = peer_saw();
	peer_sends(1 + 4 * MSS, 1, TCP_ACK, 1);
	ck_assert_uint_eq(peer_saw(), before + 1);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 1 + 4 * MSS);
	/* Too little to say so: no silly window. */
	ck_assert_uint_eq(tcp_read(lab.ends[0].tcp, block, 999, lab.now_ns),
	    999);
	ck_assert_uint_eq(peer_saw(), before + 1);
	ck_assert_uint_eq(tcp_read(lab.ends[0].tcp, block, 1, lab.now_ns), 1);
	ck_assert_uint_eq(peer_saw(), before + 2);
	ck_assert_uint_eq(lab_last(&lab, 0)->window, MSS);
	/* A probe that crossed this is not taken either. */
	peer_sends(1 + 4 * MSS, 1, TCP_ACK, 1);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 1 + 4 * MSS);
	peer_sends(1 + 4 * MSS, 1, TCP_ACK, MSS);
	ck_assert_uint_eq(lab.ends[0].tcp->received,
	    (uint32_t)(PEER_ISN + 1 + 5 * MSS));
	lab_reset(&lab);
}
END_TEST

START_TEST(resets_follow_rfc_5961)
{
	struct tcp_settings s = peer_plain();
	size_t before;

	peer_opens(&s);
	before = peer_saw();
	peer_sends(0, 1, TCP_RST, 0);
	peer_sends(70000, 1, TCP_RST, 0);
	ck_assert_uint_eq(peer_saw(), before);
	/* In the window, but not what is next: asked back. */
	peer_sends(2, 1, TCP_RST, 0);
	ck_assert_uint_eq(peer_saw(), before + 1);
	PEER_CHECK_LAST(1, 0, TCP_ACK);
	ck_assert(!lab.ends[0].ended);
	/* Not more than one in half a second. */
	peer_sends(3, 1, TCP_RST, 0);
	peer_sends(1, 1, TCP_SYN, 0);
	ck_assert_uint_eq(peer_saw(), before + 1);
	peer_waits(600 * LAB_MS);
	peer_sends(1, 1, TCP_SYN, 0);
	ck_assert_uint_eq(peer_saw(), before + 2);
	PEER_CHECK_LAST(1, 0, TCP_ACK);
	peer_sends(1, 1, TCP_RST, 0);
	ck_assert_int_eq(lab.ends[0].why, TCP_END_RESET);
	lab_reset(&lab);
}
END_TEST

START_TEST(an_ack_of_what_was_never_sent_is_not_believed)
{
	struct tcp_settings s = peer_plain();

	peer_opens(&s);
	lab_write(&lab, 0, 10);
	peer_sends(1, 12, TCP_ACK, 5);
	ck_assert_uint_eq(tcp_unacknowledged(lab.ends[0].tcp), 10);
	ck_assert_uint_eq(lab.ends[0].tcp->counts.payload_received, 0);
	lab_reset(&lab);
}
END_TEST

START_TEST(an_old_time_stamp_is_dropped)
{
	struct tcp_settings s = peer_plain();
	struct tcp_segment data = peer_segment(1, 1, TCP_ACK);
	static const uint8_t byte[2];

	s.timestamps = true;
	peer_opens(&s);
	data.has_times = true;
	data.ts_value = 100;
	data.payload = byte;
	data.len = 1;
	lab_input(&lab, 0, &data);
	ck_assert_uint_eq(lab.ends[0].tcp->counts.payload_received, 1);
	data.seq++;
	data.ts_value = 99;
	lab_input(&lab, 0, &data);
	ck_assert_uint_eq(lab.ends[0].tcp->counts.payload_received, 1);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 2);
	data.ts_value = 100;
	lab_input(&lab, 0, &data);
	ck_assert_uint_eq(lab.ends[0].tcp->counts.payload_received, 2);
	lab_reset(&lab);
}
END_TEST

START_TEST(nothing_a_peer_sends_makes_an_end_run_wild)
{
	static const uint8_t payload[3000];
	struct tcp_settings s = tcp_settings_default();
	struct random random;

	random_init(&random, (uint64_t)_i, "garbage", 0);
	s.retries = 5;
	s.keepalive_ns = LAB_S;
	peer_opens(&s);
	for (unsigned i = 0; i < 3000; i++) {
		struct tcp_segment g = peer_segment(
		    (uint32_t)random_below(&random, 150000) - 5000,
		    (uint32_t)random_below(&random, 40000) - 5000,
		    (uint8_t)random_below(&random, 32));

		if (g.flags & TCP_RST && random_below(&random, 50) != 0)
			g.flags &= (uint8_t)~TCP_RST;
		g.window = (uint16_t)random_next(&random);
		g.has_times = random_below(&random, 4) != 0;
		g.ts_value = (uint32_t)random_below(&random, 300);
		g.ts_echo = (uint32_t)random_next(&random);
		g.payload = payload;
		g.len = random_below(&random, sizeof(payload));
		g.sack_count = random_below(&random, 5);
		for (size_t k = 0; k < g.sack_count; k++) {
			g.sack[k].begin = OWN_ISN +
			    (uint32_t)random_below(&random, 40000);
			g.sack[k].end = g.sack[k].begin +
			    (uint32_t)random_below(&random, 5000);
		}
		if (random_below(&random, 4) == 0)
			lab_write(&lab, 0, random_below(&random, 5000));
		lab_input(&lab, 0, &g);
		peer_waits((int64_t)random_below(&random, LAB_S));
	}
	lab_shutdown(&lab, 0);
	lab_run(&lab, INT64_MAX);
	ck_assert_uint_lt(peer_saw(), 100000);
	ck_assert_uint_lt(lab.ends[0].ticks, 100000);
	lab_reset(&lab);
}
END_TEST

static void
add_receiving(TCase *tc)
{
	tcase_add_test(tc, sack_blocks_are_those_of_rfc_2018);
	tcase_add_test(tc, an_ack_waits_for_a_second_segment_or_40_ms);
	tcase_add_test(tc,
	    a_reader_that_stops_closes_the_window_and_opens_it_again);
	tcase_add_test(tc, resets_follow_rfc_5961);
	tcase_add_test(tc, an_ack_of_what_was_never_sent_is_not_believed);
	tcase_add_test(tc, an_old_time_stamp_is_dropped);
	tcase_add_loop_test(tc, nothing_a_peer_sends_makes_an_end_run_wild, 0,
	    20);
}

int
main(void)
{
	Suite *s = suite_create("tcp receiving");
	TCase *tc = tcase_create("tcp receiving");
	SRunner *sr;
	int failed;

	add_receiving(tc);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
