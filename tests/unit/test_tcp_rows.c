#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/handshakes.h"
#include "analyzer/analyses/tcp.h"
#include "tests/unit/tcp_steps.h"

enum { A = TCP_ACK, S = TCP_SYN, F = TCP_FIN, R = TCP_RST };

static struct tcp_flow tcp;
static struct flow flow;
static struct tcp_row row;

static void
close_flow(void)
{
	tcp_flow_close(&tcp);
}

/* B is the client: its SYN is the first segment of side 1. */
static const struct tcp_step steps[] = {
	{ 0, 1, S, 1000, 0, 0, 0, NULL, 0, 1 },
	{ 20000, 0, S | A, 5000, 1001, 0, 0, NULL, 0, 1 },
	{ 21000, 1, A, 1001, 5001, 0, 0, NULL, 0, 2 },
	{ 30000, 1, A, 1001, 5001, 100, 0, NULL, 0, 3 },
	{ 60000, 0, A, 5001, 1101, 0, 0, NULL, 0, 2 },
	{ 70000, 0, R, 5001, 0, 0, 0, NULL, 0, 3 },
};

static void
fill(size_t n)
{
	tcp_steps_run(&tcp, steps, n);
	memset(&flow, 0, sizeof(flow));
	flow.tcp = &tcp;
	flow.file = "file";
	flow.connection = 7;
	flow.number = 9;
	flow.ip_version = 4;
	flow.has_ports = true;
	flow.ports[0] = SERVER_PORT;
	flow.ports[1] = CLIENT_PORT;
	flow.address[0][3] = 1;
	flow.address[1][3] = 2;
	flow.digits = 6;
	flow.end = FLOW_END_RST;
	tcp_row_fill(&row, &flow);
}

START_TEST(a_row_has_client_and_server_whichever_is_a)
{
	fill(6);
	ck_assert_uint_eq(row.connection, 7);
	ck_assert_uint_eq(row.flow, 9);
	ck_assert_uint_eq(row.sides[TCP_ROW_CLIENT].port, CLIENT_PORT);
	ck_assert_uint_eq(row.sides[TCP_ROW_CLIENT].ip.bytes[3], 2);
	ck_assert_uint_eq(row.sides[TCP_ROW_CLIENT].payload_bytes, 100);
	ck_assert_uint_eq(row.sides[TCP_ROW_CLIENT].isn, 1000);
	ck_assert_uint_eq(row.sides[TCP_ROW_SERVER].packets, 3);
	ck_assert_str_eq(row.handshake, "complete");
	ck_assert_str_eq(row.handshake_repeated, "no");
	ck_assert_str_eq(row.client_by, "syn");
	ck_assert(row.duration == (int128)70000000 * 1000);
}
END_TEST

START_TEST(raw_and_relative_numbers_of_the_handshake)
{
	fill(6);
	ck_assert_uint_eq(row.syn_seq, 1000);
	ck_assert_uint_eq(row.synack_seq, 5000);
	ck_assert_uint_eq(row.synack_ack, 1001);
	ck_assert_uint_eq(row.ack_seq, 1001);
	ck_assert_uint_eq(row.ack_ack, 5001);
	ck_assert_uint_eq(row.syn_seq_rel, 0);
	ck_assert_uint_eq(row.synack_seq_rel, 0);
	ck_assert_uint_eq(row.synack_ack_rel, 1);
	ck_assert_uint_eq(row.ack_seq_rel, 1);
	ck_assert_uint_eq(row.ack_ack_rel, 1);
}
END_TEST

START_TEST(round_trips_of_both_sides_and_of_each)
{
	const struct tcp_row_side *client = &row.sides[TCP_ROW_CLIENT];
	const int128 ms = 1000000000;

	fill(6);
	ck_assert_uint_eq(row.rtt.samples, 3);	/* 20, 1 and 30 ms */
	ck_assert(row.rtt.min == ms && row.rtt.max == 30 * ms);
	ck_assert(row.rtt.mean == 17 * ms);
	ck_assert_uint_eq(client->rtt.samples, 2);
	ck_assert(client->rtt.mean == 25 * ms);
	ck_assert(row.ts_rtt.mean == TABLE_NO_PS);
	ck_assert(row.irtt == 21 * ms);
}
END_TEST

/* What of the handshake is there after so many segments, and how it ended. */
static const struct {
	size_t n;
	const char *handshake, *close;
} ends[] = {
	{ 1, "syn only", "open" }, { 2, "no ack", "open" },
	{ 3, "complete", "open" }, { 6, "complete", "reset" },
};

START_TEST(handshake_and_close_have_their_words)
{
	fill(ends[_i].n);
	ck_assert_str_eq(row.handshake, ends[_i].handshake);
	ck_assert_str_eq(row.close, ends[_i].close);
	if (ends[_i].n < 6)
		ck_assert_ptr_null(row.closed_by);
	else
		ck_assert_str_eq(row.closed_by, "server");
}
END_TEST

START_TEST(what_was_not_seen_is_undefined)
{
	const struct tcp_row_side *server = &row.sides[TCP_ROW_SERVER];

	fill(1);
	ck_assert_uint_eq(row.synack_frame, TABLE_NO_U64);
	ck_assert_uint_eq(row.synack_seq_rel, TABLE_NO_U64);
	ck_assert(row.irtt == TABLE_NO_PS && row.rtt.mean == TABLE_NO_PS);
	ck_assert_uint_eq(server->isn, TABLE_NO_U64);
	ck_assert_uint_eq(server->window_max, TABLE_NO_U64);
	ck_assert_ptr_null(server->sack_permitted);
	ck_assert_uint_eq(row.sides[TCP_ROW_CLIENT].mss, TABLE_NO_U64);
}
END_TEST

START_TEST(a_handshake_has_a_row_a_segment)
{
	char options[EXCHANGE_OPTIONS_BYTES];
	struct handshake_row h;

	fill(2);
	ck_assert(handshake_row_fill(&h, options, &flow, HANDSHAKE_SYN));
	ck_assert_str_eq(h.segment, "SYN");
	ck_assert_uint_eq(h.ack, TABLE_NO_U64);
	ck_assert_uint_eq(h.src_port, CLIENT_PORT);
	ck_assert(handshake_row_fill(&h, options, &flow, HANDSHAKE_SYNACK));
	ck_assert_uint_eq(h.src_port, SERVER_PORT);
	ck_assert_uint_eq(h.ack_rel, 1);
	ck_assert(h.since_syn == (int128)20000000 * 1000);
	ck_assert_uint_eq(h.time.digits, 6);
	ck_assert_ptr_null(h.options);
	ck_assert(!handshake_row_fill(&h, options, &flow, HANDSHAKE_ACK));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("tcp_rows");
	TCase *tc = tcase_create("tcp_rows");

	tcase_add_checked_fixture(tc, NULL, close_flow);
	tcase_add_test(tc, a_row_has_client_and_server_whichever_is_a);
	tcase_add_test(tc, raw_and_relative_numbers_of_the_handshake);
	tcase_add_test(tc, round_trips_of_both_sides_and_of_each);
	tcase_add_loop_test(tc, handshake_and_close_have_their_words, 0,
	    sizeof(ends) / sizeof(ends[0]));
	tcase_add_test(tc, what_was_not_seen_is_undefined);
	tcase_add_test(tc, a_handshake_has_a_row_a_segment);
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
