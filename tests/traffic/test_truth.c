/*
 * The truth file, of calls made by hand: byte for byte that of
 * tests/traffic/truth.json, and its parts as they are asked for.  With
 * TRUTH_REWRITE set the file is written anew, to be read in review.
 */
#include "traffic/synth/truth/truth.h"

#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/outfile.h"

#define MS INT64_C(1000000)
#define START INT64_C(1767225600000000000)

static const char text[] =
    "title \"by hand: \xc3\xa4 \\\"quoted\\\"\"\n"
    "network lab 10.0.0.0/24\n"
    "    capture pcap microseconds\n"
    "host a 10.0.0.3\n"
    "    capture\n"
    "    name a.example\n"
    "host b 10.0.0.2\n"
    "    clock +2s\n";

struct text_sink {
	struct sink sink;
	struct bytes bytes;
	size_t room;		/* a write past it fails */
};

static struct scenario *scenario;
static struct truth *truth;

static int
keep(struct sink *sink, const void *data, size_t n, struct errbuf *err)
{
	struct text_sink *s = (struct text_sink *)(void *)sink;

	if (s->bytes.len + n > s->room) {
		errbuf_set(err, "no room");
		return -1;
	}
	return bytes_append(&s->bytes, data, n);
}

static void
begin(void)
{
	struct errbuf err = { "" };
	struct truth_setup setup = { .seed = UINT64_MAX, .start_ns = START };

	scenario = scenario_parse("hand", text, sizeof(text) - 1, &err);
	ck_assert_msg(scenario != NULL, "%s", err.text);
	setup.scenario = scenario;
	truth = truth_new(&setup);
	ck_assert_ptr_nonnull(truth);
	truth_capture(truth, "a.pcap", 0, SCENARIO_NONE,
	    &scenario->hosts[0].capture);
	truth_capture(truth, "lab.pcap", SCENARIO_NONE, 0,
	    &scenario->networks[0].capture);
}

static void
end(void)
{
	truth_free(truth);
	scenario_free(scenario);
	truth = NULL;
	scenario = NULL;
}

static struct text_sink
written(void)
{
	struct text_sink s = { { keep }, { NULL, 0, 0 }, SIZE_MAX };
	struct errbuf err = { "" };

	ck_assert_msg(truth_write(truth, &s.sink, &err) == 0, "%s", err.text);
	return s;
}

/* What is sent by hand. */

static struct sim_packet *
packet_new(enum sim_kind kind, size_t sender, const char *data)
{
	struct sim_packet *p = sim_packet_new(kind, data, strlen(data));

	ck_assert_ptr_nonnull(p);
	p->sender = sender;
	p->source = scenario->hosts[sender].address[0];
	p->destination = scenario->hosts[!sender].address[0];
	p->ttl = 64;
	return p;
}

static struct sim_packet *
segment(size_t sender, unsigned flags, uint32_t seq, uint32_t ack,
    const char *data)
{
	struct sim_packet *p = packet_new(SIM_TCP, sender, data);

	p->connection = 1;
	p->cause = flags & TCP_SYN ? SIM_CAUSE_SYN : flags & TCP_FIN ?
	    SIM_CAUSE_FIN : *data == '\0' ? SIM_CAUSE_ACK : SIM_CAUSE_DATA;
	p->source_port = sender == 0 ? 40000 : 80;
	p->destination_port = sender == 0 ? 80 : 40000;
	p->segment.flags = (uint8_t)flags;
	p->segment.seq = seq;
	p->segment.ack = ack;
	p->segment.window = 1000;
	p->segment.mss = flags & TCP_SYN ? 1460 : 0;
	p->segment.len = strlen(data);
	return p;
}

static uint64_t frames[2];

static void
see(const struct sim_packet *p, size_t capture, int64_t at_ns)
{
	truth_seen(truth, capture, ++frames[capture], p, START + at_ns);
}

/* Sent, seen at a and, unless it is lost, at the switch and at b.  Frees it. */
static void
pass(struct sim_packet *p, int64_t at_ns, bool is_lost)
{
	p->number = truth_sent(truth, p, at_ns);
	if (p->sender == 0)
		see(p, 0, at_ns);
	if (!is_lost) {
		see(p, 1, at_ns + 1500);
		if (p->sender == 1)
			see(p, 0, at_ns + 3000);
	}
	truth_fate(truth, p->number, is_lost ? FATE_LOST : FATE_DELIVERED,
	    is_lost ? p->sender : !p->sender, at_ns + 3000);
	sim_packet_release(p);
}

static void
pass_again(struct sim_packet *p, enum sim_cause cause, int64_t at_ns)
{
	p->cause = cause;
	pass(p, at_ns, false);
}

enum { A = TCP_ACK, S = TCP_SYN, F = TCP_FIN };

/* Past 2^32, with a loss on the way from a to the switch. */
static void
talk(void)
{
	const uint32_t x = UINT32_MAX - 1;	/* a's ISN */

	pass(segment(0, S, x, 0, ""), 1 * MS, false);
	pass(segment(1, S | A, 500, x + 1, ""), 2 * MS, false);
	pass(segment(0, A, x + 1, 501, ""), 3 * MS, false);
	pass(segment(0, A, x + 1, 501, "abcd"), 4 * MS, true);
	pass(segment(0, A, x + 5, 501, "ef"), 5 * MS, false);
	pass(segment(1, A, 501, x + 1, ""), 6 * MS, false);
	pass_again(segment(0, A, x + 1, 501, "abcd"), SIM_CAUSE_TIMEOUT,
	    206 * MS);
	pass(segment(1, A, 501, x + 7, ""), 207 * MS, false);
	pass(segment(0, F | A, x + 7, 501, ""), 208 * MS, false);
	pass(segment(1, F | A, 501, x + 8, ""), 209 * MS, false);
	pass(segment(0, A, x + 8, 502, ""), 210 * MS, false);
}

static void
connect_by_hand(void)
{
	const struct truth_end ends[2] = {
		{ 0, scenario->hosts[0].address[0], 40000, UINT32_MAX - 1 },
		{ 1, scenario->hosts[1].address[0], 80, 0 },
	};
	const struct tcp_counts counts = { .segments_sent = 4, .isn = 500,
	    .rtt_samples = 1, .rtt_min_ns = 5, .rtt_max_ns = 5,
	    .rtt_sum_ns = 5, .rtt_first_ns = 5, .was_established = true };

	ck_assert_uint_eq(truth_connection(truth, &ends[0], &ends[1],
	    "odd", 0), 1);
	talk();
	truth_end_report(truth, 1, false, &counts, true, TCP_END_CLOSED,
	    211 * MS);
}

static void
others(void)
{
	struct sim_packet *arp = packet_new(SIM_ARP, 0, "");
	struct sim_packet *udp = packet_new(SIM_UDP, 1, "hello");
	struct sim_packet *ping = packet_new(SIM_ICMP, 0, "12345678");

	arp->type = 1;
	arp->cause = SIM_CAUSE_NEIGHBOUR;
	pass(arp, 0, false);
	udp->source_port = 53;
	udp->destination_port = 5353;
	udp->label = "odd";
	udp->number = truth_sent(truth, udp, 300 * MS);
	truth_mark(truth, udp->number, TRUTH_DUPLICATED);
	see(udp, 1, 300 * MS + 1500);
	see(udp, 1, 300 * MS + 2600);
	truth_fate(truth, udp->number, FATE_QUEUE, 0, 300 * MS + 9);
	sim_packet_release(udp);
	ping->type = 8;
	pass(ping, 301 * MS, false);
	truth_message(truth, 0, 1, "line", "caf\xc3\xa9\n", 6, 302 * MS);
	truth_message(truth, 1, 0, "line", "\xff\x00", 2, 303 * MS);
}

static void
begin_all(void)
{
	begin();
	frames[0] = frames[1] = 0;
	others();
	connect_by_hand();
}

static void
golden_path(char path[512])
{
	const char *top = getenv("top_srcdir");

	snprintf(path, 512, "%s/tests/traffic/truth.json",
	    top == NULL ? "." : top);
}

static void
rewrite(const char *path, const struct bytes *bytes)
{
	struct errbuf err = { "" };
	struct outfile *file = outfile_open(path, &err);
	struct sink *sink;

	ck_assert_msg(file != NULL, "%s", err.text);
	sink = outfile_sink(file);
	ck_assert_int_eq(sink->write(sink, bytes->data, bytes->len, &err), 0);
	ck_assert_int_eq(outfile_close(file, true, &err), 0);
}

/* Line by line, so that a difference is short.  The line with labgen's version
 * may differ. */
static void
compare_lines(FILE *golden, char *ours)
{
	char *line = NULL, *at = ours;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, golden)) > 0) {
		char *end = strchr(at, '\n');

		ck_assert_msg(end != NULL, "shorter than it was: %s", line);
		*end = '\0';
		line[n - 1] = '\0';
		ck_assert_str_eq(at, line);
		at = end + 1;
	}
	ck_assert_str_eq(at, "");
	free(line);
}

START_TEST(calls_by_hand_give_the_truth_that_is_kept)
{
	struct text_sink s;
	char path[512];
	FILE *golden;

	begin_all();
	s = written();
	golden_path(path);
	if (getenv("TRUTH_REWRITE") != NULL)
		rewrite(path, &s.bytes);
	ck_assert_int_eq(bytes_append(&s.bytes, "", 1), 0);
	golden = fopen(path, "r");
	ck_assert_msg(golden != NULL, "%s", path);
	compare_lines(golden, (char *)s.bytes.data);
	fclose(golden);
	bytes_reset(&s.bytes);
	end();
}
END_TEST

START_TEST(it_is_the_same_each_time)
{
	struct text_sink one, two;

	begin_all();
	one = written();
	two = written();
	ck_assert_uint_eq(one.bytes.len, two.bytes.len);
	ck_assert_mem_eq(one.bytes.data, two.bytes.data, one.bytes.len);
	bytes_reset(&one.bytes);
	bytes_reset(&two.bytes);
	end();
}
END_TEST

static json_t *
parsed(void)
{
	struct text_sink s = written();
	json_error_t why;
	json_t *root = json_loadb((const char *)s.bytes.data, s.bytes.len,
	    JSON_REJECT_DUPLICATES, &why);

	ck_assert_msg(root != NULL, "line %d: %s", why.line, why.text);
	bytes_reset(&s.bytes);
	return root;
}

static json_t *
at(json_t *root, const char *list, size_t index)
{
	json_t *item = json_array_get(json_object_get(root, list), index);

	ck_assert_msg(item != NULL, "%s[%zu]", list, index);
	return item;
}

static json_int_t
number(json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	ck_assert_msg(json_is_integer(value), "%s", key);
	return json_integer_value(value);
}

static const char *
word(json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	ck_assert_msg(json_is_string(value), "%s", key);
	return json_string_value(value);
}

/* What cannot be read off a golden file: a loss is told apart by where the
 * capture is. */
START_TEST(a_repeat_is_one_where_the_first_passed_and_else_fills_a_gap)
{
	json_t *root, *known[2], *c[2];

	begin_all();
	root = parsed();
	for (int i = 0; i < 2; i++) {
		known[i] = json_object_get(at(root, "captures", (size_t)i),
		    "known");
		c[i] = at(known[i], "connections", 0);
	}
	ck_assert_int_eq(number(c[0], "client_seen_before"), 1);
	ck_assert_int_eq(number(c[0], "client_fills_gap"), 0);
	ck_assert_int_eq(number(c[0], "client_gaps"), 0);
	ck_assert_int_eq(number(c[1], "client_seen_before"), 0);
	ck_assert_int_eq(number(c[1], "client_fills_gap"), 1);
	ck_assert_int_eq(number(c[1], "client_gaps"), 1);
	ck_assert_int_eq(number(c[0], "client_payload_bytes"), 10);
	ck_assert_int_eq(number(c[1], "client_payload_bytes"), 6);
	ck_assert_str_eq(word(c[1], "close"), "closed");
	ck_assert_str_eq(word(c[1], "closed_by"), "client");
	json_decref(root);
	end();
}
END_TEST

START_TEST(a_repeat_names_what_it_repeats)
{
	json_t *root;

	begin_all();
	root = parsed();
	/* ARP, UDP, ping, then the connection. */
	ck_assert_int_eq(number(at(root, "packets", 9), "repeats"), 7);
	ck_assert_str_eq(word(at(root, "packets", 9), "cause"), "timeout");
	ck_assert_ptr_null(json_object_get(at(root, "packets", 7),
	    "repeats"));
	json_decref(root);
	end();
}
END_TEST

START_TEST(microseconds_are_cut_as_the_capture_cuts_them)
{
	json_t *root, *seen;

	begin_all();
	root = parsed();
	seen = json_object_get(at(root, "packets", 0), "seen");
	ck_assert_int_eq(json_integer_value(json_array_get(
	    json_array_get(seen, 0), 2)), START);
	ck_assert_int_eq(json_integer_value(json_array_get(
	    json_array_get(seen, 1), 2)), START + 1000);
	json_decref(root);
	end();
}
END_TEST

START_TEST(totals_count_what_was_told)
{
	struct truth_totals totals;

	begin_all();
	truth_totals(truth, &totals);
	ck_assert_uint_eq(totals.packets, 14);
	ck_assert_uint_eq(totals.frames, frames[0] + frames[1]);
	ck_assert_uint_eq(totals.captures, 2);
	ck_assert_int_eq(totals.last_ns, 210000000);
	end();
}
END_TEST

START_TEST(a_sink_that_fails_is_told)
{
	struct text_sink s = { { keep }, { NULL, 0, 0 }, 100 };
	struct errbuf err = { "" };

	begin_all();
	ck_assert_int_eq(truth_write(truth, &s.sink, &err), -1);
	ck_assert_str_eq(err.text, "no room");
	bytes_reset(&s.bytes);
	end();
}
END_TEST

START_TEST(nothing_that_happened_is_a_truth_too)
{
	json_t *root, *known;

	begin();
	root = parsed();
	known = json_object_get(at(root, "captures", 0), "known");
	ck_assert_int_eq(number(json_object_get(known, "totals"),
	    "packets_total"), 0);
	ck_assert_uint_eq(json_array_size(json_object_get(known, "flows")),
	    0);
	json_decref(root);
	end();
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("truth");
	TCase *tc = tcase_create("truth");

	tcase_add_test(tc, calls_by_hand_give_the_truth_that_is_kept);
	tcase_add_test(tc, it_is_the_same_each_time);
	tcase_add_test(tc,
	    a_repeat_is_one_where_the_first_passed_and_else_fills_a_gap);
	tcase_add_test(tc, a_repeat_names_what_it_repeats);
	tcase_add_test(tc, microseconds_are_cut_as_the_capture_cuts_them);
	tcase_add_test(tc, totals_count_what_was_told);
	tcase_add_test(tc, a_sink_that_fails_is_told);
	tcase_add_test(tc, nothing_that_happened_is_a_truth_too);
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
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
