/*
 * Hosts in virtual time: TCP ports that are used again, or by too many.
 */
#include <check.h>
#include <string.h>

#include "tests/traffic/pair.h"
#include "tests/unit/check_main.h"

START_TEST(a_port_may_be_used_again_in_time_wait)
{
	struct pair pair;
	struct errbuf err = { "" };
	struct endpoint to;
	uint32_t isn = 0, time_ms = 0;

	pair_init(&pair);
	/* Who closes first has TIME_WAIT: the client, or the server. */
	pair.client.closes = _i == 0;
	pair.server.closes = _i == 1;
	pair_listen(&pair);
	to = lan_endpoint(pair.lan, 1, 4, PAIR_PORT);
	for (int i = 0; i < 5; i++) {
		const struct sim_packet *syn;

		pair.client.told[0] = pair.server.told[0] = '\0';
		pair_connect(&pair, 4, 5555);
		ck_assert_ptr_null(host_connect(pair.lan->hosts[0], &to, 5555,
		    NULL, &pair_calls, NULL, &err));
		ck_assert_str_eq(err.text, "h1: TCP port 5555 is in use");
		lan_run(pair.lan, (i + 1) * LAN_S);
		ck_assert_str_eq(pair.client.told, "CFc");
		ck_assert_str_eq(pair.server.told, "AFc");
		syn = lan_packet(pair.lan, 1, SIM_TCP, (size_t)i * 4);
		ck_assert_uint_eq(syn->segment.flags, TCP_SYN);
		if (i > 0) {
			ck_assert_int_gt((int32_t)(syn->segment.seq - isn), 0);
			/* The same clock goes on (RFC 6191). */
			ck_assert_uint_eq(syn->segment.ts_value, time_ms);
		}
		isn = syn->segment.seq;
		time_ms = syn->segment.ts_value + 1000;
	}
	lan_run(pair.lan, 600 * LAN_S);
	pair_reset(&pair);
}
END_TEST

/* A copy of the first SYN that is late by far. */
START_TEST(an_old_syn_begins_nothing_in_time_wait)
{
	struct pair pair;
	struct sim_packet *copy;

	pair_init(&pair);
	pair.server.closes = true;
	pair_listen(&pair);
	pair_connect(&pair, 4, 5555);
	lan_run(pair.lan, LAN_S);
	copy = sim_packet_copy(lan_packet(pair.lan, 1, SIM_TCP, 0));
	ck_assert_ptr_nonnull(copy);
	host_send_raw(pair.lan->hosts[0], copy);
	lan_run(pair.lan, 600 * LAN_S);
	ck_assert_str_eq(pair.server.told, "AFc");
	/* No second SYN-ACK. */
	for (size_t i = 1; i < lan_count(pair.lan, 0, SIM_TCP); i++)
		ck_assert_uint_eq(lan_packet(pair.lan, 0, SIM_TCP, i)->
		    segment.flags & TCP_SYN, 0);
	pair_reset(&pair);
}
END_TEST

/* A SYN of the same ports that is further on. */
START_TEST(a_syn_begins_nothing_while_the_connection_lives)
{
	struct pair pair;
	struct sim_packet *copy;

	pair_init(&pair);
	pair_listen(&pair);
	pair_connect(&pair, 4, 5555);
	lan_run(pair.lan, LAN_S);
	copy = sim_packet_copy(lan_packet(pair.lan, 1, SIM_TCP, 0));
	ck_assert_ptr_nonnull(copy);
	copy->segment.seq += 1000;
	host_send_raw(pair.lan->hosts[0], copy);
	lan_run(pair.lan, 2 * LAN_S);
	conn_write(pair.client.conn, "alive", 5);
	conn_close(pair.client.conn);
	lan_run(pair.lan, 3 * LAN_S);
	ck_assert_str_eq(pair.server.told, "ARFc");
	pair_reset(&pair);
}
END_TEST

/* Host 0 sends them in the name of another. */
static void
send_syns(struct pair *pair, uint16_t count, uint8_t source)
{
	for (uint16_t i = 0; i < count; i++) {
		struct sim_packet *syn = sim_packet_new(SIM_TCP, NULL, 0);

		ck_assert_ptr_nonnull(syn);
		syn->source = pair->lan->plans[2].address[0];
		syn->source.bytes[3] = source;
		syn->destination = pair->lan->plans[1].address[0];
		syn->source_port = (uint16_t)(1000 + i);
		syn->destination_port = PAIR_PORT;
		syn->segment.flags = TCP_SYN;
		host_send_raw(pair->lan->hosts[0], syn);
	}
}

/* Host 2 is deaf for TCP; what it does not hear is counted. */
static bool
lose_at_2(struct lan *lan, size_t host, const struct sim_packet *packet)
{
	if (host != 2 || packet->kind != SIM_TCP)
		return false;
	lan->to_lose++;
	return true;
}

START_TEST(a_full_backlog_answers_no_more)
{
	struct pair pair;

	pair_init(&pair);
	pair.lan->plans[0].neighbours_known = true;
	pair.lan->lose = lose_at_2;
	pair_listen(&pair);
	send_syns(&pair, 300, 3);
	lan_run(pair.lan, 900 * LAN_MS);
	ck_assert_uint_eq(lan_count(pair.lan, 1, SIM_TCP), 300);
	ck_assert_uint_eq(pair.lan->to_lose, 128);
	pair_reset(&pair);
}
END_TEST

/* Nobody has their source: they are forgotten after three questions for it,
 * and no RST asks again. */
START_TEST(a_backlog_is_free_again)
{
	struct pair pair;
	struct endpoint to;

	pair_init(&pair);
	pair_listen(&pair);
	send_syns(&pair, 128, 200);
	lan_run(pair.lan, LAN_S);
	pair_connect(&pair, 4, 0);
	lan_run(pair.lan, LAN_S + 100 * LAN_MS);
	ck_assert_str_eq(pair.client.told, "");
	/* Its SYN comes again when there is room. */
	lan_run(pair.lan, 600 * LAN_S);
	ck_assert_str_eq(pair.client.told, "C");
	to = lan_endpoint(pair.lan, 2, 4, 0);
	to.address.bytes[3] = 200;
	for (size_t i = 0, asked = 0; i < pair.lan->seen_count; i++) {
		const struct sim_packet *p = pair.lan->seen[i].packet;

		asked += p->kind == SIM_ARP && pair.lan->seen[i].host == 2 &&
		    memcmp(p->destination.bytes, to.address.bytes, 4) == 0;
		ck_assert_uint_le(asked, 3);
	}
	pair_reset(&pair);
}
END_TEST

START_TEST(a_listener_that_goes_resets_those_that_wait)
{
	struct pair pair;

	pair_init(&pair);
	pair.lan->plans[1].reaction_ns = (struct amount){
		.kind = AMOUNT_CONSTANT, .a = LAN_S, .max = INT64_MAX,
	};
	pair_listen(&pair);
	pair_connect(&pair, 4, 0);
	lan_run(pair.lan, 500 * LAN_MS);
	ck_assert_str_eq(pair.client.told, "C");
	host_unlisten(pair.lan->hosts[1], PAIR_PORT);
	lan_run(pair.lan, 10 * LAN_S);
	ck_assert_str_eq(pair.client.told, "Cx");
	ck_assert_str_eq(pair.server.told, "");
	pair_reset(&pair);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, a_port_may_be_used_again_in_time_wait, 0, 2);
	tcase_add_test(tc, an_old_syn_begins_nothing_in_time_wait);
	tcase_add_test(tc, a_syn_begins_nothing_while_the_connection_lives);
	tcase_add_test(tc, a_full_backlog_answers_no_more);
	tcase_add_test(tc, a_backlog_is_free_again);
	tcase_add_test(tc, a_listener_that_goes_resets_those_that_wait);
}

int
main(void)
{
	TCase *tc = tcase_create("ports");

	add_tests(tc);
	return check_main("host_ports", tc);
}
