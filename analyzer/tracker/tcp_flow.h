/*
 * One TCP connection as a capture shows it: handshake, close, sequence
 * numbers, what each segment means, round-trip times.
 *
 * The capture point may lie anywhere between the ends, may have begun late and
 * may have lost packets: every verdict is an inference and carries the reason
 * for it.  The decision table stands in pcapstat-tcp(1).
 */
#ifndef ANALYZER_TRACKER_TCP_FLOW_H
#define ANALYZER_TRACKER_TCP_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/tracker/tcp_segment.h"
#include "base/int128.h"

/* What a segment is, besides what its header says; bits. */
#define TCP_VERDICT_LIST(X) \
	X(RETRANSMISSION, "retransmission")	/* bytes sent before; the next \
						   two come beside it */ \
	X(FAST, "fast retransmission") \
	X(SPURIOUS, "spurious retransmission")	/* acknowledged before */ \
	X(OUT_OF_ORDER, "out of order") \
	X(GAP, "previous segment missing")	/* bytes before it not seen */ \
	X(DUPLICATE_ACK, "duplicate ACK") \
	X(KEEP_ALIVE, "keep-alive") \
	X(KEEP_ALIVE_ACK, "keep-alive ACK") \
	X(ZERO_WINDOW, "zero window") \
	X(WINDOW_PROBE, "zero window probe") \
	X(WINDOW_PROBE_ACK, "zero window probe ACK") \
	X(WINDOW_UPDATE, "window update") \
	X(WINDOW_FULL, "window full") \
	X(UNSEEN_ACKED, "acknowledges a segment not seen") \
	X(PORTS_REUSED, "ports reused")

enum tcp_verdict_bit {
#define TCP_VERDICT_BIT(name, text) TCP_IS_##name##_AT,
	TCP_VERDICT_LIST(TCP_VERDICT_BIT)
#undef TCP_VERDICT_BIT
	TCP_VERDICTS,
};

enum {
#define TCP_VERDICT_VALUE(name, text) TCP_IS_##name = 1 << TCP_IS_##name##_AT,
	TCP_VERDICT_LIST(TCP_VERDICT_VALUE)
#undef TCP_VERDICT_VALUE
	TCP_NO_VERDICT = 0,
};

struct tcp_verdict {
	uint32_t what;		/* TCP_IS_* */
	/* Why: a constant word such as "gap_filled", "acked_before",
	 * "same_ip_id", "within_irtt"; of several verdicts, of the one that
	 * comes first in the table of pcapstat-tcp(1).  NULL where nothing was
	 * to be decided. */
	const char *reason;
	uint32_t rel_seq, rel_ack;	/* relative to the sides' first numbers;
					   rel_ack only with ACK */
	/* A sample by Karn's rule that this segment's ACK has made: since that
	 * frame (0: no sample). */
	uint64_t rtt_frame;
	int64_t rtt_ns;
	bool rtt_ambiguous;	/* the ACK is of new data, but Karn's rule
				   makes no sample of it */
	bool has_ts_rtt;	/* it makes one by time stamps: */
	int64_t ts_rtt_ns;
};

/* The text of one verdict bit. */
const char *tcp_verdict_name(enum tcp_verdict_bit bit);

/* Wireshark's bits, so that users can compare. */
enum {
	TCP_SAW_SYN = 1, TCP_SAW_SYNACK = 2, TCP_SAW_ACK = 4, TCP_SAW_DATA = 8,
	TCP_SAW_FIN = 16, TCP_SAW_RST = 32,
};

enum tcp_close {
	TCP_OPEN,		/* no end was seen */
	TCP_HALF_CLOSED,	/* one FIN */
	TCP_CLOSED,		/* both FINs, both acknowledged */
	TCP_FINS,		/* both FINs, not both acknowledged */
	TCP_RESET,
};

/* Exact sums of round-trip samples, nanoseconds. */
struct tcp_rtt {
	uint64_t samples;
	int64_t min_ns, max_ns;	/* where samples > 0 */
	int128 sum_ns;
};

struct tcp_side {
	/* What relative numbers are to: the number of the SYN; where none was
	 * seen, that which the SYN-ACK of the other side implies; else the
	 * first number seen. */
	_Alignas(16) uint32_t base_seq;	/* so that a side is a line */
	uint32_t next_seq;	/* highest byte seen, plus one */
	uint32_t acked;		/* highest number it has acknowledged */
	uint32_t fin_seq;
	bool isn_known;		/* base_seq is that of a SYN */
	bool base_known;
	bool next_known, has_acked, fin_seen, fin_acked;
	bool window_scaled;	/* it has sent a segment without SYN: what it
				   says of its window is scaled from there */
	bool sack_permitted;
	uint16_t last_window, mss;	/* mss 0: not said */
	uint8_t window_scale;	/* as sent; TCP_NO_SCALE: not said */
	uint32_t window_max;	/* scaled */
	uint64_t segments, payload_bytes;
};

/* What segments of a side add up to, besides. */
struct tcp_sums {
	/* Samples of data that this side has sent. */
	struct tcp_rtt rtt;	/* by Karn's rule */
	struct tcp_rtt ts_rtt;	/* by timestamps (RFC 7323) */
	uint64_t rtt_ambiguous;	/* ACKs that Karn's rule gives no sample for */
	/* How often each verdict was given to segments of this side. */
	uint64_t verdicts[TCP_VERDICTS];
	uint64_t sack_blocks, dsack_blocks, ece, cwr;
	uint64_t checksum_bad, checksum_unverified;
};

enum { TCP_NO_SCALE = 0xff };

/* A segment of the handshake; frame 0: not seen. */
struct tcp_handshake_segment {
	uint64_t frame;
	int64_t ts_ns;
	uint32_t seq, ack;
	uint32_t len;		/* payload bytes */
	uint16_t window, mss;	/* mss 0: not said */
	uint8_t window_scale, options;
	uint32_t ts_value, ts_echo;
};

struct tcp_flow_live;		/* what is outstanding, and when it was sent */

/*
 * Side 0 is the flow's A, side 1 its B; `client` says which is the client: the
 * sender of the SYN, the receiver of the SYN-ACK; else the one whose port is
 * higher; else A.
 *
 * Plain data but for `live`, which tcp_flow_close() frees: after that a
 * bytewise copy is a copy.
 *
 * The first line of memory and those of the sides are all that an ordinary
 * segment changes but for `sums`, which stand last: who only follows a
 * connection has no room for them.
 */
struct tcp_flow {
	/* NULL when closed, and as long as there are only SYNs: a scan of many
	 * ports needs no more than this struct for each.  Owned but where the
	 * flow is roomy. */
	struct tcp_flow_live *live;
	uint64_t first_frame;
	/* Extremes of the segments that have a time; where times_known. */
	int64_t earliest_ns, latest_ns;
	/* Of the last SYN, and from there to the first ACK; TABLE_NO_I64. */
	int64_t last_syn_ns, first_ack_ns;
	bool times_known;
	uint8_t client;
	uint8_t completeness;	/* TCP_SAW_* */
	uint8_t close;		/* enum tcp_close */
	bool client_known;	/* by SYN or SYN-ACK, not by ports */
	bool repeated;		/* SYN or SYN-ACK came twice: handshake times
				   are ambiguous */
	bool simultaneous;	/* both sides have sent a SYN without ACK */
	bool reused;		/* an earlier connection had this key: set by
				   who starts this one in its place */
	bool rst_seen;
	bool roomy;
	bool awaits_ack;	/* an ACK may yet be noted below, or the time of
				   the first */
	uint8_t closer;		/* side that sent the first FIN or the RST;
				   where close is not TCP_OPEN */
	/* 64 bytes */
	struct tcp_side sides[2];
	/* The client's first SYN, the SYN-ACK to it (the first; of several
	 * with different numbers the last), and the ACK to that. */
	struct tcp_handshake_segment syn, synack, ack;
	struct tcp_sums sums[2];
};

/* What tcp_flow_follow() needs of it. */
enum { TCP_FLOW_FOLLOW_BYTES = offsetof(struct tcp_flow, sums) };

/* All zeros is not a start: this is. */
void tcp_flow_init(struct tcp_flow *flow);

/* The same for one that has only TCP_FLOW_FOLLOW_BYTES. */
void tcp_flow_init_follow(struct tcp_flow *flow);

/* The same for a flow that has TCP_FLOW_ROOM bytes right behind it, for its use
 * until it is closed: others allocate them when they need them. */
void tcp_flow_init_roomy(struct tcp_flow *flow);

/*
 * Does the segment, which has the addresses and ports of this connection,
 * belong to a new one?  A SYN without ACK whose sequence number is not the one
 * that was seen or implied; any after both FINs were acknowledged.  A SYN that is
 * refused and sent again, as some hosts do, has its old number.  A SYN-ACK if
 * neither of its numbers fits (the SYN was not captured): a server that only
 * changes its own number answers a repeated SYN.
 */
bool tcp_flow_is_reused(const struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *segment);

/* Both FINs acknowledged, or a reset: later segments still belong to it unless
 * tcp_flow_is_reused() says otherwise. */
bool tcp_flow_is_over(const struct tcp_flow *flow);

/*
 * Takes the segment, sent by `side`, and says what it is.  The client is
 * guessed from its ports where no SYN was seen: the higher one.
 * Memory it needs is bounded for each flow (TCP_FLOW_LIVE_MAX bytes); what is
 * past it gives no samples and no finer verdict.  Cannot fail.
 */
void tcp_flow_add(struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *segment, uint16_t src_port, uint16_t dst_port,
    struct tcp_verdict *verdict);

/*
 * tcp_flow_add() for who only wants to know where connections begin and end: it
 * keeps no more than tcp_flow_is_reused(), tcp_flow_is_over() and
 * tcp_flow_is_repeat() look at, and `close`; these are as tcp_flow_add() has
 * them.  Needs no `live` and no `sums`.  One connection takes either the one or
 * the other.
 */
void tcp_flow_follow(struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *segment, uint16_t src_port, uint16_t dst_port);

/* Of a segment with payload that has not been added yet: was it sent or
 * acknowledged before, or does it come late, or only to probe?  So are those
 * with a verdict of retransmission, out of order, keep-alive or probe. */
bool tcp_flow_is_repeat(const struct tcp_flow *flow, unsigned side,
    const struct tcp_segment *segment);

enum {
	TCP_FLOW_LIVE_MAX = 256 * 1024,
	/* Where `live` of a roomy flow is: on lines of its own, if the flow
	 * begins at one. */
	TCP_FLOW_LIVE_AT = (sizeof(struct tcp_flow) + 63) / 64 * 64,
	TCP_FLOW_ROOM = TCP_FLOW_LIVE_AT - sizeof(struct tcp_flow) + 256,
					/* see tcp_flow_init_roomy() */
};

/* Bytes that `live` holds now, but for those right behind the flow. */
size_t tcp_flow_memory(const struct tcp_flow *flow);

/* Frees `live`; what has been found stays. */
void tcp_flow_close(struct tcp_flow *flow);

/* Picoseconds; TABLE_NO_PS where undefined: SYN to SYN-ACK,
 * SYN-ACK to the ACK that completes it, SYN to that ACK. */
struct tcp_handshake_times {
	int128 synack_rtt, ack_rtt, irtt;
};

/* The times of its handshake, which may be under way. */
void tcp_flow_handshake_times(const struct tcp_flow *flow,
    struct tcp_handshake_times *out);

#endif
