/*
 * packets: a row a packet.
 */
#ifndef ANALYZER_ANALYSES_PACKETS_H
#define ANALYZER_ANALYSES_PACKETS_H

#include "base/table.h"

/* The row; its columns, with units and meanings, are in packets.c. */
struct packets_row {
	struct table_ip source_ip, destination_ip;
	uint64_t packet_len;
	struct table_time time;
	const char *file;
	uint64_t number;
	const char *direction;
	uint64_t frame_len, cap_len;
	const char *protocol;
	uint64_t src_port, dst_port;
	int128 iat;
	const char *tcp_flags;
	uint64_t tcp_seq, tcp_ack, payload_len;
};

#endif
