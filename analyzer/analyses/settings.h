/*
 * What the user asks of the analyses: one plain struct, of which each takes
 * what it knows.  All zeros is the usual.
 */
#ifndef ANALYZER_ANALYSES_SETTINGS_H
#define ANALYZER_ANALYSES_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct labels;			/* analyses/labels.h */

/* Of anomalies; scores and shares in units of 10^-9. */
struct anomaly_settings {
	uint64_t seed;
	uint64_t trees, sample;	/* 0: the usual ones */
	uint32_t threshold;	/* a score; 0: not given */
	uint32_t contamination;	/* the share of rows above the threshold, which
				   is found by it; 0: not given.  Neither:
				   ANOMALY_USUAL_RULE (anomalies.h) */
	bool flagged_only;	/* no rows but anomalous ones */
};

struct settings {
	uint64_t max_memory;	/* bytes for the tables of one input; 0: the
				   usual bound (TRACKER_MEMORY) */
	int64_t idle_timeout_ns;	/* of flows; 0: the usual ones */
	int64_t active_timeout_ns;	/* 0: none */
	unsigned splt;		/* first packets listed of each flow */
	const struct labels *labels;	/* of flows; NULL: none; borrowed */
	int64_t interval_ns;	/* of timeline; 0: a second */
	bool interval_auto;	/* ... the finest that gives a small table */
	bool by_protocol;	/* summary: a row a protocol too */
	struct anomaly_settings anomalies;
};

#endif
