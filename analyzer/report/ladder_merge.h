/*
 * Inside the merging of views: ladder_align.c finds where each view was taken
 * and how its clock goes, ladder_match.c which of their packets are the same
 * one, ladder_merge.c what became of each.
 */
#ifndef ANALYZER_REPORT_LADDER_MERGE_H
#define ANALYZER_REPORT_LADDER_MERGE_H

#include "analyzer/report/ladder.h"

#define MERGE_NONE	UINT32_MAX

/* A packet of a view among others of the same identity. */
struct merge_key {
	uint64_t identity;
	uint32_t index;
};

/* Of packets that both views of a pair saw, the first being `a`. */
struct merge_pair {
	uint64_t matched;	/* of every direction */
	bool has_forward, has_backward;
	int64_t forward_ns;	/* least b - a of packets on the way to b */
	int64_t backward_ns;	/* least a - b of packets on the way to a */
	int64_t any_ns;		/* least b - a of all */
};

struct merge_view {
	struct ladder_view *view;
	struct ladder_place place;
	size_t clock_group;	/* views aligned with each other share it */
	struct merge_key *keys;	/* by identity, then index; owned */
	uint32_t *events;	/* of each packet; owned */
	int64_t first_ns, last_ns;	/* aligned; TABLE_NO_I64 without any */
};

struct merge {
	struct merge_view *views;	/* n of them; owned */
	size_t n;
	struct merge_pair *pairs;	/* [a * n + b]; owned */
	size_t order[LADDER_VIEWS_MAX];	/* of matching: each but the first has
					   been aligned with one before it */
	/* Events: which packet of each view it is, or MERGE_NONE. */
	uint32_t *at;			/* [event * n + view]; owned */
	size_t count, room;
};

/* Sets places and clocks of all views, pairs and order.  -1: no memory. */
int merge_align(struct merge *merge, struct errbuf *err);

/* Finds the events.  -1: no memory. */
int merge_match(struct merge *merge, struct errbuf *err);

/* The view's time of its packet on the first view's clock; TABLE_NO_I64 for a
 * packet without a time. */
int64_t merge_time(const struct merge_view *view, uint32_t index);

/* Is the address that of the view's host? */
bool merge_is_at(const struct merge_view *view, const struct table_ip *ip);

#endif
