/* Rows of anomalies by packet. */
#include "analyzer/analyses/anomalies.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/conversations.h"
#include "analyzer/stats/decay.h"
#include "analyzer/tracker/tcp_segment.h"
#include "base/memory.h"

struct row {
	const char *file;
	uint64_t number;
	int64_t time_ns;
	const char *direction, *protocol;
	struct table_ip src_ip, dst_ip;
	uint64_t src_port, dst_port, frame_len;
	uint64_t unanswered, repeats, sent_more_bytes, pair_packets, host_packets;
	uint64_t flow_packets, oversize_bytes, odd_flags;
	struct anomaly found;
};

#define COLUMN(name, type, field, unit, meaning) \
	{ name, type, offsetof(struct row, field), unit, meaning }
#define FEATURE(field, unit, meaning) \
	COLUMN(#field, COLUMN_U64, field, unit, meaning)

static const struct column columns[] = {
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("number", COLUMN_U64, number, "", "number of the record in its capture, from 1"),
	COLUMN("time_ns", COLUMN_I64, time_ns, "ns", "time since 1970-01-01 UTC"),
	COLUMN("direction", COLUMN_TEXT, direction, "", "in, out, other or skipped"),
	COLUMN("protocol", COLUMN_TEXT, protocol, "", "what the outermost IP carries or, without IP, the innermost protocol known"),
	COLUMN("src_ip", COLUMN_IP, src_ip, "", "source address of the outermost IP"),
	COLUMN("src_port", COLUMN_U64, src_port, "", "source port of TCP, UDP, UDP-Lite or SCTP"),
	COLUMN("dst_ip", COLUMN_IP, dst_ip, "", "destination address of the outermost IP"),
	COLUMN("dst_port", COLUMN_U64, dst_port, "", "destination port of TCP, UDP, UDP-Lite or SCTP"),
	COLUMN("frame_len", COLUMN_U64, frame_len, "bytes", "original frame length"),
	FEATURE(unanswered, "flows", "of a packet whose flow has no answer yet: flows without one of either host of late, beyond 4; halves in 10 minutes"),
	FEATURE(repeats, "flows", "of the first packet of a flow: flows of late from its sender to the same port of the other host before it, beyond 4; halves in 2 s"),
	FEATURE(sent_more_bytes, "bytes", "payload that A has sent in the flow so far, less what B has, beyond 65536"),
	FEATURE(pair_packets, "packets", "packets between the two hosts of late, beyond 256; halves in 2 s"),
	FEATURE(host_packets, "packets", "packets from or to either host of late, the larger number, beyond 256; halves in 1 s"),
	FEATURE(flow_packets, "packets", "packets of the flow so far, beyond 256"),
	FEATURE(oversize_bytes, "bytes", "frame length beyond 1514"),
	FEATURE(odd_flags, "", "TCP flags that contradict each other: how many rules they break"),
	COLUMN("score", COLUMN_DECIMAL, found.score, "", "of the isolation forest: 0 to 1, more than 0.5 is sooner alone than usual"),
	COLUMN("threshold", COLUMN_DECIMAL, found.threshold, "", "a larger score is anomalous"),
	COLUMN("anomalous", COLUMN_TEXT, found.anomalous, "", "is the score above the threshold: yes or no"),
	COLUMN("why", COLUMN_STRING, found.why, "", "of an anomalous packet, the features that set it apart soonest"),
};

const struct table anomalies_packets_table = {
	.name = "anomalies-packets",
	.row_is = "a packet",
	.columns = columns,
	.column_count = sizeof(columns) / sizeof(columns[0]),
	.row_bytes = sizeof(struct row),
	.top_by = "score",
	.text_columns = "number,protocol,src_ip,src_port,dst_ip,dst_port,"
	    "frame_len,score,anomalous,why",
};

/* In the order of the columns. */
enum feature { UNANSWERED, REPEATS, SENT_MORE, PAIR_PACKETS, HOST_PACKETS,
    FLOW_PACKETS, OVERSIZE, ODD_FLAGS, FEATURES };

static const char feature_names[] =
    "unanswered,repeats,sent_more_bytes,pair_packets,host_packets,"
    "flow_packets,oversize_bytes,odd_flags";

/* Where what is ordinary ends: what a browser opens at once, what a form sends,
 * what a page takes, an Ethernet frame. */
enum {
	ORDINARY_FLOWS = 4,
	ORDINARY_UPLOAD = 65536,
	ORDINARY_PACKETS = 256,
	ORDINARY_FRAME = 1514,
	PROTOCOL_TCP = 6,
};

#define SECOND_NS	INT64_C(1000000000)

struct record {
	uint32_t values[FEATURES];
	uint32_t frame_len;
	const char *file;
	uint64_t number;
	int64_t time_ns;
	uint8_t address[2][16];		/* source, destination */
	uint16_t ports[2];
	uint8_t ip_version;		/* 0: no addresses */
	bool has_destination, has_ports;
	uint8_t direction, protocol;	/* enum layer */
};

struct memory {
	struct anomalies *anomalies;
	struct decay *unanswered, *repeats, *pairs, *hosts;
	int64_t now_ns;			/* of the last packet with a time */
};

static const char *const direction_names[DIRECTIONS] = {
	[DIRECTION_IN] = "in",
	[DIRECTION_OUT] = "out",
	[DIRECTION_OTHER] = "other",
	[DIRECTION_SKIPPED] = "skipped",
};

static void
memory_free(void *memory)
{
	struct memory *m = memory;

	if (m == NULL)
		return;
	anomalies_free(m->anomalies);
	decay_free(m->unanswered);
	decay_free(m->repeats);
	decay_free(m->pairs);
	decay_free(m->hosts);
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
	m->anomalies = anomalies_new(settings, feature_names,
	    sizeof(struct record), err);
	m->unanswered = decay_new(600 * SECOND_NS, err);
	m->repeats = decay_new(2 * SECOND_NS, err);
	m->pairs = decay_new(2 * SECOND_NS, err);
	m->hosts = decay_new(SECOND_NS, err);
	if (m->anomalies != NULL && m->unanswered != NULL &&
	    m->repeats != NULL && m->pairs != NULL && m->hosts != NULL)
		return m;
	memory_free(m);
	return NULL;
}

/* Has B answered A?  Over TCP that takes payload of either, since a handshake
 * says little.  `packets` and `payload` are of A and B. */
static bool
is_answered(const struct flow *flow, const uint64_t packets[FLOW_SIDES],
    const uint64_t payload[FLOW_SIDES])
{
	return packets[FLOW_A] > 0 && packets[FLOW_B] > 0 &&
	    (flow->ip_protocol != PROTOCOL_TCP ||
	    payload[FLOW_A] + payload[FLOW_B] > 0);
}

/* What the packet changes in the number of flows without an answer: a new one,
 * or one that has got it. */
static int
change_of(const struct sighting *s, bool *answered)
{
	const struct flow *flow = s->flow;
	uint64_t packets[FLOW_SIDES], payload[FLOW_SIDES];
	bool before;

	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		packets[i] = flow->sides[i].packets;
		payload[i] = flow->sides[i].payload_bytes;
	}
	*answered = is_answered(flow, packets, payload);
	if (flow->part > 1)	/* that was found in the first */
		return 0;
	if (packets[FLOW_A] + packets[FLOW_B] == 1)
		return *answered ? 0 : 1;
	packets[s->side]--;
	if (s->packet->flags & PACKET_HAS_PAYLOAD_LEN)
		payload[s->side] -= s->packet->payload_len;
	before = is_answered(flow, packets, payload);
	return *answered && !before ? -1 : 0;
}

static uint64_t
larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* `a` and `b` are hashes of the two ends. */
static uint32_t
count_repeats(struct memory *m, const struct flow *flow, uint64_t a,
    uint64_t b)
{
	uint64_t port = flow->has_ports ? flow->ports[FLOW_B] : 0;
	uint64_t key = anomalies_hash(anomalies_hash(a, b),
	    port << 8 | flow->ip_protocol);

	if (flow->part > 1 || flow->sides[FLOW_A].packets +
	    flow->sides[FLOW_B].packets > 1)
		return 0;
	/* It has counted itself. */
	return anomalies_beyond((int128)decay_add(m->repeats, key, m->now_ns,
	    1) - 1, ORDINARY_FLOWS);
}

/* The features that are of hosts and flows. */
static void
look_around(struct memory *m, const struct sighting *s, uint32_t *values)
{
	const struct flow *flow = s->flow;
	const struct flow_side *sides = flow->sides;
	uint64_t a = anomalies_hash_ip(0, flow->address[FLOW_A],
	    flow->ip_version);
	uint64_t b = anomalies_hash_ip(0, flow->address[FLOW_B],
	    flow->ip_version);
	bool answered;
	int change = change_of(s, &answered);
	uint64_t waiting = larger(
	    decay_add(m->unanswered, a, m->now_ns, change),
	    decay_add(m->unanswered, b, m->now_ns, change));
	uint64_t busy = larger(decay_add(m->hosts, a, m->now_ns, 1),
	    decay_add(m->hosts, b, m->now_ns, 1));

	values[UNANSWERED] = answered ? 0 :
	    anomalies_beyond(waiting, ORDINARY_FLOWS);
	values[REPEATS] = count_repeats(m, flow, a, b);
	values[SENT_MORE] = anomalies_beyond(
	    (int128)sides[FLOW_A].payload_bytes -
	    sides[FLOW_B].payload_bytes, ORDINARY_UPLOAD);
	/* A sum does not ask who is A. */
	values[PAIR_PACKETS] = anomalies_beyond(decay_add(m->pairs, a + b,
	    m->now_ns, 1), ORDINARY_PACKETS);
	values[HOST_PACKETS] = anomalies_beyond(busy, ORDINARY_PACKETS);
	values[FLOW_PACKETS] = anomalies_beyond((int128)sides[FLOW_A].packets +
	    sides[FLOW_B].packets, ORDINARY_PACKETS);
}

/* RFC 9293: each segment but the first has ACK, or is a RST; no other flag that
 * opens or ends goes with SYN. */
static uint32_t
odd_flags(const struct packet *p)
{
	unsigned flags;

	if (!(p->flags & PACKET_HAS_TCP))
		return 0;
	flags = packet_tcp_flags(p);
	return (uint32_t)(((flags & TCP_SYN) && (flags & TCP_FIN)) +
	    ((flags & TCP_SYN) && (flags & TCP_RST)) +
	    ((flags & TCP_FIN) && (flags & TCP_RST)) +
	    !(flags & (TCP_SYN | TCP_ACK | TCP_RST)));
}

static void
fill_record(struct record *r, const char *file, const struct packet *p)
{
	const uint8_t *dst = p->ip_version == 0 ? NULL : packet_dst(p);
	size_t len = p->ip_version == 4 ? 4 : 16;

	r->frame_len = p->frame->wire_len;
	r->file = file;
	r->number = p->frame->number;
	r->time_ns = p->frame->flags & FRAME_UNTIMED ? TABLE_NO_I64 :
	    p->frame->ts_ns;
	r->ip_version = p->ip_version;
	r->direction = p->direction;
	r->protocol = (uint8_t)packet_protocol(p);
	if (p->ip_version != 0)
		memcpy(r->address[0], packet_src(p), len);
	r->has_destination = dst != NULL;
	if (dst != NULL)
		memcpy(r->address[1], dst, len);
	r->has_ports = p->flags & PACKET_HAS_PORTS;
	if (r->has_ports) {
		r->ports[0] = packet_src_port(p);
		r->ports[1] = packet_dst_port(p);
	}
}

/* Of what the packet is, and nothing of where it stands. */
static uint64_t
hash_of(const struct record *r, const struct packet *p)
{
	uint64_t hash = anomalies_hash(r->frame_len, (uint64_t)r->time_ns);

	hash = anomalies_hash(hash, (uint64_t)p->ip_bytes << 32 |
	    (uint32_t)(p->flags & PACKET_FRAGMENT ? p->fragment_at : 0));
	for (int i = 0; i < 2; i++)
		hash = anomalies_hash_ip(hash, r->address[i], r->ip_version);
	hash = anomalies_hash(hash, (uint64_t)r->ports[0] << 16 | r->ports[1]);
	if (p->flags & PACKET_HAS_TCP)
		hash = anomalies_hash(hash,
		    (uint64_t)packet_tcp_seq(p) << 32 | packet_tcp_ack(p));
	/* The identification of IPv4; it stands before the source address. */
	if (p->ip_version == 4) {
		const uint8_t *id = p->frame->data + p->network_at + 4;

		hash = anomalies_hash(hash, (uint64_t)id[0] << 8 | id[1]);
	}
	return hash;
}

static int
take_packet(void *memory, const char *file, const struct sighting *s,
    struct table_writer *writer, struct errbuf *err)
{
	struct memory *m = memory;
	const struct packet *p = s->packet;
	struct record r;

	(void)writer;
	memset(&r, 0, sizeof(r));
	fill_record(&r, file, p);
	if (r.time_ns != TABLE_NO_I64)
		m->now_ns = r.time_ns;
	if (s->flow != NULL)
		look_around(m, s, r.values);
	r.values[OVERSIZE] = anomalies_beyond(r.frame_len, ORDINARY_FRAME);
	r.values[ODD_FLAGS] = odd_flags(p);
	return anomalies_add(m->anomalies, &r, hash_of(&r, p), err);
}

static void
fill_ip(struct table_ip *ip, const struct record *r, unsigned end, bool known)
{
	memcpy(ip->bytes, r->address[end], sizeof(ip->bytes));
	ip->version = known ? r->ip_version : 0;
}

static int
write_record(void *context, const void *record, const struct anomaly *found,
    struct table_writer *writer, struct errbuf *err)
{
	const struct record *r = record;
	struct row row = {
		.file = r->file, .number = r->number, .time_ns = r->time_ns,
		.direction = direction_names[r->direction],
		.protocol = r->protocol == LAYER_NONE ? NULL :
		    layer_name((enum layer)r->protocol),
		.src_port = r->has_ports ? r->ports[0] : TABLE_NO_U64,
		.dst_port = r->has_ports ? r->ports[1] : TABLE_NO_U64,
		.frame_len = r->frame_len,
		.unanswered = r->values[UNANSWERED],
		.repeats = r->values[REPEATS],
		.sent_more_bytes = r->values[SENT_MORE],
		.pair_packets = r->values[PAIR_PACKETS],
		.host_packets = r->values[HOST_PACKETS],
		.flow_packets = r->values[FLOW_PACKETS],
		.oversize_bytes = r->values[OVERSIZE],
		.odd_flags = r->values[ODD_FLAGS],
		.found = *found,
	};

	(void)context;
	fill_ip(&row.src_ip, r, 0, true);
	fill_ip(&row.dst_ip, r, 1, r->has_destination);
	return writer->row(writer, &row, err);
}

static int
finish(void *memory, const struct analysis_input *input,
    struct table_writer *writer, struct errbuf *err)
{
	struct memory *m = memory;

	(void)input;
	return anomalies_write(m->anomalies, write_record, NULL, writer, err);
}

static int
finish_model(void *memory, const struct analysis_input *input,
    struct table_writer *writer, struct errbuf *err)
{
	struct memory *m = memory;

	return input->format == NULL ? 0 : anomalies_write_model(
	    m->anomalies, input->name, writer, err);
}

static void
account(const void *memory, struct analysis_account *out)
{
	const struct memory *m = memory;

	anomalies_account(m->anomalies, &out->packet_scores);
}

const struct conversation_question question_anomalies_packets = {
	.table = &anomalies_packets_table,
	.whole_flows = true,
	.gathers = true,
	.memory_new = memory_new,
	.memory_free = memory_free,
	.packet = take_packet,
	.finish = finish,
	.account = account,
};

const struct conversation_question question_anomalies_packets_model = {
	.table = &anomalies_packets_model_table,
	.whole_flows = true,
	.gathers = true,
	.shares = &question_anomalies_packets,
	.memory_new = memory_new,
	.memory_free = memory_free,
	.packet = take_packet,
	.finish = finish_model,
	.account = account,
};
