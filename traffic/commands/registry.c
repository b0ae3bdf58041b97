#include "traffic/commands/command.h"

const struct labgen_command *const labgen_commands[] = {
	&command_list,
	&command_show,
	&command_check,
	&command_synth,
	&command_run,
	&command_verify,
	&command_load,
	NULL,
};
