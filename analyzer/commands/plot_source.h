/*
 * Where a plot's table comes from: captures, or a table that is there already.
 * What an INPUT is shows in its bytes, not in its name.
 */
#ifndef ANALYZER_COMMANDS_PLOT_SOURCE_H
#define ANALYZER_COMMANDS_PLOT_SOURCE_H

#include <stdbool.h>

#include "analyzer/commands/options.h"
#include "base/errbuf.h"

/*
 * Is the only INPUT a table?  Then *table is true.  Of standard input that is
 * no file the bytes are kept in the file `spool`, which takes its place, so
 * that it can be read again.  -1 with the reason: it cannot be read or kept;
 * or one of several INPUTs is a table, which *usage tells.
 */
int plot_source_find(const struct options *options, const char *spool,
    bool *table, bool *usage, struct errbuf *err);

#endif
