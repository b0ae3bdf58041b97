#include "analyzer/tracker/tcp_segment.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decode/decode.h"
#include "base/table.h"
#include "tests/tools/frames.h"
#include "tests/unit/stats_random.h"

static const struct frames_host from = { { 2, 0, 0, 0, 0, 1 }, 4,
    { 192, 168, 1, 10 }, 40000 };
static const struct frames_host to = { { 2, 0, 0, 0, 0, 2 }, 4,
    { 10, 0, 0, 1 }, 80 };

/* The segment of a frame of which `kept` bytes were captured. */
static struct tcp_segment
read_kept(const struct frames *f, size_t kept)
{
	uint8_t *copy = malloc(kept);	/* so that a sanitizer sees its end */
	struct frame frame = { .data = copy, .ts_ns = 5, .number = 3,
	    .cap_len = (uint32_t)kept, .wire_len = (uint32_t)f->len,
	    .link_type = 1, .ts_digits = 9 };
	struct packet packet;
	struct tcp_segment s;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, f->data, kept);
	decode_frame(&frame, &packet);
	ck_assert(packet.flags & PACKET_HAS_TCP);
	tcp_segment_read(&s, &packet);
	free(copy);
	return s;
}

static void
build(struct frames *f, const uint8_t *options, size_t n)
{
	const struct frames_tcp tcp = { .seq = 4294967290, .ack = 77,
	    .window = 513, .flags = FRAMES_SYN | FRAMES_ACK,
	    .options = options, .options_len = n };

	frames_begin(f);
	frames_ethernet(f, &from, &to);
	frames_ip(f, &from, &to, 64, 0x1234);
	frames_tcp(f, &from, &to, &tcp);
	frames_payload(f, "hello", 5);
	frames_finish(f);
}

static struct tcp_segment
read_options(const uint8_t *options, size_t n)
{
	struct frames f;

	build(&f, options, n);
	return read_kept(&f, f.len);
}

START_TEST(the_header_is_read)
{
	struct tcp_segment s = read_options(NULL, 0);

	ck_assert_int_eq(s.ts_ns, 5);
	ck_assert_uint_eq(s.number, 3);
	ck_assert_uint_eq(s.seq, 4294967290);
	ck_assert_uint_eq(s.ack, 77);
	ck_assert_uint_eq(s.len, 5);
	ck_assert_uint_eq(s.flags, TCP_SYN | TCP_ACK);
	ck_assert_uint_eq(s.window, 513);
	ck_assert_uint_eq(s.ip_id, 0x1234);
	ck_assert_uint_eq(s.options, 0);
	ck_assert_uint_eq(tcp_segment_span(&s), 6);
	ck_assert_int_eq(tcp_seq_diff(2, s.seq), 8);
}
END_TEST

START_TEST(all_options_are_read)
{
	static const uint8_t options[] = { 2, 4, 5, 180, 4, 2, 1, 3, 3, 7,
	    8, 10, 0, 0, 1, 0, 0, 0, 0, 2, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0
	};
	struct tcp_segment s = read_options(options, sizeof(options));

	ck_assert_uint_eq(s.options, TCP_HAS_MSS | TCP_HAS_WINDOW_SCALE |
	    TCP_SACK_PERMITTED | TCP_HAS_TIMESTAMPS);
	ck_assert_uint_eq(s.mss, 1460);
	ck_assert_uint_eq(s.window_scale, 7);
	ck_assert_uint_eq(s.ts_value, 256);
	ck_assert_uint_eq(s.ts_echo, 2);
	ck_assert_uint_eq(s.sack_count, 1);
	ck_assert_uint_eq(s.sack[0].left, 1);
	ck_assert_uint_eq(s.sack[0].right, 2);
}
END_TEST

START_TEST(the_usual_time_stamps_are_read)
{
	static const uint8_t options[] = { 1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7,
	    8 };
	struct tcp_segment s = read_options(options, sizeof(options));

	ck_assert_uint_eq(s.options, TCP_HAS_TIMESTAMPS);
	ck_assert_uint_eq(s.ts_value, 0x01020304);
	ck_assert_uint_eq(s.ts_echo, 0x05060708);
}
END_TEST

static const struct wrong {
	uint8_t bytes[12];
	size_t n;
} wrongs[] = {
	{ { 2, 0, 5, 180 }, 4 },		/* length 0: no way forward */
	{ { 2, 1, 5, 180 }, 4 },
	{ { 2, 5, 5, 180 }, 4 },		/* past the header */
	{ { 1, 1, 1, 2 }, 4 },			/* without a length */
	{ { 2, 3, 5, 0 }, 4 },			/* MSS of one byte */
	{ { 3, 4, 7, 7 }, 4 },			/* scale of two */
	{ { 4, 3, 0, 0 }, 4 },
	{ { 8, 8, 0, 0, 0, 1, 0, 0 }, 8 },	/* time stamps of six */
	{ { 5, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, 12 },	/* SACK of seven */
	{ { 0, 2, 4, 5 }, 4 },			/* behind the end */
};

START_TEST(wrong_options_are_left_out)
{
	struct tcp_segment s = read_options(wrongs[_i].bytes, wrongs[_i].n);

	ck_assert_uint_eq(s.options, 0);
	ck_assert_uint_eq(s.sack_count, 0);
	ck_assert_uint_eq(s.len, 5);
}
END_TEST

START_TEST(options_that_were_cut_off_are_left_out)
{
	static const uint8_t options[] = { 1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7,
	    8 };
	struct frames f;

	build(&f, options, sizeof(options));
	for (size_t kept = 54; kept < 66; kept++) {
		struct tcp_segment s = read_kept(&f, kept);

		ck_assert_uint_eq(s.options, 0);
		ck_assert_uint_eq(s.len, 5);
	}
}
END_TEST

START_TEST(no_options_at_all_are_too_much)
{
	uint64_t state = random_seed("no_options_at_all_are_too_much");

	for (unsigned long i = random_rounds(2000); i > 0; i--) {
		uint8_t options[40];
		size_t n = 4 * (1 + random_below(&state, 10));
		struct tcp_segment s;

		for (size_t k = 0; k < n; k++)
			options[k] = (uint8_t)random_below(&state,
			    random_below(&state, 2) == 0 ? 12 : 256);
		s = read_options(options, n);
		ck_assert_uint_le(s.sack_count, TCP_SACK_BLOCKS_MAX);
		ck_assert_uint_lt(s.options, 16);
	}
}
END_TEST

START_TEST(flags_have_their_names_in_order)
{
	ck_assert_str_eq(tcp_flags_text(0), "");
	ck_assert_str_eq(tcp_flags_text(TCP_SYN), "SYN");
	ck_assert_str_eq(tcp_flags_text(TCP_SYN | TCP_ACK), "SYN,ACK");
	ck_assert_str_eq(tcp_flags_text(TCP_FIN), "FIN");
	ck_assert_str_eq(tcp_flags_text(TCP_AE), "AE");
	ck_assert_str_eq(tcp_flags_text(0x1ff),
	    "FIN,SYN,RST,PSH,ACK,URG,ECE,CWR,AE");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("tcp_segment");
	TCase *tc = tcase_create("tcp_segment");

	tcase_add_test(tc, the_header_is_read);
	tcase_add_test(tc, all_options_are_read);
	tcase_add_test(tc, the_usual_time_stamps_are_read);
	tcase_add_loop_test(tc, wrong_options_are_left_out, 0,
	    sizeof(wrongs) / sizeof(wrongs[0]));
	tcase_add_test(tc, options_that_were_cut_off_are_left_out);
	tcase_add_test(tc, no_options_at_all_are_too_much);
	tcase_add_test(tc, flags_have_their_names_in_order);
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
