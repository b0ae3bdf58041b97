#include "chat/protocols/server_gone.h"

#include <string.h>

static const char *const lines[] = {
	[LEFT_ENDED] = "Server disconnected.",
	[LEFT_LOST] = "The connection to the server was lost.",
	[LEFT_CLOSED] = NULL,
	[LEFT_IDLE] = "The server was silent for too long.",
	[LEFT_LATE] = "The server was silent for too long.",
	[LEFT_SLOW] = "The server does not read what it is sent.",
	[LEFT_STOP] = NULL,
};

void
server_gone(struct world *world, enum left why)
{
	const char *line = lines[why];

	if (line == NULL)
		return;
	world_show(world, SHOW_ERROR, line, strlen(line));
	world_end(world, 1);
}
