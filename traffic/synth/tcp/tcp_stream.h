/*
 * Bytes of one direction, as long as an end of TCP has to keep them: its first
 * byte is the oldest that is still needed; what lies behind may come in any
 * order.
 */
#ifndef TRAFFIC_SYNTH_TCP_TCP_STREAM_H
#define TRAFFIC_SYNTH_TCP_TCP_STREAM_H

#include <stddef.h>
#include <stdint.h>

/* Caller's memory; a zeroed struct is an empty one. */
struct tcp_stream {
	uint8_t *bytes;
	size_t first, room;
};

/* Copies to `offset` bytes behind the first.  Bytes between that were never
 * put are anything.  -1: no memory, and nothing has changed. */
int tcp_stream_put(struct tcp_stream *stream, size_t offset, const void *data,
    size_t len);

/* Borrowed until the next put or drop. */
const uint8_t *tcp_stream_at(const struct tcp_stream *stream, size_t offset);

/* The first `len` are not needed any more; `left` are behind them. */
void tcp_stream_drop(struct tcp_stream *stream, size_t len, size_t left);

/* Frees the bytes; the struct is an empty one again. */
void tcp_stream_reset(struct tcp_stream *stream);

#endif
