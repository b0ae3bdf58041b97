/*
 * Classic pcap: whatever the bytes, the reader keeps its promises, and reads
 * the same from the same capture in the other byte order.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/reading.h"

enum {
	FILE_HEADER_BYTES = 24,
	RECORD_HEADER_BYTES = 16,
	MODIFIED_HEADER_BYTES = 24,
};

static void
turn(uint8_t *p, size_t bytes)
{
	for (size_t i = 0; i < bytes / 2; i++) {
		uint8_t byte = p[i];

		p[i] = p[bytes - 1 - i];
		p[bytes - 1 - i] = byte;
	}
}

/* n numbers of that many bytes each. */
static void
turn_each(uint8_t *p, size_t n, size_t bytes)
{
	for (; n > 0; n--, p += bytes)
		turn(p, bytes);
}

/* Where the records are is known from the reading. */
static void
turn_capture(uint8_t *data, size_t len, const struct reading *r)
{
	size_t header = strcmp(r->format, "pcap-modified") == 0 ?
	    MODIFIED_HEADER_BYTES : RECORD_HEADER_BYTES;
	size_t at = FILE_HEADER_BYTES;

	turn_each(data, 1, 4);
	turn_each(data + 4, 2, 2);
	turn_each(data + 8, 4, 4);
	for (size_t i = 0; i < r->count; i++) {
		turn_each(data + at, 4, 4);
		at += header + r->frames[i].frame.cap_len;
	}
	/* The record that is cut or wrong. */
	if (len - at >= RECORD_HEADER_BYTES)
		turn_each(data + at, 4, 4);
}

static void
check_other_order(const uint8_t *data, size_t len, const struct reading *r)
{
	uint8_t *turned = malloc(len);
	struct fuzz_path file;
	struct reading other;

	if (turned == NULL)
		fuzz_fail("out of memory");
	memcpy(turned, data, len);
	turn_capture(turned, len, r);
	fuzz_path_file(&file, turned, len);
	reading_take(&other, file.path, READING_BATCH_MAX);
	for (size_t i = 0; i < other.count; i++)
		other.frames[i].frame.flags ^= FRAME_BIG_ENDIAN;
	reading_compare(r, &other);
	reading_reset(&other);
	fuzz_path_close(&file);
	free(turned);
}

static bool
is_plain_pcap(const struct reading *r)
{
	return strcmp(r->format, "pcap") == 0 ||
	    strcmp(r->format, "pcap-nsec") == 0 ||
	    strcmp(r->format, "pcap-modified") == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reading r;

	reading_take_bytes(&r, data, len);
	if (is_plain_pcap(&r))
		check_other_order(data, len, &r);
	reading_reset(&r);
	return 0;
}
