/*
 * Inside panels: what their rows tell, in one line with numbers.  At most size
 * bytes are written, with the terminator; the grid has a row at least.
 */
#ifndef ANALYZER_REPORT_PANEL_FINDINGS_H
#define ANALYZER_REPORT_PANEL_FINDINGS_H

#include "analyzer/report/grid.h"

typedef void panel_finding_function(const struct grid *grid, char *out,
    size_t size);

/* One for each table of a panel. */
panel_finding_function panel_find_figures, panel_find_volume,
    panel_find_sizes, panel_find_protocols, panel_find_flows, panel_find_gaps,
    panel_find_connections, panel_find_handshakes, panel_find_anomalies,
    panel_find_model;

#endif
