#include "traffic/commands/command.h"

const struct labgen_command *const labgen_commands[] = {
	NULL,
};
