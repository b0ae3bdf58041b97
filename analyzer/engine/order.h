/*
 * Outputs shared by threads that work on numbered jobs: in each of them the
 * bytes of job 0 come first, then those of job 1, whoever is quicker.
 *
 * A job whose turn it is writes through; the others keep their bytes, up to a
 * bound, and wait when they have more.  A thread that has finished its job may
 * go on with the next one before its turn has come, a bounded number ahead.
 */
#ifndef ANALYZER_ENGINE_ORDER_H
#define ANALYZER_ENGINE_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errbuf.h"
#include "base/sink.h"

struct order;

/*
 * Called when a finished job's turn has come and its bytes are out; in order,
 * never two at once.  `slot` is what order_slot() gave for the job.
 */
typedef void order_done(void *context, size_t job, void *slot);

struct order_output {
	struct sink *shared;	/* borrowed; NULL where no job writes */
	size_t separator;	/* so many first bytes are left out: see
				   format_separator_bytes() */
};

/*
 * Slots of slot_bytes bytes hold what a job leaves for `done`; at most `ahead`
 * (1 or more) jobs are begun before their turn.  NULL with the reason in *err.
 */
struct order *order_new(const struct order_output *outputs, size_t count,
    size_t slot_bytes, size_t ahead, order_done *done, void *context,
    struct errbuf *err);

/* Waits until the job is near enough to its turn to begin; its slot is all
 * zeros then.  Each job is begun once, by one thread. */
void order_begin(struct order *order, size_t job);

/* The slot of a job that was begun: slot_bytes bytes, borrowed until `done`
 * returns for the job. */
void *order_slot(struct order *order, size_t job);

/* The job's way to one of the outputs, by its index.  Writing no bytes waits for
 * the turn.  Once an output has failed nothing more is written to any, and the
 * line is empty: order_good() has it. */
struct sink *order_sink(struct order *order, size_t job, size_t output);

/* Blocks until it is the job's turn. */
void order_wait(struct order *order, size_t job);

/* Is it the job's turn?  Does not wait for it; once true for a job that has not
 * ended, it stays so. */
bool order_is_turn(struct order *order, size_t job);

/* The job is finished: `done` is called for it now or when its turn comes. */
void order_end(struct order *order, size_t job);

/* False, and the reason in *err, once a write to an output has failed. */
bool order_good(struct order *order, struct errbuf *err);

/* After all threads have left; what waits for a turn is dropped.  The outputs
 * are the caller's.  NULL does nothing. */
void order_free(struct order *order);

#endif
