#include "analyzer/commands/run.h"

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	return run_table_command(command, argc, argv, "packets", stop);
}

const struct command command_packets = {
	.name = "packets",
	.synopsis = "packets [OPTION]... INPUT...",
	.purpose = "a row a packet: addresses, lengths, times, TCP numbers",
	.text = "Writes a row a packet.  INPUT is a capture, a folder of "
	    "captures, or - for standard\ninput.  See pcapstat-packets(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_OUTPUT | OPTIONS_COLUMNS | OPTIONS_RUN | OPTIONS_TOP,
	.run = run,
};
