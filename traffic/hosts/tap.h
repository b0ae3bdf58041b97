/*
 * A capture of a run: a process in a host's network, or in the middle, that
 * writes what passes an interface.
 *
 * Times are the kernel's, with the host's clock offset added.  Nothing is lost
 * unsaid: what the kernel had to drop is in the report.
 */
#ifndef TRAFFIC_HOSTS_TAP_H
#define TRAFFIC_HOSTS_TAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/errbuf.h"
#include "traffic/scenario/scenario.h"

struct tap_setup {
	const char *file;	/* name of the capture, for messages */
	int fd;			/* where it is written */
	int space;		/* the network */
	const char *device;
	bool promiscuous;	/* of a bridge: everything that passes */
	const struct scenario_capture *how;
	uint32_t snaplen;	/* of the command line; 0: as `how` says */
	int64_t offset_ns;
};

struct tap {
	const char *file;
	pid_t pid;
	int stop;		/* closing it is the word */
	int words;		/* from the process */
};

struct tap_report {
	uint64_t frames;	/* in the file */
	uint64_t dropped;
};

/* When it returns, whatever passes is captured. */
int tap_start(struct tap *tap, const struct tap_setup *setup,
    struct errbuf *err);

/* From here on what comes does not count; the rest is written. */
void tap_stop(struct tap *tap);

/* Waits for its end, after tap_stop(); once for each. */
int tap_finish(struct tap *tap, struct tap_report *report,
    struct errbuf *err);

#endif
