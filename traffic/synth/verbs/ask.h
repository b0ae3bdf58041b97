/*
 * A question to a host's resolver, of any type: from a port of its own, and
 * each 5 seconds once more, three times in all.
 */
#ifndef TRAFFIC_SYNTH_VERBS_ASK_H
#define TRAFFIC_SYNTH_VERBS_ASK_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "traffic/synth/play.h"

struct ask {
	size_t host;		/* that asks; it has a resolver */
	const char *name;	/* copied into the question */
	uint16_t type, id;
	const char *label;	/* borrowed from the scenario; NULL */
	void (*over)(void *app);	/* there is an answer, or no hope */
	void *app;
};

/* -1: a name that is none, or no memory. */
int ask_resolver(struct play *play, const struct ask *what,
    struct errbuf *err);

#endif
