/*
 * Inside report: many captures, a page each and an index.
 */
#ifndef ANALYZER_COMMANDS_REPORT_SITE_H
#define ANALYZER_COMMANDS_REPORT_SITE_H

#include <signal.h>

#include "analyzer/capture/inputs.h"
#include "analyzer/commands/options.h"
#include "analyzer/commands/totals.h"

/*
 * Writes FOLDER/index.html and FOLDER/NAME.html for each capture NAME, as many
 * at a time as there are jobs.  What went wrong is told, and is in *totals.
 * Nothing is written for an input that was interrupted, and no index then.
 */
void report_site(const struct options *options, const struct inputs *inputs,
    const char *folder, struct totals *totals,
    const volatile sig_atomic_t *stop);

#endif
