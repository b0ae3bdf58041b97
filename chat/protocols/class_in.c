#include "chat/protocols/class_in.h"

#include "chat/wire/file_tail.h"

void
class_in_init(struct class_in *in, uint32_t payload_max)
{
	*in = (struct class_in){ .payload_max = payload_max };
	stream_init(&in->stream);
}

void
class_in_reset(struct class_in *in)
{
	stream_reset(&in->stream);
}

int
class_in_add(struct class_in *in, const uint8_t *data, size_t len)
{
	return stream_add(&in->stream, data, len);
}

void
class_in_marked_file(struct class_in *in)
{
	in->mode = CLASS_MARKED_FILE;
}

void
class_in_sized_file(struct class_in *in, uint64_t size)
{
	in->mode = CLASS_SIZED_FILE;
	in->left = size;
}

static enum class_what
next_frame(struct class_in *in, const uint8_t *data, struct class_piece *piece)
{
	switch (header_frame_next(data, in->stream.len, in->payload_max,
	    &piece->frame, &in->used)) {
	case WIRE_WHOLE:
		return CLASS_FRAME;
	case WIRE_PARTIAL:
		in->used = 0;
		return CLASS_WAIT;
	default:
		return CLASS_BAD;
	}
}

static enum class_what
next_marked(struct class_in *in, const uint8_t *data,
    struct class_piece *piece)
{
	bool marked = false;

	switch (file_tail_next(data, in->stream.len, &piece->bytes, &in->used,
	    &marked)) {
	case WIRE_WHOLE:
		in->mode = CLASS_FRAMES;
		return CLASS_LAST;
	case WIRE_PARTIAL:
		if (piece->bytes.len > 0)
			return CLASS_BYTES;
		in->used = 0;
		return marked ? CLASS_QUIET : CLASS_WAIT;
	default:
		return CLASS_BAD;
	}
}

static enum class_what
next_sized(struct class_in *in, const uint8_t *data, struct class_piece *piece)
{
	size_t n = in->stream.len;

	if (in->left <= n) {
		n = (size_t)in->left;
		in->mode = CLASS_FRAMES;
	}
	in->left -= n;
	in->used = n;
	piece->bytes = (struct wire_span){ data, n };
	if (in->mode == CLASS_FRAMES)
		return CLASS_LAST;
	return n > 0 ? CLASS_BYTES : CLASS_WAIT;
}

enum class_what
class_in_next(struct class_in *in, struct class_piece *piece)
{
	const uint8_t *data;

	stream_use(&in->stream, in->used);
	in->used = 0;
	data = stream_data(&in->stream);
	if (in->mode == CLASS_SIZED_FILE)
		return next_sized(in, data, piece);
	if (in->stream.len == 0)
		return CLASS_WAIT;
	if (in->mode == CLASS_MARKED_FILE)
		return next_marked(in, data, piece);
	return next_frame(in, data, piece);
}

bool
class_in_quiet(struct class_in *in)
{
	struct class_piece piece;

	if (in->mode != CLASS_MARKED_FILE ||
	    class_in_next(in, &piece) != CLASS_QUIET)
		return false;
	in->used = in->stream.len;
	in->mode = CLASS_FRAMES;
	return true;
}
