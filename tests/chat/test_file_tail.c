#include "chat/wire/file_tail.h"

#include <stdio.h>

#include "base/bytes.h"
#include "chat/wire/header_frame.h"
#include "chat/wire/stream.h"
#include "tests/chat/wire_tools.h"
#include "tests/unit/quick_check.h"

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

static const char *const headers[] = {
	"msg", "to", "file_transfer", "quiz_answer", "quiz_question", "cmd",
	"info", "error",
};
enum { HEADERS = sizeof(headers) / sizeof(headers[0]) };

/* What becomes of the bytes that came: how many are of the file, how many are
 * used, and what is said. */
static const struct {
	const uint8_t *data;
	size_t len, body, used;
	bool whole, marked;
} looks[] = {
	{ BYTES(""), 0, 0, false, false },
	{ BYTES("file"), 4, 4, false, false },
	{ BYTES("fileEOF"), 4, 4, false, true },
	{ BYTES("EOF"), 0, 0, false, true },
	{ BYTES("fileEO"), 4, 4, false, false },
	{ BYTES("fileE"), 4, 4, false, false },
	{ BYTES("EEEOF"), 2, 2, false, true },
	{ BYTES("EOEOF"), 2, 2, false, true },
	{ BYTES("EOFEOF"), 3, 3, false, true },	/* the last one may be it */
	{ BYTES("EOFx"), 4, 4, false, false },
	{ BYTES("EOF in the middle"), 17, 17, false, false },
	{ BYTES("aEOF\0"), 1, 1, false, false },	/* a frame may follow */
	{ BYTES("aEOF\0\3ms"), 1, 1, false, false },
	{ BYTES("aEOF\0\3msg"), 1, 4, true, false },
	{ BYTES("EOF\0\2to\0\0\0\1x"), 0, 3, true, false },
	{ BYTES("aEOF\0\3msh"), 9, 9, false, false },	/* none does */
	{ BYTES("aEOF\0\4msg"), 9, 9, false, false },
	{ BYTES("aEOF\1\3msg"), 9, 9, false, false },
	{ BYTES("aEOF\0\0"), 6, 6, false, false },
	{ BYTES("EOFxEOF\0\4info"), 4, 7, true, false },
	{ BYTES("EOF\0\5errEOF"), 8, 8, false, true },
	{ BYTES("EOF\0\3cmdEOF\0\3cmd"), 0, 3, true, false },
};

START_TEST(bytes_are_of_the_file_or_its_end_or_wait)
{
	uint8_t *data = exactly(looks[_i].data, looks[_i].len);
	enum wire_status status;
	struct wire_span body;
	bool marked;
	size_t used;

	status = file_tail_next(data, looks[_i].len, &body, &used, &marked);
	ck_assert_int_eq(status, looks[_i].whole ? WIRE_WHOLE : WIRE_PARTIAL);
	ck_assert_uint_eq(body.len, looks[_i].body);
	ck_assert_ptr_eq(body.data, data);
	ck_assert_uint_eq(used, looks[_i].used);
	ck_assert_int_eq(marked, looks[_i].marked);
	free(data);
}
END_TEST

START_TEST(nothing_is_the_beginning_of_a_file)
{
	struct wire_span body;
	bool marked;
	size_t used;

	ck_assert_int_eq(file_tail_next(NULL, 0, &body, &used, &marked),
	    WIRE_PARTIAL);
	ck_assert_uint_eq(body.len, 0);
	ck_assert_uint_eq(used, 0);
	ck_assert(!marked);
}
END_TEST

START_TEST(each_header_ends_a_file_and_its_beginnings_wait)
{
	struct bytes out = { 0 };
	struct wire_span body;
	size_t used, known = 3 + 2 + strlen(headers[_i]);
	bool marked;

	ck_assert_int_eq(bytes_append(&out, "EOF", 3), 0);
	ck_assert_int_eq(header_frame_append(&out, headers[_i], "x", 1), 0);
	ck_assert_uint_le(known - 1, FILE_TAIL_HELD);
	for (size_t n = 0; n <= out.len; n++) {
		ck_assert_int_eq(file_tail_next(out.data, n, &body, &used,
		    &marked), n < known ? WIRE_PARTIAL : WIRE_WHOLE);
		ck_assert_uint_eq(body.len, 0);
		ck_assert_uint_eq(used, n < known ? 0 : 3);
		ck_assert_int_eq(marked, n == 3);
	}
	bytes_reset(&out);
}
END_TEST

START_TEST(the_original_carries_no_piece_that_ends_in_its_mark)
{
	ck_assert(file_tail_carries(BYTES("")));
	ck_assert(file_tail_carries(BYTES("OF")));
	ck_assert(file_tail_carries(BYTES("EOF ")));
	ck_assert(file_tail_carries(BYTES("eof")));
	ck_assert(!file_tail_carries(BYTES("EOF")));
	ck_assert(!file_tail_carries(BYTES("no EOF")));
}
END_TEST

/* Letters of which marks and frames are made, so that many almost are; but no
 * 't', 'c' or 'g', so that none is. */
static void
add_file(struct splitmix *chance, struct bytes *out)
{
	static const char letters[] = "EOFEOFEOF\0\0\0\2\3msinfo";
	uint32_t len = splitmix_below(chance, 200);

	while (len-- > 0)
		ck_assert_int_eq(bytes_append(out,
		    &letters[splitmix_below(chance, sizeof(letters) - 1)], 1),
		    0);
}

/* Reads a file from pieces, as a server does. */
static void
read_pieces(struct splitmix *chance, const struct bytes *sent,
    struct bytes *file, struct stream *rest)
{
	enum wire_status status = WIRE_PARTIAL;
	uint32_t most = 1 + splitmix_below(chance, 40);
	size_t at = 0, n;

	for (; at < sent->len; at += n) {
		struct wire_span body;
		bool marked;
		size_t used;

		n = 1 + splitmix_below(chance, most);
		if (n > sent->len - at)
			n = sent->len - at;
		ck_assert_int_eq(stream_add(rest, sent->data + at, n), 0);
		if (status == WIRE_WHOLE)
			continue;
		status = file_tail_next(stream_data(rest), rest->len, &body,
		    &used, &marked);
		ck_assert_int_eq(bytes_append(file, body.data, body.len), 0);
		stream_use(rest, used);
		if (status == WIRE_PARTIAL)
			ck_assert_uint_le(rest->len, FILE_TAIL_HELD);
	}
	ck_assert_int_eq(status, WIRE_WHOLE);
}

START_TEST(a_file_is_the_same_however_it_is_split)
{
	struct splitmix chance = chance_of("a_file_is_the_same");
	unsigned long rounds = random_rounds(3000);

	while (rounds-- > 0) {
		struct bytes sent = { 0 }, file = { 0 };
		struct stream rest = { 0 };
		size_t file_len, frame_at;

		add_file(&chance, &sent);
		file_len = sent.len;
		ck_assert_int_eq(bytes_append(&sent, "EOF", 3), 0);
		frame_at = sent.len;
		ck_assert_int_eq(header_frame_append(&sent,
		    headers[splitmix_below(&chance, HEADERS)], "EOF", 3), 0);
		read_pieces(&chance, &sent, &file, &rest);
		ck_assert_uint_eq(file.len, file_len);
		if (file_len > 0)
			ck_assert_mem_eq(file.data, sent.data, file_len);
		ck_assert_uint_eq(rest.len, sent.len - frame_at);
		ck_assert_mem_eq(stream_data(&rest), sent.data + frame_at,
		    rest.len);
		bytes_reset(&sent);
		bytes_reset(&file);
		stream_reset(&rest);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("file_tail");
	TCase *tc = tcase_create("file_tail");

	tcase_add_loop_test(tc, bytes_are_of_the_file_or_its_end_or_wait, 0,
	    sizeof(looks) / sizeof(looks[0]));
	tcase_add_test(tc, nothing_is_the_beginning_of_a_file);
	tcase_add_loop_test(tc,
	    each_header_ends_a_file_and_its_beginnings_wait, 0, HEADERS);
	tcase_add_test(tc,
	    the_original_carries_no_piece_that_ends_in_its_mark);
	tcase_add_test(tc, a_file_is_the_same_however_it_is_split);
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
