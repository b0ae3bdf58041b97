/*
 * Several captures of one exchange: rows of some tables, told apart by the
 * capture that they come from.  With --join all inputs are one view.
 */
#ifndef ANALYZER_COMMANDS_VIEWS_H
#define ANALYZER_COMMANDS_VIEWS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "analyzer/analyses/places.h"
#include "analyzer/commands/run.h"
#include "base/table.h"

/* A table, and who takes its rows. */
struct views_table {
	const char *name;
	/*
	 * A row of a view, borrowed for the call as by a struct table_writer.
	 * Calls for one view come one after the other, in the table's order;
	 * those for different views at any time, by any thread.
	 */
	int (*row)(void *context, size_t view, const void *row,
	    struct errbuf *err);
	void *context;
};

struct views {
	const struct options *options;
	struct inputs inputs;
	size_t count;		/* at most one an input */
	struct totals totals;
	struct progress progress;
};

/* Checks what the options say of inputs and lists these.  -1: go on, and
 * views_close(); else the exit status, after having complained. */
int views_open(struct views *views, const struct command *command,
    const struct options *options);

/* Before any is read: -1, or after having complained the exit status where more
 * than `most` of the inputs are captures. */
int views_check_count(struct views *views, const struct command *command,
    size_t most, const volatile sig_atomic_t *stop);

/* What a view is called: its input's name. */
const char *views_name(const struct views *views, size_t view);

/* Reads all inputs once.  -1 where some table could not be made whole, after
 * having complained. */
int views_run(struct views *views, const struct views_table *tables, size_t n,
    const volatile sig_atomic_t *stop);

/* Does a filter or a window leave out packets? */
bool views_are_selected(const struct views *views);

/*
 * Between which hosts all packets of each view go, whatever is selected: the
 * inputs are read once more, without a word.  A view that cannot be read twice
 * has none.  Release with free(); NULL with the reason: no memory.
 */
struct place_hosts *views_count_hosts(const struct views *views,
    const volatile sig_atomic_t *stop, struct errbuf *err);

/* The accounting line and the exit status; frees the inputs.  `lacks`: what
 * was read could not be told in full. */
int views_close(struct views *views, bool lacks);

#endif
