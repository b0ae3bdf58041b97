#include "analyzer/analyses/handshakes.h"

#include <stddef.h>

#include "analyzer/analyses/conversations.h"

#define COLUMN(name, type, field, unit, meaning) \
	{ name, type, offsetof(struct handshake_row, field), unit, meaning, \
	    NULL }
#define RELATIVE(name, field, meaning) \
	{ name, COLUMN_U64, offsetof(struct handshake_row, field), "", \
	    meaning, "relative" }
#define SEQUENCE(name, field, meaning) \
	{ name, COLUMN_U64, offsetof(struct handshake_row, field), "", \
	    meaning, NULL, 10 }

static const struct column columns[] = {
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("connection", COLUMN_U64, connection, "", "number of the connection in its capture, from 1, in order of first packets"),
	COLUMN("segment", COLUMN_TEXT, segment, "", "SYN, SYN-ACK or ACK"),
	COLUMN("frame", COLUMN_U64, frame, "", "number of the record in its capture, from 1"),
	COLUMN("time", COLUMN_TIME, time, "s", "time since 1970-01-01 UTC, with all digits of the capture"),
	COLUMN("src_ip", COLUMN_IP, src, "", "address of the sender"),
	COLUMN("src_port", COLUMN_U64, src_port, "", "port of the sender"),
	COLUMN("dst_ip", COLUMN_IP, dst, "", "address of the receiver"),
	COLUMN("dst_port", COLUMN_U64, dst_port, "", "port of the receiver"),
	SEQUENCE("seq", seq, "sequence number as sent"),
	SEQUENCE("ack", ack, "acknowledgement number as sent; empty in a SYN"),
	COLUMN("window", COLUMN_U64, window, "", "window as sent, not scaled"),
	COLUMN("options", COLUMN_STRING, options, "", "options: mss, wscale, sack permitted, ts"),
	COLUMN("since_syn_s", COLUMN_SECONDS, since_syn, "s", "time since the first SYN"),
	RELATIVE("seq_rel", seq_rel, "sequence number relative to the SYN of its sender"),
	RELATIVE("ack_rel", ack_rel, "acknowledgement number relative to the SYN of the other side"),
};

const struct table handshakes_table = {
	"tcp-handshakes", "a segment of a handshake", columns,
	sizeof(columns) / sizeof(columns[0]),
	"connection,segment,frame,src_ip,src_port,seq,ack,since_syn_s,options",
	.row_bytes = sizeof(struct handshake_row),
};

static const char *const names[HANDSHAKE_PARTS] = {
	[HANDSHAKE_SYN] = "SYN",
	[HANDSHAKE_SYNACK] = "SYN-ACK",
	[HANDSHAKE_ACK] = "ACK",
};

static const struct tcp_handshake_segment *
part_of(const struct tcp_flow *tcp, enum handshake_part part)
{
	switch (part) {
	case HANDSHAKE_SYN:
		return &tcp->syn;
	case HANDSHAKE_SYNACK:
		return &tcp->synack;
	default:
		return &tcp->ack;
	}
}

static const char *
options_text(char *text, const struct tcp_handshake_segment *h)
{
	const struct tcp_segment segment = {
		.options = h->options, .mss = h->mss,
		.window_scale = h->window_scale,
		.ts_value = h->ts_value, .ts_echo = h->ts_echo,
	};

	return exchange_options(text, &segment);
}

static void
fill_ends(struct handshake_row *row, const struct flow *flow, unsigned from)
{
	row->src = flow_ip(flow, from);
	row->src_port = flow->ports[from];
	row->dst = flow_ip(flow, from ^ 1);
	row->dst_port = flow->ports[from ^ 1];
}

bool
handshake_row_fill(struct handshake_row *row,
    char options[EXCHANGE_OPTIONS_BYTES], const struct flow *flow,
    enum handshake_part part)
{
	const struct tcp_flow *tcp = flow->tcp;
	const struct tcp_handshake_segment *h = part_of(tcp, part);
	unsigned from = part == HANDSHAKE_SYNACK ? tcp->client ^ 1U :
	    tcp->client;

	if (h->frame == 0)
		return false;
	row->file = flow->file;
	row->connection = flow->connection;
	row->segment = names[part];
	row->frame = h->frame;
	row->time = (struct table_time){ h->ts_ns, flow->digits };
	fill_ends(row, flow, from);
	row->seq = h->seq;
	row->seq_rel = h->seq - tcp->sides[from].base_seq;
	row->ack = row->ack_rel = TABLE_NO_U64;
	if (part != HANDSHAKE_SYN) {
		row->ack = h->ack;
		row->ack_rel = h->ack - tcp->sides[from ^ 1].base_seq;
	}
	row->window = h->window;
	row->options = options_text(options, h);
	row->since_syn = tcp->syn.frame == 0 ||
	    tcp->syn.ts_ns == TABLE_NO_I64 || h->ts_ns == TABLE_NO_I64 ?
	    TABLE_NO_PS : ((int128)h->ts_ns - tcp->syn.ts_ns) * 1000;
	return true;
}

static unsigned
needs(const struct settings *settings, const struct table_selection *wanted)
{
	(void)settings;
	(void)wanted;
	return TRACK_TCP;
}

/* Once a connection, with the last of the parts that the active timeout
 * makes. */
static int
flow_row(void *memory, const struct flow *flow, struct table_writer *writer,
    struct errbuf *err)
{
	char options[EXCHANGE_OPTIONS_BYTES];
	struct handshake_row row;

	(void)memory;
	if (flow->tcp == NULL || flow->end == FLOW_END_ACTIVE)
		return 0;
	for (unsigned i = 0; i < HANDSHAKE_PARTS; i++)
		if (handshake_row_fill(&row, options, flow, i) &&
		    writer->row(writer, &row, err) == -1)
			return -1;
	return 0;
}

const struct conversation_question question_handshakes = {
	.table = &handshakes_table,
	.needs = needs,
	.flow = flow_row,
};
