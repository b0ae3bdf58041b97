/*
 * Hosts in virtual time: names are looked up.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/traffic/lan.h"
#include "tests/unit/check_main.h"
#include "traffic/synth/packet/dns_message.h"

/* Host 1 answers what host 0 asks. */
struct scene {
	struct lan *lan;
	struct udp_socket *server;
	size_t questions;
	size_t silent;		/* for so many questions */
	uint8_t rcode;
	size_t addresses;	/* in each answer */
	bool has_alias;		/* in front of them */
	/* What is wrong with an answer that comes before each right one. */
	enum { NOTHING, ITS_ID, ITS_NAME, ITS_KIND, ITS_TYPE, ITS_BYTES }
	    wrong;

	size_t answers;
	struct scenario_address found[32];
	size_t count;
	int64_t at_ns;
	unsigned ask_again;
};

static void
add_record(struct dns_message *m, uint16_t type, const void *data, size_t len)
{
	struct dns_record *r = &m->answers[m->answer_count++];

	strcpy(r->name, m->name);
	r->type = type;
	r->ttl_s = 60;
	r->data = data;
	r->len = len;
}

static void
send_answer(struct scene *scene, const struct endpoint *to,
    const struct dns_message *m, size_t cut)
{
	struct bytes wire = { NULL, 0, 0 };
	struct errbuf err;

	ck_assert_int_eq(dns_message_write(m, 0, &wire, &err), 0);
	host_udp_send(scene->server, to, wire.data, wire.len - cut);
	bytes_reset(&wire);
}

static void
send_wrong(struct scene *scene, const struct endpoint *to,
    const struct dns_message *right)
{
	struct dns_message m = *right;

	m.answer_count = 0;
	m.id ^= (uint16_t)(scene->wrong == ITS_ID);
	if (scene->wrong == ITS_NAME)
		strcpy(m.name, "other.lan");
	if (scene->wrong == ITS_KIND)
		m.is_answer = false;
	if (scene->wrong == ITS_TYPE)
		m.type = DNS_TXT;
	send_answer(scene, to, &m, scene->wrong == ITS_BYTES);
}

static void
on_question(void *app, struct udp_socket *socket, const struct endpoint *from,
    const uint8_t *data, size_t len)
{
	static const uint8_t alias[] = { 1, 'x', 3, 'l', 'a', 'n', 0 };
	static const uint8_t addresses[16] = { 10, 9, 8, 7 };
	struct scene *scene = app;
	struct dns_message m;

	(void)socket;
	ck_assert_int_eq(dns_message_read(&m, data, len), 0);
	ck_assert(!m.is_answer && m.recursion_desired);
	ck_assert_str_eq(m.name, "WWW.lan");
	if (scene->questions++ < scene->silent)
		return;
	m.is_answer = true;
	m.rcode = scene->rcode;
	if (scene->has_alias)
		add_record(&m, DNS_CNAME, alias, sizeof(alias));
	for (size_t i = 0; i < scene->addresses; i++)
		add_record(&m, m.type, addresses, m.type == DNS_A ? 4 : 16);
	strcpy(m.name, "www.LAN");
	if (scene->wrong != NOTHING)
		send_wrong(scene, from, &m);
	send_answer(scene, from, &m, 0);
}

static void
on_found(void *app, const struct scenario_address *list, size_t count)
{
	struct scene *scene = app;
	struct errbuf err;

	ck_assert_uint_le(count, 32);
	scene->answers++;
	scene->count = count;
	memcpy(scene->found, list, count * sizeof(*list));
	scene->at_ns = clock_now_ns(scene->lan->clock);
	if (scene->ask_again > 0 && scene->ask_again-- > 0)
		ck_assert_int_eq(host_lookup(scene->lan->hosts[0], "WWW.lan",
		    NULL, on_found, scene, &err), 0);
}

static void
scene_init(struct scene *scene)
{
	memset(scene, 0, sizeof(*scene));
	scene->lan = lan_plan();
	scene->lan->plans[0].resolver = 1;
	scene->addresses = 1;
}

static void
scene_ask(struct scene *scene)
{
	struct errbuf err = { "" };

	lan_start(scene->lan);
	scene->server = host_udp_open(scene->lan->hosts[1], DNS_PORT, NULL,
	    on_question, scene, &err);
	ck_assert_ptr_nonnull(scene->server);
	ck_assert_msg(host_lookup(scene->lan->hosts[0], "WWW.lan", NULL,
	    on_found, scene, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(scene->answers, 0);
	lan_run(scene->lan, 100 * LAN_S);
}

START_TEST(both_families_are_asked_for)
{
	struct scene scene;

	scene_init(&scene);
	scene_ask(&scene);
	ck_assert_uint_eq(scene.questions, 2);
	ck_assert_uint_eq(scene.answers, 1);
	ck_assert_uint_eq(scene.count, 2);
	ck_assert_uint_eq(scene.found[0].version, 4);
	ck_assert_mem_eq(scene.found[0].bytes, "\x0a\x09\x08\x07", 4);
	ck_assert_uint_eq(scene.found[1].version, 6);
	ck_assert_int_lt(scene.at_ns, 10 * LAN_MS);
	/* Its timer is gone, too. */
	ck_assert_int_eq(scene.at_ns, clock_now_ns(scene.lan->clock));
	ck_assert_uint_eq(lan_packet(scene.lan, 1, SIM_UDP, 0)->source.version,
	    4);
	lan_stop(scene.lan);
}
END_TEST

START_TEST(a_host_of_one_family_asks_for_that)
{
	struct scene scene;

	scene_init(&scene);
	scene.lan->plans[0].address[_i].version = 0;
	scene_ask(&scene);
	ck_assert_uint_eq(scene.questions, 1);
	ck_assert_uint_eq(scene.answers, 1);
	ck_assert_uint_eq(scene.count, 1);
	ck_assert_uint_eq(scene.found[0].version, _i == 0 ? 6 : 4);
	ck_assert_uint_eq(lan_packet(scene.lan, 1, SIM_UDP, 0)->source.version,
	    _i == 0 ? 6 : 4);
	lan_stop(scene.lan);
}
END_TEST

START_TEST(a_name_that_is_not_there_has_no_address)
{
	struct scene scene;

	scene_init(&scene);
	scene.rcode = DNS_NO_SUCH_NAME;
	scene.addresses = 0;
	scene_ask(&scene);
	ck_assert_uint_eq(scene.questions, 2);
	ck_assert_uint_eq(scene.answers, 1);
	ck_assert_uint_eq(scene.count, 0);
	ck_assert_int_lt(scene.at_ns, 10 * LAN_MS);
	lan_stop(scene.lan);
}
END_TEST

START_TEST(an_alias_is_no_address)
{
	struct scene scene;

	scene_init(&scene);
	scene.has_alias = true;
	scene.addresses = 15;
	scene_ask(&scene);
	ck_assert_uint_eq(scene.count, 30);
	ck_assert_uint_eq(scene.found[14].version, 4);
	ck_assert_uint_eq(scene.found[15].version, 6);
	lan_stop(scene.lan);
}
END_TEST

START_TEST(what_has_no_answer_is_asked_again)
{
	struct scene scene;

	scene_init(&scene);
	scene.silent = 1;	/* the A; the AAAA is answered */
	scene_ask(&scene);
	ck_assert_uint_eq(scene.questions, 3);
	ck_assert_uint_eq(scene.answers, 1);
	ck_assert_uint_eq(scene.count, 2);
	ck_assert_uint_eq(scene.found[0].version, 6);
	ck_assert_int_ge(scene.at_ns, 5 * LAN_S);
	ck_assert_int_lt(scene.at_ns, 5 * LAN_S + 10 * LAN_MS);
	lan_stop(scene.lan);
}
END_TEST

START_TEST(it_is_given_up_after_three_times)
{
	struct scene scene;

	scene_init(&scene);
	scene.silent = 100;
	scene_ask(&scene);
	ck_assert_uint_eq(scene.questions, 6);
	ck_assert_uint_eq(scene.answers, 1);
	ck_assert_uint_eq(scene.count, 0);
	ck_assert_int_eq(scene.at_ns, 15 * LAN_S);
	lan_stop(scene.lan);
}
END_TEST

START_TEST(a_wrong_answer_is_not_taken)
{
	struct scene scene;

	scene_init(&scene);
	scene.wrong = (unsigned)_i;
	scene_ask(&scene);
	ck_assert_uint_eq(lan_count(scene.lan, 0, SIM_UDP), 4);
	ck_assert_uint_eq(scene.answers, 1);
	ck_assert_uint_eq(scene.count, 2);
	lan_stop(scene.lan);
}
END_TEST

START_TEST(who_gets_an_answer_may_ask_again)
{
	struct scene scene;

	scene_init(&scene);
	scene.ask_again = 3;
	scene_ask(&scene);
	ck_assert_uint_eq(scene.answers, 4);
	ck_assert_uint_eq(scene.questions, 8);
	lan_stop(scene.lan);
}
END_TEST

START_TEST(a_host_without_resolver_cannot_ask)
{
	struct scene scene;
	struct errbuf err = { "" };

	scene_init(&scene);
	scene.lan->plans[0].resolver = SCENARIO_NONE;
	lan_start(scene.lan);
	ck_assert_int_eq(host_lookup(scene.lan->hosts[0], "a", NULL, on_found,
	    &scene, &err), -1);
	ck_assert_str_eq(err.text, "h1: nobody can be asked for a");
	lan_stop(scene.lan);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, both_families_are_asked_for);
	tcase_add_loop_test(tc, a_host_of_one_family_asks_for_that, 0, 2);
	tcase_add_test(tc, a_name_that_is_not_there_has_no_address);
	tcase_add_test(tc, an_alias_is_no_address);
	tcase_add_test(tc, what_has_no_answer_is_asked_again);
	tcase_add_test(tc, it_is_given_up_after_three_times);
	tcase_add_loop_test(tc, a_wrong_answer_is_not_taken, ITS_ID,
	    ITS_BYTES + 1);
	tcase_add_test(tc, who_gets_an_answer_may_ask_again);
	tcase_add_test(tc, a_host_without_resolver_cannot_ask);
}

int
main(void)
{
	TCase *tc = tcase_create("names");

	add_tests(tc);
	return check_main("host_lookup", tc);
}
