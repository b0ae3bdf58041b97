#include "analyzer/tracker/checksum.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decode/decode.h"
#include "tests/tools/frames.h"
#include "tests/unit/decode_shots.h"
#include "tests/unit/stats_random.h"

static const struct frames_host hosts[2][2] = {
	{ { { 2, 0, 0, 0, 0, 1 }, 4, { 192, 168, 1, 2 }, 5000 },
	    { { 2, 0, 0, 0, 0, 2 }, 4, { 10, 0, 0, 3 }, 53 } },
	{ { { 2, 0, 0, 0, 0, 1 }, 6, { 0x20, 1, 0xd, 0xb8, [15] = 1 }, 5000 },
	    { { 2, 0, 0, 0, 0, 2 }, 6, { 0x20, 1, 0xd, 0xb8, [15] = 2 }, 53 } },
};

enum kind { KIND_TCP, KIND_UDP, KIND_ICMP, KINDS };

enum { ETHERNET = 14, IPV4_BYTES = 20, IPV6_BYTES = 40 };

static const struct { size_t field_at; uint8_t number[2]; } kinds[KINDS] = {
	[KIND_TCP] = { 16, { 6, 6 } },
	[KIND_UDP] = { 6, { 17, 17 } },
	[KIND_ICMP] = { 2, { 1, 58 } },
};

/* A right frame with an odd payload. */
static void
build(struct frames *f, enum kind kind, int v6)
{
	const struct frames_tcp tcp = { .seq = 1, .ack = 2, .window = 3,
	    .flags = FRAMES_ACK };
	const struct frames_host *from = &hosts[v6][0], *to = &hosts[v6][1];

	frames_begin(f);
	frames_ethernet(f, from, to);
	frames_ip(f, from, to, 64, 7);
	if (kind == KIND_TCP)
		frames_tcp(f, from, to, &tcp);
	else if (kind == KIND_UDP)
		frames_udp(f, from, to);
	else
		frames_icmp(f, v6 ? 128 : 8, 0, 0x00010002);
	frames_payload(f, "an odd payload!", 15);
	frames_finish(f);
}

static size_t
transport_at(int v6)
{
	return ETHERNET + (v6 ? IPV6_BYTES : IPV4_BYTES);
}

static struct packet
decode(const uint8_t *data, size_t cap_len, size_t wire_len,
    struct frame *frame)
{
	struct packet p;

	*frame = (struct frame){ .data = data, .cap_len = (uint32_t)cap_len,
	    .wire_len = (uint32_t)wire_len, .link_type = 1, .number = 1 };
	decode_frame(frame, &p);
	return p;
}

static enum checksum
transport(const struct frames *f, size_t cap_len)
{
	uint8_t *copy = malloc(cap_len);
	struct frame frame;
	struct packet p;
	enum checksum found;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, f->data, cap_len);
	p = decode(copy, cap_len, f->len, &frame);
	found = checksum_transport(&p);
	free(copy);
	return found;
}

static enum checksum
network(const struct frames *f, size_t cap_len)
{
	struct frame frame;
	struct packet p = decode(f->data, cap_len, f->len, &frame);

	return checksum_network(&p);
}

/* Byte after byte, as RFC 1071 has it. */
static uint32_t
slow_sum(const uint8_t *data, size_t n, uint32_t sum)
{
	for (size_t i = 0; i < n; i++) {
		sum += i % 2 == 0 ? (uint32_t)data[i] << 8 : data[i];
		sum = (sum >> 16) + (sum & 0xffff);
	}
	return sum;
}

static uint32_t
fold_native(uint64_t sum)
{
	uint16_t word;
	uint8_t bytes[2];

	while (sum >> 16 != 0)
		sum = (sum >> 16) + (sum & 0xffff);
	word = (uint16_t)sum;
	memcpy(bytes, &word, 2);
	return (uint32_t)bytes[0] << 8 | bytes[1];
}

START_TEST(the_example_of_rfc_1071_sums_up_to_ddf2)
{
	static const uint8_t data[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5,
	    0xf6, 0xf7 };

	ck_assert_uint_eq(fold_native(checksum_sum(data, sizeof(data))),
	    0xddf2);
}
END_TEST

/* 0 and 0xffff are the same number. */
START_TEST(sums_are_those_of_single_bytes_at_any_length_and_place)
{
	enum { MOST = 700 };
	uint64_t state = random_seed("checksum_sum");
	uint8_t data[MOST + 16];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = random_next(&state) % 4 == 0 ? 0xff :
		    (uint8_t)random_next(&state);
	for (size_t n = 0; n <= MOST; n++) {
		size_t at = random_next(&state) % 16;
		uint8_t *copy = malloc(n + 1);

		ck_assert_ptr_nonnull(copy);
		memcpy(copy + 1, data + at, n);
		ck_assert_uint_eq(
		    fold_native(checksum_sum(copy + 1, n)) % 0xffff,
		    slow_sum(data + at, n, 0) % 0xffff);
		free(copy);
	}
}
END_TEST

START_TEST(right_packets_are_good)
{
	struct frames f;

	for (int v6 = 0; v6 < 2; v6++)
		for (enum kind kind = 0; kind < KINDS; kind++) {
			build(&f, kind, v6);
			ck_assert_int_eq(transport(&f, f.len), CHECKSUM_GOOD);
			ck_assert_int_eq(network(&f, f.len),
			    v6 ? CHECKSUM_NONE : CHECKSUM_GOOD);
			frames_pad(&f, f.len + 9);
			ck_assert_int_eq(transport(&f, f.len), CHECKSUM_GOOD);
		}
}
END_TEST

/* But for the fields that say what and how long it is. */
START_TEST(a_flipped_bit_is_bad)
{
	struct frames f;

	for (int v6 = 0; v6 < 2; v6++)
		for (enum kind kind = 0; kind < KINDS; kind++) {
			build(&f, kind, v6);
			for (size_t i = f.len - 15; i < f.len; i++) {
				f.data[i] ^= 0x10;
				ck_assert_int_eq(transport(&f, f.len),
				    CHECKSUM_BAD);
				f.data[i] ^= 0x10;
			}
		}
	build(&f, KIND_UDP, 0);
	f.data[ETHERNET + 8] ^= 1;
	ck_assert_int_eq(network(&f, f.len), CHECKSUM_BAD);
	ck_assert_int_eq(transport(&f, f.len), CHECKSUM_GOOD);
	/* An address counts in both. */
	f.data[ETHERNET + 12] ^= 1;
	ck_assert_int_eq(transport(&f, f.len), CHECKSUM_BAD);
}
END_TEST

START_TEST(what_the_snaplen_has_cut_is_unverified)
{
	struct frames f;

	for (int v6 = 0; v6 < 2; v6++)
		for (enum kind kind = 0; kind < KINDS; kind++) {
			build(&f, kind, v6);
			for (size_t n = transport_at(v6); n < f.len; n++)
				ck_assert_int_eq(transport(&f, n),
				    CHECKSUM_UNVERIFIED);
		}
	build(&f, KIND_UDP, 0);
	for (size_t n = ETHERNET + 16; n < ETHERNET + IPV4_BYTES; n++)
		ck_assert_int_eq(network(&f, n), CHECKSUM_UNVERIFIED);
}
END_TEST

/* The sum of the pseudo header, with or without the length. */
static uint32_t
pseudo_sum(const struct frames *f, enum kind kind, int v6, bool with_length)
{
	size_t n = v6 ? 16 : 4;
	size_t at = ETHERNET + (v6 ? 8 : 12);
	uint32_t len = (uint32_t)(f->len - transport_at(v6));
	const uint8_t tail[] = { (uint8_t)(len >> 8), (uint8_t)len, 0,
	    kinds[kind].number[v6] };
	uint32_t sum = slow_sum(f->data + at, 2 * n, 0);

	return slow_sum(with_length ? tail : tail + 2, with_length ? 4 : 2,
	    sum);
}

static void
set_field(struct frames *f, enum kind kind, int v6, uint32_t value)
{
	uint8_t *at = f->data + transport_at(v6) + kinds[kind].field_at;

	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

START_TEST(what_is_left_to_the_network_card_is_unverified)
{
	struct frames f;

	for (int v6 = 0; v6 < 2; v6++)
		for (enum kind kind = 0; kind < KIND_ICMP; kind++) {
			build(&f, kind, v6);
			set_field(&f, kind, v6, pseudo_sum(&f, kind, v6, true));
			ck_assert_int_eq(transport(&f, f.len),
			    CHECKSUM_UNVERIFIED);
			set_field(&f, kind, v6, pseudo_sum(&f, kind, v6,
			    false));
			ck_assert_int_eq(transport(&f, f.len),
			    kind == KIND_TCP ? CHECKSUM_UNVERIFIED :
			    CHECKSUM_BAD);
		}
	build(&f, KIND_TCP, 0);
	f.data[ETHERNET + 10] = f.data[ETHERNET + 11] = 0;
	ck_assert_int_eq(network(&f, f.len), CHECKSUM_UNVERIFIED);
}
END_TEST

START_TEST(a_length_of_zero_leaves_all_open)
{
	struct frames f;

	build(&f, KIND_TCP, 0);
	f.data[ETHERNET + 2] = f.data[ETHERNET + 3] = 0;
	ck_assert_int_eq(network(&f, f.len), CHECKSUM_UNVERIFIED);
	ck_assert_int_eq(transport(&f, f.len), CHECKSUM_UNVERIFIED);
}
END_TEST

START_TEST(zero_means_none_over_ipv4_and_is_bad_over_ipv6)
{
	struct frames f;

	build(&f, KIND_UDP, 0);
	set_field(&f, KIND_UDP, 0, 0);
	ck_assert_int_eq(transport(&f, f.len), CHECKSUM_NOT_COMPUTED);
	build(&f, KIND_UDP, 1);
	set_field(&f, KIND_UDP, 1, 0);
	ck_assert_int_eq(transport(&f, f.len), CHECKSUM_BAD);
	build(&f, KIND_TCP, 0);
	set_field(&f, KIND_TCP, 0, 0);
	ck_assert_int_eq(transport(&f, f.len), CHECKSUM_BAD);
}
END_TEST

START_TEST(fragments_are_unverified_and_later_ones_have_none)
{
	struct frames f;

	build(&f, KIND_UDP, 0);
	f.data[ETHERNET + 6] = 0x20;
	ck_assert_int_eq(transport(&f, f.len), CHECKSUM_UNVERIFIED);
	set_field(&f, KIND_UDP, 0, 0);
	ck_assert_int_eq(transport(&f, f.len), CHECKSUM_NOT_COMPUTED);
	f.data[ETHERNET + 7] = 8;
	ck_assert_int_eq(transport(&f, f.len), CHECKSUM_NONE);
}
END_TEST

/* What UDP's length leaves out is not summed; a length that cannot be right
 * leaves all open. */
START_TEST(the_length_of_udp_says_what_is_summed)
{
	struct frames f;
	size_t at = ETHERNET + IPV4_BYTES;

	build(&f, KIND_UDP, 0);
	f.data[ETHERNET + 3] = (uint8_t)(f.len - ETHERNET + 3);
	frames_pad(&f, f.len + 3);
	memset(f.data + f.len - 3, 0xee, 3);
	ck_assert_int_eq(transport(&f, f.len), CHECKSUM_GOOD);
	f.data[at + 5] = 60;
	ck_assert_int_eq(transport(&f, f.len), CHECKSUM_UNVERIFIED);
	f.data[at + 5] = 7;
	ck_assert_int_eq(transport(&f, f.len), CHECKSUM_UNVERIFIED);
}
END_TEST

static enum checksum
of_hex(const char *hex)
{
	uint8_t data[SHOT_BYTES_MAX];
	size_t n = shot_hex(hex, data);
	struct frame frame;
	struct packet p;

	p = decode(data, n, n, &frame);
	return checksum_transport(&p);
}

#define ROUTED(segments_left, checksum) \
	ETH("86dd") "60000000 0024 2b 40" \
	"20010db8000000000000000000000001 20010db8000000000000000000000009" \
	"11 02 00" segments_left "00000000 20010db8000000000000000000000002" \
	"1388 0035 000c" checksum "61626364"

/* Reckoned by hand: 0xcbdd with the last address, ::2; 0xcbd6 with ::9. */
START_TEST(a_routing_header_names_the_final_destination)
{
	ck_assert_int_eq(of_hex(ROUTED("01", "cbdd")),
	    CHECKSUM_GOOD);
	ck_assert_int_eq(of_hex(ROUTED("00", "cbdd")), CHECKSUM_BAD);
	ck_assert_int_eq(of_hex(ROUTED("00", "cbd6")),
	    CHECKSUM_GOOD);
	ck_assert_int_eq(of_hex(ROUTED("01", "cbd6")), CHECKSUM_BAD);
}
END_TEST

START_TEST(a_packet_kept_without_its_bytes_brings_its_checksums)
{
	struct frames f;
	struct frame frame;
	struct packet p;

	build(&f, KIND_UDP, 0);
	p = decode(f.data, f.len, f.len, &frame);
	p.flags |= PACKET_HAS_CHECKSUMS;
	p.network_checksum = CHECKSUM_BAD;
	p.transport_checksum = CHECKSUM_NOT_COMPUTED;
	ck_assert_int_eq(checksum_network(&p), CHECKSUM_BAD);
	ck_assert_int_eq(checksum_transport(&p), CHECKSUM_NOT_COMPUTED);
}
END_TEST

START_TEST(each_has_its_word)
{
	ck_assert_ptr_null(checksum_name(CHECKSUM_NONE));
	ck_assert_str_eq(checksum_name(CHECKSUM_GOOD), "good");
	ck_assert_str_eq(checksum_name(CHECKSUM_BAD), "bad");
	ck_assert_str_eq(checksum_name(CHECKSUM_UNVERIFIED), "unverified");
	ck_assert_str_eq(checksum_name(CHECKSUM_NOT_COMPUTED), "not computed");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("checksum");
	TCase *tc = tcase_create("checksum");

	tcase_add_test(tc, the_example_of_rfc_1071_sums_up_to_ddf2);
	tcase_add_test(tc,
	    sums_are_those_of_single_bytes_at_any_length_and_place);
	tcase_add_test(tc, right_packets_are_good);
	tcase_add_test(tc, a_flipped_bit_is_bad);
	tcase_add_test(tc, what_the_snaplen_has_cut_is_unverified);
	tcase_add_test(tc, what_is_left_to_the_network_card_is_unverified);
	tcase_add_test(tc, a_length_of_zero_leaves_all_open);
	tcase_add_test(tc, zero_means_none_over_ipv4_and_is_bad_over_ipv6);
	tcase_add_test(tc, fragments_are_unverified_and_later_ones_have_none);
	tcase_add_test(tc, the_length_of_udp_says_what_is_summed);
	tcase_add_test(tc, a_routing_header_names_the_final_destination);
	tcase_add_test(tc,
	    a_packet_kept_without_its_bytes_brings_its_checksums);
	tcase_add_test(tc, each_has_its_word);
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
