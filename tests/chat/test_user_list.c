#include "chat/wire/user_list.h"

#include <stdio.h>
#include <time.h>

#include "tests/chat/wire_tools.h"

enum { MAX = 1 << 16 };

/* Texts that are not written to. */
static char *
text(const char *of)
{
	union {
		const char *borrowed;
		char *entry;
	} t = { of };

	return t.entry;
}

static struct bytes
written(const struct user_entry *entries, size_t count)
{
	struct bytes out = { 0 };

	ck_assert_int_eq(user_list_append(&out, entries, count), 0);
	return out;
}

static int
parse(struct user_list *list, const void *data, size_t len, struct errbuf *err)
{
	uint8_t *copy = exactly(data, len);
	int status = user_list_parse(list, copy, len, err);

	free(copy);
	return status;
}

static void
assert_entry(const struct user_list *list, size_t i, const char *name,
    const char *address)
{
	ck_assert_uint_lt(i, list->count);
	ck_assert_str_eq(list->entries[i].name, name);
	ck_assert_str_eq(list->entries[i].address, address);
}

START_TEST(a_list_is_as_the_original_server_sends_it)
{
	const struct user_entry entries[] = {
		{ text("alice"), text("127.0.0.11") },
		{ text("bob"), text("127.0.0.12") },
		{ text("caf\xc3\xa9"), text("::1") },
	};
	const char *wire = "!{\"alice\": \"127.0.0.11\", "
	    "\"bob\": \"127.0.0.12\", \"caf\\u00e9\": \"::1\"}";
	struct bytes out = written(entries, 3);
	struct user_list list = { 0 };
	struct errbuf err;

	ck_assert_uint_eq(out.len, strlen(wire));
	ck_assert_mem_eq(out.data, wire, out.len);
	ck_assert_int_eq(parse(&list, wire, strlen(wire), &err), 0);
	ck_assert_uint_eq(list.count, 3);
	assert_entry(&list, 0, "alice", "127.0.0.11");
	assert_entry(&list, 1, "bob", "127.0.0.12");
	assert_entry(&list, 2, "caf\xc3\xa9", "::1");
	user_list_reset(&list);
	bytes_reset(&out);
}
END_TEST

START_TEST(an_empty_list)
{
	struct bytes out = written(NULL, 0);
	struct user_list list = { 0 };
	struct errbuf err;

	ck_assert_uint_eq(out.len, 3);
	ck_assert_mem_eq(out.data, "!{}", 3);
	ck_assert_int_eq(parse(&list, "!{}", 3, &err), 0);
	ck_assert_uint_eq(list.count, 0);
	user_list_reset(&list);
	bytes_reset(&out);
}
END_TEST

/* As Python 3 writes them: json.dumps(name). */
static const struct {
	const char *name, *json;
} odd[] = {
	{ "", "\"\"" },
	{ "\"", "\"\\\"\"" },
	{ "\\", "\"\\\\\"" },
	{ "/", "\"/\"" },
	{ "\n\r\t\f\b", "\"\\n\\r\\t\\f\\b\"" },
	{ "\x01\x1f\v", "\"\\u0001\\u001f\\u000b\"" },
	{ " ~\x7f", "\" ~\\u007f\"" },
	{ "\xc2\x80", "\"\\u0080\"" },
	{ "\xe2\x82\xac", "\"\\u20ac\"" },
	{ "\xef\xbf\xbf", "\"\\uffff\"" },
	{ "\xf0\x90\x80\x80", "\"\\ud800\\udc00\"" },
	{ "\xf0\x9f\x8c\x8d", "\"\\ud83c\\udf0d\"" },
	{ "\xf4\x8f\xbf\xbf", "\"\\udbff\\udfff\"" },
};

START_TEST(names_are_escaped_as_python_does)
{
	const struct user_entry entry = { text(odd[_i].name), text("1.2.3.4") };
	struct bytes out = written(&entry, 1);
	struct user_list list = { 0 };
	struct errbuf err;
	char wire[100];

	snprintf(wire, sizeof(wire), "!{%s: \"1.2.3.4\"}", odd[_i].json);
	ck_assert_uint_eq(out.len, strlen(wire));
	ck_assert_mem_eq(out.data, wire, out.len);
	ck_assert_int_eq(parse(&list, wire, strlen(wire), &err), 0);
	ck_assert_uint_eq(list.count, 1);
	assert_entry(&list, 0, odd[_i].name, "1.2.3.4");
	user_list_reset(&list);
	bytes_reset(&out);
}
END_TEST

START_TEST(what_is_no_utf8_is_replaced)
{
	const struct user_entry entry = { text("a\xff" "b"), text("1.2.3.4") };
	struct bytes out = written(&entry, 1);

	ck_assert_mem_eq(out.data, "!{\"a\\ufffdb\": ", 14);
	bytes_reset(&out);
}
END_TEST

START_TEST(of_a_name_that_comes_again_the_last_address_counts)
{
	const char *wire = "!{\"a\": \"1.1.1.1\", \"b\": \"2.2.2.2\", "
	    "\"a\": \"3.3.3.3\"}";
	struct user_list list = { 0 };
	struct errbuf err;

	ck_assert_int_eq(parse(&list, wire, strlen(wire), &err), 0);
	ck_assert_uint_eq(list.count, 2);
	assert_entry(&list, 0, "a", "3.3.3.3");
	assert_entry(&list, 1, "b", "2.2.2.2");
	user_list_reset(&list);
}
END_TEST

#define WIRE(s) (s), sizeof(s) - 1

static const struct {
	const char *wire;
	size_t len;
} none[] = {
	{ WIRE("") }, { WIRE("!") }, { WIRE("!{") }, { WIRE("{}") },
	{ WIRE("!{}x") }, { WIRE("!{}!{}") }, { WIRE("! {}") }, { WIRE("![]") },
	{ WIRE("!{\"a\"}") }, { WIRE("!{\"a\": }") },
	{ WIRE("!{\"a\": \"1.1.1.1\",}") },
	{ WIRE("!{\"a\" \"1.1.1.1\"}") },
	{ WIRE("!{a: \"1.1.1.1\"}") },
	{ WIRE("!{\"a\": \"1.1.1.1\"") },
	{ WIRE("!{\"a\": 1}") }, { WIRE("!{\"a\": null}") },
	{ WIRE("!{\"a\": {}}") }, { WIRE("!{\"a\": [\"1.1.1.1\"]}") },
	{ WIRE("!{\"a\": \"\"}") }, { WIRE("!{\"a\": \"1.1.1\"}") },
	{ WIRE("!{\"a\": \"1.1.1.256\"}") }, { WIRE("!{\"a\": \"host\"}") },
	{ WIRE("!{\"a\": \"1.1.1.1 \"}") },
	{ WIRE("!{\"a\": \"fe80::1%lo\"}") },
	{ WIRE("!{\"\\u0000\": \"1.1.1.1\"}") },
	{ WIRE("!{\"a\": \"1.1.1.1\\u0000\"}") },
	{ WIRE("!{\"a\0\": \"1.1.1.1\"}") }, { WIRE("!{\0}") },
	{ WIRE("!{\"\\ud800\": \"1.1.1.1\"}") },	/* half a pair */
	{ WIRE("!{\"\xff\": \"1.1.1.1\"}") },
	{ WIRE("!{\"\n\": \"1.1.1.1\"}") },
	{ WIRE("!{\"\x1b[2J\\q\": \"1.1.1.1\"}") },
};

START_TEST(what_is_no_list_leaves_the_old_one)
{
	struct user_list list = { 0 };
	struct errbuf err = { "" };

	ck_assert_int_eq(parse(&list, WIRE("!{\"old\": \"1.1.1.1\"}"), &err),
	    0);
	ck_assert_int_eq(parse(&list, none[_i].wire, none[_i].len, &err), -1);
	ck_assert_uint_eq(list.count, 1);
	assert_entry(&list, 0, "old", "1.1.1.1");
	/* Nothing that the peer wrote stands in the line. */
	ck_assert_ptr_nonnull(strstr(err.text, "list of users: "));
	ck_assert_ptr_null(strpbrk(err.text, "\"\\\x1b?"));
	user_list_reset(&list);
}
END_TEST

static struct bytes
list_of(size_t count)
{
	struct bytes out = { 0 };
	char text[50];

	ck_assert_int_eq(bytes_append(&out, "!{", 2), 0);
	for (size_t i = 0; i < count; i++) {
		int n = snprintf(text, sizeof(text), "%s\"n%zu\": \"1.2.3.4\"",
		    i == 0 ? "" : ", ", i);

		ck_assert_int_eq(bytes_append(&out, text, (size_t)n), 0);
	}
	ck_assert_int_eq(bytes_append(&out, "}", 1), 0);
	return out;
}

START_TEST(a_list_of_too_many_is_none)
{
	struct user_list list = { 0 };
	struct errbuf err;

	for (size_t more = 0; more < 2; more++) {
		struct bytes wire = list_of(USER_LIST_MAX + more);

		ck_assert_int_eq(parse(&list, wire.data, wire.len, &err),
		    more == 0 ? 0 : -1);
		ck_assert_uint_eq(list.count, USER_LIST_MAX);
		bytes_reset(&wire);
	}
	user_list_reset(&list);
}
END_TEST

/* Two lists and a message in one segment; quotes and braces in names. */
START_TEST(a_list_ends_with_its_brace)
{
	const char *first = "!{\"}\\\"}\\\\\": \"1.1.1.1\", \"{\": \"::\"}";
	const char *second = "!{}";
	char wire[100];
	struct user_list_scan scan = { 0 };
	const uint8_t *at = (const uint8_t *)wire;
	size_t len, used;

	snprintf(wire, sizeof(wire), "%s%sbob: hi ", first, second);
	len = strlen(wire);
	ck_assert_int_eq(user_list_next(&scan, at, len, MAX, &used),
	    WIRE_WHOLE);
	ck_assert_uint_eq(used, strlen(first));
	at += used;
	len -= used;
	ck_assert_int_eq(user_list_next(&scan, at, len, MAX, &used),
	    WIRE_WHOLE);
	ck_assert_uint_eq(used, 3);
	ck_assert_int_eq(user_list_next(&scan, at + 3, len - 3, MAX, &used),
	    WIRE_BAD);
}
END_TEST

START_TEST(every_beginning_waits_and_the_longest_is_just_taken)
{
	struct bytes wire = list_of(20);
	struct user_list_scan step = { 0 }, once;
	size_t used, n;

	for (n = 0; n < wire.len; n++) {
		uint8_t *prefix = exactly(wire.data, n);

		once = (struct user_list_scan){ 0 };
		ck_assert_int_eq(user_list_next(&step, prefix, n, wire.len,
		    &used), WIRE_PARTIAL);
		ck_assert_int_eq(user_list_next(&once, prefix, n, wire.len,
		    &used), WIRE_PARTIAL);
		ck_assert_uint_eq(step.seen, n);
		ck_assert_uint_eq(step.seen, once.seen);
		ck_assert_int_eq(step.in_text, once.in_text);
		ck_assert_int_eq(step.escaped, once.escaped);
		free(prefix);
	}
	ck_assert_int_eq(user_list_next(&step, wire.data, n, wire.len, &used),
	    WIRE_WHOLE);
	ck_assert_uint_eq(used, wire.len);
	ck_assert_uint_eq(step.seen, 0);
	ck_assert_int_eq(user_list_next(&step, wire.data, n, wire.len - 1,
	    &used), WIRE_BAD);
	bytes_reset(&wire);
}
END_TEST

static const char *const never[] = {
	"?", "!x", "!{x", "!{1", "!{\"a\":{", "!{\"a\":[", "!{\"a\":t",
};

START_TEST(what_can_be_no_list_is_bad_at_once)
{
	struct user_list_scan scan = { 0 };
	const uint8_t *data = (const uint8_t *)never[_i];
	size_t len = strlen(never[_i]), used;

	ck_assert_int_eq(user_list_next(&scan, data, len - 1, MAX, &used),
	    WIRE_PARTIAL);
	ck_assert_int_eq(user_list_next(&scan, data, len, MAX, &used),
	    WIRE_BAD);
}
END_TEST

START_TEST(a_long_list_that_comes_byte_by_byte_costs_little)
{
	struct bytes wire = list_of(50000);
	struct user_list_scan scan = { 0 };
	clock_t begun = clock();
	size_t used, n;

	ck_assert_uint_gt(wire.len, 1000000);
	for (n = 0; n < wire.len; n++)
		ck_assert(user_list_next(&scan, wire.data, n, wire.len,
		    &used) == WIRE_PARTIAL);
	ck_assert(user_list_next(&scan, wire.data, n, wire.len, &used) ==
	    WIRE_WHOLE);
	ck_assert_int_lt((clock() - begun) / CLOCKS_PER_SEC, 20);
	bytes_reset(&wire);
}
END_TEST

/* Names of any characters, told apart by the number in front. */
static void
random_name(struct splitmix *chance, int number, char *at, size_t room)
{
	static const char *const parts[] = {
		"a", "\"", "\\", "}", "\n", "\x7f", "\xc3\xa9", "\xe2\x82\xac",
		"\xf0\x9f\x8c\x8d", "\\u0041", ", ", "\": \"",
	};
	uint32_t count = splitmix_below(chance, 8);
	size_t n = (size_t)snprintf(at, room, "%d", number);

	while (count-- > 0)
		n += (size_t)snprintf(at + n, room - n, "%s",
		    parts[splitmix_below(chance,
		    sizeof(parts) / sizeof(parts[0]))]);
}

START_TEST(what_is_written_is_read)
{
	enum { MOST = 8, NAME_ROOM = 64 };
	struct splitmix chance = chance_of("what_is_written_is_read");
	unsigned long rounds = random_rounds(1000);
	struct user_list list = { 0 };
	struct errbuf err;

	while (rounds-- > 0) {
		char names[MOST][NAME_ROOM];
		struct user_entry entries[MOST];
		size_t count = splitmix_below(&chance, MOST + 1);
		struct bytes wire;

		for (size_t i = 0; i < count; i++) {
			random_name(&chance, (int)i, names[i], NAME_ROOM);
			entries[i] = (struct user_entry){ names[i],
				text(i % 2 == 0 ? "10.0.0.1" : "fd00::1") };
		}
		wire = written(entries, count);
		ck_assert_int_eq(parse(&list, wire.data, wire.len, &err), 0);
		ck_assert_uint_eq(list.count, count);
		for (size_t i = 0; i < count; i++)
			assert_entry(&list, i, names[i], entries[i].address);
		bytes_reset(&wire);
	}
	user_list_reset(&list);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("user_list");
	TCase *tc = tcase_create("user_list");

	tcase_add_test(tc, a_list_is_as_the_original_server_sends_it);
	tcase_add_test(tc, an_empty_list);
	tcase_add_loop_test(tc, names_are_escaped_as_python_does, 0,
	    sizeof(odd) / sizeof(odd[0]));
	tcase_add_test(tc, what_is_no_utf8_is_replaced);
	tcase_add_test(tc,
	    of_a_name_that_comes_again_the_last_address_counts);
	tcase_add_loop_test(tc, what_is_no_list_leaves_the_old_one, 0,
	    sizeof(none) / sizeof(none[0]));
	tcase_add_test(tc, a_list_of_too_many_is_none);
	tcase_add_test(tc, a_list_ends_with_its_brace);
	tcase_add_test(tc,
	    every_beginning_waits_and_the_longest_is_just_taken);
	tcase_add_loop_test(tc, what_can_be_no_list_is_bad_at_once, 0,
	    sizeof(never) / sizeof(never[0]));
	tcase_add_test(tc,
	    a_long_list_that_comes_byte_by_byte_costs_little);
	tcase_add_test(tc, what_is_written_is_read);
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
