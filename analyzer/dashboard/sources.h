/*
 * What a dashboard is over: captures and folders of them, one of which is shown
 * at a time, or all as one (--join), or something live.
 *
 * A folder may grow: sources_look() sees what is new.  Which files of a folder
 * are captures is found by a process of its own, which opens them.
 */
#ifndef ANALYZER_DASHBOARD_SOURCES_H
#define ANALYZER_DASHBOARD_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/inputs.h"
#include "base/errbuf.h"

struct capture {
	char *path;		/* to open, and in a command */
	char *label;		/* below the walked folder; fit to be shown */
	uint64_t size_bytes;
	uint64_t changed;	/* of size and time of change: another number
				   where the file is another */
	bool walked;		/* found in a folder */
	bool foreign;		/* no capture: not shown */
};

struct sources {
	const char *const *names;	/* as given; borrowed */
	size_t name_count;
	bool join;
	struct capture *list;
	size_t count, room;
	uint64_t changed;	/* of all together */
};

/* Looks for the first time.  -1 with the reason in *err: no memory. */
int sources_init(struct sources *sources, const char *const *names,
    size_t name_count, bool join, struct errbuf *err);

/* Frees the list. */
void sources_reset(struct sources *sources);

/* Looks again: 1 where something has changed, 0, or -1 with the reason in
 * *err. */
int sources_look(struct sources *sources, struct errbuf *err);

/* The capture of that label; "" is the first.  NULL: there is none. */
const struct capture *sources_find(const struct sources *sources,
    const char *label);

/* How many are shown. */
size_t sources_shown(const struct sources *sources);

#endif
