#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "chat/crypto/eim_keys.h"
#include "chat/crypto/eim_seal.h"
#include "tests/traffic/said.h"
#include "traffic/synth/play.h"
#include "traffic/synth/truth/truth_record.h"

enum { EVENTS_MAX = 10000000 };

/* A scenario that was played in virtual time, without a file. */
struct played {
	struct scenario *scenario;
	struct clock *clock;
	struct truth *truth;
	struct net *net;
	struct host **hosts;
	struct said_list said;
	int status;
	bool is_cut_off;
	int64_t end_ns;
};

static struct errbuf err;

static void
on_arrival(void *owner, size_t host, struct sim_packet *packet)
{
	struct played *p = owner;

	host_arrival(p->hosts[host], packet);
}

static void
make_network(struct played *p)
{
	const struct truth_setup truth = {
		.scenario = p->scenario, .seed = p->scenario->seed,
	};
	struct net_setup net = {
		.scenario = p->scenario, .seed = p->scenario->seed,
		.arrival = on_arrival, .owner = p,
	};

	p->clock = clock_new(EVENTS_MAX);
	p->truth = truth_new(&truth);
	net.clock = p->clock;
	net.truth = p->truth;
	p->net = net_new(&net, &err);
	p->hosts = memory_array(p->scenario->host_count,
	    sizeof(*p->hosts));
	for (size_t i = 0; i < p->scenario->host_count; i++) {
		const struct host_setup host = {
			.scenario = p->scenario, .host = i,
			.clock = p->clock, .net = p->net, .truth = p->truth,
			.seed = p->scenario->seed,
		};

		p->hosts[i] = host_new(&host, &err);
		ck_assert_ptr_nonnull(p->hosts[i]);
	}
}

static void
take_said(struct played *p)
{
	const struct truth *t = p->truth;

	for (size_t i = 0; i < t->said.count; i++)
		said_add(&p->said, t->said.list[i].from, t->said.list[i].to,
		    t->said_bytes.data + t->said.list[i].data,
		    t->said.list[i].len);
}

static void
play(struct played *p)
{
	struct play play;

	make_network(p);
	play = (struct play){
		.scenario = p->scenario, .clock = p->clock,
		.truth = p->truth, .hosts = p->hosts,
		.seed = p->scenario->seed,
	};
	err.text[0] = '\0';
	p->status = play_begin(&play, &err);
	if (p->status == 0)
		p->status = clock_run(p->clock, p->scenario->limit_ns, &err);
	p->is_cut_off = !play.has_stopped;
	p->end_ns = clock_now_ns(p->clock);
	play_reset(&play);
	take_said(p);
}

static void
play_text(struct played *p, const char *text)
{
	*p = (struct played){ NULL };
	p->scenario = scenario_parse("s", text, strlen(text), &err);
	ck_assert_msg(p->scenario != NULL, "%s", err.text);
	play(p);
}

static void
play_shipped(struct played *p, const char *name)
{
	*p = (struct played){ NULL };
	p->scenario = scenario_open(name, &err);
	ck_assert_msg(p->scenario != NULL, "%s", err.text);
	play(p);
	ck_assert_msg(p->status == 0, "%s: %s", name, err.text);
	ck_assert_msg(!p->is_cut_off, "%s has no end", name);
}

static void
reset(struct played *p)
{
	for (size_t i = 0; i < p->scenario->host_count; i++)
		host_free(p->hosts[i]);
	free(p->hosts);
	net_free(p->net);
	truth_free(p->truth);
	clock_free(p->clock);
	scenario_free(p->scenario);
	said_reset(&p->said);
}


/* Each message of `some` is in `others`, in the order of its two hosts. */
static void
check_in(const char *name, const struct said_list *some,
    const struct said_list *others)
{
	for (size_t i = 0; i < some->count; i++) {
		const struct said *m = &some->list[i], *other;
		size_t before = 0;

		for (size_t k = 0; k < i; k++)
			before += some->list[k].from == m->from &&
			    some->list[k].to == m->to;
		other = said_of(others, m->from, m->to, before);
		ck_assert_msg(other != NULL && other->len == m->len &&
		    memcmp(other->data, m->data, m->len) == 0,
		    "%s: host %zu to %zu, message %zu: \"%.*s\", and \"%.*s\"",
		    name, m->from, m->to, before, (int)m->len,
		    (const char *)m->data, other == NULL ? 0 :
		    (int)other->len, other == NULL ? "" :
		    (const char *)other->data);
	}
}

/* A name, and how many messages it has at least. */
static const struct { const char *name; size_t least; } shipped[] = {
	{ "caps", 18 }, { "chat-lab", 20 }, { "class", 40 }, { "echo", 4 },
	{ "eim", 12 }, { "im", 20 }, { "p2p", 20 }, { "room", 40 },
};

enum { SHIPPED = sizeof(shipped) / sizeof(shipped[0]) };

START_TEST(what_is_said_is_what_the_protocols_say_without_a_network)
{
	const char *name = shipped[_i].name;
	struct said_list direct = { NULL, 0, 0 };
	struct played p;

	play_shipped(&p, name);
	said_directly(p.scenario, &direct);
	check_in(name, &p.said, &direct);
	check_in(name, &direct, &p.said);
	ck_assert_uint_ge(direct.count, shipped[_i].least);
	said_reset(&direct);
	reset(&p);
}
END_TEST

START_TEST(the_same_is_said_at_the_same_times_again)
{
	struct played a, b;

	play_shipped(&a, shipped[_i].name);
	play_shipped(&b, shipped[_i].name);
	ck_assert_int_eq(a.end_ns, b.end_ns);
	ck_assert_uint_eq(a.said.count, b.said.count);
	for (size_t i = 0; i < a.said.count; i++) {
		ck_assert_int_eq(a.truth->said.list[i].at_ns,
		    b.truth->said.list[i].at_ns);
		ck_assert_uint_eq(a.said.list[i].len, b.said.list[i].len);
		ck_assert_mem_eq(a.said.list[i].data, b.said.list[i].data,
		    a.said.list[i].len);
	}
	reset(&a);
	reset(&b);
}
END_TEST

/* The lab has to fit into a lesson. */
START_TEST(a_scenario_takes_some_seconds)
{
	struct played p;

	play_shipped(&p, shipped[_i].name);
	ck_assert_int_lt(p.truth->said.list[p.said.count - 1].at_ns,
	    INT64_C(10000000000));
	reset(&p);
}
END_TEST

/* The text of the n-th package; its vector has to differ from the others'. */
static void
check_opens(const struct played *p, const struct eim_keys *keys, size_t n,
    const char *text)
{
	const struct scenario_action *alice = &p->scenario->actions[0];
	const struct said *m = said_of(&p->said, alice->from, alice->to, n);
	struct eim_opened opened;

	ck_assert_ptr_nonnull(m);
	ck_assert_uint_gt(m->len, 4);
	ck_assert_int_eq(eim_open(keys, m->data + 4, m->len - 4, NULL, NULL,
	    &opened), 0);
	ck_assert_uint_eq(opened.text_len, strlen(text));
	ck_assert_mem_eq(opened.text, text, opened.text_len);
	ck_assert_uint_eq(opened.nickname_len, 5);
	ck_assert_mem_eq(opened.nickname, "Alice", 5);
	eim_opened_reset(&opened);
}

START_TEST(encrypted_messages_open_and_each_has_its_own_vector)
{
	const struct chat_settings *settings;
	const struct said *first, *second;
	struct eim_keys keys;
	struct played p;

	play_shipped(&p, "eim");
	settings = &p.scenario->actions[0].talk.settings;
	ck_assert_int_eq(eim_keys_make(&keys, settings->key_profile,
	    &settings->confidentiality_key, &settings->authenticity_key,
	    &err), 0);
	check_opens(&p, &keys, 0, "coding is fun");
	check_opens(&p, &keys, 1, "nobody can, without both keys");
	first = said_of(&p.said, p.scenario->actions[0].from,
	    p.scenario->actions[0].to, 0);
	second = said_of(&p.said, p.scenario->actions[0].from,
	    p.scenario->actions[0].to, 1);
	/* Length, tag and length of the vector stand before it. */
	ck_assert_mem_ne(first->data + 7, second->data + 7, EIM_IV_BYTES);
	eim_keys_reset(&keys);
	reset(&p);
}
END_TEST


#define LAB \
	"network lab 192.168.1.0/24 fd00:1::/64\n" \
	"host server 192.168.1.2 fd00:1::2\n"
#define CLIENT "host client 192.168.1.11 fd00:1::b\n"

/* Each scenario ends with this. */
static const struct { const char *text, *error; } failures[] = {
	{ LAB "  serve echo\n" CLIENT
	  "talk echo from client to server\n"
	  "  say \"a\"\n"
	  "  wait for \"b\" within 20ms\n",
	  "s:7: \"b\" was not shown within 0.02 s; the last line was "
	  "\"a\"" },
	{ LAB "  serve echo\n" CLIENT
	  "talk echo from client to server\n"
	  "  say \"exit\"\n"
	  "  after 1s say \"b\"\n",
	  "s:7: the connection was over before this" },
	{ LAB "  serve class\n"
	  "  console after 1s say \"too late\"\n" CLIENT
	  "talk class from client to server as ann\n"
	  "  password \"x\"\n"
	  "  wait for \"You joined\"\n",
	  NULL },
	{ LAB "  serve class\n"
	  "  console at 1m say \"too late\"\n" CLIENT
	  "talk class from client to server as ann\n"
	  "  password \"x\"\n"
	  "  wait for \"You joined\"\n",
	  "s:4: everybody had left before this" },
	{ LAB "  serve class\n"
	  "  console at 1s say \"shutdown\"\n" CLIENT
	  "talk class from client to server at 3s as ann\n"
	  "  password \"x\"\n"
	  "  wait for \"You joined\"\n",
	  "s:8: the server refused the connection" },
	{ LAB "  serve p2p\n  login ann \"right\"\n" CLIENT
	  "talk p2p from client to server as ann\n"
	  "  password \"wrong\"\n"
	  "  wait for \"The name or the password is wrong.\"\n",
	  NULL },
	{ LAB "  serve p2p\n  login ann \"right\"\n" CLIENT
	  "talk p2p from client to server as ann\n"
	  "  password \"wrong\"\n"
	  "  wait for \"wrong.\"\n"
	  "  after 1s say \"hello\"\n",
	  "s:9: the connection was over before this" },
	{ LAB "  serve p2p\n  login ann \"right\"\n" CLIENT
	  "talk p2p from client to server as ann\n"
	  "  register\n"
	  "  password \"right\"\n"
	  "  wait for \"The name is taken.\"\n",
	  NULL },
	{ LAB "  serve class\n  login ann \"right\"\n" CLIENT
	  "talk class from client to server as ann\n"
	  "  register\n"
	  "  password \"right\"\n"
	  "  wait for \"Username already exists.\"\n",
	  NULL },
	{ LAB "  serve p2p\n" CLIENT
	  "talk p2p from client to server as ann\n"
	  "  after 1s end\n"
	  "talk p2p from client to server at 100ms as bob\n"
	  "  after 1s end\n",
	  "s:7: client: UDP port 5000 is taken" },
};

enum { FAILURES = sizeof(failures) / sizeof(failures[0]) };

START_TEST(a_script_that_fails_ends_the_scenario_with_its_line)
{
	const char *error = failures[_i].error;
	struct played p;

	play_text(&p, failures[_i].text);
	ck_assert_msg(p.status == (error == NULL ? 0 : -1), "%d: %s", _i,
	    err.text);
	if (error != NULL)
		ck_assert_str_eq(err.text, error);
	else
		ck_assert(!p.is_cut_off);
	reset(&p);
}
END_TEST

/* Ends nobody's script: its time is measured, a minute more than what closes
 * it, since TCP waits for stray segments. */
static const struct { const char *text; int64_t least_ns, most_ns; }
endings[] = {
	/* Who does not say its name. */
	{ LAB "  serve class\n" CLIENT
	  "talk class from client to server\n"
	  "  after 10m end\n",
	  INT64_C(180000000000), INT64_C(181000000000) },
	/* Who is in, and silent. */
	{ "limit 3h\n" LAB "  serve im\n" CLIENT
	  "talk im from client to server as ann\n"
	  "  after 2h end\n",
	  INT64_C(3660000000000), INT64_C(3661000000000) },
	/* An hour counts from the last word. */
	{ "limit 3h\n" LAB "  serve im\n" CLIENT
	  "talk im from client to server as ann\n"
	  "  at 30m say \"hello\"\n"
	  "  after 2h end\n",
	  INT64_C(5460000000000), INT64_C(5461000000000) },
	/* And from the last that was said to who is silent. */
	{ "limit 3h\n" LAB "  serve im\n" CLIENT
	  "host other 192.168.1.12 fd00:1::c\n"
	  "talk im from client to server as ann\n"
	  "  after 2h end\n"
	  "talk im from other to server as bob\n"
	  "  at 30m say \"hello\"\n"
	  "  end\n",
	  INT64_C(5460000000000), INT64_C(5461000000000) },
	/* Who is in when the operator ends the server. */
	{ LAB "  serve class\n"
	  "  console at 5s say \"shutdown\"\n" CLIENT
	  "talk class from client to server as ann\n"
	  "  password \"x\"\n"
	  "  wait for \"Server is shutting down.\"\n"
	  "  after 10m end\n",
	  INT64_C(65000000000), INT64_C(66000000000) },
};

enum { ENDINGS = sizeof(endings) / sizeof(endings[0]) };

START_TEST(a_server_closes_when_it_has_to)
{
	struct played p;

	play_text(&p, endings[_i].text);
	ck_assert_msg(p.status == 0, "%s", err.text);
	ck_assert(!p.is_cut_off);
	ck_assert_msg(p.end_ns >= endings[_i].least_ns &&
	    p.end_ns <= endings[_i].most_ns, "%lld ns",
	    (long long)p.end_ns);
	reset(&p);
}
END_TEST

/* Both ends of every connection close within a moment of each other, long
 * before the servers are stopped. */
START_TEST(who_leaves_is_let_go_at_once)
{
	struct played p;

	play_shipped(&p, shipped[_i].name);
	ck_assert_uint_ge(p.truth->connections.count, 2);
	for (size_t i = 0; i < p.truth->connections.count; i++) {
		const struct truth_report *reports =
		    p.truth->connections.list[i].reports;
		int64_t apart_ns = reports[1].at_ns - reports[0].at_ns;

		for (size_t k = 0; k < 2; k++) {
			ck_assert(reports[k].given && reports[k].is_over);
			ck_assert_int_eq((int)reports[k].why,
			    (int)TCP_END_CLOSED);
		}
		ck_assert_int_lt(llabs(apart_ns), 100000000);
	}
	reset(&p);
}
END_TEST

START_TEST(a_login_takes_as_long_as_a_hash)
{
	const struct truth_said *said;
	struct played p;

	play_text(&p, LAB "  serve p2p\n  login ann \"right\"\n" CLIENT
	    "talk p2p from client to server as ann\n"
	    "  password \"right\"\n  after 2s say \"hello\"\n");
	ck_assert_msg(p.status == 0, "%s", err.text);
	said = p.truth->said.list;
	ck_assert_uint_ge(p.said.count, 3);
	ck_assert_int_gt(said[1].at_ns - said[0].at_ns, 280000000);
	ck_assert_int_lt(said[1].at_ns - said[0].at_ns, 370000000);
	reset(&p);
}
END_TEST

/* Back-pressure, retransmissions, and a file that arrives whole: the server
 * knows its size. */
START_TEST(a_file_crosses_a_bad_link)
{
	static const char text[] = LAB
	    "  link bandwidth 4Mbit latency 10ms loss 2% reorder 2% by 3ms\n"
	    "  serve class\n" CLIENT
	    "host other 192.168.1.12 fd00:1::c\n"
	    "  link bandwidth 1Mbit latency 30ms\n"
	    "talk class from client to server as ann ipv6\n"
	    "  password \"x\"\n"
	    "  file film.bin 700K\n"
	    "  wait for \"ben joined\"\n"
	    "  say \"file_transfer:file_to:ben:film.bin\"\n"
	    "  wait for \"sent to ben\" within 2m\n"
	    "talk class from other to server at 1s as ben\n"
	    "  password \"y\"\n"
	    "  wait for \"Saved as 'film.bin'\" within 2m\n";
	struct played p;

	play_text(&p, text);
	ck_assert_msg(p.status == 0, "%s", err.text);
	ck_assert(!p.is_cut_off);
	reset(&p);
}
END_TEST

START_TEST(the_same_name_is_the_same_file_and_longer_ones_begin_alike)
{
	struct said_list files = { NULL, 0, 0 };
	struct scenario_file file = { (char *)(uintptr_t)"notes.txt", 5000 };

	said_file(&file, 1, &files);
	file.size = 9001;
	said_file(&file, 1, &files);
	said_file(&file, 2, &files);
	file.name = (char *)(uintptr_t)"other.txt";
	said_file(&file, 1, &files);
	ck_assert_uint_eq(files.list[0].len, 5000);
	ck_assert_uint_eq(files.list[1].len, 9001);
	ck_assert_mem_eq(files.list[0].data, files.list[1].data, 5000);
	ck_assert_mem_ne(files.list[1].data, files.list[2].data, 16);
	ck_assert_mem_ne(files.list[1].data, files.list[3].data, 16);
	ck_assert_mem_ne(files.list[1].data, files.list[1].data + 4096, 16);
	said_reset(&files);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("talk");
	TCase *tc = tcase_create("talk");

	tcase_add_loop_test(tc,
	    what_is_said_is_what_the_protocols_say_without_a_network, 0,
	    SHIPPED);
	tcase_add_loop_test(tc, the_same_is_said_at_the_same_times_again, 0,
	    SHIPPED);
	tcase_add_loop_test(tc, a_scenario_takes_some_seconds, 0, SHIPPED);
	tcase_add_test(tc, encrypted_messages_open_and_each_has_its_own_vector);
	tcase_add_loop_test(tc,
	    a_script_that_fails_ends_the_scenario_with_its_line, 0, FAILURES);
	tcase_add_loop_test(tc, a_server_closes_when_it_has_to, 0, ENDINGS);
	tcase_add_loop_test(tc, who_leaves_is_let_go_at_once, 0, SHIPPED);
	tcase_add_test(tc, a_login_takes_as_long_as_a_hash);
	tcase_add_test(tc, a_file_crosses_a_bad_link);
	tcase_add_test(tc,
	    the_same_name_is_the_same_file_and_longer_ones_begin_alike);
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
