/*
 * labgen verify: what is changed in the truth on purpose is found.
 */
#include "traffic/verify/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/traffic/proof.h"
#include "traffic/verify/check.h"

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

	proof_synthesize(1);
	root = proof_load_truth();
	change(node_at(root, rows[_i].path));
	proof_store_truth(root);
	json_decref(root);
	ck_assert_msg(proof_verify(&r, &err) == 0, "%s", err.text);
	ck_assert_uint_gt(r.differences, 0);
	ck_assert_uint_lt(r.differences, 30);
	ck_assert_msg(strstr(proof_said(), rows[_i].line) != NULL, "%.999s",
	    proof_said());
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

	proof_synthesize(1);
	root = proof_load_truth();
	object = object_of_columns(root, _i);
	before = json_copy(object);
	json_object_clear(object);
	proof_store_truth(root);
	ck_assert_msg(proof_verify(&r, &err) == 0, "%s", err.text);
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
		ck_assert_msg(strstr(proof_said(), line) != NULL, "%s: %.3999s",
		    line, proof_said());
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

	proof_synthesize(1);
	root = proof_load_truth();
	object = object_of_columns(root, _i);
	before = json_copy(object);
	json_object_clear(object);
	json_object_foreach(before, key, value) {
		char name[80];

		snprintf(name, sizeof(name), "odd_%s", key);
		json_object_set(object, name, value);
	}
	proof_store_truth(root);
	ck_assert_msg(proof_verify(&r, &err) == 0, "%s", err.text);
	json_object_foreach(before, key, value) {
		char line[128];

		snprintf(line, sizeof(line), ": odd_%s: no column of ", key);
		ck_assert_msg(strstr(proof_said(), line) != NULL, "%s", line);
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

	proof_synthesize(1);
	root = proof_load_truth();
	list = node_at(root, "captures 0 known segments 2 verdict");
	json_array_append_new(list, json_string("zero window"));
	proof_store_truth(root);
	json_decref(root);
	ck_assert_int_eq(proof_verify(&r, &err), 0);
	ck_assert_uint_eq(r.differences, 1);
	ck_assert_ptr_nonnull(strstr(proof_said(), "'zero window'"));
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

	proof_synthesize(1);
	root = proof_load_truth();
	list = node_at(root, paths[_i / 2]);
	if (_i % 2 == 0)
		json_array_remove(list, json_array_size(list) - 1);
	else
		json_array_append_new(list, json_object());
	proof_store_truth(root);
	json_decref(root);
	ck_assert_int_eq(proof_verify(&r, &err), 0);
	ck_assert_uint_gt(r.differences, 0);
	ck_assert_msg(strstr(proof_said(), "rows") != NULL, "%.999s", proof_said());
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("verify");

	tcase_add_loop_test(tc, a_number_that_was_changed_is_found, 0,
	    28);
	tcase_add_loop_test(tc, a_member_that_is_missing_is_found, 0, 3);
	tcase_add_loop_test(tc, a_member_with_another_name_is_found, 0, 3);
	tcase_add_test(tc, a_verdict_that_was_changed_is_found);
	tcase_add_loop_test(tc, a_row_too_many_is_found_on_either_side, 0, 4);
	return proof_main("verify truth", tc);
}
