/*
 * What ip(8) and tc(8) are asked for; and which scenarios are refused a run.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traffic/hosts/arguments.h"
#include "traffic/hosts/can_run.h"
#include "traffic/hosts/chat_programs.h"
#include "traffic/hosts/shaping.h"
#include "traffic/hosts/wiring.h"

static struct errbuf err;

static struct scenario *
read_text(const char *text)
{
	struct scenario *s = scenario_parse("a.scenario", text, strlen(text),
	    &err);

	ck_assert_msg(s != NULL, "%s", err.text);
	return s;
}

/* Two hosts, with so much below the first. */
static struct scenario *
read_host(const char *properties)
{
	char text[2048];

	snprintf(text, sizeof(text), "network n 10.0.0.0/24 fd00::/64\n"
	    "host a 10.0.0.11 fd00::b\n%s"
	    "host b 10.0.0.12\n    mtu 1400\n", properties);
	return read_text(text);
}

static void
ck_text(struct command_text *commands, const char *expected)
{
	ck_assert(!commands->failed);
	command_add(commands, "%c", '\0');
	ck_assert_str_eq((const char *)commands->text.data, expected);
	command_text_reset(commands);
}

static const struct {
	const char *link, *commands;
} shapes[] = {
	{ "", "" },
	{ "    link up bandwidth 1Gbit latency 50us\n", "" },
	{ "    link up bandwidth 10Gbit latency 0s queue 5\n", "" },
	{ "    link down latency 1s\n", "" },
	/* A bucket of a hundredth of a second, or two frames. */
	{ "    link up bandwidth 10Mbit queue 20\n",
	    "qdisc replace dev x root tbf rate 10000000bit burst 12500b "
	    "limit 30360b\n" },
	{ "    link up bandwidth 64kbit queue 1\n",
	    "qdisc replace dev x root tbf rate 64000bit burst 3036b "
	    "limit 1518b\n" },
	{ "    link up latency 20ms\n",
	    "qdisc replace dev x root handle 1: netem limit 1000000 "
	    "delay 20000000ns\n" },
	{ "    link up latency uniform 10ms to 30ms\n",
	    "qdisc replace dev x root handle 1: netem limit 1000000 "
	    "delay 20000000ns 10000000ns\n"
	    "qdisc add dev x parent 1:1 handle 2: pfifo limit 1000000\n" },
	/* From the latency to as much more as the jitter. */
	{ "    link up latency 10ms jitter 4ms\n",
	    "qdisc replace dev x root handle 1: netem limit 1000000 "
	    "delay 12000000ns 2000000ns\n"
	    "qdisc add dev x parent 1:1 handle 2: pfifo limit 1000000\n" },
	{ "    link up loss 1.5%\n",
	    "qdisc replace dev x root handle 1: netem limit 1000000 "
	    "delay 50000ns loss 1.5000%\n" },
	{ "    link up duplicate 0.01% loss 100%\n",
	    "qdisc replace dev x root handle 1: netem limit 1000000 "
	    "delay 50000ns loss 100.0000% duplicate 0.0100%\n" },
	{ "    link up reorder 5% by 3ms\n",
	    "qdisc replace dev x root handle 1: netem limit 1000000 "
	    "delay 3050000ns reorder 5.0000%\n" },
	{ "    link up latency 10ms jitter 2ms reorder 5% by 3ms\n",
	    "qdisc replace dev x root handle 1: netem limit 1000000 "
	    "delay 11000000ns 1000000ns reorder 5.0000%\n" },
	/* 10 Mbit/s for 100 ms are 83 packets of 1500 bytes under way. */
	{ "    link up bandwidth 10Mbit latency 100ms queue 50\n",
	    "qdisc replace dev x root handle 1: netem limit 134 "
	    "delay 100000000ns rate 10000000bit\n" },
};

START_TEST(a_link_is_shaped_as_the_scenario_says)
{
	struct scenario *s = read_host(shapes[_i].link);
	struct command_text commands = { .failed = false };
	const struct scenario_link *up = &s->hosts[0].up;

	shaping_commands(&commands, "x", up, s->hosts[0].mtu);
	ck_assert_int_eq(shaping_of(up) == SHAPING_NONE,
	    shapes[_i].commands[0] == '\0');
	ck_text(&commands, shapes[_i].commands);
	scenario_free(s);
}
END_TEST

START_TEST(a_host_is_wired)
{
	struct scenario *s = read_host("    neighbours known\n"
	    "    tcp mss 500 initial-window 4 rto-min 300ms no-delayed-ack\n");
	struct command_text commands = { .failed = false };

	wiring_host(&commands, s, 0);
	ck_text(&commands, "link set lo up\n"
	    "link set eth0 addrgenmode none\n"
	    "addr add 10.0.0.11/24 dev eth0\n"
	    "addr add fd00::b/64 dev eth0 nodad\n"
	    "link set eth0 up\n"
	    "route replace 10.0.0.0/24 dev eth0 proto kernel src 10.0.0.11 "
	    "scope link advmss 500 initcwnd 4 rto_min 300ms quickack 1\n"
	    "route add default via 10.0.0.1 dev eth0 advmss 500 initcwnd 4 "
	    "rto_min 300ms quickack 1\n"
	    "neigh replace 10.0.0.12 lladdr 02:00:0a:00:00:0c dev eth0 nud "
	    "permanent\n"
	    "neigh replace 10.0.0.1 lladdr 02:00:0a:00:00:01 dev eth0 nud "
	    "permanent\n"
	    "route replace fd00::/64 dev eth0 proto kernel src fd00::b "
	    "metric 256 advmss 500 initcwnd 4 rto_min 300ms quickack 1\n"
	    "route add default via fd00::1 dev eth0 advmss 500 initcwnd 4 "
	    "rto_min 300ms quickack 1\n"
	    "neigh replace fd00::1 lladdr 02:00:0a:00:00:01 dev eth0 nud "
	    "permanent\n");
	wiring_host(&commands, s, 1);
	ck_text(&commands, "link set lo up\n"
	    "addr add 10.0.0.12/24 dev eth0\n"
	    "link set eth0 up\n"
	    "route replace 10.0.0.0/24 dev eth0 proto kernel src 10.0.0.12 "
	    "scope link\n"
	    "route add default via 10.0.0.1 dev eth0\n");
	scenario_free(s);
}
END_TEST

START_TEST(a_cable_is_short_or_has_a_bridge_between)
{
	struct scenario *s = read_host("");
	struct command_text commands = { .failed = false };

	wiring_cable(&commands, s, 1, "/proc/self/fd/9", false);
	ck_text(&commands, "link add p1 mtu 1500 type veth peer name eth0 "
	    "mtu 1400 address 02:00:0a:00:00:0c netns /proc/self/fd/9\n"
	    "link set p1 master br0\nlink set p1 up\n"
	    "route add 10.0.0.12 dev br0 mtu lock 1400\n");
	wiring_cable(&commands, s, 0, "/proc/self/fd/9", true);
	ck_text(&commands, "link add t0 mtu 1500 type veth peer name eth0 "
	    "mtu 1500 address 02:00:0a:00:00:0b netns /proc/self/fd/9\n"
	    "link add c0 mtu 1500 type bridge stp_state 0 forward_delay 0 "
	    "mcast_snooping 0\n"
	    "link add u0 mtu 1500 type veth peer name p0 mtu 1500\n"
	    "link set t0 master c0\nlink set u0 master c0\n"
	    "link set c0 up\nlink set t0 up\nlink set u0 up\n"
	    "link set p0 master br0\nlink set p0 up\n");
	scenario_free(s);
}
END_TEST

START_TEST(both_directions_are_shaped_where_the_kernel_can)
{
	struct scenario *s = read_host("    link up loss 1%\n"
	    "    link down bandwidth 1Mbit\n");
	struct command_text commands = { .failed = false };
	const char *down = "root tbf rate 1000000bit burst 3036b limit "
	    "1518000b\n";
	char expected[512];

	ck_assert(wiring_is_shaped(&s->hosts[0].up, true));
	ck_assert(!wiring_is_shaped(&s->hosts[0].up, false));
	ck_assert(wiring_is_shaped(&s->hosts[0].down, false));
	wiring_shapers(&commands, s, 0, true);
	snprintf(expected, sizeof(expected), "qdisc replace dev u0 root "
	    "handle 1: netem limit 1000000 delay 50000ns loss 1.0000%%\n"
	    "qdisc replace dev t0 %s", down);
	ck_text(&commands, expected);
	/* Nothing stands between, so the port itself is shaped. */
	wiring_shapers(&commands, s, 0, false);
	snprintf(expected, sizeof(expected), "qdisc replace dev p0 %s", down);
	ck_text(&commands, expected);
	scenario_free(s);
}
END_TEST

static const char hosts[] = "network n 10.0.0.0/24\n"
    "host a 10.0.0.11\n    resolver b\n"
    "host b 10.0.0.12\n    name b.example\n    serve dns\n"
    "    serve p2p port 4000 users\n    login ann \"secret\"\n"
    "    serve im framing length\n    serve eim port 9998\n"
    "    serve echo reverse\n"
    "    serve class\n";

static void
ck_client(const char *action, const char *expected)
{
	struct arguments arguments = { .count = 0 };
	char text[2048], line[1024] = "";
	struct scenario *s;

	snprintf(text, sizeof(text), "%s%s", hosts, action);
	s = read_text(text);
	chat_client_arguments(&arguments, "/bin/labchat", s, &s->actions[0]);
	ck_assert(!arguments.failed);
	for (size_t i = 0; i < arguments.count; i++) {
		strncat(line, arguments.words[i],
		    sizeof(line) - strlen(line) - 1);
		strncat(line, " ", sizeof(line) - strlen(line) - 1);
	}
	ck_assert_str_eq(line, expected);
	arguments_reset(&arguments);
	scenario_free(s);
}

START_TEST(a_client_has_its_command_line)
{
	ck_client("talk echo from a to b\n    end\n",
	    "/bin/labchat echo -s 10.0.0.12 -p 8080 -b 10.0.0.11 "
	    "--max-line 1024 --script .script ");
	ck_client("talk p2p from a to b port 4000 as ann by name\n"
	    "    password \"secret\"\n    peer-port 77\n    end\n",
	    "/bin/labchat p2p -s b.example -p 4000 -b 10.0.0.11 "
	    "--max-line 1024 -n ann --login --password @.password "
	    "--peer-port 77 --script .script ");
	ck_client("talk im from a to b as ann\n    end\n",
	    "/bin/labchat im -s 10.0.0.12 -p 9999 -b 10.0.0.11 "
	    "--framing length --max-line 1280 -n ann --script .script ");
}
END_TEST

START_TEST(a_server_has_its_command_line)
{
	static const char *const expected[] = {
		"labchatd", "p2p", "-p", "4000", "-b", "10.0.0.12",
		"--max-line", "1024", "--users", ".users.db",
	};
	struct arguments arguments = { .count = 0 };
	struct scenario *s = read_text(hosts);

	chat_server_arguments(&arguments, "labchatd", &s->hosts[1],
	    &s->hosts[1].services[1]);
	ck_assert_uint_eq(arguments.count,
	    sizeof(expected) / sizeof(*expected));
	for (size_t i = 0; i < arguments.count; i++)
		ck_assert_str_eq(arguments.words[i], expected[i]);
	ck_assert_ptr_eq(arguments.words[arguments.count], NULL);
	arguments_reset(&arguments);
	scenario_free(s);
}
END_TEST

START_TEST(too_many_words_are_no_command_line)
{
	struct arguments arguments = { .count = 0 };

	for (int i = 0; i < ARGUMENTS_MAX; i++)
		arguments_add(&arguments, "word");
	ck_assert(!arguments.failed);
	arguments_add(&arguments, "word");
	ck_assert(arguments.failed);
	arguments_reset(&arguments);
	ck_assert(!arguments.failed);
}
END_TEST

static const struct {
	const char *text, *what;
} verdicts[] = {
	{ "talk echo from a to b\n    end\n", NULL },
	{ "ping from a to b\n", NULL },
	{ "datagrams from a to b port 9\n", NULL },
	{ "transfer from a to b port 9\n    bytes 9\n    close reset\n", NULL },
	{ "browse from a to b\n", NULL },
	{ "lookup b.example from a\n", NULL },
	{ "host c 10.0.0.13\n    link loss 5% latency uniform 1ms to 2ms\n",
	    NULL },
	{ "browse from a to b\n    tls\n", "a.scenario:13: browse with tls" },
	{ "scan from a to b ports 1-9\n", "a.scenario:13: scan" },
	{ "flood from a to b port 9\n", "a.scenario:13: flood" },
	{ "tunnel x.example from a\n    bytes 9\n", "a.scenario:13: tunnel" },
	{ "host c 10.0.0.13\n    link up drop 2\n",
	    "a.scenario:13: a link that drops packets by number" },
	{ "host c 10.0.0.13\n    link down drop 2\n",
	    "a.scenario:13: a link that drops packets by number" },
	{ "host c 10.0.0.13\n    link up latency exponential 2ms\n",
	    "a.scenario:13: exponential latency" },
	{ "host c 10.0.0.13\n    link down latency pareto 2ms shape 1.5\n",
	    "a.scenario:13: Pareto latency" },
	{ "host c 10.0.0.13\n    tcp isn 7\n", "a.scenario:13: tcp isn" },
};

START_TEST(what_cannot_be_run_is_refused)
{
	char text[2048];
	struct scenario *s;
	int status;

	snprintf(text, sizeof(text), "%s%s", hosts, verdicts[_i].text);
	s = read_text(text);
	err.text[0] = '\0';
	status = can_run(s, &err);
	if (verdicts[_i].what == NULL) {
		ck_assert_msg(status == 0, "%s", err.text);
	} else {
		ck_assert_int_eq(status, -1);
		ck_assert_msg(strncmp(err.text, verdicts[_i].what,
		    strlen(verdicts[_i].what)) == 0, "%s", err.text);
	}
	scenario_free(s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("wiring");
	TCase *tc = tcase_create("run");
	SRunner *runner;
	int failures;

	tcase_add_loop_test(tc, a_link_is_shaped_as_the_scenario_says, 0,
	    sizeof(shapes) / sizeof(*shapes));
	tcase_add_test(tc, a_host_is_wired);
	tcase_add_test(tc, a_cable_is_short_or_has_a_bridge_between);
	tcase_add_test(tc, both_directions_are_shaped_where_the_kernel_can);
	tcase_add_test(tc, a_client_has_its_command_line);
	tcase_add_test(tc, a_server_has_its_command_line);
	tcase_add_test(tc, too_many_words_are_no_command_line);
	tcase_add_loop_test(tc, what_cannot_be_run_is_refused, 0,
	    sizeof(verdicts) / sizeof(*verdicts));
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
