/*
 * flows-cic: a row a conversation under the column names of CICFlowMeter 4
 * (Lashkari et al. 2017, ICISSP), with values that are right.
 *
 * Where that program errs (Engelen, Rimmer, Joosen 2021, WTMC; Rosay et al.
 * 2022, ICISSP; Liu et al. 2022, IEEE CNS) the column keeps its name and holds
 * what the name says; pcapstat-flows(1) lists the differences.  Times are
 * microseconds with all their decimals; what is undefined is empty.
 */
#ifndef ANALYZER_ANALYSES_CIC_H
#define ANALYZER_ANALYSES_CIC_H

#include <stdint.h>

#include "analyzer/analyses/flows.h"
#include "analyzer/analyses/labels.h"
#include "analyzer/tracker/flow.h"
#include "base/table.h"
#include "base/text.h"

/* Numbers in units of 10^-12; lengths and times of one kind. */
struct cic_stats {
	int128 mean, std, max, min, total;
};

struct cic_side {
	struct table_ip ip;
	uint64_t port;
	uint64_t packets, payload_bytes, header_bytes, header_min;
	uint64_t psh, urg, first_window, data_packets;
	struct cic_stats lens, gaps;
	int128 packets_per_s;
	int128 bulk_bytes, bulk_packets, bulk_rate;
	int128 subflow_packets, subflow_bytes;
};

struct cic_row {
	const char *flow_id, *timestamp, *label;
	uint64_t protocol;
	int128 duration_us;
	struct cic_side sides[FLOW_SIDES];	/* forward: A */
	int128 bytes_per_s, packets_per_s;
	struct cic_stats lens, gaps, active, idle;
	int128 variance, down_up;
	uint64_t flags[TCP_FLAGS];
	const char *file, *vlan;
	uint64_t flow, part;
};

extern const struct table cic_table;

/* Both addresses, both ports, the protocol. */
enum { CIC_ID_BYTES = 112, CIC_TIMESTAMP_BYTES = TEXT_UTC_BYTES + 1 };

/* The texts of one row that are not constant. */
struct cic_texts {
	char flow_id[CIC_ID_BYTES], timestamp[CIC_TIMESTAMP_BYTES];
	char vlan[FLOWS_VLAN_BYTES];
};

/*
 * Fills all cells from a flow that has ended and has features.  Texts are the
 * flow's file, the labels', or in `texts` until it is used again.  `labels`
 * may be NULL.
 */
void cic_row_fill(struct cic_row *row, struct cic_texts *texts,
    const struct flow *flow, const struct labels *labels);

#endif
