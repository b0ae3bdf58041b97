/*
 * Packets to flows: finds the flow of each packet, ends flows, keeps what has
 * to be known of them, in bounded memory.
 *
 * Packets come in file order; time is packet time only.  A flow ends by its
 * connection's end (it stays to take what is sent late, until its key is used
 * anew or it is idle), by the idle timeout, in parts by the active timeout, at
 * the end of the capture, or by eviction: where the flows that are alive need
 * more than the memory bound, the one that was silent for longest goes.  Ended
 * flows that wait for their turn are written to an unlinked file in TMPDIR
 * where they need more than their share of the bound.
 *
 * Later fragments go with the first of their datagram (RFC 791: addresses,
 * protocol, id).
 *
 * Every packet is in exactly one flow or is counted for one reason.
 *
 * The table is indexed by a keyed hash (a random key for each tracker), so
 * that no capture can be made to collide on purpose; no result depends on it.
 */
#ifndef ANALYZER_TRACKER_TRACKER_H
#define ANALYZER_TRACKER_TRACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/decode/packet.h"
#include "analyzer/tracker/checksum.h"
#include "analyzer/tracker/flow.h"
#include "base/errbuf.h"

enum {
	TRACK_TCP = 1,		/* flow.tcp and verdicts */
	TRACK_MEDIANS = 2,	/* flow_side.median_ps */
	TRACK_APPLICATIONS = 4,
	TRACK_FEATURES = 8,
	TRACK_CHECKSUMS = 16,	/* of TCP; counted in the sides */
};

struct tracker_settings {
	unsigned what;		/* TRACK_* */
	unsigned splt;		/* first packets to keep of each flow */
	/* 0: the usual ones: an hour for TCP, 120 s for the rest. */
	int64_t idle_timeout_ns;
	int64_t active_timeout_ns;	/* 0: none */
	uint64_t max_memory;	/* bytes; 0: TRACKER_MEMORY */
};

#define TRACKER_TCP_IDLE_NS	((int64_t)3600 * 1000000000)
#define TRACKER_IDLE_NS		((int64_t)120 * 1000000000)
#define TRACKER_MEMORY		((uint64_t)4 << 30)
/* Less is not accepted as a bound. */
#define TRACKER_MEMORY_MIN	((uint64_t)1 << 20)

/* Why a packet is in no flow. */
enum tracker_reason {
	TRACKER_NOT_IP,
	TRACKER_CUT,		/* no decoder, or cut before both addresses */
	TRACKER_LONE_FRAGMENT,	/* later fragment whose first was not seen */
	TRACKER_REASONS,
};

struct tracker_counts {
	uint64_t flows;		/* parts count once */
	uint64_t packets;	/* in flows */
	uint64_t evicted;
	uint64_t reasons[TRACKER_REASONS];
};

/* What the tracker makes of one packet; borrowed for the call. */
struct sighting {
	const struct packet *packet;
	/* NULL: in none, for `reason`.  Times and gaps of its sides are only
	 * right once it has ended. */
	const struct flow *flow;
	enum tracker_reason reason;
	unsigned side;			/* that sent it */
	/* Where TRACK_TCP and the packet has a TCP header; else NULL. */
	const struct tcp_segment *segment;
	const struct tcp_verdict *verdict;
	enum checksum checksum;		/* of TCP, with TRACK_CHECKSUMS */
};

/* Called for every packet, in order; NULL: nobody is. */
typedef int tracker_sight(void *context, const struct sighting *sighting,
    struct errbuf *err);

struct tracker;

/* NULL with the reason in *err. */
struct tracker *tracker_new(const struct tracker_settings *settings,
    tracker_sight *sight, void *context, struct errbuf *err);

/* NULL does nothing. */
void tracker_free(struct tracker *tracker);

/*
 * Takes n packets.  `file` is the name of their capture.  -1 where memory or
 * TMPDIR failed, or `sight` did.
 */
int tracker_add(struct tracker *tracker, const char *file,
    const struct packet *packets, size_t n, struct errbuf *err);

/* Ends all flows: the capture is over. */
int tracker_end(struct tracker *tracker, struct errbuf *err);

/*
 * The next flow that has ended, in the order of their sequence numbers: NULL
 * where that one is still alive, or there is none.  Borrowed until the next
 * call of a tracker function.  *failed tells of an error, which is in *err.
 */
const struct flow *tracker_next(struct tracker *tracker, bool *failed,
    struct errbuf *err);

/* What has been counted so far. */
void tracker_counts(const struct tracker *tracker,
    struct tracker_counts *out);

#endif
