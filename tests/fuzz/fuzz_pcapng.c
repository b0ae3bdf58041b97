/*
 * pcapng: whatever the bytes, the reader keeps its promises; and behind another
 * section a capture gives the same frames and the same end: nothing of a
 * section outlives it.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/reading.h"

/* Big-endian; interfaces of link type 147 with snaplen 2, ticks of 2^-3 s and
 * an offset, so that one that stayed would be seen. */
#define INTERFACE \
	0, 0, 0, 1, 0, 0, 0, 44, 0, 147, 0, 0, 0, 0, 0, 2, \
	0, 9, 0, 1, 0x83, 0, 0, 0, 0, 14, 0, 8, 0, 0, 0, 0, 0, 0, 1, 0, \
	0, 0, 0, 0, 0, 0, 0, 44
static const uint8_t section[] = {
	0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d,
	0, 1, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 28,
	INTERFACE, INTERFACE,
};

static void
check_behind_section(const uint8_t *data, size_t len, const struct reading *r)
{
	uint8_t *both = malloc(sizeof(section) + len);
	struct fuzz_path file;
	struct reading behind;

	if (both == NULL)
		fuzz_fail("out of memory");
	memcpy(both, section, sizeof(section));
	memcpy(both + sizeof(section), data, len);
	fuzz_path_file(&file, both, sizeof(section) + len);
	reading_take(&behind, file.path, READING_BATCH_MAX);
	FUZZ_CHECK(behind.opened && behind.status == r->status);
	reading_compare_frames(r, &behind);
	reading_reset(&behind);
	fuzz_path_close(&file);
	free(both);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reading r;

	reading_take_bytes(&r, data, len);
	if (strcmp(r.format, "pcapng") == 0)
		check_behind_section(data, len, &r);
	reading_reset(&r);
	return 0;
}
