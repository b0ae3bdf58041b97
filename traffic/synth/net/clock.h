/*
 * Virtual time: what happens, in order.
 *
 * Time is nanoseconds since the start of the scenario and moves only from one
 * event to the next.  Events of one moment come in the order in which they were
 * asked for, so a run is the same every time.
 */
#ifndef TRAFFIC_SYNTH_NET_CLOCK_H
#define TRAFFIC_SYNTH_NET_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errbuf.h"

struct clock;

/* What an event calls; `token` is the one it was asked with. */
typedef void clock_call(void *owner, uint64_t token);

/* events_max: more than so many are an error, so that nothing runs for ever.
 * NULL: no memory. */
struct clock *clock_new(uint64_t events_max);

/* What is still to happen is forgotten, uncalled.  NULL does nothing. */
void clock_free(struct clock *clock);

/* Time of the event that happens; 0 before the first. */
int64_t clock_now_ns(const struct clock *clock);

/*
 * At that time, or now where it is past.  Returns a number, never 0, by which
 * the event is taken back: clock_cancel() of 0, or of one that has happened,
 * does nothing.  No memory: clock_run() says so, and the event is lost.
 */
uint64_t clock_at(struct clock *clock, int64_t at_ns, clock_call *call,
    void *owner, uint64_t token);

/* In so many nanoseconds; a time past INT64_MAX is INT64_MAX. */
uint64_t clock_after(struct clock *clock, int64_t after_ns, clock_call *call,
    void *owner, uint64_t token);

/* It does not happen.  Nothing is called, the owner may go. */
void clock_cancel(struct clock *clock, uint64_t event);

/* Until nothing is left to happen, clock_stop(), or the end (events of that
 * very moment still happen; 0 is returned either way).  -1: no memory, or too
 * many events. */
int clock_run(struct clock *clock, int64_t end_ns, struct errbuf *err);

/* clock_run() returns behind the call that is under way; the rest waits. */
void clock_stop(struct clock *clock);

/* Asked before every so many events; true ends clock_run() with an error. */
void clock_watch(struct clock *clock, bool (*is_unwanted)(void));

/* What went wrong in a call: clock_run() ends with it; the first counts. */
void clock_fail(struct clock *clock, const struct errbuf *why);

#endif
