#include "analyzer/analyses/exchange.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decode/decode.h"
#include "tests/tools/frames.h"

static const struct frames_host from = { { 2, 0, 0, 0, 0, 1 }, 4,
    { 192, 168, 1, 10 }, 40000 };
static const struct frames_host to = { { 2, 0, 0, 0, 0, 2 }, 4,
    { 10, 0, 0, 1 }, 80 };
static const struct frames_host dns = { { 2, 0, 0, 0, 0, 3 }, 4,
    { 10, 0, 0, 53 }, 53 };

static struct exchange_row row;
static struct exchange_text text;

/* The row of a frame of which `kept` bytes were captured, in no flow. */
static void
fill_kept(const struct frames *f, size_t kept)
{
	const struct frame frame = { .data = f->data, .ts_ns = 1, .number = 1,
	    .cap_len = (uint32_t)kept, .wire_len = (uint32_t)f->len,
	    .link_type = 1, .ts_digits = 6 };
	struct packet packet;
	struct sighting s = { .packet = &packet };

	decode_frame(&frame, &packet);
	exchange_row_fill(&row, &text, "file", &s);
}

static void
begin(struct frames *f, const struct frames_host *dst, uint8_t ttl)
{
	frames_begin(f);
	frames_ethernet(f, &from, dst);
	frames_ip(f, &from, dst, ttl, 0x4711);
}

static void
build_tcp(struct frames *f, uint8_t ttl, uint32_t seq)
{
	const struct frames_tcp tcp = { .seq = seq, .ack = 2, .window = 3,
	    .flags = FRAMES_ACK | FRAMES_PSH };

	begin(f, &to, ttl);
	frames_tcp(f, &from, &to, &tcp);
	frames_payload(f, "hello\n", 6);
	frames_finish(f);
}

START_TEST(a_segment_in_no_flow_has_its_header)
{
	struct frames f;

	build_tcp(&f, 64, 1);
	fill_kept(&f, f.len);
	ck_assert_str_eq(row.protocol, "tcp");
	ck_assert_str_eq(row.flags, "PSH,ACK");
	ck_assert_uint_eq(row.seq, 1);
	ck_assert_uint_eq(row.ack, 2);
	ck_assert_uint_eq(row.payload_len, 6);
	ck_assert_uint_eq(row.ip_id, 0x4711);
	ck_assert_str_eq(row.preview, "hello\\n");
	ck_assert_str_eq(row.checksum, "good");
	ck_assert_uint_eq(row.flow, TABLE_NO_U64);
	ck_assert_uint_eq(row.verdict_bits, TABLE_NO_U64);
	ck_assert_ptr_null(row.verdict);
	ck_assert_ptr_null(row.src_link);
}
END_TEST

START_TEST(the_identity_is_that_of_the_packet_at_every_place)
{
	struct frames f;
	uint64_t identity;

	build_tcp(&f, 64, 1);
	fill_kept(&f, f.len);
	identity = row.identity;
	/* a hop further, with the padding of Ethernet behind it */
	build_tcp(&f, 63, 1);
	frames_pad(&f, 80);
	fill_kept(&f, f.len);
	ck_assert_uint_eq(row.identity, identity);
	/* before the network card has filled in the checksum */
	f.data[14 + 20 + 16] ^= 0xff;
	fill_kept(&f, f.len);
	ck_assert_uint_eq(row.identity, identity);
	build_tcp(&f, 64, 2);
	fill_kept(&f, f.len);
	ck_assert_uint_ne(row.identity, identity);
}
END_TEST

/* The identity of ARP of that operation, asked or said by `from`. */
static uint64_t
arp_identity(uint16_t operation, const struct frames_host *about, bool tagged)
{
	struct frames f;

	frames_begin(&f);
	frames_ethernet(&f, &from, about);
	if (tagged)
		frames_vlan(&f, FRAMES_8021Q, 5);
	frames_arp(&f, operation, &from, about);
	frames_finish(&f);
	frames_pad(&f, 60);
	fill_kept(&f, f.len);
	return row.identity;
}

START_TEST(arp_has_an_identity_of_what_it_says)
{
	uint64_t identity = arp_identity(FRAMES_ARP_REQUEST, &to, false);
	struct frames f;

	ck_assert_uint_ne(identity, TABLE_NO_U64);
	ck_assert_uint_eq(arp_identity(FRAMES_ARP_REQUEST, &to, true),
	    identity);
	ck_assert_uint_ne(arp_identity(FRAMES_ARP_REQUEST, &dns, false),
	    identity);
	ck_assert_uint_ne(arp_identity(FRAMES_ARP_REPLY, &to, false),
	    identity);
	frames_begin(&f);
	frames_ethernet(&f, &from, &to);
	frames_arp(&f, FRAMES_ARP_REQUEST, &from, &to);
	frames_finish(&f);
	fill_kept(&f, f.len - 1);
	ck_assert_uint_eq(row.identity, TABLE_NO_U64);
}
END_TEST

/* Of UDP, the fragment that begins there; its bytes are all the same. */
static uint64_t
fragment_identity(uint16_t units, uint8_t checksum)
{
	static const uint8_t bytes[24];
	struct frames f;

	begin(&f, &to, 64);
	frames_payload(&f, bytes, sizeof(bytes));
	frames_finish(&f);
	f.data[14 + 6] = (uint8_t)(0x20 | units >> 8);
	f.data[14 + 7] = (uint8_t)units;
	f.data[14 + 9] = 17;
	f.data[14 + 20 + 6] = checksum;
	fill_kept(&f, f.len);
	return row.identity;
}

START_TEST(later_fragments_have_their_place_in_the_identity)
{
	uint64_t identity = fragment_identity(3, 0);

	ck_assert_uint_ne(identity, TABLE_NO_U64);
	ck_assert_uint_eq(fragment_identity(3, 0), identity);
	ck_assert_uint_ne(fragment_identity(6, 0), identity);
	/* only the first one has a checksum there */
	ck_assert_uint_ne(fragment_identity(3, 1), identity);
	ck_assert_uint_eq(fragment_identity(0, 1), fragment_identity(0, 0));
}
END_TEST

START_TEST(icmp_says_what_it_is)
{
	struct frames f;

	begin(&f, &to, 64);
	frames_icmp(&f, 8, 0, 7 << 16 | 9);
	frames_finish(&f);
	fill_kept(&f, f.len);
	ck_assert_str_eq(row.info, "echo request id 7 seq 9");
	begin(&f, &to, 64);
	frames_icmp(&f, 3, 3, 0);
	frames_finish(&f);
	fill_kept(&f, f.len);
	ck_assert_str_eq(row.info, "destination unreachable code 3");
	ck_assert_uint_eq(row.src_port, TABLE_NO_U64);
}
END_TEST

START_TEST(arp_says_what_it_is)
{
	struct frames f;

	frames_begin(&f);
	frames_ethernet(&f, &from, &to);
	frames_vlan(&f, FRAMES_8021Q, 5);
	frames_arp(&f, FRAMES_ARP_REQUEST, &from, &to);
	frames_finish(&f);
	fill_kept(&f, f.len);
	ck_assert_str_eq(row.info, "who has 10.0.0.1, says 192.168.1.10");
	ck_assert_str_eq(row.src_link, "02:00:00:00:00:01");
	fill_kept(&f, f.len - 1);
	ck_assert_ptr_null(row.info);
	frames_begin(&f);
	frames_ethernet(&f, &from, &to);
	frames_arp(&f, FRAMES_ARP_REPLY, &from, &to);
	frames_finish(&f);
	fill_kept(&f, f.len);
	ck_assert_str_eq(row.info, "192.168.1.10 is at 02:00:00:00:00:01");
}
END_TEST

START_TEST(dns_says_what_is_asked)
{
	static const uint8_t query[] = { 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
	    1, 'x', 0, 0, 28, 0, 1 };
	struct frames f;

	begin(&f, &dns, 64);
	frames_udp(&f, &from, &dns);
	frames_payload(&f, query, sizeof(query));
	frames_finish(&f);
	fill_kept(&f, f.len);
	ck_assert_str_eq(row.info, "query AAAA x");
	for (size_t kept = 0; kept < f.len; kept++) {
		fill_kept(&f, kept);
		ck_assert_ptr_null(row.info);
	}
}
END_TEST

START_TEST(options_have_their_words)
{
	const struct tcp_segment s = { .options = TCP_HAS_MSS |
	    TCP_HAS_WINDOW_SCALE | TCP_SACK_PERMITTED | TCP_HAS_TIMESTAMPS,
	    .mss = 1460, .window_scale = 7, .ts_value = 1, .ts_echo = 2,
	    .sack_count = 1, .sack = { { 3, 4 } } };
	const struct tcp_segment none = { .mss = 1 };

	ck_assert_str_eq(exchange_options(text.options, &s),
	    "mss 1460, wscale 7, sack permitted, ts 1 2, sack 3-4");
	ck_assert_ptr_null(exchange_options(text.options, &none));
}
END_TEST

START_TEST(all_verdicts_at_once_have_room)
{
	const struct tcp_verdict v = { .what = (1U << TCP_VERDICTS) - 1,
	    .reason = "x", .rtt_frame = 3, .rtt_ns = 4 };
	const struct tcp_segment segment = { .flags = TCP_ACK };
	const struct frame frame = { .data = (const uint8_t *)"", .number = 1 };
	const struct packet packet = { .frame = &frame };
	const struct sighting s = { .packet = &packet, .segment = &segment,
	    .verdict = &v };

	exchange_row_fill(&row, &text, "file", &s);
	ck_assert_ptr_nonnull(strstr(row.verdict,
	    "retransmission, fast retransmission, "));
	ck_assert_ptr_nonnull(strstr(row.verdict, ", ports reused"));
	ck_assert_uint_lt(strlen(row.verdict), EXCHANGE_VERDICT_BYTES);
	ck_assert_uint_eq(row.rtt_frame, 3);
	ck_assert(row.rtt == 4000);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("exchange");
	TCase *tc = tcase_create("exchange");

	tcase_add_test(tc, a_segment_in_no_flow_has_its_header);
	tcase_add_test(tc, the_identity_is_that_of_the_packet_at_every_place);
	tcase_add_test(tc, arp_has_an_identity_of_what_it_says);
	tcase_add_test(tc, later_fragments_have_their_place_in_the_identity);
	tcase_add_test(tc, icmp_says_what_it_is);
	tcase_add_test(tc, arp_says_what_it_is);
	tcase_add_test(tc, dns_says_what_is_asked);
	tcase_add_test(tc, options_have_their_words);
	tcase_add_test(tc, all_verdicts_at_once_have_room);
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
