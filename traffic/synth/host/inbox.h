/*
 * Packets that wait for their time, in order: one that would be due before
 * those in front of it comes right behind them.
 */
#ifndef TRAFFIC_SYNTH_HOST_INBOX_H
#define TRAFFIC_SYNTH_HOST_INBOX_H

#include <stdint.h>

#include "traffic/synth/net/clock.h"
#include "traffic/synth/packet/sim_packet.h"

/* The packet is borrowed. */
typedef void inbox_call(void *owner, struct sim_packet *packet);

/* Caller's memory. */
struct inbox {
	struct clock *clock;
	inbox_call *call;
	void *owner;
	struct inbox_item *first, *last;	/* private from here */
	uint64_t event;
};

/* Empty; clock and owner are borrowed, call() is made at the time of each
 * packet. */
void inbox_init(struct inbox *inbox, struct clock *clock, inbox_call *call,
    void *owner);

/* Holds the packet.  No memory: clock_run() says so. */
void inbox_add(struct inbox *inbox, struct sim_packet *packet, int64_t at_ns);

/* What waits is forgotten. */
void inbox_reset(struct inbox *inbox);

#endif
