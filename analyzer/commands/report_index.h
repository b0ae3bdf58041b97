/*
 * Inside report: the index of a folder of pages.
 */
#ifndef ANALYZER_COMMANDS_REPORT_INDEX_H
#define ANALYZER_COMMANDS_REPORT_INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/capture/inputs.h"
#include "analyzer/commands/options.h"
#include "analyzer/report/grid.h"
#include "base/errbuf.h"
#include "base/sink.h"

/* A capture in the index. */
struct report_entry {
	bool shown;		/* not one that was passed over */
	struct grid *summary;	/* owned by the caller; NULL: was not read */
	const char *address;	/* of its page, relative; NULL: has none */
	const char *why;	/* it has none; "" where that is told */
};

/* One entry an input.  -1 with the reason in *err. */
int report_index_write(const struct options *options,
    const struct inputs *inputs, const struct report_entry *entries,
    struct sink *sink, struct errbuf *err);

#endif
