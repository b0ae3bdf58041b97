#include "tests/tools/frames.h"

#include <check.h>
#include <string.h>

#include "tests/tools/splitmix.h"
#include "tests/unit/stats_random.h"

static const struct frames_host hosts4[2] = {
	{ { 2, 0, 0, 0, 0, 1 }, 4, { 192, 168, 0, 1 }, 40000 },
	{ { 2, 0, 0, 0, 0, 2 }, 4, { 192, 168, 0, 199 }, 53 },
};
static const struct frames_host hosts6[2] = {
	{ { 2, 0, 0, 0, 0, 1 }, 6, { 0x20, 1, 0xd, 0xb8, [15] = 1 }, 40000 },
	{ { 2, 0, 0, 0, 0, 2 }, 6, { 0x20, 1, 0xd, 0xb8, [15] = 2 }, 53 },
};

static unsigned
be16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

/* Ones' complement addition is addition modulo 65535, so bytes with a right
 * checksum among them, read as one long number, leave no remainder. */
static unsigned
remainder_of(const uint8_t *data, size_t n, unsigned rest)
{
	for (size_t i = 0; i < n; i += 2)
		rest = (rest + data[i] * 256U +
		    (i + 1 < n ? data[i + 1] : 0U)) % 65535;
	return rest;
}

/* Of the segment at `at`, with its pseudo-header. */
static unsigned
segment_remainder(const struct frames *f, size_t ip_at, size_t at,
    unsigned protocol)
{
	bool ip4 = f->data[ip_at] >> 4 == 4;
	unsigned rest = (unsigned)(f->len - at) + protocol;

	rest = remainder_of(f->data + ip_at + (ip4 ? 12 : 8), ip4 ? 8 : 32,
	    rest);
	return remainder_of(f->data + at, f->len - at, rest);
}

START_TEST(the_ipv4_checksum_is_that_of_a_known_header)
{
	static const uint8_t header[] = {
		0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
		0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7,
	};
	uint8_t payload[0x73 - 28] = { 0 };
	struct frames f;

	frames_begin(&f);
	frames_ip(&f, &hosts4[0], &hosts4[1], 64, 0);
	frames_udp(&f, &hosts4[0], &hosts4[1]);
	frames_payload(&f, payload, sizeof(payload));
	frames_finish(&f);
	ck_assert_uint_eq(f.len, 0x73);
	ck_assert_mem_eq(f.data, header, sizeof(header));
}
END_TEST

START_TEST(a_query_is_the_frame_written_out_by_hand)
{
	/* The UDP sum by hand: c0a8 + 0001 + c0a8 + 00c7 + 0011 + 000d +
	 * 9c40 + 0035 + 000d + 6865 + 6c6c + 6f00 = 36289, folded 628c. */
	static const uint8_t expected[] = {
		2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0x00, 0, 20, 8, 0,
		0x45, 0, 0, 33, 0, 9, 0x40, 0, 64, 17, 0xb8, 0xaa,
		192, 168, 0, 1, 192, 168, 0, 199,
		0x9c, 0x40, 0, 53, 0, 13, 0x9d, 0x73, 'h', 'e', 'l', 'l', 'o',
	};
	struct frames f;

	frames_begin(&f);
	frames_ethernet(&f, &hosts4[0], &hosts4[1]);
	frames_vlan(&f, FRAMES_8021Q, 20);
	frames_ip(&f, &hosts4[0], &hosts4[1], 64, 9);
	frames_udp(&f, &hosts4[0], &hosts4[1]);
	frames_payload(&f, "hello", 5);
	frames_finish(&f);
	ck_assert_uint_eq(f.len, sizeof(expected));
	ck_assert_mem_eq(f.data, expected, sizeof(expected));
}
END_TEST

enum { TCP = 6, UDP = 17 };

static void
check_transport(const struct frames_host *hosts, unsigned protocol,
    const uint8_t *payload, size_t n, uint32_t number)
{
	size_t ip_bytes = hosts->ip_version == 4 ? 20 : 40;
	struct frames_tcp tcp = { .seq = number, .ack = ~number };
	struct frames f;

	frames_begin(&f);
	frames_ethernet(&f, &hosts[0], &hosts[1]);
	frames_ip(&f, &hosts[0], &hosts[1], 1, (uint16_t)number);
	if (protocol == TCP)
		frames_tcp(&f, &hosts[0], &hosts[1], &tcp);
	else
		frames_udp(&f, &hosts[0], &hosts[1]);
	frames_payload(&f, payload, n);
	frames_finish(&f);
	ck_assert_uint_eq(f.len,
	    14 + ip_bytes + (protocol == TCP ? 20 : 8) + n);
	ck_assert_uint_eq(segment_remainder(&f, 14, 14 + ip_bytes, protocol),
	    0);
	if (hosts->ip_version == 4) {
		ck_assert_uint_eq(be16(f.data + 16), f.len - 14);
		ck_assert_uint_eq(remainder_of(f.data + 14, 20, 0), 0);
		ck_assert_uint_eq(f.data[14 + 9], protocol);
	} else {
		ck_assert_uint_eq(be16(f.data + 18), f.len - 54);
		ck_assert_uint_eq(f.data[14 + 6], protocol);
	}
}

START_TEST(checksums_of_random_segments_leave_no_remainder)
{
	struct splitmix random = { random_seed("frames") };
	unsigned long rounds = random_rounds(1000);
	uint8_t payload[1500];

	for (unsigned long i = 0; i < rounds; i++) {
		uint32_t number = (uint32_t)splitmix_next(&random);
		size_t n = splitmix_below(&random, sizeof(payload));

		for (size_t k = 0; k < n; k++)
			payload[k] = (uint8_t)splitmix_next(&random);
		check_transport(hosts4, TCP, payload, n, number);
		check_transport(hosts4, UDP, payload, n, number);
		check_transport(hosts6, TCP, payload, n, number);
		check_transport(hosts6, UDP, payload, n, number);
	}
}
END_TEST

START_TEST(a_udp_checksum_is_never_zero)
{
	for (unsigned word = 0; word < 65536; word++) {
		uint8_t payload[] = { (uint8_t)(word >> 8), (uint8_t)word };
		struct frames f;

		frames_begin(&f);
		frames_ip(&f, &hosts4[0], &hosts4[1], 64, 0);
		frames_udp(&f, &hosts4[0], &hosts4[1]);
		frames_payload(&f, payload, sizeof(payload));
		frames_finish(&f);
		ck_assert_uint_ne(be16(f.data + 26), 0);
	}
}
END_TEST

START_TEST(icmpv6_covers_the_addresses_and_icmp_does_not)
{
	for (int i = 0; i < 2; i++) {
		const struct frames_host *hosts = i == 0 ? hosts4 : hosts6;
		size_t at = i == 0 ? 20 : 40;
		struct frames f;

		frames_begin(&f);
		frames_ip(&f, &hosts[0], &hosts[1], 64, 0);
		frames_icmp(&f, i == 0 ? 8 : 128, 0, 0x12345678);
		frames_payload(&f, "odd", 3);
		frames_finish(&f);
		ck_assert_uint_eq(f.data[i == 0 ? 9 : 6], i == 0 ? 1 : 58);
		ck_assert_uint_eq(i == 0 ?
		    remainder_of(f.data + at, f.len - at, 0) :
		    segment_remainder(&f, 0, at, 58), 0);
	}
}
END_TEST

START_TEST(a_tunnel_has_right_lengths_inside_and_outside)
{
	struct frames f;

	frames_begin(&f);
	frames_ip(&f, &hosts4[0], &hosts4[1], 64, 1);
	frames_ip(&f, &hosts6[0], &hosts6[1], 64, 2);
	frames_udp(&f, &hosts6[0], &hosts6[1]);
	frames_payload(&f, "x", 1);
	frames_finish(&f);
	ck_assert_uint_eq(be16(f.data + 2), 20 + 40 + 9);
	ck_assert_uint_eq(f.data[9], 41);
	ck_assert_uint_eq(be16(f.data + 24), 9);
	ck_assert_uint_eq(remainder_of(f.data, 20, 0), 0);
	ck_assert_uint_eq(segment_remainder(&f, 20, 60, UDP), 0);
}
END_TEST

START_TEST(padding_is_behind_the_ip_length)
{
	struct frames f;

	frames_begin(&f);
	frames_ethernet(&f, &hosts4[0], &hosts4[1]);
	frames_arp(&f, FRAMES_ARP_REQUEST, &hosts4[0], &hosts4[1]);
	frames_finish(&f);
	ck_assert_uint_eq(f.len, 42);
	frames_pad(&f, FRAMES_MIN_BYTES);
	ck_assert_uint_eq(f.len, 60);
	ck_assert_uint_eq(be16(f.data + 12), 0x0806);

	frames_begin(&f);
	frames_ethernet(&f, &hosts4[0], &hosts4[1]);
	frames_ip(&f, &hosts4[0], &hosts4[1], 64, 1);
	frames_udp(&f, &hosts4[0], &hosts4[1]);
	frames_finish(&f);
	frames_pad(&f, FRAMES_MIN_BYTES);
	ck_assert_uint_eq(f.len, 60);
	ck_assert_uint_eq(be16(f.data + 16), 28);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("frames");
	TCase *tc = tcase_create("frames");

	tcase_add_test(tc, the_ipv4_checksum_is_that_of_a_known_header);
	tcase_add_test(tc, a_query_is_the_frame_written_out_by_hand);
	tcase_add_test(tc, checksums_of_random_segments_leave_no_remainder);
	tcase_add_test(tc, a_udp_checksum_is_never_zero);
	tcase_add_test(tc, icmpv6_covers_the_addresses_and_icmp_does_not);
	tcase_add_test(tc, a_tunnel_has_right_lengths_inside_and_outside);
	tcase_add_test(tc, padding_is_behind_the_ip_length);
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
