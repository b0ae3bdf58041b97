/*
 * flows: a row a conversation, or a part of one where the active timeout cuts
 * it.
 */
#ifndef ANALYZER_ANALYSES_FLOWS_H
#define ANALYZER_ANALYSES_FLOWS_H

#include <stdint.h>

#include "analyzer/analyses/labels.h"
#include "analyzer/tracker/flow.h"
#include "base/errbuf.h"
#include "base/table.h"

/* The cells of one direction. */
struct flow_row_side {
	struct table_ip ip;
	uint64_t port;
	uint64_t packets, frame_bytes, ip_bytes, payload_bytes;
	int128 iat_mean, iat_median, iat_std_pop, iat_std_sample;
	int128 iat_min, iat_max;
	uint64_t backward_steps;
	/* no column: is the payload of this direction readable */
	const char *clear_text;
};

/* The row; its columns, with units and meanings, are in flows.c. */
struct flow_row {
	const char *file;
	uint64_t flow, part;
	const char *protocol;
	const char *vlan;
	int64_t start_time_ns;
	int128 duration;
	struct flow_row_side sides[FLOW_SIDES];
	uint64_t packets, ip_bytes, frame_bytes;	/* of both */
	const char *end_reason;
	uint64_t first_frame, connection;
	const char *application, *clear_text;
	const char *label;
	/* no column: clear text by what the application is, where that says
	 * more than the bytes do: see application_clear() */
	const char *application_clear;
	const char *splt_sides, *splt_ip_bytes, *splt_payload_lens,
	    *splt_gaps_ns;
};

extern const struct table flows_table;

/* The texts of one row that are not constant. */
struct flow_texts;

/* NULL with the reason in *err.  `splt`: as in struct settings. */
struct flow_texts *flow_texts_new(unsigned splt, struct errbuf *err);

/* NULL does nothing. */
void flow_texts_free(struct flow_texts *texts);

/*
 * Fills all cells from a flow that has ended.  Texts are constant, the flow's
 * file, the labels', or in `texts` until it is used again.  `labels` may be
 * NULL.
 */
void flows_row_fill(struct flow_row *row, struct flow_texts *texts,
    const struct flow *flow, const struct labels *labels);

/* What the flow's packets carry in IP, as a word ("tcp", "icmpv6") or else as
 * the number; NULL where that is unknown.  A constant text. */
const char *flows_protocol(uint8_t ip_protocol);

/* Its number by either; -1 where there is none. */
int flows_protocol_find(const char *text);

enum { FLOWS_VLAN_BYTES = 6 * PACKET_VLANS_MAX + 3 };

/* Ids of the VLAN stack, outermost first, a point between them and ".+" behind
 * where it is deeper than what was kept; NULL without a tag. */
const char *flows_vlan(const struct flow *flow, char *room);

/* Does it carry something whose payload length decode knows? */
bool flows_has_payload(const struct flow *flow);

/* Nanoseconds from its earliest packet to its latest one, TABLE_NO_PS without
 * a time. */
int128 flows_duration_ns(const struct flow *flow);

#endif
