#include "chat/wire/stream.h"

#include "tests/chat/wire_tools.h"

enum { MODEL_MAX = 1 << 13 };

START_TEST(an_empty_stream_keeps_nothing)
{
	struct stream stream;

	stream_init(&stream);
	ck_assert_uint_eq(stream.len, 0);
	ck_assert_ptr_null(stream_data(&stream));
	ck_assert_int_eq(stream_add(&stream, NULL, 0), 0);
	ck_assert_ptr_null(stream.buffer);
	stream_use(&stream, 0);
	stream_reset(&stream);
}
END_TEST

START_TEST(once_all_is_used_the_buffer_is_gone)
{
	struct stream stream = { 0 };

	for (size_t more = 0; more < 2; more++) {
		ck_assert_int_eq(stream_add(&stream, (const uint8_t *)"abc", 3),
		    0);
		stream_use(&stream, 1);
		ck_assert_uint_eq(stream.len, 2);
		ck_assert_mem_eq(stream_data(&stream), "bc", 2);
		stream_use(&stream, 2 + more);
		ck_assert_uint_eq(stream.len, 0);
		ck_assert_ptr_null(stream.buffer);
	}
}
END_TEST

START_TEST(what_no_memory_holds_is_not_added)
{
	struct stream stream = { 0 };

	ck_assert_int_eq(stream_add(&stream, (const uint8_t *)"abc", 3), 0);
	ck_assert_int_eq(stream_add(&stream, (const uint8_t *)"d", SIZE_MAX),
	    -1);
	ck_assert_int_eq(stream_add(&stream, (const uint8_t *)"d",
	    (size_t)PTRDIFF_MAX), -1);
	ck_assert_uint_eq(stream.len, 3);
	ck_assert_mem_eq(stream_data(&stream), "abc", 3);
	stream_reset(&stream);
}
END_TEST

/* A peer that keeps one byte waiting for ever must not make us keep all that
 * ever came. */
START_TEST(memory_follows_what_is_kept)
{
	struct stream stream = { 0 };
	uint8_t piece[1000] = { 0 };

	ck_assert_int_eq(stream_add(&stream, piece, 1), 0);
	for (int i = 0; i < 10000; i++) {
		ck_assert_int_eq(stream_add(&stream, piece, sizeof(piece)), 0);
		stream_use(&stream, sizeof(piece));
		ck_assert_uint_eq(stream.len, 1);
		ck_assert_uint_le(stream.room, 4 * sizeof(piece));
	}
	stream_reset(&stream);
}
END_TEST

/* The model: all bytes that ever came, from `first` to `end`. */
START_TEST(any_adding_and_using_keeps_the_order)
{
	struct splitmix chance = chance_of("any_adding_and_using");
	uint8_t *all = malloc(MODEL_MAX);
	unsigned long rounds = random_rounds(100);

	ck_assert_ptr_nonnull(all);
	fill(&chance, all, MODEL_MAX);
	while (rounds-- > 0) {
		uint32_t most = 8U << splitmix_below(&chance, 9);
		struct stream stream = { 0 };
		size_t first = 0, end = 0;

		while (end + most < MODEL_MAX) {
			size_t n = splitmix_below(&chance, most + 1);

			ck_assert_int_eq(stream_add(&stream, all + end, n), 0);
			end += n;
			n = splitmix_below(&chance,
			    (uint32_t)(end - first) + 1);
			stream_use(&stream, n);
			first += n;
			ck_assert_uint_eq(stream.len, end - first);
			if (end > first)
				ck_assert_mem_eq(stream_data(&stream),
				    all + first, end - first);
			else
				ck_assert_ptr_null(stream.buffer);
		}
		stream_reset(&stream);
	}
	free(all);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("stream");
	TCase *tc = tcase_create("stream");

	tcase_add_test(tc, an_empty_stream_keeps_nothing);
	tcase_add_test(tc, once_all_is_used_the_buffer_is_gone);
	tcase_add_test(tc, what_no_memory_holds_is_not_added);
	tcase_add_test(tc, memory_follows_what_is_kept);
	tcase_add_test(tc, any_adding_and_using_keeps_the_order);
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
