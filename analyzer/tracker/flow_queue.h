/*
 * Ended flows that wait for their turn: they come in any order and leave in
 * that of their sequence numbers, 1, 2, 3 and so on without a hole.
 *
 * Those that need more than their share of memory are written to a file in
 * TMPDIR, to its end; where each is, to another one at eight times its
 * sequence number.  So memory does not grow with the number that wait.
 */
#ifndef ANALYZER_TRACKER_FLOW_QUEUE_H
#define ANALYZER_TRACKER_FLOW_QUEUE_H

#include <stdint.h>

#include "analyzer/tracker/flow.h"
#include "base/errbuf.h"

struct flow_queue;

/* `share` bytes of memory.  NULL with the reason in *err. */
struct flow_queue *flow_queue_new(uint64_t share, struct errbuf *err);

/* NULL does nothing. */
void flow_queue_free(struct flow_queue *queue);

/* Takes over the record (flow_record.h), also where it fails. */
int flow_queue_add(struct flow_queue *queue, struct flow *record,
    struct errbuf *err);

/* The next record; NULL while it has not come (0) or where reading it failed
 * (-1 in *status).  Release with free(). */
struct flow *flow_queue_next(struct flow_queue *queue, int *status,
    struct errbuf *err);

/* Bytes of memory that are taken. */
uint64_t flow_queue_memory(const struct flow_queue *queue);

#endif
