#include "analyzer/capture/names.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* A block put together, and the names that know it. */
static uint8_t body[1024];
static uint32_t body_len;
static struct names *names;

static void
start(void)
{
	struct errbuf err;

	body_len = 0;
	names = names_new(&err);
	ck_assert_ptr_nonnull(names);
}

static void
stop(void)
{
	names_free(names);
}

static void
add16(unsigned value, bool big_endian)
{
	body[body_len + (big_endian ? 1 : 0)] = (uint8_t)value;
	body[body_len + (big_endian ? 0 : 1)] = (uint8_t)(value >> 8);
	body_len += 2;
}

/* A record of the block: the value is padded. */
static void
add_record(unsigned type, const void *value, unsigned len, bool big_endian)
{
	add16(type, big_endian);
	add16(len, big_endian);
	memset(body + body_len, 0, len + 3);
	memcpy(body + body_len, value, len);
	body_len += (len + 3) & ~3U;
}

static void
observe(uint32_t type, bool big_endian)
{
	struct reader_block block = { .type = type, .big_endian = big_endian,
	    .body = body, .len = body_len };

	names_observe(names, &block);
}

static const uint8_t one[] = { 192, 0, 2, 1 }, two[] = { 192, 0, 2, 2 };
static const uint8_t six[16] = { 0x20, 1, 0x0d, 0xb8, [15] = 1 };

START_TEST(records_of_both_versions_and_byte_orders_are_taken)
{
	uint8_t value[16 + 5];

	memcpy(value, six, 16);
	memcpy(value + 16, "host", 5);
	add_record(1, "\300\000\002\001a.test\0b.test", 4 + 14, _i);
	add_record(2, value, sizeof(value), _i);
	add_record(0, "", 0, _i);
	observe(READER_NAMES, _i);
	ck_assert_str_eq(names_find(names, 4, one), "a.test");
	ck_assert_str_eq(names_find(names, 6, six), "host");
	ck_assert_ptr_null(names_find(names, 4, two));
	ck_assert_uint_eq(names_refused(names), 0);
}
END_TEST

START_TEST(the_first_name_of_an_address_stays)
{
	add_record(1, "\300\000\002\001first", 10, false);
	add_record(1, "\300\000\002\001second", 11, false);
	add_record(0, "", 0, false);
	observe(READER_NAMES, false);
	observe(READER_NAMES, false);
	ck_assert_str_eq(names_find(names, 4, one), "first");
	ck_assert_uint_eq(names_refused(names), 0);
}
END_TEST

START_TEST(an_ipv4_address_is_not_the_ipv6_address_of_the_same_bytes)
{
	static const uint8_t same[16] = { 192, 0, 2, 1 };

	add_record(1, "\300\000\002\001a", 6, false);
	observe(READER_NAMES, false);
	ck_assert_ptr_nonnull(names_find(names, 4, one));
	ck_assert_ptr_null(names_find(names, 6, same));
}
END_TEST

START_TEST(what_is_no_printable_text_becomes_question_marks)
{
	add_record(1, "\300\000\002\001a\033[m \377z", 12, false);
	observe(READER_NAMES, false);
	ck_assert_str_eq(names_find(names, 4, one), "a?[m??z");
}
END_TEST

/* Values of an IPv4 record that have no name in them. */
static const struct { const char *value; unsigned len; } wrong[] = {
	{ "", 0 },
	{ "\300\000\002\001", 4 },
	{ "\300\000\002\001\0", 5 },
	{ "\300\000\002\001open", 8 },
};

START_TEST(wrong_records_are_counted_and_the_next_is_read)
{
	add_record(1, wrong[_i].value, wrong[_i].len, false);
	add_record(7, "????", 4, false);	/* of no known type */
	add_record(1, "\300\000\002\002ok", 7, false);
	add_record(0, "", 0, false);
	observe(READER_NAMES, false);
	ck_assert_ptr_null(names_find(names, 4, one));
	ck_assert_str_eq(names_find(names, 4, two), "ok");
	ck_assert_uint_eq(names_refused(names), 1);
}
END_TEST

START_TEST(a_name_longer_than_any_is_refused)
{
	uint8_t value[4 + NAMES_BYTES + 2] = { 192, 0, 2, 1 };

	memset(value + 4, 'x', NAMES_BYTES + 1);
	add_record(1, value, sizeof(value), false);
	value[4 + NAMES_BYTES] = '\0';
	value[3] = 2;
	add_record(1, value, sizeof(value), false);
	observe(READER_NAMES, false);
	ck_assert_ptr_null(names_find(names, 4, one));
	ck_assert_uint_eq(strlen(names_find(names, 4, two)), NAMES_BYTES);
	ck_assert_uint_eq(names_refused(names), 1);
}
END_TEST

START_TEST(a_record_that_runs_past_its_block_ends_it)
{
	add_record(1, "\300\000\002\001good", 9, false);
	add16(1, false);
	add16(5, false);
	observe(READER_NAMES, false);
	ck_assert_uint_eq(names_refused(names), 1);
}
END_TEST

START_TEST(other_blocks_are_none_of_ours)
{
	add_record(1, "\300\000\002\001good", 9, false);
	observe(READER_STATISTICS, false);
	observe(READER_INTERFACE, false);
	ck_assert_uint_eq(names_refused(names), 0);
}
END_TEST

START_TEST(names_without_end_are_bounded)
{
	uint8_t value[] = { 10, 0, 0, 0, 'n', 0 };

	for (uint32_t i = 0; i < NAMES_MAX + 5; i++) {
		body_len = 0;
		value[1] = (uint8_t)(i >> 16);
		value[2] = (uint8_t)(i >> 8);
		value[3] = (uint8_t)i;
		add_record(1, value, sizeof(value), false);
		observe(READER_NAMES, false);
	}
	ck_assert_uint_eq(names_refused(names), 5);
	value[1] = 0;
	ck_assert_str_eq(names_find(names, 4, value), "n");
}
END_TEST

START_TEST(freeing_nothing_does_nothing)
{
	names_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("names");
	TCase *tc = tcase_create("names");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, start, stop);
	tcase_add_loop_test(tc,
	    records_of_both_versions_and_byte_orders_are_taken, 0, 2);
	tcase_add_test(tc, the_first_name_of_an_address_stays);
	tcase_add_test(tc,
	    an_ipv4_address_is_not_the_ipv6_address_of_the_same_bytes);
	tcase_add_test(tc, what_is_no_printable_text_becomes_question_marks);
	tcase_add_loop_test(tc, wrong_records_are_counted_and_the_next_is_read,
	    0, sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(tc, a_name_longer_than_any_is_refused);
	tcase_add_test(tc, a_record_that_runs_past_its_block_ends_it);
	tcase_add_test(tc, other_blocks_are_none_of_ours);
	tcase_add_test(tc, names_without_end_are_bounded);
	tcase_add_test(tc, freeing_nothing_does_nothing);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
