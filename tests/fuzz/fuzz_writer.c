/*
 * Savefiles written: whatever capture is read, its copy is sound and holds the
 * same frames, in pcapng always and in pcap unless it is refused; a copy of a
 * copy has the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/capture/names.h"
#include "analyzer/capture/writer.h"
#include "base/bytes.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/reading.h"

struct memory_sink {
	struct sink sink;	/* first */
	struct bytes bytes;
};

struct copy {
	struct writer *writer;
	struct names *names;
	struct errbuf err;
	bool failed;
	struct memory_sink out;
};

static int
keep(struct sink *sink, const void *data, size_t n, struct errbuf *err)
{
	(void)err;
	if (bytes_append(&((struct memory_sink *)sink)->bytes, data, n) == -1)
		fuzz_fail("out of memory");
	return 0;
}

static void
observe(void *context, const struct reader_block *block)
{
	struct copy *c = context;

	FUZZ_CHECK(block->len % 4 == 0);
	if (block->body != NULL)
		fuzz_hash(block->body, block->len);
	names_observe(c->names, block);
	c->failed |= writer_block(c->writer, block, &c->err) == -1;
}

static void
copy_frames(struct copy *c, struct reader *r, struct splitmix *chance)
{
	struct frame frames[READING_BATCH_MAX];
	struct reader_packet packet;
	struct errbuf err;
	size_t n, done = 0;

	while (!c->failed && done < READING_FRAMES_MAX && reader_next(r,
	    frames, 1 + splitmix_below(chance, READING_BATCH_MAX), &n,
	    &err) == READER_OK)
		for (size_t i = 0; i < n && !c->failed &&
		    done < READING_FRAMES_MAX; i++, done++) {
			bool ng = reader_packet(r, &frames[i], &packet);

			if (ng && !packet.simple)
				fuzz_hash(packet.options, packet.options_len);
			c->failed = writer_frame(c->writer, &frames[i],
			    ng ? &packet : NULL, &c->err) == -1;
		}
}

/* False where it was refused: with the reason. */
static bool
copy_capture(struct copy *c, const uint8_t *data, size_t len,
    enum writer_format format, uint32_t snaplen)
{
	struct splitmix chance = fuzz_chance(data, len);
	struct reader_classic header;
	struct fuzz_path file;
	struct reader *r;

	*c = (struct copy){ .out.sink.write = keep };
	fuzz_path_file(&file, data, len);
	r = reader_open(file.path, NULL, &c->err);
	c->writer = writer_new(format, "copy", snaplen, &c->out.sink, &c->err);
	c->names = names_new(&c->err);
	if (r == NULL || c->writer == NULL || c->names == NULL)
		fuzz_fail("%s", c->err.text);
	reader_observe(r, observe, c);
	if (reader_classic(r, &header))
		c->failed = writer_classic(c->writer, &header, &c->err) == -1;
	copy_frames(c, r, &chance);
	if (!c->failed)
		c->failed = writer_finish(c->writer, &c->err) == -1;
	if (c->failed)
		fuzz_check_line(&c->err, "copy");
	reader_close(r);
	writer_free(c->writer);
	names_free(c->names);
	fuzz_path_close(&file);
	return !c->failed;
}

static uint32_t
smaller(uint32_t a, uint32_t b)
{
	return b != 0 && b < a ? b : a;
}

/* The copy's frames, as far as its format and snaplen can hold them. */
static void
compare(const struct reading *a, const struct copy *c,
    enum writer_format format, uint32_t snaplen)
{
	/* Fractions of a second or more become whole seconds in pcap. */
	const unsigned mask = FRAME_BIG_ENDIAN | FRAME_TIME_ODD;
	struct fuzz_path file;
	struct reading b;

	fuzz_path_file(&file, c->out.bytes.data, c->out.bytes.len);
	reading_take(&b, file.path, READING_BATCH_MAX);
	FUZZ_CHECK(b.opened);
	FUZZ_CHECK(b.status == READER_END || b.count == READING_FRAMES_MAX);
	FUZZ_CHECK(a->count == b.count);
	for (size_t i = 0; i < a->count; i++) {
		const struct reading_frame *fa = &a->frames[i];
		const struct reading_frame *fb = &b.frames[i];

		FUZZ_CHECK(fa->frame.ts_ns == fb->frame.ts_ns);
		FUZZ_CHECK(smaller(fa->frame.cap_len, snaplen) ==
		    fb->frame.cap_len);
		FUZZ_CHECK(fa->frame.wire_len == fb->frame.wire_len);
		FUZZ_CHECK(fa->frame.link_type == fb->frame.link_type);
		FUZZ_CHECK(((fa->frame.flags ^ fb->frame.flags) & ~mask) == 0);
		FUZZ_CHECK(fa->frame.cap_len > fb->frame.cap_len ||
		    fa->hash == fb->hash);
		if (format == WRITER_PCAP)
			continue;
		FUZZ_CHECK(fa->frame.interface == fb->frame.interface);
		FUZZ_CHECK(fa->frame.ts_digits == fb->frame.ts_digits);
		FUZZ_CHECK(((fa->frame.flags ^ fb->frame.flags) &
		    FRAME_BIG_ENDIAN) == 0);
	}
	reading_reset(&b);
	fuzz_path_close(&file);
}

static void
check_format(const struct reading *r, const uint8_t *data, size_t len,
    enum writer_format format, uint32_t snaplen)
{
	struct copy first, second;

	if (copy_capture(&first, data, len, format, snaplen)) {
		compare(r, &first, format, snaplen);
		FUZZ_CHECK(copy_capture(&second, first.out.bytes.data,
		    first.out.bytes.len, format, snaplen));
		FUZZ_CHECK(first.out.bytes.len == second.out.bytes.len);
		FUZZ_CHECK(memcmp(first.out.bytes.data, second.out.bytes.data,
		    first.out.bytes.len) == 0);
		bytes_reset(&second.out.bytes);
	} else {
		FUZZ_CHECK(format == WRITER_PCAP);
	}
	bytes_reset(&first.out.bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct splitmix chance = fuzz_chance(data, len);
	uint32_t snaplen = 1 + (uint32_t)splitmix_below(&chance, 100);
	struct fuzz_path file;
	struct reading r;

	fuzz_path_file(&file, data, len);
	reading_take(&r, file.path, READING_BATCH_MAX);
	fuzz_path_close(&file);
	if (r.opened) {
		check_format(&r, data, len, WRITER_PCAPNG, 0);
		check_format(&r, data, len, WRITER_PCAPNG, snaplen);
		check_format(&r, data, len, WRITER_PCAP, 0);
		check_format(&r, data, len, WRITER_PCAP, snaplen);
	}
	reading_reset(&r);
	return 0;
}
