/*
 * pcapng: whatever the bytes, the reader keeps its promises; and a capture that
 * ends well, written twice into one file, gives its frames twice: nothing of a
 * section outlives it.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/reading.h"

static void
check_twice(const uint8_t *data, size_t len, const struct reading *r)
{
	uint8_t *both = malloc(2 * len);
	struct fuzz_path file;
	struct reading twice;

	if (both == NULL)
		fuzz_fail("out of memory");
	memcpy(both, data, len);
	memcpy(both + len, data, len);
	fuzz_path_file(&file, both, 2 * len);
	reading_take(&twice, file.path, READING_BATCH_MAX);
	FUZZ_CHECK(twice.opened && twice.status == READER_END);
	FUZZ_CHECK(twice.count == 2 * r->count);
	reading_compare_frames(r, &twice, r->count);
	reading_reset(&twice);
	fuzz_path_close(&file);
	free(both);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reading r;

	reading_take_bytes(&r, data, len);
	if (strcmp(r.format, "pcapng") == 0 && r.status == READER_END)
		check_twice(data, len, &r);
	reading_reset(&r);
	return 0;
}
