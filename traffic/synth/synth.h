/*
 * Plays a scenario in virtual time and writes what was captured, and the truth.
 *
 * The same scenario, seed, start and snaplen give the same bytes on every
 * machine.
 */
#ifndef TRAFFIC_SYNTH_SYNTH_H
#define TRAFFIC_SYNTH_SYNTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "traffic/scenario/scenario.h"
#include "traffic/synth/truth/truth.h"

struct synth_options {
	const char *folder;	/* made where it is missing */
	bool seed_set, start_set;	/* else those of the scenario */
	uint64_t seed;
	int64_t start_ns;
	uint32_t snaplen;	/* 0: those of the scenario */
	bool force;		/* replace captures and a truth.json that are
				   there */
	bool (*is_unwanted)(void);	/* asked now and then: true gives it
					   up; may be NULL */
};

/* What came of it. */
struct synth_result {
	struct truth_totals totals;
	bool cut_off;		/* by the limit */
};

/* -1 with the reason; no file is there then that was not before. */
int synth_play(const struct scenario *scenario,
    const struct synth_options *options, struct synth_result *result,
    struct errbuf *err);

#endif
