/*
 * -i IFACE: an interface in the place of the INPUTs.
 */
#ifndef ANALYZER_COMMANDS_LIVE_INPUT_H
#define ANALYZER_COMMANDS_LIVE_INPUT_H

#include "analyzer/capture/inputs.h"
#include "analyzer/commands/options.h"
#include "base/errbuf.h"

/*
 * Opens the interface that the options name as the one input, then gives up all
 * privileges, then begins the ring where one is asked for: `inputs` owns them
 * and should be empty.  -1 with the reason in *err.
 */
int live_input_open(const struct options *options, struct inputs *inputs,
    struct errbuf *err);

/*
 * For who reads its inputs more than once: captures until --duration, --count,
 * SIGINT or SIGTERM (which end this and nothing else), into a file without a
 * name, which takes the interface's place as the input, under its name.  Only
 * this process can open it.  What went wrong on the way is told, and counted as
 * missing.  -1 with the reason in *err.
 */
int live_input_record(const struct options *options, struct inputs *inputs,
    struct errbuf *err);

/* "IFACE: N received, N dropped by the kernel, N by the interface", to
 * stderr. */
void live_input_print_drops(struct live *live);

#endif
