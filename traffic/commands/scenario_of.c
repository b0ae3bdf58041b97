#include "base/program.h"
#include "traffic/commands/command.h"
#include "traffic/scenario/scenario.h"

struct scenario *
command_scenario(const struct labgen_options *options, struct errbuf *err)
{
	struct scenario *s = scenario_open(options->operand, err);

	if (s != NULL && s->hint != NULL)
		program_say("labgen", s->hint);
	return s;
}
