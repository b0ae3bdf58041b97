#include "analyzer/report/grade.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/sheet_write.h"
#include "tests/unit/answers_rows.h"

/* What the captures say: two connections, the second one's DNS, a stream. */
static struct taken taken;
static struct sheet right;
static struct given given;
static struct grade grade;
static struct errbuf err;

static void
setup(void)
{
	const struct answers_question none = { 0 };

	memset(&taken, 0, sizeof(taken));
	answers_notes_init(&taken.notes, "chatserver.pcap");
	take_dns(&taken, 1 * MS, 11, "query A www.ttm4200.com",
	    "answer A www.ttm4200.com: 10.20.30.3");
	take_connection(&taken, 10 * MS, 90 * MS, 11, 40000, 1000000, 2000000);
	take_dns(&taken, 15 * MS, 12, "query A chat.example",
	    "answer A chat.example: 10.20.30.3");
	take_connection(&taken, 20 * MS, 90 * MS, 12, 40001, 3000000, 4000000);
	take_connection(&taken, 95 * MS, 99 * MS, 12, 40002, 5000000, 6000000);
	/* So much that the capture is the server's, though it shows DNS. */
	for (unsigned i = 0; i < 80; i++)
		take_packet(&taken, 50 * MS, 3, 11, 1, TCP_ACK, NULL);
	take_flow(&taken, "tcp", 11, 40000, 3, 5000, "p2p", "yes");
	take_flow(&taken, "udp", 11, 5000, 12, 5000, "eim", "no");
	take_flow(&taken, "udp", 11, 33000, 2, 53, "dns", "yes");
	ck_assert_int_eq(answers_make(&right, &taken.notes, 1, &none, &err),
	    0);
}

static void
teardown(void)
{
	answers_notes_reset(&taken.notes);
	sheet_reset(&right);
	given_reset(&given);
	grade_reset(&grade);
}

static int
find(const void *context, const char *name, struct table_ip *out)
{
	(void)context;
	*out = strcmp(name, "client1") == 0 ? host(11) :
	    (struct table_ip){ .version = 4 };
	if (out->bytes[0] != 0 || inet_pton(AF_INET, name, out->bytes) == 1)
		return 0;
	out->version = 0;
	return -1;
}

static const struct grade_hosts hosts = { find, NULL };

static void
grade_text(const char *json)
{
	grade_reset(&grade);
	given_reset(&given);
	ck_assert_msg(sheet_parse(&given, "sheet", json, strlen(json), &err) ==
	    0, "%s", err.text);
	ck_assert_int_eq(grade_make(&grade, &right, &given, &hosts, &err), 0);
}

static const struct grade_row *
row_of(const char *item)
{
	for (size_t i = 0; i < grade.count; i++)
		if (strcmp(grade.rows[i].item, item) == 0)
			return &grade.rows[i];
	ck_abort_msg("no item %s", item);
}

/* JSON of the right sheet, as `answers` writes it. */
struct text_sink {
	struct sink sink;
	char text[16384];
	size_t n;
};

static int
take_text(struct sink *sink, const void *data, size_t n, struct errbuf *e)
{
	struct text_sink *t = (struct text_sink *)(void *)sink;

	(void)e;
	ck_assert_uint_lt(t->n + n, sizeof(t->text));
	memcpy(t->text + t->n, data, n);
	t->n += n;
	t->text[t->n] = '\0';
	return 0;
}

START_TEST(the_right_sheet_misses_nothing)
{
	static struct text_sink to;

	to = (struct text_sink){ .sink = { take_text } };
	ck_assert_int_eq(sheet_write_json(&right, &to.sink, &err), 0);
	grade_text(to.text);
	ck_assert_uint_eq(given.stranger_count, 0);
	ck_assert_uint_eq(grade.counts[GRADE_MISSED], 0);
	ck_assert_uint_ge(grade.counts[GRADE_OK], 30);
	ck_assert_uint_eq(grade.counts[GRADE_NOT_SEEN], 0);
}
END_TEST

/* The same of one client, which may not see all that the server holds. */
START_TEST(what_only_the_server_can_show_is_not_missed_without_it)
{
	const struct answers_question none = { 0 };

	teardown();
	memset(&taken, 0, sizeof(taken));
	answers_notes_init(&taken.notes, "client1.pcap");
	take_connection(&taken, 10 * MS, 90 * MS, 11, 40000, 1000000, 2000000);
	take_dns(&taken, 95 * MS, 11, "query A chat.example",
	    "answer A chat.example: 10.20.30.3");
	ck_assert_int_eq(answers_make(&right, &taken.notes, 1, &none, &err),
	    0);
	grade_text("{\"concurrent\":{\"max_connections\":3},"
	    "\"listening\":[{\"server_port\":5000},"
	    "{\"server_port\":4711},{\"server_port\":40000}],"
	    "\"sockets\":[{\"client_ip\":\"10.20.30.12\","
	    "\"client_port\":1,\"server_ip\":\"10.20.30.3\","
	    "\"server_port\":5000},{\"client_ip\":\"10.20.30.11\","
	    "\"client_port\":2,\"server_ip\":\"10.20.30.3\","
	    "\"server_port\":5000}]}");
	ck_assert_int_eq(row_of("concurrent.max_connections")->verdict,
	    GRADE_NOT_SEEN);
	ck_assert_int_eq(row_of("listening[10.20.30.3:5000]")->verdict,
	    GRADE_OK);
	ck_assert_int_eq(row_of("listening[- 4711]")->verdict,
	    GRADE_NOT_SEEN);
	ck_assert_int_eq(row_of("listening[- 40000]")->verdict, GRADE_MISSED);
	ck_assert_int_eq(row_of("sockets[10.20.30.12 1 10.20.30.3 5000]")->
	    verdict, GRADE_NOT_SEEN);
	ck_assert_int_eq(row_of("sockets[10.20.30.11 2 10.20.30.3 5000]")->
	    verdict, GRADE_MISSED);
}
END_TEST

START_TEST(an_empty_sheet_misses_all_that_is_asked)
{
	grade_text("{}");
	ck_assert_uint_eq(grade.counts[GRADE_OK], 0);
	/* 3 of the handshake, 6 of UDP, 6 of DNS, 3 sockets, 1 port, how many
	 * at once, 3 streams */
	ck_assert_uint_eq(grade.counts[GRADE_MISSED], 23);
	ck_assert_str_eq(row_of("handshake.syn_seq")->explanation,
	    "no answer");
	ck_assert_str_eq(row_of("handshake.syn_seq")->file,
	    "chatserver.pcap");
	ck_assert_uint_eq(row_of("handshake.syn_seq")->frame, 3);
}
END_TEST

START_TEST(right_answers_come_in_many_forms)
{
	static const struct { const char *json, *item; } cases[] = {
		{ "{\"handshake\":{\"syn_seq\":1000000}}",
		    "handshake.syn_seq" },
		{ "{\"handshake\":{\"syn_seq\":\" 1000000 \"}}",
		    "handshake.syn_seq" },
		{ "{\"handshake\":{\"syn_seq\":\"0xF4240\"}}",
		    "handshake.syn_seq" },
		{ "{\"handshake\":{\"client_ip\":\"client1\"}}",
		    "handshake.client_ip" },
		{ "{\"handshake\":{\"ack_ack\":2000001}}",
		    "handshake.ack_ack" },
		{ "{\"dns\":[{\"client_ip\":\"10.20.30.11\","
		    "\"question\":\"WWW.ttm4200.COM.\"}]}",
		    "dns[10.20.30.11:40000].question" },
		{ "{\"streams\":[{\"a_ip\":\"10.20.30.3\",\"b_ip\":\"client1\""
		    ",\"clear_text\":true}]}",
		    "streams[tcp 10.20.30.11:40000 - 10.20.30.3:5000]"
		    ".clear_text" },
		{ "{\"streams\":[{\"protocol\":\"UDP\","
		    "\"clear_text\":\"encrypted\"}]}",
		    "streams[udp 10.20.30.11:5000 - 10.20.30.12:5000]"
		    ".clear_text" },
		{ "{\"listening\":[{\"server_port\":5000}]}",
		    "listening[10.20.30.3:5000]" },
	};

	grade_text(cases[_i].json);
	ck_assert_int_eq(row_of(cases[_i].item)->verdict, GRADE_OK);
	ck_assert_uint_eq(grade.counts[GRADE_OK], 1);
}
END_TEST

#define HANDSHAKE(key, value)	"{\"handshake\":{\"" key "\":" value "}}", \
				    "handshake." key
#define UDP(key, value)		"{\"udp\":{\"" key "\":" value "}}", "udp." key

START_TEST(mistakes_are_known_and_named)
{
	static const struct { const char *json, *item, *word; } cases[] = {
		{ HANDSHAKE("syn_seq", "0"), "relative number, counted" },
		{ HANDSHAKE("synack_ack", "1"), "relative number, counted" },
		{ HANDSHAKE("ack_ack", "\"1\""), "relative number, counted" },
		{ HANDSHAKE("syn_seq", "1"), "a wrong one" },
		{ HANDSHAKE("synack_ack", "1000000"), "SYN counts as one" },
		{ HANDSHAKE("ack_seq", "1000000"), "SYN counts as one" },
		{ HANDSHAKE("ack_ack", "2000000"), "counts as one" },
		{ HANDSHAKE("syn_seq", "1000001"), "one more than the SYN" },
		{ HANDSHAKE("synack_seq", "1000001"), "swapped" },
		{ HANDSHAKE("synack_ack", "2000000"), "swapped" },
		{ HANDSHAKE("ack_seq", "2000001"), "swapped" },
		{ HANDSHAKE("synack_seq", "1000000"), "number of its own" },
		{ HANDSHAKE("syn_seq", "2000000"), "number of its own" },
		{ HANDSHAKE("synack_seq", "2000002"), NULL },
		{ HANDSHAKE("syn_seq", "999999"), "one too few" },
		{ HANDSHAKE("ack_ack", "2000002"), "one too many" },
		{ HANDSHAKE("syn_seq", "3000000"), "10.20.30.12:40001" },
		{ HANDSHAKE("synack_seq", "4000000"), "another connection" },
		{ HANDSHAKE("synack_ack", "3000001"), "another connection" },
		{ HANDSHAKE("ack_ack", "6000001"), "10.20.30.12:40002" },
		{ HANDSHAKE("syn_seq", "\"0x40420f00\""), "wrong order" },
		{ HANDSHAKE("syn_seq", "77"), NULL },
		{ HANDSHAKE("syn_seq", "-1"), "no number" },
		{ HANDSHAKE("syn_seq", "1000000.5"), "no number" },
		{ HANDSHAKE("syn_seq", "18446744073709551616.0"),
		    "no number" },
		{ HANDSHAKE("syn_seq", "\"99999999999999999999\""),
		    "no number" },
		{ HANDSHAKE("syn_seq", "\"0x\""), "no number" },
		{ HANDSHAKE("client_ip", "\"10.20.30.3\""), "swapped" },
		{ HANDSHAKE("client_ip", "\"10.20.30.12\""), "a client" },
		{ HANDSHAKE("client_ip", "\"10.20.30.77\""), "no host" },
		{ HANDSHAKE("client_ip", "\"somebody\""),
		    "no host of that name or address" },
		{ HANDSHAKE("client_ip", "\"WWW.ttm4200.com\""),
		    "www.ttm4200.com in upper and lower case" },
		{ HANDSHAKE("client_ip", "\"10.20.30.11:40000\""),
		    "with a port" },
		{ HANDSHAKE("client_ip", "\"[2001:db8::1]:5\""),
		    "with a port" },
		{ HANDSHAKE("syn_seq", "\"1,000,000\""), "thousands" },
		{ HANDSHAKE("syn_seq", "\"1 000 000\""), "thousands" },
		{ HANDSHAKE("syn_seq", "\"1000 000\""), "no number" },
		{ HANDSHAKE("syn_seq", "\"1,00\""), "no number" },
		{ HANDSHAKE("client_port", "5000"), "swapped" },
		{ HANDSHAKE("server_port", "40000"), "swapped" },
		{ UDP("max_payload_bytes", "65507"), "IPv4" },
		{ UDP("max_payload_bytes", "65535"), "header, too" },
		{ UDP("max_payload_ipv4_bytes", "65527"), "IP header" },
		{ UDP("max_port", "65536"), "from 0" },
		{ UDP("field_bytes", "16"), "in bits" },
		{ UDP("fields", "8"), "are its bytes" },
		{ UDP("header_bytes", "64"), "in bits" },
		{ UDP("protocol_number", "6"), "TCP" },
		{ UDP("max_port", "17"), "number of UDP" },
		{ "{\"concurrent\":{\"max_connections\":3}}",
		    "concurrent.max_connections", "in all" },
		{ "{\"concurrent\":{\"max_connections\":1}}",
		    "concurrent.max_connections", "too few" },
		{ "{\"listening\":[{\"server_port\":40001}]}",
		    "listening[- 40001]", "client's port" },
		{ "{\"listening\":[{\"server_port\":4711}]}",
		    "listening[- 4711]", "nothing in the captures" },
		{ "{\"sockets\":[{\"client_ip\":\"10.20.30.3\","
		    "\"client_port\":5000,\"server_ip\":\"10.20.30.11\","
		    "\"server_port\":40000}]}",
		    "sockets[10.20.30.11:40000 - 10.20.30.3:5000]",
		    "swapped" },
		{ "{\"sockets\":[{\"client_ip\":\"10.20.30.11\"}]}",
		    "sockets[10.20.30.11:40000 - 10.20.30.3:5000]",
		    "not in the sheet" },
		{ "{\"dns\":[{\"client_ip\":\"10.20.30.11\","
		    "\"question\":\"chat.example\"}]}",
		    "dns[10.20.30.11:40000].question",
		    "10.20.30.12:40001" },
		{ "{\"dns\":[{\"client_ip\":\"10.20.30.11\","
		    "\"question\":\"other.example\"}]}",
		    "dns[10.20.30.11:40000].question", "another name" },
		{ "{\"dns\":[{\"client_ip\":\"10.20.30.11\","
		    "\"answer_ip\":\"10.20.30.11\"}]}",
		    "dns[10.20.30.11:40000].answer_ip", "a client" },
		{ "{\"dns\":[{\"client_ip\":\"10.20.30.11\","
		    "\"answer_ip\":\"10.20.30.2\"}]}",
		    "dns[10.20.30.11:40000].answer_ip", "was asked" },
		{ "{\"streams\":[{\"a_ip\":\"client1\",\"protocol\":\"udp\","
		    "\"clear_text\":\"yes\"}]}",
		    "streams[udp 10.20.30.11:5000 - 10.20.30.12:5000]"
		    ".clear_text", "sealed" },
		{ "{\"streams\":[{\"a_ip\":\"client1\",\"protocol\":\"udp\","
		    "\"clear_text\":\"ja\"}]}",
		    "streams[udp 10.20.30.11:5000 - 10.20.30.12:5000]"
		    ".clear_text", "not yes, no or mixed" },
	};
	const struct grade_row *row;

	ck_assert_uint_eq(sizeof(cases) / sizeof(cases[0]), 61);
	grade_text(cases[_i].json);
	row = row_of(cases[_i].item);
	ck_assert_int_eq(row->verdict, GRADE_MISSED);
	if (cases[_i].word == NULL)
		ck_assert_ptr_null(row->explanation);
	else
		ck_assert_msg(row->explanation != NULL &&
		    strstr(row->explanation, cases[_i].word) != NULL,
		    "%s: %s", cases[_i].json, row->explanation);
}
END_TEST

START_TEST(what_the_captures_lack_is_no_miss)
{
	sheet_reset(&right);
	grade_text("{\"handshake\":{\"syn_seq\":5},"
	    "\"sockets\":[{\"client_ip\":\"10.20.30.3\"}]}");
	ck_assert_uint_eq(grade.counts[GRADE_MISSED], 0);
	ck_assert_int_eq(row_of("handshake.syn_seq")->verdict,
	    GRADE_NOT_SEEN);
	ck_assert_str_eq(row_of("handshake.syn_seq")->given, "5");
}
END_TEST

START_TEST(sections_that_nobody_asks_for_are_not_graded)
{
	ck_assert_int_eq(sheet_show_only(&right, "handshake", &err), 0);
	grade_text("{}");
	ck_assert_uint_eq(grade.count, 3);
}
END_TEST

START_TEST(an_entry_counts_once)
{
	grade_text("{\"listening\":[{\"server_port\":5000},"
	    "{\"server_port\":5000}]}");
	ck_assert_uint_eq(grade.counts[GRADE_OK], 1);
	ck_assert(strstr(row_of("listening[- 5000]")->explanation, "twice") !=
	    NULL);
}
END_TEST

START_TEST(what_is_no_sheet_is_refused_in_one_line)
{
	static const struct { const char *json, *word; } cases[] = {
		{ "", "line 1" },
		{ "{", "line 1" },
		{ "[]", "not a JSON object" },
		{ "{\"handshake\":{\"syn_seq\":[1]}}", "handshake.syn_seq" },
		{ "{\"handshake\":{\"syn_seq\":{}}}", "handshake.syn_seq" },
		{ "{\"handshake\":[]}", "handshake: not an object" },
		{ "{\"handshake\":5}", "handshake: not an object" },
		{ "{\"dns\":{}}", "dns: not a list" },
		{ "{\"dns\":[5]}", "dns[0]: not an object" },
		{ "{\"schema_version\":2}", "schema_version" },
		{ "{\"schema_version\":\"1\"}", "schema_version" },
		{ "{\"udp\":{\"fields\":4,\"fields\":5}}", "duplicate" },
		{ "{\"udp\":{\"fields\":99999999999999999999}}",
		    "too big integer" },
		{ "{\"udp\":{\"fields\":1e999}}", "overflow" },
		{ "{\"udp\":{\"fields\":\"\xff\"}}", "0xff" },
		{ "{\"udp\":{\"fields\":\"\\u0000\"}}", "\\u0000" },
		{ "{\"udp\":{}} x", "end of file" },
	};

	ck_assert_int_eq(sheet_parse(&given, "sheet", cases[_i].json,
	    strlen(cases[_i].json), &err), -1);
	ck_assert_msg(strstr(err.text, cases[_i].word) != NULL, "%s",
	    err.text);
	ck_assert_int_eq(strncmp(err.text, "sheet: ", 7), 0);
	ck_assert_ptr_null(strchr(err.text, '\n'));
}
END_TEST

START_TEST(a_deep_sheet_is_refused)
{
	size_t n = 300000;
	char *text = malloc(n);

	memset(text, '[', n);
	ck_assert_int_eq(sheet_parse(&given, "sheet", text, n, &err), -1);
	ck_assert(strstr(err.text, "depth") != NULL);
	free(text);
}
END_TEST

START_TEST(a_long_list_is_refused)
{
	size_t n = 0;
	char *text = malloc(16 + 4 * (SHEET_ENTRIES_MAX + 1));

	n += (size_t)sprintf(text, "{\"dns\":[{}");
	for (int i = 0; i < SHEET_ENTRIES_MAX; i++)
		n += (size_t)sprintf(text + n, ",{}");
	n += (size_t)sprintf(text + n, "]}");
	ck_assert_int_eq(sheet_parse(&given, "sheet", text, n, &err), -1);
	ck_assert(strstr(err.text, "1024") != NULL);
	free(text);
}
END_TEST

START_TEST(unknown_keys_are_named)
{
	grade_text("{\"name\":\"Alice\",\"udp\":{\"feilds\":4},\"dns\":null}");
	ck_assert_uint_eq(given.stranger_count, 2);
	ck_assert_str_eq(given.strangers[0], "name");
	ck_assert_str_eq(given.strangers[1], "udp.feilds");
}
END_TEST

START_TEST(a_build_without_json_says_so)
{
	ck_assert_int_eq(sheet_parse(&given, "sheet", "{}", 2, &err), -1);
	ck_assert(strstr(err.text, "built without") != NULL);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("grade");
	TCase *t = tcase_create("grade");

	tcase_add_checked_fixture(t, setup, teardown);
	suite_add_tcase(s, t);
	if (!sheet_can_read()) {
		tcase_add_test(t, a_build_without_json_says_so);
		return s;
	}
	tcase_add_test(t, the_right_sheet_misses_nothing);
	tcase_add_test(t,
	    what_only_the_server_can_show_is_not_missed_without_it);
	tcase_add_test(t, an_empty_sheet_misses_all_that_is_asked);
	tcase_add_loop_test(t, right_answers_come_in_many_forms, 0, 9);
	tcase_add_loop_test(t, mistakes_are_known_and_named, 0, 61);
	tcase_add_test(t, what_the_captures_lack_is_no_miss);
	tcase_add_test(t, sections_that_nobody_asks_for_are_not_graded);
	tcase_add_test(t, an_entry_counts_once);
	tcase_add_loop_test(t, what_is_no_sheet_is_refused_in_one_line, 0, 17);
	tcase_add_test(t, a_deep_sheet_is_refused);
	tcase_add_test(t, a_long_list_is_refused);
	tcase_add_test(t, unknown_keys_are_named);
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
