/*
 * Programs of the system and of this installation.
 */
#ifndef TRAFFIC_HOSTS_TOOL_H
#define TRAFFIC_HOSTS_TOOL_H

#include <limits.h>

#include "base/errbuf.h"
#include "traffic/hosts/command_text.h"

/* In a folder of PATH, or in /usr/sbin or /sbin, which a user's PATH may not
 * have.  -1: nowhere; the path is absolute unless PATH has others. */
int tool_find(const char *name, char path[PATH_MAX]);

/* Beside labgen itself, else as tool_find() does. */
int tool_find_own(const char *name, char path[PATH_MAX]);

struct tool_batch {
	const char *path;	/* of ip or tc */
	const struct command_text *commands;
	int space;		/* of a network, -1: where we are */
	int kept;		/* a descriptor that the commands name as
				   /proc/self/fd/N; -1: none */
	/* Before the commands, in that network; NULL: nothing. */
	int (*before)(void *context, struct errbuf *err);
	void *context;
};

/* Runs the commands by `PATH -batch -`.  -1: the first line that it complained
 * with.  Waits for half a minute at most. */
int tool_run(const struct tool_batch *batch, struct errbuf *err);

#endif
