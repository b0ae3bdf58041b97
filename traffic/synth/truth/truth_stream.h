/*
 * The sequence space of one side of a connection as a capture sees it: what of
 * it has passed, what the other side has acknowledged there, and round trips by
 * Karn's rule (RFC 6298, section 3) and by time stamps (RFC 7323).
 *
 * Positions are 64-bit numbers in which sequence numbers do not wrap.
 */
#ifndef TRAFFIC_SYNTH_TRUTH_TRUTH_STREAM_H
#define TRAFFIC_SYNTH_TRUTH_TRUTH_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stream_range {
	int64_t from, to;
};

/* A stretch that waits for its ACK. */
struct stream_piece {
	int64_t from, to;
	int64_t ts_ns;
	uint64_t frame;
	uint64_t order;		/* in which they came */
	bool again;		/* some of it passed more than once */
};

struct stream_stamp {
	uint32_t value;
	int64_t ts_ns;
};

struct stream {
	bool known;		/* a segment of this side was seen */
	uint32_t next_seq;
	int64_t next;		/* the highest position seen, plus one */
	int64_t contiguous;	/* no hole up to here, as far as ACKs tell */
	bool has_acked;		/* the other side has acknowledged it */
	int64_t acked;

	struct stream_range *seen;	/* ascending, apart */
	size_t seen_count, seen_room;
	struct stream_piece *pieces;	/* ascending, apart */
	size_t piece_count, piece_room;
	uint64_t orders;
	struct stream_stamp *stamps;	/* not yet echoed, ascending */
	size_t stamp_count, stamp_room;
	bool has_stamp;
	uint32_t last_stamp;
};

enum stream_seen { STREAM_NONE, STREAM_SOME, STREAM_ALL };

/* Where a sequence number is; the first one that is asked for is 0. */
int64_t stream_at(struct stream *stream, uint32_t seq);

/* How much of [from, to) has passed, or was acknowledged. */
enum stream_seen stream_look(const struct stream *stream, int64_t from,
    int64_t to);

/* [from, to) passes.  -1: no memory. */
int stream_pass(struct stream *stream, int64_t from, int64_t to,
    uint64_t frame, int64_t ts_ns);

/* The end of what has passed without a hole from `from` on. */
int64_t stream_reach(const struct stream *stream, int64_t from);

/* A time stamp on something that takes sequence space.  -1: no memory. */
int stream_stamp(struct stream *stream, uint32_t value, int64_t ts_ns);

enum stream_ack { STREAM_ACK_NOTHING, STREAM_ACK_SAMPLE, STREAM_ACK_DOUBT };

/*
 * The other side acknowledges up to `to`, which is more than before.  A sample
 * has the piece that it is of.  One is made where the ACK ends at the end of a
 * piece that passed once, and everything else that it covers did, and before
 * that.
 */
enum stream_ack stream_acknowledge(struct stream *stream, int64_t to,
    struct stream_piece *piece);

/* When that time stamp was first seen, if it waits for an echo; forgets it and
 * those before. */
bool stream_echo(struct stream *stream, uint32_t value, int64_t *ts_ns);

/* Frees its lists; the struct is an empty one again. */
void truth_stream_reset(struct stream *stream);

#endif
