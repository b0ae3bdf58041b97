/*
 * What stands behind a number of a row of `tcp` or `flows`: the packets that it
 * was made from, and the rule.
 */
#ifndef ANALYZER_COMMANDS_EVIDENCE_H
#define ANALYZER_COMMANDS_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/analyses/exchange.h"
#include "analyzer/analyses/tcp.h"

struct evidence_rule;

/* Who sent the packets that count. */
enum evidence_sender { SENT_BY_ANY, SENT_BY_FIRST, SENT_BY_SECOND };

/* The question, and what has been met of its answer. */
struct evidence {
	const struct evidence_rule *rule;
	enum evidence_sender sender;	/* first: client or A */
	bool is_tcp;		/* table tcp, else flows */
	/* The client of the row, of tcp: of an early packet `sender` is what
	 * was known by then. */
	struct table_ip client;
	uint64_t client_port;
	/* Of the row: frames of the handshake, of tcp, and their sequence
	 * numbers; else all undefined.  Captures that are joined have frames
	 * of the same number. */
	uint64_t syn_frame, synack_frame, ack_frame;
	uint64_t syn_seq, synack_seq, ack_seq;
	unsigned met;		/* of these frames, as bits */
	uint64_t seen;		/* packets of the conversation */
	int64_t last_ns;	/* of the sender's last packet with a time, or
				   TABLE_NO_I64 */
};

/*
 * Finds the rule for a column of the table ("tcp" or "flows"); false where it
 * has none, which is so for columns that the tables do not have.
 */
bool evidence_init(struct evidence *e, const char *table, const char *column);

/* The rule in words. */
const char *evidence_text(const struct evidence *e);

/*
 * Does the packet, one of the conversation's in file order, stand behind the
 * number?  Behind those of tcp only segments do.  *value is then what it adds:
 * picoseconds for times, else a count or bytes, TABLE_NO_PS where it is no
 * number.
 */
bool evidence_has(struct evidence *e, const struct exchange_row *row,
    int128 *value);

/* Is *value a time? */
bool evidence_is_time(const struct evidence *e);

#endif
