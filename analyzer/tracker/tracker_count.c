/* A packet is added to its flow here. */
#include "analyzer/tracker/tracker_internal.h"

#include "analyzer/tracker/features.h"
#include "analyzer/tracker/packet_log.h"

static void
extend_gaps(struct flow_side *s, int128 min, int128 max)
{
	if (min < s->gaps.min)
		s->gaps.min = min;
	if (max > s->gaps.max)
		s->gaps.max = max;
}

/* What the entry knows of gaps goes to the moments. */
static void
settle_gaps(struct flow_entry *e)
{
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		struct flow_bounds *b = &e->bounds[i];

		if (b->min_ns <= b->max_ns)
			extend_gaps(&e->flow.sides[i], b->min_ns, b->max_ns);
		*b = FLOW_NO_BOUNDS;
	}
}

/* The last time is only noted where it matters: on a step back, and here. */
static void
settle_times(struct flow_entry *e)
{
	if (e->part_timed && e->last_ns > e->flow.latest_ns)
		e->flow.latest_ns = e->last_ns;
}

void
tracker_settle(struct flow_entry *e)
{
	settle_times(e);
	settle_gaps(e);
}

/* Counting a packet. */

static int
count_gap(struct tracker *t, struct flow_entry *e, unsigned side,
    int64_t ts_ns, struct errbuf *err)
{
	struct flow_side *s = &e->flow.sides[side];
	int128 gap = (int128)ts_ns - s->last_ns;

	moments_add_sums(&s->gaps, gap);
	if (gap > INT64_MAX || gap < INT64_MIN) {
		extend_gaps(s, gap, gap);
	} else {
		struct flow_bounds *b = &e->bounds[side];

		if (gap < b->min_ns)
			b->min_ns = (int64_t)gap;
		if (gap > b->max_ns)
			b->max_ns = (int64_t)gap;
	}
	if (gap < 0)
		s->backward_steps++;
	if (t->gaps == NULL)
		return 0;
	return gap_store_add(t->gaps, &e->gap_tails[side], gap, err);
}

static int
count_time(struct tracker *t, struct flow_entry *e, unsigned side,
    int64_t ts_ns, struct errbuf *err)
{
	struct flow_side *s = &e->flow.sides[side];
	int result = 0;

	if (!e->part_timed) {
		e->part_timed = e->flow.times_known = true;
		e->flow.earliest_ns = e->flow.latest_ns = ts_ns;
		e->part_start_ns = ts_ns;
	} else if (ts_ns < e->last_ns) {
		settle_times(e);
		if (ts_ns < e->flow.earliest_ns)
			e->flow.earliest_ns = ts_ns;
	}
	e->timed = true;
	e->last_ns = ts_ns;
	if (s->times_seen++ == 0)
		s->first_ns = ts_ns;
	else
		result = count_gap(t, e, side, ts_ns, err);
	s->last_ns = ts_ns;
	return result;
}

static uint32_t
payload_len_of(const struct packet *p)
{
	return p->flags & PACKET_HAS_PAYLOAD_LEN ? p->payload_len : 0;
}

static void
count_splt(const struct tracker *t, struct flow *flow, unsigned side,
    const struct packet *p)
{
	if (flow->splt_count >= t->settings.splt)
		return;
	flow->splt[flow->splt_count++] = (struct flow_packet){
		.ip_bytes = p->ip_bytes,
		.payload_len = payload_len_of(p),
		.ts_ns = p->frame->flags & FRAME_UNTIMED ? TABLE_NO_I64 :
		    p->frame->ts_ns,
		.side = (uint8_t)side,
	};
}

int
tracker_count(struct tracker *t, struct flow_entry *e, unsigned side,
    const struct packet *p, struct errbuf *err)
{
	struct flow_side *s = &e->flow.sides[side];

	e->used = ++t->packets;
	e->clock_ns = t->clock.stamp_ns;
	s->packets++;
	s->frame_bytes += p->frame->wire_len;
	s->ip_bytes += p->ip_bytes;
	s->payload_bytes += payload_len_of(p);
	t->counts.packets++;
	if (t->splt_at[e->class] != 0)
		count_splt(t, &e->flow, side, p);
	if (t->features_at[e->class] != 0)
		flow_features_add(e->flow.features, side, p);
	if (p->frame->flags & FRAME_UNTIMED)
		return 0;
	return count_time(t, e, side, p->frame->ts_ns, err);
}

/* What TCP says, and what the payload is. */

static void
count_checksum(struct tcp_sums *sums, enum checksum checksum)
{
	if (checksum == CHECKSUM_BAD)
		sums->checksum_bad++;
	if (checksum == CHECKSUM_UNVERIFIED)
		sums->checksum_unverified++;
}

/* Does it bring bytes for the look at what a flow carries?  Segments whose bytes
 * came before, or come in the wrong order, would garble that. */
static bool
brings_bytes(const struct flow_application *application,
    const struct tcp_flow *tcp, const struct sighting *s)
{
	const struct packet *p = s->packet;

	return application != NULL && payload_len_of(p) > 0 &&
	    !(p->flags & PACKET_LATER_FRAGMENT) &&
	    application_is_open(application) && (s->segment == NULL ||
	    !tcp_flow_is_repeat(tcp, s->side, s->segment));
}

static void
look_at_payload(struct flow *flow, unsigned side, const struct packet *p)
{
	size_t n = p->frame->cap_len - p->payload_at;

	if (n > p->payload_len)
		n = p->payload_len;
	if (n > PACKET_LOG_PAYLOAD)
		n = PACKET_LOG_PAYLOAD;
	application_add(flow->application, side, flow->ip_protocol,
	    flow->ports, p->frame->data + p->payload_at, n);
}

/* Their memory may have changed. */
static void
weigh(struct tracker *t, struct flow_entry *e, const struct tcp_flow *tcp,
    const struct flow_application *application)
{
	size_t bytes = tcp == NULL ? 0 : tcp_flow_memory(tcp);

	if (application != NULL)
		bytes += application_memory(application);
	t->live_bytes += bytes - e->live_bytes;
	e->live_bytes = (uint32_t)bytes;
}

static void
look_at_segment(const struct tracker *t, struct tcp_flow *tcp,
    struct sighting *s, struct tcp_verdict *verdict)
{
	const struct packet *p = s->packet;

	if (!(t->settings.what & TRACK_TCP)) {
		tcp_flow_follow(tcp, s->side, s->segment, packet_src_port(p),
		    packet_dst_port(p));
		return;
	}
	tcp_flow_add(tcp, s->side, s->segment, packet_src_port(p),
	    packet_dst_port(p), verdict);
	s->verdict = verdict;
	if (!(t->settings.what & TRACK_CHECKSUMS))
		return;
	s->checksum = checksum_transport(p);
	count_checksum(&tcp->sums[s->side], s->checksum);
}

/* Their places follow from the class; to read them from the flow would take
 * another line of memory. */
void
tracker_look(struct tracker *t, struct flow_entry *e, struct sighting *s,
    struct tcp_verdict *verdict)
{
	struct tcp_flow *tcp = tracker_tcp(t, e);
	struct flow_application *application =
	    tracker_block(e, t->application_at[e->class]);
	bool bytes = brings_bytes(application, tcp, s);

	if (s->segment != NULL)
		look_at_segment(t, tcp, s, verdict);
	if (bytes)
		look_at_payload(&e->flow, s->side, s->packet);
	if (bytes || s->verdict != NULL)
		weigh(t, e, tcp, application);
}
