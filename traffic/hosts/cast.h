/*
 * Who plays in a run: the services, and the actions' programs, each a process
 * in its host's network.
 */
#ifndef TRAFFIC_HOSTS_CAST_H
#define TRAFFIC_HOSTS_CAST_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/errbuf.h"
#include "traffic/scenario/scenario.h"

/* Where labchatd and labchat are; "": nowhere, and nobody needs it. */
struct cast_programs {
	char server[PATH_MAX], client[PATH_MAX];
};

/* -1: one that the scenario needs is not to be found. */
int cast_find_programs(struct cast_programs *programs,
    const struct scenario *scenario, struct errbuf *err);

enum role {
	ROLE_SERVICE,		/* `serve` */
	ROLE_OPERATOR,		/* types at a service's console */
	ROLE_FAR_END,		/* of verbs, where they go to */
	ROLE_ACTION,
};

struct player_process {
	enum role role;
	size_t host;
	size_t line;		/* of the scenario */
	const char *what;	/* "serve", "talk" ... */
	char folder[24], log[32];
	pid_t pid;		/* 0: not started; -1: has ended */
	size_t action;		/* a far end's first; a service's number */
	int64_t at_ns;
};

struct cast {
	const struct scenario *scenario;
	const struct cast_programs *programs;
	const int *spaces;
	struct player_process *list;	/* services, each with its operator
					   behind it, far ends, then actions
					   by their times */
	size_t count, room;
	size_t first_action;
};

/* All is borrowed.  -1: no memory. */
int cast_init(struct cast *cast, const struct scenario *scenario,
    const struct cast_programs *programs, const int *spaces,
    struct errbuf *err);

/* Files of all, users' databases among them: takes its time. */
int cast_prepare(const struct cast *cast, struct errbuf *err);

/* Starts whoever serves, and waits until all listen. */
int cast_open(struct cast *cast, struct errbuf *err);

/* Starts one action. */
int cast_start(struct cast *cast, struct player_process *process,
    struct errbuf *err);

/* NULL: it is none of them. */
struct player_process *cast_find(struct cast *cast, pid_t pid);

/* Has it ended as it should, with this status of waitpid(2)?  Services go on
 * to the end, unless their operator ends them. */
bool cast_is_content(const struct cast *cast,
    const struct player_process *process, int status);

/* SIGTERM to whoever serves.  Whether somebody did not end by it in time. */
int cast_close(struct cast *cast, struct errbuf *err);

#endif
