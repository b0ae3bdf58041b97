/*
 * Why a row is set apart, in words: the features whose cuts did most of it
 * (forest_credit()), and how the row's value compares with the sample's.
 */
#ifndef ANALYZER_ANALYSES_ANOMALY_REASONS_H
#define ANALYZER_ANALYSES_ANOMALY_REASONS_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/stats/forest.h"
#include "base/errbuf.h"

struct anomaly_reasons;

/* Of the forest, the features' names with commas between them, and the rows of
 * the sample; all but the rows are borrowed for its life.  NULL with the reason
 * in *err; release with anomaly_reasons_free(). */
struct anomaly_reasons *anomaly_reasons_new(const struct forest *forest,
    const char *names, const uint32_t *rows, size_t count, unsigned features,
    struct errbuf *err);

/* NULL does nothing. */
void anomaly_reasons_free(struct anomaly_reasons *reasons);

/*
 * "unanswered 612, above 98.3 % of the sample; ..." of features that have at
 * least 90 % of the sample on one side, and are not 0, which is ordinary.  Where
 * none is: "an unusual combination: flow_packets 231, pair_packets 12", or of a
 * single feature "few rows are near: flow_packets 231".  Borrowed until the next
 * call; NULL where no cut tells the row from others.
 */
const char *anomaly_reasons_text(struct anomaly_reasons *reasons,
    const uint32_t *row);

#endif
