/*
 * Sums of round-trip times, and such times by time stamps (RFC 7323, section
 * 4.1): from the first segment with a TSval that took sequence space to the
 * first ACK of new data that echoes it.  Both clocks are the capture's, so
 * nothing has to be known of the ends' ticks; a repeat carries a TSval of its
 * own, so it makes no doubt.  What is measured has a grain of one tick, and a
 * delayed ACK's delay in it.
 */
#ifndef ANALYZER_TRACKER_TCP_RTT_H
#define ANALYZER_TRACKER_TCP_RTT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/tracker/tcp_flow.h"

/* Adds the time between two stamps.  False where one is TABLE_NO_I64 or they
 * are more than an int64_t apart: that adds nothing. */
bool tcp_rtt_add(struct tcp_rtt *rtt, int64_t from_ns, int64_t to_ns);

enum {
	TCP_MARKS_MAX = 384,
	TCP_MARKS_ROOM_MAX = 512,
	/* As long as nothing was echoed. */
	TCP_MARKS_UNANSWERED = 16,
};

struct tcp_mark {
	int64_t ts_ns;
	uint32_t value;
};

/* TSvals of one side that are not yet echoed, ascending (modulo 2^32); past
 * the bound they are left out. */
struct tcp_marks {
	struct tcp_mark *marks;	/* owned; [first, first + count) */
	uint16_t first, count, room;
	bool answered;
	bool started;
	uint32_t last;		/* highest TSval, where started */
};

/* The slow half of tcp_marks_add(). */
void tcp_marks_append(struct tcp_marks *m, uint32_t value, int64_t ts_ns);

/* A segment that takes sequence space carries TSval `value`. */
static inline void
tcp_marks_add(struct tcp_marks *m, uint32_t value, int64_t ts_ns)
{
	if (!m->started || tcp_seq_diff(value, m->last) > 0)
		tcp_marks_append(m, value, ts_ns);
}

/* An ACK of new data echoes `value`: returns when that was first sent,
 * TABLE_NO_I64 where it is not known; forgets it and those before it. */
int64_t tcp_marks_take(struct tcp_marks *m, uint32_t value);

/* Frees and empties. */
void tcp_marks_reset(struct tcp_marks *m);

static inline size_t
tcp_marks_memory(const struct tcp_marks *m)
{
	return m->room * sizeof(*m->marks);
}

#endif
