/*
 * What browsers, servers and tunnels say: each text against its specification, byte by
 * byte, without the code that made it.
 */
#include <check.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "traffic/synth/verbs/base32.h"
#include "traffic/synth/verbs/http_text.h"
#include "traffic/synth/verbs/tls_text.h"

/* The text as a string; release with free(). */
static char *
text_of(const struct bytes *b)
{
	char *text = calloc(1, b->len + 1);

	memcpy(text, b->data, b->len);
	return text;
}

START_TEST(a_request_has_the_length_that_is_wanted)
{
	struct random random;
	struct bytes out = { 0 };
	char *text;

	random_init(&random, 1, "test", (uint64_t)_i);
	ck_assert_int_eq(http_request(&out, "www.example.org", 3, 2,
	    (size_t)_i, &random), 0);
	text = text_of(&out);
	if (_i > 150)
		ck_assert_uint_eq(out.len, (size_t)_i);
	ck_assert_ptr_eq(strstr(text, "GET /page3/object2.txt HTTP/1.1\r\n"),
	    text);
	ck_assert_ptr_nonnull(strstr(text, "\r\nHost: www.example.org\r\n"));
	ck_assert_ptr_eq(strstr(text, "\r\n\r\n"), text + out.len - 4);
	ck_assert_ptr_null(strstr(text, "Cookie: session=\r\n"));
	free(text);
	bytes_reset(&out);
}
END_TEST

START_TEST(an_answer_says_how_long_its_body_is)
{
	struct random random;
	struct bytes out = { 0 };
	char *text, *body;

	random_init(&random, 1, "test", 0);
	ck_assert_int_eq(http_response_head(&out, 1, 1234), 0);
	ck_assert_int_eq(http_body(&out, 1234, &random), 0);
	text = text_of(&out);
	ck_assert_ptr_eq(strstr(text, "HTTP/1.1 200 OK\r\n"), text);
	ck_assert_ptr_nonnull(strstr(text, "\r\nContent-Type: text/html\r\n"));
	ck_assert_ptr_nonnull(strstr(text, "\r\nContent-Length: 1234\r\n"));
	body = strstr(text, "\r\n\r\n") + 4;
	ck_assert_uint_eq(strlen(body), 1234);
	for (const char *at = body; *at != '\0'; at++)
		ck_assert(isprint((unsigned char)*at) || *at == '\n');
	free(text);
	bytes_reset(&out);
}
END_TEST

/* A record of that type at `at`; returns the place behind it. */
static size_t
check_record(const struct bytes *b, size_t at, int type, size_t len)
{
	ck_assert_uint_ge(b->len, at + 5 + len);
	ck_assert_int_eq(b->data[at], type);
	ck_assert_int_eq(b->data[at + 1], 3);
	ck_assert_uint_eq((size_t)b->data[at + 3] << 8 | b->data[at + 4],
	    len);
	return at + 5 + len;
}

static unsigned
get16(const struct bytes *b, size_t at)
{
	ck_assert_uint_ge(b->len, at + 2);
	return (unsigned)b->data[at] << 8 | b->data[at + 1];
}

/* The place of an extension's value of a hello whose extensions begin at `at`;
 * they fill the rest of the hello. */
static size_t
find_extension(const struct bytes *b, size_t at, size_t end, unsigned type)
{
	size_t found = 0;

	ck_assert_uint_eq(at + 2 + get16(b, at), end);
	for (at += 2; at < end; at += 4 + get16(b, at + 2))
		if (get16(b, at) == type)
			found = at + 4;
	ck_assert_uint_eq(at, end);
	return found;
}

START_TEST(a_client_hello_is_one_of_rfc_8446)
{
	struct random random;
	struct bytes out = { 0 };
	size_t at;

	random_init(&random, 1, "test", 0);
	ck_assert_int_eq(tls_client_hello(&out, "www.example.org", &random),
	    0);
	ck_assert_uint_eq(check_record(&out, 0, 22, out.len - 5), out.len);
	ck_assert_int_eq(out.data[5], 1);
	ck_assert_uint_eq(get16(&out, 7), out.len - 9);
	at = 9 + 2 + 32;
	at += 1 + out.data[at];			/* session id */
	at += 2 + get16(&out, at);		/* cipher suites */
	at += 1 + out.data[at];			/* compressions */
	ck_assert_uint_ne(find_extension(&out, at, out.len, 43), 0);
	ck_assert_uint_ne(find_extension(&out, at, out.len, 51), 0);
	at = find_extension(&out, at, out.len, 0);
	ck_assert_uint_ne(at, 0);
	ck_assert_uint_eq(get16(&out, at), 18);
	ck_assert_int_eq(out.data[at + 2], 0);
	ck_assert_uint_eq(get16(&out, at + 3), 15);
	ck_assert_mem_eq(out.data + at + 5, "www.example.org", 15);
	bytes_reset(&out);
}
END_TEST

START_TEST(a_hello_to_nobody_by_name_has_no_name)
{
	struct random random;
	struct bytes out = { 0 };

	random_init(&random, 1, "test", 0);
	ck_assert_int_eq(tls_client_hello(&out, NULL, &random), 0);
	ck_assert_uint_eq(find_extension(&out, 9 + 2 + 32 + 1 + 8 + 2,
	    out.len, 0), 0);
	bytes_reset(&out);
}
END_TEST

START_TEST(a_server_answers_with_hello_and_a_sealed_record)
{
	struct random random;
	struct bytes out = { 0 };
	size_t at, hello_end;

	random_init(&random, 1, "test", 0);
	ck_assert_int_eq(tls_server_flight(&out, 2400, &random), 0);
	hello_end = check_record(&out, 0, 22, get16(&out, 3));
	ck_assert_int_eq(out.data[5], 2);
	ck_assert_uint_eq(get16(&out, 7), hello_end - 9);
	at = find_extension(&out, 9 + 2 + 32 + 1 + 2 + 1, hello_end, 43);
	ck_assert_uint_ne(at, 0);
	ck_assert_uint_eq(get16(&out, at), 0x0304);
	ck_assert_uint_ge(get16(&out, hello_end + 3), 2400);
	ck_assert_uint_eq(check_record(&out, hello_end, 23,
	    get16(&out, hello_end + 3)), out.len);
	bytes_reset(&out);
}
END_TEST

START_TEST(data_stands_in_records_of_at_most_16384_bytes)
{
	static const size_t lengths[] = { 0, 1, 514, 16384, 16385, 40000 };
	struct random random;
	struct bytes out = { 0 };
	size_t left = lengths[_i] > 0 ? lengths[_i] : 1, at = 0;

	random_init(&random, 1, "test", 0);
	ck_assert_int_eq(tls_data(&out, lengths[_i], &random), 0);
	while (left > 0) {
		size_t some = left < 16384 ? left : 16384;

		at = check_record(&out, at, 23, some + 17);
		left -= some;
	}
	ck_assert_uint_eq(at, out.len);
	bytes_reset(&out);
}
END_TEST

/* RFC 4648, section 10. */
START_TEST(base32_is_that_of_its_rfc)
{
	static const char *const words[] = { "", "my", "mzxq", "mzxw6",
	    "mzxw6yq", "mzxw6ytb", "mzxw6ytboi" };
	char text[16];
	size_t len = base32_write(text, (const uint8_t *)"foobar",
	    (size_t)_i);

	ck_assert_uint_eq(len, strlen(words[_i]));
	ck_assert_uint_eq(len, BASE32_CHARS((size_t)_i));
	ck_assert_mem_eq(text, words[_i], len);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("web_text");
	TCase *tc = tcase_create("web_text");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, a_request_has_the_length_that_is_wanted, 0,
	    400);
	tcase_add_test(tc, an_answer_says_how_long_its_body_is);
	tcase_add_test(tc, a_client_hello_is_one_of_rfc_8446);
	tcase_add_test(tc, a_hello_to_nobody_by_name_has_no_name);
	tcase_add_test(tc, a_server_answers_with_hello_and_a_sealed_record);
	tcase_add_loop_test(tc, data_stands_in_records_of_at_most_16384_bytes,
	    0, 6);
	tcase_add_loop_test(tc, base32_is_that_of_its_rfc, 0, 7);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
