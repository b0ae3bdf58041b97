/*
 * Where bytes go: a file, standard output, a turn in an ordered output.
 */
#ifndef BASE_SINK_H
#define BASE_SINK_H

#include <stddef.h>

#include "base/errbuf.h"

struct sink {
	/* Takes all n bytes or fails with the reason in *err.  n may be 0. */
	int (*write)(struct sink *sink, const void *data, size_t n,
	    struct errbuf *err);
};

/* Passes bytes on to another sink (borrowed), but for the first `left`. */
struct cut_sink {
	struct sink sink;	/* first */
	struct sink *next;
	size_t left;
};

/* Caller's memory, nothing to free; returns &cut->sink, which drops the first
 * `bytes` bytes written to it.  Cannot fail. */
struct sink *cut_sink_init(struct cut_sink *cut, struct sink *next,
    size_t bytes);

#endif
