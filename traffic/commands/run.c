#include "base/program.h"
#include "traffic/commands/command.h"
#include "traffic/hosts/run.h"
#include "traffic/scenario/scenario.h"

static int
run(const struct labgen_options *options, struct errbuf *err)
{
	const struct run_options how = {
		.folder = options->out,
		.snaplen = (uint32_t)options->snaplen,
		.force = options->force,
	};
	struct scenario *s = command_scenario(options, err);
	enum run_status status;

	if (s == NULL)
		return PROGRAM_FAILED;
	status = run_scenario(s, &how, err);
	scenario_free(s);
	switch (status) {
	case RUN_DONE:
		return PROGRAM_DONE;
	case RUN_REFUSED:
		return PROGRAM_USAGE;
	default:
		return PROGRAM_FAILED;
	}
}

const struct labgen_command command_run = {
	.name = "run",
	.synopsis = "run SCENARIO -o DIR [OPTION]...",
	.purpose = "play a scenario with real programs in network namespaces",
	.text = "Plays the SCENARIO (one of `labgen list`, or a file) with "
	    "labchatd and labchat,\neach host a network namespace, and writes "
	    "what is captured there into DIR.\nAs root, or by user "
	    "namespaces.  Nothing else is left of it.",
	.groups = LABGEN_OUTPUT | LABGEN_RUN,
	.operand = "SCENARIO",
	.run = run,
};
