/*
 * For the tests of the reader: bytes put together, written to a file of the
 * current folder, and read to their end.
 */
#ifndef TESTS_UNIT_READ_ALL_H
#define TESTS_UNIT_READ_ALL_H

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/capture/reader.h"

/* The bytes of a file to be, and where each of its records ends. */
struct image {
	uint8_t *data;
	size_t len, room;
	bool big_endian;
	size_t ends[256];
	bool is_frame[256];	/* the record that ends there holds one */
	size_t end_count;
};

static inline void
image_add(struct image *image, const void *data, size_t n)
{
	if (image->len + n > image->room) {
		image->room = 2 * (image->len + n);
		image->data = realloc(image->data, image->room);
		ck_assert_ptr_nonnull(image->data);
	}
	if (n > 0)
		memcpy(image->data + image->len, data, n);
	image->len += n;
}

static inline void
image_number(struct image *image, uint64_t value, unsigned bytes)
{
	uint8_t number[8];

	for (unsigned i = 0; i < bytes; i++)
		number[image->big_endian ? bytes - 1 - i : i] =
		    (uint8_t)(value >> 8 * i);
	image_add(image, number, bytes);
}

static inline void
image_fill(struct image *image, uint8_t byte, size_t n)
{
	while (n-- > 0)
		image_add(image, &byte, 1);
}

/* A number in the middle, written over. */
static inline void
image_patch32(struct image *image, size_t at, uint32_t value)
{
	size_t len = image->len;

	ck_assert_uint_le(at + 4, len);
	image->len = at;
	image_number(image, value, 4);
	image->len = len;
}

static inline void
image_end_record(struct image *image, bool is_frame)
{
	ck_assert_uint_lt(image->end_count, 256);
	image->is_frame[image->end_count] = is_frame;
	image->ends[image->end_count++] = image->len;
}

static inline void
image_reset(struct image *image)
{
	free(image->data);
	*image = (struct image){ 0 };
}

/* What a reader gave; the frames' bytes are copied. */
struct reading {
	bool opened, foreign;
	enum reader_status status;	/* the last one */
	struct errbuf err;		/* of the open or of the end */
	struct frame *frames;
	size_t count;
	char format[32];
	uint16_t link_types[16];
	size_t link_type_count;
	char note[ERRBUF_BYTES];
};

static inline void
reading_keep(struct reading *reading, const struct frame *frames, size_t n)
{
	reading->frames = realloc(reading->frames,
	    (reading->count + n) * sizeof(*frames));
	ck_assert_ptr_nonnull(reading->frames);
	for (size_t i = 0; i < n; i++) {
		struct frame *kept = &reading->frames[reading->count++];
		uint8_t *copy = malloc(frames[i].cap_len + 1);

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, frames[i].data, frames[i].cap_len);
		*kept = frames[i];
		kept->data = copy;
	}
}

/* Reads a file, so many frames at a time. */
static inline struct reading
read_file(const char *path, size_t at_once)
{
	struct reading reading = { .status = READER_OK };
	struct reader *r = reader_open(path, &reading.foreign, &reading.err);
	struct frame frames[64];
	const uint16_t *types;
	size_t n;

	ck_assert_uint_le(at_once, 64);
	if (r == NULL)
		return reading;
	reading.opened = true;
	while ((reading.status = reader_next(r, frames, at_once, &n,
	    &reading.err)) == READER_OK) {
		ck_assert_uint_ge(n, 1);
		ck_assert_uint_le(n, at_once);
		reading_keep(&reading, frames, n);
	}
	ck_assert_uint_eq(n, 0);
	/* The last word is final. */
	ck_assert_int_eq(reader_next(r, frames, at_once, &n, &reading.err),
	    reading.status);
	snprintf(reading.format, sizeof(reading.format), "%s",
	    reader_format(r));
	types = reader_link_types(r, &n);
	for (size_t i = 0; i < n && i < 16; i++)
		reading.link_types[reading.link_type_count++] = types[i];
	if (reader_note(r) != NULL)
		snprintf(reading.note, sizeof(reading.note), "%s",
		    reader_note(r));
	reader_close(r);
	return reading;
}

/* The first `len` bytes of the image, as the file "capture". */
static inline struct reading
read_bytes(const void *data, size_t len, size_t at_once)
{
	FILE *file = fopen("capture", "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(data, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
	return read_file("capture", at_once);
}

static inline struct reading
read_image(const struct image *image)
{
	return read_bytes(image->data, image->len, 64);
}

static inline void
reading_reset(struct reading *reading)
{
	for (size_t i = 0; i < reading->count; i++)
		free((void *)(uintptr_t)reading->frames[i].data);
	free(reading->frames);
	*reading = (struct reading){ 0 };
}

/* The end has to be that status, told with that offset. */
static inline void
assert_fault(const struct reading *reading, enum reader_status status,
    size_t offset, const char *words)
{
	char place[64];

	ck_assert_msg(reading->opened, "%s", reading->err.text);
	ck_assert_int_eq(reading->status, status);
	snprintf(place, sizeof(place), "capture: offset %zu: ", offset);
	ck_assert_msg(strncmp(reading->err.text, place, strlen(place)) == 0,
	    "\"%s\" does not begin with \"%s\"", reading->err.text, place);
	ck_assert_msg(strstr(reading->err.text, words) != NULL,
	    "\"%s\" does not say \"%s\"", reading->err.text, words);
}

/*
 * Every prefix of a sound image: behind the file header of `header` bytes it
 * ends well where a record ends, is cut elsewhere, and gives exactly the frames
 * that are whole.
 */
static inline void
assert_prefix(const struct image *image, size_t header, size_t len)
{
	struct reading reading = read_bytes(image->data, len, 1 + len % 64);
	size_t frames = 0, last = header;

	if (len < header) {
		ck_assert(!reading.opened);
		ck_assert_msg(strncmp(reading.err.text, "capture: offset 0: ",
		    19) == 0, "%s", reading.err.text);
		return;
	}
	for (size_t i = 0; i < image->end_count &&
	    image->ends[i] <= len; i++) {
		frames += image->is_frame[i];
		last = image->ends[i];
	}
	ck_assert_uint_eq(reading.count, frames);
	if (last == len)
		ck_assert_int_eq(reading.status, READER_END);
	else
		assert_fault(&reading, READER_CUT, last, "ends inside");
	for (size_t i = 0; i < frames; i++)
		ck_assert_uint_eq(reading.frames[i].number, i + 1);
	reading_reset(&reading);
}

#endif
