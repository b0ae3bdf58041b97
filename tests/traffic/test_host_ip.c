/*
 * Hosts in virtual time: neighbours, datagrams and their fragments.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/traffic/mailbox.h"
#include "tests/unit/check_main.h"
#include "traffic/synth/host/host_internal.h"

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

/* Host 1 hears host 0 ask for host 2. */
START_TEST(who_asks_for_another_is_not_known)
{
	struct lan *lan = lan_plan();
	const struct endpoint asked = lan_endpoint(lan, 2, version_of(_i), 9);
	const struct endpoint asker = lan_endpoint(lan, 0, version_of(_i), 7);
	struct mailbox *from, *to, *third;

	lan_start(lan);
	to = open_mailbox(lan, 0, 7);
	from = open_mailbox(lan, 1, 0);
	third = open_mailbox(lan, 2, 9);
	host_udp_send(to->socket, &asked, "x", 1);
	lan_run(lan, LAN_S);
	ck_assert_uint_eq(third->count, 1);
	ck_assert_uint_eq(lan->seen_count, 4);
	host_udp_send(from->socket, &asker, "y", 1);
	lan_run(lan, 2 * LAN_S);
	ck_assert_uint_eq(to->count, 1);
	ck_assert_uint_eq(lan->seen_count, 8);
	free(from);
	free(to);
	free(third);
	lan_stop(lan);
}
END_TEST

/* RFC 4861, section 7.1.1: a hop limit below 255 comes from another link. */
START_TEST(a_question_from_far_away_is_not_answered)
{
	struct lan *lan = lan_plan();
	const struct scenario_address *target = &lan->plans[1].address[1];
	uint8_t data[24] = { 0 };
	struct sim_packet *asks;

	memcpy(data, target->bytes, 16);
	data[16] = data[17] = 1;
	memcpy(data + 18, lan->plans[0].mac, 6);
	lan->plans[0].neighbours_known = true;
	lan_start(lan);
	asks = sim_packet_new(SIM_ICMP, data, sizeof(data));
	ck_assert_ptr_nonnull(asks);
	asks->type = 135;
	asks->source = lan->plans[0].address[1];
	asks->destination = *target;
	host_send_raw(lan->hosts[0], asks);
	lan_run(lan, 10 * LAN_S);
	ck_assert_uint_eq(lan->seen_count, 1);
	ck_assert_uint_eq(lan->seen[0].host, 1);
	ck_assert_uint_lt(lan->seen[0].packet->ttl, 255);
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

/* Addresses that nobody has: 10.1.0.0, fd00::1:0 and so on. */
static struct endpoint
invented(const struct lan *lan, uint8_t version, uint32_t n)
{
	struct endpoint e = lan_endpoint(lan, 1, version, 7);
	uint8_t *end = e.address.bytes + (version == 4 ? 1 : 13);

	end[0] = (uint8_t)(1 + (n >> 16));
	end[1] = (uint8_t)(n >> 8);
	end[2] = (uint8_t)n;
	return e;
}

/* A question goes to everybody. */
static size_t
questions(const struct lan *lan)
{
	size_t count = 0;

	for (size_t i = 0; i < lan->seen_count; i++)
		count += lan->seen[i].host == 2 &&
		    is_neighbour_talk(lan->seen[i].packet);
	return count;
}

/* So many from this one on, slower than the link is. */
static void
send_to_nobody(struct lan *lan, const struct mailbox *from, uint8_t version,
    uint32_t first, uint32_t count)
{
	int64_t now_ns = clock_now_ns(lan->clock);

	for (uint32_t i = 0; i < count; i++) {
		struct endpoint nobody = invented(lan, version, first + i);

		host_udp_send(from->socket, &nobody, "x", 1);
		lan_run(lan, now_ns += LAN_MS / 50);
	}
}

START_TEST(not_all_that_is_invented_is_asked_for)
{
	enum { INVENTED = NEIGHBOURS_UNKNOWN_MAX + 1000 };
	struct lan *lan = lan_plan();
	struct mailbox *from, *to;

	lan->networks[0].prefix[0].bits = 8;
	lan_start(lan);
	from = open_mailbox(lan, 0, 0);
	to = open_mailbox(lan, 1, 7);
	send_bytes(lan, from, version_of(_i), 1);
	lan_run(lan, LAN_S);
	send_to_nobody(lan, from, version_of(_i), 0, INVENTED);
	/* Who is known stays so. */
	send_bytes(lan, from, version_of(_i), 1);
	lan_run(lan, 900 * LAN_MS);
	ck_assert_uint_eq(to->count, 2);
	ck_assert_uint_eq(questions(lan), 1 + NEIGHBOURS_UNKNOWN_MAX);
	/* Given up, all of them: there is room for others. */
	lan_run(lan, 60 * LAN_S);
	ck_assert_uint_eq(questions(lan), 1 + 3 * NEIGHBOURS_UNKNOWN_MAX);
	send_to_nobody(lan, from, version_of(_i), INVENTED, 1);
	lan_run(lan, 120 * LAN_S);
	ck_assert_uint_eq(questions(lan),
	    1 + 3 * (NEIGHBOURS_UNKNOWN_MAX + 1));
	free(from);
	free(to);
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
lose_middle_fragment(struct lan *lan, size_t host,
    const struct sim_packet *packet)
{
	(void)lan;
	(void)host;
	return packet->kind == SIM_FRAGMENT && packet->offset > 0 &&
	    packet->more;
}

/* The first and the last come twice, and are as long as all three. */
START_TEST(a_fragment_that_comes_twice_counts_once)
{
	struct lan *lan = lan_plan();
	struct mailbox *from, *to;

	lan->lose = lose_middle_fragment;
	lan->plans[1].down.duplicate_ppm = 1000000;
	lan_start(lan);
	from = open_mailbox(lan, 0, 0);
	to = open_mailbox(lan, 1, 7);
	send_bytes(lan, from, version_of(_i), 4000);
	lan_run(lan, 20 * LAN_S);
	ck_assert_uint_eq(lan_count(lan, 1, SIM_FRAGMENT), 4);
	ck_assert_uint_eq(to->count, 0);
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

/* Its host does not say that the port is closed. */
START_TEST(a_socket_may_throw_away_what_comes)
{
	struct lan *lan = lan_plan();
	struct mailbox *from;
	struct errbuf err;

	lan_start(lan);
	from = open_mailbox(lan, 0, 0);
	ck_assert_ptr_nonnull(host_udp_open(lan->hosts[1], 7, NULL, NULL,
	    NULL, &err));
	send_bytes(lan, from, 4, 5);
	lan_run(lan, LAN_S);
	ck_assert_uint_eq(lan_count(lan, 1, SIM_UDP), 1);
	ck_assert_uint_eq(lan_count(lan, 0, SIM_ICMP), 0);
	free(from);
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
	tcase_add_loop_test(tc, who_asks_for_another_is_not_known, 0, 2);
	tcase_add_test(tc, a_question_from_far_away_is_not_answered);
	tcase_add_loop_test(tc, not_all_that_is_invented_is_asked_for, 0, 2);
	tcase_add_loop_test(tc, known_neighbours_are_not_asked_for, 0, 2);
	tcase_add_loop_test(tc, a_datagram_larger_than_the_mtu_arrives_whole,
	    0, 2 * sizeof(sizes) / sizeof(sizes[0]));
	tcase_add_loop_test(tc, what_is_larger_than_ip_is_not_sent, 0, 2);
	tcase_add_loop_test(tc, a_lost_fragment_ends_its_datagram_after_30_s,
	    0, 2);
	tcase_add_test(tc, a_lost_first_fragment_is_not_told);
	tcase_add_loop_test(tc, a_fragment_that_comes_twice_counts_once, 0, 2);
	tcase_add_test(tc, datagrams_are_told_in_order);
	tcase_add_test(tc, a_port_belongs_to_one_socket);
	tcase_add_test(tc, a_socket_may_throw_away_what_comes);
	tcase_add_test(tc, a_host_hears_itself);
	tcase_add_loop_test(tc, what_arrives_over_bad_links_is_whole, 0, 10);
}

int
main(void)
{
	TCase *tc = tcase_create("host");

	add_tests(tc);
	return check_main("host_ip", tc);
}
