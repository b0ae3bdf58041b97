/*
 * The bytes of a stream mean the same however they are split.  A target says
 * what its codec finds, by writing it into a log; the log of all bytes at once
 * has to be the log of random pieces.
 */
#ifndef TESTS_FUZZ_SPLITTING_H
#define TESTS_FUZZ_SPLITTING_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "chat/wire/stream.h"
#include "chat/wire/user_list.h"
#include "chat/wire/wire.h"

struct splitting {
	struct bytes log;
	struct stream rest;		/* what is not yet used up */
	struct user_list_scan scan;	/* for the codec that has a state */
	enum wire_status status;	/* the last one */
};

/* Looks at the beginning of the bytes, and logs what is found.  *used may be
 * more than 0 with WIRE_PARTIAL, too, and is 0 otherwise. */
typedef enum wire_status (*splitting_next)(struct splitting *s,
    const uint8_t *data, size_t len, size_t *used);

/* A value and its length. */
void splitting_log(struct splitting *s, const void *data, size_t len);

/* Runs it both ways.  Returns the number of units that were whole. */
size_t splitting_check(splitting_next next, const uint8_t *data, size_t len);

#endif
