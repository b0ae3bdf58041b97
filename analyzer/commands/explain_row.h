/*
 * explain TABLE ROW COLUMN INPUT: the packets and the rule behind one number.
 */
#ifndef ANALYZER_COMMANDS_EXPLAIN_ROW_H
#define ANALYZER_COMMANDS_EXPLAIN_ROW_H

#include "analyzer/commands/run.h"

/* options->inputs: TABLE, ROW, COLUMN and at least one INPUT.  Returns the exit
 * status. */
int explain_row(const struct command *command, const struct options *options,
    const volatile sig_atomic_t *stop);

#endif
