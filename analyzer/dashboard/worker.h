/*
 * A worker: a process that reads captures for one view and tells the server
 * what its panels hold, now and then while it reads, and at the end.  So what a
 * capture can do to a program is done to a process that has nothing else, and
 * the server goes on.
 *
 * Snapshots are made by a child of the worker (analyzer/engine/engine.h), one
 * at a time: the reading does not wait for them.
 */
#ifndef ANALYZER_DASHBOARD_WORKER_H
#define ANALYZER_DASHBOARD_WORKER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "analyzer/analyses/settings.h"
#include "analyzer/capture/inputs.h"
#include "analyzer/dashboard/maker.h"
#include "base/errbuf.h"
#include "base/network.h"

struct reader;
struct ring;
struct frame;

/* What to read and which panels to make; all borrowed until worker_start()
 * has returned. */
struct worker_task {
	const struct input *inputs;
	size_t input_count;
	bool join;
	const char *filter;		/* NULL: none */
	int64_t from_ns, to_ns;
	const struct networks *local;
	const struct settings *settings;
	enum maker_share share;
	/* Set by SIGTERM: ends the reading, of a live worker at least. */
	const volatile sig_atomic_t *stop;
	/* A source without an end: a snapshot each second, and the worker keeps
	 * the files that are open. */
	bool live;
	struct ring *ring;		/* gets every frame; NULL */
	/* Of a live source, in the worker: what engine.tap is, and what
	 * becomes of it at the end; NULL: nothing. */
	int (*tap)(void *context, const struct reader *reader,
	    const struct frame *frames, size_t n, struct errbuf *err);
	void (*tap_end)(void *context);
	void *context;
};

struct worker {
	pid_t pid;		/* 0: there is none */
	int fd;			/* its messages, does not block */
};

/* -1 with the reason in *err. */
int worker_start(const struct worker_task *task, struct worker *worker,
    struct errbuf *err);

/* Asks a live worker to end. */
void worker_stop(const struct worker *worker);

/* Gives it so long to end by itself, then ends it, waits for that and closes
 * the pipe.  *status is that of waitpid(2).  Of none does nothing. */
void worker_end(struct worker *worker, int patience_ms, int *status);

enum { WORKER_KEPT = 3 };

/*
 * For a process that has been forked to do one thing: signals are as usual,
 * the parent's end is its end, all files are closed but standard error and
 * `keep`, which becomes number WORKER_KEPT.
 */
void worker_settle(int keep, pid_t parent);

#endif
