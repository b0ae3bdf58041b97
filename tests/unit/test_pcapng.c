#include "analyzer/capture/reader.h"

#include <check.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/read_all.h"
#include "tests/unit/stats_random.h"
#include "tests/unit/temporary_folder.h"

enum { SECTION = 0x0a0d0d0a, INTERFACE = 1, OBSOLETE = 2, SIMPLE = 3,
    ENHANCED = 6, CUSTOM = 0xbad, SECTION_BYTES = 28 };

static size_t
begin_block(struct image *m, uint32_t type)
{
	size_t at = m->len;

	image_number(m, type, 4);
	image_number(m, 0, 4);
	return at;
}

static void
end_block(struct image *m, size_t at, bool is_frame)
{
	uint32_t len;

	image_fill(m, 0, -m->len % 4);
	len = (uint32_t)(m->len + 4 - at);
	image_patch32(m, at + 4, len);
	image_number(m, len, 4);
	image_end_record(m, is_frame);
}

static void
add_section(struct image *m, unsigned major, unsigned minor)
{
	size_t at = begin_block(m, SECTION);

	image_number(m, 0x1a2b3c4d, 4);
	image_number(m, major, 2);
	image_number(m, minor, 2);
	image_number(m, UINT64_MAX, 8);
	end_block(m, at, false);
}

static void
add_option(struct image *m, unsigned code, uint64_t value, unsigned bytes)
{
	image_number(m, code, 2);
	image_number(m, bytes, 2);
	image_number(m, value, bytes);
	image_fill(m, 0, -bytes % 4);
}

enum { NO_OPTION = 256 };

/* resolution NO_OPTION leaves the option out; so does an offset of 0. */
static void
add_interface(struct image *m, unsigned link_type, uint32_t snaplen,
    unsigned resolution, int64_t offset_s)
{
	size_t at = begin_block(m, INTERFACE);

	image_number(m, link_type, 2);
	image_number(m, 0, 2);
	image_number(m, snaplen, 4);
	add_option(m, 2, 0x306d65, 3);		/* if_name */
	if (resolution != NO_OPTION)
		add_option(m, 9, resolution, 1);
	if (offset_s != 0)
		add_option(m, 14, (uint64_t)offset_s, 8);
	add_option(m, 0, 0, 0);
	end_block(m, at, false);
}

static void
add_data(struct image *m, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		image_fill(m, (uint8_t)(i * 5 + m->end_count), 1);
}

static void
add_packet(struct image *m, uint32_t type, uint32_t interface, uint64_t ticks,
    uint32_t cap_len, uint32_t wire_len)
{
	size_t at = begin_block(m, type);

	if (type == ENHANCED) {
		image_number(m, interface, 4);
	} else {
		image_number(m, interface, 2);
		image_number(m, 0xffff, 2);
	}
	image_number(m, ticks >> 32, 4);
	image_number(m, ticks & UINT32_MAX, 4);
	image_number(m, cap_len, 4);
	image_number(m, wire_len, 4);
	add_data(m, cap_len);
	end_block(m, at, true);
}

static void
add_simple(struct image *m, uint32_t wire_len, uint32_t stored)
{
	size_t at = begin_block(m, SIMPLE);

	image_number(m, wire_len, 4);
	add_data(m, stored);
	end_block(m, at, true);
}

static void
add_other(struct image *m, uint32_t type, uint32_t bytes)
{
	size_t at = begin_block(m, type);

	add_data(m, bytes);
	end_block(m, at, false);
}

/* Everything that a sound file may hold; the second section is of the other
 * byte order. */
static struct image
sound_image(bool big_endian)
{
	struct image m = { .big_endian = big_endian };

	add_section(&m, 1, 0);
	add_interface(&m, 1, 0, NO_OPTION, 0);
	add_packet(&m, ENHANCED, 0, 1000001, 61, 61);
	add_other(&m, CUSTOM, 10);
	add_interface(&m, 113, 20, 9, 0);
	add_packet(&m, ENHANCED, 1, 2000000001, 20, 400);
	add_packet(&m, OBSOLETE, 0, 3000003, 7, 7);
	add_simple(&m, 33, 33);
	add_other(&m, 0x7fffffff, 0);
	m.big_endian = !big_endian;
	add_section(&m, 1, 2);
	add_interface(&m, 101, 40, 0x80 | 10, 5);
	add_packet(&m, ENHANCED, 0, 512, 3, 3);
	add_simple(&m, 100, 40);
	return m;
}

START_TEST(every_prefix_gives_the_whole_records_before_it)
{
	struct image m = sound_image(_i);

	for (size_t len = 0; len <= m.len; len++)
		assert_prefix(&m, SECTION_BYTES, len);
	image_reset(&m);
}
END_TEST

START_TEST(sections_interfaces_and_blocks_are_read_as_they_stand)
{
	static const struct frame wanted[] = {
		{ .ts_ns = 1000001000, .cap_len = 61, .wire_len = 61,
		    .link_type = 1, .ts_digits = 6 },
		{ .ts_ns = 2000000001, .cap_len = 20, .wire_len = 400,
		    .interface = 1, .link_type = 113, .ts_digits = 9 },
		{ .ts_ns = 3000003000, .cap_len = 7, .wire_len = 7,
		    .link_type = 1, .ts_digits = 6 },
		{ .cap_len = 33, .wire_len = 33, .link_type = 1,
		    .flags = FRAME_NO_TIME },
		{ .ts_ns = INT64_C(5500000000), .cap_len = 3, .wire_len = 3,
		    .link_type = 101, .ts_digits = 9 },
		{ .cap_len = 40, .wire_len = 100, .link_type = 101,
		    .flags = FRAME_NO_TIME },
	};
	struct image m = sound_image(_i);
	struct reading r = read_image(&m);

	ck_assert_int_eq(r.status, READER_END);
	ck_assert_str_eq(r.format, "pcapng");
	ck_assert_str_eq(r.note, "");
	ck_assert_uint_eq(r.count, 6);
	for (size_t i = 0; i < r.count; i++) {
		const struct frame *f = &r.frames[i], *w = &wanted[i];

		ck_assert_int_eq(f->ts_ns, w->ts_ns);
		ck_assert_uint_eq(f->number, i + 1);
		ck_assert_uint_eq(f->cap_len, w->cap_len);
		ck_assert_uint_eq(f->wire_len, w->wire_len);
		ck_assert_uint_eq(f->interface, w->interface);
		ck_assert_uint_eq(f->link_type, w->link_type);
		/* The last two are in a section of the other byte order. */
		ck_assert_uint_eq(f->flags, w->flags |
		    ((_i != 0) == (i < 4) ? FRAME_BIG_ENDIAN : 0));
		if ((f->flags & FRAME_NO_TIME) == 0)
			ck_assert_uint_eq(f->ts_digits, w->ts_digits);
	}
	ck_assert_uint_eq(r.link_type_count, 3);
	ck_assert_uint_eq(r.link_types[0], 1);
	ck_assert_uint_eq(r.link_types[1], 113);
	ck_assert_uint_eq(r.link_types[2], 101);
	ck_assert_uint_eq(r.frames[0].data[0], 2);	/* of two records */
	ck_assert_uint_eq(r.frames[0].data[60], (uint8_t)(60 * 5 + 2));
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

/* Worked out by hand from the specification. */
static const struct moment {
	unsigned resolution;
	int64_t offset_s;
	uint64_t ticks;
	int64_t ts_ns;
	bool out_of_range;
	unsigned digits;
} moments[] = {
	{ NO_OPTION, 0, 1, 1000, false, 6 },
	{ 0, 0, 9223372036, INT64_C(9223372036000000000), false, 0 },
	{ 0, 0, 9223372037, 0, true, 0 },
	{ 3, 0, 1001, 1001000000, false, 3 },
	{ 6, 0, 9223372036854775, INT64_C(9223372036854775000), false, 6 },
	{ 6, 0, 9223372036854776, 0, true, 6 },
	{ 6, 0, UINT64_MAX, 0, true, 6 },
	{ 9, 0, INT64_MAX, INT64_MAX, false, 9 },
	{ 9, 0, (uint64_t)INT64_MAX + 1, 0, true, 9 },
	/* Finer than a nanosecond: cut. */
	{ 12, 0, 1999, 1, false, 9 },
	{ 12, 0, UINT64_MAX, INT64_C(18446744073709551), false, 9 },
	{ 19, 0, UINT64_MAX, 1844674407, false, 9 },
	{ 20, 0, UINT64_MAX, 184467440, false, 9 },
	{ 127, 0, UINT64_MAX, 0, false, 9 },
	/* Powers of two. */
	{ 0x80, 0, 7, INT64_C(7000000000), false, 0 },
	{ 0x80 | 1, 0, 3, 1500000000, false, 1 },
	{ 0x80 | 10, 0, 1023, 999023437, false, 9 },
	{ 0x80 | 30, 0, 1, 0, false, 9 },
	{ 0x80 | 30, 0, 2, 1, false, 9 },
	{ 0x80 | 32, 0, UINT64_C(1) << 63, INT64_C(2147483648000000000),
	    false, 9 },
	{ 0x80 | 63, 0, UINT64_MAX, 1999999999, false, 9 },
	{ 0x80 | 64, 0, UINT64_MAX, 999999999, false, 9 },
	{ 0x80 | 127, 0, UINT64_MAX, 0, false, 9 },
	/* Offsets. */
	{ 6, 1600000000, 5, INT64_C(1600000000000005000), false, 6 },
	{ 9, -1, 5, -999999995, false, 9 },
	{ 9, INT64_MAX, 5, 0, true, 9 },
	{ 9, INT64_MIN, 5, 0, true, 9 },
	{ 9, 9223372036, 854775807, INT64_MAX, false, 9 },
	{ 9, 9223372036, 854775808, 0, true, 9 },
	{ 9, -9223372036, 0, INT64_C(-9223372036000000000), false, 9 },
	{ 9, -9223372037, 145224193, INT64_MIN + 1, false, 9 },
	{ 9, -9223372037, 145224191, 0, true, 9 },
	/* Ticks past the range, which the offset brings back. */
	{ 6, -9223372037, 9223372037000001, 1000, false, 6 },
	{ 0, -4000000000, 4000000001, 1000000000, false, 0 },
};

START_TEST(ticks_become_nanoseconds)
{
	const struct moment *w = &moments[_i];
	struct image m = { .big_endian = _i % 2 };
	struct reading r;

	add_section(&m, 1, 0);
	add_interface(&m, 1, 0, w->resolution, w->offset_s);
	add_packet(&m, ENHANCED, 0, w->ticks, 0, 0);
	r = read_image(&m);
	ck_assert_uint_eq(r.count, 1);
	ck_assert_int_eq(r.frames[0].ts_ns, w->ts_ns);
	ck_assert_uint_eq(r.frames[0].flags,
	    (w->out_of_range ? FRAME_TIME_RANGE : 0) |
	    (_i % 2 ? FRAME_BIG_ENDIAN : 0));
	ck_assert_uint_eq(r.frames[0].ts_digits, w->digits);
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

/* What is wrong with a file of one section, one interface, one packet of 40
 * bytes (at 60), and where it is told. */
static const struct fault {
	size_t at;
	uint32_t value;		/* written over what is there */
	size_t frames;		/* that are read all the same */
	size_t offset;
	const char *words;
} faults[] = {
	{ 28 + 4, 18, 0, 28, "type 1" },	/* lengths */
	{ 28 + 4, 33, 0, 28, "33 bytes" },
	{ 28 + 4, 12, 0, 28, "lengths of a block differ" },
	{ 28 + 28, 36, 0, 28, "lengths of a block differ (32 and 36)" },
	{ 28 + 4, 0, 0, 28, "0 bytes" },
	{ 28 + 4, 0xfffffffc, 0, 28, "more than any writer" },
	{ 60 + 4, 0x7ffffffc, 0, 60, "more than any writer" },
	{ 60 + 8, 1, 0, 60, "interface 1, but 1 are" },
	{ 60 + 8, UINT32_MAX, 0, 60, "interface 4294967295" },
	{ 60 + 20, 41, 0, 60, "packet of 41 bytes in a block of 72" },
	{ 60 + 20, UINT32_MAX, 0, 60, "packet of 4294967295" },
	{ 60 + 68, 0, 0, 60, "lengths of a block differ (72 and 0)" },
	{ 132 + 4, 68, 1, 132, "lengths of a block differ" },
	{ 132 + 20, 41, 1, 132, "packet of 41" },
	/* Options */
	{ 44, 0xffff0009, 0, 28, "option" },
	{ 52, 0x00ff0009, 0, 28, "option" },
};

static struct image
plain_image(void)
{
	struct image m = { 0 };

	add_section(&m, 1, 0);
	add_interface(&m, 1, 0, NO_OPTION, 0);
	ck_assert_uint_eq(m.len, 60);
	add_packet(&m, ENHANCED, 0, 1, 40, 40);
	ck_assert_uint_eq(m.len, 132);
	add_packet(&m, ENHANCED, 0, 2, 40, 40);
	return m;
}

START_TEST(damage_is_told_with_its_place)
{
	const struct fault *f = &faults[_i];
	struct image m = plain_image();
	struct reading r;

	image_patch32(&m, f->at, f->value);
	r = read_image(&m);
	assert_fault(&r, READER_DAMAGED, f->offset, f->words);
	ck_assert_uint_eq(r.count, f->frames);
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

START_TEST(a_packet_before_any_interface_is_damage)
{
	static const uint32_t types[] = { ENHANCED, OBSOLETE, SIMPLE };
	struct image m = { 0 };
	struct reading r;

	add_section(&m, 1, 0);
	if (types[_i] == SIMPLE)
		add_simple(&m, 4, 4);
	else
		add_packet(&m, types[_i], 0, 1, 4, 4);
	r = read_image(&m);
	assert_fault(&r, READER_DAMAGED, 28, "interface");
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

START_TEST(a_new_section_forgets_the_interfaces)
{
	struct image m = plain_image();
	struct reading r;

	add_section(&m, 1, 0);
	add_packet(&m, ENHANCED, 0, 2, 40, 40);
	r = read_image(&m);
	ck_assert_uint_eq(r.count, 2);
	assert_fault(&r, READER_DAMAGED, 132 + 72 + 28, "but 0 are");
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

START_TEST(blocks_too_short_for_their_type_are_damage)
{
	static const uint32_t types[] = { INTERFACE, ENHANCED, OBSOLETE,
	    SIMPLE };
	struct image m = plain_image();
	struct reading r;

	add_other(&m, types[_i], 0);
	r = read_image(&m);
	ck_assert_uint_eq(r.count, 2);
	assert_fault(&r, READER_DAMAGED, 132 + 72, "12");
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

START_TEST(a_section_of_unknown_version_is_passed_over)
{
	struct image m = plain_image();
	struct reading r;
	size_t at = m.len;
	char note[128];

	add_section(&m, 2, 7);
	add_other(&m, INTERFACE, 1);	/* would be damage */
	add_packet(&m, ENHANCED, 9, 1, 4, 4);
	m.big_endian = true;
	add_section(&m, 1, 0);
	add_interface(&m, 1, 0, NO_OPTION, 0);
	add_packet(&m, ENHANCED, 0, 3, 4, 4);
	r = read_image(&m);
	ck_assert_int_eq(r.status, READER_END);
	ck_assert_uint_eq(r.count, 3);
	ck_assert_int_eq(r.frames[2].ts_ns, 3000);
	snprintf(note, sizeof(note), "capture: offset %zu: a section of pcapng "
	    "version 2.7 was passed over (1.x is known)", at);
	ck_assert_str_eq(r.note, note);
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

START_TEST(a_wrong_byte_order_magic_is_refused)
{
	struct image m = plain_image();
	struct reading r;

	image_patch32(&m, 8, 0x1a2b3c4e);
	r = read_image(&m);
	ck_assert(!r.opened);
	ck_assert_msg(strncmp(r.err.text, "capture: offset 0: ", 19) == 0,
	    "%s", r.err.text);
	image_reset(&m);

	m = plain_image();
	add_section(&m, 1, 0);
	image_patch32(&m, 132 + 72 + 8, 0);
	r = read_image(&m);
	ck_assert_uint_eq(r.count, 2);
	assert_fault(&r, READER_DAMAGED, 132 + 72, "byte-order magic");
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

/* Blocks that nobody wants need not fit into memory, wherever they end. */
START_TEST(large_unknown_blocks_are_passed_over)
{
	static const uint32_t sizes[] = { 262132, 262144, 262148, 524288,
	    3000000 };
	struct image m = plain_image();
	size_t begin = m.len, end;
	struct reading r;

	add_other(&m, 10, sizes[_i]);
	end = m.len;
	add_packet(&m, ENHANCED, 0, 7, 40, 40);
	r = read_image(&m);
	ck_assert_int_eq(r.status, READER_END);
	ck_assert_uint_eq(r.count, 3);
	ck_assert_int_eq(r.frames[2].ts_ns, 7000);
	reading_reset(&r);
	for (size_t cut = 1; cut < 4; cut++) {
		r = read_bytes(m.data, end - cut, 64);
		ck_assert_uint_eq(r.count, 2);
		ck_assert_int_eq(r.status, READER_CUT);
		ck_assert_ptr_nonnull(strstr(r.err.text, "ends inside"));
		reading_reset(&r);
	}
	r = read_bytes(m.data, begin + sizes[_i] / 2, 64);
	ck_assert_int_eq(r.status, READER_CUT);
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

START_TEST(packets_of_the_largest_size_are_read)
{
	struct image m = plain_image();
	size_t at = m.len;
	struct reading r;

	add_packet(&m, ENHANCED, 0, 7, 262144, 262144);
	r = read_image(&m);
	ck_assert_int_eq(r.status, READER_END);
	ck_assert_uint_eq(r.count, 3);
	ck_assert_mem_eq(r.frames[2].data, m.data + at + 28, 262144);
	reading_reset(&r);
	add_packet(&m, ENHANCED, 0, 7, 262145, 262145);
	r = read_image(&m);
	ck_assert_uint_eq(r.count, 3);
	ck_assert_int_eq(r.status, READER_DAMAGED);
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

/* The oracle reads files of one link type and snaplen. */
static void
compare_with_libpcap(const struct reading *r)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline_with_tstamp_precision("capture",
	    PCAP_TSTAMP_PRECISION_NANO, why);
	struct pcap_pkthdr *header;
	const u_char *data;
	size_t i = 0;
	int status;

	ck_assert_msg(pcap != NULL, "%s", why);
	while ((status = pcap_next_ex(pcap, &header, &data)) == 1) {
		const struct frame *f = &r->frames[i];

		ck_assert_uint_lt(i, r->count);
		ck_assert_uint_eq(f->cap_len, header->caplen);
		ck_assert_uint_eq(f->wire_len, header->len);
		ck_assert_int_eq(f->ts_ns, header->ts.tv_sec *
		    INT64_C(1000000000) + header->ts.tv_usec);
		ck_assert_mem_eq(f->data, data, header->caplen);
		i++;
	}
	ck_assert_int_eq(status, r->status == READER_END ? PCAP_ERROR_BREAK :
	    PCAP_ERROR);
	ck_assert_uint_eq(i, r->count);
	pcap_close(pcap);
}

static void
add_random_block(struct image *m, uint64_t *state)
{
	uint32_t room = random_below(state, 20) == 0 ? 200000 : 1600;
	uint32_t cap_len = (uint32_t)random_below(state, room);
	uint32_t wire_len = cap_len + (uint32_t)random_below(state, 1000);
	/* until the year 2100, in nanoseconds */
	uint64_t ticks = random_below(state, UINT64_C(4102444800000000000));

	m->end_count = 0;	/* nobody asks */
	switch (random_below(state, 8)) {
	case 0:
		add_other(m, 0x1000 + (uint32_t)random_below(state, 9),
		    cap_len);
		break;
	case 1:
		add_packet(m, OBSOLETE, 0, ticks, cap_len, wire_len);
		break;
	default:
		add_packet(m, ENHANCED, 0, ticks, cap_len, wire_len);
		break;
	}
}

START_TEST(random_captures_read_as_libpcap_reads_them)
{
	uint64_t state = random_seed("random captures");

	for (unsigned long i = 0; i < random_rounds(12); i++) {
		struct image m = { .big_endian = random_below(&state, 2) };
		size_t wanted = 300000 + random_below(&state, 600000);
		struct reading r;

		add_section(&m, 1, 0);
		add_interface(&m, 1, 262144, 9, 0);
		while (m.len < wanted)
			add_random_block(&m, &state);
		if (random_below(&state, 2))
			m.len -= random_below(&state, 3000);
		r = read_bytes(m.data, m.len, 1 + random_below(&state, 64));
		compare_with_libpcap(&r);
		reading_reset(&r);
		image_reset(&m);
	}
}
END_TEST

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static Suite *
suite(void)
{
	Suite *s = suite_create("pcapng");
	TCase *t = tcase_create("pcapng");

	tcase_add_checked_fixture(t, temporary_folder_enter,
	    temporary_folder_leave);
	tcase_add_loop_test(t, every_prefix_gives_the_whole_records_before_it,
	    0, 2);
	tcase_add_loop_test(t,
	    sections_interfaces_and_blocks_are_read_as_they_stand, 0, 2);
	tcase_add_loop_test(t, ticks_become_nanoseconds, 0, COUNT(moments));
	tcase_add_loop_test(t, damage_is_told_with_its_place, 0,
	    COUNT(faults));
	tcase_add_loop_test(t, a_packet_before_any_interface_is_damage, 0, 3);
	tcase_add_test(t, a_new_section_forgets_the_interfaces);
	tcase_add_loop_test(t, blocks_too_short_for_their_type_are_damage, 0,
	    4);
	tcase_add_test(t, a_section_of_unknown_version_is_passed_over);
	tcase_add_test(t, a_wrong_byte_order_magic_is_refused);
	tcase_add_loop_test(t, large_unknown_blocks_are_passed_over, 0, 5);
	tcase_add_test(t, packets_of_the_largest_size_are_read);
	tcase_add_test(t, random_captures_read_as_libpcap_reads_them);
	suite_add_tcase(s, t);
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
