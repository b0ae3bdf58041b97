/*
 * Bytes that came and are not yet used up, of one direction of a connection.
 */
#ifndef CHAT_WIRE_STREAM_H
#define CHAT_WIRE_STREAM_H

#include <stddef.h>
#include <stdint.h>

struct stream {
	uint8_t *buffer;	/* NULL while nothing is kept */
	size_t start, len, room;
};

/* A zeroed struct is an empty one. */
void stream_init(struct stream *stream);

/* Frees what is kept; the stream is empty then. */
void stream_reset(struct stream *stream);

/* Adds; -1 without memory (nothing is added then). */
int stream_add(struct stream *stream, const uint8_t *data, size_t len);

/* What is there, stream->len bytes; borrowed until the next call. */
const uint8_t *stream_data(const struct stream *stream);

/* The first n bytes (all, where n is more) are done with.  An empty stream
 * keeps no buffer, so an idle connection costs none. */
void stream_use(struct stream *stream, size_t n);

#endif
