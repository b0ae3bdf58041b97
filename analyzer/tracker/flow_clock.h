/*
 * The clock that idle flows are ended by: packet time, but going forward only
 * and not to be led astray by one wrong time stamp.
 *
 * It follows the latest time seen.  A time more than FLOW_CLOCK_JUMP_NS away,
 * either way, is believed when the next one is that far away too, on the same
 * side: then the clock goes on from there, by the distance where it lies ahead
 * and by nothing where it lies behind (a file in the wrong order, a clock that
 * was set).
 *
 * A flow is stamped with what the clock will show once its packet's time is
 * believed: after a night of silence the first packet is as young as the
 * second.  So a stamp may lie ahead of the clock.
 */
#ifndef ANALYZER_TRACKER_FLOW_CLOCK_H
#define ANALYZER_TRACKER_FLOW_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/int128.h"

#define FLOW_CLOCK_JUMP_NS	((int64_t)3600 * 1000000000)

struct flow_clock {
	int128 now_ns;		/* never goes back; counts from the start */
	int128 stamp_ns;	/* for the packet whose time was seen last */
	int64_t high_ns;	/* the packet time that it stands at */
	bool started;
	int8_t doubt;		/* the last time was far ahead (1), behind */
};

/* A packet time; a zeroed clock has seen none. */
static inline void
flow_clock_see(struct flow_clock *clock, int64_t ts_ns)
{
	int128 ahead = (int128)ts_ns - clock->high_ns;
	int8_t far = (int8_t)((ahead > FLOW_CLOCK_JUMP_NS) -
	    (ahead < -FLOW_CLOCK_JUMP_NS));

	if (!clock->started) {
		clock->started = true;
		clock->high_ns = ts_ns;
		return;
	}
	if (far != 0 && far != clock->doubt) {
		clock->doubt = far;
		clock->stamp_ns = clock->now_ns + (ahead > 0 ? ahead : 0);
		return;
	}
	clock->doubt = 0;
	if (ahead > 0)
		clock->now_ns += ahead;
	clock->stamp_ns = clock->now_ns;
	if (ahead > 0 || far != 0)
		clock->high_ns = ts_ns;
}

#endif
