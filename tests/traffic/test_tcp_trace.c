/*
 * One end of TCP against the words of the RFCs, segment by segment.
 */
#include "traffic/synth/tcp/tcp.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/traffic/tcp_lab.h"
#include "traffic/synth/tcp/tcp_internal.h"

enum { MSS = 1000, OWN_ISN = 1000, PEER_ISN = 70000 };

static struct lab lab;

static bool
drop_all(struct lab *l, const struct lab_segment *segment)
{
	(void)l;
	(void)segment;
	return true;
}

/* No options but the MSS: what counts stands out. */
static struct tcp_settings
plain(void)
{
	struct tcp_settings s = tcp_settings_default();

	s.window_scaling = s.sack = s.timestamps = false;
	s.receive_buffer = 64000;
	s.isn_set = true;
	s.isn = OWN_ISN;
	return s;
}

static struct tcp_segment
from_peer(uint32_t seq, uint32_t ack, uint8_t flags)
{
	return (struct tcp_segment){ .seq = PEER_ISN + seq,
	    .ack = OWN_ISN + ack, .flags = flags, .window = 60000 };
}

/* A segment of the peer, numbers as offsets from the ISNs. */
static void
peer_sends(uint32_t seq, uint32_t ack, uint8_t flags, size_t len)
{
	static const uint8_t zeros[65536];
	struct tcp_segment s = from_peer(seq, ack, flags);

	s.payload = zeros;
	s.len = len;
	lab_input(&lab, 0, &s);
}

static void
peer_acks(uint32_t ack)
{
	peer_sends(1, ack, TCP_ACK, 0);
}

static void
start(const struct tcp_settings *settings)
{
	lab_init(&lab, 1, settings, settings, MSS);
	lab.drop = drop_all;
	lab.now_ns = LAB_S;
}

/* Established after a round trip of 100 ms; the peer can what we can. */
static void
open_end(const struct tcp_settings *settings)
{
	struct tcp_segment s = from_peer(0, 1, TCP_SYN | TCP_ACK);

	start(settings);
	tcp_connect(lab.ends[0].tcp, lab.now_ns);
	s.mss = MSS;
	s.sack_permitted = settings->sack;
	s.has_scale = settings->window_scaling;
	s.has_times = settings->timestamps;
	s.ts_value = 1;
	s.ts_echo = lab_last(&lab, 0)->ts_value;
	lab.now_ns += 100 * LAB_MS;
	lab_input(&lab, 0, &s);
	ck_assert(lab.ends[0].established);
}

static size_t
sent(void)
{
	return lab.ends[0].trace.count;
}

static const struct lab_segment *
sent_at(size_t i)
{
	ck_assert_uint_lt(i, sent());
	return &lab.ends[0].trace.items[i];
}

#define CHECK_LAST(seq_, len_, flags_)					\
	do {								\
		const struct tcp_segment *l_ = lab_last(&lab, 0);	\
									\
		ck_assert_uint_eq(l_->seq - OWN_ISN, (seq_));		\
		ck_assert_uint_eq(l_->len, (len_));			\
		ck_assert_uint_eq(l_->flags, (flags_));			\
	} while (0)

static void
run_for(int64_t ns)
{
	lab_run(&lab, lab.now_ns + ns);
}

START_TEST(a_syn_offers_what_the_settings_say)
{
	struct tcp_settings s = tcp_settings_default();
	const struct tcp_segment *syn;

	start(&s);
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
	struct tcp_settings s = plain();

	start(&s);
	tcp_connect(lab.ends[0].tcp, lab.now_ns);
	lab_run(&lab, INT64_MAX);
	ck_assert_uint_eq(sent(), 7);
	for (size_t i = 0; i < 7; i++) {
		ck_assert_int_eq(sent_at(i)->at_ns - LAB_S, at_s[i] * LAB_S);
		ck_assert_uint_eq(sent_at(i)->segment.flags, TCP_SYN);
		ck_assert_uint_eq(sent_at(i)->segment.seq, OWN_ISN);
	}
	ck_assert_int_eq(lab.ends[0].why, TCP_END_TIMED_OUT);
	ck_assert_int_eq(lab.now_ns - LAB_S, (63 + 60) * LAB_S);
	lab_reset(&lab);
}
END_TEST

START_TEST(a_reset_in_answer_to_a_syn_refuses)
{
	struct tcp_settings s = plain();

	start(&s);
	tcp_connect(lab.ends[0].tcp, lab.now_ns);
	peer_sends(0, 2, TCP_RST | TCP_ACK, 0);
	ck_assert(!lab.ends[0].ended);
	peer_sends(0, 0, TCP_RST, 0);
	ck_assert(!lab.ends[0].ended);
	peer_sends(0, 1, TCP_RST | TCP_ACK, 0);
	ck_assert(lab.ends[0].ended);
	ck_assert_int_eq(lab.ends[0].why, TCP_END_REFUSED);
	ck_assert_uint_eq(sent(), 1);
	lab_reset(&lab);
}
END_TEST

START_TEST(the_rto_follows_rfc_6298)
{
	struct tcp_settings s = plain();
	const struct tcp *tcp;

	s.rto_min_ns = 1;
	open_end(&s);
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
	struct tcp_settings s = plain();
	int64_t at_ns, rto_ns = 300 * LAB_MS;

	s.retries = 10;
	open_end(&s);
	lab_write(&lab, 0, 100);
	at_ns = lab.now_ns;
	lab_run(&lab, INT64_MAX);
	/* SYN, ACK, the data and 10 times again. */
	ck_assert_uint_eq(sent(), 13);
	for (size_t i = 3; i < 13; i++) {
		at_ns += rto_ns;
		rto_ns = rto_ns * 2 < 60 * LAB_S ? rto_ns * 2 : 60 * LAB_S;
		ck_assert_int_eq(sent_at(i)->at_ns, at_ns);
		ck_assert_int_eq(sent_at(i)->segment.why, TCP_WHY_TIMEOUT);
		ck_assert_uint_eq(sent_at(i)->segment.len, 100);
	}
	ck_assert_int_eq(lab.now_ns, at_ns + rto_ns);
	ck_assert_int_eq(lab.ends[0].why, TCP_END_TIMED_OUT);
	lab_reset(&lab);
}
END_TEST

START_TEST(karn_takes_no_round_trip_of_what_was_sent_twice)
{
	struct tcp_settings s = plain();
	struct tcp_counts counts;

	open_end(&s);
	lab_write(&lab, 0, 100);
	run_for(301 * LAB_MS);
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
	struct tcp_settings s = plain();
	struct tcp_segment ack = from_peer(1, 101, TCP_ACK);

	s.timestamps = true;
	open_end(&s);
	lab_write(&lab, 0, 100);
	run_for(301 * LAB_MS);
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
		count += sent_at(i)->segment.len > 0;
	return count;
}

START_TEST(slow_start_doubles_by_the_round_trip)
{
	struct tcp_settings s = plain();
	uint32_t acked = 1;
	unsigned flight = 10;

	s.window_scaling = true;
	open_end(&s);
	lab_write(&lab, 0, 200 * MSS);
	ck_assert_uint_eq(sent_between(2, sent()), 10);
	for (int round = 0; round < 2; round++) {
		size_t before = sent();

		lab.now_ns += 100 * LAB_MS;
		for (unsigned i = 0; i < flight; i++)
			peer_acks(acked += MSS);
		flight *= 2;
		ck_assert_uint_eq(sent_between(before, sent()), flight);
	}
	lab_reset(&lab);
}
END_TEST

START_TEST(avoidance_adds_a_segment_by_the_round_trip)
{
	struct tcp_settings s = plain();
	struct tcp *tcp;
	uint32_t acked = 1;

	open_end(&s);
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
	struct tcp_settings s = plain();
	struct tcp *tcp;

	open_end(&s);
	tcp = lab.ends[0].tcp;
	tcp->congestion.window = 50 * MSS;
	lab_write(&lab, 0, MSS);
	peer_acks(MSS + 1);
	run_for(10 * LAB_S);
	lab_write(&lab, 0, 40 * MSS);
	ck_assert_uint_eq(sent_between(3, sent()), 10);
	lab_reset(&lab);
}
END_TEST

/* Ten segments are out; the first is lost. */
static void
send_ten(const struct tcp_settings *s)
{
	open_end(s);
	lab_write(&lab, 0, 30 * MSS);
	ck_assert_uint_eq(sent(), 12);
}

START_TEST(the_third_duplicate_sends_again_at_once)
{
	struct tcp_settings s = plain();
	const struct tcp_congestion *c;

	send_ten(&s);
	c = &lab.ends[0].tcp->congestion;
	/* Limited transmit: one new segment each (RFC 3042). */
	peer_acks(1);
	CHECK_LAST(1 + 10 * MSS, MSS, TCP_ACK);
	peer_acks(1);
	CHECK_LAST(1 + 11 * MSS, MSS, TCP_ACK);
	ck_assert_uint_eq(sent(), 14);
	peer_acks(1);
	ck_assert_uint_eq(sent(), 15);
	CHECK_LAST(1, MSS, TCP_ACK);
	ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_FAST);
	/* Half of the flight, without what limited transmit sent. */
	ck_assert_uint_eq(c->threshold, 5 * MSS);
	ck_assert_int_eq(c->phase, TCP_PHASE_FAST);
	lab_reset(&lab);
}
END_TEST

START_TEST(newreno_fills_one_hole_by_the_partial_ack)
{
	struct tcp_settings s = plain();
	const struct tcp_congestion *c;

	send_ten(&s);
	c = &lab.ends[0].tcp->congestion;
	for (int i = 0; i < 3; i++)
		peer_acks(1);
	/* The first arrives, the fourth was lost as well. */
	peer_acks(1 + 3 * MSS);
	CHECK_LAST(1 + 3 * MSS, MSS, TCP_ACK);
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
	struct tcp_settings s = plain();
	struct tcp_segment update = from_peer(1, 1, TCP_ACK);
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

static void
peer_sacks(uint32_t ack, uint32_t begin, uint32_t end)
{
	struct tcp_segment s = from_peer(1, ack, TCP_ACK);

	s.sack_count = 1;
	s.sack[0].begin = OWN_ISN + begin;
	s.sack[0].end = OWN_ISN + end;
	lab_input(&lab, 0, &s);
}

START_TEST(sack_sends_the_holes_and_no_more)
{
	struct tcp_settings s = plain();

	s.sack = true;
	send_ten(&s);
	/* Segments 0 and 2 are lost: 1, and from 3 on, arrive. */
	peer_sacks(1, 1 + MSS, 1 + 2 * MSS);
	peer_sacks(1, 1 + 3 * MSS, 1 + 4 * MSS);
	ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_NEW);
	peer_sacks(1, 1 + 3 * MSS, 1 + 5 * MSS);
	/* Three segments are beyond the first: it goes out again. */
	CHECK_LAST(1, MSS, TCP_ACK);
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

#define CHECK_BLOCK(i, begin_, end_)					\
	do {								\
		const struct tcp_segment *l_ = lab_last(&lab, 0);	\
									\
		ck_assert_uint_gt(l_->sack_count, (i));			\
		ck_assert_uint_eq(l_->sack[i].begin - PEER_ISN, (begin_)); \
		ck_assert_uint_eq(l_->sack[i].end - PEER_ISN, (end_));	\
	} while (0)

/* RFC 2018, section 7: eight segments of 500 bytes from 5000 on; here from 1. */
START_TEST(sack_blocks_are_those_of_rfc_2018)
{
	struct tcp_settings s = plain();

	s.sack = true;
	open_end(&s);
	/* Case 2: the first is lost. */
	for (uint32_t i = 1; i < 8; i++) {
		peer_sends(1 + 500 * i, 1, TCP_ACK, 500);
		ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 1);
		ck_assert_uint_eq(lab_last(&lab, 0)->sack_count, 1);
		CHECK_BLOCK(0, 501, 501 + 500 * i);
	}
	lab_reset(&lab);

	/* Case 3: the 2nd, 4th, 6th and 8th are. */
	open_end(&s);
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
	struct tcp_settings s = plain();
	size_t before;

	open_end(&s);
	before = sent();
	peer_sends(1, 1, TCP_ACK, MSS);
	run_for(39 * LAB_MS);
	ck_assert_uint_eq(sent(), before);
	run_for(2 * LAB_MS);
	ck_assert_uint_eq(sent(), before + 1);
	ck_assert_int_eq(sent_at(before)->at_ns, lab.now_ns - LAB_MS);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 1 + MSS);
	peer_sends(1 + MSS, 1, TCP_ACK, MSS);
	ck_assert_uint_eq(sent(), before + 1);
	peer_sends(1 + 2 * MSS, 1, TCP_ACK, MSS);
	ck_assert_uint_eq(sent(), before + 2);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 1 + 3 * MSS);
	lab_reset(&lab);

	s.delayed_ack = false;
	open_end(&s);
	before = sent();
	peer_sends(1, 1, TCP_ACK, 10);
	ck_assert_uint_eq(sent(), before + 1);
	lab_reset(&lab);
}
END_TEST

START_TEST(nagle_holds_small_segments_back)
{
	struct tcp_settings s = plain();
	size_t before;

	s.nagle = true;
	open_end(&s);
	before = sent();
	lab_write(&lab, 0, 10);
	lab_write(&lab, 0, 20);
	lab_write(&lab, 0, 30);
	ck_assert_uint_eq(sent(), before + 1);
	peer_acks(11);
	ck_assert_uint_eq(sent(), before + 2);
	CHECK_LAST(11, 50, TCP_ACK | TCP_PSH);
	/* A full one does not wait. */
	lab_write(&lab, 0, MSS + 1);
	ck_assert_uint_eq(sent(), before + 3);
	CHECK_LAST(61, MSS, TCP_ACK);
	lab_reset(&lab);

	s.nagle = false;
	open_end(&s);
	before = sent();
	lab_write(&lab, 0, 10);
	lab_write(&lab, 0, 20);
	ck_assert_uint_eq(sent(), before + 2);
	lab_reset(&lab);
}
END_TEST

static void
peer_closes_window(uint32_t ack, uint16_t window)
{
	struct tcp_segment s = from_peer(1, ack, TCP_ACK);

	s.window = window;
	lab_input(&lab, 0, &s);
}

START_TEST(a_closed_window_is_probed_with_back_off)
{
	struct tcp_settings s = plain();
	int64_t at_ns, rto_ns;
	size_t before;

	open_end(&s);
	lab_write(&lab, 0, 100);
	peer_closes_window(101, 0);
	lab_write(&lab, 0, 100);
	before = sent();
	at_ns = lab.now_ns;
	rto_ns = lab.ends[0].tcp->rto_ns;
	for (int i = 0; i < 4; i++) {
		at_ns += rto_ns << i;
		lab_run(&lab, at_ns);
		ck_assert_uint_eq(sent(), before + 1 + (size_t)i);
		ck_assert_int_eq(sent_at(before + (size_t)i)->at_ns, at_ns);
		CHECK_LAST(101, 1, TCP_ACK);
		ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_WINDOW_PROBE);
		peer_closes_window(101, 0);
	}
	peer_closes_window(101, 1000);
	CHECK_LAST(101, 100, TCP_ACK | TCP_PSH);
	ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_NEW);
	lab_reset(&lab);
}
END_TEST

START_TEST(probes_without_an_answer_are_given_up)
{
	struct tcp_settings s = plain();

	s.retries = 3;
	open_end(&s);
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
	struct tcp_settings s = plain();
	size_t before;

	open_end(&s);
	peer_closes_window(1, 0);
	lab_write(&lab, 0, 100);
	run_for(500 * LAB_MS);
	CHECK_LAST(1, 1, TCP_ACK);
	before = sent();
	peer_closes_window(1, 5000);
	ck_assert_uint_eq(sent(), before + 2);
	ck_assert_uint_eq(sent_at(before)->segment.len, 1);
	ck_assert_uint_eq(sent_at(before)->segment.flags, TCP_ACK | TCP_PSH);
	CHECK_LAST(2, 99, TCP_ACK | TCP_PSH);
	lab_reset(&lab);
}
END_TEST

START_TEST(the_byte_of_a_probe_may_be_taken)
{
	struct tcp_settings s = plain();

	open_end(&s);
	peer_closes_window(1, 0);
	lab_write(&lab, 0, 100);
	run_for(10 * LAB_S);
	ck_assert_int_eq(lab_last(&lab, 0)->why, TCP_WHY_WINDOW_PROBE);
	peer_closes_window(2, 1000);
	CHECK_LAST(2, 99, TCP_ACK | TCP_PSH);
	peer_acks(101);
	ck_assert_uint_eq(tcp_unacknowledged(lab.ends[0].tcp), 0);
	lab_reset(&lab);
}
END_TEST

START_TEST(a_reader_that_stops_closes_the_window_and_opens_it_again)
{
	struct tcp_settings s = plain();
	uint8_t block[4000];
	size_t before;

	s.receive_buffer = 4 * MSS;
	open_end(&s);
	for (uint32_t i = 0; i < 4; i++)
		peer_sends(1 + i * MSS, 1, TCP_ACK, MSS);
	ck_assert_uint_eq(lab_last(&lab, 0)->window, 0);
	/* A probe: not taken, but answered. */
	before = sent();
	peer_sends(1 + 4 * MSS, 1, TCP_ACK, 1);
	ck_assert_uint_eq(sent(), before + 1);
	ck_assert_uint_eq(lab_last(&lab, 0)->ack, PEER_ISN + 1 + 4 * MSS);
	/* Too little to say so: no silly window. */
	ck_assert_uint_eq(tcp_read(lab.ends[0].tcp, block, 999, lab.now_ns),
	    999);
	ck_assert_uint_eq(sent(), before + 1);
	ck_assert_uint_eq(tcp_read(lab.ends[0].tcp, block, 1, lab.now_ns), 1);
	ck_assert_uint_eq(sent(), before + 2);
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

START_TEST(small_windows_are_not_filled_by_small_segments)
{
	struct tcp_settings s = plain();
	size_t before;

	open_end(&s);
	lab_write(&lab, 0, MSS);
	peer_closes_window(MSS + 1, 100);
	before = sent();
	lab_write(&lab, 0, 2 * MSS);
	ck_assert_uint_eq(sent(), before);
	/* In the end it is sent all the same (RFC 1122, section 4.2.3.4). */
	run_for(LAB_S);
	ck_assert_uint_gt(sent(), before);
	CHECK_LAST(1 + MSS, 100, TCP_ACK);
	lab_reset(&lab);
}
END_TEST

START_TEST(resets_follow_rfc_5961)
{
	struct tcp_settings s = plain();
	size_t before;

	open_end(&s);
	before = sent();
	peer_sends(0, 1, TCP_RST, 0);
	peer_sends(70000, 1, TCP_RST, 0);
	ck_assert_uint_eq(sent(), before);
	/* In the window, but not what is next: asked back. */
	peer_sends(2, 1, TCP_RST, 0);
	ck_assert_uint_eq(sent(), before + 1);
	CHECK_LAST(1, 0, TCP_ACK);
	ck_assert(!lab.ends[0].ended);
	/* Not more than one in half a second. */
	peer_sends(3, 1, TCP_RST, 0);
	peer_sends(1, 1, TCP_SYN, 0);
	ck_assert_uint_eq(sent(), before + 1);
	run_for(600 * LAB_MS);
	peer_sends(1, 1, TCP_SYN, 0);
	ck_assert_uint_eq(sent(), before + 2);
	CHECK_LAST(1, 0, TCP_ACK);
	peer_sends(1, 1, TCP_RST, 0);
	ck_assert_int_eq(lab.ends[0].why, TCP_END_RESET);
	lab_reset(&lab);
}
END_TEST

START_TEST(an_ack_of_what_was_never_sent_is_not_believed)
{
	struct tcp_settings s = plain();

	open_end(&s);
	lab_write(&lab, 0, 10);
	peer_sends(1, 12, TCP_ACK, 5);
	ck_assert_uint_eq(tcp_unacknowledged(lab.ends[0].tcp), 10);
	ck_assert_uint_eq(lab.ends[0].tcp->counts.payload_received, 0);
	lab_reset(&lab);
}
END_TEST

START_TEST(an_old_time_stamp_is_dropped)
{
	struct tcp_settings s = plain();
	struct tcp_segment data = from_peer(1, 1, TCP_ACK);
	static const uint8_t byte[2];

	s.timestamps = true;
	open_end(&s);
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

START_TEST(a_silent_peer_is_asked_nine_times)
{
	struct tcp_settings s = plain();
	int64_t start_ns;

	s.keepalive_ns = 100 * LAB_S;
	open_end(&s);
	start_ns = lab.now_ns;
	run_for(101 * LAB_S);
	CHECK_LAST(0, 0, TCP_ACK);
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
	struct tcp_settings s = plain();

	open_end(&s);
	peer_closes_window(1, 2 * MSS);
	lab_write(&lab, 0, 3 * MSS);
	lab_shutdown(&lab, 0);
	CHECK_LAST(1 + MSS, MSS, TCP_ACK);
	peer_closes_window(1 + 2 * MSS, 2 * MSS);
	CHECK_LAST(1 + 2 * MSS, MSS, TCP_ACK | TCP_PSH | TCP_FIN);
	run_for(LAB_S);
	CHECK_LAST(1 + 2 * MSS, MSS, TCP_ACK | TCP_PSH | TCP_FIN);
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
	struct tcp_settings s = plain();
	int64_t from_ns;
	size_t before;

	open_end(&s);
	lab_shutdown(&lab, 0);
	peer_sends(1, 2, TCP_ACK | TCP_FIN, 0);
	ck_assert(tcp_is_in_time_wait(lab.ends[0].tcp));
	run_for(30 * LAB_S);
	before = sent();
	peer_sends(1, 2, TCP_ACK | TCP_FIN, 0);
	ck_assert_uint_eq(sent(), before + 1);
	peer_sends(2, 2, TCP_RST, 0);
	ck_assert(!lab.ends[0].ended);
	from_ns = lab.now_ns;
	lab_run(&lab, INT64_MAX);
	ck_assert_int_eq(lab.ends[0].why, TCP_END_CLOSED);
	ck_assert_int_eq(lab.now_ns - from_ns, 60 * LAB_S);
	ck_assert_uint_eq(sent(), before + 1);
	lab_reset(&lab);
}
END_TEST

START_TEST(a_peer_that_never_closes_is_left_after_180_s)
{
	struct tcp_settings s = plain();
	int64_t from_ns;

	open_end(&s);
	lab_shutdown(&lab, 0);
	peer_acks(2);
	run_for(100 * LAB_S);
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
	struct tcp_settings s = plain();

	open_end(&s);
	lab_write(&lab, 0, 10);
	tcp_abort(lab.ends[0].tcp, lab.now_ns);
	CHECK_LAST(11, 0, TCP_RST | TCP_ACK);
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

START_TEST(nothing_a_peer_sends_makes_an_end_run_wild)
{
	static const uint8_t payload[3000];
	struct tcp_settings s = tcp_settings_default();
	struct random random;

	random_init(&random, (uint64_t)_i, "garbage", 0);
	s.retries = 5;
	s.keepalive_ns = LAB_S;
	open_end(&s);
	for (unsigned i = 0; i < 3000; i++) {
		struct tcp_segment g = from_peer(
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
		run_for((int64_t)random_below(&random, LAB_S));
	}
	lab_shutdown(&lab, 0);
	lab_run(&lab, INT64_MAX);
	ck_assert_uint_lt(sent(), 100000);
	ck_assert_uint_lt(lab.ends[0].ticks, 100000);
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
	Suite *s = suite_create("tcp trace");
	TCase *tc = tcase_create("trace");
	SRunner *sr;
	int failed;

	add_opening(tc);
	add_sending(tc);
	add_receiving(tc);
	add_ending(tc);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
