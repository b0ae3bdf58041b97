/*
 * Results must not take the place of what is read.
 *
 * A capture x_out.csv beside a capture x, or a result named as an input, would
 * be lost.  What is no capture, the out.csv of an earlier run among them, may
 * be replaced.
 */
#ifndef ANALYZER_COMMANDS_GUARD_H
#define ANALYZER_COMMANDS_GUARD_H

#include "analyzer/capture/inputs.h"
#include "base/errbuf.h"

struct guard;

/* Looks at the inputs once.  NULL: no memory. */
struct guard *guard_new(const struct inputs *inputs, struct errbuf *err);

/* -1 with the reason where a result written to `path` would replace an input
 * that is a capture.  Threads may share a guard. */
int guard_check(const struct guard *guard, const char *path,
    struct errbuf *err);

/* NULL does nothing. */
void guard_free(struct guard *guard);

#endif
