/*
 * The captures of a scenario: one file for each host and each switch that is to
 * have one, "NAME.pcap" or "NAME.pcapng".  Frames are written as they are seen,
 * so memory does not follow their number; a file has its name only when all are
 * kept.
 *
 * pcapng names labgen and the interface ("eth0" of a host, "switch" of a
 * network; its description is the name of the host or network), and comments
 * what is known of a frame when it is seen: why it is sent again, what its own
 * link does to it (a loss on a link behind the switch is not known by then),
 * its label.
 */
#ifndef TRAFFIC_SYNTH_NET_CAPTURES_H
#define TRAFFIC_SYNTH_NET_CAPTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "traffic/scenario/scenario.h"
#include "traffic/synth/packet/frame_bytes.h"
#include "traffic/synth/packet/sim_packet.h"
#include "traffic/synth/truth/truth.h"

struct captures;

/* All is borrowed. */
struct captures_setup {
	const struct scenario *scenario;
	struct truth *truth;		/* hears of captures and frames */
	struct frame_maker *maker;
	const char *folder;		/* NULL: nothing is written */
	int64_t start_ns;
	uint32_t snaplen;		/* cuts those of the scenario; 0: not */
	bool force;			/* replaces files that are there */
};

/* What the network does to a frame. */
enum {
	CAPTURE_LOST = 1, CAPTURE_DUPLICATED = 2, CAPTURE_COPY = 4,
	CAPTURE_OVERTAKEN = 8,
};

/* Opens the files, under names for the while.  NULL: see *err, and nothing is
 * left behind. */
struct captures *captures_new(const struct captures_setup *setup,
    struct errbuf *err);

/*
 * The frame is seen by a host (its number), or a switch (scenario->host_count
 * and its network's number).  now_ns: virtual time, never less than the time of
 * the frame before.  Points that have no capture see nothing.
 */
int captures_frame(struct captures *captures, size_t point,
    const struct sim_packet *packet, unsigned notes, int64_t now_ns,
    struct errbuf *err);

/* No more frames. */
int captures_finish(struct captures *captures, struct errbuf *err);

/* Gives the files their names.  -1: those that had theirs are removed again
 * (what they replaced is gone). */
int captures_keep(struct captures *captures, struct errbuf *err);

/* What was not kept is removed.  NULL does nothing. */
void captures_free(struct captures *captures);

#endif
