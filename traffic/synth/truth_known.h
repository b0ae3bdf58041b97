/*
 * What can be known at a capture point, in the words of pcapstat's columns;
 * private to truth*.c.  labgen-truth(5) defines each member.
 *
 * It comes from the packets' records and from where they were seen, never from
 * the bytes of a capture, and shares no code with pcapstat: it is a second
 * opinion.
 */
#ifndef TRAFFIC_SYNTH_TRUTH_KNOWN_H
#define TRAFFIC_SYNTH_TRUTH_KNOWN_H

#include <stddef.h>

#include "traffic/synth/json_out.h"
#include "traffic/synth/truth_record.h"

/* The value of the member `known` of a capture.  repeats: of truth_repeats().
 * -1: no memory. */
int truth_known_write(const struct truth *truth, size_t capture,
    const uint64_t *repeats, struct json_out *out);

/*
 * By packet number (from index 1): the packet whose bytes this TCP segment
 * repeats, the one that had its first byte first; 0: it repeats none.  NULL: no
 * memory; release with free().
 */
uint64_t *truth_repeats(const struct truth *truth);

#endif
