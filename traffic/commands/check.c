#include <stdio.h>

#include "base/program.h"
#include "traffic/commands/command.h"
#include "traffic/scenario/scenario.h"

static const char *
plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static int
run(const struct labgen_options *options, struct errbuf *err)
{
	struct scenario *s = command_scenario(options, err);

	if (s == NULL)
		return PROGRAM_FAILED;
	printf("%s: fine: %zu host%s, %zu action%s\n", options->operand,
	    s->host_count, plural(s->host_count), s->action_count,
	    plural(s->action_count));
	scenario_free(s);
	return program_check_output("labgen");
}

const struct labgen_command command_check = {
	.name = "check",
	.synopsis = "check FILE",
	.purpose = "is a scenario right?  Its first fault by line and column",
	.text = "Reads a scenario and says whether it is right, or else its "
	    "first fault, with\nline and column.  FILE has a . or / in its "
	    "name, or is - for standard input;\nany other word is a scenario "
	    "that comes with labgen.",
	.operand = "FILE",
	.run = run,
};
