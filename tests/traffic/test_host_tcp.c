/*
 * Hosts in virtual time: TCP connections as their programs have them.
 */
#include <check.h>
#include <string.h>

#include <jansson.h>

#include "tests/traffic/pair.h"
#include "tests/unit/check_main.h"

static int
keep_text(struct sink *sink, const void *data, size_t n, struct errbuf *err)
{
	struct {
		struct sink sink;
		struct bytes bytes;
	} *text = (void *)sink;

	(void)err;
	return bytes_append(&text->bytes, data, n);
}

/* truth.json, so far. */
static json_t *
truth_of(struct lan *lan)
{
	struct {
		struct sink sink;
		struct bytes bytes;
	} text = { { keep_text }, { NULL, 0, 0 } };
	struct errbuf err = { "" };
	json_error_t why;
	json_t *json;

	ck_assert_msg(truth_write(lan->truth, &text.sink, &err) == 0, "%s",
	    err.text);
	json = json_loadb((const char *)text.bytes.data, text.bytes.len, 0,
	    &why);
	ck_assert_msg(json != NULL, "%s", why.text);
	bytes_reset(&text.bytes);
	return json;
}

static const char *
end_of(const json_t *truth, size_t connection, const char *side)
{
	const json_t *c = json_array_get(json_object_get(truth,
	    "connections"), connection);

	return json_string_value(json_object_get(json_object_get(c, side),
	    "end"));
}

START_TEST(both_sides_say_something_and_close)
{
	struct pair pair;
	json_t *truth;

	pair_init(&pair);
	pair.client.says = "question";
	pair.client.closes = true;
	pair.server.says = "welcome";
	pair_listen(&pair);
	pair_connect(&pair, _i == 0 ? 4 : 6, 0);
	lan_run(pair.lan, 30 * LAN_S);
	ck_assert_str_eq(pair.client.told, "CRFDc");
	ck_assert_str_eq(pair.server.told, "ARFDc");
	ck_assert_uint_eq(pair.client.got.len, 7);
	ck_assert_mem_eq(pair.client.got.data, "welcome", 7);
	ck_assert_uint_eq(pair.server.got.len, 8);
	ck_assert_mem_eq(pair.server.got.data, "question", 8);
	/* Who closed first is told before TIME_WAIT is over, and the truth has
	 * the time of the last FIN. */
	ck_assert_int_lt(pair.client.ended_ns, LAN_S);
	lan_run(pair.lan, 300 * LAN_S);
	ck_assert_int_gt(clock_now_ns(pair.lan->clock), 60 * LAN_S);
	truth = truth_of(pair.lan);
	ck_assert_str_eq(end_of(truth, 0, "client"), "closed");
	ck_assert_str_eq(end_of(truth, 0, "server"), "closed");
	json_decref(truth);
	pair_reset(&pair);
}
END_TEST

/* Every segment of both sides names the connection and its label. */
START_TEST(segments_belong_to_their_connection)
{
	struct pair pair;
	const struct sim_packet *p;
	size_t segments = 0;

	pair_init(&pair);
	pair.client.says = "x";
	pair.client.closes = true;
	pair_listen(&pair);
	pair_connect(&pair, 4, 1234);
	lan_run(pair.lan, LAN_S);
	for (size_t i = 0; i < pair.lan->seen_count; i++) {
		p = pair.lan->seen[i].packet;
		if (p->kind != SIM_TCP)
			continue;
		segments++;
		ck_assert_uint_eq(p->connection, 1);
		ck_assert_str_eq(p->label, "told");
		ck_assert(p->dont_fragment);
		ck_assert_uint_eq(p->source_port,
		    pair.lan->seen[i].host == 1 ? 1234 : PAIR_PORT);
	}
	ck_assert_uint_ge(segments, 7);
	p = lan_packet(pair.lan, 1, SIM_TCP, 0);
	ck_assert_int_eq(p->cause, SIM_CAUSE_SYN);
	ck_assert_uint_eq(p->segment.mss, 1460);
	pair_reset(&pair);
}
END_TEST

START_TEST(without_finished_the_fin_is_answered_by_a_fin)
{
	struct conn_calls without_finished = pair_calls;
	struct pair pair;
	struct errbuf err = { "" };
	struct endpoint to;

	without_finished.finished = NULL;
	pair_init(&pair);
	pair.server.closes = true;
	pair_listen(&pair);
	to = lan_endpoint(pair.lan, 1, 4, PAIR_PORT);
	pair.client.conn = host_connect(pair.lan->hosts[0], &to, 0, NULL,
	    &without_finished, &pair.client, &err);
	lan_run(pair.lan, LAN_S);
	ck_assert_str_eq(pair.client.told, "Cc");
	ck_assert_str_eq(pair.server.told, "AFc");
	pair_reset(&pair);
}
END_TEST

START_TEST(a_port_without_a_listener_refuses)
{
	struct pair pair;
	json_t *truth;

	pair_init(&pair);
	lan_start(pair.lan);
	pair_connect(&pair, _i == 0 ? 4 : 6, 0);
	lan_run(pair.lan, LAN_S);
	ck_assert_str_eq(pair.client.told, "r");
	ck_assert_int_eq(lan_packet(pair.lan, 0, SIM_TCP, 0)->cause,
	    SIM_CAUSE_RESET);
	ck_assert_uint_eq(lan_packet(pair.lan, 0, SIM_TCP, 0)->connection, 1);
	truth = truth_of(pair.lan);
	ck_assert_str_eq(end_of(truth, 0, "client"), "refused");
	ck_assert_ptr_null(end_of(truth, 0, "server"));
	json_decref(truth);
	pair_reset(&pair);
}
END_TEST

START_TEST(a_listener_that_does_not_want_it_resets)
{
	struct pair pair;

	pair_init(&pair);
	pair.server.refuses = true;
	pair_listen(&pair);
	pair_connect(&pair, 4, 0);
	lan_run(pair.lan, LAN_S);
	ck_assert_str_eq(pair.client.told, "Cx");
	ck_assert_str_eq(pair.server.told, "A");
	pair_reset(&pair);
}
END_TEST

START_TEST(who_is_nowhere_is_given_up_after_three_questions)
{
	struct pair pair;
	struct endpoint to;
	struct errbuf err = { "" };

	pair_init(&pair);
	lan_start(pair.lan);
	to = lan_endpoint(pair.lan, 1, 4, PAIR_PORT);
	to.address.bytes[3] = 99;
	pair.client.conn = host_connect(pair.lan->hosts[0], &to, 0, NULL,
	    &pair_calls, &pair.client, &err);
	lan_run(pair.lan, 600 * LAN_S);
	ck_assert_str_eq(pair.client.told, "t");
	ck_assert_int_ge(pair.client.ended_ns, 3 * LAN_S);
	ck_assert_int_lt(pair.client.ended_ns, 3 * LAN_S + LAN_MS);
	ck_assert_uint_eq(lan_count(pair.lan, 2, SIM_ARP), 3);
	pair_reset(&pair);
}
END_TEST

START_TEST(an_abort_is_a_reset_for_the_other)
{
	struct pair pair;
	json_t *truth;

	pair_init(&pair);
	pair.client.says = "x";
	pair.server.aborts_when_received = true;
	pair_listen(&pair);
	pair_connect(&pair, 4, 0);
	lan_run(pair.lan, LAN_S);
	ck_assert_str_eq(pair.server.told, "ARa");
	ck_assert_msg(strcmp(pair.client.told, "CDx") == 0 ||
	    strcmp(pair.client.told, "Cx") == 0, "%s", pair.client.told);
	truth = truth_of(pair.lan);
	ck_assert_str_eq(end_of(truth, 0, "client"), "reset");
	ck_assert_str_eq(end_of(truth, 0, "server"), "aborted");
	json_decref(truth);
	pair_reset(&pair);
}
END_TEST

START_TEST(both_may_close_at_the_same_time)
{
	struct pair pair;

	pair_init(&pair);
	pair_listen(&pair);
	pair_connect(&pair, 4, 0);
	lan_run(pair.lan, LAN_S);
	conn_close(pair.client.conn);
	conn_close(pair.server.conn);
	lan_run(pair.lan, 2 * LAN_S);
	ck_assert_str_eq(pair.client.told, "CFc");
	ck_assert_str_eq(pair.server.told, "AFc");
	lan_run(pair.lan, 600 * LAN_S);
	pair_reset(&pair);
}
END_TEST

START_TEST(who_does_not_read_closes_the_window)
{
	struct pair pair;
	static uint8_t data[400000];
	bool was_closed = false;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 ^ i >> 9);
	pair_init(&pair);
	pair_listen(&pair);
	pair_connect(&pair, 4, 0);
	lan_run(pair.lan, LAN_S);
	conn_hold(pair.server.conn, true);
	conn_write(pair.client.conn, data, sizeof(data));
	conn_close(pair.client.conn);
	lan_run(pair.lan, 20 * LAN_S);
	ck_assert_uint_eq(pair.server.got.len, 0);
	ck_assert_uint_gt(conn_unacknowledged(pair.client.conn), 200000);
	for (size_t i = 0; i < pair.lan->seen_count; i++)
		was_closed |= pair.lan->seen[i].host == 0 &&
		    pair.lan->seen[i].packet->kind == SIM_TCP &&
		    pair.lan->seen[i].packet->segment.window == 0;
	ck_assert(was_closed);
	conn_hold(pair.server.conn, false);
	lan_run(pair.lan, 200 * LAN_S);
	ck_assert_uint_eq(pair.server.got.len, sizeof(data));
	ck_assert_mem_eq(pair.server.got.data, data, sizeof(data));
	ck_assert_uint_le(pair.server.largest_read, SIDE_READ_MAX);
	ck_assert_str_eq(pair.client.told, "CFDc");
	pair_reset(&pair);
}
END_TEST

/* What one read gives is what has come by then. */
START_TEST(a_slow_program_reads_much_at_once)
{
	struct pair pair;
	static uint8_t data[100000];

	pair_init(&pair);
	pair.lan->plans[1].reaction_ns = (struct amount){
		.kind = AMOUNT_CONSTANT, .a = 50 * LAN_MS, .max = INT64_MAX,
	};
	pair_listen(&pair);
	pair_connect(&pair, 4, 0);
	lan_run(pair.lan, LAN_S);
	conn_write(pair.client.conn, data, sizeof(data));
	lan_run(pair.lan, 10 * LAN_S);
	ck_assert_uint_eq(pair.server.got.len, sizeof(data));
	ck_assert_str_eq(pair.server.told, "ARR");
	ck_assert_uint_eq(pair.server.largest_read, SIDE_READ_MAX);
	pair_reset(&pair);
}
END_TEST

START_TEST(what_came_before_a_reset_is_read)
{
	struct pair pair;

	pair_init(&pair);
	pair.lan->plans[1].reaction_ns = (struct amount){
		.kind = AMOUNT_CONSTANT, .a = 50 * LAN_MS, .max = INT64_MAX,
	};
	pair_listen(&pair);
	pair_connect(&pair, 4, 0);
	lan_run(pair.lan, LAN_S);
	conn_write(pair.client.conn, "last", 4);
	conn_abort(pair.client.conn);
	lan_run(pair.lan, 10 * LAN_S);
	ck_assert_str_eq(pair.server.told, "ARx");
	ck_assert_uint_eq(pair.server.got.len, 4);
	/* But who holds is told of the end all the same. */
	pair.client.told[0] = pair.server.told[0] = '\0';
	pair_connect(&pair, 4, 0);
	lan_run(pair.lan, 20 * LAN_S);
	conn_hold(pair.server.conn, true);
	conn_write(pair.client.conn, "last", 4);
	conn_abort(pair.client.conn);
	lan_run(pair.lan, 30 * LAN_S);
	ck_assert_str_eq(pair.server.told, "Ax");
	pair_reset(&pair);
}
END_TEST

/* The first FIN to host 1. */
static bool
lose_fin(struct lan *lan, size_t host, const struct sim_packet *packet)
{
	return host == 1 && packet->kind == SIM_TCP &&
	    (packet->segment.flags & TCP_FIN) != 0 && lan->to_lose > 0 &&
	    lan->to_lose-- > 0;
}

START_TEST(a_fin_that_is_lost_is_not_the_end)
{
	struct pair pair;

	pair_init(&pair);
	pair.lan->lose = lose_fin;
	pair.lan->to_lose = 1;
	pair_listen(&pair);
	pair_connect(&pair, 4, 0);
	lan_run(pair.lan, LAN_S);
	conn_close(pair.client.conn);
	conn_close(pair.server.conn);
	lan_run(pair.lan, clock_now_ns(pair.lan->clock) + 100 * LAN_MS);
	ck_assert_str_eq(pair.client.told, "CF");
	ck_assert_str_eq(pair.server.told, "A");
	lan_run(pair.lan, 10 * LAN_S);
	ck_assert_str_eq(pair.client.told, "CFc");
	ck_assert_str_eq(pair.server.told, "AFc");
	pair_reset(&pair);
}
END_TEST

START_TEST(two_connections_are_two)
{
	struct pair pair;
	struct program other = { .says = "other" };
	struct program others_server = { .closes_when_finished = true };
	struct errbuf err = { "" };
	struct endpoint to, own, peer;

	pair_init(&pair);
	pair.client.says = "one";
	pair_listen(&pair);
	other.lan = others_server.lan = pair.lan;
	ck_assert_int_eq(host_listen(pair.lan->hosts[1], PAIR_PORT + 1, &pair_listener,
	    &others_server, &err), 0);
	ck_assert_int_eq(host_listen(pair.lan->hosts[1], PAIR_PORT + 1, &pair_listener,
	    &others_server, &err), -1);
	ck_assert_str_eq(err.text, "h2: TCP port 7001 is taken");
	pair_connect(&pair, 4, 0);
	to = lan_endpoint(pair.lan, 1, 4, PAIR_PORT + 1);
	other.conn = host_connect(pair.lan->hosts[0], &to, 0, NULL, &pair_calls,
	    &other, &err);
	conn_own(pair.client.conn, &own);
	conn_own(other.conn, &peer);
	ck_assert_uint_eq(peer.port, own.port == 60999 ? 32768 : own.port + 1);
	conn_peer(other.conn, &peer);
	ck_assert_uint_eq(peer.port, PAIR_PORT + 1);
	lan_run(pair.lan, LAN_S);
	ck_assert_mem_eq(pair.server.got.data, "one", 3);
	ck_assert_mem_eq(others_server.got.data, "other", 5);
	bytes_reset(&others_server.got);
	bytes_reset(&other.got);
	/* What is open when the hosts go is told by them. */
	pair_reset(&pair);
}
END_TEST

static size_t
letters(const char *text, const char *of)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += strchr(of, *text) != NULL;
	return count;
}

/* _i: the seed.  Links lose a tenth, and as many come twice, or late. */
START_TEST(bad_links_change_nothing_for_the_programs)
{
	struct pair pair;
	struct random random;
	static uint8_t data[30000];

	random_init(&random, (uint64_t)_i, "test", 0);
	random_fill(&random, data, sizeof(data));
	pair_init(&pair);
	pair.lan->seed = (uint64_t)_i;
	lan_plan_bad_links(pair.lan, 100000);
	/* Three lost questions for a neighbour would be the end. */
	pair.lan->plans[0].neighbours_known = true;
	pair.lan->plans[1].neighbours_known = true;
	pair_listen(&pair);
	pair_connect(&pair, _i % 2 == 0 ? 4 : 6, 0);
	conn_write(pair.client.conn, data, sizeof(data));
	conn_close(pair.client.conn);
	lan_run(pair.lan, 10000 * LAN_S);
	ck_assert_msg(pair.server.got.len == sizeof(data), "seed %d: %zu", _i,
	    pair.server.got.len);
	ck_assert_mem_eq(pair.server.got.data, data, sizeof(data));
	/* Each is told of its end, once, last, and of nothing twice. */
	ck_assert_uint_eq(letters(pair.server.told, "crxta"), 1);
	ck_assert_ptr_null(pair.server.conn);
	ck_assert_uint_eq(letters(pair.client.told, "crxta"), 1);
	ck_assert_ptr_null(pair.client.conn);
	ck_assert_uint_eq(letters(pair.server.told, "AF"), 2);
	ck_assert_uint_eq(letters(pair.client.told, "C"), 1);
	/* It comes to rest: nobody is left to wait for. */
	ck_assert_int_lt(clock_now_ns(pair.lan->clock), 1000 * LAN_S);
	pair_reset(&pair);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, both_sides_say_something_and_close, 0, 2);
	tcase_add_test(tc, segments_belong_to_their_connection);
	tcase_add_test(tc, without_finished_the_fin_is_answered_by_a_fin);
	tcase_add_loop_test(tc, a_port_without_a_listener_refuses, 0, 2);
	tcase_add_test(tc, a_listener_that_does_not_want_it_resets);
	tcase_add_test(tc, who_is_nowhere_is_given_up_after_three_questions);
	tcase_add_test(tc, an_abort_is_a_reset_for_the_other);
	tcase_add_test(tc, both_may_close_at_the_same_time);
	tcase_add_test(tc, who_does_not_read_closes_the_window);
	tcase_add_test(tc, a_slow_program_reads_much_at_once);
	tcase_add_test(tc, what_came_before_a_reset_is_read);
	tcase_add_test(tc, a_fin_that_is_lost_is_not_the_end);
	tcase_add_test(tc, two_connections_are_two);
	tcase_add_loop_test(tc, bad_links_change_nothing_for_the_programs, 0,
	    40);
}

int
main(void)
{
	TCase *tc = tcase_create("connections");

	add_tests(tc);
	return check_main("host_tcp", tc);
}
