#include "analyzer/commands/run.h"

/* The table that the options ask for; NULL where they contradict. */
static const char *
table_name(const struct options *o)
{
	if (o->segments && o->handshakes)
		return NULL;
	return o->segments ? "tcp-segments" :
	    o->handshakes ? "tcp-handshakes" : "tcp";
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	int status = run_options(&options, command, argc, argv);

	if (status == -1 && table_name(&options) == NULL)
		status = run_usage(command,
		    "--segments and --handshakes are tables of their own");
	if (status == -1)
		status = run_table(command, &options, table_name(&options),
		    stop, NULL, NULL);
	options_reset(&options);
	return status;
}

const struct command command_tcp = {
	.name = "tcp",
	.synopsis = "tcp [OPTION]... INPUT...",
	.purpose = "a row a TCP connection: handshake, losses, round trips",
	.text = "Writes a row a TCP connection: handshake with its numbers and "
	    "times, packets and\nbytes of either side, retransmissions and the "
	    "like, round-trip times, how it was\nclosed.  See pcapstat-tcp(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_OUTPUT | OPTIONS_COLUMNS | OPTIONS_RUN | OPTIONS_FLOW |
	    OPTIONS_TCP | OPTIONS_TOP,
	.run = run,
};
