#include "analyzer/commands/evidence.h"

#include <fnmatch.h>
#include <stddef.h>
#include <string.h>

#include "analyzer/tracker/tcp_flow.h"

/* How packets are told that stand behind a number. */
enum kind {
	EVERY,			/* all of the sender */
	EVERY_PAIR,		/* all of both */
	PAYLOAD,		/* those with payload */
	VERDICT,		/* those that were found to be .bits */
	FLAGS,			/* those with one of these flags */
	SYNS,			/* SYNs of the sender */
	HANDSHAKE,		/* the frames named by .bits */
	SAMPLE,			/* ACKs that make a round-trip sample of what
				   the sender has sent; TS_SAMPLE by time
				   stamps; AMBIGUOUS: that make none */
	TS_SAMPLE,
	AMBIGUOUS,
	CHECKSUM,		/* those whose checksum is .word */
	SACKS,			/* those with selective acknowledgements */
	FIRST,			/* the first of the conversation */
};

/* What a packet adds. */
enum adds { NOTHING, ONE, IP_BYTES, FRAME_BYTES, PAYLOAD_BYTES, GAP, RTT,
    TS_RTT, WINDOW };

enum { SYN = 1, SYNACK = 2, ACK = 4 };

struct evidence_rule {
	const char *tables;	/* fnmatch(3) pattern of the table */
	const char *columns;	/* the same of the column, without client_,
				   server_, a_ or b_ in front */
	enum kind kind;
	enum adds adds;
	unsigned bits;
	const char *word;
	const char *text;
};

#define VERDICT_RULE(column, bit, text) \
	{ "tcp", column, VERDICT, ONE, TCP_IS_##bit, NULL, text }

/* The first that fits holds. */
static const struct evidence_rule rules[] = {
	{ "tcp", "syn_*", HANDSHAKE, NOTHING, SYN, NULL,
	    "The client's first SYN; numbers as sent, or relative to the "
	    "SYN's." },
	{ "tcp", "synack_rtt_s", HANDSHAKE, NOTHING, SYN | SYNACK, NULL,
	    "Time of the SYN-ACK less time of the first SYN." },
	{ "tcp", "synack_*", HANDSHAKE, NOTHING, SYNACK, NULL,
	    "The server's SYN-ACK that answers the SYN." },
	{ "tcp", "ack_rtt_s", HANDSHAKE, NOTHING, SYNACK | ACK, NULL,
	    "Time of the ACK that completes the handshake less time of the "
	    "SYN-ACK." },
	{ "tcp", "irtt_s", HANDSHAKE, NOTHING, SYN | ACK, NULL,
	    "Time of the ACK that completes the handshake less time of the "
	    "first SYN." },
	{ "tcp", "ack_*", HANDSHAKE, NOTHING, ACK, NULL,
	    "The client's ACK that completes the handshake." },
	{ "tcp", "handshake*", FLAGS, NOTHING, TCP_SYN, NULL,
	    "The segments with SYN; a SYN or SYN-ACK that is sent again leaves "
	    "the times in doubt." },
	{ "tcp", "mss", SYNS, NOTHING, 0, NULL,
	    "The option in the SYN of that side." },
	{ "tcp", "window_scale", SYNS, NOTHING, 0, NULL,
	    "The option in the SYN of that side." },
	{ "tcp", "sack_permitted", SYNS, NOTHING, 0, NULL,
	    "The option in the SYN of that side." },
	{ "tcp", "isn", SYNS, NOTHING, 0, NULL,
	    "The sequence number of that side's SYN." },
	VERDICT_RULE("retransmissions", RETRANSMISSION,
	    "Segments found to be retransmissions, fast and spurious ones "
	    "included."),
	VERDICT_RULE("fast_retransmissions", FAST,
	    "Retransmissions soon after duplicate ACKs that ask for them."),
	VERDICT_RULE("spurious_retransmissions", SPURIOUS,
	    "Retransmissions of what the other side had acknowledged."),
	VERDICT_RULE("out_of_order", OUT_OF_ORDER,
	    "Segments below the highest number seen, late rather than "
	    "repeated."),
	VERDICT_RULE("duplicate_acks", DUPLICATE_ACK,
	    "ACKs without payload that repeat number and window while data is "
	    "outstanding (RFC 5681)."),
	VERDICT_RULE("zero_windows", ZERO_WINDOW,
	    "Segments in which that side closes its window."),
	VERDICT_RULE("gaps", GAP,
	    "Segments above the next number expected: bytes before them were "
	    "not captured."),
	VERDICT_RULE("unseen_acked", UNSEEN_ACKED,
	    "ACKs of bytes that the capture does not have."),
	VERDICT_RULE("keep_alives", KEEP_ALIVE,
	    "Segments one below the next number, with at most one byte."),
	VERDICT_RULE("window_probes", WINDOW_PROBE,
	    "Single bytes sent into a closed window."),
	VERDICT_RULE("window_updates", WINDOW_UPDATE,
	    "ACKs that change nothing but the window."),
	VERDICT_RULE("window_full", WINDOW_FULL,
	    "Segments that end where the other side's window ends."),
	VERDICT_RULE("ports_reused", PORTS_REUSED,
	    "The SYN that begins this connection on ports used before."),
	{ "tcp", "checksum_bad", CHECKSUM, ONE, 0, "bad",
	    "Segments whose TCP checksum is wrong." },
	{ "tcp", "checksum_unverified", CHECKSUM, ONE, 0, "unverified",
	    "Segments that were cut, fragmented, or left to the network card: "
	    "the capture cannot tell." },
	{ "tcp", "sack_blocks", SACKS, NOTHING, 0, NULL,
	    "Segments with selective acknowledgements; the options list the "
	    "blocks." },
	{ "tcp", "dsack_blocks", SACKS, NOTHING, 0, NULL,
	    "Of the selective acknowledgements those whose first block lies "
	    "below the ACK or within the second (RFC 2883)." },
	{ "tcp", "ece", FLAGS, ONE, TCP_ECE, NULL, "Segments with ECE." },
	{ "tcp", "cwr", FLAGS, ONE, TCP_CWR, NULL, "Segments with CWR." },
	{ "tcp", "window_max", EVERY, WINDOW, 0, NULL,
	    "The largest window of any segment, times 2 to the power of the "
	    "scale (RFC 7323) but in SYNs." },
	{ "tcp", "rtt_ambiguous", AMBIGUOUS, ONE, 0, NULL,
	    "ACKs of new data that make no sample: of what was sent twice, "
	    "or before which something was (Karn's rule, RFC 6298), or was not "
	    "kept, more than 3072 segments being outstanding." },
	{ "tcp", "rtt_*", SAMPLE, RTT, 0, NULL,
	    "An ACK that covers a segment for the first time, exactly to its "
	    "end, makes a sample, unless the segment or one before it was "
	    "sent again (Karn's rule, RFC 6298)." },
	{ "tcp", "ts_rtt_*", TS_SAMPLE, TS_RTT, 0, NULL,
	    "An ACK of new data that echoes a time stamp makes a sample since "
	    "the first segment that carried it (RFC 7323)." },
	{ "tcp", "close*", FLAGS, NOTHING, TCP_FIN | TCP_RST, NULL,
	    "The FINs and resets." },
	{ "tcp", "end_reason", FLAGS, NOTHING, TCP_FIN | TCP_RST, NULL,
	    "The FINs and resets; without them it is silence, a new "
	    "connection, or the end of the capture." },
	{ "tcp", "completeness", FLAGS, NOTHING, TCP_SYN | TCP_FIN | TCP_RST,
	    NULL, "SYN 1, SYN-ACK 2, ACK 4, data 8, FIN 16, reset 32, added "
	    "up." },
	{ "*", "iat_*", EVERY, GAP, 0, NULL,
	    "Time of each packet of that side less that of the one before it, "
	    "in file order." },
	{ "*", "backward_steps", EVERY, GAP, 0, NULL,
	    "Packets of that side whose time is before that of the one before "
	    "it." },
	{ "*", "ip_bytes", EVERY, IP_BYTES, 0, NULL,
	    "IPv4 total length, or 40 + IPv6 payload length, of each packet of "
	    "that side." },
	{ "*", "frame_bytes", EVERY, FRAME_BYTES, 0, NULL,
	    "Original length of each frame of that side." },
	{ "*", "payload_bytes", PAYLOAD, PAYLOAD_BYTES, 0, NULL,
	    "Transport payload of each packet of that side, by its header "
	    "lengths; repeats count again." },
	{ "tcp", "packets", EVERY, ONE, 0, NULL,
	    "The segments of that side; packets without a whole TCP header are "
	    "none." },
	{ "*", "packets", EVERY, ONE, 0, NULL,
	    "The packets of that side, fragments included." },
	{ "*", "application", PAYLOAD, NOTHING, 0, NULL,
	    "Found in the first payload bytes of either side, else by the "
	    "port." },
	{ "*", "clear_text", PAYLOAD, NOTHING, 0, NULL,
	    "Are the first payload bytes of either side printable UTF-8?" },
	{ "*", "duration_s", EVERY_PAIR, NOTHING, 0, NULL,
	    "Latest time of its packets less the earliest." },
	{ "flows", "end_reason", EVERY_PAIR, NOTHING, 0, NULL,
	    "The last packets tell: FINs that were acknowledged, a reset, or "
	    "silence; else the capture ended." },
	{ "*", "splt_*", EVERY_PAIR, IP_BYTES, 0, NULL,
	    "The first packets of the flow, in file order." },
	{ "*", "*", FIRST, NOTHING, 0, NULL,
	    "Read from the first packet of the conversation." },
};

/* Takes client_, server_, a_ or b_ away from the column. */
static const char *
take_sender(struct evidence *e, const char *column)
{
	static const struct {
		const char *prefix;
		bool is_tcp;
		enum evidence_sender sender;
	} prefixes[] = {
		{ "client_", true, SENT_BY_FIRST },
		{ "server_", true, SENT_BY_SECOND },
		{ "a_", false, SENT_BY_FIRST },
		{ "b_", false, SENT_BY_SECOND },
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t len = strlen(prefixes[i].prefix);

		if (prefixes[i].is_tcp == e->is_tcp &&
		    strncmp(column, prefixes[i].prefix, len) == 0) {
			e->sender = prefixes[i].sender;
			return column + len;
		}
	}
	return column;
}

bool
evidence_init(struct evidence *e, const char *table, const char *column)
{
	*e = (struct evidence){ .is_tcp = strcmp(table, "tcp") == 0,
	    .syn_frame = TABLE_NO_U64, .synack_frame = TABLE_NO_U64,
	    .ack_frame = TABLE_NO_U64, .last_ns = TABLE_NO_I64 };
	column = take_sender(e, column);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (fnmatch(rules[i].tables, table, 0) == 0 &&
		    fnmatch(rules[i].columns, column, 0) == 0) {
			e->rule = &rules[i];
			return true;
		}
	return false;
}

const char *
evidence_text(const struct evidence *e)
{
	return e->rule->text;
}

bool
evidence_is_time(const struct evidence *e)
{
	return e->rule->adds == GAP || e->rule->adds == RTT ||
	    e->rule->adds == TS_RTT;
}

static bool
is_client(const struct evidence *e, const struct exchange_row *row)
{
	size_t len = e->client.version == 6 ? 16 : 4;

	return row->src.version == e->client.version &&
	    memcmp(row->src.bytes, e->client.bytes, len) == 0 &&
	    row->src_port == e->client_port;
}

static bool
is_sent_by(const struct evidence *e, const struct exchange_row *row,
    enum evidence_sender sender)
{
	bool first = e->is_tcp ? is_client(e, row) : row->side == 0;

	return sender == SENT_BY_ANY || (sender == SENT_BY_FIRST) == first;
}

/* The first that fits: none comes before it that could be taken for it. */
static bool
is_handshake_frame(struct evidence *e, const struct exchange_row *row)
{
	const struct { unsigned bit; uint64_t frame, seq; } frames[] = {
		{ SYN, e->syn_frame, e->syn_seq },
		{ SYNACK, e->synack_frame, e->synack_seq },
		{ ACK, e->ack_frame, e->ack_seq },
	};

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
		if (e->rule->bits & ~e->met & frames[i].bit &&
		    row->number == frames[i].frame &&
		    row->seq == frames[i].seq) {
			e->met |= frames[i].bit;
			return true;
		}
	return false;
}

static bool
fits(struct evidence *e, const struct exchange_row *row)
{
	const struct evidence_rule *rule = e->rule;
	bool mine = is_sent_by(e, row, e->sender);
	/* What was sent is acknowledged by the other side. */
	bool acks = e->sender == SENT_BY_ANY || !mine;
	uint64_t flags = row->flag_bits == TABLE_NO_U64 ? 0 : row->flag_bits;

	switch (rule->kind) {
	case EVERY:
		return mine;
	case EVERY_PAIR:
		return true;
	case PAYLOAD:
		return mine && row->payload_len != TABLE_NO_U64 &&
		    row->payload_len > 0;
	case VERDICT:
		return mine && row->verdict_bits != TABLE_NO_U64 &&
		    (row->verdict_bits & rule->bits) != 0;
	case FLAGS:
		return mine && (flags & rule->bits) != 0;
	case SYNS:
		return mine && (flags & TCP_SYN) != 0;
	case HANDSHAKE:
		return is_handshake_frame(e, row);
	case SAMPLE:
		return acks && row->rtt != TABLE_NO_PS;
	case TS_SAMPLE:
		return acks && row->ts_rtt != TABLE_NO_PS;
	case AMBIGUOUS:
		return acks && row->rtt_ambiguous != NULL;
	case CHECKSUM:
		return mine && row->checksum != NULL &&
		    strcmp(row->checksum, rule->word) == 0;
	case SACKS:
		return mine && row->options != NULL &&
		    strstr(row->options, "sack ") != NULL &&
		    (flags & TCP_SYN) == 0;
	case FIRST:
		return e->seen == 1;
	}
	return false;
}

static int128
number(uint64_t n)
{
	return n == TABLE_NO_U64 ? TABLE_NO_PS : (int128)n;
}

static int128
value_of(const struct evidence *e, const struct exchange_row *row)
{
	switch (e->rule->adds) {
	case ONE:
		return 1;
	case IP_BYTES:
		return number(row->ip_bytes);
	case FRAME_BYTES:
		return number(row->frame_len);
	case PAYLOAD_BYTES:
		return number(row->payload_len);
	case WINDOW:
		return number(row->window);
	case RTT:
		return row->rtt;
	case TS_RTT:
		return row->ts_rtt;
	case GAP:
		return row->time.ns == TABLE_NO_I64 ||
		    e->last_ns == TABLE_NO_I64 ? TABLE_NO_PS :
		    ((int128)row->time.ns - e->last_ns) * 1000;
	case NOTHING:
		break;
	}
	return TABLE_NO_PS;
}

bool
evidence_has(struct evidence *e, const struct exchange_row *row,
    int128 *value)
{
	bool has;

	/* Rows of tcp count segments: packets with a whole header. */
	if (e->is_tcp && row->flag_bits == TABLE_NO_U64)
		return false;
	e->seen++;
	has = fits(e, row);
	if (has)
		*value = value_of(e, row);
	if (is_sent_by(e, row, e->sender) && row->time.ns != TABLE_NO_I64)
		e->last_ns = row->time.ns;
	return has;
}
