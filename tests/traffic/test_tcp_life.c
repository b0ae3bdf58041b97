/*
 * One end of TCP against the words of the RFCs, segment by segment: how a
 * connection begins and ends.
 */
#include <check.h>

#include "tests/traffic/tcp_peer.h"

START_TEST(a_syn_offers_what_the_settings_say)
{
	struct tcp_settings s = tcp_settings_default();
	const struct tcp_segment *syn;

	peer_start(&s);
	tcp_connect(lab.ends[0].tcp, lab.now_ns);
	syn = lab_last(&lab, 0);
	ck_assert_uint_eq(syn->flags, TCP_SYN);
	ck_assert_uint_eq(syn->mss, MSS);
	ck_assert(syn->has_scale && syn->sack_permitted && syn->has_times);
	ck_assert_uint_eq(syn->scale, 2);	/* 131072 >> 1 is 65536 */
	ck_assert_uint_eq(syn->window, 65535);
	ck_assert_uint_eq(tcp_option_bytes(syn), 20);
	lab_reset(&lab);
}
END_TEST

START_TEST(a_syn_is_sent_again_by_rfc_6298_and_given_up)
{
	static const int64_t at_s[] = { 0, 1, 3, 7, 15, 31, 63 };
	struct tcp_settings s = peer_plain();

	peer_start(&s);
	tcp_connect(lab.ends[0].tcp, lab.now_ns);
	lab_run(&lab, INT64_MAX);
	ck_assert_uint_eq(peer_saw(), 7);
	for (size_t i = 0; i < 7; i++) {
		ck_assert_int_eq(peer_saw_at(i)->at_ns - LAB_S,
		    at_s[i] * LAB_S);
		ck_assert_uint_eq(peer_saw_at(i)->segment.flags, TCP_SYN);
		ck_assert_uint_eq(peer_saw_at(i)->segment.seq, OWN_ISN);
	}
	ck_assert_int_eq(lab.ends[0].why, TCP_END_TIMED_OUT);
	ck_assert_int_eq(lab.now_ns - LAB_S, (63 + 60) * LAB_S);
	lab_reset(&lab);
}
END_TEST

START_TEST(a_reset_in_answer_to_a_syn_refuses)
{
	struct tcp_settings s = peer_plain();

	peer_start(&s);
	tcp_connect(lab.ends[0].tcp, lab.now_ns);
	peer_sends(0, 2, TCP_RST | TCP_ACK, 0);
	ck_assert(!lab.ends[0].ended);
	peer_sends(0, 0, TCP_RST, 0);
	ck_assert(!lab.ends[0].ended);
	peer_sends(0, 1, TCP_RST | TCP_ACK, 0);
	ck_assert(lab.ends[0].ended);
	ck_assert_int_eq(lab.ends[0].why, TCP_END_REFUSED);
	ck_assert_uint_eq(peer_saw(), 1);
	lab_reset(&lab);
}
END_TEST

START_TEST(a_silent_peer_is_asked_nine_times)
{
	struct tcp_settings s = peer_plain();
	int64_t start_ns;

	s.keepalive_ns = 100 * LAB_S;
	peer_opens(&s);
	start_ns = lab.now_ns;
	peer_waits(101 * LAB_S);
	PEER_CHECK_LAST(0, 0, TCP_ACK);
	ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_KEEPALIVE);
	lab_run(&lab, INT64_MAX);
	ck_assert_uint_eq(lab.ends[0].tcp->counts.keepalives, 9);
	ck_assert_int_eq(lab.now_ns - start_ns, (100 + 9 * 75) * LAB_S);
	ck_assert_int_eq(lab.ends[0].why, TCP_END_TIMED_OUT);
	lab_reset(&lab);
}
END_TEST

START_TEST(a_fin_goes_with_the_last_bytes_and_is_sent_again)
{
	struct tcp_settings s = peer_plain();

	peer_opens(&s);
	peer_closes_window(1, 2 * MSS);
	lab_write(&lab, 0, 3 * MSS);
	lab_shutdown(&lab, 0);
	PEER_CHECK_LAST(1 + MSS, MSS, TCP_ACK);
	peer_closes_window(1 + 2 * MSS, 2 * MSS);
	PEER_CHECK_LAST(1 + 2 * MSS, MSS, TCP_ACK | TCP_PSH | TCP_FIN);
	peer_waits(LAB_S);
	PEER_CHECK_LAST(1 + 2 * MSS, MSS, TCP_ACK | TCP_PSH | TCP_FIN);
	ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_TIMEOUT);
	peer_acks(1 + 3 * MSS + 1);
	ck_assert_int_eq(lab.ends[0].tcp->state, TCP_FIN_WAIT_2);
	ck_assert_uint_eq(tcp_unacknowledged(lab.ends[0].tcp), 0);
	/* Half closed: the peer still sends. */
	peer_sends(1, 3 * MSS + 2, TCP_ACK, 10);
	peer_sends(11, 3 * MSS + 2, TCP_ACK | TCP_FIN, 0);
	ck_assert(tcp_is_in_time_wait(lab.ends[0].tcp));
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 12);
	lab_reset(&lab);
}
END_TEST

START_TEST(time_wait_lasts_60_s_from_the_last_fin)
{
	struct tcp_settings s = peer_plain();
	int64_t from_ns;
	size_t before;

	peer_opens(&s);
	lab_shutdown(&lab, 0);
	peer_sends(1, 2, TCP_ACK | TCP_FIN, 0);
	ck_assert(tcp_is_in_time_wait(lab.ends[0].tcp));
	peer_waits(30 * LAB_S);
	before = peer_saw();
	peer_sends(1, 2, TCP_ACK | TCP_FIN, 0);
	ck_assert_uint_eq(peer_saw(), before + 1);
	peer_sends(2, 2, TCP_RST, 0);
	ck_assert(!lab.ends[0].ended);
	from_ns = lab.now_ns;
	lab_run(&lab, INT64_MAX);
	ck_assert_int_eq(lab.ends[0].why, TCP_END_CLOSED);
	ck_assert_int_eq(lab.now_ns - from_ns, 60 * LAB_S);
	ck_assert_uint_eq(peer_saw(), before + 1);
	lab_reset(&lab);
}
END_TEST

START_TEST(a_peer_that_never_closes_is_left_after_180_s)
{
	struct tcp_settings s = peer_plain();
	int64_t from_ns;

	peer_opens(&s);
	lab_shutdown(&lab, 0);
	peer_acks(2);
	peer_waits(100 * LAB_S);
	peer_sends(1, 2, TCP_ACK, 1);
	from_ns = lab.now_ns;
	lab_run(&lab, INT64_MAX);
	ck_assert_int_eq(lab.ends[0].why, TCP_END_TIMED_OUT);
	ck_assert_int_eq(lab.now_ns - from_ns, 180 * LAB_S);
	lab_reset(&lab);
}
END_TEST

START_TEST(an_abort_sends_a_reset)
{
	struct tcp_settings s = peer_plain();

	peer_opens(&s);
	lab_write(&lab, 0, 10);
	tcp_abort(lab.ends[0].tcp, lab.now_ns);
	PEER_CHECK_LAST(11, 0, TCP_RST | TCP_ACK);
	ck_assert_int_eq(lab.ends[0].why, TCP_END_ABORTED);
	ck_assert_int_eq(lab.ends[0].timer_ns, INT64_MAX);
	lab_reset(&lab);
}
END_TEST

START_TEST(both_may_open_and_close_at_once)
{
	struct tcp_settings s = tcp_settings_default();

	lab_init(&lab, 1, &s, &s, MSS);
	tcp_connect(lab.ends[0].tcp, 0);
	tcp_connect(lab.ends[1].tcp, 0);
	lab_run(&lab, LAB_S);
	ck_assert(lab.ends[0].established && lab.ends[1].established);
	lab_write(&lab, 0, 5000);
	lab_write(&lab, 1, 5000);
	lab_shutdown(&lab, 0);
	lab_shutdown(&lab, 1);
	lab_run(&lab, lab.now_ns + 10 * LAB_S);
	for (unsigned i = 0; i < 2; i++) {
		lab_read(&lab, i, 10000);
		ck_assert_uint_eq(lab.ends[i].read, 5000);
		ck_assert(lab.ends[i].at_end);
		ck_assert_int_eq(lab.ends[i].tcp->state, TCP_TIME_WAIT);
	}
	lab_run(&lab, INT64_MAX);
	ck_assert_int_eq(lab.ends[0].why, TCP_END_CLOSED);
	ck_assert_int_eq(lab.ends[1].why, TCP_END_CLOSED);
	lab_reset(&lab);
}
END_TEST

/* The program reads whatever comes. */
static void
read_all(struct lab *l, unsigned end)
{
	lab_read(l, end, SIZE_MAX);
}

START_TEST(numbers_wrap_in_mid_transfer)
{
	struct tcp_settings a = tcp_settings_default(), b = a;
	struct tcp_counts counts;

	a.isn_set = b.isn_set = true;
	a.isn = UINT32_MAX - 100000;
	b.isn = UINT32_C(0x7fffffff) - 100000;
	lab_init(&lab, 1, &a, &b, MSS);
	lab.program = read_all;
	lab_connect(&lab);
	for (unsigned i = 0; i < 2; i++) {
		lab_write(&lab, i, 300000);
		lab_shutdown(&lab, i);
	}
	lab_run(&lab, INT64_MAX);
	for (unsigned i = 0; i < 2; i++) {
		tcp_counts(lab.ends[i].tcp, &counts);
		ck_assert_uint_eq(lab.ends[i].read, 300000);
		ck_assert_int_eq(lab.ends[i].why, TCP_END_CLOSED);
		ck_assert_uint_eq(counts.sent_again_timeout +
		    counts.sent_again_fast + counts.sent_again_recovery, 0);
	}
	lab_reset(&lab);
}
END_TEST

static void
add_opening(TCase *tc)
{
	tcase_add_test(tc, a_syn_offers_what_the_settings_say);
	tcase_add_test(tc, a_syn_is_sent_again_by_rfc_6298_and_given_up);
	tcase_add_test(tc, a_reset_in_answer_to_a_syn_refuses);
	tcase_add_test(tc, both_may_open_and_close_at_once);
	tcase_add_test(tc, numbers_wrap_in_mid_transfer);
}

static void
add_ending(TCase *tc)
{
	tcase_add_test(tc, a_silent_peer_is_asked_nine_times);
	tcase_add_test(tc, a_fin_goes_with_the_last_bytes_and_is_sent_again);
	tcase_add_test(tc, time_wait_lasts_60_s_from_the_last_fin);
	tcase_add_test(tc, a_peer_that_never_closes_is_left_after_180_s);
	tcase_add_test(tc, an_abort_sends_a_reset);
}

int
main(void)
{
	Suite *s = suite_create("tcp life");
	TCase *tc = tcase_create("tcp life");
	SRunner *sr;
	int failed;

	add_opening(tc);
	add_ending(tc);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
