/*
 * A TCP segment: what its header says, options included.  Plain data.
 *
 * RFC 9293 (header, MSS), RFC 7323 (window scale, timestamps), RFC 2018 and
 * RFC 2883 (SACK, D-SACK), RFC 3168 and RFC 9768 (ECN).
 */
#ifndef ANALYZER_TRACKER_TCP_SEGMENT_H
#define ANALYZER_TRACKER_TCP_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/decode/packet.h"

enum {
	TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08,
	TCP_ACK = 0x10, TCP_URG = 0x20, TCP_ECE = 0x40, TCP_CWR = 0x80,
	TCP_AE = 0x100,
	TCP_FLAGS = 9,
	TCP_SACK_BLOCKS_MAX = 4,
};

enum {
	TCP_HAS_MSS = 1, TCP_HAS_WINDOW_SCALE = 2, TCP_SACK_PERMITTED = 4,
	TCP_HAS_TIMESTAMPS = 8,
};

struct tcp_segment {
	int64_t ts_ns;		/* TABLE_NO_I64 without a time */
	uint64_t number;	/* of the record */
	uint32_t seq, ack;	/* as sent */
	uint32_t len;		/* payload bytes */
	uint16_t flags;		/* TCP_FIN ... */
	uint16_t window;	/* as sent, not scaled */
	uint16_t ip_id;		/* IPv4; 0 in IPv6 */
	uint8_t ip_version;
	uint8_t options;	/* TCP_HAS_MSS ... */
	uint16_t mss;
	uint8_t window_scale;	/* as sent; RFC 7323 allows 14 */
	uint8_t sack_count;	/* blocks in sack[] */
	uint32_t ts_value, ts_echo;
	struct { uint32_t left, right; } sack[TCP_SACK_BLOCKS_MAX];
};

/* Of a packet with PACKET_HAS_TCP.  Options that were cut off or are wrong are
 * left out; cannot fail. */
void tcp_segment_read(struct tcp_segment *segment,
    const struct packet *packet);

/* Bytes of sequence space: payload, SYN and FIN. */
static inline uint32_t
tcp_segment_span(const struct tcp_segment *s)
{
	return s->len + ((s->flags & TCP_SYN) != 0) +
	    ((s->flags & TCP_FIN) != 0);
}

/* Sequence arithmetic modulo 2^32 (RFC 9293, section 3.4): a - b, signed. */
static inline int32_t
tcp_seq_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* "SYN,ACK" for the flags; a constant text, "" where none is set. */
const char *tcp_flags_text(unsigned flags);

#endif
