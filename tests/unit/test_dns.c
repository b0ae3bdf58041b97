#include "analyzer/analyses/dns.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/stats_random.h"

/* www.example.org A?  Answer: a CNAME and two addresses, with pointers. */
static const uint8_t answer[] = {
	0x12, 0x34, 0x81, 0x80, 0, 1, 0, 3, 0, 0, 0, 0,
	3, 'w', 'w', 'w', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'o', 'r',
	'g', 0, 0, 1, 0, 1,
	0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, 'w', 0xc0, 16,
	0xc0, 45, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1,
	0xc0, 45, 0, 28, 0, 1, 0, 0, 0, 60, 0, 16, 0x20, 1, 0xd, 0xb8, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
};

enum { QUESTION_END = 33 };

static const char *
describe(const uint8_t *data, size_t n)
{
	static char text[512];
	uint8_t *copy = malloc(n + 1);	/* so that a sanitizer sees its end */

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, data, n);
	dns_describe(text, sizeof(text), copy, n);
	free(copy);
	return text;
}

START_TEST(an_answer_has_its_question_and_its_records)
{
	struct dns_message m;
	struct dns_record r;

	ck_assert(dns_open(&m, answer, sizeof(answer)));
	ck_assert(m.response && m.has_question);
	ck_assert_uint_eq(m.id, 0x1234);
	ck_assert_str_eq(m.name, "www.example.org");
	ck_assert_uint_eq(m.type, DNS_A);
	ck_assert(dns_next(&m, &r));
	ck_assert_str_eq(r.name, "www.example.org");
	ck_assert_str_eq(r.target, "w.example.org");
	ck_assert(dns_next(&m, &r));
	ck_assert_str_eq(r.name, "w.example.org");
	ck_assert_uint_eq(r.address.version, 4);
	ck_assert_uint_eq(r.ttl, 60);
	ck_assert(dns_next(&m, &r));
	ck_assert_uint_eq(r.address.version, 6);
	ck_assert(!dns_next(&m, &r));
}
END_TEST

START_TEST(a_message_is_told_in_a_line)
{
	uint8_t other[QUESTION_END];

	ck_assert_str_eq(describe(answer, sizeof(answer)), "answer A "
	    "www.example.org: CNAME w.example.org, 192.0.2.1, 2001:db8::1");
	memcpy(other, answer, sizeof(other));
	other[2] = other[3] = 0;
	other[7] = 0;
	ck_assert_str_eq(describe(other, sizeof(other)),
	    "query A www.example.org");
	other[2] = 0x80;
	other[3] = 3;
	ck_assert_str_eq(describe(other, sizeof(other)),
	    "answer A www.example.org: NXDOMAIN");
	other[3] = 15;
	other[30] = 77;
	ck_assert_str_eq(describe(other, sizeof(other)),
	    "answer TYPE77 www.example.org: rcode 15");
}
END_TEST

START_TEST(every_cut_is_bounded)
{
	const char *text = describe(answer, (size_t)_i);

	ck_assert_uint_eq(*text == '\0', _i < QUESTION_END);
}
END_TEST

START_TEST(pointers_that_do_not_go_back_are_refused)
{
	uint8_t loop[] = { 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1,
	    0, 1 };
	struct dns_message m;

	ck_assert(!dns_open(&m, loop, sizeof(loop)));
	loop[13] = 14;
	ck_assert(!dns_open(&m, loop, sizeof(loop)));
}
END_TEST

/* Each pointer points to the one before it. */
START_TEST(a_long_chain_of_pointers_is_refused)
{
	enum { POINTERS = 2000 };
	static uint8_t chain[12 + 2 * POINTERS + 6];
	struct dns_message m;
	struct dns_record r;

	memset(chain, 0, sizeof(chain));
	chain[7] = 1;
	for (unsigned i = 0; i < POINTERS; i++) {
		unsigned to = i == 0 ? 0 : 12 + 2 * (i - 1);

		chain[12 + 2 * i] = (uint8_t)(0xc0 | to >> 8);
		chain[13 + 2 * i] = (uint8_t)to;
	}
	ck_assert(dns_open(&m, chain, sizeof(chain)));
	m.at = sizeof(chain) - 8;
	ck_assert(!dns_next(&m, &r));
}
END_TEST

START_TEST(odd_bytes_in_names_are_escaped)
{
	static const uint8_t odd[] = { 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
	    5, 'a', '.', '\n', 0xff, '\\', 0, 0, 1, 0, 1 };

	ck_assert_str_eq(describe(odd, sizeof(odd)),
	    "query A a\\046\\010\\255\\092");
}
END_TEST

START_TEST(garbage_is_bounded)
{
	uint64_t state = random_seed("garbage_is_bounded");

	for (unsigned long i = random_rounds(3000); i > 0; i--) {
		uint8_t data[sizeof(answer)];

		memcpy(data, answer, sizeof(data));
		for (int k = 0; k < 6; k++)
			data[random_below(&state, sizeof(data))] =
			    (uint8_t)(random_next(&state) >>
			    random_below(&state, 8));
		ck_assert_uint_lt(strlen(describe(data,
		    random_below(&state, sizeof(data) + 1))), 512);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("dns");
	TCase *tc = tcase_create("dns");

	tcase_add_test(tc, an_answer_has_its_question_and_its_records);
	tcase_add_test(tc, a_message_is_told_in_a_line);
	tcase_add_loop_test(tc, every_cut_is_bounded, 0, sizeof(answer));
	tcase_add_test(tc, pointers_that_do_not_go_back_are_refused);
	tcase_add_test(tc, a_long_chain_of_pointers_is_refused);
	tcase_add_test(tc, odd_bytes_in_names_are_escaped);
	tcase_add_test(tc, garbage_is_bounded);
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
