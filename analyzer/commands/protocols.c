#include "analyzer/commands/run.h"

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	return run_table_command(command, argc, argv, "protocols", stop);
}

const struct command command_protocols = {
	.name = "protocols",
	.synopsis = "protocols [OPTION]... INPUT...",
	.purpose = "a row a protocol path: packets, bytes, shares",
	.text = "Writes a row a protocol path (eth:ip:tcp), and a row for each "
	    "application found in it:\npackets, bytes, shares, and whether it "
	    "is clear text.  See pcapstat-protocols(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_OUTPUT | OPTIONS_COLUMNS | OPTIONS_RUN | OPTIONS_FLOW |
	    OPTIONS_TOP,
	.run = run,
};
