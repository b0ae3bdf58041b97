#include "analyzer/tracker/tracker.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/tracker/features.h"
#include "analyzer/tracker/flow_clock.h"
#include "analyzer/tracker/flow_queue.h"
#include "analyzer/tracker/flow_record.h"
#include "analyzer/tracker/flow_table.h"
#include "analyzer/tracker/fragments.h"
#include "analyzer/tracker/gap_store.h"
#include "analyzer/tracker/packet_log.h"
#include "base/memory.h"

/*
 * Packets are taken in blocks, and a block in stages, so that what a packet
 * needs of the index and of its entry is on its way from memory while others
 * are looked at.  A stage before the last one changes nothing but the
 * fragments, which need nothing of the flows: so the result is that of packet
 * after packet.
 */
enum { BLOCK = 32, AHEAD = 4, LINE_BYTES = 64, BLOCK_ALIGNMENT = 16 };

/* Shares of the memory bound that are spilled beyond, or (fragments) kept
 * within; what is left is for the flows that are alive. */
enum { GAPS_SHARE = 4, QUEUE_SHARE = 8, FRAGMENTS_SHARE = 32 };

/* A flow that was alive at the end of the capture. */
struct last {
	uint64_t sequence;
	struct flow_entry *entry;
};

struct tracker {
	struct tracker_settings settings;
	tracker_sight *sight;
	void *context;
	struct tracker_counts counts;
	uint64_t packets, sequences, connections;
	uint64_t live_bytes;		/* of all entries */
	uint64_t flows_memory;		/* bound on all but the queue */
	struct flow_clock clock;
	struct flow_table table;
	struct fragments *fragments;
	struct gap_store *gaps;		/* NULL without TRACK_MEDIANS */
	struct flow_queue *queue;
	struct flow *given;		/* by tracker_next() */
	struct last *last;		/* by tracker_end(): what was alive */
	size_t last_count, last_at;	/* those before it are ended */
	int64_t idle_ns[FLOW_CLASSES];
	int128 sweep_ns[FLOW_CLASSES];	/* none can be idle before the clock
					   is past it */
	/* where in an entry its blocks are; 0: it has none */
	size_t tcp_at, application_at[FLOW_CLASSES];
	size_t features_at[FLOW_CLASSES], splt_at[FLOW_CLASSES];
};

static const struct flow_bounds no_bounds = { INT64_MAX, INT64_MIN };
static const int128 int128_max = (int128)(~(uint128)0 >> 1);

/* What is known of a packet before its flow is. */
struct job {
	const struct packet *packet;
	struct flow_key key;
	struct flow_entry *entry;	/* as the index had it; NULL */
	uint32_t tag;
	uint8_t from;			/* end of the key */
	bool has_flow;
	uint8_t reason;			/* enum tracker_reason, without */
};

static int
no_memory(struct errbuf *err)
{
	errbuf_set(err, "out of memory for flows");
	return -1;
}

/* Layout of the entries. */

static size_t
place(size_t *end, size_t bytes)
{
	size_t at = *end;

	*end += (bytes + BLOCK_ALIGNMENT - 1) / BLOCK_ALIGNMENT *
	    BLOCK_ALIGNMENT;
	return at;
}

static size_t
lay_out(struct tracker *t, enum flow_class class)
{
	unsigned what = t->settings.what;
	size_t end = sizeof(struct flow_entry);

	if (class == FLOW_TCP)
		t->tcp_at = place(&end, sizeof(struct tcp_flow));
	if (what & TRACK_APPLICATIONS)
		t->application_at[class] = place(&end,
		    sizeof(struct flow_application));
	if (what & TRACK_FEATURES)
		t->features_at[class] = place(&end,
		    sizeof(struct flow_features));
	if (t->settings.splt > 0)
		t->splt_at[class] = place(&end, t->settings.splt *
		    sizeof(struct flow_packet));
	return end;
}

static void *
block_at(struct flow_entry *e, size_t at)
{
	return at == 0 ? NULL : (uint8_t *)e + at;
}

/* There whether it was asked for or not: incarnations depend on it. */
static struct tcp_flow *
tcp_of(const struct tracker *t, struct flow_entry *e)
{
	return e->class == FLOW_TCP ? block_at(e, t->tcp_at) : NULL;
}

/* Making and freeing. */

static void
read_settings(struct tracker *t, const struct tracker_settings *settings)
{
	int64_t idle_ns = settings->idle_timeout_ns;

	t->settings = *settings;
	if (t->settings.max_memory == 0)
		t->settings.max_memory = TRACKER_MEMORY;
	if (t->settings.max_memory < TRACKER_MEMORY_MIN)
		t->settings.max_memory = TRACKER_MEMORY_MIN;
	t->idle_ns[FLOW_TCP] = idle_ns != 0 ? idle_ns : TRACKER_TCP_IDLE_NS;
	t->idle_ns[FLOW_OTHER] = idle_ns != 0 ? idle_ns : TRACKER_IDLE_NS;
	for (int i = 0; i < FLOW_CLASSES; i++)
		t->sweep_ns[i] = t->idle_ns[i];
}

static int
make_parts(struct tracker *t, struct errbuf *err)
{
	size_t object_bytes[FLOW_CLASSES];
	uint64_t memory = t->settings.max_memory;

	for (int i = 0; i < FLOW_CLASSES; i++)
		object_bytes[i] = lay_out(t, (enum flow_class)i);
	if (flow_table_init(&t->table, object_bytes, err) != 0)
		return -1;
	t->fragments = fragments_new(memory / FRAGMENTS_SHARE, &t->table.hash,
	    err);
	if (t->fragments == NULL)
		return -1;
	t->flows_memory = memory - memory / QUEUE_SHARE;
	t->queue = flow_queue_new(memory / QUEUE_SHARE, err);
	if (t->queue == NULL)
		return -1;
	if (t->settings.what & TRACK_MEDIANS) {
		t->gaps = gap_store_new(memory / GAPS_SHARE, err);
		if (t->gaps == NULL)
			return -1;
	}
	return 0;
}

struct tracker *
tracker_new(const struct tracker_settings *settings, tracker_sight *sight,
    void *context, struct errbuf *err)
{
	struct tracker *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		no_memory(err);
		return NULL;
	}
	read_settings(t, settings);
	t->sight = sight;
	t->context = context;
	if (make_parts(t, err) != 0) {
		tracker_free(t);
		return NULL;
	}
	return t;
}

/* Frees what tcp and application hold; what they have found stays. */
static void
close_blocks(struct tracker *t, struct flow_entry *e)
{
	struct tcp_flow *tcp = tcp_of(t, e);

	if (tcp != NULL)
		tcp_flow_close(tcp);
	if (e->flow.application != NULL)
		application_close(e->flow.application, e->flow.ip_protocol,
		    e->flow.ports);
	t->live_bytes -= e->live_bytes;
	e->live_bytes = 0;
}

void
tracker_free(struct tracker *t)
{
	if (t == NULL)
		return;
	for (int i = 0; i < FLOW_CLASSES; i++)
		for (size_t k = 0; k < t->table.ages[i].count; k++)
			close_blocks(t, flow_table_at(&t->table,
			    t->table.ages[i].heap[k].number));
	flow_table_reset(&t->table);
	fragments_free(t->fragments);
	gap_store_free(t->gaps);
	flow_queue_free(t->queue);
	free(t->given);
	free(t->last);
	free(t);
}

/* Ending flows. */

/* All that finish() looks at but for the blocks. */
static void
flow_entry_prefetch(const struct flow_entry *e)
{
	for (size_t at = 0; at < sizeof(*e); at += LINE_BYTES)
		__builtin_prefetch((const uint8_t *)e + at);
}

static int
settle_medians(struct tracker *t, struct flow_entry *e, struct errbuf *err)
{
	int result = 0;

	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		struct flow_side *side = &e->flow.sides[i];

		if (t->gaps != NULL && side->gaps.count > 0 &&
		    gap_store_median(t->gaps, &e->gap_tails[i],
		    side->gaps.count, &side->median_ps, err) != 0)
			result = -1;
	}
	return result;
}

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
		*b = no_bounds;
	}
}

/* The last time is only noted where it matters: on a step back, and here. */
static void
settle_times(struct flow_entry *e)
{
	if (e->part_timed && e->last_ns > e->flow.latest_ns)
		e->flow.latest_ns = e->last_ns;
}

static enum flow_end
end_of(const struct tcp_flow *tcp, enum flow_end why)
{
	if (tcp == NULL || why == FLOW_END_ACTIVE || !tcp_flow_is_over(tcp))
		return why;
	return tcp->close == TCP_RESET ? FLOW_END_RST : FLOW_END_FIN;
}

/* The part has ended: it goes to those that wait. */
static int
finish(struct tracker *t, struct flow_entry *e, enum flow_end why,
    struct errbuf *err)
{
	struct flow *record;

	settle_times(e);
	settle_gaps(e);
	e->flow.end = (uint8_t)end_of(tcp_of(t, e), why);
	if (why != FLOW_END_ACTIVE)
		close_blocks(t, e);
	if (settle_medians(t, e, err) != 0)
		return -1;
	record = flow_record_new(&e->flow);
	if (record == NULL)
		return no_memory(err);
	/* Where another part follows, the entry's own goes on. */
	if (why == FLOW_END_ACTIVE && record->application != NULL)
		application_close(record->application, record->ip_protocol,
		    record->ports);
	if (record->features != NULL)
		flow_features_close(record->features);
	return flow_queue_add(t->queue, record, err);
}

static int
finish_oldest(struct tracker *t, enum flow_class class, enum flow_end why,
    struct errbuf *err)
{
	struct flow_entry *e = flow_table_oldest(&t->table, class);
	int result = finish(t, e, why, err);

	flow_table_remove_oldest(&t->table, class);
	return result;
}

/* Ends what is idle by the clock. */
static int
sweep(struct tracker *t, enum flow_class class, struct errbuf *err)
{
	struct flow_entry *e;

	while ((e = flow_table_oldest(&t->table, class)) != NULL) {
		t->sweep_ns[class] = e->clock_ns + t->idle_ns[class];
		if (t->clock.now_ns <= t->sweep_ns[class])
			return 0;
		if (finish_oldest(t, class, FLOW_END_IDLE, err) != 0)
			return -1;
	}
	t->sweep_ns[class] = t->clock.now_ns + t->idle_ns[class];
	return 0;
}

/* Not of what waits to be taken: that has its share, and when it is taken must
 * not matter. */
static uint64_t
memory_of(const struct tracker *t)
{
	return flow_table_memory(&t->table) + t->live_bytes +
	    fragments_memory(t->fragments) +
	    (t->gaps == NULL ? 0 : gap_store_memory(t->gaps));
}

/* Makes room; the newest one stays whatever it takes. */
static int
evict(struct tracker *t, struct errbuf *err)
{
	while (memory_of(t) > t->flows_memory &&
	    t->table.index.count > 1) {
		struct flow_entry *tcp, *other;
		enum flow_class class;

		tcp = flow_table_oldest(&t->table, FLOW_TCP);
		other = flow_table_oldest(&t->table, FLOW_OTHER);
		class = other == NULL || (tcp != NULL &&
		    tcp->used < other->used) ? FLOW_TCP : FLOW_OTHER;
		t->counts.evicted++;
		if (finish_oldest(t, class, FLOW_END_EVICTED, err) != 0)
			return -1;
	}
	return 0;
}

/* Beginning flows. */

static void
begin_part(struct tracker *t, struct flow_entry *e, const struct packet *p)
{
	struct flow *flow = &e->flow;

	memset(flow->sides, 0, sizeof(flow->sides));
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		flow->sides[i].median_ps = TABLE_NO_PS;
		flow->sides[i].gaps.min = int128_max;
		flow->sides[i].gaps.max = -int128_max;
		e->bounds[i] = no_bounds;
		e->gap_tails[i] = GAP_STORE_EMPTY;
	}
	flow->part++;
	flow->sequence = ++t->sequences;
	flow->first_frame = p->frame->number;
	flow->digits = p->frame->ts_digits;
	flow->times_known = false;
	flow->splt_count = 0;
	if (flow->features != NULL)
		flow_features_init(flow->features);
	e->part_timed = false;
}

static void
fill_ends(struct flow_entry *e)
{
	struct flow *flow = &e->flow;

	flow->ip_version = e->key.ip_version;
	flow->ip_protocol = e->key.ip_protocol;
	flow->has_ports = e->key.has_ports;
	flow->vlan_count = e->key.vlan_count;
	memcpy(flow->vlan, e->key.vlan, sizeof(flow->vlan));
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		unsigned end = e->a_end ^ i;

		flow->ports[i] = e->key.ports[end];
		memcpy(flow->address[i], e->key.address[end], 16);
	}
}

/* Which end of the key is A: the receiver of a SYN-ACK has sent the SYN.  Where
 * both ends are the same, everything comes from A. */
static uint8_t
a_end_of(const struct job *job, const struct tcp_segment *segment)
{
	const struct flow_key *key = &job->key;

	if (segment == NULL || !(segment->flags & TCP_SYN) ||
	    !(segment->flags & TCP_ACK) || (key->ports[0] == key->ports[1] &&
	    memcmp(key->address[0], key->address[1], 16) == 0))
		return job->from;
	return !job->from;
}

/* A flow in an entry that has its key; whatever else was in it. */
static void
begin_flow(struct tracker *t, struct flow_entry *e, const char *file,
    const struct job *job, const struct tcp_segment *segment)
{
	struct tcp_flow *tcp = tcp_of(t, e);
	struct flow *flow = &e->flow;
	enum flow_class class = e->class;

	memset(flow, 0, sizeof(*flow));
	e->a_end = a_end_of(job, segment);
	e->timed = false;
	fill_ends(e);
	flow->file = file;
	flow->layer_count = job->packet->layer_count;
	memcpy(flow->layers, job->packet->layers, sizeof(flow->layers));
	flow->number = ++t->counts.flows;
	if (tcp != NULL) {
		flow->connection = ++t->connections;
		tcp_flow_init(tcp);
	}
	if (t->settings.what & TRACK_TCP)
		flow->tcp = tcp;
	flow->application = block_at(e, t->application_at[class]);
	if (flow->application != NULL)
		application_init(flow->application);
	flow->features = block_at(e, t->features_at[class]);
	flow->splt = block_at(e, t->splt_at[class]);
	begin_part(t, e, job->packet);
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

static int
count_packet(struct tracker *t, struct flow_entry *e, unsigned side,
    const struct packet *p, struct errbuf *err)
{
	struct flow_side *s = &e->flow.sides[side];

	e->used = ++t->packets;
	e->clock_ns = t->clock.now_ns;
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
count_checksum(struct tcp_side *side, enum checksum checksum)
{
	side->checksum_bad += checksum == CHECKSUM_BAD;
	side->checksum_unverified += checksum == CHECKSUM_UNVERIFIED;
}

/* Segments whose bytes came before, or come in the wrong order, would garble
 * what an application is known by. */
enum {
	TCP_NOT_NEW = TCP_IS_RETRANSMISSION | TCP_IS_OUT_OF_ORDER |
	    TCP_IS_KEEP_ALIVE | TCP_IS_WINDOW_PROBE,
};

static void
look_at_payload(struct flow_entry *e, unsigned side, const struct packet *p,
    const struct tcp_verdict *verdict)
{
	struct flow *flow = &e->flow;
	size_t n;

	if (payload_len_of(p) == 0 || p->flags & PACKET_LATER_FRAGMENT ||
	    !application_is_open(flow->application) ||
	    (verdict != NULL && verdict->what & TCP_NOT_NEW))
		return;
	n = p->frame->cap_len - p->payload_at;
	if (n > p->payload_len)
		n = p->payload_len;
	if (n > PACKET_LOG_PAYLOAD)
		n = PACKET_LOG_PAYLOAD;
	application_add(flow->application, side, flow->ip_protocol,
	    flow->ports, p->frame->data + p->payload_at, n);
}

/* Their memory may have changed. */
static void
weigh(struct tracker *t, struct flow_entry *e)
{
	const struct tcp_flow *tcp = tcp_of(t, e);
	size_t bytes = tcp == NULL ? 0 : tcp_flow_memory(tcp);

	if (e->flow.application != NULL)
		bytes += application_memory(e->flow.application);
	t->live_bytes += bytes - e->live_bytes;
	e->live_bytes = (uint32_t)bytes;
}

static void
look_inside(struct tracker *t, struct flow_entry *e, struct sighting *s,
    struct tcp_verdict *verdict)
{
	const struct packet *p = s->packet;
	struct tcp_flow *tcp = tcp_of(t, e);

	if (s->segment != NULL) {
		tcp_flow_add(tcp, s->side, s->segment, packet_src_port(p),
		    packet_dst_port(p), verdict);
		s->verdict = verdict;
		if (t->settings.what & TRACK_CHECKSUMS) {
			s->checksum = checksum_transport(p);
			count_checksum(&tcp->sides[s->side], s->checksum);
		}
	}
	if (e->flow.application != NULL)
		look_at_payload(e, s->side, p, s->verdict);
	if (tcp != NULL || e->flow.application != NULL)
		weigh(t, e);
}

/* The flow of a packet. */

static bool
is_later_by(int64_t ts_ns, int64_t since_ns, int64_t limit_ns)
{
	return (int128)ts_ns - since_ns > limit_ns;
}

/* Does the packet begin something new, and so ends what there is?  FLOW_ENDS:
 * it does not. */
static enum flow_end
split(const struct tracker *t, struct flow_entry *e, const struct job *job,
    const struct tcp_segment *segment)
{
	const struct frame *frame = job->packet->frame;
	bool timed = !(frame->flags & FRAME_UNTIMED);

	if (timed && e->timed &&
	    is_later_by(frame->ts_ns, e->last_ns, t->idle_ns[e->class]))
		return FLOW_END_IDLE;
	if (segment != NULL && tcp_flow_is_reused(tcp_of(t, e),
	    job->from ^ e->a_end, segment))
		return FLOW_END_REUSED;
	if (t->settings.active_timeout_ns != 0 && timed && e->part_timed &&
	    is_later_by(frame->ts_ns, e->part_start_ns,
	    t->settings.active_timeout_ns))
		return FLOW_END_ACTIVE;
	return FLOW_ENDS;
}

static struct flow_entry *
find_entry(const struct tracker *t, const struct job *job, uint64_t removals)
{
	/* Keys are unique; what was guessed holds while nothing is removed. */
	if (t->table.removals == removals && job->entry != NULL &&
	    flow_key_equal(&job->entry->key, &job->key))
		return job->entry;
	return flow_table_find(&t->table, &job->key, job->tag);
}

/* The entry of the packet, fit to take it; NULL where that fails. */
static struct flow_entry *
entry_for(struct tracker *t, const char *file, const struct job *job,
    const struct tcp_segment *segment, uint64_t removals, struct errbuf *err)
{
	struct flow_entry *e = find_entry(t, job, removals);
	enum flow_end why;

	if (e == NULL) {
		e = flow_table_add(&t->table, &job->key, job->tag,
		    t->packets + 1);
		if (e == NULL)
			no_memory(err);
		else
			begin_flow(t, e, file, job, segment);
		return e;
	}
	why = split(t, e, job, segment);
	if (why == FLOW_ENDS)
		return e;
	if (finish(t, e, why, err) != 0)
		return NULL;
	if (why == FLOW_END_ACTIVE) {
		begin_part(t, e, job->packet);
		return e;
	}
	begin_flow(t, e, file, job, segment);
	if (why == FLOW_END_REUSED)
		tcp_of(t, e)->reused = true;
	return e;
}

static int
show(const struct tracker *t, struct flow_entry *e, struct sighting *s,
    struct errbuf *err)
{
	if (e != NULL) {
		settle_times(e);
		settle_gaps(e);
		s->flow = &e->flow;
	}
	if (!(t->settings.what & TRACK_TCP)) {
		s->segment = NULL;
		s->verdict = NULL;
	}
	return t->sight(t->context, s, err);
}

static int
take_packet(struct tracker *t, const char *file, const struct job *job,
    uint64_t removals, struct errbuf *err)
{
	struct sighting s = { .packet = job->packet };
	struct tcp_segment segment;
	struct tcp_verdict verdict;
	struct flow_entry *e;

	if (job->key.ip_protocol == 6 && job->packet->flags & PACKET_HAS_TCP) {
		tcp_segment_read(&segment, job->packet);
		s.segment = &segment;
	}
	e = entry_for(t, file, job, s.segment, removals, err);
	if (e == NULL)
		return -1;
	s.side = job->from ^ e->a_end;
	if (count_packet(t, e, s.side, job->packet, err) != 0)
		return -1;
	look_inside(t, e, &s, &verdict);
	if (t->sight != NULL && show(t, e, &s, err) != 0)
		return -1;
	return evict(t, err);
}

static int
leave_packet(struct tracker *t, const struct job *job, struct errbuf *err)
{
	struct sighting s = {
		.packet = job->packet,
		.reason = (enum tracker_reason)job->reason,
	};

	t->counts.reasons[job->reason]++;
	return t->sight == NULL ? 0 : show(t, NULL, &s, err);
}

/* The clock goes on by every packet that has a time, whatever it is. */
static int
go_on(struct tracker *t, const struct frame *frame, struct errbuf *err)
{
	if (frame->flags & FRAME_UNTIMED)
		return 0;
	flow_clock_see(&t->clock, frame->ts_ns);
	for (int i = 0; i < FLOW_CLASSES; i++)
		if (t->clock.now_ns > t->sweep_ns[i] &&
		    sweep(t, (enum flow_class)i, err) != 0)
			return -1;
	return 0;
}

/* The stages of a block. */

static int
read_fragment(struct tracker *t, struct job *job, struct errbuf *err)
{
	unsigned from = job->from;

	if (!(job->packet->flags & PACKET_LATER_FRAGMENT))
		return fragments_add(t->fragments, job->packet, &job->key,
		    from, err);
	job->has_flow = fragments_find(t->fragments, job->packet, &job->key,
	    &from);
	job->reason = TRACKER_LONE_FRAGMENT;
	job->from = (uint8_t)from;
	return 0;
}

static int
read_job(struct tracker *t, struct job *job, const struct packet *p,
    struct errbuf *err)
{
	job->packet = p;
	job->has_flow = false;
	if (p->flags & PACKET_SKIPPED) {
		job->reason = TRACKER_CUT;
		return 0;
	}
	if (p->ip_version == 0) {
		job->reason = TRACKER_NOT_IP;
		return 0;
	}
	if (packet_dst(p) == NULL) {
		job->reason = TRACKER_CUT;
		return 0;
	}
	job->has_flow = true;
	job->from = (uint8_t)flow_key_read(&job->key, p);
	if (p->flags & PACKET_FRAGMENT && read_fragment(t, job, err) != 0)
		return -1;
	if (job->has_flow) {
		job->tag = flow_hash_of(&t->table.hash, &job->key);
		flow_index_prefetch(&t->table.index, job->tag);
	}
	return 0;
}

static void
fetch_entries(struct tracker *t, struct job *jobs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct flow_entry *e = NULL;

		if (jobs[i].has_flow)
			e = flow_table_guess(&t->table, jobs[i].tag);
		jobs[i].entry = e;
		if (e != NULL) {
			__builtin_prefetch(e, 1);
			__builtin_prefetch(&e->clock_ns, 1);
		}
	}
	for (size_t i = 0; i < n; i++) {
		struct flow_entry *e = jobs[i].entry;
		const uint8_t *side;

		if (e == NULL)
			continue;
		side = (const uint8_t *)
		    &e->flow.sides[(e->a_end ^ jobs[i].from) & 1];
		/* The sums of the gaps are on the second line. */
		__builtin_prefetch(side, 1);
		__builtin_prefetch(side + LINE_BYTES, 1);
	}
}

static int
take_block(struct tracker *t, const char *file, const struct packet *packets,
    size_t n, struct errbuf *err)
{
	struct job jobs[BLOCK];
	uint64_t removals = t->table.removals;

	for (size_t i = 0; i < n; i++)
		if (read_job(t, &jobs[i], &packets[i], err) != 0)
			return -1;
	fetch_entries(t, jobs, n);
	for (size_t i = 0; i < n; i++) {
		if (go_on(t, packets[i].frame, err) != 0)
			return -1;
		if ((jobs[i].has_flow ?
		    take_packet(t, file, &jobs[i], removals, err) :
		    leave_packet(t, &jobs[i], err)) != 0)
			return -1;
	}
	return 0;
}

int
tracker_add(struct tracker *t, const char *file, const struct packet *packets,
    size_t n, struct errbuf *err)
{
	for (size_t at = 0; at < n; at += BLOCK) {
		size_t block = n - at < BLOCK ? n - at : BLOCK;

		if (take_block(t, file, packets + at, block, err) != 0)
			return -1;
	}
	return 0;
}

/* The end. */

static int
by_sequence(const void *a, const void *b)
{
	const struct last *x = a, *y = b;

	return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

/*
 * What is alive now is ended when its turn comes, in tracker_next(): so all of
 * it never waits in the queue, and order takes one sorting.
 */
int
tracker_end(struct tracker *t, struct errbuf *err)
{
	struct last *last = memory_array(t->table.index.count, sizeof(*last));
	size_t count = 0;

	if (last == NULL)
		return no_memory(err);
	for (int i = 0; i < FLOW_CLASSES; i++)
		for (size_t k = 0; k < t->table.ages[i].count; k++) {
			struct flow_entry *e = flow_table_at(&t->table,
			    t->table.ages[i].heap[k].number);

			last[count++] = (struct last){ e->flow.sequence, e };
		}
	qsort(last, count, sizeof(*last), by_sequence);
	t->last = last;
	t->last_count = count;
	return 0;
}

/* Ends the next of those that were alive; false: there is none. */
static bool
end_next(struct tracker *t, bool *failed, struct errbuf *err)
{
	size_t at = t->last_at;

	if (at == t->last_count)
		return false;
	if (at + AHEAD < t->last_count)
		flow_entry_prefetch(t->last[at + AHEAD].entry);
	t->last_at++;
	*failed = finish(t, t->last[at].entry, FLOW_END_CAPTURE, err) != 0;
	return !*failed;
}

const struct flow *
tracker_next(struct tracker *t, bool *failed, struct errbuf *err)
{
	int status;

	free(t->given);
	do {
		t->given = flow_queue_next(t->queue, &status, err);
		*failed = status != 0;
	} while (t->given == NULL && !*failed && end_next(t, failed, err));
	return t->given;
}

void
tracker_counts(const struct tracker *t, struct tracker_counts *out)
{
	*out = t->counts;
}
