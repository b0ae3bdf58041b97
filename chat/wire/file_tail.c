#include "chat/wire/file_tail.h"

#include <string.h>

static const uint8_t mark[FILE_TAIL_MARK] = { 'E', 'O', 'F' };

/* The headers of `class`. */
static const char *const headers[] = {
	"cmd", "error", "file", "file_transfer", "info", "msg", "quiz_answer",
	"quiz_question", "to",
};

static size_t
at_most(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Do the bytes begin with a u16 length and this header (WHOLE), or are they a
 * beginning of that (PARTIAL)? */
static enum wire_status
match_header(const uint8_t *data, size_t len, const char *header)
{
	size_t header_len = strlen(header);
	const uint8_t length[2] = { 0, (uint8_t)header_len };

	if (memcmp(data, length, at_most(len, sizeof(length))) != 0)
		return WIRE_BAD;
	if (len <= sizeof(length))
		return WIRE_PARTIAL;
	if (memcmp(data + sizeof(length), header,
	    at_most(len - sizeof(length), header_len)) != 0)
		return WIRE_BAD;
	return len - sizeof(length) < header_len ? WIRE_PARTIAL : WIRE_WHOLE;
}

static enum wire_status
match_frame(const uint8_t *data, size_t len)
{
	enum wire_status best = WIRE_BAD;

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		enum wire_status status = match_header(data, len, headers[i]);

		if (status == WIRE_WHOLE)
			return WIRE_WHOLE;
		if (status == WIRE_PARTIAL)
			best = WIRE_PARTIAL;
	}
	return best;
}

/* Where in the data a mark begins, perhaps one that is not whole; or len. */
static size_t
find_mark(const uint8_t *data, size_t len)
{
	size_t at = 0;

	while (at < len) {
		const uint8_t *e = memchr(data + at, mark[0], len - at);

		if (e == NULL)
			return len;
		at = (size_t)(e - data);
		if (memcmp(e, mark, at_most(len - at, sizeof(mark))) == 0)
			return at;
		at++;
	}
	return len;
}

enum wire_status
file_tail_next(const uint8_t *data, size_t len, struct wire_span *body,
    size_t *used, bool *marked)
{
	enum wire_status behind = WIRE_BAD;
	size_t at = 0;

	/* A mark with something else behind it is of the file. */
	while (at < len && behind == WIRE_BAD) {
		at += find_mark(data + at, len - at);
		if (len - at <= FILE_TAIL_MARK)
			break;
		behind = match_frame(data + at + FILE_TAIL_MARK,
		    len - at - FILE_TAIL_MARK);
		if (behind == WIRE_BAD)
			at += FILE_TAIL_MARK;
	}
	*body = (struct wire_span){ data, at };
	*used = behind == WIRE_WHOLE ? at + FILE_TAIL_MARK : at;
	*marked = behind == WIRE_BAD && len - at == FILE_TAIL_MARK;
	return behind == WIRE_WHOLE ? WIRE_WHOLE : WIRE_PARTIAL;
}

bool
file_tail_carries(const uint8_t *piece, size_t len)
{
	return len < sizeof(mark) ||
	    memcmp(piece + len - sizeof(mark), mark, sizeof(mark)) != 0;
}
