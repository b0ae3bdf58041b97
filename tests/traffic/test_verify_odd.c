/*
 * labgen verify: whatever stands in truth.json, it ends and says what is wrong.
 */
#include "traffic/verify/verify.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/traffic/proof.h"
#include "tests/unit/stats_random.h"

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

	proof_store_file("truth.json", (const uint8_t *)rows[_i].text,
	    strlen(rows[_i].text));
	ck_assert_int_eq(proof_verify(&r, &err), -1);
	ck_assert_msg(strstr(err.text, "truth.json: ") != NULL &&
	    strstr(err.text, rows[_i].why) != NULL, "%s", err.text);
}
END_TEST

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

	proof_synthesize(1);
	whole = proof_load_truth();
	for (unsigned long round = 0; round < rounds; round++) {
		json_t *root = json_deep_copy(whole);

		for (uint64_t n = 1 + random_below(&state, 5); n > 0; n--)
			mutate(root, &state);
		proof_store_truth(root);
		json_decref(root);
		if (proof_verify(&r, &err) == -1) {
			ck_assert_str_ne(err.text, "");
			told++;
		} else {
			told += r.differences + r.missing > 0;
		}
		ck_assert_ptr_null(strchr(proof_said(), '\x1b'));
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

	proof_synthesize(1);
	proof_load_file("truth.json", &whole);
	for (unsigned long round = random_rounds(60); round > 0; round--) {
		struct bytes b = { 0 };

		ck_assert_int_eq(bytes_append(&b, whole.data, whole.len), 0);
		for (uint64_t n = 1 + random_below(&state, 3); n > 0; n--)
			b.data[random_below(&state, b.len)] =
			    (uint8_t)"0123456789-,:[]{}\"\\ tn\xff"
			    [random_below(&state, 23)];
		proof_store_file("truth.json", b.data, random_below(&state, 8) == 0 ?
		    random_below(&state, b.len) : b.len);
		bytes_reset(&b);
		if (proof_verify(&r, &err) == -1)
			ck_assert_str_ne(err.text, "");
	}
	bytes_reset(&whole);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("verify");

	tcase_add_loop_test(tc, what_is_no_truth_is_told, 0, 27);
	tcase_add_test(tc, whatever_stands_in_the_truth_it_ends);
	tcase_add_test(tc, whatever_bytes_the_truth_is_it_ends);
	return proof_main("verify odd", tc);
}
