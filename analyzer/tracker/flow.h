/*
 * A flow: one conversation between two ends, both directions.  Plain data, as
 * the tracker gives it out.
 *
 * The key is the pair of addresses and ports, the IP protocol and the VLAN
 * stack, whichever way a packet goes; and an incarnation: a new connection
 * over the same key is a new flow.  A is the sender of the first SYN without
 * ACK (of a SYN-ACK seen first: its receiver), else of the first packet.
 * Protocols without ports (and packets cut before them) have none.
 */
#ifndef ANALYZER_TRACKER_FLOW_H
#define ANALYZER_TRACKER_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/decode/packet.h"
#include "analyzer/stats/moments.h"
#include "analyzer/tracker/application.h"
#include "analyzer/tracker/tcp_flow.h"
#include "base/int128.h"
#include "base/table.h"

enum { FLOW_A, FLOW_B, FLOW_SIDES };

enum flow_end {
	FLOW_END_CAPTURE,	/* the capture ended first */
	FLOW_END_FIN,		/* both FINs acknowledged */
	FLOW_END_RST,
	FLOW_END_IDLE,		/* idle timeout */
	FLOW_END_ACTIVE,	/* active timeout: the next part follows */
	FLOW_END_REUSED,	/* a new connection took its key before it was
				   closed */
	FLOW_END_EVICTED,	/* --max-memory: what follows is another flow */
	FLOW_ENDS,
};

/* The cell end_reason. */
const char *flow_end_name(enum flow_end end);

struct flow_side {
	uint64_t packets, frame_bytes, ip_bytes, payload_bytes;
	/* Of packets with a time, in file order; where times_seen > 0. */
	uint64_t times_seen;
	int64_t first_ns, last_ns;
	struct moments gaps;	/* nanoseconds, signed */
	uint64_t backward_steps;
	int128 median_ps;	/* TABLE_NO_PS: no gap, or not asked for */
};

/* What --features cic needs beside the rest, and only with TRACK_FEATURES. */
struct flow_feature_side {
	struct moments payload_lens;	/* of packets that have one */
	uint64_t header_bytes;		/* transport headers of these */
	uint64_t header_min;		/* the shortest; UINT64_MAX */
	uint64_t flags[TCP_FLAGS];	/* packets with the flag, FIN first */
	uint64_t data_packets;		/* with payload */
	uint64_t later_fragments;	/* packets that begin no datagram */
	uint32_t first_window;		/* TCP, as sent; NO_WINDOW */
	/* Bulks: 4 or more packets with payload in one direction, no more than
	 * 1 s between them and none of the other direction with payload. */
	uint64_t bulks, bulk_packets, bulk_bytes;
	int128 bulk_ns;			/* last less first, in file order */
	/* the bulk that may be going on */
	uint64_t run_packets, run_bytes;
	int64_t run_first_ns, run_last_ns;
};

enum { FLOW_NO_WINDOW = UINT32_MAX };

struct flow_features {
	struct flow_feature_side sides[FLOW_SIDES];
	struct moments gaps;		/* of both directions together */
	uint64_t times_seen;
	int64_t last_ns;		/* in file order */
	/* Activity: runs of packets with no gap over 5 s; a longer gap is
	 * idleness. */
	struct moments active, idle;	/* nanoseconds */
	int64_t active_since_ns;
	uint64_t subflows;		/* runs with no gap over 1 s */
};

/* One of the first packets, for --splt. */
struct flow_packet {
	uint32_t ip_bytes;
	uint32_t payload_len;
	int64_t ts_ns;
	uint8_t side;
};

struct flow {
	struct flow_side sides[FLOW_SIDES];
	uint64_t number;	/* of the flow in its capture, from 1, in order
				   of first packets; parts share it */
	uint64_t part;		/* from 1 */
	uint64_t connection;	/* of TCP: its number among these; else 0 */
	uint64_t sequence;	/* of the part among all parts, from 1, in order
				   of first packets: the order of rows */
	const char *file;	/* the cell; outlives the tracker */
	uint64_t first_frame;
	uint8_t ip_version;	/* 4 or 6 */
	uint8_t ip_protocol;
	uint8_t end;		/* enum flow_end, once it has ended */
	bool has_ports;
	uint8_t vlan_count;	/* may be more than are kept */
	uint8_t digits;		/* of the times */
	uint8_t layer_count;
	uint8_t layers[PACKET_LAYERS_MAX];	/* of its first packet */
	uint16_t vlan[PACKET_VLANS_MAX];
	uint16_t ports[FLOW_SIDES];
	uint8_t address[FLOW_SIDES][16];	/* network order; IPv4 in 4 */
	bool times_known;	/* the next two are of packets with a time */
	int64_t earliest_ns, latest_ns;

	/* NULL unless asked for and (tcp) where it is TCP. */
	struct tcp_flow *tcp;
	struct flow_application *application;
	struct flow_features *features;
	struct flow_packet *splt;	/* the first splt_count packets */
	uint32_t splt_count;
};

/* The address of a side as a cell. */
static inline struct table_ip
flow_ip(const struct flow *flow, unsigned side)
{
	struct table_ip ip = { .version = flow->ip_version };

	__builtin_memcpy(ip.bytes, flow->address[side], 16);
	return ip;
}

#endif
