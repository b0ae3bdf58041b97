/*
 * What truth.json says of each capture, made ready to be compared.
 *
 * What its version has is there: a truth that lacks totals, or flows,
 * connections or segments where the snaplen lets them be known, is damaged; so
 * is one without captures, or whose packets' `seen` are not just their frames.
 */
#ifndef TRAFFIC_VERIFY_READ_H
#define TRAFFIC_VERIFY_READ_H

#include <jansson.h>
#include <stddef.h>

#include "base/errbuf.h"
#include "traffic/verify/check.h"

struct read_captures {
	struct check *list;	/* as in truth.json; with what it borrows */
	size_t count;
};

/* -1: the truth is damaged, or there is no memory.  Takes a time that grows
 * with the size of truth.json alone.  In either case release with
 * read_reset(). */
int read_captures(struct read_captures *captures, json_t *root,
    const struct verify_calls *calls, struct verify_result *result,
    struct errbuf *err);

/* Frees the list; the root stays with its owner. */
void read_reset(struct read_captures *captures);

#endif
