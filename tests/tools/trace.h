/*
 * Frames with their times, collected in any order and written in the order of
 * time: several conversations that overlap become one capture.
 *
 * Errors: short memory ends the program; these are tools.
 */
#ifndef TESTS_TOOLS_TRACE_H
#define TESTS_TOOLS_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "tests/tools/frames.h"
#include "tests/tools/savefile.h"

struct trace_entry {
	int64_t ts_ns;
	size_t number;		/* order of the calls: sorts equal times */
	size_t at, len;		/* in `bytes` */
	unsigned interface;
};

struct trace {
	struct trace_entry *entries;
	size_t count, room;
	uint8_t *bytes;
	size_t bytes_len, bytes_room;
};

/* Caller's memory; a zeroed struct is an empty one. */
void trace_init(struct trace *t);
void trace_reset(struct trace *t);

/* Copies the finished frame. */
void trace_add(struct trace *t, int64_t ts_ns, unsigned interface,
    const struct frames *f);

void trace_write(struct trace *t, struct savefile *to);

#endif
