/*
 * Isolation forest: how soon random cuts set a row apart from the others.
 *
 * Method: F. T. Liu, K. M. Ting, Z.-H. Zhou, "Isolation Forest", ICDM 2008.  A
 * tree is grown from `sample` rows, drawn without repetition: a feature that
 * differs among them and a cut between its least and its largest value are
 * drawn, until a row is alone, all rows are alike, or ceil(log2 sample) cuts
 * are made.  h(x) is the number of cuts to where a row ends, and c(n) more where
 * n rows of the sample ended there; c(n) = 2 H(n-1) - 2 (n-1) / n, with the
 * exact harmonic number H.  The score is 2^(-E(h) / c(sample)), E being the mean
 * over the trees: more than 0.5 is sooner than usual.
 *
 * scikit-learn takes ln n + 0.5772 for H(n), which is too little for few rows, so
 * its scores are some 0.003 higher; with the exact H its means are these.
 *
 * Rows are whole numbers, so a cut at t sends what is t and less to the left,
 * with t drawn from the least value to the largest less 1: that is as if it were
 * drawn from the real numbers between them.
 *
 * Only integers decide, with streams of base/random.h by seed and tree: the same
 * rows in the same order give the same scores everywhere.
 */
#ifndef ANALYZER_STATS_FOREST_H
#define ANALYZER_STATS_FOREST_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

enum {
	FOREST_TREES = 100,	/* the usual, as in the paper */
	FOREST_SAMPLE = 256,
	FOREST_TREES_MAX = 1000,
	FOREST_SAMPLE_MAX = 65536,
	/* Trees times sample, of 56 bytes each: 470 MB. */
	FOREST_GROWN_MAX = 8388608,
	FOREST_FEATURES_MAX = 32,
	FOREST_ONE = 1000000000,	/* a score of 1 */
};

/* Not a score: of fewer than two rows, none is set apart. */
#define FOREST_NO_SCORE	UINT32_MAX

struct forest_shape {
	uint64_t seed;
	unsigned trees;		/* 1 to FOREST_TREES_MAX */
	unsigned sample;	/* 2 to FOREST_SAMPLE_MAX */
	unsigned features;	/* 1 to FOREST_FEATURES_MAX */
};

struct forest;

/* Of `count` rows of shape->features numbers behind each other; where there are
 * fewer than shape->sample, each tree has them all.  NULL with the reason in
 * *err; release with forest_free(). */
struct forest *forest_new(const struct forest_shape *shape,
    const uint32_t *rows, size_t count, struct errbuf *err);

/* NULL does nothing. */
void forest_free(struct forest *forest);

/* Rows that a tree was grown from. */
unsigned forest_sample(const struct forest *forest);

/* Scores of n rows in units of 1 / FOREST_ONE, rounded; or FOREST_NO_SCORE. */
void forest_score(const struct forest *forest, const uint32_t *rows, size_t n,
    uint32_t *scores);

/*
 * Which features set a row apart.  Each cut on its way is credited with how much
 * smaller it made the company, log2(before / behind), summed over the trees; a
 * feature with a large sum has short paths.  In units of 2^-16.
 */
void forest_credit(const struct forest *forest, const uint32_t *row,
    uint64_t credit[FOREST_FEATURES_MAX]);

/* c(n) times 2^32, rounded; n <= FOREST_SAMPLE_MAX.  O(n). */
uint64_t forest_mean_path(unsigned n);

#endif
