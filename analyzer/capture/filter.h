/*
 * Berkeley packet filters: pcap-filter(7) expressions, compiled by libpcap for
 * each link type that turns up.
 */
#ifndef ANALYZER_CAPTURE_FILTER_H
#define ANALYZER_CAPTURE_FILTER_H

#include <stdbool.h>

#include "analyzer/capture/frame.h"
#include "base/errbuf.h"

struct filter;

/* One expression.  NULL where it fits no link type at all, with libpcap's words
 * in *err.  Not to be shared between threads: one filter a thread. */
struct filter *filter_new(const char *expression, struct errbuf *err);

/*
 * Does the frame pass?  Where the expression does not fit the frame's link type
 * nothing passes, and filter_misfit() says so until the next filter_begin().
 */
bool filter_match(struct filter *filter, const struct frame *frame);

/* Before another input: its misfits are its own. */
void filter_begin(struct filter *filter);

/* The first misfit in words ("wlan type data: link type 1: ..."), or NULL. */
const char *filter_misfit(const struct filter *filter);

/* NULL does nothing. */
void filter_free(struct filter *filter);

#endif
