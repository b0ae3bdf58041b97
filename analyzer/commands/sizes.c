#include "analyzer/commands/run.h"

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	return run_table_command(command, argc, argv, "sizes", stop);
}

const struct command command_sizes = {
	.name = "sizes",
	.synopsis = "sizes [OPTION]... INPUT...",
	.purpose = "a row a range of frame lengths of a protocol",
	.text = "Writes a row a range of frame lengths of a protocol: how "
	    "many packets are of\nabout that length, in and out.  See "
	    "pcapstat-sizes(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_OUTPUT | OPTIONS_COLUMNS | OPTIONS_RUN | OPTIONS_TOP,
	.run = run,
};
