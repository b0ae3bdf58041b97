#include "analyzer/analyses/udp_conversations.h"

#include <stddef.h>
#include <stdlib.h>

#include "analyzer/analyses/conversations.h"
#include "base/memory.h"

enum { PROTOCOL_UDP = 17 };

#define COLUMN(name_, type_, field, unit_, meaning_) \
	{ .name = name_, .type = type_, \
	    .offset = offsetof(struct udp_conversation_row, field), \
	    .unit = unit_, .meaning = meaning_ }
#define A(name, type, field, unit, meaning) \
	COLUMN("a_" name, type, sides[FLOW_A].field, unit, meaning)
#define B(name, type, field, unit, meaning) \
	COLUMN("b_" name, type, sides[FLOW_B].field, unit, meaning)

static const struct column columns[] = {
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("flow", COLUMN_U64, flow, "", "number of the flow in its capture, as in the table flows"),
	COLUMN("part", COLUMN_U64, part, "", "part of the flow, from 1; more than one with an active timeout only"),
	A("ip", COLUMN_IP, ip, "", "address of A, the sender of the first datagram"),
	A("port", COLUMN_U64, port, "", "port of A"),
	B("ip", COLUMN_IP, ip, "", "address of B, the other end"),
	B("port", COLUMN_U64, port, "", "port of B"),
	COLUMN("vlan", COLUMN_STRING, vlan, "", "VLAN ids, outermost first, a point between them"),
	COLUMN("start_time_ns", COLUMN_I64, start_time_ns, "ns", "time of the earliest packet since 1970-01-01 UTC"),
	COLUMN("duration_s", COLUMN_SECONDS, duration, "s", "from the earliest packet to the latest one"),
	A("datagrams", COLUMN_U64, datagrams, "datagrams", "datagrams sent by A: packets but for later fragments"),
	B("datagrams", COLUMN_U64, datagrams, "datagrams", "datagrams sent by B: packets but for later fragments"),
	A("packets", COLUMN_U64, packets, "packets", "packets sent by A"),
	B("packets", COLUMN_U64, packets, "packets", "packets sent by B"),
	A("payload_bytes", COLUMN_U64, payload_bytes, "bytes", "UDP payload sent by A"),
	B("payload_bytes", COLUMN_U64, payload_bytes, "bytes", "UDP payload sent by B"),
	A("payload_mean", COLUMN_DECIMAL, payload_mean, "bytes", "mean payload of a packet of A"),
	A("payload_min", COLUMN_U64, payload_min, "bytes", "shortest payload of a packet of A"),
	A("payload_max", COLUMN_U64, payload_max, "bytes", "longest payload of a packet of A"),
	B("payload_mean", COLUMN_DECIMAL, payload_mean, "bytes", "mean payload of a packet of B"),
	B("payload_min", COLUMN_U64, payload_min, "bytes", "shortest payload of a packet of B"),
	B("payload_max", COLUMN_U64, payload_max, "bytes", "longest payload of a packet of B"),
	A("first_time_ns", COLUMN_I64, first_ns, "ns", "time of A's first packet in the capture"),
	A("last_time_ns", COLUMN_I64, last_ns, "ns", "time of A's last packet in the capture"),
	B("first_time_ns", COLUMN_I64, first_ns, "ns", "time of B's first packet in the capture"),
	B("last_time_ns", COLUMN_I64, last_ns, "ns", "time of B's last packet in the capture"),
	COLUMN("response_s", COLUMN_SECONDS, response, "s", "from A's first packet to B's first one"),
	COLUMN("end_reason", COLUMN_TEXT, end_reason, "", "what ended it: capture, idle, active or evicted"),
	COLUMN("application", COLUMN_TEXT, application, "", "application protocol, by its first bytes, else by its port"),
};

const struct table udp_conversations_table = {
	.name = "udp-conversations",
	.row_is = "a conversation of UDP",
	.columns = columns,
	.column_count = sizeof(columns) / sizeof(columns[0]),
	.text_columns =
	    "flow,a_ip,a_port,b_ip,b_port,a_datagrams,b_datagrams,response_s",
	.row_bytes = sizeof(struct udp_conversation_row),
};

static void
fill_side(struct udp_conversation_side *row, const struct flow *flow,
    unsigned side)
{
	const struct flow_side *s = &flow->sides[side];
	const struct flow_feature_side *f = &flow->features->sides[side];
	bool any = f->payload_lens.count > 0;

	row->ip = flow_ip(flow, side);
	row->port = flow->has_ports ? flow->ports[side] : TABLE_NO_U64;
	row->packets = s->packets;
	row->datagrams = s->packets - f->later_fragments;
	row->payload_bytes = s->payload_bytes;
	row->payload_mean = moments_mean(&f->payload_lens, 1000000000000);
	row->payload_min = any ? (uint64_t)f->payload_lens.min : TABLE_NO_U64;
	row->payload_max = any ? (uint64_t)f->payload_lens.max : TABLE_NO_U64;
	row->first_ns = s->times_seen > 0 ? s->first_ns : TABLE_NO_I64;
	row->last_ns = s->times_seen > 0 ? s->last_ns : TABLE_NO_I64;
}

void
udp_conversation_row_fill(struct udp_conversation_row *row, char *vlan,
    const struct flow *flow)
{
	const struct udp_conversation_side *a = &row->sides[FLOW_A];
	const struct udp_conversation_side *b = &row->sides[FLOW_B];
	int128 duration_ns = flows_duration_ns(flow);

	row->file = flow->file;
	row->flow = flow->number;
	row->part = flow->part;
	row->vlan = flows_vlan(flow, vlan);
	row->start_time_ns = flow->times_known ? flow->earliest_ns :
	    TABLE_NO_I64;
	row->duration = duration_ns == TABLE_NO_PS ? TABLE_NO_PS :
	    duration_ns * 1000;
	for (unsigned i = 0; i < FLOW_SIDES; i++)
		fill_side(&row->sides[i], flow, i);
	row->response = TABLE_NO_PS;
	if (a->first_ns != TABLE_NO_I64 && b->first_ns != TABLE_NO_I64)
		row->response = ((int128)b->first_ns - a->first_ns) * 1000;
	row->end_reason = flow_end_name((enum flow_end)flow->end);
	row->application = flow->application == NULL ? NULL :
	    application_name(flow->application);
}

/* The text of one row that is not constant. */
struct memory {
	char vlan[FLOWS_VLAN_BYTES];
};

static void *
memory_new(const struct settings *settings,
    const struct table_selection *wanted, struct errbuf *err)
{
	struct memory *m = memory_array(1, sizeof(*m));

	(void)settings;
	(void)wanted;
	if (m == NULL)
		errbuf_set(err, "out of memory");
	return m;
}

static unsigned
needs(const struct settings *settings, const struct table_selection *wanted)
{
	unsigned what = TRACK_FEATURES;

	(void)settings;
	if (conversation_wants(&udp_conversations_table, wanted,
	    "application"))
		what |= TRACK_APPLICATIONS;
	return what;
}

static int
flow_row(void *memory, const struct flow *flow, struct table_writer *writer,
    struct errbuf *err)
{
	struct memory *m = memory;
	struct udp_conversation_row row;

	if (flow->ip_protocol != PROTOCOL_UDP)
		return 0;
	udp_conversation_row_fill(&row, m->vlan, flow);
	return writer->row(writer, &row, err);
}

const struct conversation_question question_udp_conversations = {
	.table = &udp_conversations_table,
	.needs = needs,
	.memory_new = memory_new,
	.memory_free = free,
	.flow = flow_row,
};
