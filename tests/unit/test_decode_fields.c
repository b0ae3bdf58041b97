/* What decode reads from the headers of IP and its transports. */
#include "tests/unit/decode_frames.h"

START_TEST(tcp_in_ipv4_gives_every_field)
{
	static const uint8_t src[] = { 192, 168, 1, 2 };
	static const uint8_t dst[] = { 10, 0, 0, 3 };
	struct shot s;
	const struct packet *p = shot_of(&s, 1, ETH("0800") IP4("0034", "06")
	    "1388 0050 01020304 a5060708 81ff 2001 0000 0000"
	    "0101080a 00000001 00000002");

	ck_assert_int_eq(p->flags, PACKET_HAS_PORTS | PACKET_HAS_TCP |
	    PACKET_HAS_PAYLOAD_LEN);
	ck_assert_mem_eq(packet_src(p), src, sizeof(src));
	ck_assert_mem_eq(packet_dst(p), dst, sizeof(dst));
	ck_assert_uint_eq(p->ip_bytes, 52);
	ck_assert_uint_eq(p->network_at, 14);
	ck_assert_uint_eq(p->transport_at, 34);
	ck_assert_uint_eq(p->payload_at, 66);
	ck_assert_uint_eq(p->payload_len, 0);
	ck_assert_uint_eq(packet_src_port(p), 5000);
	ck_assert_uint_eq(packet_dst_port(p), 80);
	ck_assert_uint_eq(packet_tcp_seq(p), 0x01020304);
	ck_assert_uint_eq(packet_tcp_ack(p), 0xa5060708);
	ck_assert_uint_eq(packet_tcp_flags(p), 0x1ff);
	ck_assert_uint_eq(packet_tcp_window(p), 0x2001);
	ck_assert_uint_eq(p->ip_protocol, 6);
	shot_free(&s);
}
END_TEST

START_TEST(udp_in_ipv6_gives_every_field)
{
	struct shot s;
	const struct packet *p = shot_of(&s, 1, ETH("8100") "0007 86dd"
	    IP6_UDP);

	ck_assert_int_eq(p->flags, PACKET_HAS_PORTS | PACKET_HAS_PAYLOAD_LEN);
	ck_assert_ptr_eq(packet_src(p), s.data + 26);
	ck_assert_ptr_eq(packet_dst(p), s.data + 42);
	ck_assert_uint_eq(p->ip_bytes, 52);
	ck_assert_uint_eq(p->network_at, 18);
	ck_assert_uint_eq(p->transport_at, 58);
	ck_assert_uint_eq(p->payload_at, 66);
	ck_assert_uint_eq(p->payload_len, 4);
	ck_assert_uint_eq(p->ip_protocol, 17);
	shot_free(&s);
}
END_TEST

START_TEST(padding_of_ethernet_is_no_payload)
{
	struct shot s;

	shot_of(&s, 1, ETH("0800") IP4("0028", "06")
	    "1388 0050 00000001 00000000 5010 2000 0000 0000 000000000000");
	ck_assert_int_eq(s.p.status, PACKET_OK);
	ck_assert_uint_eq(s.p.payload_len, 0);
	ck_assert_uint_eq(s.p.payload_at, 54);
	shot_free(&s);
}
END_TEST

START_TEST(a_destination_that_was_cut_off_is_null)
{
	uint8_t data[SHOT_BYTES_MAX];
	size_t len = shot_hex(IP4_UDP, data);
	struct shot s;

	shot_take(&s, 101, data, 19, len);
	ck_assert_uint_eq(s.p.ip_version, 4);
	ck_assert_ptr_null(packet_dst(&s.p));
	shot_free(&s);
	shot_take(&s, 101, data, 20, len);
	ck_assert_ptr_eq(packet_dst(&s.p), s.data + 16);
	shot_free(&s);
}
END_TEST

/* Datagrams whose IP header or transport is wrong, and what is known all the
 * same. */
START_TEST(wrong_lengths_are_malformed_and_keep_what_could_be_read)
{
	static const struct {
		const char *hex;
		uint8_t ip_version, ip_protocol;
		uint32_t ip_bytes;
		uint16_t flags;
		uint32_t payload_len;
	} rows[] = {
		/* version 5; header of four words; total below header */
		{ "5500 0020" "1234 4000 4011 0000 c0a80102 0a000003"
		    UDP_ABCD, 0, 0xff, 0, 0, 0 },
		{ "4400 0020" "1234 4000 4011 0000 c0a80102 0a000003"
		    UDP_ABCD, 0, 0xff, 0, 0, 0 },
		{ IP4("0013", "11") UDP_ABCD, 0, 0xff, 0, 0, 0 },
		/* total past the end of the frame */
		{ IP4("0030", "11") UDP_ABCD, 4, 17, 48, PACKET_HAS_PORTS |
		    PACKET_HAS_PAYLOAD_LEN, 4 },
		{ IP4("0130", "06") TCP_ABCD, 4, 6, 304, PACKET_HAS_PORTS |
		    PACKET_HAS_TCP | PACKET_HAS_PAYLOAD_LEN, 264 },
		/* an option that goes past the header */
		{ "4600 0024" "1234 4000 4011 0000 c0a80102 0a000003 9405 0000"
		    UDP_ABCD, 4, 17, 36, PACKET_HAS_PORTS |
		    PACKET_HAS_PAYLOAD_LEN, 4 },
		/* room for the ports only; for less */
		{ IP4("0018", "06") TCP_ABCD, 4, 6, 24, PACKET_HAS_PORTS, 0 },
		{ IP4("0017", "11") UDP_ABCD, 4, 17, 23, 0, 0 },
		/* TCP: header of four words, past the datagram, bad option */
		{ IP4("0028", "06") "1388 0050 00000001 00000000"
		    "4010 2000 0000 0000", 4, 6, 40, PACKET_HAS_PORTS |
		    PACKET_HAS_TCP, 0 },
		{ IP4("0028", "06") "1388 0050 00000001 00000000"
		    "6010 2000 0000 0000", 4, 6, 40, PACKET_HAS_PORTS |
		    PACKET_HAS_TCP, 0 },
		{ IP4("002c", "06") "1388 0050 00000001 00000000"
		    "6010 2000 0000 0000 08010000", 4, 6, 44, PACKET_HAS_PORTS |
		    PACKET_HAS_TCP | PACKET_HAS_PAYLOAD_LEN, 0 },
		{ IP4("002c", "06") "1388 0050 00000001 00000000"
		    "6010 2000 0000 0000 01010102", 4, 6, 44, PACKET_HAS_PORTS |
		    PACKET_HAS_TCP | PACKET_HAS_PAYLOAD_LEN, 0 },
		/* UDP: below its header, 0, past the datagram */
		{ IP4("0020", "11") "1388 0035 0007 0000 61626364",
		    4, 17, 32, PACKET_HAS_PORTS, 0 },
		{ IP4("0020", "11") "1388 0035 0000 0000 61626364",
		    4, 17, 32, PACKET_HAS_PORTS, 0 },
		{ IP4("0020", "11") "1388 0035 000d 0000 61626364",
		    4, 17, 32, PACKET_HAS_PORTS | PACKET_HAS_PAYLOAD_LEN, 4 },
		/* UDP-Lite: coverage below its header, past the datagram */
		{ IP4("0020", "88") "1388 0035 0007 0000 61626364",
		    4, 136, 32, PACKET_HAS_PORTS, 0 },
		{ IP4("0020", "88") "1388 0035 000d 0000 61626364",
		    4, 136, 32, PACKET_HAS_PORTS | PACKET_HAS_PAYLOAD_LEN, 4 },
		/* an inner header is as wrong as an outer one */
		{ IP4("0034", "04") IP4("0021", "11") UDP_ABCD, 4, 4, 52,
		    0, 0 },
	};
	struct shot s;

	shot_of(&s, 228, rows[_i].hex);
	ck_assert_int_eq(s.p.status, PACKET_MALFORMED);
	ck_assert_uint_eq(s.p.ip_version, rows[_i].ip_version);
	ck_assert_uint_eq(s.p.ip_protocol, rows[_i].ip_protocol);
	ck_assert_uint_eq(s.p.ip_bytes, rows[_i].ip_bytes);
	ck_assert_int_eq(s.p.flags, rows[_i].flags);
	ck_assert_uint_eq(s.p.payload_len, rows[_i].payload_len);
	shot_free(&s);
}
END_TEST

START_TEST(a_version_that_is_not_the_links_is_malformed_and_not_skipped)
{
	struct shot s;

	shot_of(&s, 228, IP6_UDP);
	ck_assert_int_eq(s.p.status, PACKET_MALFORMED);
	ck_assert_int_eq(s.p.flags, 0);
	shot_free(&s);
	shot_of(&s, 229, IP4_UDP);
	ck_assert_int_eq(s.p.status, PACKET_MALFORMED);
	ck_assert_int_eq(s.p.flags, 0);
	shot_free(&s);
}
END_TEST

START_TEST(a_datagram_cut_behind_its_headers_is_truncated_with_all_fields)
{
	uint8_t data[SHOT_BYTES_MAX];
	size_t len = shot_hex(ETH("0800") IP4_TCP "0000", data);
	struct shot s;

	/* One byte of payload is missing, then only padding. */
	shot_take(&s, 1, data, 57, len);
	ck_assert_int_eq(s.p.status, PACKET_TRUNCATED);
	ck_assert_uint_eq(s.p.payload_len, 4);
	shot_free(&s);
	shot_take(&s, 1, data, 58, len);
	ck_assert_int_eq(s.p.status, PACKET_OK);
	shot_free(&s);
	/* The wire had no room for the last byte either: wrong, not cut. */
	shot_take(&s, 1, data, 56, 57);
	ck_assert_int_eq(s.p.status, PACKET_MALFORMED);
	ck_assert_uint_eq(s.p.payload_len, 4);
	shot_free(&s);
}
END_TEST

START_TEST(a_payload_behind_cut_options_starts_at_the_end)
{
	uint8_t data[SHOT_BYTES_MAX];
	size_t len = shot_hex(ETH("0800") IP4("0034", "06")
	    "1388 0050 00000001 00000000 7010 2000 0000 0000"
	    "0101010101010101 61626364", data);
	struct shot s;

	shot_take(&s, 1, data, 58, len);
	ck_assert_int_eq(s.p.status, PACKET_TRUNCATED);
	ck_assert_uint_eq(s.p.payload_len, 4);
	ck_assert_uint_eq(s.p.payload_at, 58);
	shot_free(&s);
}
END_TEST

START_TEST(a_total_length_of_zero_lasts_to_the_end_of_the_frame)
{
	static const struct {
		unsigned link_type;
		const char *hex;
	} rows[] = {
		{ 1, ETH("0800") IP4("0000", "06") TCP_ABCD },
		{ 1, ETH("86dd") IP6("0000", "06") TCP_ABCD },
	};
	static const uint32_t ip_bytes[] = { 44, 64 };
	uint8_t data[SHOT_BYTES_MAX];
	size_t len = shot_hex(rows[_i].hex, data);
	struct shot s;

	shot_of(&s, rows[_i].link_type, rows[_i].hex);
	ck_assert_int_eq(s.p.status, PACKET_OK);
	ck_assert_int_eq(s.p.flags & PACKET_LEN_ZERO, PACKET_LEN_ZERO);
	ck_assert_uint_eq(s.p.ip_bytes, ip_bytes[_i]);
	ck_assert_uint_eq(s.p.payload_len, 4);
	shot_free(&s);
	/* It is the wire's frame that counts. */
	shot_take(&s, rows[_i].link_type, data, len, len + 1000);
	ck_assert_int_eq(s.p.status, PACKET_TRUNCATED);
	ck_assert_uint_eq(s.p.ip_bytes, ip_bytes[_i] + 1000);
	ck_assert_uint_eq(s.p.payload_len, 1004);
	shot_free(&s);
}
END_TEST

START_TEST(no_next_header_is_a_datagram_of_forty_bytes)
{
	struct shot s;

	shot_of(&s, 1, ETH("86dd") IP6("0000", "3b") "000000000000");
	ck_assert_int_eq(s.p.status, PACKET_OK);
	ck_assert_int_eq(s.p.flags, 0);
	ck_assert_uint_eq(s.p.ip_bytes, 40);
	ck_assert_uint_eq(s.p.ip_protocol, 59);
	shot_free(&s);
}
END_TEST

#define JUMBO_UDP(jumbo, udp_len) \
	IP6("0000", "00") "1100 c204" jumbo "1388 0035" udp_len "0000 61626364"

START_TEST(a_jumbograms_length_is_its_options)
{
	uint8_t data[SHOT_BYTES_MAX];
	size_t len = shot_hex(JUMBO_UDP("00011170", "0000"), data);
	struct shot s;

	shot_take(&s, 229, data, len, 40 + 70000);
	ck_assert_int_eq(s.p.status, PACKET_TRUNCATED);
	ck_assert_int_eq(s.p.flags, PACKET_HAS_PORTS | PACKET_HAS_PAYLOAD_LEN);
	ck_assert_uint_eq(s.p.ip_bytes, 40 + 70000);
	ck_assert_uint_eq(s.p.payload_len, 70000 - 8 - 8);
	shot_free(&s);
	/* Beyond the wire. */
	shot_take(&s, 229, data, len, 40 + 69999);
	ck_assert_int_eq(s.p.status, PACKET_MALFORMED);
	ck_assert_uint_eq(s.p.ip_bytes, 40 + 70000);
	shot_free(&s);
}
END_TEST

START_TEST(a_jumbo_option_for_a_small_datagram_is_malformed)
{
	struct shot s;

	shot_of(&s, 229, JUMBO_UDP("00000014", "000c"));
	ck_assert_int_eq(s.p.status, PACKET_MALFORMED);
	ck_assert_uint_eq(s.p.ip_version, 6);
	shot_free(&s);
}
END_TEST

START_TEST(the_greatest_jumbo_length_does_not_wrap)
{
	struct shot s;

	shot_of(&s, 229, JUMBO_UDP("ffffffff", "0000"));
	ck_assert_int_eq(s.p.status, PACKET_MALFORMED);
	ck_assert_uint_eq(s.p.ip_bytes, UINT32_MAX);
	shot_free(&s);
}
END_TEST

/* IPv4: id 1234.  IPv6: id 00012345, fragment header 44. */
#define IP4_PART(flags_offset, protocol, bytes) \
	"4500" bytes "1234" flags_offset "40" protocol \
	"0000 c0a80102 0a000003"
#define IP6_PART(place, next, bytes) \
	IP6(bytes, "2c") next "00" place "00012345"

START_TEST(fragments_have_their_place_and_the_first_has_the_ports)
{
	enum { FIRST = PACKET_FRAGMENT | PACKET_HAS_PORTS,
	    LATER = PACKET_FRAGMENT | PACKET_LATER_FRAGMENT };
	static const struct {
		const char *hex;
		uint8_t ip_protocol;
		uint16_t flags;
		uint32_t id, at, payload_len;
	} rows[] = {
		/* A UDP datagram of 1000 bytes, its first part, a later one. */
		{ IP4_PART("2000", "11", "0024") "1388 0035 03e8 0000"
		    "6162636465666768", 17, FIRST | PACKET_HAS_PAYLOAD_LEN,
		    0x1234, 0, 8 },
		{ IP4_PART("2002", "11", "001c") "6162636465666768",
		    17, LATER | PACKET_HAS_PAYLOAD_LEN, 0x1234, 16, 8 },
		{ IP4_PART("1fff", "11", "001c") "6162636465666768",
		    17, LATER | PACKET_HAS_PAYLOAD_LEN, 0x1234, 65528, 8 },
		{ IP6_PART("0001", "11", "0018") "1388 0035 03e8 0000"
		    "6162636465666768", 17, FIRST | PACKET_HAS_PAYLOAD_LEN,
		    0x12345, 0, 8 },
		{ IP6_PART("0010", "11", "0010") "6162636465666768",
		    17, LATER | PACKET_HAS_PAYLOAD_LEN, 0x12345, 16, 8 },
		/* A first part smaller than the TCP header, or its options. */
		{ IP4_PART("2000", "06", "001c") "1388 0050 00000001",
		    6, FIRST, 0x1234, 0, 0 },
		{ IP4_PART("2000", "06", "002c") "1388 0050 00000001 00000000"
		    "8010 2000 0000 0000 0101080a", 6,
		    FIRST | PACKET_HAS_TCP, 0x1234, 0, 0 },
		/* Not a transport whose header we know. */
		{ IP4_PART("0002", "01", "001c") "6162636465666768",
		    1, LATER, 0x1234, 16, 0 },
		{ IP4_PART("0002", "33", "001c") "6162636465666768",
		    51, LATER, 0x1234, 16, 0 },
		/* Behind it come options, out of sight. */
		{ IP6_PART("0010", "3c", "0010") "6162636465666768",
		    0xff, LATER, 0x12345, 16, 0 },
		/* The first part of a tunnelled datagram. */
		{ IP4_PART("2000", "04", "0030") IP4("00ff", "06")
		    "1388 0050 00000001", 4, PACKET_FRAGMENT, 0x1234, 0, 0 },
	};
	struct shot s;

	shot_of(&s, 101, rows[_i].hex);
	ck_assert_int_eq(s.p.status, PACKET_OK);
	ck_assert_uint_eq(s.p.ip_protocol, rows[_i].ip_protocol);
	ck_assert_int_eq(s.p.flags, rows[_i].flags);
	ck_assert_uint_eq(s.p.fragment_id, rows[_i].id);
	ck_assert_uint_eq(s.p.fragment_at, rows[_i].at);
	ck_assert_uint_eq(s.p.payload_len, rows[_i].payload_len);
	shot_free(&s);
}
END_TEST

START_TEST(a_later_fragment_is_of_its_datagrams_protocol)
{
	static const struct {
		const char *hex;
		enum layer protocol;
	} rows[] = {
		{ IP4_PART("2002", "11", "001c") "6162636465666768",
		    LAYER_UDP },
		{ IP4_PART("2002", "01", "001c") "6162636465666768",
		    LAYER_ICMP },
		{ IP4_PART("2002", "04", "001c") "6162636465666768",
		    LAYER_IPV4 },
		{ IP4_PART("2002", "fd", "001c") "6162636465666768",
		    LAYER_UNKNOWN },
		{ IP6_PART("0010", "06", "0010") "6162636465666768",
		    LAYER_TCP },
		{ IP6_PART("0010", "3b", "0010") "6162636465666768",
		    LAYER_IPV6 },	/* it says that nothing follows */
	};
	struct shot s;

	shot_of(&s, 101, rows[_i].hex);
	ck_assert_int_eq(packet_protocol(&s.p), rows[_i].protocol);
	shot_free(&s);
}
END_TEST

START_TEST(a_whole_datagram_with_a_fragment_header_is_no_fragment)
{
	struct shot s;

	shot_of(&s, 229, IP6_PART("0000", "11", "0014") UDP_ABCD);
	ck_assert_int_eq(s.p.status, PACKET_OK);
	ck_assert_int_eq(s.p.flags, PACKET_HAS_PORTS | PACKET_HAS_PAYLOAD_LEN);
	shot_free(&s);
}
END_TEST

/* Of several headers the outermost decides, so that the tunnel's fields must
 * not be overwritten. */
START_TEST(what_a_tunnel_carries_goes_into_layers_only)
{
	static const struct {
		const char *hex;
		uint8_t ip_protocol;
		uint32_t ip_bytes;
	} rows[] = {
		{ IP4("0040", "04") IP4_TCP, 4, 64 },
		{ IP4("0054", "29") IP6_TCP, 41, 84 },
		{ IP4("0056", "2f") "0000 6558" ETH("8100") "0009 0800"
		    IP4_TCP, 47, 86 },
		{ IP4("004e", "2f") "0000 0800" "4500 0036 0001 2000 4011 0000"
		    "c0a80102 0a000003" "1388 0035 0064 0000"
		    "6162636465666768616263646566676861626364656667686162",
		    47, 78 },
		{ IP4("0048", "89") "00011140" IP4_TCP "00000000", 137, 72 },
		{ IP4("0038", "33") "1104 0000 00000001 00000001"
		    "000000000000000000000000" UDP_ABCD, 51, 56 },
	};
	struct shot s;

	shot_of(&s, 101, rows[_i].hex);
	ck_assert_int_eq(s.p.status, PACKET_OK);
	ck_assert_uint_eq(s.p.ip_version, 4);
	ck_assert_uint_eq(s.p.ip_protocol, rows[_i].ip_protocol);
	ck_assert_uint_eq(s.p.ip_bytes, rows[_i].ip_bytes);
	ck_assert_uint_eq(s.p.network_at, 0);
	ck_assert_int_eq(s.p.flags, 0);
	ck_assert_uint_eq(s.p.vlan_count, 0);
	shot_free(&s);
}
END_TEST

START_TEST(ah_is_an_extension_header_in_ipv6_and_the_protocol_in_ipv4)
{
	struct shot s;

	shot_of(&s, 229, IP6("0024", "33") "1104 0000 00000001 00000001"
	    "000000000000000000000000" UDP_ABCD);
	ck_assert_int_eq(s.p.status, PACKET_OK);
	ck_assert_uint_eq(s.p.ip_protocol, 17);
	ck_assert_uint_eq(packet_dst_port(&s.p), 53);
	shot_free(&s);
	shot_of(&s, 228, IP4("0038", "33") "1104 0000 00000001 00000001"
	    "000000000000000000000000" UDP_ABCD);
	ck_assert_int_eq(s.p.status, PACKET_OK);
	ck_assert_uint_eq(s.p.ip_protocol, 51);
	ck_assert_uint_eq(s.p.layers[1], LAYER_UDP);
	shot_free(&s);
}
END_TEST

/* UNSUPPORTED by GRE's payload, TRUNCATED by the snaplen; MALFORMED by the
 * option in front. */
START_TEST(the_strongest_status_stays)
{
	static const char good[] =
	    "4600 0022 0001 4000 402f 0000 c0a80102 0a000003 01010100"
	    "0000 1234 6162 63646566";
	uint8_t data[SHOT_BYTES_MAX];
	size_t len = shot_hex(good, data);
	struct shot s;

	shot_take(&s, 228, data, len, len);
	ck_assert_int_eq(s.p.status, PACKET_UNSUPPORTED);
	shot_free(&s);
	shot_take(&s, 228, data, 32, len);
	ck_assert_int_eq(s.p.status, PACKET_TRUNCATED);
	shot_free(&s);
	data[20] = 0x94;
	shot_take(&s, 228, data, 32, len);
	ck_assert_int_eq(s.p.status, PACKET_MALFORMED);
	shot_free(&s);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("decode_fields");
	TCase *tc = tcase_create("ip");

	tcase_add_test(tc, tcp_in_ipv4_gives_every_field);
	tcase_add_test(tc, udp_in_ipv6_gives_every_field);
	tcase_add_test(tc, padding_of_ethernet_is_no_payload);
	tcase_add_test(tc, a_destination_that_was_cut_off_is_null);
	tcase_add_loop_test(tc,
	    wrong_lengths_are_malformed_and_keep_what_could_be_read, 0, 18);
	tcase_add_test(tc,
	    a_version_that_is_not_the_links_is_malformed_and_not_skipped);
	tcase_add_test(tc,
	    a_datagram_cut_behind_its_headers_is_truncated_with_all_fields);
	tcase_add_test(tc, a_payload_behind_cut_options_starts_at_the_end);
	tcase_add_loop_test(tc,
	    a_total_length_of_zero_lasts_to_the_end_of_the_frame, 0, 2);
	tcase_add_test(tc, no_next_header_is_a_datagram_of_forty_bytes);
	tcase_add_test(tc, a_jumbograms_length_is_its_options);
	tcase_add_test(tc, a_jumbo_option_for_a_small_datagram_is_malformed);
	tcase_add_test(tc, the_greatest_jumbo_length_does_not_wrap);
	tcase_add_loop_test(tc,
	    fragments_have_their_place_and_the_first_has_the_ports, 0, 11);
	tcase_add_loop_test(tc, a_later_fragment_is_of_its_datagrams_protocol,
	    0, 6);
	tcase_add_test(tc,
	    a_whole_datagram_with_a_fragment_header_is_no_fragment);
	tcase_add_loop_test(tc, what_a_tunnel_carries_goes_into_layers_only,
	    0, 6);
	tcase_add_test(tc,
	    ah_is_an_extension_header_in_ipv6_and_the_protocol_in_ipv4);
	tcase_add_test(tc, the_strongest_status_stays);
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
