/*
 * Processes of the lab's first one: programs, and functions of our own, each in
 * a host's network.
 *
 * The first process blocks SIGCHLD, and waits for it.
 */
#ifndef TRAFFIC_HOSTS_CHILD_H
#define TRAFFIC_HOSTS_CHILD_H

#include <stdint.h>
#include <sys/types.h>

#include "base/errbuf.h"

/* Nanoseconds of a clock that is not set back (CLOCK_MONOTONIC). */
int64_t child_now_ns(void);

/* In the first process, before any child. */
void child_block_signals(void);

/* In a child: the mask and handlers that programs expect. */
void child_reset_signals(void);

/* Until a child ends, or the time has passed. */
void child_sleep(int64_t ns);

/* Waits for this one.  -1: it takes longer; it has been killed. */
int child_wait(pid_t pid, int64_t patience_ns, int *status);

struct child {
	int space;		/* the host's network */
	const char *folder;	/* works there; made where it is missing */
	const char *log;	/* standard output and error, a path from the
				   first process's folder */
	int input;		/* standard input; -1: nothing to read */
	const char *resolver;	/* see spaces_set_resolver(); NULL: none */
	char *const *argv;	/* a program, whose path is argv[0]; or */
	int (*run)(void *context);	/* a function, and its status */
	void *context;
};

/* -1: see *err; what goes wrong in the child stands in its log, and its status
 * is 127. */
pid_t child_start(const struct child *child, struct errbuf *err);

#endif
