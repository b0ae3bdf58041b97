/*
 * The one interface that matters: questions asked of a capture.
 *
 * An analysis is a monoid: an empty state, a way to add packets in file order,
 * and an associative merge of a left part with the part that follows it.  All
 * arithmetic on the way is on integers, so merge is exact and the output has
 * the same bytes for any number of threads and any split.
 *
 * One state may answer several questions, a table each: those about
 * conversations share the work of finding them.
 */
#ifndef ANALYZER_ANALYSES_ANALYSIS_H
#define ANALYZER_ANALYSES_ANALYSIS_H

#include <stddef.h>

#include "analyzer/analyses/settings.h"
#include "analyzer/decode/packet.h"
#include "base/errbuf.h"
#include "base/table.h"

enum { ANALYSIS_TABLES_MAX = 16 };

/* What is known of an input once it has been read; all borrowed. */
struct analysis_input {
	const char *name;	/* the cell `file` */
	const char *format;	/* NULL where it could not be opened */
	const char *link_types;	/* names, a space between; NULL likewise */
	const char *status;	/* "ok", "cut", ... */
	uint64_t filtered;	/* records left out by filter or window */
};

/* Rows of anomalies that have a score, how many are anomalous, and the least and
 * the largest threshold, where there is one (scored > 0). */
struct analysis_scores {
	uint64_t scored, anomalous;
	uint32_t least, largest;	/* in 10^-9 */
};

/* Where the packets went that were to be put into conversations. */
struct analysis_account {
	uint64_t flows;		/* conversations found */
	uint64_t in_flows;	/* packets */
	uint64_t not_ip, cut, lone_fragments;	/* packets in none, and why */
	uint64_t evicted;	/* flows ended for want of memory */
	struct analysis_scores packet_scores, flow_scores;
};

/* Adds scores of other rows. */
static inline void
analysis_scores_add(struct analysis_scores *sum,
    const struct analysis_scores *add)
{
	if (add->scored == 0)
		return;
	if (sum->scored == 0 || add->least < sum->least)
		sum->least = add->least;
	if (sum->scored == 0 || add->largest > sum->largest)
		sum->largest = add->largest;
	sum->scored += add->scored;
	sum->anomalous += add->anomalous;
}

/*
 * Rows of table i go to writers[i]; NULL where that table is not wanted.  The
 * first part of a capture gets writers from its first add() on, and writes rows
 * as soon as no later packet can change them, in order.  A part that follows
 * another gets none (`writers` is NULL) and keeps what merge() needs.
 */
struct analysis {
	const struct table *const *tables;
	size_t table_count;	/* at most ANALYSIS_TABLES_MAX */
	bool streams;		/* rows are written before finish(): of parts
				   that are joined, the first should be done */

	/*
	 * wanted[i]: the columns of table i that will be written, NULL where the
	 * table is not wanted.  All borrowed for the state's life.  NULL with
	 * the reason in *err.
	 */
	void *(*state_new)(const struct settings *settings,
	    const struct table_selection *const *wanted, struct errbuf *err);
	void (*state_free)(void *state);	/* NULL does nothing */

	/* Packets in file order, their direction set; borrowed for the call.
	 * `name` is the cell `file` of these packets, and outlives the state. */
	int (*add)(void *state, const char *name, const struct packet *packets,
	    size_t n, struct table_writer *const *writers, struct errbuf *err);

	/* `right` follows `left`; it is consumed: still to be freed, but
	 * empty.  `writers` are those of `left`. */
	int (*merge)(void *left, void *right,
	    struct table_writer *const *writers, struct errbuf *err);

	/* Writes the rest.  The state is of no use then but for account() and
	 * to be freed. */
	int (*finish)(void *state, const struct analysis_input *input,
	    struct table_writer *const *writers, struct errbuf *err);

	/* NULL where it finds no conversations. */
	void (*account)(const void *state, struct analysis_account *out);
};

extern const struct analysis analysis_summary;
extern const struct analysis analysis_packets;
extern const struct analysis analysis_udp;
extern const struct analysis analysis_timeline;
extern const struct analysis analysis_gaps;
extern const struct analysis analysis_sizes;

/* All of them, NULL at the end; in the order that `schema` shows. */
extern const struct analysis *const analyses[];

/* A table of some analysis. */
struct question {
	const struct analysis *analysis;
	unsigned table;		/* its index there */
};

/* By the table's name; -1 where there is none. */
int question_find(const char *table_name, struct question *out);

static inline const struct table *
question_table(struct question q)
{
	return q.analysis->tables[q.table];
}

#endif
