#include "tests/fuzz/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/capture/source.h"
#include "base/memory.h"
#include "tests/fuzz/fuzz.h"

static void
check_frame(const struct frame *f, const struct reader *reader)
{
	const unsigned known = FRAME_NO_TIME | FRAME_TIME_RANGE |
	    FRAME_TIME_ODD | FRAME_BIG_ENDIAN;
	size_t n, i = 0;
	const uint16_t *types = reader_link_types(reader, &n);

	while (i < n && types[i] != f->link_type)
		i++;
	FUZZ_CHECK(i < n);
	FUZZ_CHECK((f->flags & ~known) == 0);
	FUZZ_CHECK(f->ts_digits <= 9);
	FUZZ_CHECK((f->flags & FRAME_UNTIMED) == 0 || f->ts_ns == 0);
	FUZZ_CHECK(f->ts_ns != INT64_MIN);
}

static void
keep_frames(struct reading *r, const struct reader *reader,
    const struct frame *frames, size_t n)
{
	if (r->room - r->count < n) {
		size_t room = 2 * r->room + READING_BATCH_MAX;

		r->frames = memory_resize(r->frames, room, sizeof(*r->frames));
		if (r->frames == NULL)
			fuzz_fail("out of memory");
		r->room = room;
	}
	for (size_t i = 0; i < n; i++) {
		struct reading_frame *kept = &r->frames[r->count++];

		FUZZ_CHECK(frames[i].number == r->count);
		check_frame(&frames[i], reader);
		kept->frame = frames[i];
		kept->frame.data = NULL;
		kept->hash = fuzz_hash(frames[i].data, frames[i].cap_len);
	}
}

/* Whatever has ended a reading ends it again. */
static void
check_end(const struct reading *r, struct reader *reader, const char *path)
{
	struct frame frame;
	struct errbuf again = { "" };
	size_t n = 1;

	if (r->status != READER_END) {
		fuzz_check_line(&r->err, path);
		FUZZ_CHECK(strstr(r->err.text, ": offset ") != NULL);
	}
	FUZZ_CHECK(reader_next(reader, &frame, 1, &n, &again) == r->status);
	FUZZ_CHECK(n == 0);
	FUZZ_CHECK(strcmp(again.text, r->err.text) == 0);
}

static void
read_frames(struct reading *r, struct reader *reader, size_t batch)
{
	struct frame frames[READING_BATCH_MAX];
	size_t n;

	do {
		size_t left = READING_FRAMES_MAX - r->count;
		size_t max = batch < left ? batch : left;

		r->status = reader_next(reader, frames, max, &n, &r->err);
		FUZZ_CHECK(n <= max && (n > 0) == (r->status == READER_OK));
		keep_frames(r, reader, frames, n);
	} while (r->status == READER_OK && r->count < READING_FRAMES_MAX);
}

void
reading_take(struct reading *r, const char *path, size_t batch)
{
	struct errbuf note;
	struct reader *reader;

	memset(r, 0, sizeof(*r));
	reader = reader_open(path, &r->foreign, &r->err);
	r->opened = reader != NULL;
	if (!r->opened) {
		fuzz_check_line(&r->err, path);
		r->path_len = strlen(path);
		return;
	}
	FUZZ_CHECK(!r->foreign);
	read_frames(r, reader, batch);
	r->path_len = r->err.text[0] == '\0' ? 0 : strlen(path);
	if (r->status != READER_OK)
		check_end(r, reader, path);
	if (reader_note(reader) != NULL) {
		snprintf(note.text, sizeof(note.text), "%s",
		    reader_note(reader));
		fuzz_check_line(&note, path);
	}
	FUZZ_CHECK(reader_size(reader) == 0 ||
	    reader_offset(reader) <= reader_size(reader));
	snprintf(r->format, sizeof(r->format), "%s", reader_format(reader));
	reader_close(reader);
}

void
reading_reset(struct reading *r)
{
	free(r->frames);
	memset(r, 0, sizeof(*r));
}

void
reading_compare_frames(const struct reading *a, const struct reading *b)
{
	FUZZ_CHECK(a->count == b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct reading_frame *fa = &a->frames[i];
		const struct reading_frame *fb = &b->frames[i];

		FUZZ_CHECK(fa->frame.ts_ns == fb->frame.ts_ns);
		FUZZ_CHECK(fa->frame.cap_len == fb->frame.cap_len);
		FUZZ_CHECK(fa->frame.wire_len == fb->frame.wire_len);
		FUZZ_CHECK(fa->frame.interface == fb->frame.interface);
		FUZZ_CHECK(fa->frame.link_type == fb->frame.link_type);
		FUZZ_CHECK(fa->frame.ts_digits == fb->frame.ts_digits);
		/* One of them may be the other with its bytes swapped. */
		FUZZ_CHECK(((fa->frame.flags ^ fb->frame.flags) &
		    ~FRAME_BIG_ENDIAN) == 0);
		FUZZ_CHECK(fa->hash == fb->hash);
	}
}

void
reading_compare(const struct reading *a, const struct reading *b)
{
	FUZZ_CHECK(a->opened == b->opened && a->foreign == b->foreign);
	FUZZ_CHECK(a->status == b->status);
	reading_compare_frames(a, b);
	/* What it is instead of a capture is guessed from what is at hand. */
	if (!a->foreign && strcmp(a->err.text + a->path_len,
	    b->err.text + b->path_len) != 0)
		fuzz_fail("two ends of one input:\n%s\n%s", a->err.text,
		    b->err.text);
}

/* What a library has read and given out when it sees damage hangs on how much
 * it was given at a time; fuzz_source.c looks at that. */
static bool
is_plain(const char *path)
{
	struct errbuf err;
	struct source *s = source_open(path, &err);
	bool plain = s != NULL && source_compression(s)[0] == '\0';

	source_close(s);
	return plain;
}

void
reading_take_bytes(struct reading *r, const uint8_t *data, size_t len)
{
	struct splitmix chance = fuzz_chance(data, len);
	struct fuzz_path file, pipe;
	struct reading other;

	fuzz_path_file(&file, data, len);
	reading_take(r, file.path, READING_BATCH_MAX);
	if (len <= FUZZ_PIPE_MAX && is_plain(file.path)) {
		fuzz_path_pipe(&pipe, data, len, &chance);
		reading_take(&other, pipe.path,
		    1 + splitmix_below(&chance, READING_BATCH_MAX));
		reading_compare(r, &other);
		reading_reset(&other);
		fuzz_path_close(&pipe);
	}
	fuzz_path_close(&file);
}
