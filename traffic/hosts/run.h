/*
 * Plays a scenario with real programs, in network namespaces (spaces.h), and
 * writes what is captured there.  can_run.h says what cannot be played so.
 *
 * All captures appear, or none: they do where the scenario was played to its
 * end, also if somebody failed.  Interrupted (SIGINT, SIGTERM) or killed, the
 * run leaves nothing.
 */
#ifndef TRAFFIC_HOSTS_RUN_H
#define TRAFFIC_HOSTS_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "traffic/scenario/scenario.h"

struct run_options {
	const char *folder;	/* made where it is missing */
	uint32_t snaplen;	/* cuts those of the scenario; 0: not */
	bool force;		/* replace captures (and a truth.json, which is
				   not theirs) that are there */
};

enum run_status {
	RUN_DONE,
	RUN_REFUSED,		/* *err: it cannot be run; nothing was done */
	RUN_FAILED,		/* *err, or "" where it has been said */
};

/* Returns when it has been played, in real time, or cannot be. */
enum run_status run_scenario(const struct scenario *scenario,
    const struct run_options *options, struct errbuf *err);

#endif
