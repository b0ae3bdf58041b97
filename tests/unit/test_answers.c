#include "analyzer/analyses/answers.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/answers_rows.h"

enum { VIEWS = 3 };

static struct taken taken[VIEWS];
static struct answers_notes views[VIEWS];
static struct sheet sheet;
static struct errbuf err;

static void
setup(void)
{
	static const char *const files[VIEWS] = { "a/chatserver.pcap",
	    "client1.pcap.gz", "client2.pcap" };

	memset(taken, 0, sizeof(taken));
	for (size_t v = 0; v < VIEWS; v++)
		answers_notes_init(&taken[v].notes, files[v]);
	sheet = (struct sheet){ 0 };
}

static void
teardown(void)
{
	for (size_t v = 0; v < VIEWS; v++)
		answers_notes_reset(&taken[v].notes);
	sheet_reset(&sheet);
}

static int
make(size_t n, const struct answers_question *question)
{
	for (size_t v = 0; v < n; v++)
		views[v] = taken[v].notes;
	sheet_reset(&sheet);
	return answers_make(&sheet, views, n, question, &err);
}

static void
make_simple(size_t n)
{
	const struct answers_question none = { 0 };

	ck_assert_msg(make(n, &none) == 0, "%s", err.text);
}

static size_t
rows_of(enum sheet_part part)
{
	return sheet.parts[part].count;
}

#define FIRST(type, part)	((const struct type *)sheet_row(&sheet, \
				    part, 0))

static bool
notes_have(const char *word)
{
	const struct sheet_note *note;

	for (size_t i = 0; (note = sheet_row(&sheet, SHEET_NOTES, i)) != NULL;
	    i++)
		if (strstr(note->text, word) != NULL)
			return true;
	return false;
}

START_TEST(the_first_handshake_has_all_its_numbers)
{
	const struct sheet_handshake *h;

	take_connection(&taken[0], 10 * MS, 90 * MS, 11, 40000, UINT32_MAX,
	    7000);
	take_connection(&taken[0], 20 * MS, 0, 12, 40001, 5, 6);
	make_simple(1);
	h = FIRST(sheet_handshake, SHEET_HANDSHAKE);
	ck_assert_uint_eq(h->client.port, 40000);
	ck_assert_uint_eq(h->syn.seq, UINT32_MAX);
	ck_assert_uint_eq(h->synack.seq, 7000);
	ck_assert_uint_eq(h->synack.ack, 0);
	ck_assert_uint_eq(h->ack.seq, 0);
	ck_assert_uint_eq(h->ack.ack, 7001);
	ck_assert_uint_eq(h->synack.frame, 2);
	ck_assert_int_eq(h->syn.time_ns, 10 * MS);
	ck_assert_int_eq(h->ack.time_ns, 12 * MS);
	ck_assert_str_eq(h->file, "a/chatserver.pcap");
}
END_TEST

START_TEST(a_named_client_decides_which_connection_is_meant)
{
	const char *const clients[] = { "10.20.30.12" };
	const struct answers_question question = { .clients = clients,
	    .client_count = 1 };

	take_connection(&taken[0], 10 * MS, 0, 11, 40000, 1, 2);
	take_connection(&taken[0], 20 * MS, 0, 12, 40001, 3, 4);
	ck_assert_int_eq(make(1, &question), 0);
	ck_assert_uint_eq(FIRST(sheet_handshake, SHEET_HANDSHAKE)->syn.seq, 3);
	ck_assert_uint_eq(rows_of(SHEET_SOCKETS), 1);
}
END_TEST

START_TEST(views_of_one_connection_are_one)
{
	take_connection(&taken[0], 10 * MS, 90 * MS, 11, 40000, 1, 2);
	take_connection(&taken[0], 20 * MS, 90 * MS, 12, 40001, 3, 4);
	take_connection(&taken[1], 510 * MS, 590 * MS, 11, 40000, 1, 2);
	take_connection(&taken[2], 720 * MS, 790 * MS, 12, 40001, 3, 4);
	make_simple(3);
	ck_assert_uint_eq(rows_of(SHEET_SOCKETS), 2);
	ck_assert_uint_eq(rows_of(SHEET_NOTES), 0);
	ck_assert_uint_eq(FIRST(sheet_concurrent,
	    SHEET_CONCURRENT)->max_connections, 2);
	ck_assert_str_eq(FIRST(sheet_host, SHEET_HOSTS)->name, "chatserver");
}
END_TEST

START_TEST(a_port_used_again_is_another_connection)
{
	take_connection(&taken[0], 10 * MS, 20 * MS, 11, 40000, 1, 2);
	take_connection(&taken[0], 30 * MS, 40 * MS, 11, 40000, 3, 4);
	take_packet(&taken[0], 50 * MS, 3, 12, TABLE_NO_U64, 0, NULL);
	take_packet(&taken[0], 51 * MS, 12, 3, TABLE_NO_U64, 0, NULL);
	take_connection(&taken[1], 30 * MS, 40 * MS, 11, 40000, 3, 4);
	make_simple(2);
	ck_assert_uint_eq(rows_of(SHEET_SOCKETS), 2);
	ck_assert_uint_eq(rows_of(SHEET_NOTES), 0);
	ck_assert_uint_eq(FIRST(sheet_concurrent,
	    SHEET_CONCURRENT)->max_connections, 1);
}
END_TEST

START_TEST(captures_that_contradict_are_told_of)
{
	take_connection(&taken[0], 10 * MS, 0, 11, 40000, 1, 2);
	take_connection(&taken[0], 20 * MS, 0, 12, 40001, 3, 4);
	take_connection(&taken[1], 10 * MS, 0, 11, 40000, 1, 2222);
	make_simple(2);
	ck_assert(notes_have("SYN-ACK's sequence number is 2 in "
	    "a/chatserver.pcap and 2222 in client1.pcap.gz"));
}
END_TEST

START_TEST(other_numbers_of_the_same_sockets_are_told_of)
{
	take_connection(&taken[0], 10 * MS, 0, 11, 40000, 1, 2);
	take_connection(&taken[1], 10 * MS, 0, 11, 40000, 9, 2);
	make_simple(2);
	ck_assert(notes_have("SYN's sequence number"));
}
END_TEST

/* Both clients make up half of the server's packets. */
START_TEST(a_connection_that_the_server_did_not_see_is_told_of)
{
	take_connection(&taken[0], 10 * MS, 0, 11, 40000, 1, 2);
	take_connection(&taken[0], 20 * MS, 0, 12, 40001, 3, 4);
	take_connection(&taken[1], 99 * MS, 0, 11, 45000, 5, 6);
	make_simple(2);
	ck_assert(notes_have("client1.pcap.gz shows a connection of "
	    "10.20.30.11:45000"));
}
END_TEST

/* From the end of the handshake to the second FIN; closing comes first. */
START_TEST(connections_at_once_are_counted_while_they_are_open)
{
	static const struct { int64_t open[3], close[3]; uint64_t most; }
	cases[] = {
		{ { 10, 20, 30 }, { 50, 60, 70 }, 3 },
		{ { 10, 20, 52 }, { 50, 60, 70 }, 2 },
		{ { 10, 48, 97 }, { 50, 99, 99 }, 1 },
		{ { 10, 20, 30 }, { 0, 25, 40 }, 2 },
		{ { 10, 20, 30 }, { 0, 0, 0 }, 3 },
	};

	for (size_t i = 0; i < 3; i++)
		take_connection(&taken[0], cases[_i].open[i] * MS,
		    cases[_i].close[i] * MS, (uint8_t)(11 + i), 40000, 1, 2);
	make_simple(1);
	ck_assert_uint_eq(FIRST(sheet_concurrent,
	    SHEET_CONCURRENT)->max_connections, cases[_i].most);
	ck_assert_uint_eq(FIRST(sheet_concurrent,
	    SHEET_CONCURRENT)->all_connections, 3);
}
END_TEST

/* Clocks may be too slow to tell what comes first; the capture does. */
START_TEST(at_the_same_time_the_order_of_the_capture_counts)
{
	take_connection(&taken[0], 48 * MS, 80 * MS, 11, 40000, 1, 2);
	take_connection(&taken[0], 10 * MS, 50 * MS, 12, 40001, 1, 2);
	make_simple(1);
	ck_assert_uint_eq(FIRST(sheet_concurrent,
	    SHEET_CONCURRENT)->max_connections, 2);
	ck_assert_int_eq(FIRST(sheet_concurrent, SHEET_CONCURRENT)->time_ns,
	    50 * MS);
}
END_TEST

START_TEST(without_the_clients_segments_none_are_counted_at_once)
{
	struct tcp_row row = {
		.connection = 1, .flow = 1,
		.sides = { { .ip = host(11), .port = 40000 },
		    { .ip = host(3), .port = 5000 } },
		.syn_frame = TABLE_NO_U64, .syn_seq = TABLE_NO_U64,
		.synack_frame = 1, .synack_seq = 7, .synack_ack = 8,
		.ack_frame = TABLE_NO_U64, .ack_seq = TABLE_NO_U64,
		.ack_ack = TABLE_NO_U64, .close = "half closed",
	};

	take_packet(&taken[0], MS, 3, 11, 1, TCP_SYN | TCP_ACK, NULL);
	take_packet(&taken[0], 2 * MS, 3, 11, 1, TCP_FIN | TCP_ACK, NULL);
	take_packet(&taken[0], 3 * MS, 3, 12, TABLE_NO_U64, 0, NULL);
	ck_assert_int_eq(answers_notes_connection(&taken[0].notes, &row,
	    &err), 0);
	make_simple(1);
	ck_assert_uint_eq(FIRST(sheet_concurrent,
	    SHEET_CONCURRENT)->max_connections, TABLE_NO_U64);
	ck_assert_uint_eq(FIRST(sheet_concurrent,
	    SHEET_CONCURRENT)->all_connections, TABLE_NO_U64);
	ck_assert(notes_have("does not show what clients send"));
}
END_TEST

/* Two clients' captures, each of which shows its own connection, and what both
 * send each other. */
START_TEST(without_the_servers_capture_none_are_counted_at_once)
{
	take_connection(&taken[1], 10 * MS, 90 * MS, 11, 40000, 1, 2);
	take_packet(&taken[1], 95 * MS, 12, 11, TABLE_NO_U64, 0, NULL);
	take_connection(&taken[2], 20 * MS, 80 * MS, 12, 40001, 3, 4);
	take_packet(&taken[2], 95 * MS, 12, 11, TABLE_NO_U64, 0, NULL);
	make_simple(3);
	ck_assert_uint_eq(FIRST(sheet_concurrent,
	    SHEET_CONCURRENT)->max_connections, TABLE_NO_U64);
	ck_assert_uint_eq(FIRST(sheet_concurrent,
	    SHEET_CONCURRENT)->all_connections, TABLE_NO_U64);
	ck_assert_ptr_eq(FIRST(sheet_concurrent, SHEET_CONCURRENT)->file,
	    NULL);
	ck_assert_uint_eq(rows_of(SHEET_SOCKETS), 2);
	ck_assert(notes_have("no capture was taken at the server"));
	ck_assert(notes_have("show at least 1"));
}
END_TEST

/* grade reads what answers writes. */
START_TEST(a_list_that_is_too_long_ends_and_is_told_of)
{
	for (unsigned i = 0; i < SHEET_ENTRIES_MAX + 5; i++)
		take_connection(&taken[0], i * MS, 0, 11,
		    2000 + i, 7 * i, 9 * i);
	make_simple(1);
	ck_assert_uint_eq(rows_of(SHEET_SOCKETS), SHEET_ENTRIES_MAX);
	ck_assert_uint_eq(rows_of(SHEET_DNS), SHEET_ENTRIES_MAX);
	ck_assert(notes_have("sockets: only 1024 are here"));
	ck_assert(notes_have("dns: only 1024 are here"));
	ck_assert(!notes_have("listening: only"));
}
END_TEST

START_TEST(the_command_of_the_diagram_can_be_run)
{
	answers_notes_init(&taken[0].notes, "-it's one.pcap");
	answers_notes_init(&taken[1].notes, "-c");
	answers_notes_init(&taken[2].notes, "-");
	make_simple(3);
	ck_assert_str_eq(FIRST(sheet_diagram, SHEET_DIAGRAM)->command,
	    "pcapstat ladder --all './-it'\\''s one.pcap' ./-c -");
}
END_TEST

START_TEST(dns_before_a_connection_is_the_last_answer_to_its_client)
{
	const struct sheet_dns *d;

	take_dns(&taken[1], 1 * MS, 11, "query A old.example",
	    "answer A old.example: 10.20.30.3");
	take_dns(&taken[1], 3 * MS, 11, "query A www.ttm4200.com",
	    "answer A www.ttm4200.com: CNAME chat, 10.20.30.9, 10.20.30.3");
	take_dns(&taken[1], 5 * MS, 12, "query A theirs.example",
	    "answer A theirs.example: 10.20.30.3");
	take_connection(&taken[1], 10 * MS, 0, 11, 40000, 1, 2);
	take_dns(&taken[1], 20 * MS, 11, "query A late.example",
	    "answer A late.example: 10.20.30.3");
	make_simple(2);
	d = FIRST(sheet_dns, SHEET_DNS);
	ck_assert_str_eq(d->question, "www.ttm4200.com");
	ck_assert_str_eq(d->type, "A");
	ck_assert_uint_eq(d->answer.bytes[3], 3);
	ck_assert_uint_eq(d->question_frame, 3);
	ck_assert_uint_eq(d->answer_frame, 4);
	ck_assert(d->before == (int128)6 * MS * 1000);
	ck_assert_str_eq(d->file, "client1.pcap.gz");
}
END_TEST

/* A name may look like an answer, but has no space in it. */
START_TEST(what_is_no_address_answers_nothing)
{
	static const char *const answers[] = {
		"answer A www.ttm4200.com: NXDOMAIN",
		"answer A www.ttm4200.com",
		"answer AAAA www.ttm4200.com: 10.20.30.300",
		"answer MX www.ttm4200.com: 10.20.30.3",
		"answer A 10.20.30.3,: NXDOMAIN",
		"answer A ", "answer", "answer A :", "",
	};

	take_dns(&taken[0], MS, 11, "query A www.ttm4200.com", answers[_i]);
	take_connection(&taken[0], 10 * MS, 0, 11, 40000, 1, 2);
	make_simple(1);
	ck_assert_ptr_null(FIRST(sheet_dns, SHEET_DNS)->question);
	ck_assert_uint_eq(FIRST(sheet_dns, SHEET_DNS)->answer.version, 0);
}
END_TEST

START_TEST(the_host_that_accepts_most_is_the_server)
{
	take_connection(&taken[0], 10 * MS, 0, 11, 40000, 1, 2);
	make_simple(1);
	ck_assert_uint_eq(FIRST(sheet_host, SHEET_HOSTS)->ip.bytes[3], 3);
	ck_assert_uint_eq(FIRST(sheet_listening,
	    SHEET_LISTENING)->server.port, 5000);
}
END_TEST

START_TEST(two_servers_are_a_question_for_the_user)
{
	const struct answers_question none = { 0 };
	struct tcp_row row = { .connection = 2, .flow = 2,
		.sides = { { .ip = host(3), .port = 41000 },
		    { .ip = host(11), .port = 22 } },
		.syn_frame = 4, .synack_frame = 5,
		.ack_frame = TABLE_NO_U64 };

	take_connection(&taken[0], 10 * MS, 0, 11, 40000, 1, 2);
	answers_notes_connection(&taken[0].notes, &row, &err);
	ck_assert_int_eq(make(1, &none), -1);
	ck_assert(strstr(err.text, "--server") != NULL);
}
END_TEST

START_TEST(hosts_have_many_names)
{
	static const struct { const char *word; int last; } words[] = {
		{ "10.20.30.11", 11 }, { "client1", 11 }, { "client2", 12 },
		{ "chatserver", 3 }, { "WWW.TTM4200.com", 3 },
		{ "resolver", 2 }, { "told", 12 }, { "nobody", -1 },
		{ "client", -1 }, { "client1.pcap", -1 }, { "", -1 },
	};
	const struct answers_alias given = { host(2), "resolver" };
	const struct answers_alias told = { host(12), "told" };
	const struct answers_question question = { .given = &given,
	    .given_count = 1, .told = &told, .told_count = 1 };
	struct table_ip ip;

	take_connection(&taken[0], 10 * MS, 0, 11, 40000, 1, 2);
	take_connection(&taken[0], 10 * MS, 0, 12, 40000, 1, 2);
	take_dns(&taken[1], 1 * MS, 11, "query A www.ttm4200.com",
	    "answer A www.ttm4200.com: 10.20.30.3");
	take_connection(&taken[1], 10 * MS, 0, 11, 40000, 1, 2);
	take_connection(&taken[2], 10 * MS, 0, 12, 40000, 1, 2);
	for (size_t v = 0; v < VIEWS; v++)
		views[v] = taken[v].notes;
	ck_assert_int_eq(answers_host_find(views, VIEWS, &question,
	    words[_i].word, &ip, &err), words[_i].last == -1 ? -1 : 0);
	if (words[_i].last != -1)
		ck_assert_int_eq(ip.bytes[3], words[_i].last);
}
END_TEST

/* Both ends of its packets: nobody can say where it was taken. */
START_TEST(a_capture_of_two_hosts_alone_has_no_place)
{
	const struct answers_question none = { 0 };
	struct table_ip ip;

	take_connection(&taken[1], 10 * MS, 0, 11, 40000, 1, 2);
	ck_assert_int_eq(answers_host_find(&taken[1].notes, 1, &none,
	    "client1", &ip, &err), -1);
	ck_assert(strstr(err.text, "--name IP=client1") != NULL);
}
END_TEST

START_TEST(a_datagram_between_peers_is_the_best_example)
{
	take_connection(&taken[0], 10 * MS, 0, 11, 40000, 1, 2);
	take_connection(&taken[0], 10 * MS, 0, 12, 40000, 1, 2);
	take_datagram(&taken[0], 1, 11, 33333, 2, 53, 40);
	take_datagram(&taken[0], 2, 99, 1, 98, 2, 9);
	take_datagram(&taken[0], 3, 11, 5000, 99, 5000, 9);
	take_datagram(&taken[1], 7, 12, 5000, 11, 5000, 10);
	take_datagram(&taken[1], 6, 11, 5000, 12, 5000, 20);
	take_datagram(&taken[1], 8, 11, 5000, 12, 5000, 30);
	make_simple(2);
	ck_assert_uint_eq(FIRST(sheet_datagram, SHEET_DATAGRAM)->length, 20);
	ck_assert_uint_eq(FIRST(sheet_datagram, SHEET_DATAGRAM)->frame, 6);
}
END_TEST

START_TEST(streams_that_two_views_show_are_one)
{
	take_connection(&taken[0], 10 * MS, 0, 11, 40000, 1, 2);
	take_flow(&taken[0], "tcp", 11, 40000, 3, 5000, "p2p", "yes");
	take_flow(&taken[1], "tcp", 3, 5000, 11, 40000, "p2p", "yes");
	take_flow(&taken[1], "udp", 11, 5000, 12, 5000, "tls", "no");
	take_flow(&taken[1], "udp", 98, 1, 99, 1, NULL, "yes");
	make_simple(2);
	ck_assert_uint_eq(rows_of(SHEET_STREAMS), 2);
	ck_assert_str_eq(FIRST(sheet_stream, SHEET_STREAMS)->clear_text,
	    "yes");
	ck_assert_ptr_null(FIRST(sheet_stream, SHEET_STREAMS)->b_clear_text);
}
END_TEST

START_TEST(what_is_not_there_is_not_made_up)
{
	take_datagram(&taken[0], 1, 11, 33333, 2, 53, 40);
	make_simple(1);
	ck_assert_ptr_null(sheet_row(&sheet, SHEET_HANDSHAKE, 0));
	ck_assert_ptr_null(sheet_row(&sheet, SHEET_CONCURRENT, 0));
	ck_assert_uint_eq(rows_of(SHEET_SOCKETS), 0);
	ck_assert_uint_eq(FIRST(sheet_udp, SHEET_UDP)->max_payload_bytes,
	    65527);
	ck_assert(notes_have("not in them"));
}
END_TEST

START_TEST(the_diagrams_command_is_safe_for_a_shell)
{
	taken[0].notes.file = "it's a $(capture).pcap";
	take_connection(&taken[0], 10 * MS, 0, 11, 40000, 1, 2);
	make_simple(1);
	ck_assert_str_eq(FIRST(sheet_diagram, SHEET_DIAGRAM)->command,
	    "pcapstat ladder --all 'it'\\''s a $(capture).pcap'");
}
END_TEST

START_TEST(too_many_connections_are_counted_not_kept)
{
	for (unsigned i = 0; i < ANSWERS_CONNECTIONS_MAX + 5; i++)
		take_connection(&taken[0], (10 + i) * MS, 0, 11, i + 1, i, i);
	make_simple(1);
	ck_assert_uint_eq(FIRST(sheet_capture, SHEET_CAPTURES)->connections,
	    ANSWERS_CONNECTIONS_MAX);
	ck_assert(notes_have("5 conversations are too many"));
}
END_TEST

START_TEST(sections_can_be_hidden)
{
	ck_assert_int_eq(sheet_show_only(&sheet, "udp,handshake", &err), 0);
	ck_assert(!sheet_is_hidden(&sheet, SHEET_UDP));
	ck_assert(sheet_is_hidden(&sheet, SHEET_DNS));
	ck_assert_int_eq(sheet_show_only(&sheet, "udp,", &err), -1);
	ck_assert_int_eq(sheet_show_only(&sheet, "ud", &err), -1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("answers");
	TCase *t = tcase_create("answers");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_first_handshake_has_all_its_numbers);
	tcase_add_test(t, a_named_client_decides_which_connection_is_meant);
	tcase_add_test(t, views_of_one_connection_are_one);
	tcase_add_test(t, a_port_used_again_is_another_connection);
	tcase_add_test(t, captures_that_contradict_are_told_of);
	tcase_add_test(t, other_numbers_of_the_same_sockets_are_told_of);
	tcase_add_test(t, a_connection_that_the_server_did_not_see_is_told_of);
	tcase_add_loop_test(t,
	    connections_at_once_are_counted_while_they_are_open, 0, 5);
	tcase_add_test(t, at_the_same_time_the_order_of_the_capture_counts);
	tcase_add_test(t, a_list_that_is_too_long_ends_and_is_told_of);
	tcase_add_test(t, the_command_of_the_diagram_can_be_run);
	tcase_add_test(t,
	    without_the_servers_capture_none_are_counted_at_once);
	tcase_add_test(t,
	    without_the_clients_segments_none_are_counted_at_once);
	tcase_add_test(t,
	    dns_before_a_connection_is_the_last_answer_to_its_client);
	tcase_add_loop_test(t, what_is_no_address_answers_nothing, 0, 9);
	tcase_add_test(t, the_host_that_accepts_most_is_the_server);
	tcase_add_test(t, two_servers_are_a_question_for_the_user);
	tcase_add_loop_test(t, hosts_have_many_names, 0, 11);
	tcase_add_test(t, a_capture_of_two_hosts_alone_has_no_place);
	tcase_add_test(t, a_datagram_between_peers_is_the_best_example);
	tcase_add_test(t, streams_that_two_views_show_are_one);
	tcase_add_test(t, what_is_not_there_is_not_made_up);
	tcase_add_test(t, the_diagrams_command_is_safe_for_a_shell);
	tcase_add_test(t, too_many_connections_are_counted_not_kept);
	tcase_add_test(t, sections_can_be_hidden);
	suite_add_tcase(s, t);
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
