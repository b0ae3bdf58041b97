/*
 * What is told of a run: a line an input where something is wrong, the line
 * that accounts for every record, the exit status.
 */
#ifndef ANALYZER_COMMANDS_TOTALS_H
#define ANALYZER_COMMANDS_TOTALS_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/commands/options.h"
#include "analyzer/commands/progress.h"
#include "analyzer/engine/engine.h"

struct totals {
	const struct options *options;
	struct progress *progress;	/* kept out of the way */
	size_t inputs;		/* that the run was to read */
	size_t told;		/* results so far */
	size_t read;		/* of these: could be opened */
	size_t foreign;		/* passed over */
	size_t bad;		/* any status but ok and foreign */
	bool output_failed;
	struct live *live;	/* what was read, if it was one; or NULL */
	struct account account;
	struct analysis_account flows;
};

/* Counts a result and prints its lines. */
void totals_add(struct totals *totals, const struct engine_result *result);

/* Counts conversations, where results do not. */
void totals_add_flows(struct totals *totals,
    const struct analysis_account *flows);

/* Counts an input that a run before has read. */
void totals_add_known(struct totals *totals, const struct account *account,
    bool good);

/* Prints what remains to be said and returns the exit status.  `missing`: how
 * many inputs could not even be listed. */
int totals_finish(const struct totals *totals, size_t missing);

#endif
