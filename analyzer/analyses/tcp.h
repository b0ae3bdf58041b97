/*
 * tcp: a row a TCP connection.
 */
#ifndef ANALYZER_ANALYSES_TCP_H
#define ANALYZER_ANALYSES_TCP_H

#include <stdint.h>

#include "analyzer/tracker/flow.h"
#include "base/table.h"

/* Round-trip samples, picoseconds. */
struct tcp_row_rtt {
	uint64_t samples;
	int128 min, mean, max;
};

/* The cells of client or server. */
struct tcp_row_side {
	struct table_ip ip;
	uint64_t port;
	uint64_t isn;
	uint64_t mss, window_scale;
	const char *sack_permitted;
	uint64_t packets, payload_bytes;
	uint64_t verdicts[TCP_VERDICTS];
	uint64_t sack_blocks, dsack_blocks, ece, cwr;
	uint64_t window_max;
	struct tcp_row_rtt rtt, ts_rtt;
	uint64_t rtt_ambiguous;
};

enum { TCP_ROW_CLIENT, TCP_ROW_SERVER };

/* The row; its columns, with units and meanings, are in tcp.c. */
struct tcp_row {
	const char *file;
	uint64_t connection, flow;
	struct tcp_row_side sides[2];	/* TCP_ROW_* */
	uint64_t retransmissions;	/* of both */
	int64_t start_time_ns;
	int128 duration;
	uint64_t first_frame;
	uint64_t syn_frame, syn_seq;
	uint64_t synack_frame, synack_seq, synack_ack;
	uint64_t ack_frame, ack_seq, ack_ack;
	uint64_t syn_seq_rel, synack_seq_rel, synack_ack_rel;
	uint64_t ack_seq_rel, ack_ack_rel;
	const char *handshake, *handshake_repeated, *client_by, *base;
	int128 synack_rtt, ack_rtt, irtt;
	uint64_t checksum_bad, checksum_unverified;
	struct tcp_row_rtt rtt, ts_rtt;	/* of both sides together */
	uint64_t rtt_ambiguous;
	const char *close, *closed_by, *ports_reused, *end_reason;
	uint64_t completeness;
};

extern const struct table tcp_table;

/* Fills all cells from a flow that has ended, with flow->tcp.  Texts are
 * constant or the flow's file. */
void tcp_row_fill(struct tcp_row *row, const struct flow *flow);

#endif
