/*
 * Who talks with whom at a capture: two addresses, two ports and the protocol,
 * until it was silent for too long or, over TCP, until another connection takes
 * the same ends.
 */
#include "traffic/synth/truth_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/table.h"
#include "base/text.h"
#include "traffic/synth/truth_tcp.h"

#define SECOND_NS INT64_C(1000000000)

enum { IDLE_TCP_S = 3600, IDLE_OTHER_S = 120, SLOTS_MIN = 64 };

struct flow_side {
	uint64_t packets, frame_bytes, ip_bytes, payload_bytes;
	struct known_gaps gaps;
};

struct flow {
	const struct truth_packet *first;	/* side 0 has sent it */
	uint64_t first_frame, connection;	/* of the truth, as of its
						   SYN; 0 */
	unsigned a;
	bool a_known;
	int64_t earliest_ns, latest_ns, last_ns;
	struct flow_side sides[2];
	struct known_tcp *tcp;		/* NULL: not TCP */
	uint64_t tcp_number;		/* from 1 */
	size_t older;			/* index plus one: of the same slot */
};

/* The first fragment of a datagram, which the others go with. */
struct first_fragment {
	const struct truth_packet *p;
	size_t flow;
	unsigned side;
};

struct segment_row {
	size_t frame;			/* index */
	uint64_t connection;
	struct known_verdict verdict;
};

struct flows {
	struct flow *list;
	size_t count, room;
	size_t *slots;			/* index plus one of the newest */
	size_t slot_count;
	struct first_fragment *fragments;
	size_t fragment_count, fragment_room;
	struct segment_row *segments;
	size_t segment_count, segment_room;
	uint64_t tcp_count;
};

static bool
same_address(const struct scenario_address *a,
    const struct scenario_address *b)
{
	return a->version == b->version &&
	    memcmp(a->bytes, b->bytes, a->version == 6 ? 16 : 4) == 0;
}

static bool
has_ports(const struct truth_packet *p)
{
	return p->kind == SIM_TCP || p->kind == SIM_UDP;
}

/* Between the same ends?  *side: 0 where it goes the way of `first`. */
static bool
matches(const struct truth_packet *first, const struct truth_packet *p,
    unsigned *side)
{
	bool ports = has_ports(p);

	if (first->kind != p->kind)
		return false;
	*side = 0;
	if (same_address(&first->source, &p->source) &&
	    same_address(&first->destination, &p->destination) &&
	    (!ports || (first->source_port == p->source_port &&
	    first->destination_port == p->destination_port)))
		return true;
	*side = 1;
	return same_address(&first->source, &p->destination) &&
	    same_address(&first->destination, &p->source) &&
	    (!ports || (first->source_port == p->destination_port &&
	    first->destination_port == p->source_port));
}

/* The same for both ways; FNV-1a of each end, added. */
static size_t
hash_end(const struct scenario_address *address, uint16_t port)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (int i = 0; i < (address->version == 6 ? 16 : 4); i++)
		hash = (hash ^ address->bytes[i]) * UINT64_C(1099511628211);
	hash = (hash ^ (port & 0xff)) * UINT64_C(1099511628211);
	hash = (hash ^ port >> 8) * UINT64_C(1099511628211);
	return (size_t)(hash ^ hash >> 32);
}

static size_t
slot_of(const struct flows *flows, const struct truth_packet *p)
{
	bool ports = has_ports(p);

	return (hash_end(&p->source, ports ? p->source_port : 0) +
	    hash_end(&p->destination, ports ? p->destination_port : 0)) &
	    (flows->slot_count - 1);
}

/* Room for as many flows as there can be: a power of two. */
static int
make_slots(struct flows *flows, size_t frames)
{
	flows->slot_count = SLOTS_MIN;
	while (flows->slot_count < frames)
		flows->slot_count *= 2;
	flows->slots = memory_array(flows->slot_count,
	    sizeof(*flows->slots));
	return flows->slots == NULL ? -1 : 0;
}

static bool
is_first_syn(const struct truth_packet *p)
{
	return p->kind == SIM_TCP &&
	    (p->segment.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

/* A SYN of another connection than that of the flow; those that belong to none
 * (of a scan, of a flood) are told by their numbers. */
static bool
begins_anew(const struct flow *flow, const struct known_frame *f,
    unsigned side)
{
	const struct known_tcp_side *me = &flow->tcp->sides[side];

	if (!is_first_syn(f->p))
		return false;
	if (f->p->connection != flow->connection)
		return true;
	return f->p->connection == 0 && me->isn_known &&
	    me->isn != f->p->segment.seq;
}

static bool
is_idle(const struct flow *flow, const struct known_frame *f)
{
	int64_t limit_s = flow->tcp == NULL ? IDLE_OTHER_S : IDLE_TCP_S;

	return f->ts_ns - flow->last_ns > limit_s * SECOND_NS;
}

/* A new one, the newest of its slot.  NULL: no memory. */
static struct flow *
flow_new(struct flows *flows, const struct known_frame *f, bool reused)
{
	size_t *slot = &flows->slots[slot_of(flows, f->p)];
	void *grown = memory_grow(flows->list, &flows->room,
	    flows->count + 1, sizeof(*flows->list));
	struct flow *flow;

	if (grown == NULL)
		return NULL;
	flows->list = grown;
	flow = &flows->list[flows->count];
	*flow = (struct flow){ .first = f->p, .first_frame = f->frame,
	    .connection = f->p->connection, .earliest_ns = f->ts_ns,
	    .latest_ns = f->ts_ns, .older = *slot };
	if (f->p->kind == SIM_TCP) {
		flow->tcp = memory_array(1, sizeof(*flow->tcp));
		if (flow->tcp == NULL)
			return NULL;
		flow->tcp->reused = reused;
		flow->tcp_number = ++flows->tcp_count;
	}
	*slot = ++flows->count;
	return flow;
}

/* The flow of a packet with a header.  NULL: no memory. */
static struct flow *
find(struct flows *flows, const struct known_frame *f, unsigned *side)
{
	size_t at = flows->slots[slot_of(flows, f->p)];

	for (; at != 0; at = flows->list[at - 1].older) {
		struct flow *flow = &flows->list[at - 1];

		if (!matches(flow->first, f->p, side))
			continue;
		if (is_idle(flow, f))
			break;
		if (flow->tcp == NULL || !begins_anew(flow, f, *side))
			return flow;
		*side = 0;
		return flow_new(flows, f, true);
	}
	*side = 0;
	return flow_new(flows, f, false);
}

/* Fragments. */

static int
note_fragment(struct flows *flows, const struct known_frame *f,
    const struct flow *flow, unsigned side)
{
	void *grown = memory_grow(flows->fragments, &flows->fragment_room,
	    flows->fragment_count + 1, sizeof(*flows->fragments));

	if (grown == NULL)
		return -1;
	flows->fragments = grown;
	flows->fragments[flows->fragment_count++] = (struct first_fragment){
		f->p, (size_t)(flow - flows->list), side };
	return 0;
}

/* NULL: its first fragment has not passed. */
static struct flow *
find_fragment(struct flows *flows, const struct truth_packet *p,
    unsigned *side)
{
	for (size_t i = flows->fragment_count; i > 0; i--) {
		const struct first_fragment *first = &flows->fragments[i - 1];

		if (first->p->id != p->id || first->p->kind != p->kind ||
		    !same_address(&first->p->source, &p->source) ||
		    !same_address(&first->p->destination, &p->destination))
			continue;
		*side = first->side;
		return &flows->list[first->flow];
	}
	return NULL;
}

/* Adding. */

static int
count_packet(struct flow *flow, const struct known_frame *f, unsigned side)
{
	struct flow_side *s = &flow->sides[side];

	s->packets++;
	s->frame_bytes += f->p->frame_bytes;
	s->ip_bytes += f->p->ip_bytes;
	s->payload_bytes += known_payload(f);
	if (f->ts_ns < flow->earliest_ns)
		flow->earliest_ns = f->ts_ns;
	if (f->ts_ns > flow->latest_ns)
		flow->latest_ns = f->ts_ns;
	flow->last_ns = f->ts_ns;
	return known_gaps_add(&s->gaps, f->ts_ns);
}

/* A sends the first SYN, gets the SYN-ACK; else it sends the first packet. */
static void
note_a(struct flow *flow, const struct truth_packet *p, unsigned side)
{
	if (flow->tcp == NULL || flow->a_known ||
	    !(p->segment.flags & TCP_SYN))
		return;
	flow->a_known = true;
	flow->a = is_first_syn(p) ? side : side ^ 1;
}

static int
add_segment(struct flows *flows, struct flow *flow, unsigned side,
    const struct known_frame *frames, size_t index)
{
	struct segment_row row = { index, flow->tcp_number,
	    { .words = 0 } };
	void *grown;

	if (known_tcp_add(flow->tcp, side, &frames[index], &row.verdict) == -1)
		return -1;
	if (known_verdict_is_plain(&row.verdict))
		return 0;
	grown = memory_grow(flows->segments, &flows->segment_room,
	    flows->segment_count + 1, sizeof(*flows->segments));
	if (grown == NULL)
		return -1;
	flows->segments = grown;
	flows->segments[flows->segment_count++] = row;
	return 0;
}

static int
add(struct flows *flows, const struct known_frame *frames, size_t index)
{
	const struct known_frame *f = &frames[index];
	struct flow *flow;
	unsigned side;

	if (!known_has_ip(f))
		return 0;
	if (known_is_later_fragment(f)) {
		flow = find_fragment(flows, f->p, &side);
		return flow == NULL ? 0 : count_packet(flow, f, side);
	}
	flow = find(flows, f, &side);
	if (flow == NULL)
		return -1;
	if (f->p->is_fragment && note_fragment(flows, f, flow, side) == -1)
		return -1;
	note_a(flow, f->p, side);
	if (flow->tcp != NULL &&
	    add_segment(flows, flow, side, frames, index) == -1)
		return -1;
	return count_packet(flow, f, side);
}

/* Writing. */

static void
put_address(struct json_out *out, const char *key,
    const struct scenario_address *address)
{
	struct table_ip ip = { .version = address->version };
	char text[TEXT_IP_BYTES];

	memcpy(ip.bytes, address->bytes, sizeof(ip.bytes));
	json_out_key(out, key);
	json_out_string(out, text, (size_t)(text_ip(text, &ip) - text));
}

/* The end that is side 0 of the flow, or side 1. */
static void
put_end(const struct flow *flow, unsigned side, const char *ip_key,
    const char *port_key, struct json_out *out)
{
	const struct truth_packet *p = flow->first;

	put_address(out, ip_key, side == 0 ? &p->source : &p->destination);
	if (has_ports(p))
		json_out_key_u64(out, port_key, side == 0 ? p->source_port :
		    p->destination_port);
}

/* There is no payload but that of TCP and UDP. */
static void
put_side(struct flow_side *side, bool has_payload, bool is_a,
    struct json_out *out)
{
#define KEY(name) (is_a ? "a_" name : "b_" name)
	json_out_key_u64(out, KEY("packets"), side->packets);
	json_out_key_u64(out, KEY("ip_bytes"), side->ip_bytes);
	json_out_key(out, KEY("payload_bytes"));
	if (has_payload)
		json_out_u64(out, side->payload_bytes);
	else
		json_out_null(out);
	json_out_key_u64(out, KEY("frame_bytes"), side->frame_bytes);
	known_gaps_put(&side->gaps, out, KEY("iat"));
#undef KEY
}

static const char *
protocol_name(const struct truth_packet *p)
{
	return p->kind == SIM_TCP ? "tcp" : p->kind == SIM_UDP ? "udp" :
	    p->source.version == 6 ? "icmpv6" : "icmp";
}

static void
put_flow(struct flow *flow, struct json_out *out)
{
	json_out_line(out);
	json_out_open(out, '{');
	json_out_key_u64(out, "first_frame", flow->first_frame);
	json_out_key_text(out, "protocol", protocol_name(flow->first));
	put_end(flow, flow->a, "a_ip", "a_port", out);
	put_end(flow, flow->a ^ 1, "b_ip", "b_port", out);
	json_out_key_i64(out, "start_time_ns", flow->earliest_ns);
	json_out_key_i64(out, "duration_ns", flow->latest_ns -
	    flow->earliest_ns);
	put_side(&flow->sides[flow->a], has_ports(flow->first), true, out);
	put_side(&flow->sides[flow->a ^ 1], has_ports(flow->first), false,
	    out);
	if (flow->tcp != NULL)
		json_out_key_u64(out, "connection", flow->tcp_number);
	json_out_close(out, '}');
}

static void
put_connection(const struct flow *flow, struct json_out *out)
{
	unsigned client = flow->tcp->client;

	json_out_line(out);
	json_out_open(out, '{');
	json_out_key_u64(out, "connection", flow->tcp_number);
	if (flow->connection != 0)
		json_out_key_u64(out, "is", flow->connection);
	json_out_key_u64(out, "first_frame", flow->first_frame);
	put_end(flow, client, "client_ip", "client_port", out);
	put_end(flow, client ^ 1, "server_ip", "server_port", out);
	json_out_key_i64(out, "start_time_ns", flow->earliest_ns);
	json_out_key_i64(out, "duration_ns", flow->latest_ns -
	    flow->earliest_ns);
	known_tcp_put(flow->tcp, out);
	json_out_close(out, '}');
}

static void
put_segment(const struct segment_row *row, const struct known_frame *frames,
    struct json_out *out)
{
	const struct known_frame *f = &frames[row->frame];

	json_out_line(out);
	json_out_open(out, '{');
	json_out_key_u64(out, "frame", f->frame);
	json_out_key_u64(out, "packet", f->packet);
	json_out_key_u64(out, "connection", row->connection);
	known_verdict_put(&row->verdict, f, out);
	json_out_close(out, '}');
}

static void
put_all(struct flows *flows, const struct known_frame *frames,
    struct json_out *out)
{
	json_out_line(out);
	json_out_key(out, "flows");
	json_out_open(out, '[');
	for (size_t i = 0; i < flows->count; i++)
		put_flow(&flows->list[i], out);
	json_out_close(out, ']');
	json_out_line(out);
	json_out_key(out, "connections");
	json_out_open(out, '[');
	for (size_t i = 0; i < flows->count; i++)
		if (flows->list[i].tcp != NULL)
			put_connection(&flows->list[i], out);
	json_out_close(out, ']');
	json_out_line(out);
	json_out_key(out, "segments");
	json_out_open(out, '[');
	for (size_t i = 0; i < flows->segment_count; i++)
		put_segment(&flows->segments[i], frames, out);
	json_out_close(out, ']');
}

static void
reset(struct flows *flows)
{
	for (size_t i = 0; i < flows->count; i++) {
		struct flow *flow = &flows->list[i];

		known_gaps_reset(&flow->sides[0].gaps);
		known_gaps_reset(&flow->sides[1].gaps);
		if (flow->tcp != NULL)
			known_tcp_reset(flow->tcp);
		free(flow->tcp);
	}
	free(flows->list);
	free(flows->slots);
	free(flows->fragments);
	free(flows->segments);
}

int
known_flows_put(const struct known_frame *frames, size_t count,
    struct json_out *out)
{
	struct flows flows = { .count = 0 };
	int status = make_slots(&flows, count);

	for (size_t i = 0; i < count && status == 0; i++)
		status = add(&flows, frames, i);
	if (status == 0)
		put_all(&flows, frames, out);
	reset(&flows);
	return status;
}
