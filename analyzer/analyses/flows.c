#include "analyzer/analyses/flows.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/conversations.h"
#include "base/memory.h"
#include "base/parse.h"
#include "base/text.h"

#define AT(field) offsetof(struct flow_row, field)
#define GROUP(group_, name_, type_, field, unit_, meaning_) \
	{ .name = name_, .type = type_, .offset = AT(field), .unit = unit_, \
	    .meaning = meaning_, .group = group_ }
#define COLUMN(name, type, field, unit, meaning) \
	GROUP(NULL, name, type, field, unit, meaning)
#define A(name, type, field, unit, meaning) \
	COLUMN("a_" name, type, sides[FLOW_A].field, unit, meaning)
#define B(name, type, field, unit, meaning) \
	COLUMN("b_" name, type, sides[FLOW_B].field, unit, meaning)

static const struct column columns[] = {
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("flow", COLUMN_U64, flow, "", "number of the flow in its capture, from 1, in order of first packets"),
	COLUMN("part", COLUMN_U64, part, "", "part of the flow, from 1; more than one with an active timeout only"),
	COLUMN("protocol", COLUMN_TEXT, protocol, "", "what the outermost IP carries: a word, or the number where there is none"),
	A("ip", COLUMN_IP, ip, "", "address of A: the sender of the first SYN, else of the first packet"),
	A("port", COLUMN_U64, port, "", "port of A"),
	B("ip", COLUMN_IP, ip, "", "address of B, the other end"),
	B("port", COLUMN_U64, port, "", "port of B"),
	COLUMN("vlan", COLUMN_STRING, vlan, "", "VLAN ids, outermost first, a point between them"),
	COLUMN("start_time_ns", COLUMN_I64, start_time_ns, "ns", "time of the earliest packet since 1970-01-01 UTC"),
	COLUMN("duration_s", COLUMN_SECONDS, duration, "s", "from the earliest packet to the latest one"),
	A("packets", COLUMN_U64, packets, "packets", "packets sent by A"),
	B("packets", COLUMN_U64, packets, "packets", "packets sent by B"),
	A("ip_bytes", COLUMN_U64, ip_bytes, "bytes", "IP bytes sent by A"),
	B("ip_bytes", COLUMN_U64, ip_bytes, "bytes", "IP bytes sent by B"),
	A("payload_bytes", COLUMN_U64, payload_bytes, "bytes", "payload of TCP, UDP or UDP-Lite sent by A, repeats included"),
	B("payload_bytes", COLUMN_U64, payload_bytes, "bytes", "payload of TCP, UDP or UDP-Lite sent by B, repeats included"),
	A("iat_mean_s", COLUMN_SECONDS, iat_mean, "s", "mean gap between packets of A"),
	A("iat_median_s", COLUMN_SECONDS, iat_median, "s", "median gap between packets of A"),
	A("iat_std_pop_s", COLUMN_SECONDS, iat_std_pop, "s", "standard deviation of the gaps of A, divisor n"),
	A("iat_std_sample_s", COLUMN_SECONDS, iat_std_sample, "s", "standard deviation of the gaps of A, divisor n - 1"),
	B("iat_mean_s", COLUMN_SECONDS, iat_mean, "s", "mean gap between packets of B"),
	B("iat_median_s", COLUMN_SECONDS, iat_median, "s", "median gap between packets of B"),
	B("iat_std_pop_s", COLUMN_SECONDS, iat_std_pop, "s", "standard deviation of the gaps of B, divisor n"),
	B("iat_std_sample_s", COLUMN_SECONDS, iat_std_sample, "s", "standard deviation of the gaps of B, divisor n - 1"),
	COLUMN("end_reason", COLUMN_TEXT, end_reason, "", "what ended it: capture, fin, rst, idle, active, reused or evicted"),
	COLUMN("first_frame", COLUMN_U64, first_frame, "", "number of its first packet in the capture, from 1"),
	COLUMN("connection", COLUMN_U64, connection, "", "number of the TCP connection in its capture, as in the table tcp"),
	A("frame_bytes", COLUMN_U64, frame_bytes, "bytes", "original frame lengths of the packets of A"),
	B("frame_bytes", COLUMN_U64, frame_bytes, "bytes", "original frame lengths of the packets of B"),
	A("iat_min_s", COLUMN_SECONDS, iat_min, "s", "shortest gap between packets of A"),
	A("iat_max_s", COLUMN_SECONDS, iat_max, "s", "longest gap between packets of A"),
	B("iat_min_s", COLUMN_SECONDS, iat_min, "s", "shortest gap between packets of B"),
	B("iat_max_s", COLUMN_SECONDS, iat_max, "s", "longest gap between packets of B"),
	A("backward_steps", COLUMN_U64, backward_steps, "", "gaps of A below zero"),
	B("backward_steps", COLUMN_U64, backward_steps, "", "gaps of B below zero"),
	COLUMN("application", COLUMN_TEXT, application, "", "application protocol, by its first bytes, else by its port"),
	COLUMN("clear_text", COLUMN_TEXT, clear_text, "", "is the payload readable: yes, no, or mixed"),
	GROUP("labels", "label", COLUMN_TEXT, label, "", "label of the first line of the schedule that it matches"),
	GROUP("splt", "splt_sides", COLUMN_STRING, splt_sides, "", "senders of its first packets: a or b"),
	GROUP("splt", "splt_ip_bytes", COLUMN_STRING, splt_ip_bytes, "bytes", "IP bytes of its first packets"),
	GROUP("splt", "splt_payload_lens", COLUMN_STRING, splt_payload_lens, "bytes", "payload lengths of its first packets"),
	GROUP("splt", "splt_gaps_ns", COLUMN_STRING, splt_gaps_ns, "ns", "gaps between its first packets; - where one has no time"),
	COLUMN("packets", COLUMN_U64, packets, "packets", "packets of both directions"),
	COLUMN("ip_bytes", COLUMN_U64, ip_bytes, "bytes", "IP bytes of both directions"),
	COLUMN("frame_bytes", COLUMN_U64, frame_bytes, "bytes", "original frame lengths of the packets of both directions"),
};

const struct table flows_table = {
	.name = "flows",
	.row_is = "a conversation",
	.columns = columns,
	.column_count = sizeof(columns) / sizeof(columns[0]),
	.text_columns =
	    "flow,protocol,a_ip,a_port,b_ip,b_port,a_packets,b_packets,"
	    "a_ip_bytes,b_ip_bytes",
	.row_bytes = sizeof(struct flow_row),
	.top_by = "ip_bytes",
};

enum {
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_UDPLITE = 136,
	PROTOCOL_UNKNOWN = 0xff,	/* as in struct packet */
};

static const struct protocol_row {
	uint8_t number;
	const char *word;
} protocols[] = {
	{ PROTOCOL_TCP, "tcp" }, { PROTOCOL_UDP, "udp" }, { 1, "icmp" },
	{ 58, "icmpv6" }, { 2, "igmp" }, { 132, "sctp" },
	{ PROTOCOL_UDPLITE, "udplite" }, { 47, "gre" }, { 50, "esp" },
	{ 4, "ip" }, { 41, "ipv6" }, { 137, "mpls" },
};

enum { PROTOCOL_ROWS = sizeof(protocols) / sizeof(protocols[0]) };

#define TEN(tens) \
	tens "0", tens "1", tens "2", tens "3", tens "4", tens "5", \
	tens "6", tens "7", tens "8", tens "9"

static const char numbers[][4] = {
	TEN(""), TEN("1"), TEN("2"), TEN("3"), TEN("4"), TEN("5"), TEN("6"),
	TEN("7"), TEN("8"), TEN("9"), TEN("10"), TEN("11"), TEN("12"),
	TEN("13"), TEN("14"), TEN("15"), TEN("16"), TEN("17"), TEN("18"),
	TEN("19"), TEN("20"), TEN("21"), TEN("22"), TEN("23"), TEN("24"),
	TEN("25"),
};

const char *
flows_protocol(uint8_t ip_protocol)
{
	if (ip_protocol == PROTOCOL_UNKNOWN)
		return NULL;
	for (size_t i = 0; i < PROTOCOL_ROWS; i++)
		if (protocols[i].number == ip_protocol)
			return protocols[i].word;
	return numbers[ip_protocol];
}

int
flows_protocol_find(const char *text)
{
	struct errbuf err;
	uint64_t number;

	for (size_t i = 0; i < PROTOCOL_ROWS; i++)
		if (strcmp(protocols[i].word, text) == 0)
			return protocols[i].number;
	if (parse_u64(text, 0, PROTOCOL_UNKNOWN - 1, &number, &err) == -1)
		return -1;
	return (int)number;
}

bool
flows_has_payload(const struct flow *flow)
{
	return flow->ip_protocol == PROTOCOL_TCP ||
	    flow->ip_protocol == PROTOCOL_UDP ||
	    flow->ip_protocol == PROTOCOL_UDPLITE;
}

const char *
flows_vlan(const struct flow *flow, char *room)
{
	unsigned kept = flow->vlan_count < PACKET_VLANS_MAX ?
	    flow->vlan_count : PACKET_VLANS_MAX;
	char *at = room;

	if (flow->vlan_count == 0)
		return NULL;
	for (unsigned i = 0; i < kept; i++)
		at += sprintf(at, "%s%u", i == 0 ? "" : ".",
		    (unsigned)flow->vlan[i]);
	if (flow->vlan_count > kept)
		strcpy(at, ".+");
	return room;
}

int128
flows_duration_ns(const struct flow *flow)
{
	if (!flow->times_known)
		return TABLE_NO_PS;
	return (int128)flow->latest_ns - flow->earliest_ns;
}

/* Lists for --splt; each has room for its longest numbers. */
enum splt_list { SPLT_SIDES, SPLT_IP_BYTES, SPLT_PAYLOAD_LENS, SPLT_GAPS,
    SPLT_LISTS };

static const uint8_t splt_bytes[SPLT_LISTS] = {	/* an item and its space */
	[SPLT_SIDES] = 2,
	[SPLT_IP_BYTES] = TEXT_U64_BYTES + 1,
	[SPLT_PAYLOAD_LENS] = TEXT_U64_BYTES + 1,
	[SPLT_GAPS] = TEXT_U64_BYTES + 2,
};

struct flow_texts {
	char vlan[FLOWS_VLAN_BYTES];
	char *splt[SPLT_LISTS];	/* NULL: not asked for */
};

void
flow_texts_free(struct flow_texts *texts)
{
	if (texts == NULL)
		return;
	for (size_t i = 0; i < SPLT_LISTS; i++)
		free(texts->splt[i]);
	free(texts);
}

struct flow_texts *
flow_texts_new(unsigned splt, struct errbuf *err)
{
	struct flow_texts *texts = memory_array(1, sizeof(*texts));
	bool failed = texts == NULL;

	for (size_t i = 0; !failed && splt > 0 && i < SPLT_LISTS; i++) {
		texts->splt[i] = memory_array(splt, splt_bytes[i]);
		failed = texts->splt[i] == NULL;
	}
	if (!failed)
		return texts;
	errbuf_set(err, "out of memory");
	flow_texts_free(texts);
	return NULL;
}

static unsigned
needs_of(const struct settings *settings,
    const struct table_selection *wanted)
{
	unsigned needs = 0;

	(void)settings;
	for (size_t i = 0; i < wanted->count; i++)
		switch (columns[wanted->index[i]].offset) {
		case AT(sides[FLOW_A].iat_median):
		case AT(sides[FLOW_B].iat_median):
			needs |= TRACK_MEDIANS;
			break;
		case AT(application):
		case AT(clear_text):
			needs |= TRACK_APPLICATIONS;
			break;
		default:
			break;
		}
	return needs;
}

static const char *const clear_words[] = {
	[CLEAR_UNKNOWN] = NULL,
	[CLEAR_YES] = "yes",
	[CLEAR_NO] = "no",
	[CLEAR_MIXED] = "mixed",
};

static void
fill_side(struct flow_row_side *row, const struct flow *flow, unsigned side)
{
	const struct flow_side *s = &flow->sides[side];
	bool gaps = s->gaps.count > 0;

	row->ip = flow_ip(flow, side);
	row->port = flow->has_ports ? flow->ports[side] : TABLE_NO_U64;
	row->packets = s->packets;
	row->frame_bytes = s->frame_bytes;
	row->ip_bytes = s->ip_bytes;
	row->payload_bytes = flows_has_payload(flow) ? s->payload_bytes :
	    TABLE_NO_U64;
	row->iat_mean = moments_mean(&s->gaps, 1000);
	row->iat_median = s->median_ps;
	row->iat_std_pop = moments_std_pop(&s->gaps, 1000);
	row->iat_std_sample = moments_std_sample(&s->gaps, 1000);
	row->iat_min = gaps ? s->gaps.min * 1000 : TABLE_NO_PS;
	row->iat_max = gaps ? s->gaps.max * 1000 : TABLE_NO_PS;
	row->backward_steps = s->backward_steps;
	row->clear_text = flow->application == NULL ? NULL :
	    clear_words[flow->application->sides[side].clear];
}

/* Of both directions, as far as they are known. */
static const char *
clear_text(const struct flow_application *application)
{
	unsigned a, b;

	if (application == NULL)
		return NULL;
	a = application->sides[FLOW_A].clear;
	b = application->sides[FLOW_B].clear;
	if (a == CLEAR_UNKNOWN)
		return clear_words[b];
	return clear_words[b == CLEAR_UNKNOWN || a == b ? a : CLEAR_MIXED];
}

/* The gap before packet i > 0. */
static char *
put_gap(char *at, const struct flow_packet *packet)
{
	int64_t from = packet[-1].ts_ns, to = packet->ts_ns;
	uint64_t magnitude = to >= from ? (uint64_t)to - (uint64_t)from :
	    (uint64_t)from - (uint64_t)to;

	if (from == TABLE_NO_I64 || to == TABLE_NO_I64) {
		*at++ = '-';
		return at;
	}
	if (to < from)
		*at++ = '-';
	return text_u64(at, magnitude);
}

static char *
put_item(char *at, enum splt_list list, const struct flow_packet *packet)
{
	switch (list) {
	case SPLT_SIDES:
		*at++ = "ab"[packet->side];
		return at;
	case SPLT_IP_BYTES:
		return text_u64(at, packet->ip_bytes);
	case SPLT_PAYLOAD_LENS:
		return text_u64(at, packet->payload_len);
	case SPLT_GAPS:
	default:
		return put_gap(at, packet);
	}
}

static const char *
splt_text(const struct flow_texts *texts, enum splt_list list,
    const struct flow *flow)
{
	uint32_t first = list == SPLT_GAPS ? 1 : 0;
	char *at = texts->splt[list];

	if (at == NULL || flow->splt_count <= first)
		return NULL;
	if (list == SPLT_PAYLOAD_LENS && !flows_has_payload(flow))
		return NULL;
	for (uint32_t i = first; i < flow->splt_count; i++) {
		if (i > first)
			*at++ = ' ';
		at = put_item(at, list, &flow->splt[i]);
	}
	*at = '\0';
	return texts->splt[list];
}

void
flows_row_fill(struct flow_row *row, struct flow_texts *texts,
    const struct flow *flow, const struct labels *labels)
{
	int128 duration_ns = flows_duration_ns(flow);

	row->file = flow->file;
	row->flow = flow->number;
	row->part = flow->part;
	row->protocol = flows_protocol(flow->ip_protocol);
	row->vlan = flows_vlan(flow, texts->vlan);
	row->start_time_ns = flow->times_known ? flow->earliest_ns :
	    TABLE_NO_I64;
	row->duration = duration_ns == TABLE_NO_PS ? TABLE_NO_PS :
	    duration_ns * 1000;
	row->packets = row->ip_bytes = row->frame_bytes = 0;
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		fill_side(&row->sides[i], flow, i);
		row->packets += row->sides[i].packets;
		row->ip_bytes += row->sides[i].ip_bytes;
		row->frame_bytes += row->sides[i].frame_bytes;
	}
	row->end_reason = flow_end_name((enum flow_end)flow->end);
	row->first_frame = flow->first_frame;
	row->connection = flow->connection == 0 ? TABLE_NO_U64 :
	    flow->connection;
	row->application = flow->application == NULL ? NULL :
	    application_name(flow->application);
	row->clear_text = clear_text(flow->application);
	row->application_clear = flow->application == NULL ? NULL :
	    clear_words[application_clear(flow->application)];
	row->label = labels == NULL ? NULL : labels_find(labels, flow);
	row->splt_sides = splt_text(texts, SPLT_SIDES, flow);
	row->splt_ip_bytes = splt_text(texts, SPLT_IP_BYTES, flow);
	row->splt_payload_lens = splt_text(texts, SPLT_PAYLOAD_LENS, flow);
	row->splt_gaps_ns = splt_text(texts, SPLT_GAPS, flow);
}

struct memory {
	const struct labels *labels;
	struct flow_texts *texts;
};

static void
memory_free(void *memory)
{
	struct memory *m = memory;

	if (m == NULL)
		return;
	flow_texts_free(m->texts);
	free(m);
}

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
	m->texts = flow_texts_new(settings->splt, err);
	if (m->texts != NULL)
		return m;
	memory_free(m);
	return NULL;
}

static int
flow_row(void *memory, const struct flow *flow, struct table_writer *writer,
    struct errbuf *err)
{
	struct memory *m = memory;
	struct flow_row row;

	flows_row_fill(&row, m->texts, flow, m->labels);
	return writer->row(writer, &row, err);
}

const struct conversation_question question_flows = {
	.table = &flows_table,
	.needs = needs_of,
	.memory_new = memory_new,
	.memory_free = memory_free,
	.flow = flow_row,
};
