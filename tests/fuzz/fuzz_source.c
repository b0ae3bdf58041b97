/*
 * Decompression: whatever the bytes, what a source gives does not hang on how
 * it is asked or on how its input arrives.
 */
#include <string.h>

#include "analyzer/capture/source.h"
#include "base/bytes.h"
#include "tests/fuzz/fuzz.h"

enum {
	OUTPUT_MAX = 1 << 18,	/* a few bytes of xz can hold more */
	ROOM_LARGE = 4096,	/* what fuzz_path_pipe() asks for */
	ROOM_SMALL = 600,
};

struct output {
	bool opened, plain;
	enum source_status status;	/* SOURCE_OK: more than OUTPUT_MAX */
	struct bytes bytes;
};

static void
check_end(struct source *s, const char *path, enum source_status status,
    const struct errbuf *err)
{
	struct errbuf again = { "" };
	uint8_t byte;
	size_t n = 1;

	if (status != SOURCE_END) {
		fuzz_check_line(err, path);
		FUZZ_CHECK(strstr(err->text, ": offset ") != NULL);
	}
	FUZZ_CHECK(source_read(s, &byte, 1, &n, &again) == status);
	FUZZ_CHECK(n == 0 && strcmp(again.text, err->text) == 0);
	FUZZ_CHECK(status != SOURCE_END || source_size(s) == 0 ||
	    source_offset(s) == source_size(s));
}

/* Rooms of ROOM_LARGE or, with chance, of random sizes below ROOM_SMALL. */
static void
take(struct output *o, const char *path, struct splitmix *chance)
{
	struct errbuf err = { "" };
	struct source *s = source_open(path, &err);
	size_t n;

	memset(o, 0, sizeof(*o));
	o->opened = s != NULL;
	if (!o->opened) {
		fuzz_check_line(&err, path);
		return;
	}
	o->plain = source_compression(s)[0] == '\0';
	do {
		size_t room = chance == NULL ? ROOM_LARGE :
		    1 + splitmix_below(chance, ROOM_SMALL);
		uint8_t *at = bytes_reserve(&o->bytes, room);

		if (at == NULL)
			fuzz_fail("out of memory");
		o->status = source_read(s, at, room, &n, &err);
		FUZZ_CHECK(n <= room && (n > 0) == (o->status == SOURCE_OK));
		o->bytes.len += n;
	} while (o->status == SOURCE_OK && o->bytes.len < OUTPUT_MAX);
	if (o->status != SOURCE_OK)
		check_end(s, path, o->status, &err);
	source_close(s);
}

static void
compare(const struct output *a, const struct output *b)
{
	size_t len = a->bytes.len < b->bytes.len ? a->bytes.len : b->bytes.len;

	FUZZ_CHECK(a->opened == b->opened);
	if (len > 0)
		FUZZ_CHECK(memcmp(a->bytes.data, b->bytes.data, len) == 0);
	if (len >= OUTPUT_MAX)
		return;		/* one may have seen the end, one not */
	/*
	 * How much comes out before damage is seen, and of it, hangs on rooms:
	 * libzstd keeps the last block of a frame whose size is not the
	 * declared one, liblzma decodes past the end of a chunk.
	 */
	if (a->status == SOURCE_DAMAGED && b->status == SOURCE_DAMAGED)
		return;
	if (a->bytes.len != b->bytes.len || a->status != b->status)
		fuzz_fail("%zu bytes and status %d; %zu bytes and status %d",
		    a->bytes.len, a->status, b->bytes.len, b->status);
}

/* What is not compressed comes as it is. */
static void
check_plain(const struct output *o, const uint8_t *data, size_t len)
{
	if (!o->plain || o->status == SOURCE_OK)
		return;
	FUZZ_CHECK(o->status == SOURCE_END && o->bytes.len == len);
	FUZZ_CHECK(len == 0 || memcmp(o->bytes.data, data, len) == 0);
}

/* Once more: in small pieces, or from a pipe. */
static void
take_again(struct output *o, const struct fuzz_path *file, const uint8_t *data,
    size_t len, struct splitmix *chance)
{
	struct fuzz_path pipe;

	if (len > FUZZ_PIPE_MAX || splitmix_below(chance, 2) == 0) {
		take(o, file->path, chance);
		return;
	}
	fuzz_path_pipe(&pipe, data, len, chance);
	take(o, pipe.path, NULL);
	fuzz_path_close(&pipe);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct splitmix chance = fuzz_chance(data, len);
	struct fuzz_path file;
	struct output whole, again;

	fuzz_path_file(&file, data, len);
	take(&whole, file.path, NULL);
	check_plain(&whole, data, len);
	take_again(&again, &file, data, len, &chance);
	compare(&whole, &again);
	bytes_reset(&again.bytes);
	bytes_reset(&whole.bytes);
	fuzz_path_close(&file);
	return 0;
}
