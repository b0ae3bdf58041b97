/*
 * A SYN without a connection behind it, as scanners and floods send it.
 */
#ifndef TRAFFIC_SYNTH_VERBS_RAW_SYN_H
#define TRAFFIC_SYNTH_VERBS_RAW_SYN_H

#include <stddef.h>
#include <stdint.h>

#include "traffic/synth/host/host.h"
#include "traffic/synth/play.h"

struct raw_syn {
	size_t host;		/* that sends it, whatever it says */
	size_t target;
	struct endpoint from, to;
	uint32_t seq;
	const char *label;	/* borrowed from the scenario; NULL */
};

/* The truth has a connection of its own for it.  No memory: the scenario
 * ends. */
void raw_syn_send(struct play *play, const struct raw_syn *what);

#endif
