/*
 * Bytes of packets: what libnet makes of random ones is held against frames
 * that the tests' own tool builds, against decode, and against the checksums
 * that pcapstat computes.
 */
#include <check.h>
#include <string.h>

#include "analyzer/tracker/checksum.h"
#include "base/cursor.h"
#include "tests/tools/frames.h"
#include "tests/tools/hex.h"
#include "tests/traffic/random_packets.h"

enum { ROUNDS = 300 };

static struct random_packets r;

static void
begin(void)
{
	random_packets_begin(&r);
}

static void
end(void)
{
	random_packets_end(&r);
}

static void
check_hex(const struct sim_packet *packet, const char *hex)
{
	uint8_t expected[256];
	size_t len, n = hex_bytes(hex, expected, sizeof(expected));
	const uint8_t *bytes = random_packets_bytes(&r, packet, &len);

	ck_assert_uint_eq(len, n);
	ck_assert_mem_eq(bytes, expected, n);
}

/*
 * Random packets.
 */

static struct frames_host
host_of(const struct scenario_address *address, const uint8_t mac[6],
    uint16_t port)
{
	struct frames_host h = { .ip_version = address->version,
	    .port = port };

	memcpy(h.mac, mac, 6);
	memcpy(h.ip, address->bytes, 16);
	return h;
}

/* The same frame by the other builder. */
static void
build(struct frames *f, const struct sim_packet *p)
{
	struct frames_host from = host_of(&p->source, p->source_mac,
	    p->source_port);
	struct frames_host to = host_of(&p->destination, p->destination_mac,
	    p->destination_port);
	uint8_t options[TCP_OPTIONS_MAX];
	const struct frames_tcp tcp = {
		p->segment.seq, p->segment.ack, p->segment.window,
		p->segment.flags, options,
		p->kind == SIM_TCP ? frame_tcp_options(&p->segment, options) :
		    0,
	};

	frames_begin(f);
	frames_ethernet(f, &from, &to);
	frames_ip(f, &from, &to, p->ttl, p->id);
	if (p->kind == SIM_TCP)
		frames_tcp(f, &from, &to, &tcp);
	else if (p->kind == SIM_UDP)
		frames_udp(f, &from, &to);
	else
		frames_icmp(f, p->type, p->code, p->rest);
	frames_payload(f, p->data, p->len);
	frames_finish(f);
	frames_pad(f, 60);
}

static void
check_decoded(const struct sim_packet *p, const uint8_t *bytes, size_t len)
{
	struct frame frame;
	struct packet d = random_packets_decode(&frame, bytes, len);
	size_t n = p->source.version == 4 ? 4 : 16;

	ck_assert_uint_eq(d.ip_version, p->source.version);
	ck_assert_uint_eq(d.ip_bytes, sim_packet_ip_bytes(p));
	ck_assert_mem_eq(packet_src(&d), p->source.bytes, n);
	ck_assert_mem_eq(packet_dst(&d), p->destination.bytes, n);
	ck_assert_int_eq(checksum_network(&d), n == 4 ? CHECKSUM_GOOD :
	    CHECKSUM_NONE);
	ck_assert_int_eq(checksum_transport(&d), CHECKSUM_GOOD);
	if (p->kind == SIM_ICMP)
		return;
	ck_assert_uint_eq(packet_src_port(&d), p->source_port);
	ck_assert_uint_eq(packet_dst_port(&d), p->destination_port);
	ck_assert_uint_eq(d.payload_len, p->len);
	ck_assert_mem_eq(bytes + d.payload_at, p->data, p->len);
	if (p->kind != SIM_TCP)
		return;
	ck_assert_uint_eq(packet_tcp_seq(&d), p->segment.seq);
	ck_assert_uint_eq(packet_tcp_ack(&d), p->segment.ack);
	ck_assert_uint_eq(packet_tcp_flags(&d), p->segment.flags);
	ck_assert_uint_eq(packet_tcp_window(&d), p->segment.window);
}

static const enum sim_kind kinds[] = { SIM_TCP, SIM_UDP, SIM_ICMP };

START_TEST(random_packets_are_built_alike_and_decode_to_what_they_were)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct sim_packet *p = random_packets_new(&r, kinds[_i]);
		struct frames f;
		size_t len;
		const uint8_t *bytes = random_packets_bytes(&r, p, &len);

		build(&f, p);
		ck_assert_uint_eq(len, sim_packet_frame_bytes(p));
		ck_assert_uint_eq(len, f.len);
		ck_assert_mem_eq(bytes, f.data, len);
		check_decoded(p, bytes, len);
		sim_packet_release(p);
	}
}
END_TEST

/*
 * Options of TCP.
 */

/* What a reader finds: kinds in a row, and their fields. */
static struct tcp_segment
read_options(const uint8_t *at, size_t len)
{
	struct tcp_segment s = { 0 };
	struct cursor c = cursor_over(at, len, len);

	while (c.left > 0) {
		uint8_t kind = cursor_u8(&c), size;

		if (kind == 1)
			continue;
		size = cursor_u8(&c);
		if (kind == 2) {
			ck_assert_uint_eq(size, 4);
			s.mss = cursor_be16(&c);
		} else if (kind == 3) {
			ck_assert_uint_eq(size, 3);
			s.has_scale = true;
			s.scale = cursor_u8(&c);
		} else if (kind == 4) {
			ck_assert_uint_eq(size, 2);
			s.sack_permitted = true;
		} else if (kind == 8) {
			ck_assert_uint_eq(size, 10);
			s.has_times = true;
			s.ts_value = cursor_be32(&c);
			s.ts_echo = cursor_be32(&c);
		} else {
			ck_assert_uint_eq(kind, 5);
			s.sack_count = (size - 2) / 8;
			ck_assert_uint_eq(size, 2 + 8 * s.sack_count);
			for (size_t i = 0; i < s.sack_count; i++) {
				s.sack[i].begin = cursor_be32(&c);
				s.sack[i].end = cursor_be32(&c);
			}
		}
	}
	ck_assert(!c.failed);
	return s;
}

START_TEST(options_are_read_as_they_were_meant)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct tcp_segment s = { 0 }, found;
		uint8_t options[TCP_OPTIONS_MAX];
		size_t len;

		random_packets_segment(&r, &s);
		len = frame_tcp_options(&s, options);
		ck_assert_uint_eq(len, tcp_option_bytes(&s));
		ck_assert_uint_eq(len % 4, 0);
		found = read_options(options, len);
		ck_assert_uint_eq(found.mss, s.mss);
		ck_assert_uint_eq(found.sack_permitted, s.sack_permitted);
		ck_assert_uint_eq(found.has_scale, s.has_scale);
		ck_assert_uint_eq(found.has_times, s.has_times);
		ck_assert_uint_eq(found.sack_count, s.sack_count);
		ck_assert_uint_eq(found.scale, s.has_scale ? s.scale : 0);
		ck_assert_uint_eq(found.ts_value,
		    s.has_times ? s.ts_value : 0);
		ck_assert_uint_eq(found.ts_echo, s.has_times ? s.ts_echo : 0);
		for (size_t k = 0; k < s.sack_count; k++) {
			ck_assert_uint_eq(found.sack[k].begin,
			    s.sack[k].begin);
			ck_assert_uint_eq(found.sack[k].end, s.sack[k].end);
		}
	}
}
END_TEST

/* As captured from Linux. */
START_TEST(options_stand_as_linux_has_them)
{
	static const struct {
		struct tcp_segment segment;
		const char *hex;
	} rows[] = {
		{ { .mss = 1460, .sack_permitted = true, .has_times = true,
		    .ts_value = 0x01020304, .has_scale = true, .scale = 7 },
		    "020405b4 0402080a 01020304 00000000 01030307" },
		{ { .mss = 1460, .has_times = true, .ts_value = 1,
		    .ts_echo = 2 },
		    "020405b4 0101080a 00000001 00000002" },
		{ { .mss = 536, .sack_permitted = true, .has_scale = true },
		    "02040218 01010402 01030300" },
		{ { .has_times = true, .ts_value = 1, .ts_echo = 2,
		    .sack_count = 1, .sack = { { 3, 4 } } },
		    "0101080a 00000001 00000002 0101050a 00000003 00000004" },
		{ { 0 }, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t expected[TCP_OPTIONS_MAX], found[TCP_OPTIONS_MAX];
		size_t n = hex_bytes(rows[i].hex, expected,
		    sizeof(expected));

		ck_assert_uint_eq(frame_tcp_options(&rows[i].segment, found),
		    n);
		ck_assert_mem_eq(found, expected, n);
	}
}
END_TEST

START_TEST(too_many_options_are_an_error)
{
	struct sim_packet *p = random_packets_new(&r, SIM_TCP);
	struct errbuf err = { "" };
	size_t len;

	p->segment = (struct tcp_segment){ .has_times = true,
	    .sack_count = 4 };
	ck_assert_ptr_null(frame_bytes(r.maker, p, &len, &err));
	ck_assert_str_eq(err.text,
	    "TCP options of 48 bytes: there is room for 40");
	p->segment.sack_count = 3;
	random_packets_bytes(&r, p, &len);
	sim_packet_release(p);
}
END_TEST

/*
 * Odd ones.
 */

/* 65536 payloads: the sum of one of them is 0, which is written as its other
 * form. */
START_TEST(no_udp_checksum_is_0)
{
	uint8_t version = _i == 0 ? 4 : 6;
	size_t at = 14 + (version == 4 ? 20 : 40) + 6, len;
	unsigned ones = 0;
	struct sim_packet *p = sim_packet_new(SIM_UDP, NULL, 2);

	random_packets_address(&r, &p->source, p->source_mac, version);
	random_packets_address(&r, &p->destination, p->destination_mac,
	    version);
	for (unsigned i = 0; i < 65536; i++) {
		const uint8_t *bytes;

		p->data[0] = (uint8_t)(i >> 8);
		p->data[1] = (uint8_t)i;
		bytes = random_packets_bytes(&r, p, &len);
		ck_assert(bytes[at] != 0 || bytes[at + 1] != 0);
		ones += bytes[at] == 0xff && bytes[at + 1] == 0xff;
	}
	ck_assert_uint_ge(ones, 1);
	sim_packet_release(p);
}
END_TEST

static struct sim_packet *
new_arp(uint8_t type)
{
	struct sim_packet *p = sim_packet_new(SIM_ARP, NULL, 0);

	p->type = type;
	p->source = (struct scenario_address){ 4, { 10, 0, 0, 1 } };
	p->destination = (struct scenario_address){ 4, { 10, 0, 0, 2 } };
	memcpy(p->source_mac, (uint8_t[]){ 2, 0, 10, 0, 0, 1 }, 6);
	memset(p->destination_mac, 0xff, 6);
	return p;
}

START_TEST(arp_asks_and_answers)
{
	struct sim_packet *p = new_arp(1);

	check_hex(p, "ffffffffffff 02000a000001 0806 0001 0800 06 04 0001"
	    "02000a000001 0a000001 000000000000 0a000002"
	    "000000000000000000000000000000000000");
	p->type = 2;
	memcpy(p->target_mac, (uint8_t[]){ 2, 0, 10, 0, 0, 2 }, 6);
	memcpy(p->destination_mac, p->target_mac, 6);
	check_hex(p, "02000a000002 02000a000001 0806 0001 0800 06 04 0002"
	    "02000a000001 0a000001 02000a000002 0a000002"
	    "000000000000000000000000000000000000");
	sim_packet_release(p);
}
END_TEST

/* The checksum was computed by another program. */
START_TEST(a_neighbour_is_solicited)
{
	uint8_t data[24];
	struct sim_packet *p;

	hex_bytes("fd000020000000000000000000000001 0101 0200 0a 14 1e 0b",
	    data, sizeof(data));
	p = sim_packet_new(SIM_ICMP, data, sizeof(data));
	p->type = 135;
	p->ttl = 255;
	p->source.version = p->destination.version = 6;
	hex_bytes("fd00002000000000000000000000000b", p->source.bytes, 16);
	hex_bytes("ff0200000000000000000001ff000001", p->destination.bytes,
	    16);
	hex_bytes("02000a141e0b", p->source_mac, 6);
	hex_bytes("3333ff000001", p->destination_mac, 6);
	check_hex(p, "3333ff000001 02000a141e0b 86dd 60000000 0020 3a ff"
	    "fd00002000000000000000000000000b"
	    "ff0200000000000000000001ff000001"
	    "8700 5531 00000000 fd000020000000000000000000000001"
	    "0101 02000a141e0b");
	sim_packet_release(p);
}
END_TEST

START_TEST(what_ip_cannot_hold_is_an_error)
{
	struct sim_packet *p = sim_packet_new(SIM_UDP, NULL, 65508);
	struct errbuf err = { "" };
	size_t len;

	random_packets_address(&r, &p->source, p->source_mac, 4);
	random_packets_address(&r, &p->destination, p->destination_mac, 4);
	ck_assert_ptr_null(frame_bytes(r.maker, p, &len, &err));
	ck_assert_str_eq(err.text,
	    "a packet of 65536 bytes: IP has at most 65535");
	sim_packet_release(p);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("frame_bytes");
	TCase *tc = tcase_create("frame_bytes");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_loop_test(tc,
	    random_packets_are_built_alike_and_decode_to_what_they_were, 0,
	    (int)(sizeof(kinds) / sizeof(kinds[0])));
	tcase_add_test(tc, options_are_read_as_they_were_meant);
	tcase_add_test(tc, options_stand_as_linux_has_them);
	tcase_add_test(tc, too_many_options_are_an_error);
	tcase_add_loop_test(tc, no_udp_checksum_is_0, 0, 2);
	tcase_add_test(tc, arp_asks_and_answers);
	tcase_add_test(tc, a_neighbour_is_solicited);
	tcase_add_test(tc, what_ip_cannot_hold_is_an_error);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
