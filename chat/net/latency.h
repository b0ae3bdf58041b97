/*
 * How late a loop comes to its work: a tick of LATENCY_TICK_NS measured by the
 * kernel's timer, and how long after it the loop looked at it.
 *
 * It ticks only while there is something to do (latency_active()), so an idle
 * program sleeps.  Quantiles come from a histogram of 8 buckets a power of two:
 * a value is at most 1/8 too large.
 */
#ifndef CHAT_NET_LATENCY_H
#define CHAT_NET_LATENCY_H

#include <event2/event.h>
#include <stdint.h>

#include "base/errbuf.h"

#define LATENCY_TICK_NS INT64_C(10000000)

struct latency;

/* It does not tick yet.  NULL with the reason in *err. */
struct latency *latency_new(struct event_base *base, struct errbuf *err);

/* NULL does nothing. */
void latency_free(struct latency *latency);

/* Something happens: it ticks, and goes on for as long as this is called at
 * least once a tick. */
void latency_active(struct latency *latency);

/* How many were measured, with those of latency_add(). */
uint64_t latency_ticks(const struct latency *latency);

/* The upper end of the bucket where so many per mille of the ticks were no
 * later; 0 without ticks. */
int64_t latency_quantile_ns(const struct latency *latency,
    unsigned permille);

/* For those that measure themselves, and for tests. */
void latency_add(struct latency *latency, int64_t late_ns);

#endif
