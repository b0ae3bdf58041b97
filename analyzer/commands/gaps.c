#include "analyzer/commands/run.h"

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	return run_table_command(command, argc, argv, "gaps", stop);
}

const struct command command_gaps = {
	.name = "gaps",
	.synopsis = "gaps [OPTION]... INPUT...",
	.purpose = "a row a range of times between packets",
	.text = "Writes a row a range of times between packets, in, out and "
	    "all: how many there\nare of about that length, and which share is "
	    "no longer.  See pcapstat-gaps(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_OUTPUT | OPTIONS_COLUMNS | OPTIONS_RUN | OPTIONS_TOP,
	.run = run,
};
