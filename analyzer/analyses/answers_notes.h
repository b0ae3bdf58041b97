/*
 * What an answer sheet needs to know of one capture, taken down row by row:
 * connections, conversations, DNS answers, how often each address comes.
 *
 * Input:  the rows of exchange, tcp, flows and udp of one capture, each table
 *         in its order, the tables mixed as they come; but exchange has told the
 *         packets of a connection before tcp tells that.
 * Bounds: so many of each are kept as the enumerators say; the rest is counted
 *         in `left_out`.  An exchange that a sheet is made for has a few dozen.
 */
#ifndef ANALYZER_ANALYSES_ANSWERS_NOTES_H
#define ANALYZER_ANALYSES_ANSWERS_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/analyses/exchange.h"
#include "analyzer/analyses/flows.h"
#include "analyzer/analyses/places.h"
#include "analyzer/analyses/sheet.h"
#include "analyzer/analyses/tcp.h"
#include "analyzer/analyses/udp.h"
#include "base/errbuf.h"

enum {
	ANSWERS_CONNECTIONS_MAX = 4096,
	ANSWERS_FLOWS_MAX = 8192,
	ANSWERS_NAMES_MAX = 4096,	/* DNS answers */
	ANSWERS_DATAGRAMS_MAX = 4096,	/* pairs of sender and receiver */
	ANSWERS_EARLY = 16,	/* first packets of a connection, of which
				   the handshake's times are known */
};

/* A packet, and when it was; TABLE_NO_I64 where there is none. */
struct answers_moment {
	int64_t time_ns;
	uint64_t frame;
};

/* A TCP connection; what was not seen is undefined as in tables. */
struct answers_connection {
	struct sheet_end client, server;
	struct sheet_segment syn, synack, ack;
	struct answers_moment early[ANSWERS_EARLY];	/* first packets */
	size_t early_count;
	struct answers_moment fin[2];	/* first FIN of either side */
	struct answers_moment rst;
	const char *close;	/* constant */
};

/* The first datagram from one end to another. */
struct answers_datagram {
	struct sheet_end src, dst;
	uint64_t frame, length, payload_bytes;
	int64_t time_ns;
	char *checksum, *preview;	/* owned; NULL */
	const char *checksum_status;	/* constant */
};

struct answers_flow {
	const char *protocol;	/* constant; NULL: not taken down */
	struct sheet_end a, b;
	bool has_payload;
	const char *application;	/* constant */
	const char *clear_text, *a_clear_text, *b_clear_text;	/* constant */
};

/* One name and one address of a DNS answer. */
struct answers_name {
	char *name;		/* owned */
	const char *type;	/* constant: "A", "AAAA" */
	struct table_ip client, address;
	uint64_t question_frame, answer_frame;
	int64_t time_ns;	/* of the answer */
};

struct answers_notes {
	const char *file;	/* borrowed */
	uint64_t packets, left_out;
	struct answers_connection *connections;	/* [number - 1] */
	size_t connection_count, connection_room;
	struct answers_flow *flows;		/* [number - 1] */
	size_t flow_count, flow_room;
	struct answers_name *names;
	size_t name_count, name_room;
	/* Open addressing, ANSWERS_DATAGRAMS_MAX slots; NULL: none yet. */
	struct answers_datagram *datagrams;
	struct place_hosts hosts;
};

/* Caller's memory; `file` is borrowed. */
void answers_notes_init(struct answers_notes *notes, const char *file);

/* Frees what it holds. */
void answers_notes_reset(struct answers_notes *notes);

/* Takes down what a row of `exchange` tells.  -1: no memory. */
int answers_notes_packet(struct answers_notes *notes,
    const struct exchange_row *row, struct errbuf *err);

/* The same of `tcp`. */
int answers_notes_connection(struct answers_notes *notes,
    const struct tcp_row *row, struct errbuf *err);

/* The same of `flows`. */
int answers_notes_flow(struct answers_notes *notes,
    const struct flow_row *row, struct errbuf *err);

/* The same of `udp`. */
int answers_notes_datagram(struct answers_notes *notes,
    const struct udp_row *row, struct errbuf *err);

/* The connection with that number, made where there is none yet; NULL: too
 * many, or (*failed) no memory. */
struct answers_connection *answers_notes_find(struct answers_notes *notes,
    uint64_t number, bool *failed);

/* When the connection began. */
struct answers_moment answers_first(
    const struct answers_connection *connection);

/* When its handshake was complete; when it began where that was not seen. */
struct answers_moment answers_opened(
    const struct answers_connection *connection);

/* When it was closed: its RST or second FIN. */
struct answers_moment answers_closed(
    const struct answers_connection *connection);

/* In the order of time, and of the capture at the same time. */
bool answers_is_before(const struct answers_moment *a,
    const struct answers_moment *b);

/* Was it ever open: a handshake that was complete, or none that was seen? */
bool answers_was_open(const struct answers_connection *connection);

#endif
