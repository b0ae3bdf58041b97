#include "analyzer/commands/run.h"

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	return run_table_command(command, argc, argv, "timeline", stop);
}

const struct command command_timeline = {
	.name = "timeline",
	.synopsis = "timeline [OPTION]... INPUT...",
	.purpose = "a row a second, or other interval: packets and bytes",
	.text = "Writes a row a bucket of time: packets and bytes in and out "
	    "in each second, or in\neach --interval.  INPUT is a capture, a "
	    "folder of captures, or - for standard\ninput.  See "
	    "pcapstat-timeline(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_OUTPUT | OPTIONS_COLUMNS | OPTIONS_RUN | OPTIONS_TIMELINE |
	    OPTIONS_TOP,
	.run = run,
};
