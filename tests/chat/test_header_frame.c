#include "chat/wire/header_frame.h"

#include "tests/chat/wire_tools.h"

enum { MAX = 300 };

/* As the original client sends what is typed as msg:hii there. */
static const uint8_t typed[] = {
	0, 3, 'm', 's', 'g', 0, 0, 0, 9, 'h', 'i', 'i', ' ', 't', 'h', 'e',
	'r', 'e',
};

static enum wire_status
next(const uint8_t *data, size_t len, struct header_frame *out, size_t *used)
{
	uint8_t *copy = exactly(data, len);
	enum wire_status status = header_frame_next(copy, len, MAX, out, used);

	if (status == WIRE_WHOLE) {	/* the same place of what stays */
		out->header.data = data + (out->header.data - copy);
		out->payload.data = data + (out->payload.data - copy);
	}
	free(copy);
	return status;
}

START_TEST(a_line_of_the_original_client_is_a_frame)
{
	struct header_frame frame;
	struct bytes out = { 0 };
	size_t used;

	ck_assert_int_eq(next(typed, sizeof(typed), &frame, &used), WIRE_WHOLE);
	ck_assert_uint_eq(used, sizeof(typed));
	ck_assert(header_frame_is(&frame, "msg"));
	ck_assert(!header_frame_is(&frame, "ms"));
	ck_assert(!header_frame_is(&frame, "msgs"));
	ck_assert(!header_frame_is(&frame, ""));
	ck_assert_uint_eq(frame.payload.len, 9);
	ck_assert_mem_eq(frame.payload.data, "hii there", 9);
	ck_assert_int_eq(header_frame_append(&out, "msg", "hii there", 9), 0);
	ck_assert_uint_eq(out.len, sizeof(typed));
	ck_assert_mem_eq(out.data, typed, sizeof(typed));
	bytes_reset(&out);
}
END_TEST

START_TEST(every_beginning_is_one)
{
	struct header_frame frame;
	size_t used;

	ck_assert_int_eq(header_frame_next(NULL, 0, MAX, &frame, &used),
	    WIRE_PARTIAL);
	for (size_t n = 0; n < sizeof(typed); n++)
		ck_assert_int_eq(next(typed, n, &frame, &used), WIRE_PARTIAL);
}
END_TEST

START_TEST(header_and_payload_may_be_empty)
{
	static const uint8_t empty[7] = { 0 };
	struct header_frame frame;
	size_t used;

	ck_assert_int_eq(next(empty, sizeof(empty), &frame, &used), WIRE_WHOLE);
	ck_assert_uint_eq(used, 6);
	ck_assert(header_frame_is(&frame, ""));
	ck_assert_uint_eq(frame.payload.len, 0);
}
END_TEST

START_TEST(a_length_is_bad_as_soon_as_it_is_too_long)
{
	static const uint8_t header[] = { 0, HEADER_FRAME_HEADER_MAX + 1 };
	static const uint8_t longest[] = { 0, HEADER_FRAME_HEADER_MAX };
	static const uint8_t payload[] = { 0, 1, 'x', 255, 255, 255, 255 };
	static const uint8_t over[] = { 0, 1, 'x', 0, 0, 1, 45 }; /* 301 */
	struct header_frame frame;
	size_t used;

	ck_assert_int_eq(next(header, 2, &frame, &used), WIRE_BAD);
	ck_assert_int_eq(next(longest, 2, &frame, &used), WIRE_PARTIAL);
	ck_assert_int_eq(next(payload, 6, &frame, &used), WIRE_PARTIAL);
	ck_assert_int_eq(next(payload, 7, &frame, &used), WIRE_BAD);
	ck_assert_int_eq(next(over, 7, &frame, &used), WIRE_BAD);
}
END_TEST

START_TEST(a_header_that_would_not_be_read_is_not_written)
{
	char header[HEADER_FRAME_HEADER_MAX + 2] = { 0 };
	struct bytes out = { 0 };

	memset(header, 'h', HEADER_FRAME_HEADER_MAX + 1);
	ck_assert_int_eq(header_frame_append(&out, header, "", 0), -1);
	ck_assert_uint_eq(out.len, 0);
	ck_assert_int_eq(header_frame_append(&out, header + 1, NULL, 0), 0);
	ck_assert_uint_eq(out.len, 2 + HEADER_FRAME_HEADER_MAX + 4);
	bytes_reset(&out);
}
END_TEST

START_TEST(what_is_written_is_read)
{
	struct splitmix chance = chance_of("what_is_written_is_read");
	unsigned long rounds = random_rounds(200);

	while (rounds-- > 0) {
		char header[HEADER_FRAME_HEADER_MAX + 1] = { 0 };
		uint8_t payload[MAX];
		uint32_t len = splitmix_below(&chance, MAX + 1);
		struct header_frame frame;
		struct bytes out = { 0 };
		size_t used, n;

		memset(header, 'a', splitmix_below(&chance, sizeof(header)));
		fill(&chance, payload, len);
		ck_assert_int_eq(header_frame_append(&out, header, payload,
		    len), 0);
		for (n = 0; n < out.len; n++)
			ck_assert_int_eq(next(out.data, n, &frame, &used),
			    WIRE_PARTIAL);
		ck_assert_int_eq(next(out.data, n, &frame, &used), WIRE_WHOLE);
		ck_assert_uint_eq(used, out.len);
		ck_assert(header_frame_is(&frame, header));
		ck_assert_uint_eq(frame.payload.len, len);
		ck_assert_mem_eq(frame.payload.data, payload, len);
		bytes_reset(&out);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("header_frame");
	TCase *tc = tcase_create("header_frame");

	tcase_add_test(tc, a_line_of_the_original_client_is_a_frame);
	tcase_add_test(tc, every_beginning_is_one);
	tcase_add_test(tc, header_and_payload_may_be_empty);
	tcase_add_test(tc, a_length_is_bad_as_soon_as_it_is_too_long);
	tcase_add_test(tc, a_header_that_would_not_be_read_is_not_written);
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
