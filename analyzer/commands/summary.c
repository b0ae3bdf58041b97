#include "analyzer/commands/run.h"

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	return run_table_command(command, argc, argv, "summary", stop);
}

const struct command command_summary = {
	.name = "summary",
	.synopsis = "summary [OPTION]... INPUT...",
	.purpose = "a row a capture: packets, bytes, times between packets",
	.text = "Writes a row a capture: packets and bytes in and out, mean, "
	    "median and standard\ndeviation of the times between packets, and "
	    "more.  INPUT is a capture, a folder of\ncaptures, or - for "
	    "standard input.  See pcapstat-summary(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_OUTPUT | OPTIONS_COLUMNS | OPTIONS_RUN | OPTIONS_SUMMARY,
	.run = run,
};
