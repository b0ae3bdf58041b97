#include "chat/wire/stream.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM_BYTES = 512 };

void
stream_init(struct stream *stream)
{
	*stream = (struct stream){ NULL, 0, 0, 0 };
}

void
stream_reset(struct stream *stream)
{
	free(stream->buffer);
	stream_init(stream);
}

/* What is kept goes to the beginning of a buffer twice as large as needed, so
 * that it moves again only after as many bytes more. */
static int
move_to_larger(struct stream *stream, size_t needed)
{
	size_t room = FIRST_ROOM_BYTES;
	uint8_t *buffer;

	while (room < needed)
		room *= 2;
	buffer = malloc(room);
	if (buffer == NULL)
		return -1;
	if (stream->len > 0)
		memcpy(buffer, stream->buffer + stream->start, stream->len);
	free(stream->buffer);
	stream->buffer = buffer;
	stream->start = 0;
	stream->room = room;
	return 0;
}

static int
make_room(struct stream *stream, size_t n)
{
	if (n <= stream->room - stream->start - stream->len)
		return 0;
	/* No object is larger. */
	if (n > (size_t)PTRDIFF_MAX - stream->len)
		return -1;
	/* To move no more than was used up keeps a byte's cost constant. */
	if (stream->len <= stream->start && n <= stream->room - stream->len) {
		memmove(stream->buffer, stream->buffer + stream->start,
		    stream->len);
		stream->start = 0;
		return 0;
	}
	return move_to_larger(stream, stream->len + n);
}

int
stream_add(struct stream *stream, const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	if (make_room(stream, len) != 0)
		return -1;
	memcpy(stream->buffer + stream->start + stream->len, data, len);
	stream->len += len;
	return 0;
}

const uint8_t *
stream_data(const struct stream *stream)
{
	return stream->buffer == NULL ? NULL : stream->buffer + stream->start;
}

void
stream_use(struct stream *stream, size_t n)
{
	if (n >= stream->len) {
		stream_reset(stream);
		return;
	}
	stream->start += n;
	stream->len -= n;
}
