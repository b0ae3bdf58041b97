/*
 * What the files of the tracker share; nobody else includes this.
 *
 * tracker.c takes packets and finds the flow of each, tracker_flow.c begins and
 * ends flows, tracker_count.c adds a packet to its flow.
 */
#ifndef ANALYZER_TRACKER_TRACKER_INTERNAL_H
#define ANALYZER_TRACKER_TRACKER_INTERNAL_H

#include "analyzer/tracker/flow_clock.h"
#include "analyzer/tracker/flow_queue.h"
#include "analyzer/tracker/flow_table.h"
#include "analyzer/tracker/fragments.h"
#include "analyzer/tracker/gap_store.h"
#include "analyzer/tracker/tracker.h"

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

static inline int
tracker_no_memory(struct errbuf *err)
{
	errbuf_set(err, "out of memory for flows");
	return -1;
}

/* A block of an entry; NULL: it has none. */
static inline void *
tracker_block(struct flow_entry *e, size_t at)
{
	return at == 0 ? NULL : (uint8_t *)e + at;
}

/* There whether it was asked for or not: incarnations depend on it. */
static inline struct tcp_flow *
tracker_tcp(const struct tracker *t, struct flow_entry *e)
{
	return e->class == FLOW_TCP ? tracker_block(e, t->tcp_at) : NULL;
}

/* Decides where in an entry of a class its blocks are; returns its size. */
size_t tracker_lay_out(struct tracker *t, enum flow_class class);

/* A flow in an entry that has its key, whatever else was in it. */
void tracker_begin_flow(struct tracker *t, struct flow_entry *e,
    const char *file, const struct job *job,
    const struct tcp_segment *segment);

/* The next part of it. */
void tracker_begin_part(struct tracker *t, struct flow_entry *e,
    const struct packet *packet);

/* The part has ended: it goes to those that wait. */
int tracker_finish(struct tracker *t, struct flow_entry *e, enum flow_end why,
    struct errbuf *err);

/* Frees what tcp and application hold; what they have found stays. */
void tracker_close_blocks(struct tracker *t, struct flow_entry *e);

/* Has the clock gone on for longer than the flow may be silent? */
static inline bool
tracker_is_idle(const struct tracker *t, const struct flow_entry *e)
{
	return t->clock.now_ns - e->clock_ns > t->idle_ns[e->class];
}

/*
 * Ends what is idle by the clock.  It looks at one after the other, the one
 * that was used first first, and stops at one that is not: behind one that is
 * stamped ahead of the clock others may wait, which tracker_is_idle() tells
 * when they are met.
 */
int tracker_sweep(struct tracker *t, enum flow_class class,
    struct errbuf *err);

/* Makes room; the newest flow stays whatever it takes. */
int tracker_evict(struct tracker *t, struct errbuf *err);

/* Adds a packet to the numbers of its flow. */
int tracker_count(struct tracker *t, struct flow_entry *e, unsigned side,
    const struct packet *packet, struct errbuf *err);

/* Shows it to tcp and application; what they say goes into *s and *verdict. */
void tracker_look(struct tracker *t, struct flow_entry *e, struct sighting *s,
    struct tcp_verdict *verdict);

/* Brings times and moments of the flow up to date. */
void tracker_settle(struct flow_entry *e);

#endif
