/*
 * The command line of labgen: COMMAND [OPERAND] [OPTION]...
 */
#ifndef TRAFFIC_OPTIONS_H
#define TRAFFIC_OPTIONS_H

#include "base/errbuf.h"
#include "traffic/commands/command.h"

/*
 * Reads argv behind the command's name (command NULL: labgen's own options,
 * with argv[0] the program).  -1 with one line in *err; "" there means that it
 * has been said already.
 */
int labgen_options_parse(struct labgen_options *options,
    const struct labgen_command *command, int argc, char **argv,
    struct errbuf *err);

/* --help, to stdout: of the command, where there is one. */
void labgen_options_help(const struct labgen_command *command);

#endif
