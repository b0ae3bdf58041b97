/*
 * Who talks with whom at a capture: two addresses, two ports and the protocol,
 * until it was silent for too long or, over TCP, until another connection takes
 * the same ends.
 */
#include "traffic/synth/truth/truth_flows.h"

#include <stdlib.h>

#include "base/memory.h"

#define SECOND_NS INT64_C(1000000000)

enum { IDLE_TCP_S = 3600, IDLE_OTHER_S = 120, SLOTS_MIN = 64 };

/* Between the same ends?  *side: 0 where it goes the way of `first`. */
static bool
matches(const struct truth_packet *first, const struct truth_packet *p,
    unsigned *side)
{
	bool ports = known_has_ports(p);

	if (first->kind != p->kind)
		return false;
	*side = 0;
	if (scenario_address_equal(&first->source, &p->source) &&
	    scenario_address_equal(&first->destination, &p->destination) &&
	    (!ports || (first->source_port == p->source_port &&
	    first->destination_port == p->destination_port)))
		return true;
	*side = 1;
	return scenario_address_equal(&first->source, &p->destination) &&
	    scenario_address_equal(&first->destination, &p->source) &&
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
slot_of(const struct known_flows *flows, const struct truth_packet *p)
{
	bool ports = known_has_ports(p);

	return (hash_end(&p->source, ports ? p->source_port : 0) +
	    hash_end(&p->destination, ports ? p->destination_port : 0)) &
	    (flows->slot_count - 1);
}

/* Room for as many flows as there can be: a power of two. */
static int
make_slots(struct known_flows *flows, size_t frames)
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
 * (of a scan, of a flood) are told by their numbers.  Once both ends have closed
 * a late copy looks like a new one, too: a host may choose a number again. */
static bool
begins_anew(const struct known_flow *flow, const struct known_frame *f,
    unsigned side)
{
	const struct known_tcp_side *me = &flow->tcp->sides[side];
	const struct known_tcp_side *other = &flow->tcp->sides[side ^ 1];

	if (!is_first_syn(f->p))
		return false;
	if (f->p->connection != flow->connection ||
	    (me->fin_acked && other->fin_acked))
		return true;
	return f->p->connection == 0 && me->isn_known &&
	    me->isn != f->p->segment.seq;
}

static bool
is_idle(const struct known_flow *flow, const struct known_frame *f)
{
	int64_t limit_s = flow->tcp == NULL ? IDLE_OTHER_S : IDLE_TCP_S;

	return f->ts_ns - flow->last_ns > limit_s * SECOND_NS;
}

/* A new one, the newest of its slot.  NULL: no memory. */
static struct known_flow *
flow_new(struct known_flows *flows, const struct known_frame *f, bool reused)
{
	size_t *slot = &flows->slots[slot_of(flows, f->p)];
	void *grown = memory_grow(flows->list, &flows->room,
	    flows->count + 1, sizeof(*flows->list));
	struct known_flow *flow;

	if (grown == NULL)
		return NULL;
	flows->list = grown;
	flow = &flows->list[flows->count];
	*flow = (struct known_flow){ .first = f->p, .first_frame = f->frame,
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
static struct known_flow *
find(struct known_flows *flows, const struct known_frame *f, unsigned *side)
{
	size_t at = flows->slots[slot_of(flows, f->p)];

	for (; at != 0; at = flows->list[at - 1].older) {
		struct known_flow *flow = &flows->list[at - 1];

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
note_fragment(struct known_flows *flows, const struct known_frame *f,
    const struct known_flow *flow, unsigned side)
{
	void *grown = memory_grow(flows->fragments, &flows->fragment_room,
	    flows->fragment_count + 1, sizeof(*flows->fragments));

	if (grown == NULL)
		return -1;
	flows->fragments = grown;
	flows->fragments[flows->fragment_count++] = (struct known_fragment){
		f->p, (size_t)(flow - flows->list), side };
	return 0;
}

/* NULL: its first fragment has not passed. */
static struct known_flow *
find_fragment(struct known_flows *flows, const struct truth_packet *p,
    unsigned *side)
{
	for (size_t i = flows->fragment_count; i > 0; i--) {
		const struct known_fragment *first = &flows->fragments[i - 1];

		if (first->p->id != p->id || first->p->kind != p->kind ||
		    !scenario_address_equal(&first->p->source, &p->source) ||
		    !scenario_address_equal(&first->p->destination,
		    &p->destination))
			continue;
		*side = first->side;
		return &flows->list[first->flow];
	}
	return NULL;
}

/* Adding. */

/* Of the packet that comes next. */
static void
count_payload(struct known_flow_side *s, uint64_t bytes)
{
	s->payload_bytes += bytes;
	if (s->packets == 0 || bytes < s->payload_min)
		s->payload_min = bytes;
	if (bytes > s->payload_max)
		s->payload_max = bytes;
}

static int
count_packet(struct known_flow *flow, const struct known_frame *f,
    unsigned side)
{
	struct known_flow_side *s = &flow->sides[side];

	count_payload(s, known_payload(f));
	if (s->packets++ == 0)
		s->first_ns = f->ts_ns;
	s->last_ns = f->ts_ns;
	s->later_fragments += known_is_later_fragment(f);
	s->frame_bytes += f->p->frame_bytes;
	s->ip_bytes += f->p->ip_bytes;
	if (f->ts_ns < flow->earliest_ns)
		flow->earliest_ns = f->ts_ns;
	if (f->ts_ns > flow->latest_ns)
		flow->latest_ns = f->ts_ns;
	flow->last_ns = f->ts_ns;
	return known_gaps_add(&s->gaps, f->ts_ns);
}

/* A sends the first SYN, gets the SYN-ACK; else it sends the first packet. */
static void
note_a(struct known_flow *flow, const struct truth_packet *p, unsigned side)
{
	if (flow->tcp == NULL || flow->a_known ||
	    !(p->segment.flags & TCP_SYN))
		return;
	flow->a_known = true;
	flow->a = is_first_syn(p) ? side : side ^ 1;
}

static int
add_segment(struct known_flows *flows, struct known_flow *flow, unsigned side,
    const struct known_frame *frames, size_t index)
{
	struct known_segment row = { index, flow->tcp_number,
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
add(struct known_flows *flows, const struct known_frame *frames, size_t index)
{
	const struct known_frame *f = &frames[index];
	struct known_flow *flow;
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

static void
reset(struct known_flows *flows)
{
	for (size_t i = 0; i < flows->count; i++) {
		struct known_flow *flow = &flows->list[i];

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
	struct known_flows flows = { .count = 0 };
	int status = make_slots(&flows, count);

	for (size_t i = 0; i < count && status == 0; i++)
		status = add(&flows, frames, i);
	if (status == 0)
		known_flows_write(&flows, frames, out);
	reset(&flows);
	return status;
}
