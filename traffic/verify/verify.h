/*
 * Holds the captures of a folder against its truth.json: every number that both
 * the truth's `known` and pcapstat's analyses have.
 *
 * The captures are read by pcapstat's own engine, as its commands read them,
 * with the network that truth.json names as the local one.
 */
#ifndef TRAFFIC_VERIFY_VERIFY_H
#define TRAFFIC_VERIFY_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

struct verify_result {
	char scenario[64];
	size_t captures;	/* that could be read */
	size_t missing;		/* that could not, or not to the end */
	uint64_t frames, numbers, differences;
	/* Segments that fill a gap: late ones, or sent again?  A capture does
	 * not tell for sure; how many pcapstat took for what they are. */
	uint64_t guesses, right;
};

/* Told line by line: each difference, each capture that cannot be read. */
struct verify_calls {
	void (*say)(void *context, const char *line);
	void *context;
};

/* -1: there is no truth.json, or it is none that this version reads.  Whatever
 * stands in it, it ends. */
int verify_folder(const char *folder, const struct verify_calls *calls,
    struct verify_result *result, struct errbuf *err);

#endif
