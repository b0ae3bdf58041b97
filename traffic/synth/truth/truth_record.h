/*
 * What truth.h was told, as it is kept; the files truth*.c share it, and nobody
 * else includes this.
 *
 * Arrays of plain records, each in the order of the calls.  Links between them
 * are indices plus one; 0: none.
 */
#ifndef TRAFFIC_SYNTH_TRUTH_TRUTH_RECORD_H
#define TRAFFIC_SYNTH_TRUTH_TRUTH_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "traffic/synth/truth/truth.h"

struct truth_packet {
	int64_t at_ns;
	size_t sender;			/* SCENARIO_NONE: the router */
	uint64_t connection;
	uint64_t fragment_of;		/* packet; 0: no fragment, or of one
					   that was never sent whole */
	const char *label;		/* of the scenario; NULL */
	enum sim_cause cause;
	enum sim_kind kind;		/* of a fragment that of the whole */
	bool is_fragment, more;
	size_t offset;			/* of a fragment */
	unsigned marks;
	struct scenario_address source, destination;
	uint16_t source_port, destination_port;
	struct tcp_segment segment;	/* without its payload's bytes */
	uint8_t type, code, ttl;
	uint32_t id;			/* IPv4's; of IPv6 that of a fragment */
	size_t len;			/* behind the transport header; of a
					   fragment: of its IP payload */
	size_t ip_bytes, frame_bytes;
	size_t first_fate, last_fate, first_seen, last_seen;
};

struct truth_fate {
	enum fate fate;
	size_t host;
	int64_t at_ns;
	size_t next;			/* of the same packet */
};

struct truth_sighting {
	uint64_t packet, frame;
	size_t capture;
	int64_t ts_ns;			/* with the capture's precision */
	uint8_t ttl;
	size_t next;			/* of the same packet */
};

struct truth_capture {
	char *file;
	size_t host;			/* SCENARIO_NONE: of a switch */
	size_t network;			/* the host's, or the switch's */
	struct scenario_capture how;
	uint32_t snaplen;		/* the smaller of the two */
	uint64_t frames;
};

struct truth_report {
	bool given, is_over;
	enum tcp_end why;
	int64_t at_ns;
	struct tcp_counts counts;
};

struct truth_conn {
	struct truth_end ends[2];	/* client, server */
	const char *label;
	int64_t at_ns;
	struct truth_report reports[2];
};

struct truth_said {
	size_t from, to;
	const char *what;
	size_t data, len;		/* in truth->said_bytes */
	int64_t at_ns;
};

/* An array that grows. */
#define TRUTH_LIST(type) struct { struct type *list; size_t count, room; }

struct truth {
	struct truth_setup setup;
	bool no_memory;
	TRUTH_LIST(truth_packet) packets;
	TRUTH_LIST(truth_fate) fates;
	TRUTH_LIST(truth_sighting) sightings;
	TRUTH_LIST(truth_capture) captures;
	TRUTH_LIST(truth_conn) connections;
	TRUTH_LIST(truth_said) said;
	struct bytes said_bytes;
};

#endif
