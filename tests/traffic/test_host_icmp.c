/*
 * Hosts in virtual time: ICMP, and raw ports.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/traffic/mailbox.h"
#include "tests/unit/check_main.h"

START_TEST(a_port_without_a_socket_is_answered_by_icmp)
{
	struct lan *lan = lan_plan();
	struct mailbox *from;
	const struct sim_packet *error;
	size_t header = _i == 0 ? 20 : 40;

	lan_start(lan);
	from = open_mailbox(lan, 0, 4000);
	send_bytes(lan, from, version_of(_i), 10);
	lan_run(lan, LAN_S);
	error = lan->seen[lan->seen_count - 1].packet;
	ck_assert_int_eq(error->kind, SIM_ICMP);
	ck_assert_uint_eq(error->type, _i == 0 ? 3 : 1);
	ck_assert_uint_eq(error->code, _i == 0 ? 3 : 4);
	/* It quotes the whole datagram. */
	ck_assert_uint_eq(error->len, header + 8 + 10);
	ck_assert_mem_eq(error->data + header, "\x0f\xa0\x00\x07", 4);
	ck_assert_uint_eq(from->count, 0);
	free(from);
	lan_stop(lan);
}
END_TEST

struct answers {
	size_t count;
	uint16_t id, sequence;
};

static void
on_ping_answer(void *app, uint16_t id, uint16_t sequence)
{
	struct answers *a = app;

	a->count++;
	a->id = id;
	a->sequence = sequence;
}

START_TEST(a_ping_is_answered_with_its_bytes)
{
	struct lan *lan = lan_plan();
	struct answers one = { 0 }, two = { 0 };
	struct endpoint to = lan_endpoint(lan, 1, version_of(_i), 0);
	const struct sim_packet *answer;

	lan_start(lan);
	host_ping(lan->hosts[0], &to.address, 5, 1, 56, NULL, on_ping_answer,
	    &one);
	host_ping(lan->hosts[0], &to.address, 6, 9, 3000, NULL, on_ping_answer,
	    &two);
	lan_run(lan, LAN_S);
	ck_assert_uint_eq(one.count, 1);
	ck_assert_uint_eq(one.id, 5);
	ck_assert_uint_eq(one.sequence, 1);
	ck_assert_uint_eq(two.count, 1);
	ck_assert_uint_eq(two.sequence, 9);
	answer = lan_packet(lan, 0, SIM_ICMP, _i == 0 ? 0 : 1);
	ck_assert_uint_eq(answer->type, _i == 0 ? 0 : 129);
	ck_assert_uint_eq(answer->len, 56);
	ck_assert_uint_eq(answer->data[55], 55);
	lan_stop(lan);
}
END_TEST

struct raw_seen {
	size_t count;
	enum sim_kind kind;
	uint8_t flags;
};

static void
on_raw(void *app, const struct sim_packet *packet)
{
	struct raw_seen *seen = app;

	seen->count++;
	seen->kind = packet->kind;
	seen->flags = packet->segment.flags;
}

/* A SYN, or an empty datagram, of port 6000 to port 7. */
static void
send_raw(struct lan *lan, enum sim_kind kind, uint8_t version)
{
	struct sim_packet *p = sim_packet_new(kind, NULL, 0);

	ck_assert_ptr_nonnull(p);
	p->source = lan->plans[0].address[version == 6];
	p->destination = lan->plans[1].address[version == 6];
	p->source_port = 6000;
	p->destination_port = 7;
	p->segment.flags = TCP_SYN;
	p->segment.seq = 99;
	p->cause = SIM_CAUSE_SYN;
	host_send_raw(lan->hosts[0], p);
}

START_TEST(a_raw_port_sees_what_answers_it)
{
	struct lan *lan = lan_plan();
	struct raw_seen seen = { 0 };

	lan_start(lan);
	host_raw_port(lan->hosts[0], 6000, on_raw, &seen);
	send_raw(lan, SIM_TCP, version_of(_i));
	lan_run(lan, LAN_S);
	ck_assert_uint_eq(seen.count, 1);
	ck_assert_int_eq(seen.kind, SIM_TCP);
	ck_assert_uint_eq(seen.flags, TCP_RST | TCP_ACK);
	ck_assert_uint_eq(lan_packet(lan, 0, SIM_TCP, 0)->segment.ack, 100);
	send_raw(lan, SIM_UDP, version_of(_i));
	lan_run(lan, 2 * LAN_S);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_int_eq(seen.kind, SIM_ICMP);
	host_raw_port(lan->hosts[0], 6000, NULL, NULL);
	send_raw(lan, SIM_TCP, version_of(_i));
	lan_run(lan, 3 * LAN_S);
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_uint_eq(lan_packet(lan, 1, SIM_TCP, 0)->ttl, 64);
	lan_stop(lan);
}
END_TEST

START_TEST(a_spoofed_source_gets_the_answer)
{
	struct lan *lan = lan_plan();
	struct sim_packet *p = sim_packet_new(SIM_UDP, NULL, 0);

	lan_start(lan);
	p->source = lan->plans[2].address[0];
	p->destination = lan->plans[1].address[0];
	p->destination_port = 9;
	host_send_raw(lan->hosts[0], p);
	lan_run(lan, LAN_S);
	ck_assert_uint_eq(lan_packet(lan, 2, SIM_ICMP, 0)->type, 3);
	ck_assert_uint_eq(lan_count(lan, 0, SIM_ICMP), 0);
	lan_stop(lan);
}
END_TEST

/* Host 1 is behind a router, with a small link. */
START_TEST(a_way_that_is_too_small_is_learned)
{
	struct lan *lan = lan_plan();
	struct mailbox *from, *to;

	lan_move(lan, 1);
	lan->plans[1].mtu = 1280;
	lan_start(lan);
	from = open_mailbox(lan, 0, 0);
	to = open_mailbox(lan, 1, 7);
	send_bytes(lan, from, 6, 1400);
	lan_run(lan, LAN_S);
	ck_assert_uint_eq(to->count, 0);
	send_bytes(lan, from, 6, 1400);
	lan_run(lan, 2 * LAN_S);
	ck_assert_uint_eq(to->count, 1);
	ck_assert_uint_eq(to->len, 1400);
	ck_assert_uint_eq(lan_count(lan, 1, SIM_FRAGMENT), 2);
	/* IPv4 is cut by the router. */
	send_bytes(lan, from, 4, 1400);
	lan_run(lan, 3 * LAN_S);
	ck_assert_uint_eq(to->count, 2);
	free(from);
	free(to);
	lan_stop(lan);
}
END_TEST

/* An error that a router would not send. */
START_TEST(a_way_is_never_smaller_than_ip_allows)
{
	struct lan *lan = lan_plan();
	uint8_t quote[48] = { 0x60, [6] = 17, [40] = 1, 2, 0, 7 };
	struct mailbox *from;
	struct sim_packet *error;

	lan_start(lan);
	from = open_mailbox(lan, 0, 258);
	memcpy(quote + 24, lan->plans[1].address[1].bytes, 16);
	error = sim_packet_new(SIM_ICMP, quote, sizeof(quote));
	ck_assert_ptr_nonnull(error);
	error->source = lan->plans[1].address[1];
	error->destination = lan->plans[0].address[1];
	error->type = 2;
	error->rest = 100;
	host_send_raw(lan->hosts[1], error);
	lan_run(lan, LAN_S);
	send_bytes(lan, from, 6, 1400);
	lan_run(lan, 2 * LAN_S);
	ck_assert_uint_eq(lan_count(lan, 1, SIM_FRAGMENT), 2);
	ck_assert_uint_eq(lan_packet(lan, 1, SIM_FRAGMENT, 0)->length, 1232);
	free(from);
	lan_stop(lan);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, a_port_without_a_socket_is_answered_by_icmp,
	    0, 2);
	tcase_add_loop_test(tc, a_ping_is_answered_with_its_bytes, 0, 2);
	tcase_add_loop_test(tc, a_raw_port_sees_what_answers_it, 0, 2);
	tcase_add_test(tc, a_spoofed_source_gets_the_answer);
	tcase_add_test(tc, a_way_that_is_too_small_is_learned);
	tcase_add_test(tc, a_way_is_never_smaller_than_ip_allows);
}

int
main(void)
{
	TCase *tc = tcase_create("icmp");

	add_tests(tc);
	return check_main("host_icmp", tc);
}
