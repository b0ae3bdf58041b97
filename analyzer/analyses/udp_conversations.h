/*
 * udp-conversations: a row a conversation of UDP: datagrams and lengths of
 * both directions, and how long the first answer took.
 */
#ifndef ANALYZER_ANALYSES_UDP_CONVERSATIONS_H
#define ANALYZER_ANALYSES_UDP_CONVERSATIONS_H

#include <stdint.h>

#include "analyzer/analyses/flows.h"
#include "analyzer/tracker/flow.h"
#include "base/table.h"

struct udp_conversation_side {
	struct table_ip ip;
	uint64_t port;
	uint64_t datagrams, packets, payload_bytes;
	int128 payload_mean;
	uint64_t payload_min, payload_max;
	int64_t first_ns, last_ns;
};

/* The row; its columns, with units and meanings, are in the .c. */
struct udp_conversation_row {
	const char *file;
	uint64_t flow, part;
	const char *vlan;
	int64_t start_time_ns;
	int128 duration;
	struct udp_conversation_side sides[FLOW_SIDES];
	int128 response;
	const char *end_reason, *application;
};

extern const struct table udp_conversations_table;

/* Fills all cells from a flow of UDP that has ended and has features; `vlan`
 * has FLOWS_VLAN_BYTES. */
void udp_conversation_row_fill(struct udp_conversation_row *row, char *vlan,
    const struct flow *flow);

#endif
