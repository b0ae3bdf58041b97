#include "analyzer/analyses/anomalies.h"

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/anomaly_reasons.h"
#include "analyzer/stats/forest.h"
#include "analyzer/stats/row_sample.h"
#include "analyzer/tracker/tracker.h"
#include "base/memory.h"
#include "base/spool.h"

enum {
	MEMORY_SHARE = 4,	/* of the bound, for rows */
	SCORES_SHARE = 64,
	USUAL_THRESHOLD = FOREST_ONE / 2,
	USUAL_SHARE = FOREST_ONE / 20,	/* of rows, at most */
	BLOCK = 256,		/* rows that are scored at a time */
};

#define COLUMN(name, type, field, unit, meaning) \
	{ name, type, offsetof(struct anomaly_model_row, field), unit, meaning }

static const struct column model_columns[] = {
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("rows", COLUMN_U64, rows, "rows", "packets, or flows, that were looked at"),
	COLUMN("anomalous", COLUMN_U64, anomalous, "rows", "how many of them have a score above the threshold"),
	COLUMN("rule", COLUMN_TEXT, rule, "", "where the threshold comes from: " ANOMALY_USUAL_RULE "; threshold; or contamination"),
	COLUMN("threshold", COLUMN_DECIMAL, threshold, "", "a row with a larger score is anomalous"),
	COLUMN("contamination", COLUMN_DECIMAL, contamination, "", "the largest share of rows that may be anomalous"),
	COLUMN("seed", COLUMN_U64, seed, "", "what the random numbers begin with"),
	COLUMN("trees", COLUMN_U64, trees, "trees", "trees of the forest"),
	COLUMN("sample", COLUMN_U64, sample, "rows", "rows that each tree was grown from"),
	COLUMN("sample_rows", COLUMN_U64, sample_rows, "rows", "rows that all of these were drawn from"),
	COLUMN("features", COLUMN_TEXT, features, "", "what rows were compared by, with commas"),
};

#define MODEL_TABLE(name_) { \
	.name = name_, \
	.row_is = "a capture", \
	.columns = model_columns, \
	.column_count = sizeof(model_columns) / sizeof(model_columns[0]), \
	.row_bytes = sizeof(struct anomaly_model_row), \
	.top_by = "anomalous", \
	.text_columns = "rows,anomalous,rule,threshold,seed,trees,sample", \
}

const struct table anomalies_packets_model_table =
    MODEL_TABLE("anomalies-packets-model");
const struct table anomalies_flows_model_table =
    MODEL_TABLE("anomalies-flows-model");

struct anomalies {
	const struct anomaly_settings *settings;
	struct forest_shape shape;
	const char *features;
	struct spool *rows;
	struct spool *scores;		/* uint32_t, of each row */
	struct row_sample *sample;
	/* Once the rows are known: */
	struct forest *forest;		/* NULL before */
	struct anomaly_reasons *reasons;
	size_t sample_rows;
	uint32_t threshold;		/* or FOREST_NO_SCORE */
	uint64_t anomalous;
};

static unsigned
count_features(const char *names)
{
	unsigned n = 1;

	for (; *names != '\0'; names++)
		n += *names == ',';
	return n;
}

static size_t
sample_rows(const struct forest_shape *shape)
{
	uint64_t rows = (uint64_t)shape->trees * shape->sample;

	return rows < ANOMALY_SAMPLE_ROWS_MAX ? (size_t)rows :
	    ANOMALY_SAMPLE_ROWS_MAX;
}

struct anomalies *
anomalies_new(const struct settings *settings, const char *features,
    size_t record_bytes, struct errbuf *err)
{
	const struct anomaly_settings *s = &settings->anomalies;
	uint64_t memory = settings->max_memory != 0 ? settings->max_memory :
	    TRACKER_MEMORY;
	struct anomalies *a = memory_array(1, sizeof(*a));

	if (a == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	a->settings = s;
	a->features = features;
	a->shape = (struct forest_shape){
		.seed = s->seed,
		.trees = s->trees != 0 ? (unsigned)s->trees : FOREST_TREES,
		.sample = s->sample != 0 ? (unsigned)s->sample : FOREST_SAMPLE,
		.features = count_features(features),
	};
	a->rows = spool_new(record_bytes, memory / MEMORY_SHARE, err);
	a->scores = spool_new(sizeof(uint32_t), memory / SCORES_SHARE, err);
	a->sample = row_sample_new(sample_rows(&a->shape), a->shape.features,
	    err);
	if (a->rows != NULL && a->scores != NULL && a->sample != NULL)
		return a;
	anomalies_free(a);
	return NULL;
}

void
anomalies_free(struct anomalies *a)
{
	if (a == NULL)
		return;
	anomaly_reasons_free(a->reasons);
	forest_free(a->forest);
	row_sample_free(a->sample);
	spool_free(a->scores);
	spool_free(a->rows);
	free(a);
}

uint64_t
anomalies_hash_ip(uint64_t hash, const uint8_t *address, uint8_t version)
{
	uint64_t words[2] = { 0 };

	memcpy(words, address, version == 4 ? 4 : sizeof(words));
	hash = anomalies_hash(hash, version);
	return anomalies_hash(anomalies_hash(hash, be64toh(words[0])),
	    be64toh(words[1]));
}

int
anomalies_add(struct anomalies *a, const void *record, uint64_t hash,
    struct errbuf *err)
{
	hash = anomalies_hash(a->settings->seed, hash);
	if (row_sample_add(a->sample, hash, record, err) == -1)
		return -1;
	return spool_add(a->rows, record, err);
}

/* Scores rows that stand behind each other. */
static int
score_rows(struct anomalies *a, const uint8_t *records, size_t n,
    size_t record_bytes, struct errbuf *err)
{
	uint32_t values[BLOCK * FOREST_FEATURES_MAX], scores[BLOCK];
	size_t width = a->shape.features * sizeof(*values);

	while (n > 0) {
		size_t now = n < BLOCK ? n : BLOCK;

		for (size_t i = 0; i < now; i++)
			memcpy((uint8_t *)values + i * width,
			    records + i * record_bytes, width);
		forest_score(a->forest, values, now, scores);
		for (size_t i = 0; i < now; i++)
			if (spool_add(a->scores, &scores[i], err) == -1)
				return -1;
		records += now * record_bytes;
		n -= now;
	}
	return 0;
}

static int
score_all(struct anomalies *a, struct errbuf *err)
{
	uint64_t count = spool_count(a->rows);

	for (uint64_t at = 0; at < count; ) {
		size_t n;
		const void *records = spool_read(a->rows, at, &n, err);

		if (records == NULL || score_rows(a, records, n,
		    spool_record_bytes(a->rows), err) == -1)
			return -1;
		at += n;
	}
	return 0;
}

/* The scores of rows, one after the other. */
typedef void see_score(void *context, uint32_t score);

static int
see_scores(struct anomalies *a, see_score *see, void *context,
    struct errbuf *err)
{
	uint64_t count = spool_count(a->scores);

	for (uint64_t at = 0; at < count; ) {
		size_t n;
		const uint32_t *scores = spool_read(a->scores, at, &n, err);

		if (scores == NULL)
			return -1;
		for (size_t i = 0; i < n; i++)
			see(context, scores[i]);
		at += n;
	}
	return 0;
}

/* Finding the n-th largest score: its upper half first. */

enum { HALF_BITS = 15, HALF = 1 << HALF_BITS };	/* scores are below 2^30 */

struct halves {
	uint32_t upper;		/* only those with this upper half; HALF: the
				   upper halves of all are counted */
	uint64_t counts[HALF];
};

static void
count_half(void *context, uint32_t score)
{
	struct halves *h = context;

	if (h->upper == HALF)
		h->counts[score >> HALF_BITS]++;
	else if (score >> HALF_BITS == h->upper)
		h->counts[score & (HALF - 1)]++;
}

/* Which of them holds the one with *before larger ones; *before becomes how
 * many of these it holds itself. */
static uint32_t
find_half(const struct halves *h, uint64_t *before)
{
	uint32_t i = HALF - 1;

	for (; i > 0 && h->counts[i] <= *before; i--)
		*before -= h->counts[i];
	return i;
}

/* The largest score but `before` of them. */
static int
find_score(struct anomalies *a, uint64_t before, uint32_t *out,
    struct errbuf *err)
{
	struct halves *h = memory_array(1, sizeof(*h));
	int status = -1;
	uint32_t upper;

	if (h == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	h->upper = HALF;
	if (see_scores(a, count_half, h, err) == -1)
		goto done;
	upper = find_half(h, &before);
	memset(h, 0, sizeof(*h));
	h->upper = upper;
	if (see_scores(a, count_half, h, err) == -1)
		goto done;
	*out = upper << HALF_BITS | find_half(h, &before);
	status = 0;
done:
	free(h);
	return status;
}

/* The largest share of rows that may be anomalous; 0: any. */
static uint32_t
share_of(const struct anomaly_settings *s)
{
	return s->contamination != 0 ? s->contamination :
	    s->threshold != 0 ? 0 : USUAL_SHARE;
}

static int
find_threshold(struct anomalies *a, struct errbuf *err)
{
	const struct anomaly_settings *s = a->settings;
	uint64_t rows = spool_count(a->rows);

	a->threshold = s->threshold;
	if (s->threshold != 0)
		return 0;
	a->threshold = s->contamination != 0 ? FOREST_NO_SCORE :
	    USUAL_THRESHOLD;
	if (forest_sample(a->forest) < 2)
		return 0;
	if (find_score(a, (uint64_t)((uint128)rows * share_of(s) / FOREST_ONE),
	    &a->threshold, err) == -1)
		return -1;
	if (s->contamination == 0 && a->threshold < USUAL_THRESHOLD)
		a->threshold = USUAL_THRESHOLD;
	return 0;
}

static bool
is_anomalous(const struct anomalies *a, uint32_t score)
{
	return score != FOREST_NO_SCORE && score > a->threshold;
}

static void
count_anomalous(void *context, uint32_t score)
{
	struct anomalies *a = context;

	a->anomalous += is_anomalous(a, score);
}

/* All rows are known: the forest, their scores, the threshold. */
static int
settle(struct anomalies *a, struct errbuf *err)
{
	const uint32_t *rows;

	if (a->forest != NULL)
		return 0;
	rows = row_sample_rows(a->sample, &a->sample_rows, err);
	if (rows == NULL)
		return -1;
	a->forest = forest_new(&a->shape, rows, a->sample_rows, err);
	if (a->forest == NULL)
		return -1;
	a->reasons = anomaly_reasons_new(a->forest, a->features, rows,
	    a->sample_rows, a->shape.features, err);
	if (a->reasons == NULL || score_all(a, err) == -1 ||
	    find_threshold(a, err) == -1)
		return -1;
	return see_scores(a, count_anomalous, a, err);
}

static int128
decimal_of(uint32_t score)
{
	return score == FOREST_NO_SCORE ? TABLE_NO_PS : (int128)score * 1000;
}

static int
write_row(struct anomalies *a, const void *record, uint32_t score,
    anomalies_take *take, void *context, struct table_writer *writer,
    struct errbuf *err)
{
	struct anomaly found = {
		.score = decimal_of(score),
		.threshold = decimal_of(a->threshold),
	};
	bool flagged = is_anomalous(a, score);

	if (a->settings->flagged_only && !flagged)
		return 0;
	if (score != FOREST_NO_SCORE)
		found.anomalous = flagged ? "yes" : "no";
	if (flagged)
		found.why = anomaly_reasons_text(a->reasons, record);
	return take(context, record, &found, writer, err);
}

int
anomalies_write(struct anomalies *a, anomalies_take *take, void *context,
    struct table_writer *writer, struct errbuf *err)
{
	size_t record_bytes = spool_record_bytes(a->rows), n = 0, scored = 0;
	const uint8_t *records = NULL;
	const uint32_t *scores = NULL;

	if (settle(a, err) == -1)
		return -1;
	for (uint64_t at = 0; at < spool_count(a->rows); at++) {
		if (n == 0)
			records = spool_read(a->rows, at, &n, err);
		if (scored == 0)
			scores = spool_read(a->scores, at, &scored, err);
		if (records == NULL || scores == NULL || write_row(a, records,
		    *scores, take, context, writer, err) == -1)
			return -1;
		records += record_bytes;
		scores++;
		n--;
		scored--;
	}
	return 0;
}

static const char *
rule_of(const struct anomaly_settings *s)
{
	return s->contamination != 0 ? "contamination" :
	    s->threshold != 0 ? "threshold" : ANOMALY_USUAL_RULE;
}

int
anomalies_write_model(struct anomalies *a, const char *file,
    struct table_writer *writer, struct errbuf *err)
{
	const struct anomaly_settings *s = a->settings;
	struct anomaly_model_row row = {
		.file = file,
		.rows = spool_count(a->rows),
		.rule = rule_of(s),
		.contamination = share_of(s) == 0 ? TABLE_NO_PS :
		    decimal_of(share_of(s)),
		.seed = s->seed,
		.trees = a->shape.trees,
		.features = a->features,
	};

	if (settle(a, err) == -1)
		return -1;
	row.anomalous = a->anomalous;
	row.threshold = decimal_of(a->threshold);
	row.sample = forest_sample(a->forest);
	row.sample_rows = a->sample_rows;
	return writer->row(writer, &row, err);
}

void
anomalies_account(const struct anomalies *a, struct analysis_scores *out)
{
	struct analysis_scores own = {
		.scored = spool_count(a->scores),
		.anomalous = a->anomalous,
		.least = a->threshold,
		.largest = a->threshold,
	};

	if (a->forest != NULL && forest_sample(a->forest) >= 2)
		analysis_scores_add(out, &own);
}
