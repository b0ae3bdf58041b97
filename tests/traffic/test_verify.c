/*
 * Captures against their truth: nothing differs as they are made; what is
 * changed on purpose is found; and whatever stands in truth.json, verify ends.
 */
#include "traffic/verify/verify.h"

#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "tests/unit/stats_random.h"
#include "traffic/scenario/scenario.h"
#include "traffic/synth/synth.h"
#include "traffic/verify/cell.h"
#include "traffic/verify/deviation.h"
#include "traffic/verify/take.h"

/* Losses, repeats, copies and late packets of both IP versions, fragments, a
 * closed window, reused ports, resets, echoes, a scan. */
static const char scenario_text[] =
    "network lab 10.1.0.0/24 fd00:1::/64\n"
    "    capture microseconds\n"
    "network out 203.0.113.0/24 fd00:2::/64\n"
    "host a 10.1.0.2 fd00:1::2\n"
    "    capture\n"
    "    link loss 5% reorder 5% by 3ms duplicate 3% latency 2ms\n"
    "host b 203.0.113.9 fd00:2::9\n"
    "    capture pcapng snaplen 128\n"
    "    clock -3s\n"
    "    tcp window 8K isn 4294960000\n"
    "    link loss 5%\n"
    "transfer from a to b port 80\n"
    "    bytes 30K\n"
    "    stall after 10K for 3s\n"
    "transfer from a to b port 81 at 1s ipv6\n"
    "    bytes 30K\n"
    "    download\n"
    "transfer from a to b port 82 at 2s\n"
    "    bytes 1K\n"
    "    close reset\n"
    "    connections 4 every 1s\n"
    "    from-port 4000\n"
    "datagrams from a to b port 5000\n"
    "    count 10\n"
    "    size uniform 10 to 4000\n"
    "    every 50ms\n"
    "    answer 20\n"
    "datagrams from b to a port 6000 at 20s\n"	/* flows end in between */
    "    count 3\n"
    "    every 130s\n"
    "    from-port 7000\n"
    "ping from a to b ipv6\n"
    "    count 3\n"
    "    size 2000\n"
    "    every 1s\n"
    "scan from a to b ports 1-20 at 10s\n"
    "    every 10ms\n";

static char folder[] = "/tmp/test_verify.XXXXXX";
static struct bytes lines;	/* that verify has said */

static const char *const files[] = { "a.pcap", "b.pcapng", "lab.pcap",
    "truth.json" };
enum { FILES = sizeof(files) / sizeof(*files) };

static void
path_of(char path[128], const char *file)
{
	snprintf(path, 128, "%s/%s", folder, file);
}

static void
clear(void)
{
	char path[128];

	for (size_t i = 0; i < FILES; i++) {
		path_of(path, files[i]);
		unlink(path);
	}
	bytes_reset(&lines);
}

static void
remove_folder(void)
{
	clear();
	rmdir(folder);
}

static void
make_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
synthesize_cut(uint64_t seed, uint32_t snaplen)
{
	struct errbuf err = { "" };
	const struct synth_options options = { .folder = folder,
	    .seed_set = true, .seed = seed, .snaplen = snaplen,
	    .force = true };
	struct synth_result result;
	struct scenario *s = scenario_parse("test", scenario_text,
	    sizeof(scenario_text) - 1, &err);

	ck_assert_msg(s != NULL, "%s", err.text);
	ck_assert_msg(synth_play(s, &options, &result, &err) == 0, "%s",
	    err.text);
	ck_assert_uint_eq(result.totals.captures, 3);
	scenario_free(s);
}

static void
synthesize(uint64_t seed)
{
	synthesize_cut(seed, 0);
}

static void
say(void *context, const char *line)
{
	(void)context;
	ck_assert_ptr_null(strchr(line, '\n'));
	bytes_append(&lines, line, strlen(line));
	bytes_append(&lines, "\n", 1);
}

static int
verify(struct verify_result *result, struct errbuf *err)
{
	const struct verify_calls calls = { say, NULL };

	lines.len = 0;
	err->text[0] = '\0';
	return verify_folder(folder, &calls, result, err);
}

static const char *
said(void)
{
	ck_assert_int_eq(bytes_append(&lines, "", 1), 0);
	lines.len--;
	return (const char *)lines.data;
}

START_TEST(nothing_differs_as_they_are_made)
{
	struct verify_result r;
	uint64_t guesses = 0;
	struct errbuf err;

	for (uint64_t seed = 1; seed <= 8; seed++) {
		synthesize(seed);
		ck_assert_msg(verify(&r, &err) == 0, "%s", err.text);
		ck_assert_msg(r.differences == 0, "seed %u: %.999s",
		    (unsigned)seed, said());
		ck_assert_uint_eq(r.captures, 3);
		ck_assert_uint_eq(r.missing, 0);
		ck_assert_uint_gt(r.frames, 300);
		ck_assert_uint_gt(r.numbers, 10 * r.frames);
		guesses += r.guesses;
	}
	/* A scenario without them would prove little. */
	ck_assert_uint_gt(guesses, 20);
}
END_TEST

START_TEST(nothing_differs_whatever_the_snaplen_hides)
{
	static const uint32_t snaplens[] = { 14, 29, 30, 31, 37, 38, 41, 42,
	    54, 61, 62, 65, 66, 78, 121, 122, 134 };
	struct verify_result r;
	struct errbuf err;

	synthesize_cut(1, snaplens[_i]);
	ck_assert_msg(verify(&r, &err) == 0, "%s", err.text);
	ck_assert_msg(r.differences == 0, "%u bytes: %.999s", snaplens[_i],
	    said());
	ck_assert_uint_gt(r.numbers, 3 * r.frames);
}
END_TEST

START_TEST(a_mean_is_rounded_half_to_even)
{
	static const struct {
		int64_t sum_ns;
		uint64_t n;
		int64_t ps;
	} rows[] = {
		{ 1, 1, 1000 }, { 1, 16, 62 }, { 3, 16, 188 }, { 1, 3, 333 },
		{ 2, 3, 667 }, { -1, 16, -62 }, { -3, 16, -188 },
		{ -2, 3, -667 }, { 0, 7, 0 },
		{ INT64_MAX, UINT64_MAX, 500 },
	};

	ck_assert(cell_mean_ps(rows[_i].sum_ns, rows[_i].n) == rows[_i].ps);
}
END_TEST

START_TEST(a_deviation_is_rounded_half_to_even)
{
	static const struct {
		uint64_t n, divisor;
		int64_t sum_ns;
		uint64_t squares;
		int64_t ps;
	} rows[] = {
		{ 1, 1, 5, 25, 0 }, { 2, 2, 3, 5, 500 },
		{ 2, 1, 3, 5, 707 }, { 2, 1, -3, 5, 707 },
		{ 3, 3, 6, 14, 816 }, { 3, 2, 6, 14, 1000 },
		{ 256, 256, 0, 1, 62 }, { 256, 256, 0, 9, 188 },
		{ 256, 256, 0, 25, 312 }, { 5, 5, 10, 20, 0 },
		/* 0 and 2^32 - 1 */
		{ 2, 2, UINT32_MAX, UINT64_C(18446744065119617025),
		    INT64_C(2147483647500) },
	};
	int128 ps = -1;

	ck_assert(deviation_ps(rows[_i].n, rows[_i].sum_ns,
	    rows[_i].squares, rows[_i].divisor, &ps));
	ck_assert_msg(ps == rows[_i].ps, "%lld", (long long)ps);
}
END_TEST

START_TEST(what_no_values_add_up_to_has_no_deviation)
{
	uint128 many = ~(uint128)0;
	int128 ps;

	ck_assert(!deviation_ps(0, 0, 0, 0, &ps));
	ck_assert(!deviation_ps(1, 5, 25, 0, &ps));
	ck_assert(!deviation_ps(2, 3, 4, 2, &ps));	/* 8 - 9 */
	ck_assert(!deviation_ps(2, 0, many, 2, &ps));
	ck_assert(!deviation_ps(1, 0, many, 1, &ps));
	ck_assert(!deviation_ps(2, (int128)(many >> 1), many, 2, &ps));
}
END_TEST

/* A table of two columns, of which the truth knows the first. */
START_TEST(no_column_and_no_member_is_passed_over)
{
	static const struct row {
		uint64_t one, two;
	} row = { 1, 2 };
	static const struct column columns[] = {
		{ .name = "one", .offset = offsetof(struct row, one) },
		{ .name = "two", .offset = offsetof(struct row, two) },
	};
	static const struct table table = { .name = "pairs",
	    .columns = columns, .column_count = 2 };
	const struct verify_calls calls = { say, NULL };
	struct verify_result r = { .numbers = 0 };
	struct check c = { .calls = &calls, .result = &r, .file = "x" };
	struct take t = { .check = &c, .table = &table, .row = &row };
	json_t *object = json_pack("{s:i,s:i,s:{s:i}}", "one", 1, "gone", 1,
	    "sums", "gaps", 0);

	lines.len = 0;
	take_object(&t, object, "gone,sums");
	ck_assert_uint_eq(r.differences, 0);
	ck_assert_uint_eq(r.numbers, 1);
	take_rest(&t, "two");
	ck_assert_uint_eq(r.numbers, 1);
	take_rest(&t, NULL);
	ck_assert_uint_eq(r.differences, 1);
	ck_assert_ptr_nonnull(strstr(said(),
	    "two: truth nothing, pcapstat 2"));
	take_object(&t, object, NULL);
	ck_assert_uint_eq(r.differences, 3);
	ck_assert_ptr_nonnull(strstr(said(), "gone: no column of pairs"));
	ck_assert_ptr_nonnull(strstr(said(), "sums: no column of pairs"));
	take_cell(&t, "lost", cell_none());
	ck_assert_uint_eq(r.differences, 4);
	ck_assert_ptr_nonnull(strstr(said(), "lost: no column of pairs"));
	json_decref(object);
}
END_TEST

START_TEST(nothing_is_no_number_and_no_text)
{
	const struct cell none = cell_none(), zero = cell_number(0),
	    empty = cell_text("");

	ck_assert(cell_equal(&none, &none));
	ck_assert(!cell_equal(&none, &zero));
	ck_assert(!cell_equal(&zero, &none));
	ck_assert(!cell_equal(&zero, &empty));
	ck_assert(!cell_equal(&none, &empty));
}
END_TEST

/* Changes on purpose. */

static json_t *
load_truth(void)
{
	char path[128];
	json_error_t why;
	json_t *root;

	path_of(path, "truth.json");
	root = json_load_file(path, 0, &why);
	ck_assert_msg(root != NULL, "%s", why.text);
	return root;
}

static void
store_truth(json_t *root)
{
	char path[128];

	path_of(path, "truth.json");
	ck_assert_int_eq(json_dump_file(root, path, JSON_COMPACT |
	    JSON_ENCODE_ANY), 0);
}

/* The node at a path such as "captures 0 known totals": a key or an index at a
 * time. */
static json_t *
node_at(json_t *node, const char *path)
{
	char word[64];
	int n;

	while (sscanf(path, "%63s%n", word, &n) == 1) {
		path += n;
		node = json_is_array(node) ? json_array_get(node,
		    (size_t)atoi(word)) : json_object_get(node, word);
		ck_assert_msg(node != NULL, "%s", word);
	}
	return node;
}

/* One more than it was; of a text another one. */
static void
change(json_t *value)
{
	if (json_is_integer(value))
		json_integer_set(value, json_integer_value(value) + 1);
	else
		ck_assert_int_eq(json_string_set(value, "other"), 0);
}

START_TEST(a_number_that_was_changed_is_found)
{
	static const struct {
		const char *path, *line;
	} rows[] = {
		{ "captures 0 known totals packets_in", "packets_in" },
		{ "captures 1 known totals bytes_out", "bytes_out" },
		{ "captures 2 known totals time_all sum_ns",
		    "time_all_mean" },
		{ "captures 2 known totals time_in median_ns 0",
		    "time_in_median" },
		{ "captures 2 known totals time_in p90_ns 1", "time_in_p90" },
		{ "captures 2 known totals time_out p99_ns 0",
		    "time_out_p99" },
		{ "captures 2 known totals time_all squares_ns2",
		    "time_all_std_sample" },
		{ "captures 0 known totals packets_arp", "eth:arp" },
		{ "captures 0 format", "format" },
		{ "captures 0 known flows 2 a_iat squares_ns2",
		    "a_iat_std_pop_s" },
		{ "captures 0 known flows 2 b_iat sum_ns", "b_iat_mean_s" },
		{ "captures 0 known flows 2 a_backward_steps",
		    "a_backward_steps" },
		{ "captures 0 known connections 0 server_rtt samples",
		    " rtt_samples" },
		{ "captures 0 known connections 0 server_rtt_ambiguous",
		    " rtt_ambiguous" },
		{ "captures 0 known segments 1 frame", "segments: frames" },
		{ "captures 0 known totals duration_ns", "duration_s" },
		{ "captures 0 known flows 3 first_frame", "first_frame" },
		{ "captures 0 known flows 2 a_iat max_ns", "a_iat_max_s" },
		{ "captures 1 known flows 1 b_payload_bytes",
		    "b_payload_bytes" },
		{ "captures 0 known connections 0 client_isn",
		    "client_isn" },
		{ "captures 0 known connections 1 irtt_ns", "irtt_s" },
		{ "captures 0 known connections 1 close", "close" },
		{ "captures 0 known connections 0 client_rtt samples",
		    "client_rtt_samples" },
		{ "captures 0 known connections 0 client_seen_before",
		    "seen before" },
		{ "captures 0 known segments 0 rtt_ns", "rtt_s" },
		{ "packets 40 seen 0 2", "time" },
		{ "packets 30 frame_bytes", "frame_len" },
		{ "packets 30 src_ip", "Source_IP" },
	};
	struct verify_result r;
	struct errbuf err;
	json_t *root;

	synthesize(1);
	root = load_truth();
	change(node_at(root, rows[_i].path));
	store_truth(root);
	json_decref(root);
	ck_assert_msg(verify(&r, &err) == 0, "%s", err.text);
	ck_assert_uint_gt(r.differences, 0);
	ck_assert_uint_lt(r.differences, 30);
	ck_assert_msg(strstr(said(), rows[_i].line) != NULL, "%.999s", said());
}
END_TEST

/* The objects below `captures 0 known` whose members are columns; of flows the
 * first one over UDP. */
static json_t *
object_of_columns(json_t *root, int which)
{
	json_t *flows = node_at(root, "captures 0 known flows"), *flow;
	size_t i;

	if (which == 0)
		return node_at(root, "captures 0 known totals");
	if (which == 1)
		return node_at(root, "captures 0 known connections 0");
	json_array_foreach(flows, i, flow)
		if (strcmp(json_string_value(json_object_get(flow,
		    "protocol")), "udp") == 0)
			return flow;
	ck_abort_msg("no flow over UDP");
	return NULL;
}

/* Members that are no columns by themselves. */
static const char sums[] = "is,packets_arp,client_seen_before,"
    "server_seen_before,client_partly_seen,server_partly_seen,"
    "client_fills_gap,server_fills_gap";

START_TEST(a_member_that_is_missing_is_found)
{
	struct verify_result r;
	struct errbuf err;
	json_t *root, *object, *before, *value;
	const char *key;

	synthesize(1);
	root = load_truth();
	object = object_of_columns(root, _i);
	before = json_copy(object);
	json_object_clear(object);
	store_truth(root);
	ck_assert_msg(verify(&r, &err) == 0, "%s", err.text);
	ck_assert_uint_gt(json_object_size(before), 20);
	json_object_foreach(before, key, value) {
		size_t len = strlen(key);
		char line[80];

		if (json_is_null(value) || check_has_word(sums, key) ||
		    json_integer_value(json_object_get(value, "samples")) +
		    json_integer_value(json_object_get(value, "gaps")) +
		    !json_is_object(value) == 0)
			continue;
		if (len > 3 && strcmp(key + len - 3, "_ns") == 0)
			len -= 2;
		snprintf(line, sizeof(line), json_is_object(value) ?
		    ": %.*s_mean" : ": %.*s", (int)len, key);
		ck_assert_msg(strstr(said(), line) != NULL, "%s: %.3999s",
		    line, said());
	}
	json_decref(before);
	json_decref(root);
}
END_TEST

START_TEST(a_member_with_another_name_is_found)
{
	struct verify_result r;
	struct errbuf err;
	json_t *root, *object, *before, *value;
	const char *key;

	synthesize(1);
	root = load_truth();
	object = object_of_columns(root, _i);
	before = json_copy(object);
	json_object_clear(object);
	json_object_foreach(before, key, value) {
		char name[80];

		snprintf(name, sizeof(name), "odd_%s", key);
		json_object_set(object, name, value);
	}
	store_truth(root);
	ck_assert_msg(verify(&r, &err) == 0, "%s", err.text);
	json_object_foreach(before, key, value) {
		char line[128];

		snprintf(line, sizeof(line), ": odd_%s: no column of ", key);
		ck_assert_msg(strstr(said(), line) != NULL, "%s", line);
	}
	json_decref(before);
	json_decref(root);
}
END_TEST

START_TEST(a_verdict_that_was_changed_is_found)
{
	struct verify_result r;
	struct errbuf err;
	json_t *root, *list;

	synthesize(1);
	root = load_truth();
	list = node_at(root, "captures 0 known segments 2 verdict");
	json_array_append_new(list, json_string("zero window"));
	store_truth(root);
	json_decref(root);
	ck_assert_int_eq(verify(&r, &err), 0);
	ck_assert_uint_eq(r.differences, 1);
	ck_assert_ptr_nonnull(strstr(said(), "'zero window'"));
}
END_TEST

/* A flow that the truth does not have, or that the capture does not. */
START_TEST(a_row_too_many_is_found_on_either_side)
{
	static const char *const paths[] = { "captures 0 known flows",
	    "captures 0 known connections" };
	struct verify_result r;
	struct errbuf err;
	json_t *root, *list;

	synthesize(1);
	root = load_truth();
	list = node_at(root, paths[_i / 2]);
	if (_i % 2 == 0)
		json_array_remove(list, json_array_size(list) - 1);
	else
		json_array_append_new(list, json_object());
	store_truth(root);
	json_decref(root);
	ck_assert_int_eq(verify(&r, &err), 0);
	ck_assert_uint_gt(r.differences, 0);
	ck_assert_msg(strstr(said(), "rows") != NULL, "%.999s", said());
}
END_TEST

/* The capture's file. */

static void
load_file(const char *file, struct bytes *b)
{
	char path[128];
	FILE *f;
	size_t n;

	path_of(path, file);
	f = fopen(path, "rb");
	ck_assert_ptr_nonnull(f);
	do {
		uint8_t *room = bytes_reserve(b, 65536);

		ck_assert_ptr_nonnull(room);
		n = fread(room, 1, 65536, f);
		b->len += n;
	} while (n > 0);
	fclose(f);
}

static void
store_file(const char *file, const uint8_t *data, size_t n)
{
	char path[128];
	FILE *f;

	path_of(path, file);
	f = fopen(path, "wb");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(data, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
}

enum { PCAP_HEADER = 24, RECORD_HEADER = 16 };

/* Length of the record that begins there, with its header; host's order, which
 * the capture has unless it is asked for another. */
static size_t
record_bytes(const struct bytes *b, size_t from)
{
	const uint8_t *p = b->data + from + 8;

	return RECORD_HEADER + (p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16);
}

START_TEST(a_frame_that_was_dropped_is_found)
{
	struct bytes b = { 0 };
	struct verify_result r;
	struct errbuf err;
	size_t n;

	synthesize(1);
	load_file("a.pcap", &b);
	n = record_bytes(&b, PCAP_HEADER);
	memmove(b.data + PCAP_HEADER, b.data + PCAP_HEADER + n,
	    b.len - PCAP_HEADER - n);
	store_file("a.pcap", b.data, b.len - n);
	bytes_reset(&b);
	ck_assert_int_eq(verify(&r, &err), 0);
	ck_assert_uint_gt(r.differences, 100);
	/* Not all of them are told, but how many there are more. */
	ck_assert_msg(strstr(said(), "more differences") != NULL, "%.999s",
	    said());
}
END_TEST

START_TEST(a_byte_that_was_changed_is_found)
{
	/* The first frame of a.pcap is an ARP question; behind two of these and
	 * their answers IP comes, so the last frame is changed: its time, its
	 * length on the wire. */
	static const size_t offsets[] = { 4, 12 };
	struct bytes b = { 0 };
	struct verify_result r;
	struct errbuf err;
	size_t from = PCAP_HEADER, last = from;

	synthesize(1);
	load_file("a.pcap", &b);
	for (; from < b.len; from += record_bytes(&b, from))
		last = from;
	b.data[last + offsets[_i]] ^= 1;
	store_file("a.pcap", b.data, b.len);
	bytes_reset(&b);
	ck_assert_int_eq(verify(&r, &err), 0);
	ck_assert_uint_gt(r.differences, 0);
}
END_TEST

START_TEST(a_capture_that_is_cut_is_told)
{
	struct bytes b = { 0 };
	struct verify_result r;
	struct errbuf err;

	synthesize(1);
	load_file("a.pcap", &b);
	store_file("a.pcap", b.data, b.len - 5);
	bytes_reset(&b);
	ck_assert_int_eq(verify(&r, &err), 0);
	ck_assert_uint_eq(r.missing, 1);
	ck_assert_uint_eq(r.captures, 3);
	ck_assert_uint_gt(r.differences, 0);
	ck_assert_msg(strstr(said(), "a.pcap") != NULL, "%.999s", said());
}
END_TEST

START_TEST(a_capture_that_is_missing_is_told)
{
	struct verify_result r;
	struct errbuf err;
	char path[128];

	synthesize(1);
	path_of(path, "b.pcapng");
	unlink(path);
	ck_assert_int_eq(verify(&r, &err), 0);
	ck_assert_uint_eq(r.missing, 1);
	ck_assert_uint_eq(r.captures, 2);
	ck_assert_uint_eq(r.differences, 0);
	ck_assert_msg(strstr(said(), "b.pcapng") != NULL, "%.999s", said());
}
END_TEST

#define TRUTH_OF(captures, packets) \
	"{\"truth_version\":1,\"scenario\":\"x\",\"captures\":[" captures \
	"],\"packets\":[" packets "]}"
#define CAPTURE(file, snaplen, frames, known) \
	"{\"file\":\"" file "\",\"known\":{" known "},\"snaplen\":" snaplen \
	",\"frames\":" frames "}"
#define TRUTH(file, frames, packets) \
	TRUTH_OF(CAPTURE(file, "1", frames, "\"totals\":{}"), packets)
#define LISTS(first, second, third) "\"totals\":{},\"" first "\":[],\"" \
	second "\":[],\"" third "\":[]"

START_TEST(what_is_no_truth_is_told)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "line 1" }, { "{", "line 1" }, { "[]", "no truth" },
		{ "{}", "no truth_version" },
		{ "{\"truth_version\":2}", "truth_version 2, not 1" },
		{ "{\"truth_version\":1}", "scenario makes" },
		{ "{\"truth_version\":1,\"truth_version\":1}", "duplicate" },
		{ TRUTH("..x", "0", ""), "captures[0]" },
		{ TRUTH("x/../../x", "0", ""), "captures[0]" },
		{ TRUTH("", "0", ""), "captures[0]" },
		{ TRUTH("x", "-1", ""), "captures[0]" },
		{ TRUTH("x", "1", ""), "captures[0]: frames 1" },
		{ TRUTH("x", "2", "{\"seen\":[[0,1,5]]}"), "frames 2" },
		{ TRUTH("x", "0", "{\"seen\":[[0,1,5]]}"), "packets[0]" },
		{ TRUTH("x", "1", "{\"seen\":[[1,1,5]]}"), "packets[0]" },
		{ TRUTH("x", "1", "{},{\"seen\":[[0,1,5]]}"), "packets[0]" },
		{ TRUTH_OF("", ""), "no captures" },
		{ TRUTH_OF("7", ""), "captures[0]" },
		{ TRUTH_OF(CAPTURE("x", "1", "0", ""), ""), "lacks totals" },
		{ TRUTH_OF(CAPTURE("x", "122", "0", "\"totals\":{}"), ""),
		    "lacks totals, flows" },
		{ TRUTH_OF(CAPTURE("x", "122", "0", LISTS("flows",
		    "connections", "x")), ""), "segments" },
		{ TRUTH_OF(CAPTURE("x", "122", "0", LISTS("flows",
		    "segments", "x")), ""), "connections" },
		{ TRUTH_OF(CAPTURE("x", "122", "0", LISTS("connections",
		    "segments", "x")), ""), "flows" },
		{ TRUTH_OF(CAPTURE("x", "122", "0", LISTS("connections",
		    "segments", "flows")), ""), "local" },
		{ TRUTH("x", "1", "{\"seen\":[[0,2,5]]}"), "packets[0]" },
		{ TRUTH("x", "1", "{\"seen\":[[0,1,5]]},{\"seen\":[[0,1,6]]}"),
		    "packets[1]" },
		{ TRUTH("x", "1", "{\"seen\":[[0,1,5]]}"), "local" },
	};
	struct verify_result r;
	struct errbuf err;

	store_file("truth.json", (const uint8_t *)rows[_i].text,
	    strlen(rows[_i].text));
	ck_assert_int_eq(verify(&r, &err), -1);
	ck_assert_msg(strstr(err.text, "truth.json: ") != NULL &&
	    strstr(err.text, rows[_i].why) != NULL, "%s", err.text);
}
END_TEST

START_TEST(a_folder_without_truth_is_told)
{
	struct verify_result r;
	struct errbuf err;

	ck_assert_int_eq(verify(&r, &err), -1);
	ck_assert_msg(strstr(err.text, "No such file") != NULL, "%s",
	    err.text);
}
END_TEST

/* Anything anywhere. */

static json_t *
odd_value(uint64_t *state)
{
	switch (random_below(state, 9)) {
	case 0:
		return json_null();
	case 1:
		return json_integer(-1);
	case 2:
		return json_integer(INT64_MAX);
	case 3:
		return json_integer(INT64_MIN);
	case 4:
		return json_integer((json_int_t)random_below(state, 100));
	case 5:
		return json_string("\x1b[2J odd,\n");
	case 6:
		return json_array();
	case 7:
		return json_object();
	default:
		return json_real(0.5);
	}
}

/* The nth member of an object. */
static const char *
nth_key(json_t *object, size_t n)
{
	void *iterator = json_object_iter(object);

	while (n-- > 0)
		iterator = json_object_iter_next(object, iterator);
	return json_object_iter_key(iterator);
}

/* Goes down at random, and replaces or removes what it comes to. */
static void
mutate(json_t *node, uint64_t *state)
{
	for (;;) {
		bool is_array = json_is_array(node);
		size_t n = is_array ? json_array_size(node) :
		    json_object_size(node);
		size_t at = n == 0 ? 0 : random_below(state, n);
		json_t *child = n == 0 ? NULL : is_array ?
		    json_array_get(node, at) :
		    json_object_get(node, nth_key(node, at));

		if (n == 0)
			return;
		if ((json_is_array(child) || json_is_object(child)) &&
		    random_below(state, 8) != 0) {
			node = child;
			continue;
		}
		if (is_array && random_below(state, 3) == 0)
			json_array_remove(node, at);
		else if (is_array)
			json_array_set_new(node, at, odd_value(state));
		else if (random_below(state, 3) == 0)
			json_object_del(node, nth_key(node, at));
		else
			json_object_set_new(node, nth_key(node, at),
			    odd_value(state));
		return;
	}
}

START_TEST(whatever_stands_in_the_truth_it_ends)
{
	uint64_t state = random_seed("verify");
	unsigned long rounds = random_rounds(60), told = 0;
	struct verify_result r;
	struct errbuf err;
	json_t *whole;

	synthesize(1);
	whole = load_truth();
	for (unsigned long round = 0; round < rounds; round++) {
		json_t *root = json_deep_copy(whole);

		for (uint64_t n = 1 + random_below(&state, 5); n > 0; n--)
			mutate(root, &state);
		store_truth(root);
		json_decref(root);
		if (verify(&r, &err) == -1) {
			ck_assert_str_ne(err.text, "");
			told++;
		} else {
			told += r.differences + r.missing > 0;
		}
		ck_assert_ptr_null(strchr(said(), '\x1b'));
	}
	json_decref(whole);
	/* Many members are for people only. */
	ck_assert_uint_gt(told, rounds / 4);
}
END_TEST

/* The text of it, too. */
START_TEST(whatever_bytes_the_truth_is_it_ends)
{
	uint64_t state = random_seed("verify bytes");
	struct bytes whole = { 0 };
	struct verify_result r;
	struct errbuf err;

	synthesize(1);
	load_file("truth.json", &whole);
	for (unsigned long round = random_rounds(60); round > 0; round--) {
		struct bytes b = { 0 };

		ck_assert_int_eq(bytes_append(&b, whole.data, whole.len), 0);
		for (uint64_t n = 1 + random_below(&state, 3); n > 0; n--)
			b.data[random_below(&state, b.len)] =
			    (uint8_t)"0123456789-,:[]{}\"\\ tn\xff"
			    [random_below(&state, 23)];
		store_file("truth.json", b.data, random_below(&state, 8) == 0 ?
		    random_below(&state, b.len) : b.len);
		bytes_reset(&b);
		if (verify(&r, &err) == -1)
			ck_assert_str_ne(err.text, "");
	}
	bytes_reset(&whole);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("verify");
	TCase *tc = tcase_create("verify");

	tcase_set_timeout(tc, 60);	/* sanitizers are slow */
	tcase_add_unchecked_fixture(tc, make_folder, remove_folder);
	tcase_add_checked_fixture(tc, NULL, clear);
	tcase_add_test(tc, nothing_differs_as_they_are_made);
	tcase_add_loop_test(tc, nothing_differs_whatever_the_snaplen_hides,
	    0, 17);
	tcase_add_loop_test(tc, a_mean_is_rounded_half_to_even, 0, 10);
	tcase_add_loop_test(tc, a_deviation_is_rounded_half_to_even, 0, 11);
	tcase_add_test(tc, what_no_values_add_up_to_has_no_deviation);
	tcase_add_test(tc, no_column_and_no_member_is_passed_over);
	tcase_add_loop_test(tc, a_member_that_is_missing_is_found, 0, 3);
	tcase_add_loop_test(tc, a_member_with_another_name_is_found, 0, 3);
	tcase_add_test(tc, nothing_is_no_number_and_no_text);
	tcase_add_loop_test(tc, a_number_that_was_changed_is_found, 0,
	    28);
	tcase_add_test(tc, a_verdict_that_was_changed_is_found);
	tcase_add_loop_test(tc, a_row_too_many_is_found_on_either_side, 0, 4);
	tcase_add_test(tc, a_frame_that_was_dropped_is_found);
	tcase_add_loop_test(tc, a_byte_that_was_changed_is_found, 0, 2);
	tcase_add_test(tc, a_capture_that_is_cut_is_told);
	tcase_add_test(tc, a_capture_that_is_missing_is_told);
	tcase_add_loop_test(tc, what_is_no_truth_is_told, 0, 27);
	tcase_add_test(tc, a_folder_without_truth_is_told);
	tcase_add_test(tc, whatever_stands_in_the_truth_it_ends);
	tcase_add_test(tc, whatever_bytes_the_truth_is_it_ends);
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
