#include "analyzer/analyses/cic.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/small_capture.h"

/* A fixture for each fault that CICFlowMeter has had, by the names of the
 * papers and of its issues; the list is in pcapstat-flows(1). */

enum { ROWS_MAX = 8 };

struct rows {
	struct cic_row row[ROWS_MAX];
	struct cic_texts texts[ROWS_MAX];
	size_t count;
};

static struct small_capture *capture;
static struct rows rows;

static void
begin(void)
{
	capture = small_capture_new();
	memset(&rows, 0, sizeof(rows));
}

static void
end(void)
{
	small_capture_free(capture);
}

static void
take(void *context, const struct flow *flow)
{
	struct rows *r = context;

	ck_assert_uint_lt(r->count, ROWS_MAX);
	cic_row_fill(&r->row[r->count], &r->texts[r->count], flow, NULL);
	r->count++;
}

static void
expect_rows(size_t n)
{
	small_capture_flows(capture, TRACK_FEATURES, take, &rows);
	ck_assert_uint_eq(rows.count, n);
}

static void
expect(size_t row, const char *column, const char *value)
{
	char room[SMALL_CAPTURE_CELL];
	const char *cell = small_capture_cell(&cic_table, &rows.row[row],
	    column, room);

	ck_assert_msg(strcmp(cell, value) == 0, "row %zu, %s: \"%s\", not "
	    "\"%s\"", row, column, cell, value);
}

static void
out(int64_t ms, unsigned flags, uint32_t seq, uint32_t ack, size_t len)
{
	small_capture_tcp(capture, ms * MS, &alice, &bob, flags, seq, ack,
	    len);
}

static void
in(int64_t ms, unsigned flags, uint32_t seq, uint32_t ack, size_t len)
{
	small_capture_tcp(capture, ms * MS, &bob, &alice, flags, seq, ack,
	    len);
}

static void
handshake(void)
{
	out(0, FRAMES_SYN, 100, 0, 0);
	in(10, FRAMES_SYN | FRAMES_ACK, 500, 101, 0);
	out(20, FRAMES_ACK, 101, 501, 0);
}

START_TEST(fault_1_the_first_fin_does_not_end_the_flow)
{
	handshake();
	in(30, FRAMES_FIN | FRAMES_ACK, 501, 101, 0);
	out(40, FRAMES_ACK, 101, 502, 0);
	out(50, FRAMES_PSH | FRAMES_ACK, 101, 502, 100);
	in(60, FRAMES_ACK, 502, 201, 0);
	out(70, FRAMES_FIN | FRAMES_ACK, 201, 502, 0);
	in(80, FRAMES_ACK, 502, 202, 0);
	expect_rows(1);
	expect(0, "Total Fwd Packet", "5");
	expect(0, "Total Bwd packets", "4");
	expect(0, "FIN Flag Count", "2");
	expect(0, "Flow Duration", "80000");
}
END_TEST

START_TEST(fault_2_a_reset_ends_the_flow_and_a_repeated_fin_counts)
{
	handshake();
	out(30, FRAMES_FIN | FRAMES_ACK, 101, 501, 0);
	out(40, FRAMES_FIN | FRAMES_ACK, 101, 501, 0);
	in(50, FRAMES_RST | FRAMES_ACK, 501, 102, 0);
	out(1000, FRAMES_SYN, 9000, 0, 0);
	in(1010, FRAMES_RST | FRAMES_ACK, 0, 9001, 0);
	expect_rows(2);
	expect(0, "FIN Flag Count", "2");
	expect(0, "RST Flag Count", "1");
	expect(0, "Total Fwd Packet", "4");
	expect(1, "SYN Flag Count", "1");
	expect(1, "RST Flag Count", "1");
	expect(1, "flow", "2");
}
END_TEST

START_TEST(fault_3_the_timeout_is_of_idleness_not_of_the_start)
{
	for (int i = 0; i <= 10; i++)
		small_capture_udp(capture, i * 60 * SECOND, &alice, &bob, 10);
	small_capture_udp(capture, 721 * SECOND, &alice, &bob, 10);
	expect_rows(2);
	expect(0, "Total Fwd Packet", "11");
	expect(0, "Flow Duration", "600000000");
	expect(1, "Total Fwd Packet", "1");
}
END_TEST

START_TEST(fault_4_a_flow_of_one_packet_is_written)
{
	struct frames_host port = bob;

	for (port.port = 1; port.port <= 4; port.port++)
		small_capture_tcp(capture, port.port * 3700 * SECOND, &alice,
		    &port, FRAMES_SYN, 7, 0, 0);
	expect_rows(4);
	for (size_t i = 0; i < 4; i++)
		expect(i, "Total Fwd Packet", "1");
	expect(3, "Dst Port", "4");
}
END_TEST

START_TEST(fault_5_the_first_length_counts_once)
{
	small_capture_udp(capture, 0, &alice, &bob, 100);
	small_capture_udp(capture, MS, &alice, &bob, 50);
	small_capture_udp(capture, 2 * MS, &alice, &bob, 60);
	expect_rows(1);
	expect(0, "Packet Length Mean", "70");
	expect(0, "Packet Length Min", "50");
	expect(0, "Packet Length Max", "100");
	expect(0, "Packet Length Std", "26.457513110646");
	expect(0, "Packet Length Variance", "700");
	expect(0, "Average Packet Size", "70");
	expect(0, "Total Length of Fwd Packet", "210");
	expect(0, "Fwd Segment Size Avg", "70");
	expect(0, "Bwd Packet Length Mean", "");
	expect(0, "Total Length of Bwd Packet", "0");
}
END_TEST

START_TEST(fault_6_forward_bulks_are_forward)
{
	for (int i = 0; i < 4; i++)
		small_capture_udp(capture, i * 10 * MS, &alice, &bob, 100);
	small_capture_udp(capture, 40 * MS, &bob, &alice, 5);
	/* three are no bulk, and five are one */
	for (int i = 0; i < 3; i++)
		small_capture_udp(capture, (50 + i) * MS, &alice, &bob, 7);
	for (int i = 0; i < 5; i++)
		small_capture_udp(capture, (60 + i) * MS, &bob, &alice, 20);
	expect_rows(1);
	expect(0, "Fwd Bytes/Bulk Avg", "400");
	expect(0, "Fwd Packet/Bulk Avg", "4");
	expect(0, "Fwd Bulk Rate Avg", "13333.333333333333");
	expect(0, "Bwd Bytes/Bulk Avg", "100");
	expect(0, "Bwd Packet/Bulk Avg", "5");
	expect(0, "Bwd Bulk Rate Avg", "25000");
}
END_TEST

START_TEST(fault_7_the_first_window_backward_is_kept)
{
	const struct frames_tcp syn = { .seq = 1, .window = 64240,
	    .flags = FRAMES_SYN };
	const struct frames_tcp synack = { .seq = 5, .ack = 2, .window = 512,
	    .flags = FRAMES_SYN | FRAMES_ACK };
	const struct frames_tcp last = { .seq = 6, .ack = 2, .window = 99,
	    .flags = FRAMES_ACK };

	small_capture_segment(capture, 0, &alice, &bob, &syn, 0);
	small_capture_segment(capture, MS, &bob, &alice, &synack, 0);
	small_capture_segment(capture, 2 * MS, &bob, &alice, &last, 0);
	expect_rows(1);
	expect(0, "FWD Init Win Bytes", "64240");
	expect(0, "Bwd Init Win Bytes", "512");
}
END_TEST

START_TEST(fault_8_ratios_keep_their_fractions)
{
	for (int i = 0; i < 4; i++)
		small_capture_udp(capture, i * MS, &alice, &bob, 100);
	small_capture_udp(capture, 10 * MS, &bob, &alice, 3);
	for (int i = 0; i < 5; i++)
		small_capture_udp(capture, (2000 + i) * MS, &alice, &bob, 10);
	expect_rows(1);
	expect(0, "Down/Up Ratio", "0.111111111111");
	expect(0, "Fwd Packet/Bulk Avg", "4.5");
	expect(0, "Fwd Bytes/Bulk Avg", "225");
	expect(0, "Subflow Fwd Packets", "4.5");
	expect(0, "Subflow Bwd Packets", "0.5");
	expect(0, "Subflow Bwd Bytes", "1.5");
}
END_TEST

START_TEST(fault_9_subflows_and_activity_are_measured)
{
	static const int64_t ms[] = { 0, 500, 1500, 2501, 10501, 11001 };

	for (size_t i = 0; i < sizeof(ms) / sizeof(ms[0]); i++)
		small_capture_udp(capture, ms[i] * MS, &alice, &bob, 30);
	expect_rows(1);
	/* cut at 2501 and at 10501: 1 s is not more than 1 s */
	expect(0, "Subflow Fwd Packets", "2");
	expect(0, "Subflow Fwd Bytes", "60");
	expect(0, "Active Mean", "1500500");
	expect(0, "Active Max", "2501000");
	expect(0, "Active Min", "500000");
	expect(0, "Active Std", "1414920.669154281596");
	expect(0, "Idle Mean", "8000000");
	expect(0, "Idle Max", "8000000");
	expect(0, "Idle Std", "");
}
END_TEST

START_TEST(fault_10_flags_are_those_of_all_packets)
{
	handshake();
	out(30, FRAMES_PSH | FRAMES_ACK, 101, 501, 10);
	in(40, FRAMES_PSH | FRAMES_ACK | FLAG_URG, 501, 111, 10);
	out(50, FRAMES_PSH | FRAMES_ACK | FLAG_CWR, 111, 511, 10);
	in(60, FRAMES_ACK | FLAG_ECE, 511, 121, 0);
	in(70, FRAMES_ACK | FLAG_ECE, 511, 121, 0);
	expect_rows(1);
	expect(0, "Fwd PSH Flags", "2");
	expect(0, "Bwd PSH Flags", "1");
	expect(0, "Fwd URG Flags", "0");
	expect(0, "Bwd URG Flags", "1");
	expect(0, "PSH Flag Count", "3");
	expect(0, "URG Flag Count", "1");
	expect(0, "CWR Flag Count", "1");
	expect(0, "ECE Flag Count", "2");
	expect(0, "SYN Flag Count", "2");
	expect(0, "ACK Flag Count", "7");
	expect(0, "Fwd Header Length", "80");
	expect(0, "Fwd Seg Size Min", "20");
	expect(0, "Fwd Act Data Pkts", "2");
	for (size_t i = 0; i < cic_table.column_count; i++)
		ck_assert_int_eq(table_find(&cic_table,
		    cic_table.columns[i].name), (int)i);
	ck_assert_int_eq(table_find(&cic_table, "CWE Flag Count"), -1);
}
END_TEST

START_TEST(fault_11_a_timestamp_has_all_hours_and_all_digits)
{
	small_capture_udp(capture, 789, &alice, &bob, 1);
	expect_rows(1);
	expect(0, "Timestamp", "2023-11-14T22:13:20.123456789Z");
}
END_TEST

START_TEST(fault_12_rates_of_no_duration_are_undefined)
{
	small_capture_udp(capture, 0, &alice, &bob, 1);
	small_capture_udp(capture, 0, &alice, &bob, 1);
	expect_rows(1);
	expect(0, "Flow Duration", "0");
	expect(0, "Flow Bytes/s", "");
	expect(0, "Flow Packets/s", "");
	expect(0, "Fwd Packets/s", "");
	expect(0, "Fwd IAT Mean", "0");
	expect(0, "Bwd IAT Mean", "");
	expect(0, "Bwd IAT Total", "");
	expect(0, "Fwd IAT Std", "");
}
END_TEST

/* The last gap is 1.5 microseconds; the ACK is padded to 60 bytes. */
START_TEST(fault_13_times_are_microseconds_and_lengths_are_payload)
{
	handshake();
	small_capture_tcp(capture, 20 * MS + 1500, &alice, &bob, FRAMES_ACK,
	    101, 501, 0);
	expect_rows(1);
	expect(0, "Flow Duration", "20001.5");
	expect(0, "Flow IAT Min", "1.5");
	expect(0, "Flow IAT Max", "10000");
	expect(0, "Flow IAT Mean", "6667.166666666667");
	expect(0, "Fwd IAT Total", "20001.5");
	expect(0, "Fwd IAT Mean", "10000.75");
	expect(0, "Packet Length Max", "0");
	expect(0, "Fwd Act Data Pkts", "0");
	expect(0, "Flow Packets/s", "199.985001124916");
	expect(0, "Flow Bytes/s", "0");
}
END_TEST

static void
tagged(int64_t after_ns, uint16_t vlan)
{
	frames_begin(&capture->build);
	frames_ethernet(&capture->build, &alice, &bob);
	frames_vlan(&capture->build, FRAMES_8021Q, vlan);
	frames_ip(&capture->build, &alice, &bob, 64, 1);
	frames_udp(&capture->build, &alice, &bob);
	small_capture_payload(capture, 3);
	small_capture_put(capture, after_ns);
}

static void
echo(int64_t after_ns)
{
	frames_begin(&capture->build);
	frames_ethernet(&capture->build, &alice, &bob);
	frames_ip(&capture->build, &alice, &bob, 64, 1);
	frames_icmp(&capture->build, 8, 0, 0x10001);
	small_capture_payload(capture, 8);
	small_capture_put(capture, after_ns);
}

START_TEST(fault_14_the_key_is_whole_and_nothing_is_left_out)
{
	out(0, FRAMES_ACK, 1, 1, 4);
	small_capture_udp(capture, MS, &alice, &bob, 5);
	tagged(2 * MS, 7);
	small_capture_tcp(capture, 3 * MS, &alice6, &bob6,
	    FRAMES_SYN | FLAG_ECE | FLAG_CWR, 1, 0, 0);
	echo(9600 * MS);
	echo(19200 * MS);
	expect_rows(5);
	expect(0, "Flow ID", "192.168.1.10-10.0.0.3-40000-80-6");
	expect(1, "Flow ID", "192.168.1.10-10.0.0.3-40000-80-17");
	expect(2, "Flow ID", "192.168.1.10-10.0.0.3-40000-80-17");
	expect(2, "vlan", "7");
	expect(3, "Src IP", "2001:db8::1");
	expect(3, "CWR Flag Count", "1");
	expect(3, "Fwd URG Flags", "0");
	expect(3, "FWD Init Win Bytes", "4096");
	expect(3, "Timestamp", "2023-11-14T22:13:20.126456000Z");
	expect(4, "Flow ID", "192.168.1.10-10.0.0.3---1");
	expect(4, "Protocol", "1");
	expect(4, "Src Port", "");
	expect(4, "Packet Length Mean", "");
	expect(4, "Total Length of Fwd Packet", "");
	expect(4, "SYN Flag Count", "");
	expect(4, "FWD Init Win Bytes", "");
	expect(4, "Total Fwd Packet", "2");
	expect(4, "Idle Max", "9600000");
	expect(4, "Subflow Fwd Packets", "1");
}
END_TEST

/* Independent of the first packet: it is the sender of the SYN. */
START_TEST(forward_is_who_sent_the_syn)
{
	in(0, FRAMES_SYN | FRAMES_ACK, 500, 101, 0);
	out(10, FRAMES_ACK, 101, 501, 0);
	expect_rows(1);
	expect(0, "Src IP", "192.168.1.10");
	expect(0, "Dst Port", "80");
}
END_TEST

/* The header line of CICFlowMeter 4.0. */
START_TEST(the_columns_are_those_of_cicflowmeter_in_its_order)
{
	static const struct { unsigned at; const char *name; } some[] = {
		{ 0, "Flow ID" }, { 6, "Timestamp" },
		{ 8, "Total Fwd Packet" }, { 9, "Total Bwd packets" },
		{ 20, "Flow Bytes/s" }, { 26, "Fwd IAT Total" },
		{ 40, "Fwd Header Length" }, { 48, "Packet Length Variance" },
		{ 55, "CWR Flag Count" }, { 61, "Fwd Bytes/Bulk Avg" },
		{ 71, "FWD Init Win Bytes" }, { 82, "Idle Min" },
		{ 83, "Label" },
	};
	struct table_selection usual;

	table_select_default(&cic_table, NULL, 0, &usual);
	ck_assert_uint_eq(usual.count, 84);
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		ck_assert_str_eq(cic_table.columns[usual.index[
		    some[i].at]].name, some[i].name);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("cic");
	TCase *tc = tcase_create("faults");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, fault_1_the_first_fin_does_not_end_the_flow);
	tcase_add_test(tc,
	    fault_2_a_reset_ends_the_flow_and_a_repeated_fin_counts);
	tcase_add_test(tc,
	    fault_3_the_timeout_is_of_idleness_not_of_the_start);
	tcase_add_test(tc, fault_4_a_flow_of_one_packet_is_written);
	tcase_add_test(tc, fault_5_the_first_length_counts_once);
	tcase_add_test(tc, fault_6_forward_bulks_are_forward);
	tcase_add_test(tc, fault_7_the_first_window_backward_is_kept);
	tcase_add_test(tc, fault_8_ratios_keep_their_fractions);
	tcase_add_test(tc, fault_9_subflows_and_activity_are_measured);
	tcase_add_test(tc, fault_10_flags_are_those_of_all_packets);
	tcase_add_test(tc,
	    fault_11_a_timestamp_has_all_hours_and_all_digits);
	tcase_add_test(tc, fault_12_rates_of_no_duration_are_undefined);
	tcase_add_test(tc,
	    fault_13_times_are_microseconds_and_lengths_are_payload);
	tcase_add_test(tc, fault_14_the_key_is_whole_and_nothing_is_left_out);
	tcase_add_test(tc, forward_is_who_sent_the_syn);
	tcase_add_test(tc,
	    the_columns_are_those_of_cicflowmeter_in_its_order);
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
