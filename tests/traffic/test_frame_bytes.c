/*
 * Bytes of packets: what libnet makes of random ones is held against frames
 * that the tests' own tool builds, against decode, and against the checksums
 * that pcapstat computes.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decode/decode.h"
#include "analyzer/tracker/checksum.h"
#include "base/cursor.h"
#include "base/random.h"
#include "tests/tools/frames.h"
#include "tests/tools/hex.h"
#include "traffic/synth/frame_bytes.h"
#include "traffic/synth/icmp_error.h"

enum { ROUNDS = 300, DATA_MAX = 3000, PARTS_MAX = 64 };

static struct frame_maker *maker;
static struct random dice;

static void
begin(void)
{
	struct errbuf err = { "" };

	maker = frame_maker_new(&err);
	ck_assert_msg(maker != NULL, "%s", err.text);
	random_init(&dice, 1, "frames", 0);
}

static void
end(void)
{
	frame_maker_free(maker);
}

static const uint8_t *
bytes_of(const struct sim_packet *packet, size_t *len)
{
	struct errbuf err = { "" };
	const uint8_t *bytes = frame_bytes(maker, packet, len, &err);

	ck_assert_msg(bytes != NULL, "%s", err.text);
	return bytes;
}

static void
check_hex(const struct sim_packet *packet, const char *hex)
{
	uint8_t expected[256];
	size_t len, n = hex_bytes(hex, expected, sizeof(expected));
	const uint8_t *bytes = bytes_of(packet, &len);

	ck_assert_uint_eq(len, n);
	ck_assert_mem_eq(bytes, expected, n);
}

/*
 * Random packets.
 */

static uint32_t
roll(uint64_t n)
{
	return (uint32_t)random_below(&dice, n);
}

static void
random_host(struct scenario_address *address, uint8_t mac[6], uint8_t version)
{
	address->version = version;
	random_fill(&dice, address->bytes, version == 4 ? 4 : 16);
	random_fill(&dice, mac, 6);
}

static void
random_options(struct tcp_segment *s)
{
	s->seq = roll(UINT64_C(1) << 32);
	s->ack = roll(UINT64_C(1) << 32);
	s->window = (uint16_t)roll(65536);
	s->flags = (uint8_t)roll(32);
	s->mss = (uint16_t)(roll(2) * roll(65536));
	s->has_scale = roll(2);
	s->scale = (uint8_t)roll(15);
	s->sack_permitted = roll(2);
	s->has_times = roll(2);
	s->ts_value = roll(UINT64_C(1) << 32);
	s->ts_echo = roll(UINT64_C(1) << 32);
	/* With all the others there is room for 2 blocks. */
	s->sack_count = roll(3);
	for (size_t i = 0; i < s->sack_count; i++) {
		s->sack[i].begin = roll(UINT64_C(1) << 32);
		s->sack[i].end = roll(UINT64_C(1) << 32);
	}
}

static struct sim_packet *
random_packet(enum sim_kind kind)
{
	static uint8_t data[DATA_MAX];
	uint8_t version = roll(2) ? 4 : 6;
	struct sim_packet *p;

	random_fill(&dice, data, sizeof(data));
	p = sim_packet_new(kind, data, roll(4) == 0 ? roll(4) :
	    roll(DATA_MAX));
	ck_assert_ptr_nonnull(p);
	random_host(&p->source, p->source_mac, version);
	random_host(&p->destination, p->destination_mac, version);
	p->ttl = (uint8_t)(1 + roll(255));
	p->id = (uint16_t)roll(65536);
	p->dont_fragment = true;
	p->source_port = (uint16_t)roll(65536);
	p->destination_port = (uint16_t)roll(65536);
	/* Types that have no form of their own; NDP is below. */
	p->type = (uint8_t)(version == 4 ? 8 * roll(2) : 128 + roll(2));
	p->rest = roll(UINT64_C(1) << 32);
	if (kind == SIM_TCP)
		random_options(&p->segment);
	return p;
}

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

static struct packet
decode(const struct frame *frame)
{
	struct packet packet;

	decode_frame(frame, &packet);
	ck_assert_uint_eq(packet.status, PACKET_OK);
	return packet;
}

static struct frame
frame_over(const uint8_t *data, size_t len)
{
	return (struct frame){
		.data = data, .cap_len = (uint32_t)len,
		.wire_len = (uint32_t)len, .link_type = 1, .number = 1,
	};
}

static void
check_decoded(const struct sim_packet *p, const uint8_t *bytes, size_t len)
{
	const struct frame frame = frame_over(bytes, len);
	struct packet d = decode(&frame);
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
		struct sim_packet *p = random_packet(kinds[_i]);
		struct frames f;
		size_t len;
		const uint8_t *bytes = bytes_of(p, &len);

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

		random_options(&s);
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
	struct sim_packet *p = random_packet(SIM_TCP);
	struct errbuf err = { "" };
	size_t len;

	p->segment = (struct tcp_segment){ .has_times = true,
	    .sack_count = 4 };
	ck_assert_ptr_null(frame_bytes(maker, p, &len, &err));
	ck_assert_str_eq(err.text,
	    "TCP options of 48 bytes: there is room for 40");
	p->segment.sack_count = 3;
	bytes_of(p, &len);
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

	random_host(&p->source, p->source_mac, version);
	random_host(&p->destination, p->destination_mac, version);
	for (unsigned i = 0; i < 65536; i++) {
		const uint8_t *bytes;

		p->data[0] = (uint8_t)(i >> 8);
		p->data[1] = (uint8_t)i;
		bytes = bytes_of(p, &len);
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

	random_host(&p->source, p->source_mac, 4);
	random_host(&p->destination, p->destination_mac, 4);
	ck_assert_ptr_null(frame_bytes(maker, p, &len, &err));
	ck_assert_str_eq(err.text,
	    "a packet of 65536 bytes: IP has at most 65535");
	sim_packet_release(p);
}
END_TEST

/*
 * Fragments.
 */

/* Cuts it into parts of random length, in order; returns how many. */
static size_t
cut(struct sim_packet *p, struct sim_packet *parts[PARTS_MAX])
{
	size_t total = sim_packet_payload_bytes(p), n = 0;

	for (size_t at = 0; at < total; n++) {
		size_t length = 8 * (1 + roll(100));

		ck_assert_uint_lt(n, PARTS_MAX);
		if (length > total - at || n + 1 == PARTS_MAX)
			length = total - at;
		parts[n] = sim_packet_fragment(p, at, length);
		ck_assert_ptr_nonnull(parts[n]);
		parts[n]->dont_fragment = false;
		parts[n]->fragment_id = 0x01020304;
		at += length;
	}
	return n;
}

/* What the frame holds of the datagram, and where. */
static void
join(const struct sim_packet *part, uint8_t *datagram, size_t *end, bool *more)
{
	size_t len, header = part->source.version == 4 ? 20 : 48;
	const uint8_t *bytes = bytes_of(part, &len);
	const struct frame frame = frame_over(bytes, len);
	struct packet d = decode(&frame);
	size_t n = d.ip_bytes - header;

	ck_assert(d.flags & PACKET_FRAGMENT);
	ck_assert_uint_eq(d.fragment_id, part->source.version == 4 ?
	    part->id : part->fragment_id);
	ck_assert_uint_eq(d.ip_bytes, sim_packet_ip_bytes(part));
	ck_assert_int_ne(checksum_network(&d), CHECKSUM_BAD);
	ck_assert_uint_eq(d.fragment_at, *end);
	memcpy(datagram + *end, bytes + 14 + header, n);
	*end += n;
	*more = part->source.version == 4 ? bytes[14 + 6] & 0x20 :
	    bytes[14 + 40 + 3] & 1;
}

static void
check_joined(const struct sim_packet *p, struct sim_packet *const *parts,
    size_t n)
{
	static uint8_t datagram[DATA_MAX + 100];
	size_t header = p->source.version == 4 ? 20 : 40, end = 0, len;
	struct errbuf err = { "" };
	const uint8_t *whole;
	bool more;

	for (size_t i = 0; i < n; i++) {
		join(parts[i], datagram, &end, &more);
		ck_assert_int_eq(more, i + 1 < n);
	}
	whole = frame_ip_bytes(maker, p, &len, &err);
	ck_assert_ptr_nonnull(whole);
	ck_assert_uint_eq(end, len - header);
	ck_assert_mem_eq(datagram, whole + header, end);
}

START_TEST(fragments_are_parts_of_the_datagram)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct sim_packet *p = random_packet(kinds[i % 3]);
		struct sim_packet *parts[PARTS_MAX];
		size_t n;

		p->dont_fragment = false;
		n = cut(p, parts);
		if (n > 1)
			check_joined(p, parts, n);
		for (size_t k = 0; k < n; k++)
			sim_packet_release(parts[k]);
		ck_assert_uint_eq(p->references, 1);
		sim_packet_release(p);
	}
}
END_TEST

/* As a second router does. */
START_TEST(fragments_are_cut_again)
{
	struct sim_packet *p = sim_packet_new(SIM_UDP, NULL, 2992);
	struct sim_packet *big[2], *small[4];

	random_fill(&dice, p->data, p->len);
	random_host(&p->source, p->source_mac, 4);
	random_host(&p->destination, p->destination_mac, 4);
	big[0] = sim_packet_fragment(p, 0, 1480);
	big[1] = sim_packet_fragment(p, 1480, 1520);
	for (size_t i = 0; i < 2; i++) {
		small[2 * i] = sim_packet_fragment(big[i], 0, 800);
		small[2 * i + 1] = sim_packet_fragment(big[i], 800,
		    big[i]->length - 800);
		sim_packet_release(big[i]);
	}
	check_joined(p, small, 4);
	for (size_t i = 0; i < 4; i++)
		sim_packet_release(small[i]);
	ck_assert_uint_eq(p->references, 1);
	sim_packet_release(p);
}
END_TEST

START_TEST(a_part_past_the_end_is_an_error)
{
	struct sim_packet *p = sim_packet_new(SIM_UDP, NULL, 100), *part;
	struct errbuf err = { "" };
	size_t len;

	random_host(&p->source, p->source_mac, 4);
	random_host(&p->destination, p->destination_mac, 4);
	part = sim_packet_fragment(p, 64, 48);
	ck_assert_ptr_null(frame_bytes(maker, part, &len, &err));
	ck_assert_str_eq(err.text, "a fragment past the end of its packet");
	sim_packet_release(part);
	sim_packet_release(p);
}
END_TEST

/*
 * Packets, and errors about them.
 */

START_TEST(a_copy_is_its_own)
{
	struct sim_packet *p = random_packet(SIM_TCP), *copy;

	p->number = 7;
	copy = sim_packet_copy(p);
	ck_assert_uint_eq(copy->number, 7);
	ck_assert_uint_eq(copy->references, 1);
	ck_assert_uint_eq(copy->len, p->len);
	ck_assert_mem_eq(copy->data, p->data, p->len);
	ck_assert_ptr_eq(copy->segment.payload, copy->data);
	sim_packet_release(sim_packet_hold(copy));
	sim_packet_release(p);
	ck_assert_ptr_eq(copy->segment.payload, copy->data);
	sim_packet_release(copy);
	sim_packet_release(NULL);
}
END_TEST

static struct sim_packet *
error_about(const struct sim_packet *about, enum icmp_error what,
    uint32_t mtu)
{
	struct scenario_address from = { about->source.version, { 9 } };
	struct sim_packet *out;
	struct errbuf err = { "" };

	ck_assert_int_eq(icmp_error_new(maker, what, about, &from, mtu, &out,
	    &err), 0);
	return out;
}

START_TEST(an_error_quotes_what_it_is_about)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct sim_packet *p = random_packet(kinds[i % 3]), *error;
		size_t room = p->source.version == 4 ? 548 : 1232, len;
		const uint8_t *ip;
		struct errbuf err;

		p->destination_mac[0] &= 0xfe;
		p->connection = 5;
		error = error_about(p, ICMP_TOO_BIG, 1234);
		ck_assert_ptr_nonnull(error);
		ck_assert_uint_eq(error->type,
		    p->source.version == 4 ? 3 : 2);
		ck_assert_uint_eq(error->code,
		    p->source.version == 4 ? 4 : 0);
		ck_assert_uint_eq(error->rest, 1234);
		ck_assert_uint_eq(error->connection, 5);
		ck_assert_mem_eq(&error->destination, &p->source,
		    sizeof(p->source));
		ip = frame_ip_bytes(maker, p, &len, &err);
		ck_assert_uint_eq(error->len, len < room ? len : room);
		ck_assert_mem_eq(error->data, ip, error->len);
		ck_assert(icmp_is_error(error));
		/* None about an error. */
		ck_assert_ptr_null(error_about(error, ICMP_NO_PORT, 0));
		sim_packet_release(error);
		sim_packet_release(p);
	}
}
END_TEST

START_TEST(about_some_packets_there_is_no_error)
{
	struct sim_packet *p = random_packet(SIM_UDP), *arp = new_arp(1);
	struct sim_packet *part;

	p->destination_mac[0] |= 1;
	ck_assert_ptr_null(error_about(p, ICMP_NO_ROUTE, 0));
	ck_assert_ptr_null(error_about(arp, ICMP_NO_ROUTE, 0));
	p->destination_mac[0] &= 0xfe;
	part = sim_packet_fragment(p, 8, 8);
	ck_assert_ptr_null(error_about(part, ICMP_NO_ROUTE, 0));
	sim_packet_release(part);
	sim_packet_release(arp);
	sim_packet_release(p);
}
END_TEST

static Suite *
suite(void)
{
	const int n = (int)(sizeof(kinds) / sizeof(kinds[0]));
	Suite *s = suite_create("frame_bytes");
	TCase *tc = tcase_create("frame_bytes");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_loop_test(tc,
	    random_packets_are_built_alike_and_decode_to_what_they_were, 0, n);
	tcase_add_test(tc, options_are_read_as_they_were_meant);
	tcase_add_test(tc, options_stand_as_linux_has_them);
	tcase_add_test(tc, too_many_options_are_an_error);
	tcase_add_loop_test(tc, no_udp_checksum_is_0, 0, 2);
	tcase_add_test(tc, arp_asks_and_answers);
	tcase_add_test(tc, a_neighbour_is_solicited);
	tcase_add_test(tc, what_ip_cannot_hold_is_an_error);
	tcase_add_test(tc, fragments_are_parts_of_the_datagram);
	tcase_add_test(tc, fragments_are_cut_again);
	tcase_add_test(tc, a_part_past_the_end_is_an_error);
	tcase_add_test(tc, a_copy_is_its_own);
	tcase_add_test(tc, an_error_quotes_what_it_is_about);
	tcase_add_test(tc, about_some_packets_there_is_no_error);
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
