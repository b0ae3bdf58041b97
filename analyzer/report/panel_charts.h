/*
 * Inside panels: their pictures.  -1 with the reason in *err.
 */
#ifndef ANALYZER_REPORT_PANEL_CHARTS_H
#define ANALYZER_REPORT_PANEL_CHARTS_H

#include "analyzer/report/grid.h"
#include "base/errbuf.h"
#include "base/sink.h"

/* timeline: bytes and packets over time, by direction. */
int panel_draw_volume(const struct grid *grid, struct sink *sink,
    struct errbuf *err);

/* sizes: packets by length, by protocol. */
int panel_draw_sizes(const struct grid *grid, struct sink *sink,
    struct errbuf *err);

/* protocols: packets of each path. */
int panel_draw_protocols(const struct grid *grid, struct sink *sink,
    struct errbuf *err);

/* flows: the largest, by bytes each way. */
int panel_draw_flows(const struct grid *grid, struct sink *sink,
    struct errbuf *err);

/* gaps: histogram and distribution, by direction. */
int panel_draw_gaps(const struct grid *grid, struct sink *sink,
    struct errbuf *err);

/* tcp: segments sent again, and round-trip times. */
int panel_draw_connections(const struct grid *grid, struct sink *sink,
    struct errbuf *err);

/* anomalies-packets, anomalies-flows: the scores. */
int panel_draw_packet_scores(const struct grid *grid, struct sink *sink,
    struct errbuf *err);
int panel_draw_flow_scores(const struct grid *grid, struct sink *sink,
    struct errbuf *err);

#endif
