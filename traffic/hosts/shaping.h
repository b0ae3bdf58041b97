/*
 * What tc(8) is asked for where a link of the scenario is not plain.
 *
 * A bandwidth alone is a token bucket (tbf); anything else is netem, which the
 * kernel may lack.  What a scenario says by default (1Gbit or more, a constant
 * latency of at most 50us) asks for nothing: the machine has delays of its own.
 *
 * Latency that varies, and jitter, are uniform between their ends, and packets
 * keep their order.  netem cannot hold single packets back: where the scenario
 * reorders, that share of packets overtakes the others, by the latency, or by
 * the time of `reorder P by D` where there is none.
 */
#ifndef TRAFFIC_HOSTS_SHAPING_H
#define TRAFFIC_HOSTS_SHAPING_H

#include <stdbool.h>

#include "traffic/hosts/command_text.h"
#include "traffic/scenario/scenario.h"

enum shaping {
	SHAPING_NONE,
	SHAPING_TBF,
	SHAPING_NETEM,
};

/* The least of them that does what the link wants. */
enum shaping shaping_of(const struct scenario_link *link);

/* Adds the commands for what leaves `device`; none where none is needed.  mtu
 * is that of the link. */
void shaping_commands(struct command_text *commands, const char *device,
    const struct scenario_link *link, uint16_t mtu);

#endif
