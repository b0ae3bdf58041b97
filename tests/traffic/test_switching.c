/*
 * Switches and the router: who gets what, what is cut, refused or answered, and
 * the way to an address.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/traffic/wires.h"
#include "tests/unit/check_main.h"

#define MS WIRES_MS

static struct wires *w;

static void
begin(void)
{
	w = wires_plan();
}

static void
end(void)
{
	wires_free(w);
}

/*
 * The switch.
 */

START_TEST(broadcasts_reach_the_network_and_no_more)
{
	struct sim_packet *p;

	wires_start(w);
	p = wires_packet(w, SIM_UDP, WIRES_A, WIRES_B, 4, 10);
	memset(p->destination_mac, 0xff, 6);
	wires_put(w, WIRES_A, p);
	wires_run(w);
	wires_only_arrival(w, WIRES_B);
}
END_TEST

START_TEST(a_mac_that_nobody_has_leads_nowhere)
{
	struct sim_packet *p;

	wires_start(w);
	p = wires_packet(w, SIM_UDP, WIRES_A, WIRES_B, 4, 10);
	p->destination_mac[5] ^= 0x40;
	wires_put(w, WIRES_A, p);
	/* Nor does a MAC of the other network. */
	p = wires_packet(w, SIM_UDP, WIRES_A, WIRES_B, 4, 10);
	memcpy(p->destination_mac, w->hosts[WIRES_C].mac, 6);
	wires_put(w, WIRES_A, p);
	wires_run(w);
	ck_assert_uint_eq(w->count, 0);
	ck_assert_uint_eq(wires_fates(w, FATE_NOBODY), 2);
}
END_TEST

START_TEST(the_switch_drops_what_is_too_big)
{
	w->hosts[WIRES_B].mtu = 600;
	wires_start(w);
	wires_send(w, WIRES_A, WIRES_B, 600 - 28);
	wires_send(w, WIRES_A, WIRES_B, 601 - 28);
	wires_run(w);
	wires_only_arrival(w, WIRES_B);
	ck_assert_uint_eq(fake_truth_count(w->truth, 2, FATE_TOO_BIG), 1);
}
END_TEST

/*
 * The router.
 */

START_TEST(the_router_passes_packets_on)
{
	uint8_t version = _i == 0 ? 4 : 6;
	const struct sim_packet *p;
	struct scenario_address hop;
	uint8_t mac[6];

	wires_start(w);
	wires_put(w, WIRES_A, wires_packet(w, SIM_UDP, WIRES_A, WIRES_C,
	    version, 10));
	wires_run(w);
	p = wires_only_arrival(w, WIRES_C);
	ck_assert_int_eq(w->arrivals[0].at_ns, 2 * MS + 10000);
	ck_assert_uint_eq(p->ttl, 63);
	ck_assert_uint_eq(p->number, 1);
	ck_assert_mem_eq(p->destination_mac, w->hosts[WIRES_C].mac, 6);
	ck_assert_int_eq(net_next_hop(w->net, WIRES_C, &p->source, &hop), 0);
	ck_assert_int_eq(net_mac(w->net, WIRES_C, &hop, mac), 0);
	ck_assert_mem_eq(p->source_mac, mac, 6);
	ck_assert_uint_eq(wires_fates(w, FATE_DELIVERED), 1);
}
END_TEST

/* An error came back to a, about its packet. */
static const struct sim_packet *
check_error(uint8_t version, const uint8_t type_code[2])
{
	const struct sim_packet *p = wires_only_arrival(w, WIRES_A);
	struct scenario_address router =
	    wires_address(w, WIRES_ROUTER, version);

	ck_assert_int_eq(p->kind, SIM_ICMP);
	ck_assert_int_eq(p->cause, SIM_CAUSE_ERROR);
	ck_assert_uint_eq(p->type, type_code[0]);
	ck_assert_uint_eq(p->code, type_code[1]);
	ck_assert_mem_eq(&p->source, &router, sizeof(router));
	ck_assert_uint_eq(w->truth->senders[p->number], SCENARIO_NONE);
	/* The quote has the TTL that the router saw. */
	ck_assert_uint_eq(p->data[0] >> 4, version);
	return p;
}

START_TEST(the_router_ends_what_went_too_far)
{
	static const uint8_t codes[2][2] = { { 11, 0 }, { 3, 0 } };
	uint8_t version = _i == 0 ? 4 : 6;
	struct sim_packet *p;

	wires_start(w);
	p = wires_packet(w, SIM_UDP, WIRES_A, WIRES_C, version, 10);
	p->ttl = 1;
	wires_put(w, WIRES_A, p);
	wires_run(w);
	check_error(version, codes[_i]);
	ck_assert_uint_eq(fake_truth_count(w->truth, 1, FATE_TTL), 1);
	ck_assert_uint_eq(fake_truth_count(w->truth, 2, FATE_DELIVERED), 1);
}
END_TEST

START_TEST(the_router_knows_no_way)
{
	static const uint8_t codes[2][2] = { { 3, 0 }, { 1, 0 } };
	uint8_t version = _i == 0 ? 4 : 6;
	struct sim_packet *p;

	wires_start(w);
	p = wires_packet(w, SIM_UDP, WIRES_A, WIRES_C, version, 10);
	p->destination.bytes[0] = 0x3f;
	wires_put(w, WIRES_A, p);
	wires_run(w);
	check_error(version, codes[_i]);
	ck_assert_uint_eq(fake_truth_count(w->truth, 1, FATE_NO_ROUTE), 1);
}
END_TEST

START_TEST(the_router_knows_nobody_there)
{
	static const uint8_t codes[2][2] = { { 3, 1 }, { 1, 3 } };
	uint8_t version = _i == 0 ? 4 : 6;
	struct sim_packet *p;

	wires_start(w);
	p = wires_packet(w, SIM_UDP, WIRES_A, WIRES_C, version, 10);
	p->destination.bytes[version == 4 ? 3 : 15] = 77;
	wires_put(w, WIRES_A, p);
	wires_run(w);
	check_error(version, codes[_i]);
	ck_assert_uint_eq(fake_truth_count(w->truth, 1, FATE_NOBODY), 1);
}
END_TEST

START_TEST(the_router_says_what_would_fit)
{
	static const uint8_t codes[2][2] = { { 3, 4 }, { 2, 0 } };
	uint8_t version = _i == 0 ? 4 : 6;
	struct sim_packet *p;

	w->hosts[WIRES_C].mtu = 1280;
	wires_start(w);
	p = wires_packet(w, SIM_UDP, WIRES_A, WIRES_C, version, 1300);
	p->dont_fragment = version == 4;
	wires_put(w, WIRES_A, p);
	wires_run(w);
	ck_assert_uint_eq(check_error(version, codes[_i])->rest, 1280);
	ck_assert_uint_eq(fake_truth_count(w->truth, 1, FATE_TOO_BIG), 1);
}
END_TEST

/* 1408 bytes behind the IP header go into 552, 552 and 304. */
START_TEST(the_router_cuts_what_may_be_cut)
{
	static const size_t lengths[] = { 552, 552, 304 };
	size_t at = 0;

	w->hosts[WIRES_C].mtu = 576;
	wires_start(w);
	wires_send(w, WIRES_A, WIRES_C, 1400);
	wires_run(w);
	ck_assert_uint_eq(w->count, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct sim_packet *p = w->arrivals[i].packet;

		ck_assert_int_eq(p->kind, SIM_FRAGMENT);
		ck_assert_uint_eq(p->number, i + 2);
		ck_assert_uint_eq(p->ttl, 63);
		ck_assert_uint_eq(p->offset, at);
		ck_assert_uint_eq(p->length, lengths[i]);
		ck_assert_int_eq(p->more, i < 2);
		at += p->length;
	}
	ck_assert_uint_eq(w->truth->marks[1], TRUTH_FRAGMENTED);
	ck_assert_uint_eq(w->truth->sent, 4);
	ck_assert_uint_eq(wires_fates(w, FATE_DELIVERED), 3);
	ck_assert_uint_eq(w->truth->fate_count, 3);
}
END_TEST

START_TEST(the_router_answers_arp_for_itself)
{
	struct scenario_address router;
	const struct sim_packet *p;
	uint8_t mac[6];

	wires_start(w);
	router = wires_address(w, WIRES_ROUTER, 4);
	for (unsigned i = 0; i < 2; i++) {
		struct sim_packet *asks = wires_packet(w, SIM_ARP, WIRES_A,
		    i == 0 ? WIRES_ROUTER : WIRES_B, 4, 0);

		asks->type = 1;
		memset(asks->destination_mac, 0xff, 6);
		wires_put(w, WIRES_A, asks);
	}
	wires_run(w);
	/* b hears both questions; a one answer. */
	ck_assert_uint_eq(w->count, 3);
	ck_assert_uint_eq(w->arrivals[2].host, WIRES_A);
	p = w->arrivals[2].packet;
	ck_assert_int_eq(p->kind, SIM_ARP);
	ck_assert_uint_eq(p->type, 2);
	ck_assert_int_eq(p->cause, SIM_CAUSE_NEIGHBOUR);
	ck_assert_int_eq(net_mac(w->net, WIRES_A, &router, mac), 0);
	ck_assert_mem_eq(p->source_mac, mac, 6);
	ck_assert_mem_eq(&p->source, &router, sizeof(router));
	ck_assert_mem_eq(p->target_mac, w->hosts[WIRES_A].mac, 6);
	ck_assert_mem_eq(p->destination_mac, w->hosts[WIRES_A].mac, 6);
}
END_TEST

START_TEST(the_router_answers_solicitations_for_itself)
{
	const struct sim_packet *p;
	struct sim_packet *asks;
	uint8_t mac[6];

	wires_start(w);
	asks = wires_packet(w, SIM_ICMP, WIRES_A, WIRES_ROUTER, 6, 24);
	asks->type = 135;
	asks->ttl = 255;
	memcpy(asks->data, asks->destination.bytes, 16);
	memcpy(mac, asks->destination_mac, 6);
	memcpy(asks->destination_mac, "\x33\x33\xff\0\0\xfe", 6);
	wires_put(w, WIRES_A, asks);
	wires_run(w);
	ck_assert_uint_eq(w->count, 2);		/* b hears the question */
	p = w->arrivals[1].packet;
	ck_assert_uint_eq(w->arrivals[1].host, WIRES_A);
	ck_assert_uint_eq(p->type, 136);
	ck_assert_uint_eq(p->rest, 0xe0000000);
	ck_assert_uint_eq(p->ttl, 255);
	ck_assert_uint_eq(p->len, 24);
	ck_assert_mem_eq(p->data, p->source.bytes, 16);
	ck_assert_uint_eq(p->data[16], 2);
	ck_assert_uint_eq(p->data[17], 1);
	ck_assert_mem_eq(p->data + 18, mac, 6);
}
END_TEST

START_TEST(the_router_answers_pings_to_itself)
{
	uint8_t version = _i == 0 ? 4 : 6;
	const struct sim_packet *p;
	struct sim_packet *ping;

	wires_start(w);
	ping = wires_packet(w, SIM_ICMP, WIRES_A, WIRES_ROUTER, version, 5);
	ping->type = version == 4 ? 8 : 128;
	ping->rest = 0x00010002;
	memcpy(ping->data, "hello", 5);
	wires_put(w, WIRES_A, ping);
	wires_run(w);
	p = wires_only_arrival(w, WIRES_A);
	ck_assert_uint_eq(p->type, version == 4 ? 0 : 129);
	ck_assert_uint_eq(p->rest, 0x00010002);
	ck_assert_mem_eq(p->data, "hello", 5);
	ck_assert_uint_eq(w->truth->sent, 2);
	ck_assert_uint_eq(wires_fates(w, FATE_DELIVERED), 2);
}
END_TEST

/* All fragments arrive, and nothing comes back. */
START_TEST(the_router_puts_no_fragments_together)
{
	uint8_t version = _i == 0 ? 4 : 6;
	struct sim_packet *ping;

	wires_start(w);
	ping = wires_packet(w, SIM_ICMP, WIRES_A, WIRES_ROUTER, version, 2000);
	ping->type = version == 4 ? 8 : 128;
	wires_put(w, WIRES_A, sim_packet_fragment(ping, 0, 1008));
	wires_put(w, WIRES_A, sim_packet_fragment(ping, 1008, 1000));
	sim_packet_release(ping);
	wires_run(w);
	ck_assert_uint_eq(w->count, 0);
	ck_assert_uint_eq(w->truth->sent, 2);
	ck_assert_uint_eq(wires_fates(w, FATE_DELIVERED), 2);
}
END_TEST

/*
 * The way to an address.
 */

static struct scenario_address
ipv4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return (struct scenario_address){ 4, { a, b, c, d } };
}

START_TEST(who_is_asked_for_an_address)
{
	struct scenario_address router, hop, to;

	wires_start(w);
	router = wires_address(w, WIRES_ROUTER, 4);
	to = ipv4(10, 0, 0, 77);
	ck_assert_int_eq(net_next_hop(w->net, WIRES_A, &to, &hop), 0);
	ck_assert_mem_eq(&hop, &to, sizeof(to));
	to = ipv4(10, 0, 1, 77);
	ck_assert_int_eq(net_next_hop(w->net, WIRES_A, &to, &hop), 0);
	ck_assert_mem_eq(&hop, &router, sizeof(to));
	to = ipv4(224, 0, 0, 251);
	ck_assert_int_eq(net_next_hop(w->net, WIRES_A, &to, &hop), 0);
	ck_assert_mem_eq(&hop, &to, sizeof(to));
	/* Without an address of that family there is no way. */
	to = wires_address(w, WIRES_C, 6);
	ck_assert_int_eq(net_next_hop(w->net, WIRES_A, &to, &hop), 0);
	w->hosts[WIRES_A].address[1].version = 0;
	ck_assert_int_eq(net_next_hop(w->net, WIRES_A, &to, &hop), -1);
	/* Nor without a router. */
	w->networks[1].router[1].version = 0;
	to = wires_address(w, WIRES_B, 6);
	ck_assert_int_eq(net_next_hop(w->net, WIRES_C, &to, &hop), -1);
}
END_TEST

START_TEST(who_has_which_mac)
{
	static const struct {
		struct scenario_address of;
		int status;
		uint8_t mac[6];
	} rows[] = {
		{ { 4, { 10, 0, 0, 2 } }, 0, { 2, 0, 10, 0, 0, 2 } },
		{ { 4, { 10, 0, 0, 254 } }, 0, { 2, 0, 10, 0, 0, 254 } },
		{ { 4, { 10, 0, 0, 9 } }, -1, { 0 } },
		/* of the other network */
		{ { 4, { 10, 0, 1, 3 } }, -1, { 0 } },
		{ { 4, { 10, 0, 1, 254 } }, -1, { 0 } },
		{ { 4, { 255, 255, 255, 255 } }, 0,
		    { 255, 255, 255, 255, 255, 255 } },
		{ { 4, { 224, 128, 7, 251 } }, 0, { 1, 0, 0x5e, 0, 7, 251 } },
		{ { 6, { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 1, 2,
		    3 } }, 0, { 0x33, 0x33, 0xff, 1, 2, 3 } },
		{ { 6, { 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2 } },
		    0, { 2, 0, 10, 0, 0, 2 } },
	};

	wires_start(w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t mac[6] = { 0 };

		ck_assert_int_eq(net_mac(w->net, WIRES_A, &rows[i].of, mac),
		    rows[i].status);
		ck_assert_mem_eq(mac, rows[i].mac, 6);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("switching");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, broadcasts_reach_the_network_and_no_more);
	tcase_add_test(tc, a_mac_that_nobody_has_leads_nowhere);
	tcase_add_test(tc, the_switch_drops_what_is_too_big);
	tcase_add_loop_test(tc, the_router_passes_packets_on, 0, 2);
	tcase_add_loop_test(tc, the_router_ends_what_went_too_far, 0, 2);
	tcase_add_loop_test(tc, the_router_knows_no_way, 0, 2);
	tcase_add_loop_test(tc, the_router_knows_nobody_there, 0, 2);
	tcase_add_loop_test(tc, the_router_says_what_would_fit, 0, 2);
	tcase_add_test(tc, the_router_cuts_what_may_be_cut);
	tcase_add_test(tc, the_router_answers_arp_for_itself);
	tcase_add_test(tc, the_router_answers_solicitations_for_itself);
	tcase_add_loop_test(tc, the_router_answers_pings_to_itself, 0, 2);
	tcase_add_loop_test(tc, the_router_puts_no_fragments_together, 0, 2);
	tcase_add_test(tc, who_is_asked_for_an_address);
	tcase_add_test(tc, who_has_which_mac);
	return check_main("switching", tc);
}
