/*
 * exchange: a row a packet, with all that is known of it once its conversation
 * is: the rows behind `tcp --segments`, the sequence diagram, and explain.
 */
#ifndef ANALYZER_ANALYSES_EXCHANGE_H
#define ANALYZER_ANALYSES_EXCHANGE_H

#include <stdint.h>

#include "analyzer/tracker/tracker.h"
#include "base/table.h"

/*
 * The row; its columns, with units and meanings, are in exchange.c.
 *
 * Numbers that a packet does not have are TABLE_NO_U64, texts NULL.  The texts
 * under "strings" are borrowed for the row's call only (COLUMN_STRING); the
 * others are constants or outlive the writer.
 */
struct exchange_row {
	const char *file;
	uint64_t number;	/* of the record */
	struct table_time time;
	struct table_ip src, dst;	/* version 0: no IP; see src_link */
	uint64_t src_port, dst_port;
	const char *protocol;	/* "tcp", "udp", "icmp", "arp", ... */
	uint64_t flow;		/* flow number in its capture; none: NO_U64 */
	uint64_t connection;	/* of TCP, else NO_U64 */
	uint64_t side;		/* 0: sent by the flow's A, 1: by its B */
	const char *sender;	/* TCP: "client" or "server" */
	const char *flags;	/* "SYN,ACK" */
	uint64_t flag_bits;	/* TCP_FIN ... of tracker/tcp_segment.h */
	uint64_t seq, ack, rel_seq, rel_ack;	/* ack only with ACK */
	uint64_t window;
	uint64_t frame_len, ip_bytes, payload_len;
	uint64_t ip_id;		/* IPv4 */
	uint64_t verdict_bits;	/* TCP_IS_* of tracker/tcp_flow.h; 0: none */
	const char *reason;	/* of the verdict */
	const char *checksum;	/* "good", "bad", ... of the transport */
	uint64_t rtt_frame;	/* this ACK makes an RTT sample with it */
	int128 rtt;		/* picoseconds */
	const char *rtt_ambiguous;	/* "yes": an ACK of new data that makes
					   no sample; else NULL */
	int128 ts_rtt;		/* sample by time stamps; picoseconds */
	/*
	 * The same for the same packet seen at two places, and as good as never
	 * for two packets: a hash of what routers and NAT-less paths leave as it
	 * is (addresses, protocol, IPv4 id, transport header and payload as far
	 * as every capture of it has them: at most 64 bytes), or of an ARP
	 * packet.  TABLE_NO_U64: which packet it is cannot be told.
	 */
	uint64_t identity;
	/* strings */
	const char *verdict;	/* "fast retransmission, zero window" */
	const char *options;	/* TCP: "mss 1460, wscale 7, sack permitted" */
	const char *preview;	/* payload: printable as it is, else hex; UTF-8,
				   without controls; at most 48 bytes of it */
	const char *src_link, *dst_link;	/* without IP: link addresses */
	const char *info;	/* DNS: "query A www.example.org", "answer ...";
				   ICMP: "echo request id 1 seq 2";
				   ARP: "who has 10.0.0.1, says 10.0.0.2" */
};

enum {
	EXCHANGE_VERDICT_BYTES = 384,
	EXCHANGE_OPTIONS_BYTES = 192,
	EXCHANGE_PREVIEW_BYTES = 200,
	EXCHANGE_LINK_BYTES = 24,
	EXCHANGE_INFO_BYTES = 512,
};

/* Room for the strings of one row. */
struct exchange_text {
	char verdict[EXCHANGE_VERDICT_BYTES];
	char options[EXCHANGE_OPTIONS_BYTES];
	char preview[EXCHANGE_PREVIEW_BYTES];
	char src_link[EXCHANGE_LINK_BYTES], dst_link[EXCHANGE_LINK_BYTES];
	char info[EXCHANGE_INFO_BYTES];
};

extern const struct table exchange_table;

/* The options of a segment, as in the cell; NULL without any. */
const char *exchange_options(char text[EXCHANGE_OPTIONS_BYTES],
    const struct tcp_segment *segment);

/* Fills all cells; those under "strings" lie in *text, which is overwritten.
 * `file` is the cell. */
void exchange_row_fill(struct exchange_row *row, struct exchange_text *text,
    const char *file, const struct sighting *sighting);

#endif
