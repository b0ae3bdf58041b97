/*
 * A flow's ladder and its numbers: what `pcapstat ladder`, `flows` and `tcp`
 * say, by running this program itself.
 *
 * Bounds: so many at once, FLOW_BYTES_MAX bytes, FLOW_SECONDS.
 */
#ifndef ANALYZER_DASHBOARD_FLOW_H
#define ANALYZER_DASHBOARD_FLOW_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

#include "analyzer/dashboard/draft.h"
#include "base/bytes.h"
#include "base/errbuf.h"

enum {
	FLOW_RUNS_MAX = 4,
	FLOW_BYTES_MAX = 16 * 1024 * 1024,
	FLOW_SECONDS = 60,
	FLOW_ARGUMENTS_MAX = 96,
};

/* Words of a command, behind the program's name. */
struct flow_command {
	char *words[FLOW_ARGUMENTS_MAX + 1];	/* NULL at the end */
	size_t count;
	bool failed;		/* too many, or memory was short */
};

/* Adds a copy. */
void flow_word(struct flow_command *command, const char *word);

/* Frees the words. */
void flow_command_reset(struct flow_command *command);

/* As one would type it. */
void flow_command_text(const struct flow_command *command,
    struct draft *out);

struct flow_runs;

/* At most so many at once.  NULL: no memory. */
struct flow_runs *flow_runs_new(struct event_base *base, size_t most);

/* Ends all of them; each is told to its caller as a failure.  NULL does
 * nothing. */
void flow_runs_free(struct flow_runs *runs);

/*
 * Runs it; ended() gets what it wrote, or NULL and why: a line of its own, of
 * standard error.  -1 with the reason in *err: it is not called then.
 */
int flow_run(struct flow_runs *runs, const struct flow_command *command,
    void (*ended)(void *context, const struct bytes *output,
    const char *line), void *context, struct errbuf *err);

#endif
