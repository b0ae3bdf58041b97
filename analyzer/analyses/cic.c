#include "analyzer/analyses/cic.h"

#include <stddef.h>
#include <stdlib.h>

#include "analyzer/analyses/conversations.h"
#include "base/memory.h"

enum { FIN_AT, SYN_AT, RST_AT, PSH_AT, ACK_AT, URG_AT, ECE_AT, CWR_AT };
enum { PROTOCOL_TCP = 6 };

#define NS_PER_SECOND	INT64_C(1000000000)
/* One of what is counted, and a nanosecond in microseconds, in units of
 * 10^-12. */
#define ONE		UINT64_C(1000000000000)
#define NS_IN_US	UINT64_C(1000000000)

#define GROUP(group_, name_, type_, field, unit_, meaning_) \
	{ .name = name_, .type = type_, \
	    .offset = offsetof(struct cic_row, field), .unit = unit_, \
	    .meaning = meaning_, .group = group_ }
#define COLUMN(name, type, field, unit, meaning) \
	GROUP(NULL, name, type, field, unit, meaning)
/* What CICFlowMeter has not is written where --columns names it. */
#define HIDDEN(name, type, field, unit, meaning) \
	GROUP("columns", name, type, field, unit, meaning)

/* Up to Label those of CICFlowMeter, in its order. */
static const struct column columns[] = {
	COLUMN("Flow ID", COLUMN_STRING, flow_id, "", "Src IP, Dst IP, Src Port, Dst Port and Protocol with - between them"),
	COLUMN("Src IP", COLUMN_IP, sides[FLOW_A].ip, "", "forward sender: of the first SYN, else of the first packet"),
	COLUMN("Src Port", COLUMN_U64, sides[FLOW_A].port, "", "its port; empty where the protocol has none"),
	COLUMN("Dst IP", COLUMN_IP, sides[FLOW_B].ip, "", "the other end"),
	COLUMN("Dst Port", COLUMN_U64, sides[FLOW_B].port, "", "its port"),
	COLUMN("Protocol", COLUMN_U64, protocol, "", "protocol number of the outermost IP"),
	COLUMN("Timestamp", COLUMN_STRING, timestamp, "", "time of the earliest packet, RFC 3339 in UTC"),
	COLUMN("Flow Duration", COLUMN_DECIMAL, duration_us, "us", "from the earliest packet to the latest one"),
	COLUMN("Total Fwd Packet", COLUMN_U64, sides[FLOW_A].packets, "packets", "packets forward"),
	COLUMN("Total Bwd packets", COLUMN_U64, sides[FLOW_B].packets, "packets", "packets backward"),
	COLUMN("Total Length of Fwd Packet", COLUMN_U64, sides[FLOW_A].payload_bytes, "bytes", "payload forward"),
	COLUMN("Total Length of Bwd Packet", COLUMN_U64, sides[FLOW_B].payload_bytes, "bytes", "payload backward"),
	COLUMN("Fwd Packet Length Max", COLUMN_DECIMAL, sides[FLOW_A].lens.max, "bytes", "longest payload of a packet forward"),
	COLUMN("Fwd Packet Length Min", COLUMN_DECIMAL, sides[FLOW_A].lens.min, "bytes", "shortest payload of a packet forward"),
	COLUMN("Fwd Packet Length Mean", COLUMN_DECIMAL, sides[FLOW_A].lens.mean, "bytes", "mean payload of a packet forward"),
	COLUMN("Fwd Packet Length Std", COLUMN_DECIMAL, sides[FLOW_A].lens.std, "bytes", "standard deviation of payloads forward, divisor n - 1"),
	COLUMN("Bwd Packet Length Max", COLUMN_DECIMAL, sides[FLOW_B].lens.max, "bytes", "longest payload of a packet backward"),
	COLUMN("Bwd Packet Length Min", COLUMN_DECIMAL, sides[FLOW_B].lens.min, "bytes", "shortest payload of a packet backward"),
	COLUMN("Bwd Packet Length Mean", COLUMN_DECIMAL, sides[FLOW_B].lens.mean, "bytes", "mean payload of a packet backward"),
	COLUMN("Bwd Packet Length Std", COLUMN_DECIMAL, sides[FLOW_B].lens.std, "bytes", "standard deviation of payloads backward, divisor n - 1"),
	COLUMN("Flow Bytes/s", COLUMN_DECIMAL, bytes_per_s, "bytes/s", "payload of both directions by the duration"),
	COLUMN("Flow Packets/s", COLUMN_DECIMAL, packets_per_s, "packets/s", "packets of both directions by the duration"),
	COLUMN("Flow IAT Mean", COLUMN_DECIMAL, gaps.mean, "us", "mean gap between packets of the flow"),
	COLUMN("Flow IAT Std", COLUMN_DECIMAL, gaps.std, "us", "standard deviation of the gaps, divisor n - 1, between packets of the flow"),
	COLUMN("Flow IAT Max", COLUMN_DECIMAL, gaps.max, "us", "longest gap between packets of the flow"),
	COLUMN("Flow IAT Min", COLUMN_DECIMAL, gaps.min, "us", "shortest gap between packets of the flow"),
	COLUMN("Fwd IAT Total", COLUMN_DECIMAL, sides[FLOW_A].gaps.total, "us", "sum of the gaps between packets forward"),
	COLUMN("Fwd IAT Mean", COLUMN_DECIMAL, sides[FLOW_A].gaps.mean, "us", "mean gap between packets forward"),
	COLUMN("Fwd IAT Std", COLUMN_DECIMAL, sides[FLOW_A].gaps.std, "us", "standard deviation of the gaps, divisor n - 1, between packets forward"),
	COLUMN("Fwd IAT Max", COLUMN_DECIMAL, sides[FLOW_A].gaps.max, "us", "longest gap between packets forward"),
	COLUMN("Fwd IAT Min", COLUMN_DECIMAL, sides[FLOW_A].gaps.min, "us", "shortest gap between packets forward"),
	COLUMN("Bwd IAT Total", COLUMN_DECIMAL, sides[FLOW_B].gaps.total, "us", "sum of the gaps between packets backward"),
	COLUMN("Bwd IAT Mean", COLUMN_DECIMAL, sides[FLOW_B].gaps.mean, "us", "mean gap between packets backward"),
	COLUMN("Bwd IAT Std", COLUMN_DECIMAL, sides[FLOW_B].gaps.std, "us", "standard deviation of the gaps, divisor n - 1, between packets backward"),
	COLUMN("Bwd IAT Max", COLUMN_DECIMAL, sides[FLOW_B].gaps.max, "us", "longest gap between packets backward"),
	COLUMN("Bwd IAT Min", COLUMN_DECIMAL, sides[FLOW_B].gaps.min, "us", "shortest gap between packets backward"),
	COLUMN("Fwd PSH Flags", COLUMN_U64, sides[FLOW_A].psh, "packets", "packets forward with PSH"),
	COLUMN("Bwd PSH Flags", COLUMN_U64, sides[FLOW_B].psh, "packets", "packets backward with PSH"),
	COLUMN("Fwd URG Flags", COLUMN_U64, sides[FLOW_A].urg, "packets", "packets forward with URG"),
	COLUMN("Bwd URG Flags", COLUMN_U64, sides[FLOW_B].urg, "packets", "packets backward with URG"),
	COLUMN("Fwd Header Length", COLUMN_U64, sides[FLOW_A].header_bytes, "bytes", "transport headers forward"),
	COLUMN("Bwd Header Length", COLUMN_U64, sides[FLOW_B].header_bytes, "bytes", "transport headers backward"),
	COLUMN("Fwd Packets/s", COLUMN_DECIMAL, sides[FLOW_A].packets_per_s, "packets/s", "packets forward by the duration"),
	COLUMN("Bwd Packets/s", COLUMN_DECIMAL, sides[FLOW_B].packets_per_s, "packets/s", "packets backward by the duration"),
	COLUMN("Packet Length Min", COLUMN_DECIMAL, lens.min, "bytes", "shortest payload of a packet of the flow"),
	COLUMN("Packet Length Max", COLUMN_DECIMAL, lens.max, "bytes", "longest payload of a packet of the flow"),
	COLUMN("Packet Length Mean", COLUMN_DECIMAL, lens.mean, "bytes", "mean payload of a packet of the flow"),
	COLUMN("Packet Length Std", COLUMN_DECIMAL, lens.std, "bytes", "standard deviation of payloads in the flow, divisor n - 1"),
	COLUMN("Packet Length Variance", COLUMN_DECIMAL, variance, "bytes^2", "variance of payloads in the flow, divisor n - 1"),
	COLUMN("FIN Flag Count", COLUMN_U64, flags[FIN_AT], "packets", "packets with FIN"),
	COLUMN("SYN Flag Count", COLUMN_U64, flags[SYN_AT], "packets", "packets with SYN"),
	COLUMN("RST Flag Count", COLUMN_U64, flags[RST_AT], "packets", "packets with RST"),
	COLUMN("PSH Flag Count", COLUMN_U64, flags[PSH_AT], "packets", "packets with PSH"),
	COLUMN("ACK Flag Count", COLUMN_U64, flags[ACK_AT], "packets", "packets with ACK"),
	COLUMN("URG Flag Count", COLUMN_U64, flags[URG_AT], "packets", "packets with URG"),
	COLUMN("CWR Flag Count", COLUMN_U64, flags[CWR_AT], "packets", "packets with CWR"),
	COLUMN("ECE Flag Count", COLUMN_U64, flags[ECE_AT], "packets", "packets with ECE"),
	COLUMN("Down/Up Ratio", COLUMN_DECIMAL, down_up, "", "packets backward by packets forward"),
	COLUMN("Average Packet Size", COLUMN_DECIMAL, lens.mean, "bytes", "the same as Packet Length Mean"),
	COLUMN("Fwd Segment Size Avg", COLUMN_DECIMAL, sides[FLOW_A].lens.mean, "bytes", "the same as Fwd Packet Length Mean"),
	COLUMN("Bwd Segment Size Avg", COLUMN_DECIMAL, sides[FLOW_B].lens.mean, "bytes", "the same as Bwd Packet Length Mean"),
	COLUMN("Fwd Bytes/Bulk Avg", COLUMN_DECIMAL, sides[FLOW_A].bulk_bytes, "bytes", "mean payload of a bulk forward"),
	COLUMN("Fwd Packet/Bulk Avg", COLUMN_DECIMAL, sides[FLOW_A].bulk_packets, "packets", "mean number of packets of a bulk forward"),
	COLUMN("Fwd Bulk Rate Avg", COLUMN_DECIMAL, sides[FLOW_A].bulk_rate, "bytes/s", "payload of all bulks forward by the time they took"),
	COLUMN("Bwd Bytes/Bulk Avg", COLUMN_DECIMAL, sides[FLOW_B].bulk_bytes, "bytes", "mean payload of a bulk backward"),
	COLUMN("Bwd Packet/Bulk Avg", COLUMN_DECIMAL, sides[FLOW_B].bulk_packets, "packets", "mean number of packets of a bulk backward"),
	COLUMN("Bwd Bulk Rate Avg", COLUMN_DECIMAL, sides[FLOW_B].bulk_rate, "bytes/s", "payload of all bulks backward by the time they took"),
	COLUMN("Subflow Fwd Packets", COLUMN_DECIMAL, sides[FLOW_A].subflow_packets, "packets", "packets forward by the number of subflows"),
	COLUMN("Subflow Fwd Bytes", COLUMN_DECIMAL, sides[FLOW_A].subflow_bytes, "bytes", "payload forward by the number of subflows"),
	COLUMN("Subflow Bwd Packets", COLUMN_DECIMAL, sides[FLOW_B].subflow_packets, "packets", "packets backward by the number of subflows"),
	COLUMN("Subflow Bwd Bytes", COLUMN_DECIMAL, sides[FLOW_B].subflow_bytes, "bytes", "payload backward by the number of subflows"),
	COLUMN("FWD Init Win Bytes", COLUMN_U64, sides[FLOW_A].first_window, "", "window of the first TCP packet forward, as sent"),
	COLUMN("Bwd Init Win Bytes", COLUMN_U64, sides[FLOW_B].first_window, "", "window of the first TCP packet backward, as sent"),
	COLUMN("Fwd Act Data Pkts", COLUMN_U64, sides[FLOW_A].data_packets, "packets", "packets forward with payload"),
	COLUMN("Fwd Seg Size Min", COLUMN_U64, sides[FLOW_A].header_min, "bytes", "shortest transport header forward"),
	COLUMN("Active Mean", COLUMN_DECIMAL, active.mean, "us", "mean time of activity"),
	COLUMN("Active Std", COLUMN_DECIMAL, active.std, "us", "standard deviation of the times of activity, divisor n - 1"),
	COLUMN("Active Max", COLUMN_DECIMAL, active.max, "us", "longest time of activity"),
	COLUMN("Active Min", COLUMN_DECIMAL, active.min, "us", "shortest time of activity"),
	COLUMN("Idle Mean", COLUMN_DECIMAL, idle.mean, "us", "mean time of idleness"),
	COLUMN("Idle Std", COLUMN_DECIMAL, idle.std, "us", "standard deviation of the times of idleness, divisor n - 1"),
	COLUMN("Idle Max", COLUMN_DECIMAL, idle.max, "us", "longest time of idleness"),
	COLUMN("Idle Min", COLUMN_DECIMAL, idle.min, "us", "shortest time of idleness"),
	COLUMN("Label", COLUMN_TEXT, label, "", "label of the first line of the schedule that it matches; empty without one"),
	HIDDEN("file", COLUMN_TEXT, file, "", "the capture"),
	HIDDEN("flow", COLUMN_U64, flow, "", "number of the flow in its capture, as in the table flows"),
	HIDDEN("part", COLUMN_U64, part, "", "part of the flow, from 1"),
	HIDDEN("vlan", COLUMN_STRING, vlan, "", "VLAN ids, outermost first, a point between them"),
};

const struct table cic_table = {
	.name = "flows-cic",
	.row_is = "a conversation",
	.columns = columns,
	.column_count = sizeof(columns) / sizeof(columns[0]),
	.text_columns =
	    "Src IP,Src Port,Dst IP,Dst Port,Protocol,Flow Duration,"
	    "Total Fwd Packet,Total Bwd packets",
	.row_bytes = sizeof(struct cic_row),
};

/* n / d, rounded half to even.  What is counted or timed here is far below
 * 2^80, and d below 2^65: nothing overflows. */
static int128
ratio(int128 n, int128 d)
{
	int128 quotient, rest;

	if (d <= 0)
		return TABLE_NO_PS;
	quotient = n / d * (int128)ONE;
	rest = n % d * (int128)ONE;
	quotient += rest / d;
	rest = 2 * (rest % d);
	if (rest > d || (rest == d && (quotient & 1) != 0))
		quotient++;
	return quotient;
}

static void
fill_stats(struct cic_stats *out, const struct moments *m, uint64_t scale)
{
	bool any = m->count > 0;

	out->mean = moments_mean(m, scale);
	out->std = moments_std_sample(m, scale);
	out->max = any ? m->max * (int128)scale : TABLE_NO_PS;
	out->min = any ? m->min * (int128)scale : TABLE_NO_PS;
	out->total = any ? m->sum * (int128)scale : TABLE_NO_PS;
}

static uint64_t
defined(bool is, uint64_t value)
{
	return is ? value : TABLE_NO_U64;
}

static void
fill_lengths(struct cic_side *row, const struct flow *flow, unsigned side)
{
	const struct flow_feature_side *f = &flow->features->sides[side];
	bool lens = flows_has_payload(flow);

	row->payload_bytes = defined(lens, (uint64_t)f->payload_lens.sum);
	row->header_bytes = defined(lens, f->header_bytes);
	row->header_min = f->header_min;	/* UINT64_MAX: undefined too */
	row->data_packets = defined(lens, f->data_packets);
	fill_stats(&row->lens, &f->payload_lens, ONE);
}

static void
fill_tcp(struct cic_side *row, const struct flow *flow, unsigned side)
{
	const struct flow_feature_side *f = &flow->features->sides[side];
	bool tcp = flow->ip_protocol == PROTOCOL_TCP;

	row->psh = defined(tcp, f->flags[PSH_AT]);
	row->urg = defined(tcp, f->flags[URG_AT]);
	row->first_window = defined(f->first_window != FLOW_NO_WINDOW,
	    f->first_window);
}

static void
fill_bulks(struct cic_side *row, const struct flow_feature_side *f)
{
	row->bulk_bytes = ratio((int128)f->bulk_bytes, (int128)f->bulks);
	row->bulk_packets = ratio((int128)f->bulk_packets, (int128)f->bulks);
	row->bulk_rate = ratio((int128)f->bulk_bytes * NS_PER_SECOND,
	    f->bulk_ns);
}

static void
fill_side(struct cic_side *row, const struct flow *flow, unsigned side)
{
	const struct flow_features *features = flow->features;
	const struct flow_feature_side *f = &features->sides[side];
	uint64_t packets = flow->sides[side].packets;
	bool lens = flows_has_payload(flow);

	row->ip = flow_ip(flow, side);
	row->port = defined(flow->has_ports, flow->ports[side]);
	row->packets = packets;
	row->packets_per_s = ratio((int128)packets * NS_PER_SECOND,
	    flows_duration_ns(flow));
	row->subflow_packets = ratio((int128)packets,
	    (int128)features->subflows);
	row->subflow_bytes = lens ? ratio(f->payload_lens.sum,
	    (int128)features->subflows) : TABLE_NO_PS;
	fill_stats(&row->gaps, &flow->sides[side].gaps, NS_IN_US);
	fill_lengths(row, flow, side);
	fill_tcp(row, flow, side);
	fill_bulks(row, f);
}

static void
fill_both(struct cic_row *row, const struct flow *flow)
{
	const struct flow_features *f = flow->features;
	const struct flow_side *a = &flow->sides[FLOW_A];
	const struct flow_side *b = &flow->sides[FLOW_B];
	struct moments lens = f->sides[FLOW_A].payload_lens;
	int128 duration_ns = flows_duration_ns(flow);

	moments_merge(&lens, &f->sides[FLOW_B].payload_lens);
	fill_stats(&row->lens, &lens, ONE);
	row->variance = moments_variance_sample(&lens, ONE);
	row->bytes_per_s = flows_has_payload(flow) ?
	    ratio(lens.sum * NS_PER_SECOND, duration_ns) : TABLE_NO_PS;
	row->packets_per_s = ratio(((int128)a->packets + b->packets) *
	    NS_PER_SECOND, duration_ns);
	row->down_up = ratio((int128)b->packets, (int128)a->packets);
	fill_stats(&row->gaps, &f->gaps, NS_IN_US);
	fill_stats(&row->active, &f->active, NS_IN_US);
	fill_stats(&row->idle, &f->idle, NS_IN_US);
	for (unsigned i = 0; i < TCP_FLAGS; i++)
		row->flags[i] = defined(flow->ip_protocol == PROTOCOL_TCP,
		    f->sides[FLOW_A].flags[i] + f->sides[FLOW_B].flags[i]);
}

static const char *
flow_id(const struct flow *flow, char *room)
{
	char *at = room;

	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		struct table_ip ip = flow_ip(flow, i);

		at = text_ip(at, &ip);
		*at++ = '-';
	}
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		if (flow->has_ports)
			at = text_u64(at, flow->ports[i]);
		*at++ = '-';
	}
	*text_u64(at, flow->ip_protocol) = '\0';
	return room;
}

/* With the digits of the second that the capture has. */
static const char *
timestamp(const struct flow *flow, char *room)
{
	const struct table_time time = { flow->earliest_ns, flow->digits };

	if (!flow->times_known)
		return NULL;
	*text_utc(room, time) = '\0';
	return room;
}

void
cic_row_fill(struct cic_row *row, struct cic_texts *texts,
    const struct flow *flow, const struct labels *labels)
{
	int128 duration_ns = flows_duration_ns(flow);

	row->flow_id = flow_id(flow, texts->flow_id);
	row->timestamp = timestamp(flow, texts->timestamp);
	row->label = labels == NULL ? NULL : labels_find(labels, flow);
	row->protocol = defined(flow->ip_protocol != 0xff, flow->ip_protocol);
	row->duration_us = duration_ns == TABLE_NO_PS ? TABLE_NO_PS :
	    duration_ns * (int128)NS_IN_US;
	for (unsigned i = 0; i < FLOW_SIDES; i++)
		fill_side(&row->sides[i], flow, i);
	fill_both(row, flow);
	row->file = flow->file;
	row->vlan = flows_vlan(flow, texts->vlan);
	row->flow = flow->number;
	row->part = flow->part;
}

struct memory {
	const struct labels *labels;
	struct cic_texts texts;
};

static void *
memory_new(const struct settings *settings,
    const struct table_selection *wanted, struct errbuf *err)
{
	struct memory *m = memory_array(1, sizeof(*m));

	(void)wanted;
	if (m == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	m->labels = settings->labels;
	return m;
}

static unsigned
needs(const struct settings *settings, const struct table_selection *wanted)
{
	(void)settings;
	(void)wanted;
	return TRACK_FEATURES;
}

static int
flow_row(void *memory, const struct flow *flow, struct table_writer *writer,
    struct errbuf *err)
{
	struct memory *m = memory;
	struct cic_row row;

	cic_row_fill(&row, &m->texts, flow, m->labels);
	return writer->row(writer, &row, err);
}

const struct conversation_question question_cic = {
	.table = &cic_table,
	.needs = needs,
	.memory_new = memory_new,
	.memory_free = free,
	.flow = flow_row,
};
