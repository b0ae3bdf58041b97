/*
 * Packets for the tests of ladders: hosts are numbers, 10.0.0.N; times are
 * milliseconds.
 */
#ifndef TESTS_UNIT_LADDER_PACKETS_H
#define TESTS_UNIT_LADDER_PACKETS_H

#include <check.h>
#include <string.h>

#include "analyzer/report/ladder.h"
#include "analyzer/tracker/tcp_flow.h"
#include "tests/unit/quick_check.h"

#define MS INT64_C(1000000)

static inline struct table_ip
host_ip(unsigned n)
{
	return (struct table_ip){ { 10, 0, 0, (uint8_t)n }, 4 };
}

/* A segment of one connection, with payload. */
static inline struct exchange_row
make_row(unsigned from, unsigned to, int64_t ms, uint64_t identity)
{
	return (struct exchange_row){
		.number = identity, .time = { ms * MS, 6 },
		.src = host_ip(from), .dst = host_ip(to),
		.src_port = 1000 + from, .dst_port = 1000 + to,
		.protocol = "tcp", .flow = 1, .connection = 1,
		.flags = "PSH,ACK", .flag_bits = TCP_PSH | TCP_ACK,
		.seq = 100 * identity, .ack = 7, .rel_seq = 1, .rel_ack = 1,
		.window = 512, .frame_len = 154, .ip_bytes = 140,
		.payload_len = 100, .identity = identity,
		.preview = "hello",
	};
}

static inline struct ladder_packet
make_packet(const struct exchange_row *row)
{
	struct ladder_packet packet;
	struct errbuf err;

	ck_assert_int_eq(ladder_packet_init(&packet, row, &err), 0);
	return packet;
}

static inline void
see_row(struct ladder_view *view, const struct exchange_row *row)
{
	struct ladder_packet packet = make_packet(row);
	struct errbuf err;

	ck_assert_int_eq(ladder_view_add(view, &packet, &err), 0);
}

static inline void
see(struct ladder_view *view, unsigned from, unsigned to, int64_t ms,
    uint64_t identity)
{
	struct exchange_row row = make_row(from, to, ms, identity);

	see_row(view, &row);
}

static inline void
add_row(struct ladder *ladder, const struct exchange_row *row)
{
	struct ladder_packet packet = make_packet(row);
	struct errbuf err;

	ck_assert_int_eq(ladder_add_packet(ladder, &packet, &err), 0);
}

static inline void
finish(struct ladder *ladder)
{
	struct ladder_names names = { 0 };
	struct errbuf err;

	ck_assert_int_eq(ladder_finish(ladder, &names, &err), 0);
}

static inline void
merge(struct ladder *ladder, struct ladder_view *views, size_t n)
{
	struct errbuf err;

	ladder_init(ladder, true, false);
	ck_assert_int_eq(ladder_merge(ladder, views, n, &err), 0);
	finish(ladder);
}

/* The packets on arrows, in notes and in the counts of folds. */
static inline uint64_t
count_packets(const struct ladder *ladder)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ladder->count; i++)
		sum += ladder->items[i].kind == LADDER_FOLD ?
		    ladder->items[i].count.packets :
		    ladder->items[i].kind != LADDER_PAUSE;
	return sum;
}

static inline size_t
count_kind(const struct ladder *ladder, enum ladder_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < ladder->count; i++)
		n += ladder->items[i].kind == kind;
	return n;
}

#endif
