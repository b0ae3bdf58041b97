/*
 * An ended flow in one piece of memory: the flow, and behind it the blocks that
 * it has.  Such a piece can be written to a file and read by the same process:
 * flow_record_settle() sets the pointers anew.
 */
#ifndef ANALYZER_TRACKER_FLOW_RECORD_H
#define ANALYZER_TRACKER_FLOW_RECORD_H

#include <stddef.h>

#include "analyzer/tracker/flow.h"

/* Bytes of the record of a flow. */
size_t flow_record_bytes(const struct flow *flow);

/* A copy in one piece, or NULL when memory is short; release with free().  The
 * live parts of tcp and application are not in it (NULL). */
struct flow *flow_record_new(const struct flow *flow);

/* The blocks stand behind the flow: makes those pointers that are not NULL
 * point there. */
void flow_record_settle(struct flow *record);

#endif
