/*
 * Hosts in virtual time: neighbours, datagrams, fragments, ICMP, raw ports.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/traffic/lan.h"

/* A socket, and what came to it. */
struct mailbox {
	struct lan *lan;
	struct udp_socket *socket;
	size_t count, len;
	struct endpoint from;
	uint8_t data[65536];
	int64_t at_ns;
};

static void
on_datagram(void *app, struct udp_socket *socket, const struct endpoint *from,
    const uint8_t *data, size_t len)
{
	struct mailbox *box = app;

	ck_assert_ptr_eq(socket, box->socket);
	box->count++;
	box->len = len;
	box->from = *from;
	memcpy(box->data, data, len);
	box->at_ns = clock_now_ns(box->lan->clock);
}

static struct mailbox *
open_mailbox(struct lan *lan, size_t host, uint16_t port)
{
	struct mailbox *box = calloc(1, sizeof(*box));
	struct errbuf err = { "" };

	ck_assert_ptr_nonnull(box);
	box->lan = lan;
	box->socket = host_udp_open(lan->hosts[host], port, NULL, on_datagram,
	    box, &err);
	ck_assert_msg(box->socket != NULL, "%s", err.text);
	return box;
}

static const uint8_t *
numbered_bytes(size_t len)
{
	static uint8_t data[65536];

	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i ^ i >> 8);
	return data;
}

/* Host 0 sends so many bytes to port 7 of host 1. */
static void
send_bytes(struct lan *lan, struct mailbox *from, uint8_t version, size_t len)
{
	const struct endpoint to = lan_endpoint(lan, 1, version, 7);

	host_udp_send(from->socket, &to, numbered_bytes(len), len);
}

/* Of a test: version 4 or 6 by its number. */
static uint8_t
version_of(int i)
{
	return i == 0 ? 4 : 6;
}

static bool
is_neighbour_talk(const struct sim_packet *p)
{
	return p->kind == SIM_ARP || (p->kind == SIM_ICMP &&
	    p->source.version == 6 && (p->type == 135 || p->type == 136));
}

START_TEST(a_neighbour_is_asked_for_before_the_first_packet)
{
	struct lan *lan = lan_plan();
	struct mailbox *from, *to;

	lan_start(lan);
	from = open_mailbox(lan, 0, 0);
	to = open_mailbox(lan, 1, 7);
	send_bytes(lan, from, version_of(_i), 11);
	lan_run(lan, LAN_S);
	ck_assert_uint_eq(to->count, 1);
	ck_assert_uint_eq(to->len, 11);
	ck_assert_mem_eq(to->data, numbered_bytes(11), 11);
	ck_assert_uint_eq(to->from.port, host_udp_port(from->socket));
	/* The question comes to both others, the answer, then the packet. */
	ck_assert_uint_eq(lan->seen_count, 4);
	for (size_t i = 0; i < 3; i++)
		ck_assert(is_neighbour_talk(lan->seen[i].packet));
	ck_assert_uint_eq(lan->seen[2].host, 0);
	/* From now on it is known, on both sides. */
	send_bytes(lan, from, version_of(_i), 12);
	host_udp_send(to->socket, &to->from, "x", 1);
	lan_run(lan, 2 * LAN_S);
	ck_assert_uint_eq(lan->seen_count, 6);
	ck_assert_uint_eq(from->count, 1);
	free(from);
	free(to);
	lan_stop(lan);
}
END_TEST

/* The first to_lose questions or answers. */
static bool
lose_neighbours(struct lan *lan, size_t host, const struct sim_packet *packet)
{
	(void)host;
	return is_neighbour_talk(packet) && lan->to_lose > 0 &&
	    lan->to_lose-- > 0;
}

START_TEST(a_lost_question_is_asked_again_a_second_later)
{
	struct lan *lan = lan_plan();
	struct mailbox *from, *to;

	lan->lose = lose_neighbours;
	lan->to_lose = 4;	/* a question is seen by two */
	lan_start(lan);
	from = open_mailbox(lan, 0, 0);
	to = open_mailbox(lan, 1, 7);
	for (size_t i = 0; i < 5; i++)
		send_bytes(lan, from, version_of(_i), i);
	lan_run(lan, 10 * LAN_S);
	ck_assert_uint_eq(to->count, 5);
	ck_assert_uint_eq(to->len, 4);
	ck_assert_int_ge(to->at_ns, 2 * LAN_S);
	ck_assert_int_lt(to->at_ns, 2 * LAN_S + LAN_MS);
	free(from);
	free(to);
	lan_stop(lan);
}
END_TEST

START_TEST(nobody_is_asked_for_three_times)
{
	struct lan *lan = lan_plan();
	struct endpoint nobody = lan_endpoint(lan, 1, version_of(_i), 7);
	struct mailbox *from;

	lan_start(lan);
	nobody.address.bytes[_i == 0 ? 3 : 15] = 77;
	from = open_mailbox(lan, 0, 0);
	host_udp_send(from->socket, &nobody, "x", 1);
	lan_run(lan, LAN_S * 60);
	/* Seen by two. */
	ck_assert_uint_eq(lan->seen_count, 6);
	ck_assert_int_lt(lan->seen[5].at_ns, 2 * LAN_S + LAN_MS);
	ck_assert_int_eq(clock_now_ns(lan->clock), 3 * LAN_S);
	/* The next packet asks anew. */
	host_udp_send(from->socket, &nobody, "x", 1);
	lan_run(lan, LAN_S * 60);
	ck_assert_uint_eq(lan->seen_count, 12);
	free(from);
	lan_stop(lan);
}
END_TEST

START_TEST(known_neighbours_are_not_asked_for)
{
	struct lan *lan = lan_plan();
	struct mailbox *from, *to;

	lan->plans[0].neighbours_known = true;
	lan_start(lan);
	from = open_mailbox(lan, 0, 0);
	to = open_mailbox(lan, 1, 7);
	send_bytes(lan, from, version_of(_i), 3);
	lan_run(lan, LAN_S);
	ck_assert_uint_eq(to->count, 1);
	ck_assert_uint_eq(lan->seen_count, 1);
	free(from);
	free(to);
	lan_stop(lan);
}
END_TEST

/* All but the last of a datagram say that more follow, and each datagram has an
 * id of its own. */
static void
check_fragments(struct lan *lan)
{
	size_t count = lan_count(lan, 1, SIM_FRAGMENT);

	for (size_t i = 0; i < count; i++) {
		const struct sim_packet *f =
		    lan_packet(lan, 1, SIM_FRAGMENT, i);
		const struct sim_packet *first =
		    lan_packet(lan, 1, SIM_FRAGMENT, i / (count / 2) *
		    (count / 2));

		ck_assert_int_eq(f->more, (i + 1) % (count / 2) != 0);
		ck_assert_uint_eq(f->id, first->id);
		ck_assert_uint_eq(f->fragment_id, first->fragment_id);
	}
	if (count > 0) {
		const struct sim_packet *a =
		    lan_packet(lan, 1, SIM_FRAGMENT, 0);
		const struct sim_packet *b =
		    lan_packet(lan, 1, SIM_FRAGMENT, count - 1);

		ck_assert(a->source.version == 6 ?
		    a->fragment_id != b->fragment_id : a->id != b->id);
	}
}

static const size_t sizes[] = { 0, 1472, 1473, 2960, 2961, 20000, 65507 };

START_TEST(a_datagram_larger_than_the_mtu_arrives_whole)
{
	struct lan *lan = lan_plan();
	size_t len = sizes[_i / 2], in_one = _i % 2 == 0 ? 1472 : 1452;
	struct mailbox *from, *to;

	lan_start(lan);
	from = open_mailbox(lan, 0, 0);
	to = open_mailbox(lan, 1, 7);
	send_bytes(lan, from, version_of(_i % 2), len);
	send_bytes(lan, from, version_of(_i % 2), len);
	lan_run(lan, LAN_S);
	ck_assert_uint_eq(to->count, 2);
	ck_assert_uint_eq(to->len, len);
	ck_assert_mem_eq(to->data, numbered_bytes(len), len);
	ck_assert_uint_eq(lan_count(lan, 1, SIM_UDP), len > in_one ? 0 : 2);
	if (len == 2961)
		ck_assert_uint_eq(lan_count(lan, 1, SIM_FRAGMENT), 6);
	for (size_t i = 0; i < lan->seen_count; i++)
		ck_assert_uint_le(
		    sim_packet_ip_bytes(lan->seen[i].packet), 1500);
	check_fragments(lan);
	free(from);
	free(to);
	lan_stop(lan);
}
END_TEST

START_TEST(what_is_larger_than_ip_is_not_sent)
{
	struct lan *lan = lan_plan();
	struct mailbox *from;

	lan_start(lan);
	from = open_mailbox(lan, 0, 0);
	send_bytes(lan, from, version_of(_i), _i == 0 ? 65508 : 65528);
	lan_run(lan, LAN_S);
	ck_assert_uint_eq(lan->seen_count, 0);
	free(from);
	lan_stop(lan);
}
END_TEST

/* The second fragment of the first datagram. */
static bool
lose_one_fragment(struct lan *lan, size_t host,
    const struct sim_packet *packet)
{
	(void)host;
	return packet->kind == SIM_FRAGMENT && packet->offset > 0 &&
	    lan->to_lose > 0 && lan->to_lose-- > 0;
}

START_TEST(a_lost_fragment_ends_its_datagram_after_30_s)
{
	struct lan *lan = lan_plan();
	struct mailbox *from, *to;
	const struct sim_packet *error;

	lan->lose = lose_one_fragment;
	lan->to_lose = 1;
	lan_start(lan);
	from = open_mailbox(lan, 0, 0);
	to = open_mailbox(lan, 1, 7);
	send_bytes(lan, from, version_of(_i), 4000);
	send_bytes(lan, from, version_of(_i), 2000);
	lan_run(lan, 29 * LAN_S);
	ck_assert_uint_eq(to->count, 1);
	ck_assert_uint_eq(to->len, 2000);
	ck_assert_uint_eq(lan->seen[lan->seen_count - 1].host, 1);
	lan_run(lan, 31 * LAN_S);
	ck_assert_uint_eq(to->count, 1);
	error = lan->seen[lan->seen_count - 1].packet;
	ck_assert_int_eq(error->kind, SIM_ICMP);
	ck_assert_uint_eq(error->type, _i == 0 ? 11 : 3);
	ck_assert_uint_eq(error->code, 1);
	ck_assert_int_eq(error->cause, SIM_CAUSE_ERROR);
	free(from);
	free(to);
	lan_stop(lan);
}
END_TEST

static bool
lose_first_fragment(struct lan *lan, size_t host,
    const struct sim_packet *packet)
{
	(void)lan;
	(void)host;
	return packet->kind == SIM_FRAGMENT && packet->offset == 0;
}

START_TEST(a_lost_first_fragment_is_not_told)
{
	struct lan *lan = lan_plan();
	struct mailbox *from;
	size_t seen;

	lan->lose = lose_first_fragment;
	lan_start(lan);
	from = open_mailbox(lan, 0, 0);
	send_bytes(lan, from, 4, 4000);
	lan_run(lan, 20 * LAN_S);
	seen = lan->seen_count;
	ck_assert_uint_eq(lan_count(lan, 1, SIM_FRAGMENT), 2);
	lan_run(lan, 60 * LAN_S);
	ck_assert_uint_eq(lan->seen_count, seen);
	ck_assert_int_ge(clock_now_ns(lan->clock), 30 * LAN_S);
	free(from);
	lan_stop(lan);
}
END_TEST

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

/* Each is as long as its number. */
static void
on_numbered(void *app, struct udp_socket *socket, const struct endpoint *from,
    const uint8_t *data, size_t len)
{
	size_t *count = app;

	(void)socket;
	(void)from;
	(void)data;
	ck_assert_uint_eq(len, (*count)++);
}

START_TEST(datagrams_are_told_in_order)
{
	struct lan *lan = lan_plan();
	struct mailbox *from;
	struct errbuf err;
	size_t count = 0;

	lan_start(lan);
	from = open_mailbox(lan, 0, 0);
	ck_assert_ptr_nonnull(host_udp_open(lan->hosts[1], 7, NULL,
	    on_numbered, &count, &err));
	for (size_t i = 0; i < 100; i++)
		send_bytes(lan, from, 4, i);
	lan_run(lan, LAN_S);
	ck_assert_uint_eq(count, 100);
	free(from);
	lan_stop(lan);
}
END_TEST

START_TEST(a_port_belongs_to_one_socket)
{
	struct lan *lan = lan_plan();
	struct udp_socket *s[3];
	struct errbuf err = { "" };
	uint16_t port;

	lan_start(lan);
	s[0] = host_udp_open(lan->hosts[0], 4000, NULL, on_numbered, NULL,
	    &err);
	ck_assert_ptr_null(host_udp_open(lan->hosts[0], 4000, NULL,
	    on_numbered, NULL, &err));
	ck_assert_str_eq(err.text, "h1: UDP port 4000 is taken");
	s[1] = host_udp_open(lan->hosts[0], 0, NULL, on_numbered, NULL, &err);
	port = host_udp_port(s[1]);
	ck_assert_uint_ge(port, 32768);
	ck_assert_uint_le(port, 60999);
	/* Once round: the port that is taken is passed over, twice. */
	for (int i = 0; i < 60999 - 32768; i++)
		ck_assert_uint_ne(host_new_port(lan->hosts[0]), port);
	s[2] = host_udp_open(lan->hosts[0], 0, NULL, on_numbered, NULL, &err);
	ck_assert_uint_eq(host_udp_port(s[2]),
	    port == 60999 ? 32768 : port + 1);
	host_udp_close(s[0]);
	s[0] = host_udp_open(lan->hosts[0], 4000, NULL, on_numbered, NULL,
	    &err);
	ck_assert_ptr_nonnull(s[0]);
	lan_stop(lan);
}
END_TEST

START_TEST(a_host_hears_itself)
{
	struct lan *lan = lan_plan();
	const struct endpoint self = lan_endpoint(lan, 0, 4, 7);
	struct mailbox *box;

	lan_start(lan);
	box = open_mailbox(lan, 0, 7);
	host_udp_send(box->socket, &self, "self", 4);
	ck_assert_uint_eq(box->count, 0);
	lan_run(lan, LAN_S);
	ck_assert_uint_eq(box->count, 1);
	ck_assert_uint_eq(lan->seen_count, 0);
	free(box);
	lan_stop(lan);
}
END_TEST

static void
on_whole(void *app, struct udp_socket *socket, const struct endpoint *from,
    const uint8_t *data, size_t len)
{
	size_t *count = app;

	(void)socket;
	(void)from;
	ck_assert_uint_eq(len, 5000);
	ck_assert_mem_eq(data, numbered_bytes(5000), 5000);
	++*count;
}

/* _i: the seed.  Links lose a tenth, and as many come twice, or late. */
START_TEST(what_arrives_over_bad_links_is_whole)
{
	struct lan *lan = lan_plan();
	struct mailbox *from;
	struct errbuf err;
	size_t count = 0;

	lan->seed = (uint64_t)_i;
	lan_plan_bad_links(lan, 100000);
	lan_start(lan);
	from = open_mailbox(lan, 0, 0);
	ck_assert_ptr_nonnull(host_udp_open(lan->hosts[1], 7, NULL, on_whole,
	    &count, &err));
	for (size_t i = 0; i < 100; i++) {
		send_bytes(lan, from, version_of(_i % 2), 5000);
		lan_run(lan, clock_now_ns(lan->clock) + 100 * LAN_MS);
	}
	lan_run(lan, 1000 * LAN_S);
	/* Four fragments over two links, 0.9 of each: 43 of 100 expected. */
	ck_assert_msg(count > 20 && count < 70, "seed %d: %zu", _i, count);
	free(from);
	lan_stop(lan);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc,
	    a_neighbour_is_asked_for_before_the_first_packet, 0, 2);
	tcase_add_loop_test(tc,
	    a_lost_question_is_asked_again_a_second_later, 0, 2);
	tcase_add_loop_test(tc, nobody_is_asked_for_three_times, 0, 2);
	tcase_add_loop_test(tc, known_neighbours_are_not_asked_for, 0, 2);
	tcase_add_loop_test(tc, a_datagram_larger_than_the_mtu_arrives_whole,
	    0, 2 * sizeof(sizes) / sizeof(sizes[0]));
	tcase_add_loop_test(tc, what_is_larger_than_ip_is_not_sent, 0, 2);
	tcase_add_loop_test(tc, a_lost_fragment_ends_its_datagram_after_30_s,
	    0, 2);
	tcase_add_test(tc, a_lost_first_fragment_is_not_told);
	tcase_add_loop_test(tc, a_port_without_a_socket_is_answered_by_icmp,
	    0, 2);
	tcase_add_loop_test(tc, a_ping_is_answered_with_its_bytes, 0, 2);
	tcase_add_loop_test(tc, a_raw_port_sees_what_answers_it, 0, 2);
	tcase_add_test(tc, a_spoofed_source_gets_the_answer);
	tcase_add_test(tc, a_way_that_is_too_small_is_learned);
	tcase_add_test(tc, a_way_is_never_smaller_than_ip_allows);
	tcase_add_test(tc, datagrams_are_told_in_order);
	tcase_add_test(tc, a_port_belongs_to_one_socket);
	tcase_add_test(tc, a_host_hears_itself);
	tcase_add_loop_test(tc, what_arrives_over_bad_links_is_whole, 0, 10);
}

int
main(void)
{
	Suite *suite = suite_create("host_ip");
	TCase *tc = tcase_create("host");
	SRunner *runner;
	int failed;

	add_tests(tc);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
