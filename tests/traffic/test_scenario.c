#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/traffic/scenario_rules.h"

#define US	INT64_C(1000)
#define MS	INT64_C(1000000)
#define S	INT64_C(1000000000)

static struct errbuf err;

/* Of text that is right. */
static struct scenario *
read_text(const char *text)
{
	struct scenario *s = scenario_parse("dir/a.b.scenario", text,
	    strlen(text), &err);

	ck_assert_msg(s != NULL, "%s", err.text);
	ck_assert_ptr_eq(scenario_rule_broken(s), NULL);
	return s;
}

/* Two hosts, with so much below the first, and an action. */
static struct scenario *
read_parts(const char *properties, const char *action)
{
	char text[4096];

	snprintf(text, sizeof(text),
	    "network n 10.0.0.0/8 fd00::/16\n"
	    "host a 10.0.0.11 fd00::b\n%s"
	    "host b 10.0.0.12 fd00::c\n\tname b.example\n"
	    "\tserve echo\n\tserve im framing length\n\tserve eim port 9\n"
	    "\tserve class\n\tserve p2p users\n"
	    "host dns 10.0.0.53\n\tserve dns\n%s", properties, action);
	return read_text(text);
}

static void
check_amount(const struct amount *a, enum amount_kind kind, int64_t x,
    int64_t y, int64_t max)
{
	ck_assert_int_eq(a->kind, kind);
	ck_assert_int_eq(a->a, x);
	if (kind == AMOUNT_UNIFORM)
		ck_assert_int_eq(a->b, y);
	if (kind == AMOUNT_PARETO)
		ck_assert_int_eq(a->shape_milli, y);
	if (max != 0)
		ck_assert_int_eq(a->max, max);
}

START_TEST(what_is_not_said_has_a_default)
{
	struct scenario *s = read_text("host a\n");
	const struct scenario_host *h = &s->hosts[0];

	ck_assert_str_eq(s->name, "a.b");
	ck_assert_str_eq(s->title, "");
	ck_assert_int_eq(s->start_ns, 1767225600 * S);
	ck_assert_uint_eq(s->seed, 1);
	ck_assert_int_eq(s->limit_ns, 3600 * S);
	ck_assert_uint_eq(s->network_count, 2);
	ck_assert_str_eq(s->networks[0].name, "lan");
	ck_assert_str_eq(s->networks[1].name, "outside");
	ck_assert_mem_eq(s->networks[1].router[0].bytes, "\xcb\0\x71\1", 4);
	ck_assert(!s->networks[0].capture.wanted && !h->capture.wanted);
	ck_assert_mem_eq(h->address[0].bytes, "\xc0\xa8\1\x0a", 4);
	ck_assert_uint_eq(h->address[1].version, 0);
	ck_assert_mem_eq(h->mac, "\2\0\xc0\xa8\1\x0a", 6);
	ck_assert_uint_eq(h->ttl, 64);
	ck_assert_uint_eq(h->mtu, 1500);
	ck_assert_ptr_null(h->dns_name);
	ck_assert_uint_eq(h->resolver, SCENARIO_NONE);
	ck_assert_int_eq(h->clock_offset_ns, 0);
	check_amount(&h->reaction_ns, AMOUNT_UNIFORM, 20 * US, 80 * US, 0);
	ck_assert_uint_eq(h->up.bandwidth_bps, 1000000000);
	check_amount(&h->down.latency_ns, AMOUNT_CONSTANT, 50 * US, 0, 0);
	ck_assert_uint_eq(h->down.queue_packets, 1000);
	ck_assert_uint_eq(h->up.loss_ppm | h->up.duplicate_ppm |
	    h->up.reorder_ppm, 0);
	ck_assert_uint_eq(h->tcp.initial_window, 10);
	ck_assert_uint_eq(s->action_count, 0);
	scenario_free(s);
}
END_TEST

START_TEST(a_scenario_says_title_start_seed_and_limit)
{
	struct scenario *s = read_text("\xef\xbb\xbf"
	    "title \"a \\\"b\\\" \xc3\xa4\"  # x\n"
	    "start 2026-01-12T10:15:00Z\r\nseed 18446744073709551615\n"
	    "limit 10m\n\n  # an indented comment\nhost x");

	ck_assert_str_eq(s->title, "a \"b\" \xc3\xa4");
	ck_assert_int_eq(s->start_ns, 1768212900 * S);
	ck_assert_uint_eq(s->seed, UINT64_MAX);
	ck_assert_int_eq(s->limit_ns, 600 * S);
	scenario_free(s);
}
END_TEST

START_TEST(a_network_has_prefixes_a_router_and_a_capture)
{
	struct scenario *s = read_text(
	    "network one 10.20.0.0/16 fd00:20::/64\n"
	    "    router 10.20.3.4 fd00:20::ff\n"
	    "    capture pcapng microseconds big-endian snaplen 128\n"
	    "network two fd00:21::/64\n\tcapture\n"
	    "host a fd00:21::5\n");
	const struct scenario_network *n = s->networks;

	ck_assert_uint_eq(n[0].line, 1);
	ck_assert_uint_eq(n[1].line, 4);
	ck_assert_uint_eq(n[0].prefix[0].bits, 16);
	ck_assert_mem_eq(n[0].router[0].bytes, "\12\24\3\4", 4);
	ck_assert_uint_eq(n[0].router[1].bytes[15], 0xff);
	ck_assert(n[0].capture.wanted && n[0].capture.big_endian);
	ck_assert(n[0].capture.microseconds);
	ck_assert_int_eq(n[0].capture.format, CAPTURE_PCAPNG);
	ck_assert_uint_eq(n[0].capture.snaplen, 128);
	ck_assert(!n[1].has_prefix[0] && n[1].has_prefix[1]);
	ck_assert_uint_eq(n[1].router[1].bytes[15], 1);
	ck_assert_uint_eq(n[1].capture.snaplen, 262144);
	ck_assert(!n[1].capture.microseconds);
	ck_assert_int_eq(n[1].capture.format, CAPTURE_PCAP);
	ck_assert_uint_eq(s->hosts[0].network, 1);
	ck_assert_mem_eq(s->hosts[0].mac, "\2\6\0\0\0\5", 6);
	scenario_free(s);
}
END_TEST

START_TEST(a_host_has_its_properties)
{
	struct scenario *s = read_parts(
	    "\tcapture nanoseconds\n\tmac 02:ab:CD:00:00:01\n\tttl 255\n"
	    "\tmtu 1280\n\tclock -1.5s\n\tname WWW.ttm4200.com\n"
	    "\tresolver dns\n\tneighbours known\n\treaction 0\n", "");
	const struct scenario_host *h = &s->hosts[0];

	ck_assert_uint_eq(h->line, 2);
	ck_assert(h->capture.wanted && h->neighbours_known);
	ck_assert_mem_eq(h->mac, "\2\xab\xcd\0\0\1", 6);
	ck_assert_uint_eq(h->ttl, 255);
	ck_assert_uint_eq(h->mtu, 1280);
	ck_assert_int_eq(h->clock_offset_ns, -1500 * MS);
	ck_assert_str_eq(h->dns_name, "WWW.ttm4200.com");
	ck_assert_uint_eq(h->resolver, 2);
	check_amount(&h->reaction_ns, AMOUNT_CONSTANT, 0, 0, 60 * S);
	scenario_free(s);
	s = read_parts("\tclock +250ms\n", "");
	ck_assert_int_eq(s->hosts[0].clock_offset_ns, 250 * MS);
	scenario_free(s);
	s = read_parts("\tclock 0\n", "");
	ck_assert_int_eq(s->hosts[0].clock_offset_ns, 0);
	scenario_free(s);
}
END_TEST

START_TEST(a_link_has_two_directions)
{
	struct scenario *s = read_parts(
	    "\tlink bandwidth 1.5Mbit latency uniform 1ms to 2ms jitter 3us\n"
	    "\tlink up loss 1.5% duplicate 0.0001% reorder 100% by 4ms\n"
	    "\tlink down bandwidth unlimited queue 7 drop 9,3,2000\n"
	    "\tlink up drop 4 latency 0\n", "");
	const struct scenario_link *up = &s->hosts[0].up;
	const struct scenario_link *down = &s->hosts[0].down;

	ck_assert_uint_eq(up->bandwidth_bps, 1500000);
	check_amount(&up->latency_ns, AMOUNT_CONSTANT, 0, 0, 60 * S);
	check_amount(&down->latency_ns, AMOUNT_UNIFORM, MS, 2 * MS, 2 * MS);
	ck_assert_int_eq(up->jitter_ns, 3 * US);
	ck_assert_uint_eq(up->loss_ppm, 15000);
	ck_assert_uint_eq(up->duplicate_ppm, 1);
	ck_assert_uint_eq(up->reorder_ppm, 1000000);
	ck_assert_int_eq(up->reorder_ns, 4 * MS);
	ck_assert_uint_eq(up->drop_count, 1);
	ck_assert_uint_eq(up->drops[0], 4);
	ck_assert_uint_eq(down->bandwidth_bps, 0);
	ck_assert_uint_eq(down->loss_ppm, 0);
	ck_assert_uint_eq(down->queue_packets, 7);
	ck_assert_uint_eq(down->drop_count, 3);
	ck_assert_uint_eq(down->drops[0], 3);
	ck_assert_uint_eq(down->drops[2], 2000);
	scenario_free(s);
}
END_TEST

START_TEST(both_directions_have_drops_of_their_own)
{
	struct scenario *s = read_parts("\tlink drop 1,2\n", "");

	ck_assert_uint_eq(s->hosts[0].up.drop_count, 2);
	ck_assert_uint_eq(s->hosts[0].down.drop_count, 2);
	ck_assert_ptr_ne(s->hosts[0].up.drops, s->hosts[0].down.drops);
	scenario_free(s);
}
END_TEST

START_TEST(bandwidths_have_units)
{
	static const struct { const char *text; uint64_t bps; } known[] = {
		{ "1000bit", 1000 }, { "64kbit", 64000 },
		{ "10Mbit", 10000000 }, { "1Gbit", 1000000000 },
		{ "0.125Mbit", 125000 }, { "400Gbit", 400000000000 },
	};
	struct scenario *s;
	char text[64];

	snprintf(text, sizeof(text), "\tlink bandwidth %s\n", known[_i].text);
	s = read_parts(text, "");
	ck_assert_uint_eq(s->hosts[0].up.bandwidth_bps, known[_i].bps);
	scenario_free(s);
}
END_TEST

START_TEST(tcp_can_be_set)
{
	struct scenario *s = read_parts("\ttcp mss 536 no-scaling no-sack "
	    "no-timestamps no-delayed-ack nagle window 64K initial-window 2 "
	    "isn 4294967295 keepalive 30s rto-min 1s retries 3 "
	    "syn-retries 0\n", "");
	const struct tcp_settings *t = &s->hosts[0].tcp;

	ck_assert_uint_eq(t->mss, 536);
	ck_assert(!t->window_scaling && !t->sack && !t->timestamps);
	ck_assert(!t->delayed_ack && t->nagle && t->isn_set);
	ck_assert_uint_eq(t->receive_buffer, 65536);
	ck_assert_uint_eq(t->initial_window, 2);
	ck_assert_uint_eq(t->isn, UINT32_MAX);
	ck_assert_int_eq(t->keepalive_ns, 30 * S);
	ck_assert_int_eq(t->rto_min_ns, S);
	ck_assert_uint_eq(t->retries, 3);
	ck_assert_uint_eq(t->syn_retries, 0);
	ck_assert(s->hosts[1].tcp.sack && !s->hosts[1].tcp.isn_set);
	scenario_free(s);
}
END_TEST

START_TEST(services_have_their_settings)
{
	struct scenario *s = read_parts(
	    "\tserve echo reverse line 100\n\tserve class port 7\n"
	    "\tlogin \"\xc3\xa5se b\" \"p\\x77\"\n\tlogin bob pw\n"
	    "\ttext q.txt \"a\\nb\"\n"
	    "\tconsole at 3s say \"hello\"  # why\n"
	    "\tconsole after 10ms say \"x\"\n\tserve dns\n\tserve im\n", "");
	const struct scenario_service *v = s->hosts[0].services;

	ck_assert_uint_eq(s->hosts[0].service_count, 4);
	ck_assert(v[0].protocol == &protocol_echo && v[0].settings.reverse);
	ck_assert_uint_eq(v[0].port, protocol_echo.port);
	ck_assert_uint_eq(v[0].settings.line_max, 100);
	ck_assert_uint_eq(v[1].port, 7);
	ck_assert_uint_eq(v[1].line, 4);
	ck_assert_uint_eq(v[1].login_count, 2);
	ck_assert(v[1].settings.users && !v[0].settings.users);
	ck_assert_str_eq(v[1].logins[0].name, "\xc3\xa5se b");
	ck_assert_str_eq(v[1].logins[0].password, "pw");
	ck_assert_str_eq(v[1].texts[0].text, "a\nb");
	ck_assert_str_eq(v[1].console_text, "at 3s say \"hello\"  # why\n"
	    "after 10ms say \"x\"\n");
	ck_assert_uint_eq(v[1].console.count, 2);
	ck_assert_uint_eq(v[1].console.list[0].line, 8);
	ck_assert_int_eq(v[1].console.list[0].when_ns, 3 * S);
	ck_assert_int_eq(v[2].kind, SERVICE_DNS);
	ck_assert_uint_eq(v[2].port, 53);
	ck_assert_uint_eq(v[3].settings.line_max, 1280);
	ck_assert_int_eq(v[3].settings.framing, IM_FRAMING_NONE);
	ck_assert_int_eq(s->hosts[1].services[1].settings.framing,
	    IM_FRAMING_LENGTH);
	scenario_free(s);
}
END_TEST

START_TEST(a_talk_has_steps_and_settings)
{
	struct scenario *s = read_parts("", "talk p2p from a to b at 1s "
	    "as \"bo b\" label odd\n\tpassword \"se cret\"\n\tregister\n"
	    "\tpeer-port 77\n\tline 2000\n\tat 2s say \"hello\"\n"
	    "\t  wait for \"bob\" within 5s\n\tsay \"x\"\n"
	    "\tafter 200ms say \"@bob: psst\"\n\tend\n");
	const struct scenario_action *a = &s->actions[0];
	const struct scenario_talk *t = &a->talk;

	ck_assert_int_eq(a->verb, VERB_TALK);
	ck_assert_uint_eq(a->from, 0);
	ck_assert_uint_eq(a->to, 1);
	ck_assert_uint_eq(a->version, 4);
	ck_assert_uint_eq(a->port, 5000);
	ck_assert_int_eq(a->at_ns, S);
	ck_assert_str_eq(a->label, "odd");
	ck_assert(!a->by_name);
	ck_assert_str_eq(t->settings.name, "bo b");
	ck_assert_uint_eq(t->settings.password.len, 7);
	ck_assert_mem_eq(t->settings.password.data, "se cret", 7);
	ck_assert(t->settings.login && t->settings.make_user);
	ck_assert_uint_eq(t->settings.peer_port, 77);
	ck_assert_uint_eq(t->settings.line_max, 2000);
	ck_assert_uint_eq(t->steps.count, 5);
	ck_assert_uint_eq(t->steps.list[0].line, a->line + 5);
	ck_assert_int_eq(t->steps.list[1].within_ns, 5 * S);
	ck_assert_int_eq(t->steps.list[4].what, SCRIPT_END);
	ck_assert_str_eq(t->script, "at 2s say \"hello\"\n"
	    "wait for \"bob\" within 5s\nsay \"x\"\n"
	    "after 200ms say \"@bob: psst\"\nend\n");
	scenario_free(s);
}
END_TEST

START_TEST(a_talk_takes_after_its_server)
{
	struct scenario *s = read_parts("", "talk im from a to b\n"
	    "talk eim from a to b port 9\n\tkeys sha256-plain\n"
	    "\tconfidentiality \"c c\"\n\tauthenticity a\n"
	    "talk echo from a to b ipv6\n"
	    "talk class from a to b as bob\n\tfile x.bin 20K\n\tfile y 0\n");
	const struct scenario_action *a = s->actions;

	ck_assert_int_eq(a[0].talk.settings.framing, IM_FRAMING_LENGTH);
	ck_assert_uint_eq(a[0].talk.settings.line_max, 1280);
	ck_assert_str_eq(a[0].talk.settings.name, "a");
	ck_assert_uint_eq(a[1].port, 9);
	ck_assert_int_eq(a[1].talk.settings.key_profile, EIM_SHA256_PLAIN);
	ck_assert_str_eq((char *)a[1].talk.settings.confidentiality_key.data,
	    "c c");
	ck_assert_uint_eq(a[2].version, 6);
	ck_assert_ptr_null(a[2].talk.settings.name);
	ck_assert_ptr_null(a[2].talk.script);
	ck_assert_uint_eq(a[3].talk.file_count, 2);
	ck_assert_uint_eq(a[3].talk.files[0].size, 20480);
	ck_assert_str_eq(a[3].talk.settings.name, "bob");
	scenario_free(s);
}
END_TEST

START_TEST(a_browse_has_its_properties)
{
	struct scenario *s = read_parts("\tresolver dns\n",
	    "browse to b from a by name\n"
	    "browse from a to b\n\ttls\n\tpages 3\n\tconnections 4\n"
	    "\tobjects uniform 2 to 5\n\trequest exponential 300 max 1K\n"
	    "\tresponse pareto 2K shape 1.25\n\tthink constant 3s\n"
	    "\tpause 0\n\tserver uniform 1ms to 1ms\n"
	    "\tburst 4K every exponential 5ms\n");
	const struct scenario_action *a = s->actions;
	const struct scenario_browse *b = &a[1].browse;

	ck_assert(a[0].by_name);
	ck_assert_uint_eq(a[0].port, 80);
	ck_assert_uint_eq(a[0].browse.pages, 1);
	check_amount(&a[0].browse.burst_bytes, AMOUNT_CONSTANT, 0, 0, 0);
	ck_assert_uint_eq(a[1].port, 443);
	ck_assert_int_eq(b->security, BROWSE_TLS);
	ck_assert_uint_eq(b->pages, 3);
	ck_assert_uint_eq(b->connections, 4);
	check_amount(&b->objects, AMOUNT_UNIFORM, 2, 5, 5);
	check_amount(&b->request_bytes, AMOUNT_EXPONENTIAL, 300, 0, 1024);
	check_amount(&b->response_bytes, AMOUNT_PARETO, 2048, 1250, 1 << 30);
	check_amount(&b->think_ns, AMOUNT_CONSTANT, 3 * S, 0, 0);
	check_amount(&b->pause_ns, AMOUNT_CONSTANT, 0, 0, 0);
	check_amount(&b->server_ns, AMOUNT_UNIFORM, MS, MS, MS);
	check_amount(&b->burst_bytes, AMOUNT_CONSTANT, 4096, 0, 0);
	check_amount(&b->burst_ns, AMOUNT_EXPONENTIAL, 5 * MS, 0, 0);
	scenario_free(s);
}
END_TEST

START_TEST(a_transfer_has_its_properties)
{
	struct scenario *s = read_parts("", "transfer from a to b port 1\n"
	    "transfer from a to b port 1\n\tbytes 1M\n\tdownload\n"
	    "\tchunk 1K every uniform 0 to 2ms\n\tstall after 20K for 3s\n"
	    "\tlinger 1s\n\tclose reset\n\tfrom-port 4000\n"
	    "\tconnections 3 every 2s\n");
	const struct scenario_transfer *d = &s->actions[0].transfer;
	const struct scenario_transfer *t = &s->actions[1].transfer;

	ck_assert_uint_eq(d->bytes, 102400);
	ck_assert(!d->from_server && d->close == CLOSE_FIN);
	ck_assert_uint_eq(d->connections, 1);
	ck_assert_uint_eq(t->bytes, 1048576);
	ck_assert(t->from_server);
	check_amount(&t->chunk_bytes, AMOUNT_CONSTANT, 1024, 0, 0);
	check_amount(&t->every_ns, AMOUNT_UNIFORM, 0, 2 * MS, 2 * MS);
	ck_assert_uint_eq(t->stall_after, 20480);
	ck_assert_int_eq(t->stall_ns, 3 * S);
	ck_assert_int_eq(t->linger_ns, S);
	ck_assert_int_eq(t->close, CLOSE_RESET);
	ck_assert_uint_eq(t->from_port, 4000);
	ck_assert_uint_eq(t->connections, 3);
	ck_assert_int_eq(t->gap_ns, 2 * S);
	scenario_free(s);
}
END_TEST

START_TEST(packets_have_their_properties)
{
	struct scenario *s = read_parts("\tresolver dns\n",
	    "datagrams from a to b port 9\n\tcount 5\n\tsize 0\n"
	    "\tevery 1ms\n\tanswer uniform 1 to 65507\n\tfrom-port 8\n"
	    "ping from a to b ipv6\n\tcount 2\n\tsize 3000\n\tevery 0\n"
	    "lookup no-such.example from a type TXT\n\tcount 3\n\tevery 2s\n"
	    "lookup b.example from a\n"
	    "tunnel evil.example from a label tunnel\n\tbytes 1K\n"
	    "\tevery 10ms\n");
	const struct scenario_action *a = s->actions;

	ck_assert_uint_eq(a[0].datagrams.count, 5);
	check_amount(&a[0].datagrams.size_bytes, AMOUNT_CONSTANT, 0, 0, 0);
	check_amount(&a[0].datagrams.every_ns, AMOUNT_CONSTANT, MS, 0, 0);
	ck_assert(a[0].datagrams.answers);
	check_amount(&a[0].datagrams.answer_bytes, AMOUNT_UNIFORM, 1, 65507,
	    65507);
	ck_assert_uint_eq(a[0].datagrams.from_port, 8);
	ck_assert_uint_eq(a[1].version, 6);
	ck_assert_uint_eq(a[1].ping.count, 2);
	check_amount(&a[1].ping.size_bytes, AMOUNT_CONSTANT, 3000, 0, 0);
	ck_assert_str_eq(a[2].lookup.name, "no-such.example");
	ck_assert_uint_eq(a[2].lookup.type, 16);
	ck_assert_uint_eq(a[2].lookup.count, 3);
	ck_assert_uint_eq(a[2].to, SCENARIO_NONE);
	ck_assert_uint_eq(a[2].port, 53);
	ck_assert_uint_eq(a[3].lookup.type, 1);
	ck_assert_str_eq(a[4].tunnel.domain, "evil.example");
	ck_assert_uint_eq(a[4].tunnel.bytes, 1024);
	check_amount(&a[4].tunnel.every_ns, AMOUNT_CONSTANT, 10 * MS, 0, 0);
	scenario_free(s);
}
END_TEST

START_TEST(attacks_have_their_properties)
{
	struct scenario *s = read_parts("", "scan from a to b ports 1-1024 "
	    "label scan\n\tkind connect\n\tshuffled\n\tevery 5ms\n"
	    "scan from a to b ports 65535\n"
	    "flood from a to b port 80\n\tkind udp\n\tcount 7\n"
	    "\tevery exponential 1us\n\tsize 100\n"
	    "\tsources 172.16.0.0/12\n"
	    "flood from a to b\n\tkind icmp\n");
	const struct scenario_action *a = s->actions;

	ck_assert_uint_eq(a[0].scan.first_port, 1);
	ck_assert_uint_eq(a[0].scan.last_port, 1024);
	ck_assert_int_eq(a[0].scan.kind, SCAN_CONNECT);
	ck_assert(a[0].scan.shuffled && !a[1].scan.shuffled);
	check_amount(&a[0].scan.every_ns, AMOUNT_CONSTANT, 5 * MS, 0, 0);
	ck_assert_uint_eq(a[1].scan.first_port, 65535);
	ck_assert_uint_eq(a[1].scan.last_port, 65535);
	ck_assert_int_eq(a[1].scan.kind, SCAN_SYN);
	ck_assert_int_eq(a[2].flood.kind, FLOOD_UDP);
	ck_assert_uint_eq(a[2].flood.count, 7);
	check_amount(&a[2].flood.every_ns, AMOUNT_EXPONENTIAL, US, 0, 0);
	check_amount(&a[2].flood.size_bytes, AMOUNT_CONSTANT, 100, 0, 0);
	ck_assert(a[2].flood.spoofed && !a[3].flood.spoofed);
	ck_assert_uint_eq(a[2].flood.sources.bits, 12);
	ck_assert_int_eq(a[3].flood.kind, FLOOD_ICMP);
	ck_assert_uint_eq(a[3].port, 0);
	scenario_free(s);
}
END_TEST

START_TEST(names_are_as_long_as_they_may_be)
{
	static const char label[] = "a23456789-b23456789-c23456789-d23456789-"
	    "e23456789-f23456789-xyz";
	char text[512];
	struct scenario *s;

	snprintf(text, sizeof(text), "host %s\n name %s.%s.%s.%.61s\n",
	    label, label, label, label, label);
	s = read_text(text);
	ck_assert_uint_eq(strlen(s->hosts[0].name), 63);
	ck_assert_uint_eq(strlen(s->hosts[0].dns_name), 253);
	scenario_free(s);
}
END_TEST

/* IPv6 where that is all that one of the two has. */
START_TEST(the_version_is_what_both_have)
{
	struct scenario *s = read_text("network n 10.0.0.0/8 fd00::/16\n"
	    "host a 10.0.0.5 fd00::5\nhost b fd00::6\n\tserve dns\n"
	    "host c 10.0.0.7\n\tserve dns\nhost d fd00::8 10.0.0.8\n"
	    "\tresolver b\n"
	    "ping from a to b\nping from a to c\nlookup x from d\n");

	ck_assert_uint_eq(s->actions[0].version, 6);
	ck_assert_uint_eq(s->actions[1].version, 4);
	ck_assert_uint_eq(s->actions[2].version, 6);
	scenario_free(s);
}
END_TEST

START_TEST(order_does_not_matter)
{
	struct scenario *s = read_text("ping from a to b\n"
	    "host b 10.0.0.2\n\tresolver a\nhost a 10.0.0.3\n\tserve dns\n"
	    "network n 10.0.0.0/24\n");

	ck_assert_uint_eq(s->actions[0].from, 1);
	ck_assert_uint_eq(s->hosts[0].resolver, 1);
	scenario_free(s);
}
END_TEST

START_TEST(hosts_without_addresses_get_free_ones)
{
	struct scenario *s = read_text("network n 10.0.0.0/28\n"
	    "\trouter 10.0.0.11\nhost a\nhost b 10.0.0.12\nhost c\nhost d\n"
	    "host e\n");

	ck_assert_uint_eq(s->hosts[0].address[0].bytes[3], 10);
	ck_assert_uint_eq(s->hosts[2].address[0].bytes[3], 13);
	ck_assert_uint_eq(s->hosts[3].address[0].bytes[3], 14);
	ck_assert_uint_eq(s->hosts[4].address[0].bytes[3], 1);
	scenario_free(s);
}
END_TEST

START_TEST(a_file_is_read_and_named)
{
	char path[] = "/tmp/labgen-test-XXXXXX.scenario";
	int fd = mkstemps(path, 9);
	struct scenario *s;

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, "host a\n", 7), 7);
	close(fd);
	s = scenario_open(path, &err);
	unlink(path);
	ck_assert_msg(s != NULL, "%s", err.text);
	ck_assert_mem_eq(s->name, path + 5, strlen(path) - 5 - 9);
	scenario_free(s);
	ck_assert_ptr_null(scenario_open("./none.scenario", &err));
	ck_assert_str_eq(err.text,
	    "./none.scenario: No such file or directory");
	ck_assert_ptr_null(scenario_open("/dev/zero", &err));
	ck_assert_str_eq(err.text, "/dev/zero: longer than 4194304 bytes");
	scenario_free(NULL);
}
END_TEST

START_TEST(shipped_scenarios_are_found_by_name)
{
	struct scenario *s = scenario_open("echo", &err);

	ck_assert_msg(s != NULL, "%s", err.text);
	ck_assert_str_eq(s->name, "echo");
	scenario_free(s);
	ck_assert_ptr_null(scenario_open("ecko", &err));
	ck_assert_str_eq(err.text, "ecko: no such scenario; there is echo");
	ck_assert_ptr_null(scenario_open("nothing-like-it", &err));
	ck_assert_msg(strncmp(err.text, "nothing-like-it: no such scenario; "
	    "`labgen list`", 48) == 0, "%s", err.text);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("scenario");
	TCase *tc = tcase_create("scenario");

	tcase_add_test(tc, what_is_not_said_has_a_default);
	tcase_add_test(tc, a_scenario_says_title_start_seed_and_limit);
	tcase_add_test(tc, a_network_has_prefixes_a_router_and_a_capture);
	tcase_add_test(tc, a_host_has_its_properties);
	tcase_add_test(tc, a_link_has_two_directions);
	tcase_add_test(tc, both_directions_have_drops_of_their_own);
	tcase_add_loop_test(tc, bandwidths_have_units, 0, 6);
	tcase_add_test(tc, tcp_can_be_set);
	tcase_add_test(tc, services_have_their_settings);
	tcase_add_test(tc, a_talk_has_steps_and_settings);
	tcase_add_test(tc, a_talk_takes_after_its_server);
	tcase_add_test(tc, a_browse_has_its_properties);
	tcase_add_test(tc, a_transfer_has_its_properties);
	tcase_add_test(tc, packets_have_their_properties);
	tcase_add_test(tc, attacks_have_their_properties);
	tcase_add_test(tc, names_are_as_long_as_they_may_be);
	tcase_add_test(tc, the_version_is_what_both_have);
	tcase_add_test(tc, order_does_not_matter);
	tcase_add_test(tc, hosts_without_addresses_get_free_ones);
	tcase_add_test(tc, a_file_is_read_and_named);
	tcase_add_test(tc, shipped_scenarios_are_found_by_name);
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
