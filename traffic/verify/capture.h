/*
 * A capture through pcapstat's engine, each row to check_take().
 */
#ifndef TRAFFIC_VERIFY_CAPTURE_H
#define TRAFFIC_VERIFY_CAPTURE_H

#include "base/errbuf.h"
#include "base/network.h"
#include "traffic/verify/check.h"

enum capture_state {
	CAPTURE_READ,
	CAPTURE_CUT,		/* not to its end: what there is, is compared */
	CAPTURE_MISSING,	/* nothing could be read */
};

/* -1: no memory, and the like; of the other states why has been told. */
int capture_check(struct check *check, const char *path,
    const struct networks *local, enum capture_state *state,
    struct errbuf *err);

#endif
