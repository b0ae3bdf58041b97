/*
 * The dashboard: a page over HTTP that shows captures, or something live, as
 * they are read.
 *
 * The server (this process) speaks HTTP and opens no capture; workers read
 * them, a process each (worker.h).  The page's interface is described in
 * pcapstat-dashboard(1).
 */
#ifndef ANALYZER_DASHBOARD_DASHBOARD_H
#define ANALYZER_DASHBOARD_DASHBOARD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/analyses/settings.h"
#include "analyzer/capture/inputs.h"
#include "analyzer/dashboard/view.h"
#include "base/errbuf.h"
#include "base/network.h"

struct ring;			/* analyzer/capture/ring.h */

struct dashboard_setup {
	const char *address;		/* "127.0.0.1" */
	uint16_t port;			/* 0: any */
	/* What is shown: captures and folders, or else one live input. */
	const char *const *names;
	size_t name_count;
	bool join;
	const struct input *live;	/* an interface, a FIFO, standard
					   input, until started(); NULL */
	const char *live_name;
	bool live_is_interface;
	struct ring *ring;		/* gets all of it, too; NULL */
	const char *ring_prefix;	/* its; NULL without */

	const struct networks *local;
	const char *local_text;		/* as given, for commands */
	bool local_given;
	struct view_base base;
	struct settings settings;
	size_t views_max;

	/* Set by SIGTERM: ends the reading of what is live. */
	const volatile sig_atomic_t *stop;
	/* The process that reads what is live has it: here it can be closed. */
	void (*started)(void *context);
	/* Told the link as soon as it can be opened, and one that opens it one
	 * time only: for command lines, which other users can see.  -1: nobody
	 * can learn it, and the server ends. */
	int (*ready)(void *context, const char *link, const char *once);
	void *context;
};

/* Until SIGINT or SIGTERM; no process and no temporary file is left.  -1 with
 * the reason in *err. */
int dashboard_run(const struct dashboard_setup *setup, struct errbuf *err);

#endif
