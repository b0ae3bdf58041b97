/*
 * tcp-handshakes: a row a segment of a handshake: the client's SYN, the
 * server's SYN-ACK, the client's ACK, as far as they were seen.
 */
#ifndef ANALYZER_ANALYSES_HANDSHAKES_H
#define ANALYZER_ANALYSES_HANDSHAKES_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/analyses/exchange.h"
#include "analyzer/tracker/flow.h"
#include "base/table.h"

enum handshake_part {
	HANDSHAKE_SYN, HANDSHAKE_SYNACK, HANDSHAKE_ACK,
	HANDSHAKE_PARTS,
};

/* The row; its columns, with units and meanings, are in handshakes.c. */
struct handshake_row {
	const char *file;
	uint64_t connection;
	const char *segment;	/* "SYN", "SYN-ACK", "ACK" */
	uint64_t frame;
	struct table_time time;
	struct table_ip src, dst;
	uint64_t src_port, dst_port;
	uint64_t seq, ack, seq_rel, ack_rel;	/* ack: not of a SYN */
	uint64_t window;
	const char *options;
	int128 since_syn;
};

extern const struct table handshakes_table;

/* Fills the row of that segment; false where it was not seen.  `options` keeps
 * the cell of that name. */
bool handshake_row_fill(struct handshake_row *row,
    char options[EXCHANGE_OPTIONS_BYTES], const struct flow *flow,
    enum handshake_part part);

#endif
