#include "analyzer/analyses/flows.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/small_capture.h"

enum { ROWS_MAX = 8, SPLT = 4 };

static struct small_capture *capture;
static struct flow_row rows[ROWS_MAX];
static struct flow_texts *texts[ROWS_MAX];
static size_t count;

static void
begin(void)
{
	struct errbuf err;

	capture = small_capture_new();
	for (size_t i = 0; i < ROWS_MAX; i++) {
		texts[i] = flow_texts_new(SPLT, &err);
		ck_assert_ptr_nonnull(texts[i]);
	}
	count = 0;
}

static void
end(void)
{
	for (size_t i = 0; i < ROWS_MAX; i++)
		flow_texts_free(texts[i]);
	small_capture_free(capture);
}

static void
take(void *context, const struct flow *flow)
{
	(void)context;
	ck_assert_uint_lt(count, ROWS_MAX);
	flows_row_fill(&rows[count], texts[count], flow, NULL);
	count++;
}

static void
expect_rows(size_t n)
{
	small_capture_flows(capture, TRACK_MEDIANS | TRACK_APPLICATIONS, take,
	    NULL);
	ck_assert_uint_eq(count, n);
}

static void
expect(size_t row, const char *column, const char *value)
{
	char room[SMALL_CAPTURE_CELL];
	const char *cell = small_capture_cell(&flows_table, &rows[row],
	    column, room);

	ck_assert_msg(strcmp(cell, value) == 0, "row %zu, %s: \"%s\", not "
	    "\"%s\"", row, column, cell, value);
}

/* The columns that stand in the interface, in its order. */
START_TEST(the_first_columns_are_those_of_the_interface)
{
	static const char *const names[] = { "file", "flow", "part",
	    "protocol", "a_ip", "a_port", "b_ip", "b_port", "vlan",
	    "start_time_ns", "duration_s", "a_packets", "b_packets",
	    "a_ip_bytes", "b_ip_bytes", "a_payload_bytes", "b_payload_bytes",
	    "a_iat_mean_s", "a_iat_median_s", "a_iat_std_pop_s",
	    "a_iat_std_sample_s", "b_iat_mean_s", "b_iat_median_s",
	    "b_iat_std_pop_s", "b_iat_std_sample_s", "end_reason" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_str_eq(flows_table.columns[i].name, names[i]);
}
END_TEST

START_TEST(labels_and_first_packets_are_columns_of_groups)
{
	const char *const groups[] = { "splt", "labels" };
	struct table_selection usual, both;

	table_select_default(&flows_table, NULL, 0, &usual);
	table_select_default(&flows_table, groups, 2, &both);
	ck_assert_uint_eq(usual.count + 5, both.count);
	ck_assert_uint_eq(both.count, flows_table.column_count);
}
END_TEST

/* Gaps of A: 1, 2 and 6 ms. */
START_TEST(a_conversation_of_udp_has_all_its_numbers)
{
	small_capture_udp(capture, 0, &alice, &bob, 10);
	small_capture_udp(capture, 1 * MS, &alice, &bob, 20);
	small_capture_udp(capture, 2 * MS, &bob, &alice, 100);
	small_capture_udp(capture, 3 * MS, &alice, &bob, 30);
	small_capture_udp(capture, 9 * MS, &alice, &bob, 40);
	expect_rows(1);
	expect(0, "file", "small.pcap");
	expect(0, "protocol", "udp");
	expect(0, "a_ip", "192.168.1.10");
	expect(0, "b_port", "80");
	expect(0, "vlan", "");
	expect(0, "start_time_ns", "1700000000123456000");
	expect(0, "duration_s", "0.009000000000");
	expect(0, "a_packets", "4");
	expect(0, "b_packets", "1");
	expect(0, "a_ip_bytes", "212");
	expect(0, "a_frame_bytes", "268");
	expect(0, "a_payload_bytes", "100");
	expect(0, "b_payload_bytes", "100");
	expect(0, "a_iat_mean_s", "0.003000000000");
	expect(0, "a_iat_median_s", "0.002000000000");
	expect(0, "a_iat_std_pop_s", "0.002160246899");
	expect(0, "a_iat_std_sample_s", "0.002645751311");
	expect(0, "a_iat_min_s", "0.001000000000");
	expect(0, "a_iat_max_s", "0.006000000000");
	expect(0, "b_iat_mean_s", "");
	expect(0, "b_iat_median_s", "");
	expect(0, "b_iat_min_s", "");
	expect(0, "a_backward_steps", "0");
	expect(0, "connection", "");
	expect(0, "first_frame", "1");
	expect(0, "end_reason", "capture");
	expect(0, "label", "");
}
END_TEST

START_TEST(the_first_packets_are_listed)
{
	small_capture_udp(capture, 5, &bob, &alice, 10);
	small_capture_udp(capture, 0, &alice, &bob, 20);
	small_capture_udp(capture, 7, &bob, &alice, 0);
	capture->frames[2].flags = FRAME_NO_TIME;
	small_capture_udp(capture, 9, &bob, &alice, 1);
	small_capture_udp(capture, 10, &bob, &alice, 1);
	expect_rows(1);
	expect(0, "splt_sides", "a b a a");
	expect(0, "splt_ip_bytes", "38 48 28 29");
	expect(0, "splt_payload_lens", "10 20 0 1");
	expect(0, "splt_gaps_ns", "-5 - -");
}
END_TEST

START_TEST(a_single_packet_has_no_gap_to_list)
{
	small_capture_udp(capture, 5, &bob, &alice, 10);
	expect_rows(1);
	expect(0, "splt_sides", "a");
	expect(0, "splt_gaps_ns", "");
	expect(0, "duration_s", "0.000000000000");
}
END_TEST

START_TEST(without_a_time_start_and_duration_are_undefined)
{
	small_capture_udp(capture, 0, &alice, &bob, 1);
	capture->frames[0].flags = FRAME_NO_TIME;
	expect_rows(1);
	expect(0, "start_time_ns", "");
	expect(0, "duration_s", "");
	expect(0, "a_packets", "1");
}
END_TEST

START_TEST(without_ports_and_payload_lengths_these_are_undefined)
{
	frames_begin(&capture->build);
	frames_ethernet(&capture->build, &alice, &bob);
	frames_vlan(&capture->build, FRAMES_8021AD, 100);
	frames_vlan(&capture->build, FRAMES_8021Q, 7);
	frames_ip(&capture->build, &alice, &bob, 64, 1);
	frames_icmp(&capture->build, 8, 0, 1);
	small_capture_payload(capture, 8);
	small_capture_put(capture, 0);
	expect_rows(1);
	expect(0, "protocol", "icmp");
	expect(0, "vlan", "100.7");
	expect(0, "a_port", "");
	expect(0, "a_payload_bytes", "");
	expect(0, "splt_payload_lens", "");
	expect(0, "splt_ip_bytes", "36");
}
END_TEST

START_TEST(a_new_connection_on_the_same_ports_is_a_new_flow)
{
	small_capture_tcp(capture, 0, &alice, &bob, FRAMES_SYN, 100, 0, 0);
	small_capture_tcp(capture, MS, &alice, &bob, FRAMES_SYN, 999, 0, 0);
	small_capture_tcp(capture, 2 * MS, &bob, &alice,
	    FRAMES_RST | FRAMES_ACK, 0, 1000, 0);
	expect_rows(2);
	expect(0, "end_reason", "reused");
	expect(1, "end_reason", "rst");
	expect(0, "connection", "1");
	expect(1, "connection", "2");
	expect(1, "flow", "2");
	expect(1, "part", "1");
	expect(1, "b_packets", "1");
}
END_TEST

START_TEST(more_tags_than_are_kept_are_told_of)
{
	struct flow flow = { .vlan_count = 6, .vlan = { 4095, 4095, 4095,
	    4095 } };
	char room[FLOWS_VLAN_BYTES];

	ck_assert_str_eq(flows_vlan(&flow, room), "4095.4095.4095.4095.+");
}
END_TEST

START_TEST(protocols_have_a_word_or_their_number)
{
	for (unsigned i = 0; i < 255; i++) {
		const char *text = flows_protocol((uint8_t)i);

		ck_assert_int_eq(flows_protocol_find(text), (int)i);
	}
	ck_assert_str_eq(flows_protocol(132), "sctp");
	ck_assert_str_eq(flows_protocol(254), "254");
	ck_assert_ptr_null(flows_protocol(255));
	ck_assert_int_eq(flows_protocol_find("255"), -1);
	ck_assert_int_eq(flows_protocol_find(""), -1);
	ck_assert_int_eq(flows_protocol_find("TCP"), -1);
}
END_TEST

/* Of both directions, what is known of either. */
START_TEST(clear_text_is_said_of_both_directions)
{
	static const struct { unsigned a, b; const char *cell; } cases[] = {
		{ CLEAR_UNKNOWN, CLEAR_UNKNOWN, "" },
		{ CLEAR_YES, CLEAR_UNKNOWN, "yes" },
		{ CLEAR_UNKNOWN, CLEAR_NO, "no" },
		{ CLEAR_YES, CLEAR_YES, "yes" },
		{ CLEAR_YES, CLEAR_NO, "mixed" },
		{ CLEAR_MIXED, CLEAR_NO, "mixed" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flow_application application = { .sides = {
			{ .clear = (uint8_t)cases[i].a },
			{ .clear = (uint8_t)cases[i].b },
		} };
		struct flow flow = { .application = &application };

		flows_row_fill(&rows[0], texts[0], &flow, NULL);
		expect(0, "clear_text", cases[i].cell);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("flows");
	TCase *tc = tcase_create("flows");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, the_first_columns_are_those_of_the_interface);
	tcase_add_test(tc, labels_and_first_packets_are_columns_of_groups);
	tcase_add_test(tc, a_conversation_of_udp_has_all_its_numbers);
	tcase_add_test(tc, the_first_packets_are_listed);
	tcase_add_test(tc, a_single_packet_has_no_gap_to_list);
	tcase_add_test(tc, without_a_time_start_and_duration_are_undefined);
	tcase_add_test(tc,
	    without_ports_and_payload_lengths_these_are_undefined);
	tcase_add_test(tc, a_new_connection_on_the_same_ports_is_a_new_flow);
	tcase_add_test(tc, more_tags_than_are_kept_are_told_of);
	tcase_add_test(tc, protocols_have_a_word_or_their_number);
	tcase_add_test(tc, clear_text_is_said_of_both_directions);
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
