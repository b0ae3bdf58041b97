/*
 * anomalies: which packets, or flows, are few and different.  A row each, with
 * its features and a score of an isolation forest (stats/forest.h) that was
 * grown from a sample of the same rows; and a row for the whole, which says how.
 *
 * Features are whole numbers that begin to count where what is ordinary ends,
 * and are 0 for most rows: so ordinary traffic, however its sizes and times
 * differ, is one dense heap.  A flood is many rows that are all alike, which a
 * forest would take for what is usual; each of its rows differs from the one
 * before by how much went before it, and that is what features count.  Counts
 * stop at 4294967295.
 *
 * Memory: a row of 112 bytes a packet or 144 a flow, up to a quarter of
 * max_memory, and then a scratch file in TMPDIR; and the sample.
 *
 * The sample is made of the rows with the smallest hashes of what they are
 * (stats/row_sample.h), so that no order and no split changes a score.
 */
#ifndef ANALYZER_ANALYSES_ANOMALIES_H
#define ANALYZER_ANALYSES_ANOMALIES_H

#include <stdint.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/analyses/settings.h"
#include "base/errbuf.h"
#include "base/table.h"

enum {
	ANOMALY_REASONS = 3,		/* features named by `why` at most */
	ANOMALY_SAMPLE_ROWS_MAX = 1 << 20,	/* of all trees together */
};

/* Without --threshold and --contamination: few can be anomalous, and none that
 * is set apart no sooner than usual. */
#define ANOMALY_USUAL_RULE	"above 0.5 and at most the highest 5 %"

/* What rows have behind their features. */
struct anomaly {
	int128 score, threshold;	/* in 10^-12; TABLE_NO_PS */
	const char *anomalous;		/* "yes" or "no"; NULL: no score */
	const char *why;		/* NULL: it is not anomalous */
};

/* The row for the whole; its columns are in anomalies.c. */
struct anomaly_model_row {
	const char *file;
	uint64_t rows, anomalous;
	const char *rule;
	int128 threshold, contamination;
	uint64_t seed, trees, sample, sample_rows;
	const char *features;
};

extern const struct table anomalies_packets_table;
extern const struct table anomalies_packets_model_table;
extern const struct table anomalies_flows_table;
extern const struct table anomalies_flows_model_table;

/* For the rooms of both kinds of rows. */

struct anomalies;

/*
 * Records of record_bytes begin with as many uint32_t as there are features;
 * `features` are their names, a comma between them (constant text).  NULL with
 * the reason in *err.
 */
struct anomalies *anomalies_new(const struct settings *settings,
    const char *features, size_t record_bytes, struct errbuf *err);

/* NULL does nothing. */
void anomalies_free(struct anomalies *a);

/* Takes a row; `hash` is of what it is.  -1: no memory, or no room in TMPDIR. */
int anomalies_add(struct anomalies *a, const void *record, uint64_t hash,
    struct errbuf *err);

/* Gets each row that is wanted, with what was found of it; borrowed for the
 * call. */
typedef int anomalies_take(void *context, const void *record,
    const struct anomaly *found, struct table_writer *writer,
    struct errbuf *err);

/* Grows the forest where that is not done, and gives the rows in their order. */
int anomalies_write(struct anomalies *a, anomalies_take *take, void *context,
    struct table_writer *writer, struct errbuf *err);

/* Likewise, and writes the row for the whole. */
int anomalies_write_model(struct anomalies *a, const char *file,
    struct table_writer *writer, struct errbuf *err);

/* Adds what was found, once it was written. */
void anomalies_account(const struct anomalies *a,
    struct analysis_scores *out);

/* Hashes: begin with any number, add word by word; the finalizer of SplitMix64
 * (base/random.h). */
static inline uint64_t
anomalies_hash(uint64_t hash, uint64_t word)
{
	uint64_t z = (hash ^ word) + UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* The same of an address of 16 bytes, of which IPv4 has zeros behind 4. */
uint64_t anomalies_hash_ip(uint64_t hash, const uint8_t *address,
    uint8_t version);

/* What is beyond `ordinary`, as a count. */
static inline uint32_t
anomalies_beyond(int128 value, int128 ordinary)
{
	int128 beyond = value - ordinary;

	return beyond <= 0 ? 0 : beyond > UINT32_MAX ? UINT32_MAX :
	    (uint32_t)beyond;
}

#endif
