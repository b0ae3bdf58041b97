/*
 * What a capture tells of a TCP connection: the handshake, what each segment
 * is, round trips, the close.
 */
#ifndef TRAFFIC_SYNTH_TRUTH_TRUTH_TCP_H
#define TRAFFIC_SYNTH_TRUTH_TRUTH_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traffic/synth/truth/truth_parts.h"
#include "traffic/synth/truth/truth_stream.h"

/* What its place among those before it makes of a segment. */
enum known_word {
	KNOWN_GAP,		/* bytes before it have not passed */
	KNOWN_DUPLICATE_ACK,
	KNOWN_KEEP_ALIVE, KNOWN_KEEP_ALIVE_ACK,
	KNOWN_ZERO_WINDOW,
	KNOWN_PROBE, KNOWN_PROBE_ACK,
	KNOWN_WINDOW_UPDATE, KNOWN_WINDOW_FULL,
	KNOWN_UNSEEN_ACKED,	/* what it acknowledges has not passed */
	KNOWN_PORTS_REUSED,
	KNOWN_SPURIOUS,		/* all of it was acknowledged before */
	KNOWN_WORDS,
};

/* A segment below the highest number: how much of it had passed before. */
enum known_below { KNOWN_NOT_BELOW, KNOWN_ALL, KNOWN_SOME, KNOWN_NONE };

struct known_verdict {
	unsigned words;		/* bits, 1 << enum known_word */
	enum known_below below;
	uint64_t rtt_frame;	/* 0: no sample by Karn's rule */
	int64_t rtt_ns;
	bool rtt_ambiguous;
	bool has_ts_rtt;
	int64_t ts_rtt_ns;
};

struct known_rtt {
	uint64_t samples;
	int64_t sum_ns, min_ns, max_ns;
};

struct known_tcp_side {
	struct stream sent;
	bool isn_known, sack_permitted, has_scale, scaled, has_segment;
	uint32_t isn;
	uint16_t mss, last_window;
	uint8_t scale;
	unsigned last_words;
	bool has_ack;
	int64_t ack;		/* in the other side's stream */
	bool fin_seen, fin_acked;
	int64_t fin;

	uint64_t segments, payload_bytes, window_max, sack_blocks;
	uint64_t words[KNOWN_WORDS], below[KNOWN_NONE + 1];
	struct known_rtt rtt, ts_rtt;	/* of what this side has sent */
	uint64_t rtt_ambiguous;
};

struct known_shake {
	uint64_t frame;		/* 0: not seen */
	int64_t ts_ns;
	uint32_t seq, ack;
};

enum known_close {
	KNOWN_OPEN, KNOWN_HALF_CLOSED, KNOWN_CLOSED, KNOWN_FINS, KNOWN_RESET,
};

/* Sides as in the flow: 0 sent the first packet. */
struct known_tcp {
	struct known_tcp_side sides[2];
	struct known_shake syn, synack, ack;
	unsigned client;
	bool client_known, repeated, simultaneous, reused;
	unsigned completeness;
	enum known_close close;
	unsigned closer;
	uint64_t unverified;	/* checksums */
};

/* A segment of `side` passes.  -1: no memory. */
int known_tcp_add(struct known_tcp *tcp, unsigned side,
    const struct known_frame *frame, struct known_verdict *verdict);

/* Members of its object in `connections`. */
void known_tcp_put(const struct known_tcp *tcp, struct json_out *out);

/* The members `verdict` to `ts_rtt_ns` of an object in `segments`. */
bool known_verdict_is_plain(const struct known_verdict *verdict);

/* Into the object that is open; all but `verdict` only where they apply. */
void known_verdict_put(const struct known_verdict *verdict,
    const struct known_frame *frame, struct json_out *out);

/* Frees the streams of both sides; the counts stay. */
void known_tcp_reset(struct known_tcp *tcp);

#endif
