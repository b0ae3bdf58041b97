#include "analyzer/analyses/tcp.h"

#include <stddef.h>

#include "analyzer/analyses/conversations.h"
#include "analyzer/stats/moments.h"

#define AT(field) offsetof(struct tcp_row, field)
#define COLUMN(name, type, field, unit, meaning) \
	{ name, type, AT(field), unit, meaning, NULL }
#define CLIENT(name, type, field, unit, meaning) \
	COLUMN("client_" name, type, sides[TCP_ROW_CLIENT].field, unit, meaning)
#define SERVER(name, type, field, unit, meaning) \
	COLUMN("server_" name, type, sides[TCP_ROW_SERVER].field, unit, meaning)
#define RELATIVE(name, field, meaning) \
	{ name, COLUMN_U64, AT(field), "", meaning, "relative" }

static const struct column columns[] = {
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("connection", COLUMN_U64, connection, "", "number of the connection in its capture, from 1, in order of first packets"),
	CLIENT("ip", COLUMN_IP, ip, "", "address of the client"),
	CLIENT("port", COLUMN_U64, port, "", "port of the client"),
	SERVER("ip", COLUMN_IP, ip, "", "address of the server"),
	SERVER("port", COLUMN_U64, port, "", "port of the server"),
	COLUMN("start_time_ns", COLUMN_I64, start_time_ns, "ns", "earliest time of its packets, since 1970-01-01 UTC"),
	COLUMN("syn_frame", COLUMN_U64, syn_frame, "", "number of the client's first SYN"),
	COLUMN("syn_seq", COLUMN_U64, syn_seq, "", "its sequence number as sent"),
	COLUMN("synack_frame", COLUMN_U64, synack_frame, "", "number of the SYN-ACK that answers it"),
	COLUMN("synack_seq", COLUMN_U64, synack_seq, "", "its sequence number as sent"),
	COLUMN("synack_ack", COLUMN_U64, synack_ack, "", "its acknowledgement number as sent"),
	COLUMN("ack_frame", COLUMN_U64, ack_frame, "", "number of the ACK that completes the handshake"),
	COLUMN("ack_seq", COLUMN_U64, ack_seq, "", "its sequence number as sent"),
	COLUMN("ack_ack", COLUMN_U64, ack_ack, "", "its acknowledgement number as sent"),
	COLUMN("handshake", COLUMN_TEXT, handshake, "", "what of the handshake was seen: complete, no ack, syn only, no synack, no syn, synack only, simultaneous (both sides sent a SYN), none"),
	COLUMN("synack_rtt_s", COLUMN_SECONDS, synack_rtt, "s", "first SYN to SYN-ACK"),
	COLUMN("ack_rtt_s", COLUMN_SECONDS, ack_rtt, "s", "SYN-ACK to the ACK that completes the handshake"),
	COLUMN("irtt_s", COLUMN_SECONDS, irtt, "s", "first SYN to the ACK that completes the handshake"),
	CLIENT("mss", COLUMN_U64, mss, "bytes", "maximum segment size in the client's SYN"),
	SERVER("mss", COLUMN_U64, mss, "bytes", "maximum segment size in the server's SYN"),
	CLIENT("window_scale", COLUMN_U64, window_scale, "bits", "window scale in the client's SYN, as sent"),
	SERVER("window_scale", COLUMN_U64, window_scale, "bits", "window scale in the server's SYN, as sent"),
	CLIENT("sack_permitted", COLUMN_TEXT, sack_permitted, "", "did the client's SYN permit selective acknowledgement: yes or no"),
	SERVER("sack_permitted", COLUMN_TEXT, sack_permitted, "", "did the server's SYN permit selective acknowledgement: yes or no"),
	CLIENT("packets", COLUMN_U64, packets, "packets", "segments that the client sent"),
	SERVER("packets", COLUMN_U64, packets, "packets", "segments that the server sent"),
	CLIENT("payload_bytes", COLUMN_U64, payload_bytes, "bytes", "payload that the client sent, repeats included"),
	SERVER("payload_bytes", COLUMN_U64, payload_bytes, "bytes", "payload that the server sent, repeats included"),
	CLIENT("retransmissions", COLUMN_U64, verdicts[TCP_IS_RETRANSMISSION_AT], "packets", "retransmissions of the client, fast and spurious ones included"),
	SERVER("retransmissions", COLUMN_U64, verdicts[TCP_IS_RETRANSMISSION_AT], "packets", "retransmissions of the server, fast and spurious ones included"),
	CLIENT("out_of_order", COLUMN_U64, verdicts[TCP_IS_OUT_OF_ORDER_AT], "packets", "segments of the client that came late"),
	SERVER("out_of_order", COLUMN_U64, verdicts[TCP_IS_OUT_OF_ORDER_AT], "packets", "segments of the server that came late"),
	CLIENT("duplicate_acks", COLUMN_U64, verdicts[TCP_IS_DUPLICATE_ACK_AT], "packets", "duplicate ACKs of the client"),
	SERVER("duplicate_acks", COLUMN_U64, verdicts[TCP_IS_DUPLICATE_ACK_AT], "packets", "duplicate ACKs of the server"),
	CLIENT("zero_windows", COLUMN_U64, verdicts[TCP_IS_ZERO_WINDOW_AT], "packets", "segments in which the client closes its window"),
	SERVER("zero_windows", COLUMN_U64, verdicts[TCP_IS_ZERO_WINDOW_AT], "packets", "segments in which the server closes its window"),
	COLUMN("checksum_bad", COLUMN_U64, checksum_bad, "packets", "segments with a wrong TCP checksum"),
	COLUMN("rtt_samples", COLUMN_U64, rtt.samples, "", "round-trip samples by Karn's rule, both sides together"),
	COLUMN("rtt_min_s", COLUMN_SECONDS, rtt.min, "s", "shortest round-trip sample by Karn's rule, both sides together"),
	COLUMN("rtt_mean_s", COLUMN_SECONDS, rtt.mean, "s", "mean round-trip sample by Karn's rule, both sides together"),
	COLUMN("rtt_max_s", COLUMN_SECONDS, rtt.max, "s", "longest round-trip sample by Karn's rule, both sides together"),
	COLUMN("rtt_ambiguous", COLUMN_U64, rtt_ambiguous, "", "ACKs of new data that Karn's rule makes no sample of"),
	COLUMN("close", COLUMN_TEXT, close, "", "how it ended: open, half closed, closed, both fins, reset"),
	COLUMN("completeness", COLUMN_U64, completeness, "", "what was seen, as Wireshark's bits: SYN 1, SYN-ACK 2, ACK 4, data 8, FIN 16, RST 32"),
	COLUMN("flow", COLUMN_U64, flow, "", "number of the flow in its capture, from 1"),
	COLUMN("first_frame", COLUMN_U64, first_frame, "", "number of its first packet"),
	COLUMN("duration_s", COLUMN_SECONDS, duration, "s", "latest time of its packets minus the earliest"),
	COLUMN("handshake_repeated", COLUMN_TEXT, handshake_repeated, "", "was a SYN or SYN-ACK sent again, so that the handshake times are in doubt: yes or no"),
	COLUMN("client_by", COLUMN_TEXT, client_by, "", "who the client is was told by syn, else by port"),
	COLUMN("relative_to", COLUMN_TEXT, base, "", "what relative numbers count from: both syns, one syn or first seen"),
	COLUMN("closed_by", COLUMN_TEXT, closed_by, "", "who sent the first FIN, or the RST: client or server"),
	COLUMN("ports_reused", COLUMN_TEXT, ports_reused, "", "did an earlier connection of the capture have the same ends: yes or no"),
	COLUMN("end_reason", COLUMN_TEXT, end_reason, "", "why no more packets are counted to it: capture, fin, rst, idle, reused or evicted"),
	COLUMN("checksum_unverified", COLUMN_U64, checksum_unverified, "packets", "segments whose TCP checksum the capture cannot tell"),
	CLIENT("isn", COLUMN_U64, isn, "", "sequence number of the client's SYN or SYN-ACK"),
	SERVER("isn", COLUMN_U64, isn, "", "sequence number of the server's SYN or SYN-ACK"),
	CLIENT("fast_retransmissions", COLUMN_U64, verdicts[TCP_IS_FAST_AT], "packets", "retransmissions of the client after duplicate ACKs"),
	SERVER("fast_retransmissions", COLUMN_U64, verdicts[TCP_IS_FAST_AT], "packets", "retransmissions of the server after duplicate ACKs"),
	CLIENT("spurious_retransmissions", COLUMN_U64, verdicts[TCP_IS_SPURIOUS_AT], "packets", "retransmissions of the client of what was acknowledged"),
	SERVER("spurious_retransmissions", COLUMN_U64, verdicts[TCP_IS_SPURIOUS_AT], "packets", "retransmissions of the server of what was acknowledged"),
	CLIENT("gaps", COLUMN_U64, verdicts[TCP_IS_GAP_AT], "packets", "segments of the client with bytes missing before them"),
	SERVER("gaps", COLUMN_U64, verdicts[TCP_IS_GAP_AT], "packets", "segments of the server with bytes missing before them"),
	CLIENT("unseen_acked", COLUMN_U64, verdicts[TCP_IS_UNSEEN_ACKED_AT], "packets", "ACKs of the client for what the capture does not have"),
	SERVER("unseen_acked", COLUMN_U64, verdicts[TCP_IS_UNSEEN_ACKED_AT], "packets", "ACKs of the server for what the capture does not have"),
	CLIENT("keep_alives", COLUMN_U64, verdicts[TCP_IS_KEEP_ALIVE_AT], "packets", "keep-alives of the client"),
	SERVER("keep_alives", COLUMN_U64, verdicts[TCP_IS_KEEP_ALIVE_AT], "packets", "keep-alives of the server"),
	CLIENT("window_probes", COLUMN_U64, verdicts[TCP_IS_WINDOW_PROBE_AT], "packets", "zero window probes of the client"),
	SERVER("window_probes", COLUMN_U64, verdicts[TCP_IS_WINDOW_PROBE_AT], "packets", "zero window probes of the server"),
	CLIENT("window_updates", COLUMN_U64, verdicts[TCP_IS_WINDOW_UPDATE_AT], "packets", "ACKs in which the client only changes its window"),
	SERVER("window_updates", COLUMN_U64, verdicts[TCP_IS_WINDOW_UPDATE_AT], "packets", "ACKs in which the server only changes its window"),
	CLIENT("window_full", COLUMN_U64, verdicts[TCP_IS_WINDOW_FULL_AT], "packets", "segments of the client that fill the window of the other side"),
	SERVER("window_full", COLUMN_U64, verdicts[TCP_IS_WINDOW_FULL_AT], "packets", "segments of the server that fill the window of the other side"),
	CLIENT("window_max", COLUMN_U64, window_max, "bytes", "largest window of the client, scaled"),
	SERVER("window_max", COLUMN_U64, window_max, "bytes", "largest window of the server, scaled"),
	CLIENT("sack_blocks", COLUMN_U64, sack_blocks, "", "blocks in selective acknowledgements of the client"),
	SERVER("sack_blocks", COLUMN_U64, sack_blocks, "", "blocks in selective acknowledgements of the server"),
	CLIENT("dsack_blocks", COLUMN_U64, dsack_blocks, "", "blocks of selective acknowledgements that tell of data received twice"),
	SERVER("dsack_blocks", COLUMN_U64, dsack_blocks, "", "blocks of selective acknowledgements that tell of data received twice"),
	CLIENT("ece", COLUMN_U64, ece, "packets", "segments of the client with ECE"),
	SERVER("ece", COLUMN_U64, ece, "packets", "segments of the server with ECE"),
	CLIENT("cwr", COLUMN_U64, cwr, "packets", "segments of the client with CWR"),
	SERVER("cwr", COLUMN_U64, cwr, "packets", "segments of the server with CWR"),
	CLIENT("rtt_samples", COLUMN_U64, rtt.samples, "", "samples by Karn's rule of what the client sent"),
	SERVER("rtt_samples", COLUMN_U64, rtt.samples, "", "samples by Karn's rule of what the server sent"),
	CLIENT("rtt_min_s", COLUMN_SECONDS, rtt.min, "s", "shortest round-trip sample by Karn's rule of what the client sent"),
	SERVER("rtt_min_s", COLUMN_SECONDS, rtt.min, "s", "shortest round-trip sample by Karn's rule of what the server sent"),
	CLIENT("rtt_mean_s", COLUMN_SECONDS, rtt.mean, "s", "mean round-trip sample by Karn's rule of what the client sent"),
	SERVER("rtt_mean_s", COLUMN_SECONDS, rtt.mean, "s", "mean round-trip sample by Karn's rule of what the server sent"),
	CLIENT("rtt_max_s", COLUMN_SECONDS, rtt.max, "s", "longest round-trip sample by Karn's rule of what the client sent"),
	SERVER("rtt_max_s", COLUMN_SECONDS, rtt.max, "s", "longest round-trip sample by Karn's rule of what the server sent"),
	CLIENT("rtt_ambiguous", COLUMN_U64, rtt_ambiguous, "", "ACKs of what the client sent that make no sample"),
	SERVER("rtt_ambiguous", COLUMN_U64, rtt_ambiguous, "", "ACKs of what the server sent that make no sample"),
	COLUMN("ts_rtt_samples", COLUMN_U64, ts_rtt.samples, "", "round-trip samples by time stamps, both sides together"),
	COLUMN("ts_rtt_min_s", COLUMN_SECONDS, ts_rtt.min, "s", "shortest round-trip sample by time stamps, both sides together"),
	COLUMN("ts_rtt_mean_s", COLUMN_SECONDS, ts_rtt.mean, "s", "mean round-trip sample by time stamps, both sides together"),
	COLUMN("ts_rtt_max_s", COLUMN_SECONDS, ts_rtt.max, "s", "longest round-trip sample by time stamps, both sides together"),
	CLIENT("ts_rtt_samples", COLUMN_U64, ts_rtt.samples, "", "samples by time stamps of what the client sent"),
	SERVER("ts_rtt_samples", COLUMN_U64, ts_rtt.samples, "", "samples by time stamps of what the server sent"),
	CLIENT("ts_rtt_min_s", COLUMN_SECONDS, ts_rtt.min, "s", "shortest round-trip sample by time stamps of what the client sent"),
	SERVER("ts_rtt_min_s", COLUMN_SECONDS, ts_rtt.min, "s", "shortest round-trip sample by time stamps of what the server sent"),
	CLIENT("ts_rtt_mean_s", COLUMN_SECONDS, ts_rtt.mean, "s", "mean round-trip sample by time stamps of what the client sent"),
	SERVER("ts_rtt_mean_s", COLUMN_SECONDS, ts_rtt.mean, "s", "mean round-trip sample by time stamps of what the server sent"),
	CLIENT("ts_rtt_max_s", COLUMN_SECONDS, ts_rtt.max, "s", "longest round-trip sample by time stamps of what the client sent"),
	SERVER("ts_rtt_max_s", COLUMN_SECONDS, ts_rtt.max, "s", "longest round-trip sample by time stamps of what the server sent"),
	RELATIVE("syn_seq_rel", syn_seq_rel, "the SYN's sequence number, relative"),
	RELATIVE("synack_seq_rel", synack_seq_rel, "the SYN-ACK's sequence number, relative"),
	RELATIVE("synack_ack_rel", synack_ack_rel, "the SYN-ACK's acknowledgement number, relative"),
	RELATIVE("ack_seq_rel", ack_seq_rel, "the ACK's sequence number, relative"),
	RELATIVE("ack_ack_rel", ack_ack_rel, "the ACK's acknowledgement number, relative"),
	COLUMN("retransmissions", COLUMN_U64, retransmissions, "packets", "retransmissions of both sides, fast and spurious ones included"),
};

const struct table tcp_table = {
	"tcp", "a connection", columns, sizeof(columns) / sizeof(columns[0]),
	"connection,client_ip,client_port,server_ip,server_port,handshake,"
	"irtt_s,client_packets,server_packets,close",
	.row_bytes = sizeof(struct tcp_row),
};

static const char *
yes_or_no(bool yes)
{
	return yes ? "yes" : "no";
}

static uint64_t
number_or_none(uint64_t frame)
{
	return frame == 0 ? TABLE_NO_U64 : frame;
}

static int128
picoseconds(const struct tcp_rtt *rtt, int64_t ns)
{
	return rtt->samples == 0 ? TABLE_NO_PS : (int128)ns * 1000;
}

static void
fill_rtt(struct tcp_row_rtt *out, const struct tcp_rtt *rtt)
{
	const struct moments m = { .count = rtt->samples, .sum = rtt->sum_ns };

	out->samples = rtt->samples;
	out->min = picoseconds(rtt, rtt->min_ns);
	out->mean = moments_mean(&m, 1000);
	out->max = picoseconds(rtt, rtt->max_ns);
}

static void
fill_both_rtt(struct tcp_row_rtt *out, const struct tcp_rtt *a,
    const struct tcp_rtt *b)
{
	struct tcp_rtt both = *a;

	if (a->samples == 0 || (b->samples > 0 && b->min_ns < a->min_ns))
		both.min_ns = b->min_ns;
	if (a->samples == 0 || (b->samples > 0 && b->max_ns > a->max_ns))
		both.max_ns = b->max_ns;
	both.samples += b->samples;
	both.sum_ns += b->sum_ns;
	fill_rtt(out, &both);
}

/* What a SYN says is undefined where none was seen. */
static void
fill_promises(struct tcp_row_side *row, const struct tcp_side *side)
{
	row->isn = side->isn_known ? side->base_seq : TABLE_NO_U64;
	row->mss = side->mss == 0 ? TABLE_NO_U64 : side->mss;
	row->window_scale = side->window_scale == TCP_NO_SCALE ?
	    TABLE_NO_U64 : side->window_scale;
	row->sack_permitted = !side->isn_known ? NULL :
	    yes_or_no(side->sack_permitted);
}

static void
fill_side(struct tcp_row_side *row, const struct flow *flow, unsigned side)
{
	const struct tcp_side *s = &flow->tcp->sides[side];
	const struct tcp_sums *sums = &flow->tcp->sums[side];

	row->ip = flow_ip(flow, side);
	row->port = flow->ports[side];
	row->packets = s->segments;
	row->payload_bytes = s->payload_bytes;
	for (unsigned i = 0; i < TCP_VERDICTS; i++)
		row->verdicts[i] = sums->verdicts[i];
	row->sack_blocks = sums->sack_blocks;
	row->dsack_blocks = sums->dsack_blocks;
	row->ece = sums->ece;
	row->cwr = sums->cwr;
	row->window_max = s->next_known ? s->window_max : TABLE_NO_U64;
	fill_rtt(&row->rtt, &sums->rtt);
	fill_rtt(&row->ts_rtt, &sums->ts_rtt);
	row->rtt_ambiguous = sums->rtt_ambiguous;
	fill_promises(row, s);
}

/* By which of SYN (1), SYN-ACK (2) and ACK (4) were seen. */
static const char *const handshakes[] = {
	"none", "syn only", "synack only", "no ack", "none", "no synack",
	"no syn", "complete",
};

static void
fill_handshake(struct tcp_row *row, const struct tcp_flow *tcp)
{
	const struct tcp_handshake_segment *syn = &tcp->syn,
	    *synack = &tcp->synack, *ack = &tcp->ack;
	uint32_t client = tcp->sides[tcp->client].base_seq;
	uint32_t server = tcp->sides[tcp->client ^ 1].base_seq;

#define IF(segment, value) ((segment)->frame == 0 ? TABLE_NO_U64 : (value))
	row->syn_frame = number_or_none(syn->frame);
	row->syn_seq = IF(syn, syn->seq);
	row->syn_seq_rel = IF(syn, syn->seq - client);
	row->synack_frame = number_or_none(synack->frame);
	row->synack_seq = IF(synack, synack->seq);
	row->synack_ack = IF(synack, synack->ack);
	row->synack_seq_rel = IF(synack, synack->seq - server);
	row->synack_ack_rel = IF(synack, synack->ack - client);
	row->ack_frame = number_or_none(ack->frame);
	row->ack_seq = IF(ack, ack->seq);
	row->ack_ack = IF(ack, ack->ack);
	row->ack_seq_rel = IF(ack, ack->seq - client);
	row->ack_ack_rel = IF(ack, ack->ack - server);
#undef IF
	row->handshake = tcp->simultaneous ? "simultaneous" :
	    handshakes[(syn->frame != 0) | (synack->frame != 0) << 1 |
	    (ack->frame != 0) << 2];
	row->handshake_repeated = yes_or_no(tcp->repeated);
}

static void
fill_handshake_times(struct tcp_row *row, const struct tcp_flow *tcp)
{
	struct tcp_handshake_times times;

	tcp_flow_handshake_times(tcp, &times);
	row->synack_rtt = times.synack_rtt;
	row->ack_rtt = times.ack_rtt;
	row->irtt = times.irtt;
}

static const char *const closes[] = {
	[TCP_OPEN] = "open",
	[TCP_HALF_CLOSED] = "half closed",
	[TCP_CLOSED] = "closed",
	[TCP_FINS] = "both fins",
	[TCP_RESET] = "reset",
};

static void
fill_end(struct tcp_row *row, const struct flow *flow)
{
	const struct tcp_flow *tcp = flow->tcp;

	row->close = closes[tcp->close];
	row->closed_by = tcp->close == TCP_OPEN ? NULL :
	    tcp->closer == tcp->client ? "client" : "server";
	row->completeness = tcp->completeness;
	row->ports_reused = yes_or_no(tcp->reused);
	row->end_reason = flow_end_name(flow->end);
}

static const char *
relative_to(const struct tcp_flow *tcp)
{
	switch (tcp->sides[0].isn_known + tcp->sides[1].isn_known) {
	case 0:
		return "first seen";
	case 1:
		return "one syn";
	default:
		return "both syns";
	}
}

void
tcp_row_fill(struct tcp_row *row, const struct flow *flow)
{
	const struct tcp_flow *tcp = flow->tcp;
	const struct tcp_sums *a = &tcp->sums[0], *b = &tcp->sums[1];

	row->file = flow->file;
	row->connection = flow->connection;
	row->flow = flow->number;
	row->first_frame = number_or_none(tcp->first_frame);
	row->start_time_ns = tcp->times_known ? tcp->earliest_ns :
	    TABLE_NO_I64;
	row->duration = tcp->times_known ?
	    ((int128)tcp->latest_ns - tcp->earliest_ns) * 1000 : TABLE_NO_PS;
	fill_side(&row->sides[TCP_ROW_CLIENT], flow, tcp->client);
	fill_side(&row->sides[TCP_ROW_SERVER], flow, tcp->client ^ 1U);
	row->retransmissions = a->verdicts[TCP_IS_RETRANSMISSION_AT] +
	    b->verdicts[TCP_IS_RETRANSMISSION_AT];
	fill_handshake(row, tcp);
	fill_handshake_times(row, tcp);
	row->client_by = tcp->client_known ? "syn" : "port";
	row->base = relative_to(tcp);
	row->checksum_bad = a->checksum_bad + b->checksum_bad;
	row->checksum_unverified = a->checksum_unverified +
	    b->checksum_unverified;
	fill_both_rtt(&row->rtt, &a->rtt, &b->rtt);
	fill_both_rtt(&row->ts_rtt, &a->ts_rtt, &b->ts_rtt);
	row->rtt_ambiguous = a->rtt_ambiguous + b->rtt_ambiguous;
	fill_end(row, flow);
}

static unsigned
needs(const struct settings *settings, const struct table_selection *wanted)
{
	unsigned what = TRACK_TCP;

	(void)settings;
	if (conversation_wants(&tcp_table, wanted, "checksum_bad") ||
	    conversation_wants(&tcp_table, wanted, "checksum_unverified"))
		what |= TRACK_CHECKSUMS;
	return what;
}

/* The parts of a connection that the active timeout makes are one row: the
 * last of them knows all. */
static int
flow_row(void *memory, const struct flow *flow, struct table_writer *writer,
    struct errbuf *err)
{
	struct tcp_row row;

	(void)memory;
	if (flow->tcp == NULL || flow->end == FLOW_END_ACTIVE)
		return 0;
	tcp_row_fill(&row, flow);
	return writer->row(writer, &row, err);
}

const struct conversation_question question_tcp = {
	.table = &tcp_table,
	.needs = needs,
	.flow = flow_row,
};
