/*
 * Rows as the analyses would write them, for tests of answers: hosts are
 * 10.20.30.N, the server is .3 with port 5000, DNS is .2.
 */
#ifndef TESTS_UNIT_ANSWERS_ROWS_H
#define TESTS_UNIT_ANSWERS_ROWS_H

#include <check.h>

#include "analyzer/analyses/answers.h"
#include "analyzer/tracker/tcp_segment.h"

#define MS	INT64_C(1000000)

static inline struct table_ip
host(uint8_t n)
{
	return (struct table_ip){ { 10, 20, 30, n }, 4 };
}

/* One capture whose packets are counted from 1. */
struct taken {
	struct answers_notes notes;
	uint64_t packets, connections, flows;
};

static inline void
take_packet(struct taken *t, int64_t time_ns, uint8_t src, uint8_t dst,
    uint64_t connection, uint64_t flags, const char *info)
{
	struct errbuf err;
	struct exchange_row row = {
		.number = ++t->packets,
		.time = { time_ns, 9 },
		.src = host(src), .dst = host(dst),
		.protocol = connection == TABLE_NO_U64 ? "udp" : "tcp",
		.flow = TABLE_NO_U64,
		.connection = connection,
		.sender = connection == TABLE_NO_U64 ? NULL :
		    src == 3 ? "server" : "client",
		.flag_bits = flags,
		.info = info,
	};

	ck_assert_int_eq(answers_notes_packet(&t->notes, &row, &err), 0);
}

/* A question of a client, and 1 ms later its answer. */
static inline void
take_dns(struct taken *t, int64_t time_ns, uint8_t client, const char *query,
    const char *answer)
{
	take_packet(t, time_ns, client, 2, TABLE_NO_U64, 0, query);
	if (answer != NULL)
		take_packet(t, time_ns + MS, 2, client, TABLE_NO_U64, 0,
		    answer);
}

/* A connection to 10.20.30.3:5000 of which everything is seen: SYN, SYN-ACK
 * after 1 ms, ACK after 2 ms, both FINs at its end (0: none). */
static inline void
take_connection(struct taken *t, int64_t time_ns, int64_t end_ns,
    uint8_t client, uint64_t port, uint32_t syn_seq, uint32_t synack_seq)
{
	uint64_t number = ++t->connections, frame = t->packets;
	struct errbuf err;
	struct tcp_row row = {
		.connection = number, .flow = ++t->flows,
		.sides = { { .ip = host(client), .port = port },
		    { .ip = host(3), .port = 5000 } },
		.start_time_ns = time_ns,
		.syn_frame = frame + 1, .syn_seq = syn_seq,
		.synack_frame = frame + 2, .synack_seq = synack_seq,
		.synack_ack = (uint32_t)(syn_seq + 1),
		.ack_frame = frame + 3, .ack_seq = (uint32_t)(syn_seq + 1),
		.ack_ack = (uint32_t)(synack_seq + 1),
		.close = end_ns == 0 ? "open" : "closed",
	};

	take_packet(t, time_ns, client, 3, number, TCP_SYN, NULL);
	take_packet(t, time_ns + MS, 3, client, number, TCP_SYN | TCP_ACK,
	    NULL);
	take_packet(t, time_ns + 2 * MS, client, 3, number, TCP_ACK, NULL);
	if (end_ns != 0) {
		take_packet(t, end_ns - MS, client, 3, number,
		    TCP_FIN | TCP_ACK, NULL);
		take_packet(t, end_ns, 3, client, number, TCP_FIN | TCP_ACK,
		    NULL);
	}
	ck_assert_int_eq(answers_notes_connection(&t->notes, &row, &err), 0);
}

/* A flow that ends, with what is known of its text. */
static inline void
take_flow(struct taken *t, const char *protocol, uint8_t a, uint64_t a_port,
    uint8_t b, uint64_t b_port, const char *application, const char *clear)
{
	struct errbuf err;
	bool tcp = protocol[0] == 't';
	struct flow_row row = {
		.flow = ++t->flows, .protocol = protocol,
		.connection = tcp ? 1 : TABLE_NO_U64,
		.sides = {
			{ .ip = host(a), .port = a_port, .payload_bytes = 5,
			    .clear_text = clear },
			{ .ip = host(b), .port = b_port,
			    .payload_bytes = 0 } },
		.application = application,
		.application_clear = clear,
	};

	ck_assert_int_eq(answers_notes_flow(&t->notes, &row, &err), 0);
}

static inline void
take_datagram(struct taken *t, uint64_t number, uint8_t src, uint64_t src_port,
    uint8_t dst, uint64_t dst_port, uint64_t length)
{
	struct errbuf err;
	struct udp_row row = {
		.number = number, .time_ns = (int64_t)number * MS,
		.src_ip = host(src), .src_port = src_port,
		.dst_ip = host(dst), .dst_port = dst_port,
		.length = length, .payload_len = length - 8,
		.checksum_status = "good", .checksum = "0x1a2b",
		.payload_preview = "hi",
	};

	ck_assert_int_eq(answers_notes_datagram(&t->notes, &row, &err), 0);
}

#endif
