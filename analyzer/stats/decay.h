/*
 * Counts that fade: each is halved in a given time, smoothly, so that it says
 * how much there was of late.
 *
 * Keys are hashes of what is counted.  A table holds DECAY_KEYS of them; where
 * another comes, the one of the four in its row that was used longest ago is
 * forgotten.  Fixed size; only integers decide.
 */
#ifndef ANALYZER_STATS_DECAY_H
#define ANALYZER_STATS_DECAY_H

#include <stdint.h>

#include "base/errbuf.h"

enum { DECAY_KEYS = 65536 };

struct decay;

/* Counts that halve in half_ns > 0.  NULL with the reason in *err. */
struct decay *decay_new(int64_t half_ns, struct errbuf *err);

/* NULL does nothing. */
void decay_free(struct decay *decay);

/*
 * Lets the count of the key fade up to now, adds `n`, and returns it, rounded
 * down; it never falls below 0.  Where now_ns is before the last time, nothing
 * fades.
 */
uint64_t decay_add(struct decay *decay, uint64_t key, int64_t now_ns, int n);

#endif
