#include "chat/wire/im_message.h"

#include <time.h>

#include "chat/wire/im_message.pb-c.h"
#include "chat/wire/proto.h"
#include "tests/chat/wire_tools.h"
#include "tests/tools/hex.h"
#include "tests/unit/quick_check.h"

enum { MAX = IM_MESSAGE_ORIGINAL_MAX, ROOM = 4096 };

#define RAW_ONE "0a03526177 12036f6e65"
#define RAW_TWO "0a03526177 120374776f"

static void
assert_is(const struct im_message *m, const char *nickname, const char *text)
{
	ck_assert_uint_eq(m->nickname_len, strlen(nickname));
	ck_assert_mem_eq(m->nickname, nickname, m->nickname_len);
	ck_assert_uint_eq(m->text_len, strlen(text));
	ck_assert_mem_eq(m->text, text, m->text_len);
}

/* The verdict on the first `len` bytes, in a room of just that size. */
static enum wire_status
status_of(const uint8_t *data, size_t len, size_t max)
{
	uint8_t *copy = exactly(data, len);
	struct im_message m;
	size_t used;
	enum wire_status status = im_message_next(copy, len, max, &m, &used);

	free(copy);
	return status;
}

static enum wire_status
status_of_hex(const char *hex)
{
	uint8_t data[ROOM];

	return status_of(data, hex_bytes(hex, data, sizeof(data)), MAX);
}

static int
parse_hex(const char *hex)
{
	uint8_t data[ROOM];
	size_t len = hex_bytes(hex, data, sizeof(data));
	uint8_t *copy = exactly(data, len);
	struct im_message m;
	int status = im_message_parse(copy, len, &m);

	free(copy);
	return status;
}

START_TEST(a_message_of_the_original_client)
{
	const char *hex = "0a05416c69636512 0b7365656e20627920726177";
	struct bytes out = { 0 };
	uint8_t data[ROOM];
	size_t len = hex_bytes(hex, data, sizeof(data)), used;
	struct im_message m;

	ck_assert_int_eq(im_message_parse(data, len, &m), 0);
	assert_is(&m, "Alice", "seen by raw");
	for (size_t n = 0; n < len; n++) {
		ck_assert_int_eq(status_of(data, n, MAX), WIRE_PARTIAL);
		ck_assert_int_eq(im_message_parse(data, n, &m), -1);
	}
	ck_assert_int_eq(im_message_next(data, len, MAX, &m, &used),
	    WIRE_WHOLE);
	ck_assert_uint_eq(used, len);
	assert_is(&m, "Alice", "seen by raw");
	ck_assert_int_eq(im_message_append(&out, "Alice", 5, "seen by raw", 11),
	    0);
	ck_assert_uint_eq(out.len, len);
	ck_assert_mem_eq(out.data, data, len);
	bytes_reset(&out);
}
END_TEST

START_TEST(nothing_is_the_beginning_of_a_message)
{
	struct im_message m;
	size_t used;

	ck_assert_int_eq(im_message_next(NULL, 0, MAX, &m, &used),
	    WIRE_PARTIAL);
	ck_assert_int_eq(im_message_parse(NULL, 0, &m), -1);
}
END_TEST

/* Where the original client shows the last of them only. */
START_TEST(two_messages_in_one_segment_are_two)
{
	uint8_t data[ROOM];
	size_t len = hex_bytes(RAW_ONE RAW_TWO, data, sizeof(data)), used;
	struct im_message m;

	ck_assert_int_eq(im_message_next(data, len, MAX, &m, &used),
	    WIRE_WHOLE);
	ck_assert_uint_eq(used, 10);
	assert_is(&m, "Raw", "one");
	ck_assert_int_eq(im_message_next(data + 10, len - 10, MAX, &m, &used),
	    WIRE_WHOLE);
	ck_assert_uint_eq(used, 10);
	assert_is(&m, "Raw", "two");
	/* In a frame of its own it is one, and the last field counts. */
	ck_assert_int_eq(im_message_parse(data, len, &m), 0);
	assert_is(&m, "Raw", "two");
}
END_TEST

static const char *const taken[] = {
	RAW_ONE,
	"12036f6e65 0a03526177",			/* the other way */
	"0a00 1200",
	"0a026e6f 0a03526177 12036f6e65",		/* a name, again */
	"18ffffffffffffffffff01" RAW_ONE,		/* unknown: varint, */
	"0a03526177 1903040506070809aa 12036f6e65",	/* 64 bits, */
	"1a021200 22000a03526177 12036f6e65",		/* bytes, */
	"3d01020304" RAW_ONE,				/* 32 bits, */
	"f8ffffff0f01" RAW_ONE,				/* greatest number */
	"8a00 03526177 928000 03 6f6e65",		/* longer tags */
	"0a8380808000526177 12036f6e65",		/* and length */
};

START_TEST(what_protobuf_allows_is_taken)
{
	ck_assert_int_eq(parse_hex(taken[_i]), 0);
	ck_assert_int_eq(status_of_hex(taken[_i]), WIRE_WHOLE);
}
END_TEST

static const char *const refused[] = {
	"00" RAW_ONE, "0201" RAW_ONE,			/* number 0 */
	"0801", "1001", "0d01020304", "1501",		/* known, not bytes */
	"0b0c" RAW_ONE, "1b1c" RAW_ONE, "1c",		/* groups */
	"1e", "1f", "474554202f20485454502f312e31",	/* no type; GET / */
	"8a8080808000", "ffffffff1f01",			/* too long a tag */
	"18ffffffffffffffffffff01",			/* too long a varint */
	"0affffffff0f", "0a80808080808001",		/* 4 GiB, and more */
	"0a8080808008", "0aff09",			/* 2 GiB; MAX */
	"0a0161 128b0a",				/* both together */
	"0a026100 120162", "0a0161 12020062",		/* a NUL */
	"0a01ff 120162", "0a0161 1201c3",		/* no UTF-8, */
	"0a0161 1203eda080", "0a0161 1202c080",
};

START_TEST(what_can_be_no_message_is_bad)
{
	ck_assert_int_eq(status_of_hex(refused[_i]), WIRE_BAD);
	ck_assert_int_eq(parse_hex(refused[_i]), -1);
}
END_TEST

START_TEST(a_message_of_one_field_is_none)
{
	ck_assert_int_eq(parse_hex(""), -1);
	ck_assert_int_eq(parse_hex("0a03526177"), -1);
	ck_assert_int_eq(parse_hex("12036f6e65"), -1);
	ck_assert_int_eq(parse_hex("0a03526177 0a03526177"), -1);
	ck_assert_int_eq(parse_hex("1a03526177"), -1);
	ck_assert_int_eq(parse_hex(RAW_ONE "0a"), -1);
}
END_TEST

START_TEST(a_message_of_the_greatest_length_is_taken_and_no_longer_one)
{
	char text[ROOM];
	struct bytes out = { 0 };

	memset(text, 'x', sizeof(text));
	ck_assert_int_eq(im_message_append(&out, "Raw", 3, text, MAX - 8), 0);
	ck_assert_uint_eq(out.len, MAX);
	ck_assert_int_eq(status_of(out.data, out.len, MAX), WIRE_WHOLE);
	ck_assert_int_eq(status_of(out.data, out.len, MAX - 1), WIRE_BAD);
	/* Known from its length: byte 7 of it decides. */
	ck_assert_int_eq(status_of(out.data, 7, MAX - 1), WIRE_PARTIAL);
	ck_assert_int_eq(status_of(out.data, 8, MAX - 1), WIRE_BAD);
	ck_assert_int_eq(status_of(out.data, 8, MAX), WIRE_PARTIAL);
	bytes_reset(&out);
}
END_TEST

START_TEST(one_more_unknown_field_is_bad)
{
	uint8_t data[2 * PROTO_FIELDS_MAX + 10];
	struct im_message m;
	size_t len = 0, used;

	for (int i = 0; i < PROTO_FIELDS_MAX - 2; i++)
		len += hex_bytes("1801", data + len, 2);
	len += hex_bytes(RAW_ONE, data + len, 10);
	ck_assert_int_eq(im_message_next(data, len, MAX, &m, &used),
	    WIRE_WHOLE);
	ck_assert_uint_eq(used, len);
	ck_assert_int_eq(im_message_parse(data, len, &m), 0);
	memmove(data + 2, data, len);
	ck_assert_int_eq(im_message_next(data, len + 2, MAX, &m, &used),
	    WIRE_BAD);
	ck_assert_int_eq(im_message_parse(data, len + 2, &m), -1);
}
END_TEST

/* Random messages behind each other, now and then with an unknown field. */
enum { ROW = 20 };

struct row {
	struct bytes wire;
	size_t end[ROW];
};

static void
add_random(struct splitmix *chance, struct bytes *wire)
{
	static const char text[] = "a\xc3\xa9 \xe2\x82\xac\xf0\x9f\x8c\x8d";
	static const size_t whole[] = { 0, 1, 3, 4, 7, 11 };

	if (splitmix_below(chance, 4) == 0)
		ck_assert_int_eq(bytes_append(wire, "\x1a\x02\x12", 3) |
		    bytes_append(wire, "\0", 1), 0);
	ck_assert_int_eq(im_message_append(wire,
	    text, whole[splitmix_below(chance, 6)],
	    text, whole[splitmix_below(chance, 6)]), 0);
}

static struct row
random_row(struct splitmix *chance)
{
	struct row row = { { 0 }, { 0 } };

	for (int i = 0; i < ROW; i++) {
		add_random(chance, &row.wire);
		row.end[i] = row.wire.len;
	}
	return row;
}

START_TEST(messages_end_at_the_same_bytes_however_they_are_split)
{
	struct splitmix chance = chance_of("messages_end_at_the_same_bytes");
	unsigned long rounds = random_rounds(50);

	while (rounds-- > 0) {
		struct row row = random_row(&chance);
		struct im_message m;
		size_t begin = 0, at = 0, used;
		int i = 0;

		while (at < row.wire.len) {
			enum wire_status status;

			at += 1 + splitmix_below(&chance,
			    (uint32_t)(row.wire.len - at));
			while ((status = im_message_next(row.wire.data + begin,
			    at - begin, MAX, &m, &used)) == WIRE_WHOLE) {
				begin += used;
				ck_assert_uint_eq(begin, row.end[i++]);
			}
			ck_assert_int_eq(status, WIRE_PARTIAL);
		}
		ck_assert_int_eq(i, ROW);
		bytes_reset(&row.wire);
	}
}
END_TEST

START_TEST(every_beginning_of_a_message_is_one)
{
	struct splitmix chance = chance_of("every_beginning_of_a_message");
	unsigned long rounds = random_rounds(200);

	while (rounds-- > 0) {
		struct bytes wire = { 0 };
		size_t n;

		add_random(&chance, &wire);
		for (n = 0; n < wire.len; n++)
			ck_assert_int_eq(status_of(wire.data, n, MAX),
			    WIRE_PARTIAL);
		ck_assert_int_eq(status_of(wire.data, n, MAX), WIRE_WHOLE);
		bytes_reset(&wire);
	}
}
END_TEST

/* Turns a few bytes of a message, so that it may or may not be one. */
static void
turn(struct splitmix *chance, struct bytes *wire)
{
	uint32_t times = splitmix_below(chance, 4);

	while (times-- > 0)
		wire->data[splitmix_below(chance, (uint32_t)wire->len)] =
		    (uint8_t)(splitmix_next(chance) >> 56 >>
		    splitmix_below(chance, 8));
}

START_TEST(protobuf_c_reads_the_same)
{
	struct splitmix chance = chance_of("protobuf_c_reads_the_same");
	unsigned long rounds = random_rounds(20000), read = 0;

	for (unsigned long i = 0; i < rounds; i++) {
		struct bytes wire = { 0 };
		struct im_message m;
		Message *theirs;

		add_random(&chance, &wire);
		turn(&chance, &wire);
		if (im_message_parse(wire.data, wire.len, &m) == 0) {
			theirs = message__unpack(NULL, wire.len, wire.data);
			ck_assert_ptr_nonnull(theirs);
			ck_assert_uint_eq(theirs->nickname.len, m.nickname_len);
			ck_assert_uint_eq(theirs->message.len, m.text_len);
			if (m.nickname_len > 0)
				ck_assert_mem_eq(theirs->nickname.data,
				    m.nickname, m.nickname_len);
			if (m.text_len > 0)
				ck_assert_mem_eq(theirs->message.data, m.text,
				    m.text_len);
			message__free_unpacked(theirs, NULL);
			read++;
		}
		bytes_reset(&wire);
	}
	ck_assert_uint_gt(read, rounds / 4);
	ck_assert_uint_lt(read, rounds);
}
END_TEST

/* A peer that sends a megabyte a byte at a time: a look for each byte.  Were
 * each byte looked at again each time it would take hours. */
START_TEST(a_long_message_that_comes_byte_by_byte_costs_little)
{
	enum { LONG = 1 << 20 };
	struct bytes out = { 0 };
	char *text = calloc(1, LONG);
	struct im_message m;
	clock_t begun;
	size_t n, used;

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', LONG);
	ck_assert_int_eq(im_message_append(&out, "Raw", 3, text, LONG), 0);
	begun = clock();
	for (n = 0; n < out.len; n++)
		ck_assert(im_message_next(out.data, n, 2 * LONG, &m, &used) ==
		    WIRE_PARTIAL);
	ck_assert(im_message_next(out.data, n, 2 * LONG, &m, &used) ==
	    WIRE_WHOLE);
	ck_assert_int_lt((clock() - begun) / CLOCKS_PER_SEC, 20);
	ck_assert_uint_eq(m.text_len, LONG);
	bytes_reset(&out);
	free(text);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("im_message");
	TCase *tc = tcase_create("im_message");

	tcase_add_test(tc, a_message_of_the_original_client);
	tcase_add_test(tc, nothing_is_the_beginning_of_a_message);
	tcase_add_test(tc, two_messages_in_one_segment_are_two);
	tcase_add_loop_test(tc, what_protobuf_allows_is_taken, 0,
	    sizeof(taken) / sizeof(taken[0]));
	tcase_add_loop_test(tc, what_can_be_no_message_is_bad, 0,
	    sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(tc, a_message_of_one_field_is_none);
	tcase_add_test(tc,
	    a_message_of_the_greatest_length_is_taken_and_no_longer_one);
	tcase_add_test(tc, one_more_unknown_field_is_bad);
	tcase_add_test(tc,
	    messages_end_at_the_same_bytes_however_they_are_split);
	tcase_add_test(tc, every_beginning_of_a_message_is_one);
	tcase_add_test(tc, protobuf_c_reads_the_same);
	tcase_add_test(tc, a_long_message_that_comes_byte_by_byte_costs_little);
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
