#include "analyzer/tracker/tracker_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/*
 * Packets are taken in blocks, and a block in stages, so that what a packet
 * needs of the index and of its entry is on its way from memory while others
 * are looked at.  A stage before the last one changes nothing but the
 * fragments, which need nothing of the flows: so the result is that of packet
 * after packet.
 */
enum { BLOCK = 32, AHEAD = 4, LINE_BYTES = 64 };

/* Shares of the memory bound that are spilled beyond, or (fragments) kept
 * within; what is left is for the flows that are alive. */
enum { GAPS_SHARE = 4, QUEUE_SHARE = 8, FRAGMENTS_SHARE = 32 };

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
		object_bytes[i] = tracker_lay_out(t, (enum flow_class)i);
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
		tracker_no_memory(err);
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

void
tracker_free(struct tracker *t)
{
	if (t == NULL)
		return;
	for (int i = 0; i < FLOW_CLASSES; i++)
		for (size_t k = 0; k < t->table.ages[i].count; k++)
			tracker_close_blocks(t, flow_table_at(&t->table,
			    t->table.ages[i].heap[k].number));
	flow_table_reset(&t->table);
	fragments_free(t->fragments);
	gap_store_free(t->gaps);
	flow_queue_free(t->queue);
	free(t->given);
	free(t->last);
	free(t);
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

	if (tracker_is_idle(t, e) || (timed && e->timed &&
	    is_later_by(frame->ts_ns, e->last_ns, t->idle_ns[e->class])))
		return FLOW_END_IDLE;
	if (segment != NULL && tcp_flow_is_reused(tracker_tcp(t, e),
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
			tracker_no_memory(err);
		else
			tracker_begin_flow(t, e, file, job, segment);
		return e;
	}
	why = split(t, e, job, segment);
	if (why == FLOW_ENDS)
		return e;
	if (tracker_finish(t, e, why, err) != 0)
		return NULL;
	if (why == FLOW_END_ACTIVE) {
		tracker_begin_part(t, e, job->packet);
		return e;
	}
	tracker_begin_flow(t, e, file, job, segment);
	if (why == FLOW_END_REUSED)
		tracker_tcp(t, e)->reused = true;
	return e;
}

static int
show(const struct tracker *t, const struct flow_entry *e, struct sighting *s,
    struct errbuf *err)
{
	if (e != NULL)
		s->flow = &e->flow;
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
	if (tracker_count(t, e, s.side, job->packet, err) != 0)
		return -1;
	tracker_look(t, e, &s, &verdict);
	if (t->sight != NULL && show(t, e, &s, err) != 0)
		return -1;
	return tracker_evict(t, err);
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
		    tracker_sweep(t, (enum flow_class)i, err) != 0)
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
fetch_lines(const void *from, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += LINE_BYTES)
		__builtin_prefetch((const uint8_t *)from + at, 1);
}

/* What a segment in order looks at. */
static void
fetch_tcp(const struct tracker *t, struct flow_entry *e, unsigned side)
{
	struct tcp_flow *tcp = tracker_tcp(t, e);

	__builtin_prefetch(tcp, 1);
	__builtin_prefetch(&tcp->sides[side], 1);
	__builtin_prefetch(&tcp->sides[side ^ 1], 1);
	if (!(t->settings.what & TRACK_TCP))
		return;
	__builtin_prefetch(&tcp->sums[side ^ 1].rtt, 1);
	__builtin_prefetch(&tcp->sums[side ^ 1].rtt.sum_ns, 1);
	/* see tcp_flow_init_roomy() */
	fetch_lines((uint8_t *)tcp + TCP_FLOW_LIVE_AT, 256);
}

/* What a packet of that side changes in its entry. */
static void
fetch_side(const struct tracker *t, struct flow_entry *e, unsigned side)
{
	size_t application_at = t->application_at[e->class];

	/* The sums of the gaps are on the second line. */
	fetch_lines(&e->flow.sides[side], (size_t)2 * LINE_BYTES);
	if (t->gaps != NULL)
		__builtin_prefetch(&e->gap_tails[side], 1);
	if (e->class == FLOW_TCP)
		fetch_tcp(t, e, side);
	if (application_at != 0)
		fetch_lines(tracker_block(e, application_at),
		    APPLICATION_HOT_BYTES);
}

/* What the entry only points to. */
static void
fetch_behind(const struct tracker *t, struct flow_entry *e, unsigned side)
{
	if (t->gaps != NULL)
		gap_store_prefetch(t->gaps, e->gap_tails[side]);
	if (t->application_at[e->class] != 0)
		application_prefetch(tracker_block(e,
		    t->application_at[e->class]));
}

/* Each loop has what the one before it has fetched. */
static void
fetch_entries(struct tracker *t, struct job *jobs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct flow_entry *e = NULL;

		if (jobs[i].has_flow)
			e = flow_table_guess(&t->table, jobs[i].tag);
		jobs[i].entry = e;
		if (e != NULL)
			fetch_lines(e, (size_t)2 * LINE_BYTES);
	}
	for (size_t i = 0; i < n; i++) {
		struct flow_entry *e = jobs[i].entry;

		if (e != NULL)
			fetch_side(t, e, (e->a_end ^ jobs[i].from) & 1);
	}
	for (size_t i = 0; i < n; i++)
		if (jobs[i].entry != NULL)
			fetch_behind(t, jobs[i].entry,
			    (jobs[i].entry->a_end ^ jobs[i].from) & 1);
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
		return tracker_no_memory(err);
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

/* What ending the next flows looks at: entries, and behind those that have been
 * fetched what they point to. */
static void
fetch_last(const struct tracker *t)
{
	const struct last *next = t->last + t->last_at;
	size_t left = t->last_count - t->last_at;

	if (left > (size_t)2 * AHEAD) {
		struct flow_entry *e = next[2 * AHEAD].entry;

		fetch_lines(e, sizeof(*e));
		if (t->application_at[FLOW_TCP] != 0) {
			/* Which one it is would be another wait. */
			__builtin_prefetch((uint8_t *)e +
			    t->application_at[FLOW_TCP]);
			__builtin_prefetch((uint8_t *)e +
			    t->application_at[FLOW_OTHER]);
		}
	}
	if (left > AHEAD)
		for (unsigned i = 0; i < FLOW_SIDES; i++)
			fetch_behind(t, next[AHEAD].entry, i);
}

/* Ends the next of those that were alive; false: there is none. */
static bool
end_next(struct tracker *t, bool *failed, struct errbuf *err)
{
	size_t at = t->last_at;
	struct flow_entry *e;

	if (at == t->last_count)
		return false;
	fetch_last(t);
	e = t->last[at].entry;
	t->last_at++;
	*failed = tracker_finish(t, e, tracker_is_idle(t, e) ?
	    FLOW_END_IDLE : FLOW_END_CAPTURE, err) != 0;
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
