/*
 * Messages of DNS, written and read.
 */
#include "traffic/synth/packet/dns_message.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

/* www.example.org A?  A CNAME and an address, with pointers; then a record of
 * the authority section. */
static const uint8_t answer[] = {
	0x12, 0x34, 0x85, 0x80, 0, 1, 0, 2, 0, 1, 0, 0,
	3, 'w', 'w', 'w', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'o', 'r',
	'g', 0, 0, 1, 0, 1,
	0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, 'w', 0xc0, 16,
	0xc0, 45, 0, 1, 0, 1, 0, 1, 0, 2, 0, 4, 192, 0, 2, 1,
	0xc0, 16, 0, 2, 0, 1, 0, 0, 0, 60, 0, 2, 0xc0, 16,
};
enum { ANSWERS_END = sizeof(answer) - 14 };

/* From a block of its own, so that a sanitizer sees its end. */
static int
read_copy(struct dns_message *out, const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len == 0 ? 1 : len);
	int status;

	ck_assert_ptr_nonnull(copy);
	if (len > 0)
		memcpy(copy, data, len);
	status = dns_message_read(out, copy, len);
	free(copy);
	return status;
}

START_TEST(an_answer_is_read_with_its_pointers)
{
	struct dns_message m;

	ck_assert_int_eq(dns_message_read(&m, answer, sizeof(answer)), 0);
	ck_assert_uint_eq(m.id, 0x1234);
	ck_assert(m.is_answer && m.authoritative && m.recursion_desired &&
	    m.recursion_available && !m.truncated);
	ck_assert_uint_eq(m.rcode, DNS_OK);
	ck_assert_str_eq(m.name, "www.example.org");
	ck_assert_uint_eq(m.type, DNS_A);
	ck_assert_uint_eq(m.answer_count, 2);
	ck_assert_str_eq(m.answers[0].name, "www.example.org");
	ck_assert_uint_eq(m.answers[0].type, DNS_CNAME);
	ck_assert_str_eq(m.answers[1].name, "w.example.org");
	ck_assert_uint_eq(m.answers[1].ttl_s, 0x10002);
	ck_assert_uint_eq(m.answers[1].len, 4);
	ck_assert_mem_eq(m.answers[1].data, "\xc0\x00\x02\x01", 4);
}
END_TEST

START_TEST(what_ends_before_its_last_answer_is_refused)
{
	struct dns_message m;

	ck_assert_int_eq(read_copy(&m, answer, (size_t)_i),
	    _i < ANSWERS_END ? -1 : 0);
}
END_TEST

/* The question's bytes are these, by hand (RFC 1035 4.1). */
START_TEST(a_question_has_these_bytes)
{
	static const uint8_t wire[] = {
		0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
		1, 'A', 2, 'b', 'c', 0, 0, 28, 0, 1,
	};
	struct dns_message m = {
		.id = 0xabcd, .recursion_desired = true, .name = "A.bc",
		.type = DNS_AAAA,
	};
	struct bytes out = { NULL, 0, 0 };
	struct errbuf err;

	ck_assert_int_eq(dns_message_write(&m, 0, &out, &err), 0);
	ck_assert_uint_eq(out.len, sizeof(wire));
	ck_assert_mem_eq(out.data, wire, sizeof(wire));
	ck_assert_int_eq(dns_message_read(&m, out.data, out.len), 0);
	ck_assert_str_eq(m.name, "A.bc");
	ck_assert(!m.is_answer && m.recursion_desired);
	bytes_reset(&out);
}
END_TEST

static void
fill_answers(struct dns_message *m, size_t count)
{
	static const uint8_t address[4] = { 10, 0, 0, 7 };

	m->answer_count = count;
	for (size_t i = 0; i < count; i++) {
		strcpy(m->answers[i].name, i % 2 == 0 ? "X.y" : "other.y");
		m->answers[i].type = DNS_A;
		m->answers[i].ttl_s = 300;
		m->answers[i].data = address;
		m->answers[i].len = sizeof(address);
	}
}

START_TEST(what_is_written_is_read_again)
{
	struct dns_message m = {
		.id = 7, .is_answer = true, .rcode = DNS_NO_SUCH_NAME,
		.name = "x.y", .type = DNS_A,
	};
	struct dns_message back;
	struct bytes out = { NULL, 0, 0 };
	struct errbuf err;

	fill_answers(&m, 4);
	ck_assert_int_eq(bytes_append(&out, "before", 6), 0);
	ck_assert_int_eq(dns_message_write(&m, 0, &out, &err), 0);
	/* The question's own name is a pointer, another one is not. */
	ck_assert_uint_eq(out.len - 6, 12 + 9 + 2 * (2 + 14) + 2 * (9 + 14));
	ck_assert_int_eq(dns_message_read(&back, out.data + 6, out.len - 6),
	    0);
	ck_assert(back.is_answer && !back.truncated);
	ck_assert_uint_eq(back.rcode, DNS_NO_SUCH_NAME);
	ck_assert_uint_eq(back.answer_count, 4);
	ck_assert_str_eq(back.answers[2].name, "x.y");
	ck_assert_str_eq(back.answers[3].name, "other.y");
	ck_assert_mem_eq(back.answers[3].data, m.answers[3].data, 4);
	bytes_reset(&out);
}
END_TEST

START_TEST(answers_without_room_are_left_out)
{
	struct dns_message m = { .is_answer = true, .name = "x.y", .type = 1 };
	struct dns_message back;
	struct bytes out = { NULL, 0, 0 };
	struct errbuf err;

	fill_answers(&m, 4);
	/* The third would end one byte past the room. */
	ck_assert_int_eq(dns_message_write(&m, 21 + 16 + 23 + 15, &out, &err),
	    0);
	ck_assert_uint_eq(out.len, 21 + 16 + 23);
	ck_assert_int_eq(dns_message_read(&back, out.data, out.len), 0);
	ck_assert(back.truncated);
	ck_assert_uint_eq(back.answer_count, 2);
	bytes_reset(&out);
}
END_TEST

static int
write_name(const char *name)
{
	struct dns_message m = { .type = DNS_A };
	struct bytes out = { NULL, 0, 0 };
	struct errbuf err;
	int status;

	ck_assert_uint_lt(strlen(name), sizeof(m.name));
	strcpy(m.name, name);
	status = dns_message_write(&m, 0, &out, &err);
	if (status != 0)
		ck_assert_uint_eq(out.len, 0);
	bytes_reset(&out);
	return status;
}

START_TEST(what_is_no_name_is_not_written)
{
	char name[DNS_NAME_BYTES] = "";

	ck_assert_int_eq(write_name(""), 0);
	ck_assert_int_eq(write_name("a"), 0);
	ck_assert_int_eq(write_name("."), -1);
	ck_assert_int_eq(write_name("a."), -1);
	ck_assert_int_eq(write_name(".a"), -1);
	ck_assert_int_eq(write_name("a..b"), -1);
	ck_assert_int_eq(write_name("a b"), -1);
	memset(name, 'x', 63);
	ck_assert_int_eq(write_name(name), 0);
	name[63] = 'x';
	ck_assert_int_eq(write_name(name), -1);
	/* Labels of 63, 63, 63 and 61: 253 of text, 255 bytes. */
	memset(name, 'x', 253);
	name[63] = name[127] = name[191] = '.';
	ck_assert_int_eq(write_name(name), 0);
}
END_TEST

/* Two labels that point at each other, one that points at itself, one that
 * points ahead, and a label of an unknown kind. */
START_TEST(pointers_that_do_not_lead_back_are_refused)
{
	static const uint8_t names[][4] = {
		{ 0xc0, 12, 0, 0 }, { 0xc0, 14, 0xc0, 12 },
		{ 1, 'a', 0xc0, 12 }, { 0x80, 1, 0, 0 }, { 0xff, 0xff, 0, 0 },
	};
	uint8_t wire[] = {
		0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1,
	};
	struct dns_message m;

	memcpy(wire + 12, names[_i], 4);
	ck_assert_int_eq(read_copy(&m, wire, sizeof(wire)), -1);
}
END_TEST

/* No byte of a message may lead a reader out of it. */
START_TEST(a_message_with_changed_bytes_is_read_or_refused)
{
	uint8_t copy[sizeof(answer)];
	struct dns_message m;
	struct random r;
	int refused = 0;

	random_init(&r, 5, "test", 0);
	for (int i = 0; i < 20000; i++) {
		memcpy(copy, answer, sizeof(copy));
		for (int k = 0; k < 3; k++)
			copy[random_below(&r, sizeof(copy))] =
			    (uint8_t)random_next(&r);
		refused += read_copy(&m, copy, sizeof(copy)) != 0;
	}
	ck_assert_int_gt(refused, 1000);
	ck_assert_int_lt(refused, 19000);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("dns_message");
	TCase *tc = tcase_create("messages");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, an_answer_is_read_with_its_pointers);
	tcase_add_loop_test(tc, what_ends_before_its_last_answer_is_refused, 0,
	    (int)sizeof(answer));
	tcase_add_test(tc, a_question_has_these_bytes);
	tcase_add_test(tc, what_is_written_is_read_again);
	tcase_add_test(tc, answers_without_room_are_left_out);
	tcase_add_test(tc, what_is_no_name_is_not_written);
	tcase_add_loop_test(tc, pointers_that_do_not_lead_back_are_refused, 0,
	    5);
	tcase_add_test(tc, a_message_with_changed_bytes_is_read_or_refused);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
