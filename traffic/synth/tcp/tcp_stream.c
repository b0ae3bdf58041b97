#include "traffic/synth/tcp/tcp_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Room for so many bytes behind `first`. What lies in front of it is used
 * before more is asked for, once that is the greater part. */
static int
make_room(struct tcp_stream *s, size_t need)
{
	uint8_t *bytes;

	if (need <= s->room - s->first)
		return 0;
	if (need <= s->room / 2) {
		memmove(s->bytes, s->bytes + s->first, s->room - s->first);
		s->first = 0;
		return 0;
	}
	bytes = memory_grow(s->bytes, &s->room, s->first + need, 1);
	if (bytes == NULL)
		return -1;
	s->bytes = bytes;
	return 0;
}

int
tcp_stream_put(struct tcp_stream *stream, size_t offset, const void *data,
    size_t len)
{
	if (len == 0)
		return 0;
	if (make_room(stream, offset + len) == -1)
		return -1;
	memcpy(stream->bytes + stream->first + offset, data, len);
	return 0;
}

const uint8_t *
tcp_stream_at(const struct tcp_stream *stream, size_t offset)
{
	return stream->bytes + stream->first + offset;
}

void
tcp_stream_drop(struct tcp_stream *stream, size_t len, size_t left)
{
	stream->first = left == 0 ? 0 : stream->first + len;
}

void
tcp_stream_reset(struct tcp_stream *stream)
{
	free(stream->bytes);
	*stream = (struct tcp_stream){ 0 };
}
