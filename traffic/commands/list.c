#include <stdio.h>
#include <string.h>

#include "base/program.h"
#include "traffic/commands/command.h"
#include "traffic/scenario/scenario.h"

static int
longest_name(void)
{
	size_t longest = 0;

	for (size_t i = 0; shipped_scenarios[i].name != NULL; i++) {
		size_t len = strlen(shipped_scenarios[i].name);

		longest = len > longest ? len : longest;
	}
	return (int)longest;
}

static int
run(const struct labgen_options *options, struct errbuf *err)
{
	int width = longest_name();

	(void)options;
	for (size_t i = 0; shipped_scenarios[i].name != NULL; i++) {
		struct scenario *s = scenario_open(shipped_scenarios[i].name,
		    err);

		if (s == NULL)
			return PROGRAM_FAILED;
		printf("%-*s  %s\n", width, s->name, s->title);
		scenario_free(s);
	}
	return program_check_output("labgen");
}

const struct labgen_command command_list = {
	.name = "list",
	.synopsis = "list",
	.purpose = "the scenarios that come with labgen",
	.text = "Lists the scenarios that come with labgen: name and title.",
	.run = run,
};
