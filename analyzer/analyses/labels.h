/*
 * Labels of flows, from a schedule: who attacked whom, and when.
 *
 * Input:  a CSV file (RFC 4180; lines may end in LF) in UTF-8 whose first line
 *         names its columns, of these, in any order:
 *
 *	start, end	RFC 3339 or epoch seconds; half-open: from start on,
 *			before end
 *	src, dst	an address or a prefix
 *	src_port, dst_port	a port, or a range: 6000-6063
 *	protocol	as flows writes it ("tcp"), or a number
 *	directed	yes: src is the flow's A; no, which is the default:
 *			either way round
 *	label		not empty; the only column that must be there
 *
 *         An empty cell, and a column that is not there, is anything.  Empty
 *         lines, and lines that begin with #, are passed over.
 * Result: the first line that a flow matches gives its label.  Its times match
 *         where they overlap those of the line: its earliest packet is before
 *         end, its latest not before start.
 * Errors: one line that names the file, the line and what is wrong with it.
 */
#ifndef ANALYZER_ANALYSES_LABELS_H
#define ANALYZER_ANALYSES_LABELS_H

#include "analyzer/tracker/flow.h"
#include "base/errbuf.h"

struct labels;

/* Bounds on the file: its bytes, and its lines with a label. */
enum { LABELS_BYTES_MAX = 16 << 20, LABELS_MAX = 65536 };

/* NULL with the reason in *err; release with labels_free(). */
struct labels *labels_read(const char *path, struct errbuf *err);

/* NULL does nothing. */
void labels_free(struct labels *labels);

/* The label, which lives as long as `labels`; NULL: no line matches. */
const char *labels_find(const struct labels *labels,
    const struct flow *flow);

#endif
