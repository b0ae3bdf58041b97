/* Frames of every kind, whole and at every length. */
#include <stdio.h>

#include "tests/unit/decode_frames.h"

/* Cut by the snaplen or on the wire, a frame shows layers that the whole one
 * has, IP from its source on, and the status says whose fault the cut is. */
static void
check_cut(const struct known_frame *k, const struct packet *whole,
    const struct packet *p, size_t n, size_t needed,
    enum packet_status when_short)
{
	char path[SHOT_PATH_MAX];
	bool ip = whole->ip_version != 0 && n >= k->known;

	shot_path(p, path);
	ck_assert_msg(strncmp(path, k->path, strlen(path)) == 0,
	    "%s: %zu bytes: %s", k->name, n, path);
	ck_assert_msg(p->status == (n < needed ? when_short : k->status),
	    "%s: %zu bytes: status %d", k->name, n, p->status);
	ck_assert_msg((p->flags & PACKET_SKIPPED) ==
	    (n < k->known ? PACKET_SKIPPED : 0),
	    "%s: %zu bytes: flags %#x", k->name, n, p->flags);
	ck_assert_msg(p->ip_version == (ip ? whole->ip_version : 0),
	    "%s: %zu bytes: IP version %d", k->name, n, p->ip_version);
}

START_TEST(whole_frames_show_all_their_layers)
{
	const struct known_frame *k = &known_frames[_i];
	char path[SHOT_PATH_MAX];
	struct shot s;

	shot_of(&s, k->link_type, k->hex);
	shot_path(&s.p, path);
	ck_assert_msg(strcmp(path, k->path) == 0, "%s: %s", k->name, path);
	ck_assert_msg(s.p.status == k->status, "%s: status %d", k->name,
	    s.p.status);
	ck_assert_int_eq(s.p.flags & PACKET_SKIPPED, 0);
	shot_free(&s);
}
END_TEST

START_TEST(every_snaplen_truncates_and_nothing_is_read_past_it)
{
	const struct known_frame *k = &known_frames[_i];
	uint8_t data[SHOT_BYTES_MAX];
	size_t len = shot_hex(k->hex, data), n;
	size_t needed = k->needed == 0 ? len : k->needed;
	struct shot whole, s;

	shot_take(&whole, k->link_type, data, len, len);
	for (n = 0; n < len; n++) {
		shot_take(&s, k->link_type, data, n, len);
		check_cut(k, &whole.p, &s.p, n, needed, PACKET_TRUNCATED);
		shot_free(&s);
	}
	shot_free(&whole);
}
END_TEST

/* Lengths of 802.3 and PPPoE are then wrong, even with all headers there. */
static bool
declares_its_length(const struct known_frame *k)
{
	return strncmp(k->path, "eth:llc", 7) == 0 ||
	    strstr(k->path, "pppoe:") != NULL;
}

START_TEST(every_end_on_the_wire_before_the_last_byte_is_malformed)
{
	const struct known_frame *k = &known_frames[_i];
	uint8_t data[SHOT_BYTES_MAX];
	size_t len = shot_hex(k->hex, data), n;
	size_t needed = k->needed == 0 || declares_its_length(k) ?
	    len : k->needed;
	struct shot whole, s;

	shot_take(&whole, k->link_type, data, len, len);
	for (n = 0; n < len; n++) {
		shot_take(&s, k->link_type, data, n, n);
		check_cut(k, &whole.p, &s.p, n, needed, PACKET_MALFORMED);
		shot_free(&s);
	}
	shot_free(&whole);
}
END_TEST

START_TEST(a_wire_length_below_the_captured_one_does_not_count)
{
	const struct known_frame *k = &known_frames[_i];
	uint8_t data[SHOT_BYTES_MAX];
	size_t len = shot_hex(k->hex, data);
	char path[SHOT_PATH_MAX];
	struct shot s;

	shot_take(&s, k->link_type, data, len, 1);
	shot_path(&s.p, path);
	ck_assert_str_eq(path, k->path);
	ck_assert_int_eq(s.p.status, k->status);
	shot_free(&s);
}
END_TEST

START_TEST(a_link_type_without_decoder_is_skipped_and_has_no_layers)
{
	static const unsigned link_types[] = { 2, 8, 147, 277, 65535 };
	struct shot s;

	shot_of(&s, link_types[_i], ETH("0800") IP4_UDP);
	ck_assert_int_eq(s.p.status, PACKET_UNSUPPORTED);
	ck_assert_int_eq(s.p.flags, PACKET_SKIPPED);
	ck_assert_uint_eq(s.p.layer_count, 0);
	ck_assert_uint_eq(s.p.ip_version, 0);
	ck_assert_ptr_null(decode_link_name(link_types[_i]));
	shot_free(&s);
}
END_TEST

START_TEST(link_types_have_the_names_of_the_registry)
{
	ck_assert_str_eq(decode_link_name(1), "ethernet");
	ck_assert_str_eq(decode_link_name(113), "linux_sll");
	ck_assert_str_eq(decode_link_name(276), "linux_sll2");
}
END_TEST

START_TEST(layers_all_have_names)
{
	int layer;

	for (layer = 0; layer < LAYERS; layer++)
		ck_assert_ptr_nonnull(layer_name((enum layer)layer));
}
END_TEST

START_TEST(layers_past_the_sixteenth_are_decoded_and_not_listed)
{
	char hex[SHOT_BYTES_MAX] = ETH("8100");
	struct shot s;
	int i;

	for (i = 1; i < 20; i++)
		strcat(hex, "0009 8100");
	strcat(hex, "000a 0800");
	strcat(hex, IP4_UDP);
	shot_of(&s, 1, hex);
	ck_assert_uint_eq(s.p.layer_count, PACKET_LAYERS_MAX);
	ck_assert_uint_eq(s.p.layers[PACKET_LAYERS_MAX - 1], LAYER_VLAN);
	ck_assert_uint_eq(s.p.vlan_count, 20);
	ck_assert_uint_eq(s.p.ip_version, 4);
	ck_assert_uint_eq(packet_dst_port(&s.p), 53);
	ck_assert_int_eq(s.p.status, PACKET_OK);
	shot_free(&s);
}
END_TEST

START_TEST(vlan_ids_come_without_priority_outermost_first)
{
	struct shot s;

	shot_of(&s, 1, ETH("88a8") "e064 8100 0fff 8100 0003 8100 0004"
	    "8100 0005 0800" IP4_UDP);
	ck_assert_uint_eq(s.p.vlan_count, 5);
	ck_assert_uint_eq(s.p.vlan[0], 100);
	ck_assert_uint_eq(s.p.vlan[1], 4095);
	ck_assert_uint_eq(s.p.vlan[3], 4);
	shot_free(&s);
}
END_TEST

/* The FCS of four bytes is not the network layer's: with a length of 0 in the
 * IP header it would be counted. */
START_TEST(a_frame_check_sequence_is_left_out)
{
	static const struct {
		unsigned link_type;
		const char *header;
		unsigned ip_bytes;
	} rows[] = {
		{ 127, "0000 0900 02000000 10", 32 },
		{ 127, "0000 0900 02000000 00", 36 },
		{ 192, "00001600 69000000 0200 0a00 0000000000000000 0100",
		    32 },
		{ 192, "00001600 69000000 0200 0a00 0000000000000000 0000",
		    36 },
		{ 192, "00012400 69000000 0300 0500 0000000000000000"
		    "0200 0a00 0000000000000000 0100 0000", 32 },
	};
	char hex[SHOT_BYTES_MAX];
	struct shot s;

	snprintf(hex, sizeof(hex), "%s%s", rows[_i].header,
	    "0801 0000" WLAN_ADDRESSES "0000" LLC_SNAP_IP4
	    "4500 0000 0001 0000 4011 0000 c0a80102 0a000003" UDP_ABCD
	    "01020304");
	shot_of(&s, rows[_i].link_type, hex);
	ck_assert_int_eq(s.p.status, PACKET_OK);
	ck_assert_int_eq(s.p.flags & PACKET_LEN_ZERO, PACKET_LEN_ZERO);
	ck_assert_uint_eq(s.p.ip_bytes, rows[_i].ip_bytes);
	shot_free(&s);
}
END_TEST

START_TEST(a_payload_without_llc_frame_ends_at_llc)
{
	struct shot s;

	/* XID and a receiver-ready frame to the IP SAP carry no datagram. */
	shot_of(&s, 1, ETH("0003") "0606af");
	ck_assert_int_eq(s.p.status, PACKET_OK);
	ck_assert_uint_eq(s.p.layer_count, 2);
	shot_free(&s);
	shot_of(&s, 1, ETH("0004") "060601 00");
	ck_assert_int_eq(s.p.status, PACKET_OK);
	ck_assert_uint_eq(s.p.layer_count, 2);
	shot_free(&s);
}
END_TEST

START_TEST(broken_link_headers_are_malformed)
{
	static const struct {
		unsigned link_type;
		const char *hex;
	} rows[] = {
		{ 101, "00" IP4_UDP },			/* no version */
		{ 127, "0000 0700 00000000" },		/* length below 8 */
		{ 127, "0000 0800 00000080 00000000" },	/* more words: none */
		{ 192, "00000700 69000000" },		/* length below 8 */
		{ 239, "0200 0000 0300 0900" },		/* TLV below 4 */
		{ 1, ETH("0002") "aaaa03 000000 0800" IP4_UDP },
		{ 1, ETH("8864") "1100 0001 0100 0021" IP4_UDP },
	};
	struct shot s;

	shot_of(&s, rows[_i].link_type, rows[_i].hex);
	ck_assert_int_eq(s.p.status, PACKET_MALFORMED);
	shot_free(&s);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("decode_layers");
	TCase *tc = tcase_create("frames");

	tcase_add_loop_test(tc, whole_frames_show_all_their_layers,
	    0, KNOWN_FRAMES);
	tcase_add_loop_test(tc,
	    every_snaplen_truncates_and_nothing_is_read_past_it,
	    0, KNOWN_FRAMES);
	tcase_add_loop_test(tc,
	    every_end_on_the_wire_before_the_last_byte_is_malformed,
	    0, KNOWN_FRAMES);
	tcase_add_loop_test(tc,
	    a_wire_length_below_the_captured_one_does_not_count,
	    0, KNOWN_FRAMES);
	suite_add_tcase(s, tc);
	tc = tcase_create("layers");
	tcase_add_loop_test(tc,
	    a_link_type_without_decoder_is_skipped_and_has_no_layers, 0, 5);
	tcase_add_test(tc, link_types_have_the_names_of_the_registry);
	tcase_add_test(tc, layers_all_have_names);
	tcase_add_test(tc,
	    layers_past_the_sixteenth_are_decoded_and_not_listed);
	tcase_add_test(tc, vlan_ids_come_without_priority_outermost_first);
	tcase_add_loop_test(tc, a_frame_check_sequence_is_left_out, 0, 5);
	tcase_add_test(tc, a_payload_without_llc_frame_ends_at_llc);
	tcase_add_loop_test(tc, broken_link_headers_are_malformed, 0, 7);
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
