/*
 * One reading of a capture from end to end, and all that holds for any: frames
 * in bounds and numbered one after the other, an end that stays the end, a line
 * that says where the fault is.
 */
#ifndef TESTS_FUZZ_READING_H
#define TESTS_FUZZ_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/reader.h"
#include "base/errbuf.h"

enum {
	READING_BATCH_MAX = 128,
	READING_FRAMES_MAX = 1 << 16,	/* a few bytes of xz can hold more */
};

struct reading_frame {
	struct frame frame;	/* its data are gone */
	uint64_t hash;		/* of its data */
};

struct reading {
	bool opened, foreign;
	enum reader_status status;	/* READER_OK: frames beyond the limit */
	struct errbuf err;	/* the end's line; unset after READER_END */
	size_t path_len;	/* at its beginning */
	char format[32];
	struct reading_frame *frames;
	size_t count, room;
};

/* Reads the file by batches of up to `batch` frames; release with
 * reading_reset(). */
void reading_take(struct reading *r, const char *path, size_t batch);
void reading_reset(struct reading *r);

/* Fails where the frames differ. */
void reading_compare_frames(const struct reading *a, const struct reading *b);

/* The same frames and the same end, in the same words but for the path. */
void reading_compare(const struct reading *a, const struct reading *b);

/* Reads these bytes as reading_take() does from a file and then from a pipe,
 * by other batches, which must give the same. */
void reading_take_bytes(struct reading *r, const uint8_t *data, size_t len);

#endif
