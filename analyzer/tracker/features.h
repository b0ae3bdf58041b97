/*
 * The features of a flow that machine learning asks for (--features cic),
 * gathered packet by packet: lengths, flags, headers, bulks, activity.
 *
 * Lengths are of transport payload, from the headers: of packets of TCP, UDP
 * and UDP-Lite; what else a flow carries has none.  Headers are those of the
 * transport, whatever IP needs around them.
 *
 * Times go in file order, as all gaps do: a step back in time shortens the
 * bulk or the activity that it falls into.  A packet without a time takes part
 * in neither.
 *
 * Definitions: Lashkari et al. 2017 (ICISSP, CICFlowMeter) for what is
 * measured; the faults of that program are named in pcapstat-flows(1).
 */
#ifndef ANALYZER_TRACKER_FEATURES_H
#define ANALYZER_TRACKER_FEATURES_H

#include "analyzer/decode/packet.h"
#include "analyzer/tracker/flow.h"

#define FEATURES_BULK_GAP_NS	INT64_C(1000000000)
#define FEATURES_SUBFLOW_GAP_NS	INT64_C(1000000000)
#define FEATURES_IDLE_GAP_NS	INT64_C(5000000000)

enum { FEATURES_BULK_PACKETS = 4 };

/* Caller's memory, no resources. */
void flow_features_init(struct flow_features *features);

/* The next packet of the flow, sent by `side`.  O(1), cannot fail. */
void flow_features_add(struct flow_features *features, unsigned side,
    const struct packet *packet);

/* The flow has ended: counts the bulks and the activity that were going on.
 * Once, after the last packet. */
void flow_features_close(struct flow_features *features);

#endif
