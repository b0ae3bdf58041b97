/* Flows begin and end here. */
#include "analyzer/tracker/tracker_internal.h"

#include <string.h>

#include "analyzer/tracker/features.h"
#include "analyzer/tracker/flow_record.h"

enum { BLOCK_ALIGNMENT = 16 };

static const int128 int128_max = (int128)(~(uint128)0 >> 1);

/* Layout of the entries. */

static size_t
place(size_t *end, size_t bytes)
{
	size_t at = *end;

	*end += (bytes + BLOCK_ALIGNMENT - 1) / BLOCK_ALIGNMENT *
	    BLOCK_ALIGNMENT;
	return at;
}

size_t
tracker_lay_out(struct tracker *t, enum flow_class class)
{
	unsigned what = t->settings.what;
	size_t end = sizeof(struct flow_entry);

	if (class == FLOW_TCP)
		t->tcp_at = place(&end, what & TRACK_TCP ?
		    sizeof(struct tcp_flow) + TCP_FLOW_ROOM :
		    TCP_FLOW_FOLLOW_BYTES);
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

void
tracker_close_blocks(struct tracker *t, struct flow_entry *e)
{
	struct tcp_flow *tcp = tracker_tcp(t, e);

	if (tcp != NULL)
		tcp_flow_close(tcp);
	if (e->flow.application != NULL)
		application_close(e->flow.application, e->flow.ip_protocol,
		    e->flow.ports);
	t->live_bytes -= e->live_bytes;
	e->live_bytes = 0;
}

/* Ending flows. */

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

static enum flow_end
end_of(const struct tcp_flow *tcp, enum flow_end why)
{
	if (tcp == NULL || why == FLOW_END_ACTIVE || !tcp_flow_is_over(tcp))
		return why;
	return tcp->close == TCP_RESET ? FLOW_END_RST : FLOW_END_FIN;
}

int
tracker_finish(struct tracker *t, struct flow_entry *e, enum flow_end why,
    struct errbuf *err)
{
	struct flow *record;

	tracker_settle(e);
	e->flow.end = (uint8_t)end_of(tracker_tcp(t, e), why);
	if (why != FLOW_END_ACTIVE)
		tracker_close_blocks(t, e);
	if (settle_medians(t, e, err) != 0)
		return -1;
	record = flow_record_new(&e->flow);
	if (record == NULL)
		return tracker_no_memory(err);
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
	int result = tracker_finish(t, e, why, err);

	flow_table_remove_oldest(&t->table, class);
	return result;
}

int
tracker_sweep(struct tracker *t, enum flow_class class, struct errbuf *err)
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

int
tracker_evict(struct tracker *t, struct errbuf *err)
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

void
tracker_begin_part(struct tracker *t, struct flow_entry *e,
    const struct packet *p)
{
	struct flow *flow = &e->flow;

	memset(flow->sides, 0, sizeof(flow->sides));
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		flow->sides[i].median_ps = TABLE_NO_PS;
		flow->sides[i].gaps.min = int128_max;
		flow->sides[i].gaps.max = -int128_max;
		e->bounds[i] = FLOW_NO_BOUNDS;
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

void
tracker_begin_flow(struct tracker *t, struct flow_entry *e, const char *file,
    const struct job *job, const struct tcp_segment *segment)
{
	struct tcp_flow *tcp = tracker_tcp(t, e);
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
	if (tcp != NULL)
		flow->connection = ++t->connections;
	if (tcp != NULL && t->settings.what & TRACK_TCP) {
		tcp_flow_init_roomy(tcp);
		flow->tcp = tcp;
	} else if (tcp != NULL) {
		tcp_flow_init_follow(tcp);
	}
	flow->application = tracker_block(e, t->application_at[class]);
	if (flow->application != NULL)
		application_init(flow->application);
	flow->features = tracker_block(e, t->features_at[class]);
	flow->splt = tracker_block(e, t->splt_at[class]);
	tracker_begin_part(t, e, job->packet);
}
