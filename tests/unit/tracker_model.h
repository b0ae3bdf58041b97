/*
 * The tracker told naively, for tests: flows in a linear list, gaps in arrays,
 * every rule where it says what it says.
 */
#ifndef TESTS_UNIT_TRACKER_MODEL_H
#define TESTS_UNIT_TRACKER_MODEL_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/tracker/tracker.h"
#include "base/memory.h"

struct model_end {
	uint8_t address[16];
	uint16_t port;
};

struct model_side {
	uint64_t packets, frame_bytes, ip_bytes, payload_bytes, times_seen;
	int64_t first_ns, last_ns;
	int128 *gaps;
	size_t gap_count;
};

struct model_flow {
	bool alive, has_ports, times_known, timed, has_clock;
	uint8_t ip_version, ip_protocol, vlan_count;
	uint16_t vlan[PACKET_VLANS_MAX];
	struct model_end ends[2];		/* A, B */
	uint64_t number, part, connection, first_frame;
	enum flow_end end;
	int64_t earliest_ns, latest_ns, start_ns, last_ns;
	int128 clock_ns;
	struct model_side sides[2];
	struct tcp_flow tcp;
};

struct model_datagram {
	uint8_t src[16], dst[16], protocol, version;
	uint32_t id;
	struct packet first;
	struct frame frame;
};

struct model {
	struct tracker_settings settings;
	struct model_flow *flows;	/* parts, in order of sequence */
	size_t count;
	struct tracker_counts counts;
	uint64_t connections;
	bool started;
	int128 clock_ns, stamp_ns;
	int64_t high_ns;
	int doubt;
	struct model_datagram *datagrams;
	size_t datagram_count;
};

#define MODEL_HOUR_NS ((int64_t)3600 * 1000000000)

static inline int64_t
model_idle_ns(const struct model *m, const struct model_flow *f)
{
	if (m->settings.idle_timeout_ns != 0)
		return m->settings.idle_timeout_ns;
	return f->ip_protocol == 6 ? MODEL_HOUR_NS : MODEL_HOUR_NS / 30;
}

/* A connection that is over says how, but for a part that is followed. */
static inline void
model_end(struct model_flow *f, enum flow_end why)
{
	f->alive = false;
	f->end = why;
	if (f->ip_protocol != 6)
		return;
	if (why != FLOW_END_ACTIVE && tcp_flow_is_over(&f->tcp))
		f->end = f->tcp.close == TCP_RESET ? FLOW_END_RST :
		    FLOW_END_FIN;
	if (why != FLOW_END_ACTIVE)
		tcp_flow_close(&f->tcp);
	f->tcp.live = NULL;
}

static inline void
model_clock(struct model *m, const struct frame *frame)
{
	int128 ahead = (int128)frame->ts_ns - m->high_ns;
	int side = (ahead > MODEL_HOUR_NS) - (ahead < -MODEL_HOUR_NS);

	if (frame->flags & FRAME_UNTIMED)
		return;
	if (!m->started) {
		m->started = true;
		m->high_ns = frame->ts_ns;
	} else if (side != 0 && m->doubt != side) {
		m->doubt = side;	/* perhaps a wrong time stamp */
		m->stamp_ns = m->clock_ns + (side > 0 ? ahead : 0);
	} else {
		m->doubt = 0;
		if (ahead > 0)
			m->clock_ns += ahead;
		m->stamp_ns = m->clock_ns;
		if (ahead > 0 || side != 0)
			m->high_ns = frame->ts_ns;
	}
	for (size_t i = 0; i < m->count; i++) {
		struct model_flow *f = &m->flows[i];

		if (f->alive && m->clock_ns - f->clock_ns >
		    model_idle_ns(m, f))
			model_end(f, FLOW_END_IDLE);
	}
}

static inline void
model_read_end(struct model_end *end, const struct packet *p, bool src)
{
	memset(end, 0, sizeof(*end));
	memcpy(end->address, src ? packet_src(p) : packet_dst(p),
	    p->ip_version == 4 ? 4 : 16);
	if (p->flags & PACKET_HAS_PORTS)
		end->port = src ? packet_src_port(p) : packet_dst_port(p);
}

static inline bool
model_same_end(const struct model_end *a, const struct model_end *b)
{
	return memcmp(a->address, b->address, 16) == 0 && a->port == b->port;
}

/* The side that has sent it, or -1: of another flow. */
static inline int
model_side_of(const struct model_flow *f, const struct packet *p)
{
	unsigned tags = p->vlan_count < PACKET_VLANS_MAX ? p->vlan_count :
	    PACKET_VLANS_MAX;
	struct model_end src, dst;

	if (f->ip_version != p->ip_version || f->ip_protocol != p->ip_protocol ||
	    f->has_ports != ((p->flags & PACKET_HAS_PORTS) != 0) ||
	    f->vlan_count != p->vlan_count ||
	    memcmp(f->vlan, p->vlan, tags * sizeof(f->vlan[0])) != 0)
		return -1;
	model_read_end(&src, p, true);
	model_read_end(&dst, p, false);
	if (model_same_end(&f->ends[0], &src) &&
	    model_same_end(&f->ends[1], &dst))
		return 0;
	if (model_same_end(&f->ends[0], &dst) &&
	    model_same_end(&f->ends[1], &src))
		return 1;
	return -1;
}

static inline struct model_flow *
model_part(struct model *m)
{
	m->flows = memory_resize(m->flows, m->count + 1, sizeof(*m->flows));
	ck_assert_ptr_nonnull(m->flows);
	memset(&m->flows[m->count], 0, sizeof(*m->flows));
	return &m->flows[m->count++];
}

/* `key` gives the ends (of a later fragment: the first one's packet). */
static inline struct model_flow *
model_begin(struct model *m, const struct packet *key,
    const struct tcp_segment *segment)
{
	struct model_flow *f = model_part(m);
	bool reversed = segment != NULL && (segment->flags & TCP_SYN) &&
	    (segment->flags & TCP_ACK);

	f->alive = true;
	f->ip_version = key->ip_version;
	f->ip_protocol = key->ip_protocol;
	f->has_ports = (key->flags & PACKET_HAS_PORTS) != 0;
	f->vlan_count = key->vlan_count;
	memcpy(f->vlan, key->vlan, sizeof(f->vlan));
	model_read_end(&f->ends[reversed], key, true);
	model_read_end(&f->ends[!reversed], key, false);
	f->number = ++m->counts.flows;
	f->part = 1;
	if (f->ip_protocol == 6) {
		f->connection = ++m->connections;
		tcp_flow_init(&f->tcp);
	}
	return f;
}

static inline struct model_flow *
model_next_part(struct model *m, struct model_flow *before)
{
	struct model_flow old = *before, *f;

	model_end(before, FLOW_END_ACTIVE);
	f = model_part(m);
	*f = old;
	memset(f->sides, 0, sizeof(f->sides));
	f->part++;
	f->times_known = false;
	return f;
}

static inline struct model_flow *
model_find(struct model *m, const struct packet *key, int *side)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->flows[i].alive &&
		    (*side = model_side_of(&m->flows[i], key)) >= 0)
			return &m->flows[i];
	return NULL;
}

static inline struct model_flow *
model_flow_for(struct model *m, const struct packet *p,
    const struct packet *key, const struct tcp_segment *segment)
{
	bool timed = !(p->frame->flags & FRAME_UNTIMED);
	int side;
	struct model_flow *f = model_find(m, key, &side);
	int64_t active_ns = m->settings.active_timeout_ns;

	if (f == NULL)
		return model_begin(m, key, segment);
	if (timed && f->timed && (int128)p->frame->ts_ns - f->last_ns >
	    model_idle_ns(m, f)) {
		model_end(f, FLOW_END_IDLE);
		return model_begin(m, key, segment);
	}
	if (segment != NULL && tcp_flow_is_reused(&f->tcp, (unsigned)side,
	    segment)) {
		model_end(f, FLOW_END_REUSED);
		f = model_begin(m, key, segment);
		f->tcp.reused = true;
		return f;
	}
	if (active_ns != 0 && timed && f->times_known &&
	    (int128)p->frame->ts_ns - f->start_ns > active_ns)
		return model_next_part(m, f);
	return f;
}

static inline void
model_gap(struct model_side *s, int128 gap)
{
	s->gaps = memory_resize(s->gaps, s->gap_count + 1, sizeof(gap));
	ck_assert_ptr_nonnull(s->gaps);
	s->gaps[s->gap_count++] = gap;
}

static inline void
model_count(struct model *m, struct model_flow *f, int side,
    const struct packet *p)
{
	struct model_side *s = &f->sides[side];
	int64_t ts_ns = p->frame->ts_ns;

	m->counts.packets++;
	if (f->sides[0].packets + f->sides[1].packets == 0)
		f->first_frame = p->frame->number;
	f->clock_ns = m->stamp_ns;
	s->packets++;
	s->frame_bytes += p->frame->wire_len;
	s->ip_bytes += p->ip_bytes;
	if (p->flags & PACKET_HAS_PAYLOAD_LEN)
		s->payload_bytes += p->payload_len;
	if (p->frame->flags & FRAME_UNTIMED)
		return;
	if (!f->times_known)
		f->earliest_ns = f->latest_ns = f->start_ns = ts_ns;
	f->times_known = f->timed = true;
	if (ts_ns < f->earliest_ns)
		f->earliest_ns = ts_ns;
	if (ts_ns > f->latest_ns)
		f->latest_ns = ts_ns;
	f->last_ns = ts_ns;
	if (s->times_seen++ == 0)
		s->first_ns = ts_ns;
	else
		model_gap(s, (int128)ts_ns - s->last_ns);
	s->last_ns = ts_ns;
}

/* The latest first fragment of the datagram, whatever their number. */
static inline struct model_datagram *
model_datagram(struct model *m, const struct packet *p)
{
	struct model_datagram d = {
		.protocol = p->ip_protocol, .version = p->ip_version,
		.id = p->fragment_id,
	};
	size_t len = p->ip_version == 4 ? 4 : 16;

	memcpy(d.src, packet_src(p), len);
	memcpy(d.dst, packet_dst(p), len);
	for (size_t i = 0; i < m->datagram_count; i++) {
		struct model_datagram *k = &m->datagrams[i];

		if (k->protocol == d.protocol && k->version == d.version &&
		    k->id == d.id && memcmp(k->src, d.src, 16) == 0 &&
		    memcmp(k->dst, d.dst, 16) == 0)
			return k;
	}
	if (p->flags & PACKET_LATER_FRAGMENT)
		return NULL;
	m->datagrams = memory_resize(m->datagrams, m->datagram_count + 1,
	    sizeof(d));
	ck_assert_ptr_nonnull(m->datagrams);
	m->datagrams[m->datagram_count] = d;
	return &m->datagrams[m->datagram_count++];
}

/* The packet whose key it has; NULL: a lone fragment. */
static inline const struct packet *
model_key(struct model *m, const struct packet *p)
{
	struct model_datagram *d;
	int128 distance;

	if (!(p->flags & PACKET_FRAGMENT))
		return p;
	d = model_datagram(m, p);
	if (!(p->flags & PACKET_LATER_FRAGMENT)) {
		d->frame = *p->frame;
		d->first = *p;
		return p;
	}
	if (d == NULL)
		return NULL;
	d->first.frame = &d->frame;
	distance = (int128)p->frame->ts_ns - d->frame.ts_ns;
	if (!((p->frame->flags | d->frame.flags) & FRAME_UNTIMED) &&
	    (distance > 30 * (int128)1000000000 ||
	    distance < -30 * (int128)1000000000))
		return NULL;
	return &d->first;
}

static inline void
model_leave(struct model *m, enum tracker_reason reason)
{
	m->counts.reasons[reason]++;
}

static inline void
model_add(struct model *m, const struct packet *p)
{
	struct tcp_segment segment, *s = NULL;
	struct tcp_verdict verdict;
	const struct packet *key;
	struct model_flow *f;
	int side;

	model_clock(m, p->frame);
	if (p->flags & PACKET_SKIPPED)
		return model_leave(m, TRACKER_CUT);
	if (p->ip_version == 0)
		return model_leave(m, TRACKER_NOT_IP);
	if (packet_dst(p) == NULL)
		return model_leave(m, TRACKER_CUT);
	key = model_key(m, p);
	if (key == NULL)
		return model_leave(m, TRACKER_LONE_FRAGMENT);
	if (key->ip_protocol == 6 && p->flags & PACKET_HAS_TCP) {
		tcp_segment_read(&segment, p);
		s = &segment;
	}
	f = model_flow_for(m, p, key, s);
	side = model_side_of(f, key);
	model_count(m, f, side, p);
	if (s != NULL)
		tcp_flow_add(&f->tcp, (unsigned)side, s, packet_src_port(p),
		    packet_dst_port(p), &verdict);
}

static inline void
model_finish(struct model *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->flows[i].alive)
			model_end(&m->flows[i], FLOW_END_CAPTURE);
}

static inline void
model_free(struct model *m)
{
	for (size_t i = 0; i < m->count; i++)
		for (int side = 0; side < 2; side++)
			free(m->flows[i].sides[side].gaps);
	free(m->flows);
	free(m->datagrams);
	memset(m, 0, sizeof(*m));
}

static inline int
model_by_gap(const void *a, const void *b)
{
	const int128 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static inline void
model_assert_gaps(struct model_side *m, const struct flow_side *s,
    bool medians)
{
	struct moments moments;
	uint64_t backward = 0;
	size_t n = m->gap_count;
	int128 median = TABLE_NO_PS;

	moments_init(&moments);
	for (size_t i = 0; i < n; i++) {
		moments_add(&moments, m->gaps[i], 1);
		backward += m->gaps[i] < 0;
	}
	if (n > 0 && medians) {
		qsort(m->gaps, n, sizeof(m->gaps[0]), model_by_gap);
		median = (m->gaps[(n - 1) / 2] + m->gaps[n / 2]) * 500;
	}
	ck_assert_uint_eq(s->gaps.count, n);
	ck_assert_uint_eq(s->backward_steps, backward);
	ck_assert(s->gaps.sum == moments.sum && s->median_ps == median);
	ck_assert(memcmp(s->gaps.squares, moments.squares,
	    sizeof(moments.squares)) == 0);
	ck_assert(n == 0 || (s->gaps.min == moments.min &&
	    s->gaps.max == moments.max));
}

static inline void
model_assert_side(struct model_side *m, const struct flow_side *s,
    bool medians)
{
	ck_assert_uint_eq(s->packets, m->packets);
	ck_assert_uint_eq(s->frame_bytes, m->frame_bytes);
	ck_assert_uint_eq(s->ip_bytes, m->ip_bytes);
	ck_assert_uint_eq(s->payload_bytes, m->payload_bytes);
	ck_assert_uint_eq(s->times_seen, m->times_seen);
	ck_assert(m->times_seen == 0 || (s->first_ns == m->first_ns &&
	    s->last_ns == m->last_ns));
	model_assert_gaps(m, s, medians);
}

/* The flow is the part of that sequence number. */
static inline void
model_assert_flow(struct model *m, const struct flow *flow)
{
	struct model_flow *f;

	ck_assert_uint_le(flow->sequence, m->count);
	f = &m->flows[flow->sequence - 1];
	ck_assert_uint_eq(flow->number, f->number);
	ck_assert_uint_eq(flow->part, f->part);
	ck_assert_uint_eq(flow->connection, f->connection);
	ck_assert_uint_eq(flow->first_frame, f->first_frame);
	ck_assert_int_eq(flow->end, f->end);
	ck_assert_int_eq(flow->ip_version, f->ip_version);
	ck_assert_int_eq(flow->ip_protocol, f->ip_protocol);
	ck_assert_int_eq(flow->has_ports, f->has_ports);
	ck_assert_int_eq(flow->vlan_count, f->vlan_count);
	ck_assert_int_eq(flow->times_known, f->times_known);
	ck_assert(!f->times_known || (flow->earliest_ns == f->earliest_ns &&
	    flow->latest_ns == f->latest_ns));
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_eq(flow->ports[i], f->ends[i].port);
		ck_assert_mem_eq(flow->address[i], f->ends[i].address, 16);
		model_assert_side(&f->sides[i], &flow->sides[i],
		    (m->settings.what & TRACK_MEDIANS) != 0);
	}
	ck_assert((flow->tcp != NULL) == (f->ip_protocol == 6 &&
	    (m->settings.what & TRACK_TCP) != 0));
	ck_assert(flow->tcp == NULL || (flow->tcp->live == NULL &&
	    flow->tcp->reused == f->tcp.reused));
}

#endif
