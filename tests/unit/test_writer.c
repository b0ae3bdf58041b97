#include "analyzer/capture/writer.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "tests/unit/read_all.h"
#include "tests/unit/temporary_folder.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Where a writer writes to here. */
static struct memory_sink {
	struct sink sink;	/* first */
	struct bytes bytes;
} out;

static int
keep(struct sink *sink, const void *data, size_t n, struct errbuf *err)
{
	(void)err;
	return bytes_append(&((struct memory_sink *)sink)->bytes, data, n);
}

static struct writer *
open_writer(enum writer_format format, uint32_t snaplen)
{
	struct errbuf err;
	struct writer *w;

	bytes_reset(&out.bytes);
	out.sink.write = keep;
	w = writer_new(format, "copy", snaplen, &out.sink, &err);
	ck_assert_ptr_nonnull(w);
	return w;
}

static void
finish(struct writer *w)
{
	struct errbuf err;

	ck_assert_int_eq(writer_finish(w, &err), 0);
	writer_free(w);
}

static const uint8_t data[] = { 'a', 'b', 'c', 'd', 'e' };

static struct frame
make_frame(int64_t ts_ns, unsigned digits, bool big_endian)
{
	return (struct frame){ .data = data, .ts_ns = ts_ns, .number = 1,
	    .cap_len = 5, .wire_len = 60, .link_type = 1,
	    .ts_digits = (uint8_t)digits,
	    .flags = big_endian ? FRAME_BIG_ENDIAN : 0 };
}

static void
assert_bytes(const char *wanted, size_t n)
{
	ck_assert_uint_eq(out.bytes.len, n);
	ck_assert_mem_eq(out.bytes.data, wanted, n);
}

#define BYTES(text) assert_bytes(text, sizeof(text) - 1)

START_TEST(microseconds_are_written_in_the_order_of_the_input)
{
	const struct reader_classic little = { 96, 1, 6, false };
	const struct reader_classic big = { 96, 0x24000001, 6, true };
	struct frame f = make_frame(3000007000, 6, _i);
	struct writer *w = open_writer(WRITER_PCAP, 0);
	struct errbuf err;

	ck_assert_int_eq(writer_classic(w, _i ? &big : &little, &err), 0);
	ck_assert_int_eq(writer_frame(w, &f, NULL, &err), 0);
	ck_assert_uint_eq(writer_packets(w), 1);
	finish(w);
	if (_i)		/* with its frame check sequences */
		BYTES("\xa1\xb2\xc3\xd4\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\x60"
		    "\x24\0\0\1\0\0\0\3\0\0\0\7\0\0\0\5\0\0\0\x3c" "abcde");
	else
		BYTES("\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\x60\0\0\0"
		    "\1\0\0\0\3\0\0\0\7\0\0\0\5\0\0\0\x3c\0\0\0" "abcde");
}
END_TEST

START_TEST(nanoseconds_have_a_magic_of_their_own)
{
	struct frame f = make_frame(3000000007, 9, false);
	struct writer *w = open_writer(WRITER_PCAP, 3);
	struct errbuf err;

	ck_assert_int_eq(writer_frame(w, &f, NULL, &err), 0);
	finish(w);
	BYTES("\x4d\x3c\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\3\0\0\0"
	    "\1\0\0\0\3\0\0\0\7\0\0\0\3\0\0\0\x3c\0\0\0" "abc");
}
END_TEST

START_TEST(a_pcap_without_packets_is_a_header)
{
	const struct reader_classic header = { 0, 113, 9, false };
	struct writer *w = open_writer(WRITER_PCAP, 0);
	struct errbuf err;

	ck_assert_int_eq(writer_classic(w, &header, &err), 0);
	finish(w);
	BYTES("\x4d\x3c\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\x71\0\0\0");
}
END_TEST

START_TEST(a_pcapng_without_anything_is_a_section)
{
	finish(open_writer(WRITER_PCAPNG, 0));
	BYTES("\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0"
	    "\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0");
}
END_TEST

START_TEST(a_classic_capture_becomes_a_section_with_one_interface)
{
	const struct reader_classic header = { 96, 1, 9, true };
	struct frame f = make_frame(INT64_C(0x123456789), 9, true);
	struct writer *w = open_writer(WRITER_PCAPNG, 0);
	struct errbuf err;

	ck_assert_int_eq(writer_classic(w, &header, &err), 0);
	ck_assert_int_eq(writer_frame(w, &f, NULL, &err), 0);
	finish(w);
	BYTES("\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3c\x4d\0\1\0\0"
	    "\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\x1c"
	    "\0\0\0\1\0\0\0\x20\0\1\0\0\0\0\0\x60\0\11\0\1\11\0\0\0\0\0\0\0"
	    "\0\0\0\x20"
	    "\0\0\0\6\0\0\0\x28\0\0\0\0\0\0\0\1\x23\x45\x67\x89\0\0\0\5"
	    "\0\0\0\x3c" "abcde\0\0\0" "\0\0\0\x28");
}
END_TEST

START_TEST(classic_captures_that_are_alike_share_a_section)
{
	struct reader_classic header = { 96, 1, 6, false };
	struct writer *w = open_writer(WRITER_PCAPNG, 0);
	struct errbuf err;

	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(writer_classic(w, &header, &err), 0);
	ck_assert_uint_eq(out.bytes.len, 28 + 20);
	header.ts_digits = 9;
	ck_assert_int_eq(writer_classic(w, &header, &err), 0);
	ck_assert_uint_eq(out.bytes.len, 2 * (28 + 20) + 12);
	writer_free(w);
}
END_TEST

/*
 * What a pcapng capture holds comes out as it was.
 */

/* Tells a writer of the blocks. */
struct copy {
	struct writer *writer;
	struct errbuf err;
	bool failed;
};

static void
observe(void *context, const struct reader_block *block)
{
	struct copy *c = context;

	c->failed |= writer_block(c->writer, block, &c->err) == -1;
}

/* Everything of the file "capture"; false where the writer refuses, with the
 * reason in copy->err. */
static bool
copy_all(struct copy *c)
{
	struct errbuf err;
	struct reader *r = reader_open("capture", NULL, &err);
	struct reader_classic header;
	struct reader_packet packet;
	struct frame frames[3];
	size_t n;

	ck_assert_msg(r != NULL, "%s", err.text);
	reader_observe(r, observe, c);
	if (reader_classic(r, &header))
		ck_assert_int_eq(writer_classic(c->writer, &header, &c->err),
		    0);
	while (!c->failed &&
	    reader_next(r, frames, 3, &n, &err) == READER_OK)
		for (size_t i = 0; i < n && !c->failed; i++)
			c->failed = writer_frame(c->writer, &frames[i],
			    reader_packet(r, &frames[i], &packet) ? &packet :
			    NULL, &c->err) == -1;
	reader_close(r);
	return !c->failed;
}

static void
add_block(struct image *m, uint32_t type, const void *body, uint32_t len)
{
	uint32_t padded = (len + 3) & ~3U;

	image_number(m, type, 4);
	image_number(m, padded + 12, 4);
	image_add(m, body, len);
	image_fill(m, 0, padded - len);
	image_number(m, padded + 12, 4);
}

static void
add_option(struct image *m, unsigned code, const char *text)
{
	size_t len = strlen(text);

	image_number(m, code, 2);
	image_number(m, len, 2);
	image_add(m, text, len);
	image_fill(m, 0, -len % 4);
}

static void
add_number(struct image *m, unsigned code, uint64_t value, unsigned bytes)
{
	image_number(m, code, 2);
	image_number(m, bytes, 2);
	image_number(m, value, bytes);
	image_fill(m, 0, -bytes % 4);
}

/* A body put together by itself. */
static void
add_body(struct image *m, uint32_t type, struct image *body)
{
	add_block(m, type, body->data, (uint32_t)body->len);
	image_reset(body);
}

static void
add_section(struct image *m, const char *comment)
{
	struct image b = { .big_endian = m->big_endian };

	image_number(&b, 0x1a2b3c4d, 4);
	image_number(&b, 1, 2);
	image_number(&b, 2, 2);
	image_number(&b, UINT64_MAX, 8);
	add_option(&b, 1, comment);
	add_option(&b, 4, "a program");
	add_number(&b, 0, 0, 0);
	add_body(m, READER_SECTION, &b);
}

static void
add_interface(struct image *m, unsigned link_type, const char *name,
    unsigned resolution)
{
	struct image b = { .big_endian = m->big_endian };

	image_number(&b, link_type, 2);
	image_number(&b, 0, 2);
	image_number(&b, 1000, 4);
	add_option(&b, 2, name);
	add_option(&b, 1, "an interface");
	add_number(&b, 9, resolution, 1);
	add_number(&b, 14, 1700000000, 8);
	add_option(&b, 31999, "unknown");
	add_body(m, READER_INTERFACE, &b);
}

static void
add_packet(struct image *m, unsigned interface, uint64_t ticks,
    const char *comment)
{
	struct image b = { .big_endian = m->big_endian };

	image_number(&b, interface, 4);
	image_number(&b, ticks >> 32, 4);
	image_number(&b, ticks & UINT32_MAX, 4);
	image_number(&b, 5, 4);
	image_number(&b, 60, 4);
	image_add(&b, data, 5);
	image_fill(&b, 0, 3);
	if (comment != NULL) {
		add_option(&b, 1, comment);
		add_number(&b, 2, 1, 4);
		add_number(&b, 0, 0, 0);
	}
	add_body(m, 6, &b);
}

/* An obsolete one, five packets lost before it. */
static void
add_obsolete(struct image *m, unsigned drops)
{
	struct image b = { .big_endian = m->big_endian };

	image_number(&b, 0, 2);
	image_number(&b, drops, 2);
	image_number(&b, 9, 8);
	image_number(&b, 5, 4);
	image_number(&b, 60, 4);
	image_add(&b, data, 5);
	image_fill(&b, 0, 3);
	add_option(&b, 1, "old");
	add_body(m, 2, &b);
}

static void
add_simple(struct image *m)
{
	struct image b = { .big_endian = m->big_endian };

	image_number(&b, 6, 4);
	image_add(&b, "simple", 6);
	add_body(m, 3, &b);
}

static void
add_others(struct image *m)
{
	struct image b = { .big_endian = m->big_endian };

	image_number(&b, 1, 2);
	image_number(&b, 6, 2);
	image_add(&b, "\300\000\002\001h\0\0\0\0\0\0\0", 12);
	add_body(m, READER_NAMES, &b);
	image_number(&b, 0x544c534b, 4);
	image_number(&b, 3, 4);
	image_add(&b, "key\0", 4);
	add_body(m, READER_SECRETS, &b);
	image_number(&b, 0, 4);
	image_number(&b, 77, 8);
	add_number(&b, 4, 12345, 8);
	add_body(m, READER_STATISTICS, &b);
}

/* Two sections, several interfaces, all that is kept. */
static struct image
rich_image(bool big_endian)
{
	struct image m = { .big_endian = big_endian };

	add_section(&m, "first");
	add_interface(&m, 1, "eth0", 9);
	add_packet(&m, 0, 3, "hello");
	add_interface(&m, 113, "any", 0x94);
	add_packet(&m, 1, 1 << 20, NULL);
	add_packet(&m, 0, 1, "back in time");
	add_others(&m);
	add_simple(&m);
	add_section(&m, "second");
	add_interface(&m, 101, "tun0", 6);
	add_packet(&m, 0, UINT64_MAX, "out of range");
	add_packet(&m, 0, 5, "");
	return m;
}

static void
write_capture(struct image *m)
{
	FILE *file = fopen("capture", "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(m->data, 1, m->len, file), m->len);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(pcapng_is_copied_byte_for_byte)
{
	struct image m = rich_image(_i);
	struct copy c = { .writer = open_writer(WRITER_PCAPNG, 0) };
	struct writer_losses losses;

	write_capture(&m);
	ck_assert_msg(copy_all(&c), "%s", c.err.text);
	writer_losses(c.writer, &losses);
	finish(c.writer);
	ck_assert_uint_eq(out.bytes.len, m.len);
	ck_assert_mem_eq(out.bytes.data, m.data, m.len);
	ck_assert_uint_eq(losses.comments + losses.names + losses.secrets +
	    losses.others, 0);
	image_reset(&m);
}
END_TEST

START_TEST(blocks_that_nobody_copies_are_counted)
{
	struct image m = rich_image(_i), whole = rich_image(_i);
	struct copy c = { .writer = open_writer(WRITER_PCAPNG, 0) };
	struct writer_losses losses;
	uint8_t *large = calloc(1, READER_BLOCK_MAX);

	ck_assert_ptr_nonnull(large);
	add_block(&m, 0xbad, "\1\2\3\4", 4);
	add_block(&m, 0x40000bad, "\1\2\3\4", 4);
	add_block(&m, 9, "A=B\n\n\n\n\n", 8);
	add_block(&m, READER_SECRETS, large, READER_BLOCK_MAX);
	write_capture(&m);
	ck_assert(copy_all(&c));
	writer_losses(c.writer, &losses);
	finish(c.writer);
	ck_assert_uint_eq(losses.others, 4);
	ck_assert_uint_eq(out.bytes.len, whole.len);
	ck_assert_mem_eq(out.bytes.data, whole.data, whole.len);
	free(large);
	image_reset(&m);
	image_reset(&whole);
}
END_TEST

START_TEST(a_block_of_megabytes_is_copied)
{
	struct image m = rich_image(_i);
	struct copy c = { .writer = open_writer(WRITER_PCAPNG, 0) };
	uint8_t *large = calloc(1, READER_BLOCK_MAX);

	ck_assert_ptr_nonnull(large);
	memset(large, 0x55, READER_BLOCK_MAX);
	add_block(&m, READER_SECRETS, large, READER_BLOCK_MAX - 12);
	add_simple(&m);
	write_capture(&m);
	ck_assert(copy_all(&c));
	finish(c.writer);
	ck_assert_uint_eq(out.bytes.len, m.len);
	ck_assert_mem_eq(out.bytes.data, m.data, m.len);
	free(large);
	image_reset(&m);
}
END_TEST

START_TEST(obsolete_packet_blocks_become_enhanced_ones)
{
	struct image m = { .big_endian = _i };
	struct copy c = { .writer = open_writer(WRITER_PCAPNG, 0) };
	struct frame f;
	struct reader_packet p;
	struct errbuf err;
	struct reader *r;
	FILE *file;
	size_t n;

	add_section(&m, "");
	add_interface(&m, 1, "eth0", 6);
	add_obsolete(&m, 5);
	add_obsolete(&m, 0xffff);	/* not known */
	write_capture(&m);
	ck_assert(copy_all(&c));
	finish(c.writer);
	file = fopen("copy", "wb");
	ck_assert_uint_eq(fwrite(out.bytes.data, 1, out.bytes.len, file),
	    out.bytes.len);
	fclose(file);
	r = reader_open("copy", NULL, &err);
	ck_assert_int_eq(reader_next(r, &f, 1, &n, &err), READER_OK);
	ck_assert(reader_packet(r, &f, &p));
	ck_assert(!p.has_drops);
	ck_assert_uint_eq(p.options_len, 12 + 8);
	ck_assert_mem_eq(p.options, _i ? "\0\4\0\10\0\0\0\0\0\0\0\5\0\1\0\3old"
	    : "\4\0\10\0\5\0\0\0\0\0\0\0\1\0\3\0old", 19);
	ck_assert_uint_eq(f.wire_len, 60);
	ck_assert_int_eq(reader_next(r, &f, 1, &n, &err), READER_OK);
	ck_assert(reader_packet(r, &f, &p));
	ck_assert_uint_eq(p.options_len, 8);
	reader_close(r);
	image_reset(&m);
}
END_TEST

START_TEST(a_snaplen_cuts_packets_and_is_said_of_interfaces)
{
	struct image m = rich_image(_i);
	struct copy c = { .writer = open_writer(WRITER_PCAPNG, 3) };
	struct reading before, after;

	before = read_image(&m);
	ck_assert(copy_all(&c));
	finish(c.writer);
	after = read_bytes(out.bytes.data, out.bytes.len, 64);
	ck_assert_int_eq(after.status, READER_END);
	ck_assert_uint_eq(after.count, before.count);
	for (size_t i = 0; i < after.count; i++) {
		ck_assert_uint_eq(after.frames[i].cap_len, 3);
		ck_assert_uint_eq(after.frames[i].wire_len,
		    before.frames[i].wire_len);
		ck_assert_mem_eq(after.frames[i].data, before.frames[i].data,
		    3);
		ck_assert_int_eq(after.frames[i].ts_ns,
		    before.frames[i].ts_ns);
	}
	reading_reset(&before);
	reading_reset(&after);
	image_reset(&m);
}
END_TEST

/* What a pcap has no place for, of packets behind one that fits. */
static const struct {
	struct frame frame;
	const char *words;
} misfits[] = {
	{ { .link_type = 113 }, "packet 2 is of another link type" },
	{ { .link_type = 1, .flags = FRAME_NO_TIME }, "2 has no time" },
	{ { .link_type = 1, .flags = FRAME_TIME_RANGE }, "before 1970" },
	{ { .link_type = 1, .ts_ns = -1 }, "before 1970 or after 2106" },
	{ { .link_type = 1, .ts_ns = INT64_C(4294967296000000000) },
	    "before 1970 or after 2106" },
	{ { .link_type = 1, .ts_ns = 1 }, "has nanoseconds" },
};

START_TEST(what_pcap_cannot_hold_is_refused)
{
	struct frame f = make_frame(0, 6, false);
	struct writer *w = open_writer(WRITER_PCAP, 0);
	struct errbuf err;

	ck_assert_int_eq(writer_frame(w, &f, NULL, &err), 0);
	f = misfits[_i].frame;
	f.number = 2;
	ck_assert_int_eq(writer_frame(w, &f, NULL, &err), -1);
	ck_assert_msg(strncmp(err.text, "copy: packet 2 ", 15) == 0, "%s",
	    err.text);
	ck_assert_msg(strstr(err.text, misfits[_i].words) != NULL, "%s",
	    err.text);
	ck_assert_msg(strstr(err.text, ".pcapng") != NULL, "%s", err.text);
	ck_assert_uint_eq(writer_packets(w), 1);
	writer_free(w);
}
END_TEST

START_TEST(the_last_second_of_pcap_is_written)
{
	struct frame f = make_frame(INT64_C(4294967295999999000), 6, false);
	struct writer *w = open_writer(WRITER_PCAP, 0);
	struct errbuf err;

	ck_assert_int_eq(writer_frame(w, &f, NULL, &err), 0);
	writer_free(w);
	ck_assert_mem_eq(out.bytes.data + 24, "\xff\xff\xff\xff\x3f\x42\x0f",
	    8);
}
END_TEST

START_TEST(byte_order_matters_only_to_some_link_types)
{
	struct frame f = make_frame(0, 6, true);
	struct writer *w = open_writer(WRITER_PCAP, 0);
	struct errbuf err;

	f.link_type = _i ? 189 : 1;
	ck_assert_int_eq(writer_frame(w, &f, NULL, &err), 0);
	f.flags = 0;
	ck_assert_int_eq(writer_frame(w, &f, NULL, &err), _i ? -1 : 0);
	writer_free(w);
}
END_TEST

START_TEST(what_pcap_leaves_out_is_counted)
{
	struct image m = { .big_endian = _i };
	struct copy c = { .writer = open_writer(WRITER_PCAP, 0) };
	struct writer_losses losses;
	struct reading r;

	add_section(&m, "a section");
	add_interface(&m, 1, "eth0", 9);
	add_packet(&m, 0, 3, "hello");
	add_packet(&m, 0, 4, NULL);
	add_others(&m);
	write_capture(&m);
	ck_assert_msg(copy_all(&c), "%s", c.err.text);
	writer_losses(c.writer, &losses);
	finish(c.writer);
	ck_assert_uint_eq(losses.comments, 3);
	ck_assert_uint_eq(losses.names, 1);
	ck_assert_uint_eq(losses.secrets, 1);
	ck_assert_uint_eq(losses.others, 0);
	r = read_bytes(out.bytes.data, out.bytes.len, 64);
	ck_assert_str_eq(r.format, "pcap-nsec");
	ck_assert_uint_eq(r.count, 2);
	ck_assert_int_eq(r.frames[1].ts_ns, INT64_C(1700000000000000004));
	ck_assert_uint_eq(r.frames[1].flags, _i ? FRAME_BIG_ENDIAN : 0);
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

START_TEST(a_pcap_of_no_packet_has_the_link_type_of_the_interface)
{
	struct image m = { .big_endian = _i };
	struct copy c = { .writer = open_writer(WRITER_PCAP, 0) };
	struct reading r;

	add_section(&m, "");
	add_interface(&m, 113, "any", 6);
	write_capture(&m);
	ck_assert(copy_all(&c));
	finish(c.writer);
	r = read_bytes(out.bytes.data, out.bytes.len, 64);
	ck_assert_int_eq(r.status, READER_END);
	ck_assert_uint_eq(r.link_types[0], 113);
	reading_reset(&r);
	image_reset(&m);
}
END_TEST

static int
refuse(struct sink *sink, const void *bytes, size_t n, struct errbuf *err)
{
	(void)sink;
	(void)bytes;
	(void)n;
	errbuf_set(err, "full");
	return -1;
}

START_TEST(a_sink_that_fails_is_told)
{
	struct image m = rich_image(false);
	struct copy c = { .writer = open_writer(_i ? WRITER_PCAP :
	    WRITER_PCAPNG, 0) };

	write_capture(&m);
	out.sink.write = refuse;
	ck_assert(!copy_all(&c));
	ck_assert_str_eq(c.err.text, "full");
	ck_assert_int_eq(writer_packets(c.writer), 0);
	writer_free(c.writer);
	image_reset(&m);
}
END_TEST

START_TEST(freeing_nothing_does_nothing)
{
	writer_free(NULL);
}
END_TEST

static void
leave(void)
{
	bytes_reset(&out.bytes);
	temporary_folder_leave();
}

static Suite *
suite(void)
{
	Suite *s = suite_create("writer");
	TCase *t = tcase_create("writer");

	tcase_add_checked_fixture(t, temporary_folder_enter, leave);
	tcase_add_loop_test(t,
	    microseconds_are_written_in_the_order_of_the_input, 0, 2);
	tcase_add_test(t, nanoseconds_have_a_magic_of_their_own);
	tcase_add_test(t, a_pcap_without_packets_is_a_header);
	tcase_add_test(t, a_pcapng_without_anything_is_a_section);
	tcase_add_test(t,
	    a_classic_capture_becomes_a_section_with_one_interface);
	tcase_add_test(t, classic_captures_that_are_alike_share_a_section);
	tcase_add_loop_test(t, pcapng_is_copied_byte_for_byte, 0, 2);
	tcase_add_loop_test(t, blocks_that_nobody_copies_are_counted, 0, 2);
	tcase_add_loop_test(t, a_block_of_megabytes_is_copied, 0, 2);
	tcase_add_loop_test(t, obsolete_packet_blocks_become_enhanced_ones, 0,
	    2);
	tcase_add_loop_test(t, a_snaplen_cuts_packets_and_is_said_of_interfaces,
	    0, 2);
	tcase_add_loop_test(t, what_pcap_cannot_hold_is_refused, 0,
	    COUNT(misfits));
	tcase_add_test(t, the_last_second_of_pcap_is_written);
	tcase_add_loop_test(t, byte_order_matters_only_to_some_link_types, 0,
	    2);
	tcase_add_loop_test(t, what_pcap_leaves_out_is_counted, 0, 2);
	tcase_add_loop_test(t,
	    a_pcap_of_no_packet_has_the_link_type_of_the_interface, 0, 2);
	tcase_add_loop_test(t, a_sink_that_fails_is_told, 0, 2);
	tcase_add_test(t, freeing_nothing_does_nothing);
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
