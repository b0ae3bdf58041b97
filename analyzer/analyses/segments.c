#include "analyzer/analyses/segments.h"

#include <stddef.h>

#include "analyzer/analyses/conversations.h"
#include "analyzer/analyses/exchange.h"

#define COLUMN(name, type, field, unit, meaning) \
	{ name, type, offsetof(struct exchange_row, field), unit, meaning, \
	    NULL }
#define RELATIVE(name, field, meaning) \
	{ name, COLUMN_U64, offsetof(struct exchange_row, field), "", \
	    meaning, "relative" }
#define SEQUENCE(name, field, meaning) \
	{ name, COLUMN_U64, offsetof(struct exchange_row, field), "", \
	    meaning, NULL, 10 }

static const struct column columns[] = {
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("number", COLUMN_U64, number, "", "number of the record in its capture, from 1"),
	COLUMN("connection", COLUMN_U64, connection, "", "number of the connection in its capture, from 1, in order of first packets"),
	COLUMN("time", COLUMN_TIME, time, "s", "time since 1970-01-01 UTC, with all digits of the capture"),
	COLUMN("src_ip", COLUMN_IP, src, "", "address of the sender"),
	COLUMN("src_port", COLUMN_U64, src_port, "", "port of the sender"),
	COLUMN("dst_ip", COLUMN_IP, dst, "", "address of the receiver"),
	COLUMN("dst_port", COLUMN_U64, dst_port, "", "port of the receiver"),
	COLUMN("sender", COLUMN_TEXT, sender, "", "client or server, as far as known by then"),
	COLUMN("flags", COLUMN_TEXT, flags, "", "flags that are set, with commas: SYN,ACK"),
	SEQUENCE("seq", seq, "sequence number as sent"),
	SEQUENCE("ack", ack, "acknowledgement number as sent; empty without ACK"),
	COLUMN("window", COLUMN_U64, window, "", "window as sent, not scaled"),
	COLUMN("payload_len", COLUMN_U64, payload_len, "bytes", "payload, from the header lengths"),
	COLUMN("verdict", COLUMN_STRING, verdict, "", "what the segment is besides what its header says, with commas"),
	COLUMN("reason", COLUMN_TEXT, reason, "", "why: a word of the table of verdicts"),
	COLUMN("rtt_frame", COLUMN_U64, rtt_frame, "", "this ACK makes a round-trip sample with that packet"),
	COLUMN("rtt_s", COLUMN_SECONDS, rtt, "s", "the sample: time since that packet"),
	COLUMN("rtt_ambiguous", COLUMN_TEXT, rtt_ambiguous, "", "yes: an ACK of new data of which Karn's rule makes no sample"),
	COLUMN("ts_rtt_s", COLUMN_SECONDS, ts_rtt, "s", "the sample by time stamps that this ACK makes"),
	COLUMN("checksum", COLUMN_TEXT, checksum, "", "TCP checksum: good, bad or unverified"),
	COLUMN("options", COLUMN_STRING, options, "", "options: mss, wscale, sack permitted, ts, sack"),
	COLUMN("preview", COLUMN_STRING, preview, "", "beginning of the payload: readable text as it is, else hex"),
	RELATIVE("seq_rel", rel_seq, "sequence number relative to the first one of its sender"),
	RELATIVE("ack_rel", rel_ack, "acknowledgement number relative to the first one of the other side"),
};

const struct table segments_table = {
	"tcp-segments", "a TCP segment", columns,
	sizeof(columns) / sizeof(columns[0]),
	"number,time,connection,sender,flags,seq,ack,payload_len,verdict,"
	"reason",
	.row_bytes = sizeof(struct exchange_row),
};

static unsigned
needs(const struct settings *settings, const struct table_selection *wanted)
{
	(void)settings;
	return TRACK_TCP | (conversation_wants(&segments_table, wanted,
	    "checksum") ? TRACK_CHECKSUMS : 0);
}

static int
packet_row(void *memory, const char *file, const struct sighting *sighting,
    struct table_writer *writer, struct errbuf *err)
{
	struct exchange_text text;
	struct exchange_row row;

	(void)memory;
	if (sighting->segment == NULL)
		return 0;
	exchange_row_fill(&row, &text, file, sighting);
	return writer->row(writer, &row, err);
}

const struct conversation_question question_segments = {
	.table = &segments_table,
	.needs = needs,
	.packet = packet_row,
};
