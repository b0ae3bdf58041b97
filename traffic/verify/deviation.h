/*
 * Standard deviations from exact sums: a second opinion on those of
 * analyzer/stats, which it shares no code with.
 */
#ifndef TRAFFIC_VERIFY_DEVIATION_H
#define TRAFFIC_VERIFY_DEVIATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/int128.h"

/*
 * sqrt((squares - sum^2 / n) / divisor) of n values in nanoseconds, as
 * picoseconds, rounded half to even; divisor is n or n - 1.  False: there is
 * none, the sums are none of any values, or it is beyond 53 days.
 */
bool deviation_ps(uint64_t n, int128 sum_ns, uint128 squares_ns2,
    uint64_t divisor, int128 *ps);

#endif
