#include "analyzer/capture/reader.h"

#include <check.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/read_all.h"
#include "tests/unit/stats_random.h"
#include "tests/unit/temporary_folder.h"

enum { HEADER = 24, MICRO = 0, NANO = 1, MODIFIED = 2 };

static const struct kind {
	uint32_t magic;
	uint32_t record_header;
	uint32_t fraction_ns;
	uint8_t digits;
	const char *format;
} kinds[] = {
	[MICRO] = { 0xa1b2c3d4, 16, 1000, 6, "pcap" },
	[NANO] = { 0xa1b23c4d, 16, 1, 9, "pcap-nsec" },
	[MODIFIED] = { 0xa1b2cd34, 24, 1000, 6, "pcap-modified" },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static void
add_header(struct image *m, const struct kind *kind, unsigned minor,
    uint32_t link_type)
{
	image_number(m, kind->magic, 4);
	image_number(m, 2, 2);
	image_number(m, minor, 2);
	image_fill(m, 0, 8);
	image_number(m, 262144, 4);
	image_number(m, link_type, 4);
}

/* first and second are the lengths as they stand; stored follow. */
static void
add_record(struct image *m, const struct kind *kind, uint32_t seconds,
    uint32_t fraction, uint32_t first, uint32_t second, size_t stored)
{
	image_number(m, seconds, 4);
	image_number(m, fraction, 4);
	image_number(m, first, 4);
	image_number(m, second, 4);
	image_fill(m, 0x99, kind->record_header - 16);
	for (size_t i = 0; i < stored; i++)
		image_fill(m, (uint8_t)(i * 7 + seconds), 1);
	image_end_record(m, true);
}

static struct image
sound_image(const struct kind *kind, bool big_endian)
{
	struct image m = { .big_endian = big_endian };

	add_header(&m, kind, 4, 1);
	add_record(&m, kind, 10, 1, 60, 60, 60);
	add_record(&m, kind, 11, 999999, 0, 0, 0);
	add_record(&m, kind, 9, 0, 40, 1500, 40);
	add_record(&m, kind, UINT32_MAX, 5, 1, 1, 1);
	return m;
}

START_TEST(every_prefix_gives_the_whole_records_before_it)
{
	struct image m = sound_image(&kinds[_i / 2], _i % 2);

	for (size_t len = 0; len <= m.len; len++)
		assert_prefix(&m, HEADER, len);
	image_reset(&m);
}
END_TEST

START_TEST(records_are_read_as_they_stand)
{
	const struct kind *kind = &kinds[_i / 2];
	struct image m = sound_image(kind, _i % 2);
	struct reading r = read_image(&m);
	const struct frame *f = r.frames;

	ck_assert_int_eq(r.status, READER_END);
	ck_assert_str_eq(r.format, kind->format);
	ck_assert_uint_eq(r.link_type_count, 1);
	ck_assert_uint_eq(r.count, 4);
	ck_assert_int_eq(f[0].ts_ns, INT64_C(10000000000) + kind->fraction_ns);
	ck_assert_int_eq(f[1].ts_ns,
	    INT64_C(11000000000) + INT64_C(999999) * kind->fraction_ns);
	ck_assert_int_eq(f[2].ts_ns, INT64_C(9000000000));
	/* Seconds are unsigned: the year 2106. */
	ck_assert_int_eq(f[3].ts_ns, INT64_C(4294967295000000000) +
	    5 * kind->fraction_ns);
	ck_assert_uint_eq(f[2].cap_len, 40);
	ck_assert_uint_eq(f[2].wire_len, 1500);
	for (size_t i = 0; i < r.count; i++) {
		ck_assert_uint_eq(f[i].link_type, 1);
		ck_assert_uint_eq(f[i].interface, 0);
		ck_assert_uint_eq(f[i].flags,
		    _i % 2 ? FRAME_BIG_ENDIAN : 0);
		ck_assert_uint_eq(f[i].ts_digits, kind->digits);
	}
	for (uint32_t i = 0; i < f[0].cap_len; i++)
		ck_assert_uint_eq(f[0].data[i], (uint8_t)(i * 7 + 10));
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

/* Version, lengths as they stand, bytes stored. */
static const struct swap {
	unsigned minor;
	uint32_t first, second, cap_len, wire_len;
} swaps[] = {
	{ 4, 40, 90, 40, 90 },
	{ 4, 90, 40, 90, 40 },		/* odd, but it is what it says */
	{ 3, 40, 90, 40, 90 },
	{ 3, 90, 40, 40, 90 },
	{ 2, 90, 40, 40, 90 },
	{ 1, 40, 40, 40, 40 },
	{ 0, 90, 40, 40, 90 },
	{ 5, 40, 90, 40, 90 },
};

START_TEST(old_versions_have_the_original_length_first)
{
	const struct swap *s = &swaps[_i];
	struct image m = { 0 };
	struct reading r;

	add_header(&m, &kinds[MICRO], s->minor, 1);
	add_record(&m, &kinds[MICRO], 1, 0, s->first, s->second, s->cap_len);
	r = read_image(&m);
	ck_assert_int_eq(r.status, READER_END);
	ck_assert_uint_eq(r.count, 1);
	ck_assert_uint_eq(r.frames[0].cap_len, s->cap_len);
	ck_assert_uint_eq(r.frames[0].wire_len, s->wire_len);
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

START_TEST(a_fraction_of_a_second_or_more_is_marked)
{
	const struct kind *kind = &kinds[_i];
	const uint32_t second = 1000000000 / kind->fraction_ns;
	struct image m = { 0 };
	struct reading r;

	add_header(&m, kind, 4, 1);
	add_record(&m, kind, 5, second - 1, 0, 0, 0);
	add_record(&m, kind, 5, second, 0, 0, 0);
	add_record(&m, kind, 5, UINT32_MAX, 0, 0, 0);
	r = read_image(&m);
	ck_assert_uint_eq(r.frames[0].flags, 0);
	ck_assert_uint_eq(r.frames[1].flags, FRAME_TIME_ODD);
	ck_assert_uint_eq(r.frames[2].flags, FRAME_TIME_ODD);
	ck_assert_int_eq(r.frames[1].ts_ns, INT64_C(6000000000));
	ck_assert_int_eq(r.frames[2].ts_ns, INT64_C(5000000000) +
	    INT64_C(4294967295) * kind->fraction_ns);
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

START_TEST(upper_bits_of_the_link_type_are_no_part_of_it)
{
	struct image m = { 0 };
	struct reading r;

	/* FCS length 4, and that it is there. */
	add_header(&m, &kinds[MICRO], 4, 0x44000000 | 113);
	add_record(&m, &kinds[MICRO], 5, 0, 0, 0, 0);
	r = read_image(&m);
	ck_assert_uint_eq(r.frames[0].link_type, 113);
	ck_assert_uint_eq(r.link_types[0], 113);
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

/* A record of that length between two small ones. */
static struct reading
read_around(uint32_t link_type, uint32_t cap_len, struct image *m)
{
	*m = (struct image){ 0 };
	add_header(m, &kinds[MICRO], 4, link_type);
	add_record(m, &kinds[MICRO], 1, 0, 3, 3, 3);
	add_record(m, &kinds[MICRO], 2, 0, cap_len, cap_len, cap_len);
	add_record(m, &kinds[MICRO], 3, 0, 5, 5, 5);
	return read_image(m);
}

START_TEST(a_record_of_the_largest_size_is_read)
{
	struct image m;
	struct reading r = read_around(1, 262144, &m);

	ck_assert_int_eq(r.status, READER_END);
	ck_assert_uint_eq(r.count, 3);
	ck_assert_mem_eq(r.frames[1].data, m.data + 24 + 19 + 16, 262144);
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

START_TEST(a_larger_record_is_damage)
{
	struct image m;
	struct reading r = read_around(1, 262145, &m);

	ck_assert_uint_eq(r.count, 1);
	assert_fault(&r, READER_DAMAGED, 24 + 19, "262145");
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

START_TEST(usb_records_may_be_larger)
{
	struct image m;
	struct reading r = read_around(189, 3 << 20, &m);

	ck_assert_int_eq(r.status, READER_END);
	ck_assert_uint_eq(r.count, 3);
	ck_assert_mem_eq(r.frames[1].data, m.data + 24 + 19 + 16, 3 << 20);
	ck_assert_mem_eq(r.frames[2].data, m.data + m.len - 5, 5);
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

START_TEST(an_absurd_length_asks_for_no_memory)
{
	struct image m = { 0 };
	struct reading r;

	add_header(&m, &kinds[MICRO], 4, 189);
	add_record(&m, &kinds[MICRO], 1, 0, UINT32_MAX, 1, 10);
	r = read_image(&m);
	ck_assert_uint_eq(r.count, 0);
	assert_fault(&r, READER_DAMAGED, 24, "4294967295");
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

START_TEST(an_unknown_version_is_refused)
{
	struct image m = sound_image(&kinds[MICRO], false);
	struct reading r;

	m.data[4] = 3;
	r = read_image(&m);
	ck_assert(!r.opened && !r.foreign);
	ck_assert_str_eq(r.err.text,
	    "capture: offset 4: pcap version 3.4 is not known (2.x is)");
	image_reset(&m);
}
END_TEST

START_TEST(what_is_no_capture_is_foreign)
{
	static const char *const texts[] = { "", "a", "\xa1\xb2\xc3\xd5 1234",
	    "#!/bin/sh\necho no capture at all\n" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct reading r = read_bytes(texts[i], strlen(texts[i]), 1);

		ck_assert(!r.opened && r.foreign);
	}
}
END_TEST

/* The oracle: what libpcap's own reader gives for the file. */
static void
compare_with_libpcap(const char *path, const struct reading *r)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline_with_tstamp_precision(path,
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

/* More than a chunk of records, so that many straddle its end. */
static void
add_random_records(struct image *m, const struct kind *kind, uint64_t *state)
{
	size_t wanted = 300000 + random_below(state, 900000);

	while (m->len < wanted) {
		uint32_t room = random_below(state, 20) == 0 ? 200000 : 1600;
		uint32_t cap_len = (uint32_t)random_below(state, room);

		m->end_count = 0;	/* nobody asks */
		add_record(m, kind, (uint32_t)random_below(state, 1u << 31),
		    (uint32_t)random_below(state,
		    1000000000 / kind->fraction_ns), cap_len,
		    cap_len + (uint32_t)random_below(state, 1000), 0);
		for (uint32_t i = 0; i < cap_len; i += 8)
			image_number(m, random_next(state),
			    cap_len - i < 8 ? cap_len - i : 8);
	}
}

START_TEST(random_captures_read_as_libpcap_reads_them)
{
	uint64_t state = random_seed("random captures");

	for (unsigned long i = 0; i < random_rounds(24); i++) {
		const struct kind *kind = &kinds[random_below(&state, KINDS)];
		struct image m = { .big_endian = random_below(&state, 2) };
		struct reading r;

		add_header(&m, kind, 4, 1);
		add_random_records(&m, kind, &state);
		/* Sometimes cut. */
		if (random_below(&state, 2))
			m.len -= random_below(&state, 3000);
		r = read_bytes(m.data, m.len, 1 + random_below(&state, 64));
		compare_with_libpcap("capture", &r);
		reading_reset(&r);
		image_reset(&m);
	}
}
END_TEST

START_TEST(the_sample_captures_read_as_libpcap_reads_them)
{
	static const char *const names[] = { "echo.pcap", "georgetown.pcap",
	    "google.pcap", "nat_geo.pcap", "ping-nsec-be.pcap",
	    "wikipedia.pcap", "yahoo_finance.pcap" };
	const char *root = getenv("top_srcdir");
	char path[4096];
	struct reading r;

	snprintf(path, sizeof(path), "%s/pcap_files/%s",
	    root != NULL ? root : ".", names[_i]);
	r = read_file(path, 64);
	ck_assert_msg(r.opened, "%s", r.err.text);
	compare_with_libpcap(path, &r);
	reading_reset(&r);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("pcap");
	TCase *t = tcase_create("pcap"), *samples = tcase_create("samples");

	tcase_add_checked_fixture(t, temporary_folder_enter,
	    temporary_folder_leave);
	tcase_add_loop_test(t, every_prefix_gives_the_whole_records_before_it,
	    0, 2 * KINDS);
	tcase_add_loop_test(t, records_are_read_as_they_stand, 0, 2 * KINDS);
	tcase_add_loop_test(t, old_versions_have_the_original_length_first, 0,
	    sizeof(swaps) / sizeof(swaps[0]));
	tcase_add_loop_test(t, a_fraction_of_a_second_or_more_is_marked, 0,
	    KINDS);
	tcase_add_test(t, upper_bits_of_the_link_type_are_no_part_of_it);
	tcase_add_test(t, a_record_of_the_largest_size_is_read);
	tcase_add_test(t, a_larger_record_is_damage);
	tcase_add_test(t, usb_records_may_be_larger);
	tcase_add_test(t, an_absurd_length_asks_for_no_memory);
	tcase_add_test(t, an_unknown_version_is_refused);
	tcase_add_test(t, what_is_no_capture_is_foreign);
	tcase_add_test(t, random_captures_read_as_libpcap_reads_them);
	suite_add_tcase(s, t);
	tcase_add_loop_test(samples,
	    the_sample_captures_read_as_libpcap_reads_them, 0, 7);
	suite_add_tcase(s, samples);
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
