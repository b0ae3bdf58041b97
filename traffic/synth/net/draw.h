/*
 * Amounts of a scenario, drawn by the seed.
 *
 * Only integers decide (base/fixed_log.h), so every machine and compiler draws
 * the same.
 */
#ifndef TRAFFIC_SYNTH_NET_DRAW_H
#define TRAFFIC_SYNTH_NET_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"
#include "traffic/scenario/scenario.h"

/* Never below 0; exact for a constant, else as its distribution says, cut to
 * amount->max. */
int64_t amount_draw(const struct amount *amount, struct random *random);

/* True ppm times in a million. */
bool chance(struct random *random, uint32_t ppm);

#endif
