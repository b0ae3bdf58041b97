/*
 * Frames: a length and a body, a header and a payload, and the raw bytes of a
 * file.  The first byte says which, the rest is what a peer sends.  What was
 * read, written again, is what came.
 */
#include <string.h>

#include "chat/wire/file_tail.h"
#include "chat/wire/frame32.h"
#include "chat/wire/header_frame.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/splitting.h"

enum { BODY_MAX = 500 };

static void
check_same(struct bytes *again, const uint8_t *data, size_t used)
{
	FUZZ_CHECK(again->len == used && memcmp(again->data, data, used) == 0);
	bytes_reset(again);
}

static enum wire_status
next_frame32(struct splitting *s, const uint8_t *data, size_t len, size_t *used)
{
	struct bytes again = { 0 };
	struct wire_span body;
	enum wire_status status = frame32_next(data, len, BODY_MAX, &body,
	    used);

	if (status == WIRE_PARTIAL)
		FUZZ_CHECK(len < FRAME32_HEADER_BYTES + BODY_MAX);
	if (status != WIRE_WHOLE)
		return status;
	FUZZ_CHECK(body.len <= BODY_MAX);
	FUZZ_CHECK(frame32_append(&again, body.data, (uint32_t)body.len) == 0);
	check_same(&again, data, *used);
	splitting_log(s, body.data, body.len);
	return status;
}

static enum wire_status
next_header_frame(struct splitting *s, const uint8_t *data, size_t len,
    size_t *used)
{
	char header[HEADER_FRAME_HEADER_MAX + 1] = { 0 };
	struct header_frame f;
	struct bytes again = { 0 };
	enum wire_status status = header_frame_next(data, len, BODY_MAX, &f,
	    used);

	if (status != WIRE_WHOLE)
		return status;
	FUZZ_CHECK(f.header.len < sizeof(header) && f.payload.len <= BODY_MAX);
	memcpy(header, f.header.data, f.header.len);
	FUZZ_CHECK(header_frame_is(&f, header) ==
	    (strlen(header) == f.header.len));
	if (header_frame_is(&f, header)) {
		FUZZ_CHECK(header_frame_append(&again, header, f.payload.data,
		    (uint32_t)f.payload.len) == 0);
		check_same(&again, data, *used);
	}
	splitting_log(s, f.header.data, f.header.len);
	splitting_log(s, f.payload.data, f.payload.len);
	return status;
}

/* Bytes are logged one behind the other, whichever look gave them. */
static enum wire_status
next_file_tail(struct splitting *s, const uint8_t *data, size_t len,
    size_t *used)
{
	struct wire_span body;
	bool marked;
	enum wire_status status = file_tail_next(data, len, &body, used,
	    &marked);

	FUZZ_CHECK(status != WIRE_BAD && body.data == data);
	FUZZ_CHECK(*used == body.len +
	    (status == WIRE_WHOLE ? FILE_TAIL_MARK : 0));
	if (status == WIRE_PARTIAL)
		FUZZ_CHECK(len - *used <= FILE_TAIL_HELD);
	if (marked)
		FUZZ_CHECK(status == WIRE_PARTIAL &&
		    len - *used == FILE_TAIL_MARK &&
		    !file_tail_carries(data, len));
	for (size_t i = 0; i < body.len; i++)
		splitting_log(s, &data[i], 1);
	if (status == WIRE_WHOLE)
		splitting_log(s, "", 0);
	return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const splitting_next kinds[] = {
		next_frame32, next_header_frame, next_file_tail,
	};
	const size_t count = sizeof(kinds) / sizeof(kinds[0]);

	if (len > 0)
		splitting_check(kinds[data[0] % count], data + 1, len - 1);
	return 0;
}
