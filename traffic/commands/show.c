#include <stdio.h>

#include "base/program.h"
#include "traffic/commands/command.h"
#include "traffic/scenario/scenario.h"

static int
run(const struct labgen_options *options, struct errbuf *err)
{
	const struct shipped_scenario *s = scenario_shipped(options->operand,
	    err);

	if (s == NULL)
		return PROGRAM_FAILED;
	fwrite(s->text, 1, s->len, stdout);
	return program_check_output("labgen");
}

const struct labgen_command command_show = {
	.name = "show",
	.synopsis = "show SCENARIO",
	.purpose = "the text of such a scenario",
	.text = "Writes the text of a SCENARIO that comes with labgen, to be "
	    "read or changed.",
	.operand = "SCENARIO",
	.run = run,
};
