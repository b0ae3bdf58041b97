/*
 * One output shared by threads that work on numbered jobs: the bytes of job 0
 * come first, then those of job 1, whoever is quicker.
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

/*
 * `shared` may be NULL where no job writes.  The first `separator` bytes that
 * reach it are left out (see format_separator_bytes()).  Slots of slot_bytes
 * bytes hold what a job leaves for `done`; at most `ahead` (1 or more) jobs are
 * begun before their turn.  NULL with the reason in *err.
 */
struct order *order_new(struct sink *shared, size_t separator,
    size_t slot_bytes, size_t ahead, order_done *done, void *context, struct errbuf *err);

/* Waits until job n is near enough to its turn to begin; then its slot, all
 * zeros, is at order_slot().  Each job is begun once, by one thread. */
void order_begin(struct order *order, size_t job);
void *order_slot(struct order *order, size_t job);

/* The job's way to the shared output.  Writing no bytes waits for the turn.
 * Where the shared output fails the line is empty: order_good() has it. */
struct sink *order_sink(struct order *order, size_t job);

/* Blocks until it is the job's turn. */
void order_wait(struct order *order, size_t job);
bool order_is_turn(struct order *order, size_t job);

/* The job is finished: `done` is called for it now or when its turn comes. */
void order_end(struct order *order, size_t job);

/* False, and the reason in *err, once a write to `shared` has failed. */
bool order_good(struct order *order, struct errbuf *err);

void order_free(struct order *order);

#endif
