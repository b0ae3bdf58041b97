#include "analyzer/analyses/exchange.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/analyses/conversations.h"
#include "analyzer/analyses/exchange_info.h"
#include "analyzer/analyses/preview.h"

#define COLUMN(name, type, field, unit, meaning) \
	{ name, type, offsetof(struct exchange_row, field), unit, meaning, \
	    NULL }

static const struct column columns[] = {
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("number", COLUMN_U64, number, "", "number of the record in its capture, from 1"),
	COLUMN("time", COLUMN_TIME, time, "s", "time since 1970-01-01 UTC, with all digits of the capture"),
	COLUMN("src_ip", COLUMN_IP, src, "", "source address of the outermost IP"),
	COLUMN("dst_ip", COLUMN_IP, dst, "", "destination address of the outermost IP"),
	COLUMN("src_port", COLUMN_U64, src_port, "", "source port"),
	COLUMN("dst_port", COLUMN_U64, dst_port, "", "destination port"),
	COLUMN("protocol", COLUMN_TEXT, protocol, "", "what the outermost IP carries or, without IP, the innermost protocol known"),
	COLUMN("flow", COLUMN_U64, flow, "", "number of the flow in its capture, from 1"),
	COLUMN("connection", COLUMN_U64, connection, "", "number of the TCP connection in its capture, from 1"),
	COLUMN("side", COLUMN_U64, side, "", "sent by the flow's A (0) or B (1)"),
	COLUMN("sender", COLUMN_TEXT, sender, "", "TCP: sent by the client or the server, as far as known by then"),
	COLUMN("flags", COLUMN_TEXT, flags, "", "TCP flags that are set, with commas: SYN,ACK"),
	COLUMN("flag_bits", COLUMN_U64, flag_bits, "", "the same as in the header: FIN 1, SYN 2, ... AE 256"),
	COLUMN("seq", COLUMN_U64, seq, "", "TCP sequence number as sent"),
	COLUMN("ack", COLUMN_U64, ack, "", "TCP acknowledgement number as sent; empty without ACK"),
	COLUMN("rel_seq", COLUMN_U64, rel_seq, "", "sequence number relative to the first one of its sender"),
	COLUMN("rel_ack", COLUMN_U64, rel_ack, "", "acknowledgement number relative to the first one of the other side"),
	COLUMN("window", COLUMN_U64, window, "", "TCP window as sent, not scaled"),
	COLUMN("frame_len", COLUMN_U64, frame_len, "bytes", "original frame length"),
	COLUMN("ip_bytes", COLUMN_U64, ip_bytes, "bytes", "IPv4 total length, or 40 + IPv6 payload length"),
	COLUMN("payload_len", COLUMN_U64, payload_len, "bytes", "transport payload, from the header lengths"),
	COLUMN("ip_id", COLUMN_U64, ip_id, "", "identification of IPv4"),
	COLUMN("verdict", COLUMN_STRING, verdict, "", "what the segment is besides what its header says, with commas"),
	COLUMN("verdict_bits", COLUMN_U64, verdict_bits, "", "the same as bits, in the manual's order"),
	COLUMN("reason", COLUMN_TEXT, reason, "", "why: a word of the manual's table"),
	COLUMN("checksum", COLUMN_TEXT, checksum, "", "transport checksum: good, bad, unverified, not computed"),
	COLUMN("rtt_frame", COLUMN_U64, rtt_frame, "", "this ACK makes a round-trip sample with that packet"),
	COLUMN("rtt_s", COLUMN_SECONDS, rtt, "s", "the sample: time since that packet"),
	COLUMN("rtt_ambiguous", COLUMN_TEXT, rtt_ambiguous, "", "yes: an ACK of new data of which Karn's rule makes no sample"),
	COLUMN("ts_rtt_s", COLUMN_SECONDS, ts_rtt, "s", "the sample by time stamps that this ACK makes"),
	COLUMN("identity", COLUMN_U64, identity, "", "hash that the same packet has in every capture"),
	COLUMN("options", COLUMN_STRING, options, "", "TCP options: mss, wscale, sack permitted, timestamps, sack"),
	COLUMN("preview", COLUMN_STRING, preview, "", "beginning of the payload: readable text as it is, else hex"),
	COLUMN("src_link", COLUMN_STRING, src_link, "", "without IP: link-layer source address"),
	COLUMN("dst_link", COLUMN_STRING, dst_link, "", "without IP: link-layer destination address"),
	COLUMN("info", COLUMN_STRING, info, "", "question and answer of DNS, what ICMP and ARP say"),
};

const struct table exchange_table = {
	"exchange", "a packet", columns, sizeof(columns) / sizeof(columns[0]),
	"number,time,src_ip,src_port,dst_ip,dst_port,protocol,flags,rel_seq,"
	"rel_ack,payload_len,verdict", true,
};

static struct table_ip
address(const struct packet *p, const uint8_t *at)
{
	struct table_ip ip = { .version = 0 };

	if (p->ip_version == 0 || at == NULL)
		return ip;
	ip.version = p->ip_version;
	memcpy(ip.bytes, at, p->ip_version == 4 ? 4 : 16);
	return ip;
}

static void
fill_packet(struct exchange_row *row, const struct packet *p)
{
	const struct frame *f = p->frame;
	bool ports = p->flags & PACKET_HAS_PORTS;

	row->number = f->number;
	row->time = f->flags & FRAME_UNTIMED ?
	    (struct table_time){ TABLE_NO_I64, 0 } :
	    (struct table_time){ f->ts_ns, f->ts_digits };
	row->src = address(p, p->ip_version == 0 ? NULL : packet_src(p));
	row->dst = address(p, p->ip_version == 0 ? NULL : packet_dst(p));
	row->src_port = ports ? packet_src_port(p) : TABLE_NO_U64;
	row->dst_port = ports ? packet_dst_port(p) : TABLE_NO_U64;
	row->protocol = p->layer_count == 0 ? NULL :
	    layer_name(packet_protocol(p));
	row->frame_len = f->wire_len;
	row->ip_bytes = p->ip_version == 0 ? TABLE_NO_U64 : p->ip_bytes;
	row->payload_len = p->flags & PACKET_HAS_PAYLOAD_LEN ?
	    p->payload_len : TABLE_NO_U64;
	row->ip_id = exchange_ip_id(p);
	row->identity = exchange_identity(p);
}

static void
fill_flow(struct exchange_row *row, const struct sighting *s)
{
	row->flow = row->connection = row->side = TABLE_NO_U64;
	row->sender = NULL;
	if (s->flow == NULL)
		return;
	row->flow = s->flow->number;
	row->side = s->side;
	if (s->flow->connection != 0)
		row->connection = s->flow->connection;
	if (s->flow->tcp != NULL)
		row->sender = s->side == s->flow->tcp->client ? "client" :
		    "server";
}

static char *
put_verdicts(char *text, uint32_t what)
{
	char *at = text;

	for (; what != 0; what &= what - 1)
		at += sprintf(at, "%s%s", at == text ? "" : ", ",
		    tcp_verdict_name(__builtin_ctz(what)));
	return at == text ? NULL : text;
}

static void
fill_verdict(struct exchange_row *row, struct exchange_text *text,
    const struct tcp_verdict *v, bool has_ack)
{
	row->rel_seq = row->rel_ack = row->rtt_frame = TABLE_NO_U64;
	row->rtt = row->ts_rtt = TABLE_NO_PS;
	row->verdict = row->reason = row->rtt_ambiguous = NULL;
	row->verdict_bits = TABLE_NO_U64;
	if (v == NULL)
		return;
	row->rel_seq = v->rel_seq;
	if (has_ack)
		row->rel_ack = v->rel_ack;
	row->verdict_bits = v->what;
	row->verdict = put_verdicts(text->verdict, v->what);
	row->reason = v->reason;
	if (v->rtt_frame != 0) {
		row->rtt_frame = v->rtt_frame;
		row->rtt = (int128)v->rtt_ns * 1000;
	}
	if (v->rtt_ambiguous)
		row->rtt_ambiguous = "yes";
	if (v->has_ts_rtt)
		row->ts_rtt = (int128)v->ts_rtt_ns * 1000;
}

const char *
exchange_options(char text[EXCHANGE_OPTIONS_BYTES],
    const struct tcp_segment *s)
{
	char *at = text;

#define NEXT (at == text ? "" : ", ")
	if (s->options & TCP_HAS_MSS)
		at += sprintf(at, "%smss %u", NEXT, (unsigned)s->mss);
	if (s->options & TCP_HAS_WINDOW_SCALE)
		at += sprintf(at, "%swscale %u", NEXT,
		    (unsigned)s->window_scale);
	if (s->options & TCP_SACK_PERMITTED)
		at += sprintf(at, "%ssack permitted", NEXT);
	if (s->options & TCP_HAS_TIMESTAMPS)
		at += sprintf(at, "%sts %" PRIu32 " %" PRIu32, NEXT,
		    s->ts_value, s->ts_echo);
	for (unsigned i = 0; i < s->sack_count; i++)
		at += sprintf(at, "%ssack %" PRIu32 "-%" PRIu32, NEXT,
		    s->sack[i].left, s->sack[i].right);
#undef NEXT
	return at == text ? NULL : text;
}

static void
fill_tcp(struct exchange_row *row, struct exchange_text *text,
    const struct sighting *s)
{
	const struct packet *p = s->packet;
	unsigned flags = p->flags & PACKET_HAS_TCP ? packet_tcp_flags(p) : 0;

	row->flags = NULL;
	row->flag_bits = row->seq = row->ack = row->window = TABLE_NO_U64;
	row->options = NULL;
	fill_verdict(row, text, s->verdict, flags & TCP_ACK);
	if (!(p->flags & PACKET_HAS_TCP))
		return;
	row->flags = tcp_flags_text(flags);
	row->flag_bits = flags;
	row->seq = packet_tcp_seq(p);
	if (flags & TCP_ACK)
		row->ack = packet_tcp_ack(p);
	row->window = packet_tcp_window(p);
	if (s->segment != NULL)
		row->options = exchange_options(text->options, s->segment);
}

static void
fill_preview(struct exchange_row *row, struct exchange_text *text,
    const struct packet *p)
{
	const struct frame *f = p->frame;
	size_t n = 0;

	if (p->flags & PACKET_HAS_PAYLOAD_LEN && p->payload_at < f->cap_len)
		n = f->cap_len - p->payload_at;
	if (p->flags & PACKET_HAS_PAYLOAD_LEN && n > p->payload_len)
		n = p->payload_len;
	row->preview = n > 0 && preview(text->preview, f->data + p->payload_at,
	    n) > 0 ? text->preview : NULL;
}

void
exchange_row_fill(struct exchange_row *row, struct exchange_text *text,
    const char *file, const struct sighting *s)
{
	const struct packet *p = s->packet;

	row->file = file;
	fill_packet(row, p);
	fill_flow(row, s);
	fill_tcp(row, text, s);
	row->checksum = checksum_name(s->segment != NULL ? s->checksum :
	    checksum_transport(p));
	fill_preview(row, text, p);
	row->src_link = exchange_link(text->src_link, p, true);
	row->dst_link = exchange_link(text->dst_link, p, false);
	row->info = exchange_info(text->info, EXCHANGE_INFO_BYTES, p);
}

static unsigned
needs(const struct settings *settings, const struct table_selection *wanted)
{
	(void)settings;
	return TRACK_TCP | (conversation_wants(&exchange_table, wanted,
	    "checksum") ? TRACK_CHECKSUMS : 0);
}

static int
packet_row(void *memory, const char *file, const struct sighting *sighting,
    struct table_writer *writer, struct errbuf *err)
{
	struct exchange_text text;
	struct exchange_row row;

	(void)memory;
	exchange_row_fill(&row, &text, file, sighting);
	return writer->row(writer, &row, err);
}

const struct conversation_question question_exchange = {
	.table = &exchange_table,
	.needs = needs,
	.packet = packet_row,
};
