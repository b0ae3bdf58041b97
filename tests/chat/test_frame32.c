#include "chat/wire/frame32.h"

#include "tests/chat/wire_tools.h"

enum { MAX = 1000 };

static struct bytes
frame_of(const void *body, uint32_t len)
{
	struct bytes out = { 0 };

	ck_assert_int_eq(frame32_append(&out, body, len), 0);
	ck_assert_uint_eq(out.len, FRAME32_HEADER_BYTES + (size_t)len);
	return out;
}

START_TEST(the_length_is_big_endian_and_counts_the_body)
{
	struct bytes out = frame_of("coding", 6);

	ck_assert_mem_eq(out.data, "\0\0\0\6coding", 10);
	ck_assert_int_eq(frame32_append(&out, NULL, 0), 0);
	ck_assert_uint_eq(out.len, 14);
	ck_assert_mem_eq(out.data + 10, "\0\0\0\0", 4);
	bytes_reset(&out);
}
END_TEST

START_TEST(a_body_may_be_empty)
{
	struct wire_span body;
	size_t used;

	ck_assert_int_eq(frame32_next((const uint8_t *)"\0\0\0\0x", 5, 0, &body,
	    &used), WIRE_WHOLE);
	ck_assert_uint_eq(body.len, 0);
	ck_assert_ptr_nonnull(body.data);
	ck_assert_uint_eq(used, 4);
}
END_TEST

START_TEST(nothing_is_the_beginning_of_a_frame)
{
	struct wire_span body;
	size_t used;

	ck_assert_int_eq(frame32_next(NULL, 0, MAX, &body, &used),
	    WIRE_PARTIAL);
}
END_TEST

START_TEST(a_body_that_is_too_long_is_bad_at_once)
{
	static const uint8_t huge[] = { 255, 255, 255, 255 };
	static const uint8_t over[] = { 0, 0, 3, 233 };	/* 1001 */
	static const uint8_t just[] = { 0, 0, 3, 232 };
	struct wire_span body;
	size_t used;

	ck_assert_int_eq(frame32_next(huge, 3, MAX, &body, &used),
	    WIRE_PARTIAL);
	ck_assert_int_eq(frame32_next(huge, 4, MAX, &body, &used), WIRE_BAD);
	ck_assert_int_eq(frame32_next(over, 4, MAX, &body, &used), WIRE_BAD);
	ck_assert_int_eq(frame32_next(just, 4, MAX, &body, &used),
	    WIRE_PARTIAL);
	/* As far as 32 bits go, when that is what is wanted. */
	ck_assert_int_eq(frame32_next(huge, 4, UINT32_MAX, &body, &used),
	    WIRE_PARTIAL);
}
END_TEST

/* Byte by byte as they come, and then with what follows them. */
static void
assert_read_back(const struct bytes *frame, const void *sent, size_t len)
{
	struct wire_span body;
	uint8_t *all;
	size_t used;

	for (size_t n = 0; n < frame->len; n++) {
		uint8_t *prefix = exactly(frame->data, n);

		ck_assert_int_eq(frame32_next(prefix, n, MAX, &body, &used),
		    WIRE_PARTIAL);
		free(prefix);
	}
	all = exactly(frame->data, frame->len);
	ck_assert_int_eq(frame32_next(all, frame->len, MAX, &body, &used),
	    WIRE_WHOLE);
	ck_assert_uint_eq(used, frame->len);
	ck_assert_uint_eq(body.len, len);
	ck_assert_mem_eq(body.data, sent, len);
	free(all);
}

START_TEST(what_is_written_is_read)
{
	struct splitmix chance = chance_of("what_is_written_is_read");
	unsigned long rounds = random_rounds(100);

	while (rounds-- > 0) {
		uint8_t sent[MAX];
		uint32_t len = splitmix_below(&chance, MAX + 1);
		struct bytes frame;

		fill(&chance, sent, len);
		frame = frame_of(sent, len);
		assert_read_back(&frame, sent, len);
		bytes_reset(&frame);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("frame32");
	TCase *tc = tcase_create("frame32");

	tcase_add_test(tc, the_length_is_big_endian_and_counts_the_body);
	tcase_add_test(tc, a_body_may_be_empty);
	tcase_add_test(tc, nothing_is_the_beginning_of_a_frame);
	tcase_add_test(tc, a_body_that_is_too_long_is_bad_at_once);
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
