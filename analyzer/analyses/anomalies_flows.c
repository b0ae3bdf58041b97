/* Rows of anomalies by flow. */
#include "analyzer/analyses/anomalies.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/conversations.h"
#include "analyzer/analyses/flows.h"
#include "analyzer/stats/decay.h"
#include "base/fixed_log.h"
#include "base/memory.h"

struct row {
	const char *file;
	uint64_t flow, part;
	const char *protocol;
	struct table_ip a_ip, b_ip;
	uint64_t a_port, b_port;
	int64_t start_time_ns;
	int128 duration;
	uint64_t a_packets, b_packets, a_ip_bytes, b_ip_bytes;
	uint64_t unanswered, repeats, sent_more_bytes, large_bytes;
	uint64_t many_packets, long_ms;
	struct anomaly found;
};

#define COLUMN(name, type, field, unit, meaning) \
	{ name, type, offsetof(struct row, field), unit, meaning }
#define FEATURE(field, unit, meaning) \
	COLUMN(#field, COLUMN_U64, field, unit, meaning)

static const struct column columns[] = {
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("flow", COLUMN_U64, flow, "", "number of the flow in its capture, as in the table flows"),
	COLUMN("part", COLUMN_U64, part, "", "part of the flow, from 1; more than one with an active timeout only"),
	COLUMN("protocol", COLUMN_TEXT, protocol, "", "what the outermost IP carries: a word, or the number where there is none"),
	COLUMN("a_ip", COLUMN_IP, a_ip, "", "address of A: the sender of the first SYN, else of the first packet"),
	COLUMN("a_port", COLUMN_U64, a_port, "", "port of A"),
	COLUMN("b_ip", COLUMN_IP, b_ip, "", "address of B, the other end"),
	COLUMN("b_port", COLUMN_U64, b_port, "", "port of B"),
	COLUMN("start_time_ns", COLUMN_I64, start_time_ns, "ns", "time of the earliest packet since 1970-01-01 UTC"),
	COLUMN("duration_s", COLUMN_SECONDS, duration, "s", "from the earliest packet to the latest one"),
	COLUMN("a_packets", COLUMN_U64, a_packets, "packets", "packets sent by A"),
	COLUMN("b_packets", COLUMN_U64, b_packets, "packets", "packets sent by B"),
	COLUMN("a_ip_bytes", COLUMN_U64, a_ip_bytes, "bytes", "IP bytes sent by A"),
	COLUMN("b_ip_bytes", COLUMN_U64, b_ip_bytes, "bytes", "IP bytes sent by B"),
	FEATURE(unanswered, "flows", "of a flow without an answer: flows without one of either host of late, the larger number, beyond 4; halves in 10 minutes"),
	FEATURE(repeats, "flows", "of a flow with an answer: flows of late from A to the same port of B before it that asked about as much, beyond 4; halves in 2 s"),
	FEATURE(sent_more_bytes, "bytes", "payload that A has sent, less what B has, beyond 65536"),
	FEATURE(large_bytes, "bytes", "IP bytes of both, beyond 262144"),
	FEATURE(many_packets, "packets", "packets of both, beyond 256"),
	FEATURE(long_ms, "ms", "duration beyond a minute"),
	COLUMN("score", COLUMN_DECIMAL, found.score, "", "of the isolation forest: 0 to 1, more than 0.5 is sooner alone than usual"),
	COLUMN("threshold", COLUMN_DECIMAL, found.threshold, "", "a larger score is anomalous"),
	COLUMN("anomalous", COLUMN_TEXT, found.anomalous, "", "is the score above the threshold: yes or no"),
	COLUMN("why", COLUMN_STRING, found.why, "", "of an anomalous flow, the features that set it apart soonest"),
};

const struct table anomalies_flows_table = {
	.name = "anomalies-flows",
	.row_is = "a conversation",
	.columns = columns,
	.column_count = sizeof(columns) / sizeof(columns[0]),
	.row_bytes = sizeof(struct row),
	.top_by = "score",
	.text_columns = "flow,protocol,a_ip,a_port,b_ip,b_port,a_packets,"
	    "b_packets,score,anomalous,why",
};

/* In the order of the columns. */
enum feature { UNANSWERED, REPEATS, SENT_MORE, LARGE, MANY, LONG, FEATURES };

static const char feature_names[] =
    "unanswered,repeats,sent_more_bytes,large_bytes,many_packets,long_ms";

/* Where what is ordinary ends. */
enum {
	ORDINARY_FLOWS = 4,
	ORDINARY_UPLOAD = 65536,
	ORDINARY_BYTES = 262144,
	ORDINARY_PACKETS = 256,
	ORDINARY_MS = 60000,
	NS_IN_MS = 1000000,
	PROTOCOL_TCP = 6,
};

#define SECOND_NS	INT64_C(1000000000)

struct record {
	uint32_t values[FEATURES];
	uint16_t ports[FLOW_SIDES];
	const char *file;
	uint64_t flow, part;
	int64_t start_ns, end_ns;	/* TABLE_NO_I64 */
	uint64_t packets[FLOW_SIDES], ip_bytes[FLOW_SIDES];
	uint8_t address[FLOW_SIDES][16];
	uint8_t ip_version, ip_protocol;
	bool has_ports;
};

struct memory {
	struct anomalies *anomalies;
	struct decay *unanswered, *repeats;
	int64_t now_ns;			/* of the last flow with a time */
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
	if (m->anomalies != NULL && m->unanswered != NULL &&
	    m->repeats != NULL)
		return m;
	memory_free(m);
	return NULL;
}

/* Over TCP that takes payload of either side, since a handshake says little. */
static bool
is_answered(const struct flow *flow)
{
	const struct flow_side *a = &flow->sides[FLOW_A];
	const struct flow_side *b = &flow->sides[FLOW_B];

	return a->packets > 0 && b->packets > 0 &&
	    (flow->ip_protocol != PROTOCOL_TCP ||
	    a->payload_bytes + b->payload_bytes > 0);
}

static uint32_t
count_unanswered(struct memory *m, uint64_t a, uint64_t b)
{
	uint64_t of_a = decay_add(m->unanswered, a, m->now_ns, 1);
	uint64_t of_b = decay_add(m->unanswered, b, m->now_ns, 1);

	return anomalies_beyond(of_a > of_b ? of_a : of_b, ORDINARY_FLOWS);
}

/* About as much: payload of A within the same power of two. */
static uint32_t
count_repeats(struct memory *m, const struct flow *flow, uint64_t a,
    uint64_t b)
{
	uint64_t asked = flow->sides[FLOW_A].payload_bytes;
	uint64_t power = fixed_log2(asked + 1) >> FIXED_LOG_BITS;
	uint64_t port = flow->has_ports ? flow->ports[FLOW_B] : 0;
	uint64_t key = anomalies_hash(anomalies_hash(a, b),
	    port << 16 | (uint64_t)flow->ip_protocol << 8 | power);

	/* It has counted itself. */
	return anomalies_beyond((int128)decay_add(m->repeats, key, m->now_ns,
	    1) - 1, ORDINARY_FLOWS);
}

static int128
both(uint64_t a, uint64_t b)
{
	return (int128)a + b;
}

static void
fill_values(struct memory *m, const struct flow *flow, uint32_t *values)
{
	const struct flow_side *sides = flow->sides;
	uint64_t a = anomalies_hash_ip(0, flow->address[FLOW_A],
	    flow->ip_version);
	uint64_t b = anomalies_hash_ip(0, flow->address[FLOW_B],
	    flow->ip_version);

	if (flow->times_known)
		m->now_ns = flow->earliest_ns;
	if (is_answered(flow))
		values[REPEATS] = count_repeats(m, flow, a, b);
	else
		values[UNANSWERED] = count_unanswered(m, a, b);
	values[SENT_MORE] = anomalies_beyond(
	    (int128)sides[FLOW_A].payload_bytes -
	    sides[FLOW_B].payload_bytes, ORDINARY_UPLOAD);
	values[LARGE] = anomalies_beyond(both(sides[FLOW_A].ip_bytes,
	    sides[FLOW_B].ip_bytes), ORDINARY_BYTES);
	values[MANY] = anomalies_beyond(both(sides[FLOW_A].packets,
	    sides[FLOW_B].packets), ORDINARY_PACKETS);
	if (flow->times_known)
		values[LONG] = anomalies_beyond(flows_duration_ns(flow) /
		    NS_IN_MS, ORDINARY_MS);
}

static uint64_t
hash_of(const struct record *r)
{
	uint64_t hash = anomalies_hash((uint64_t)r->ports[FLOW_A] << 16 |
	    r->ports[FLOW_B], (uint64_t)r->start_ns);

	hash = anomalies_hash(hash, (uint64_t)r->part << 8 | r->ip_protocol);
	for (unsigned i = 0; i < FLOW_SIDES; i++)
		hash = anomalies_hash_ip(hash, r->address[i], r->ip_version);
	return hash;
}

static int
take_flow(void *memory, const struct flow *flow, struct table_writer *writer,
    struct errbuf *err)
{
	struct memory *m = memory;
	struct record r;

	(void)writer;
	memset(&r, 0, sizeof(r));
	fill_values(m, flow, r.values);
	r.file = flow->file;
	r.flow = flow->number;
	r.part = flow->part;
	r.start_ns = flow->times_known ? flow->earliest_ns : TABLE_NO_I64;
	r.end_ns = flow->times_known ? flow->latest_ns : TABLE_NO_I64;
	r.ip_version = flow->ip_version;
	r.ip_protocol = flow->ip_protocol;
	r.has_ports = flow->has_ports;
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		r.packets[i] = flow->sides[i].packets;
		r.ip_bytes[i] = flow->sides[i].ip_bytes;
		r.ports[i] = flow->ports[i];
		memcpy(r.address[i], flow->address[i], sizeof(r.address[i]));
	}
	return anomalies_add(m->anomalies, &r, hash_of(&r), err);
}

static struct table_ip
ip_of(const struct record *r, unsigned side)
{
	struct table_ip ip = { .version = r->ip_version };

	memcpy(ip.bytes, r->address[side], sizeof(ip.bytes));
	return ip;
}

static int
write_record(void *context, const void *record, const struct anomaly *found,
    struct table_writer *writer, struct errbuf *err)
{
	const struct record *r = record;
	struct row row = {
		.file = r->file, .flow = r->flow, .part = r->part,
		.protocol = flows_protocol(r->ip_protocol),
		.a_ip = ip_of(r, FLOW_A), .b_ip = ip_of(r, FLOW_B),
		.a_port = r->has_ports ? r->ports[FLOW_A] : TABLE_NO_U64,
		.b_port = r->has_ports ? r->ports[FLOW_B] : TABLE_NO_U64,
		.start_time_ns = r->start_ns,
		.duration = r->start_ns == TABLE_NO_I64 ? TABLE_NO_PS :
		    ((int128)r->end_ns - r->start_ns) * 1000,
		.a_packets = r->packets[FLOW_A],
		.b_packets = r->packets[FLOW_B],
		.a_ip_bytes = r->ip_bytes[FLOW_A],
		.b_ip_bytes = r->ip_bytes[FLOW_B],
		.unanswered = r->values[UNANSWERED],
		.repeats = r->values[REPEATS],
		.sent_more_bytes = r->values[SENT_MORE],
		.large_bytes = r->values[LARGE],
		.many_packets = r->values[MANY],
		.long_ms = r->values[LONG],
		.found = *found,
	};

	(void)context;
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

	anomalies_account(m->anomalies, &out->flow_scores);
}

const struct conversation_question question_anomalies_flows = {
	.table = &anomalies_flows_table,
	.gathers = true,
	.memory_new = memory_new,
	.memory_free = memory_free,
	.flow = take_flow,
	.finish = finish,
	.account = account,
};

const struct conversation_question question_anomalies_flows_model = {
	.table = &anomalies_flows_model_table,
	.gathers = true,
	.shares = &question_anomalies_flows,
	.memory_new = memory_new,
	.memory_free = memory_free,
	.flow = take_flow,
	.finish = finish_model,
	.account = account,
};
