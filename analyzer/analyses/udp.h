/*
 * udp: a row a datagram.
 */
#ifndef ANALYZER_ANALYSES_UDP_H
#define ANALYZER_ANALYSES_UDP_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/analyses/preview.h"
#include "analyzer/decode/packet.h"
#include "base/table.h"

/* What is kept of a datagram; plain data. */
struct udp_datagram {
	const char *file;	/* the cell; outlives the analysis */
	uint64_t number;	/* of the record */
	struct table_time time;
	struct table_ip src, dst;
	uint32_t ip_bytes, frame_len;
	uint32_t room;		/* bytes that IP has for it */
	uint32_t payload_len;
	uint16_t src_port, dst_port, length, checksum;
	uint8_t checksum_status;	/* enum checksum */
	bool has_ports, has_header;	/* were captured; the whole header */
	bool has_payload_len;
	bool has_room;		/* IP says how long it is, and it is whole */
	bool fragment;		/* the first one: length is the datagram's */
	uint8_t preview_len;
	uint8_t preview[PREVIEW_BYTES_MAX + 1];	/* one more tells of more */
};

/* The row; its columns, with units and meanings, are in udp.c.  The texts under
 * "strings" are borrowed for the row's call only. */
struct udp_row {
	const char *file;
	uint64_t number;
	int64_t time_ns;
	struct table_ip src_ip, dst_ip;
	uint64_t src_port, dst_port, length;
	const char *checksum_status;
	uint64_t payload_len;
	uint64_t ip_bytes, frame_len;
	const char *length_status;
	uint64_t surplus_bytes;
	/* strings */
	const char *checksum, *payload_preview;
	/* no column: what the row was made of */
	const struct udp_datagram *datagram;
};

extern const struct table udp_table;

/* Is this a datagram, and not a later fragment of one? */
static inline bool
udp_is_datagram(const struct packet *p)
{
	return p->ip_version != 0 && p->ip_protocol == 17 &&
	    (p->flags & PACKET_LATER_FRAGMENT) == 0;
}

/* How the length field and IP agree: "ok", "padded", ...; NULL: it is not
 * known. */
const char *udp_length_status(const struct udp_datagram *datagram);

#endif
