/*
 * Several inputs that are one capture (rotated files): sorted by their first
 * times, read by several threads, merged in order.
 */
#ifndef ANALYZER_ENGINE_JOIN_H
#define ANALYZER_ENGINE_JOIN_H

#include <stdbool.h>

#include "analyzer/engine/order.h"
#include "analyzer/engine/pass.h"

struct join;

/* What one input adds. */
struct join_part {
	struct lanes lanes;	/* states of its own, to be merged */
	struct facts facts;
	bool direct;		/* works on the whole's states instead */
};

/*
 * The inputs in the order of their first times, which is found by a look at
 * each (inputs without one come last, as given).  NULL with the reason in *err,
 * also where one of several can be read once only.  Release with free(); the
 * paths are the caller's.
 */
struct input *join_order(const struct input *inputs, size_t count,
    struct errbuf *err);

/* Puts engine->inputs in the order of their first times (inputs without one
 * come last, as given) and opens the outputs.  NULL with the reason. */
struct join *join_new(struct engine *engine, struct errbuf *err);

/*
 * Before a part is read.  Where rows are written on the way, or its turn has
 * come already, the part works on the whole's states; otherwise on new ones.
 */
void join_begin(struct join *join, struct order *order, size_t job,
    struct join_part *part, struct engine_result *result);

/* Where the part's frames go, after join_begin(): the whole's lanes if it is
 * `direct`, else its own.  Borrowed. */
struct lanes *join_lanes(struct join *join, struct join_part *part);

/* When the part's turn has come: merges and counts. */
void join_end(struct join *join, struct join_part *part,
    struct engine_result *result);

/* In the child of a snapshot, before join_finish(): forgets the writers that
 * are the parent's. */
void join_keep_snapshots(struct join *join);

/* The rows of the whole, and its account of flows. */
int join_finish(struct join *join, struct analysis_account *flows,
    struct errbuf *err);

/* NULL does nothing. */
void join_free(struct join *join);

#endif
