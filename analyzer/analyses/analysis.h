/*
 * The one interface that matters: a question asked of a capture.
 *
 * An analysis is a monoid: an empty state, a way to add packets in file order,
 * and an associative merge of a left part with the part that follows it.  All
 * arithmetic on the way is on integers, so merge is exact and the output has
 * the same bytes for any number of threads and any split.
 */
#ifndef ANALYZER_ANALYSES_ANALYSIS_H
#define ANALYZER_ANALYSES_ANALYSIS_H

#include <stddef.h>

#include "analyzer/decode/packet.h"
#include "base/errbuf.h"
#include "base/table.h"

/* What is known of an input once it has been read; all borrowed. */
struct analysis_input {
	const char *name;	/* the cell `file` */
	const char *format;	/* NULL where it could not be opened */
	const char *link_types;	/* names, a space between; NULL likewise */
	const char *status;	/* "ok", "cut", ... */
	uint64_t filtered;	/* records left out by filter or window */
};

struct analysis {
	const struct table *table;	/* its name is the analysis' name */

	/* NULL with the reason in *err. */
	void *(*state_new)(struct errbuf *err);
	void (*state_free)(void *state);	/* NULL does nothing */

	/* These columns are all that will be written; without a call, all of
	 * them.  NULL where it makes no difference.  Before the first add. */
	void (*want)(void *state, const struct table_selection *columns);

	/* Packets in file order, their direction set; borrowed for the call.
	 * `name` is the cell `file` of these packets, and outlives the state. */
	int (*add)(void *state, const char *name, const struct packet *packets,
	    size_t n, struct errbuf *err);

	/* `right` follows `left`; it is consumed: still to be freed, but
	 * empty. */
	int (*merge)(void *left, void *right, struct errbuf *err);

	/* Writes the rows that no later packet can change, in order.  Only for
	 * a leftmost part.  NULL where rows come at the end only. */
	int (*emit)(void *state, struct table_writer *writer,
	    struct errbuf *err);

	/* Writes the rest.  The state is of no use but to be freed then. */
	int (*finish)(void *state, const struct analysis_input *input,
	    struct table_writer *writer, struct errbuf *err);
};

extern const struct analysis analysis_summary;
extern const struct analysis analysis_packets;

/* All of them, NULL at the end; in the order that `schema` shows. */
extern const struct analysis *const analyses[];

#endif
