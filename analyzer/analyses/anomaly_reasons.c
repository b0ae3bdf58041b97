#include "analyzer/analyses/anomaly_reasons.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/anomalies.h"
#include "base/memory.h"

enum {
	REASON_BYTES = 96,	/* one: its name has up to 24 */
	LEAST_SHARE = 8,	/* a feature that did less than 1/8 is no reason */
	TAIL_PERCENT = 90,	/* of the sample on one side of a value: a tail */
};

struct anomaly_reasons {
	const struct forest *forest;
	const char *names;
	unsigned features;
	size_t count;
	uint32_t *sorted;	/* by feature, the values of the sample */
	char text[ANOMALY_REASONS * REASON_BYTES];
};

static int
compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct anomaly_reasons *
anomaly_reasons_new(const struct forest *forest, const char *names,
    const uint32_t *rows, size_t count, unsigned features, struct errbuf *err)
{
	struct anomaly_reasons *r = memory_array(1, sizeof(*r));

	if (r != NULL)
		r->sorted = memory_array(count * features + 1,
		    sizeof(*r->sorted));
	if (r == NULL || r->sorted == NULL) {
		errbuf_set(err, "out of memory for a sample of %zu rows",
		    count);
		anomaly_reasons_free(r);
		return NULL;
	}
	r->forest = forest;
	r->names = names;
	r->features = features;
	r->count = count;
	for (unsigned f = 0; f < features; f++) {
		uint32_t *values = r->sorted + f * count;

		for (size_t i = 0; i < count; i++)
			values[i] = rows[i * features + f];
		qsort(values, count, sizeof(*values), compare);
	}
	return r;
}

void
anomaly_reasons_free(struct anomaly_reasons *r)
{
	if (r == NULL)
		return;
	free(r->sorted);
	free(r);
}

/* How many of the sorted values are less than `value`. */
static size_t
count_less(const uint32_t *values, size_t n, uint64_t value)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (values[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The name of a feature and how long it is. */
static const char *
find_name(const char *names, unsigned feature, int *len)
{
	for (; feature > 0; feature--)
		names = strchr(names, ',') + 1;
	*len = (int)strcspn(names, ",");
	return names;
}

/* How many of the sample are on the side of the value where there are more. */
struct place {
	bool above;
	uint64_t rows;
};

static struct place
place_of(const struct anomaly_reasons *r, unsigned feature, uint32_t value)
{
	const uint32_t *values = r->sorted + feature * r->count;
	uint64_t less = count_less(values, r->count, value);
	uint64_t more = r->count -
	    count_less(values, r->count, (uint64_t)value + 1);

	return (struct place){ less >= more, less >= more ? less : more };
}

/* 0 is what is ordinary, however few rows have it. */
static bool
is_reason(const struct anomaly_reasons *r, unsigned feature, uint32_t value)
{
	return value != 0 && place_of(r, feature, value).rows * 100 >=
	    (uint64_t)r->count * TAIL_PERCENT;
}

static int
put_reason(const struct anomaly_reasons *r, unsigned feature, uint32_t value,
    char *at, size_t room)
{
	struct place place = place_of(r, feature, value);
	uint64_t share = place.rows * 1000 / r->count;
	int name_len;
	const char *name = find_name(r->names, feature, &name_len);

	return snprintf(at, room, "%.*s %u, %s %u.%u %% of the sample",
	    name_len, name, value, place.above ? "above" : "below",
	    (unsigned)(share / 10), (unsigned)(share % 10));
}

/* The feature with most credit; of equal ones the first. */
static unsigned
find_most(const uint64_t *credit, unsigned features)
{
	unsigned most = 0;

	for (unsigned i = 1; i < features; i++)
		if (credit[i] > credit[most])
			most = i;
	return most;
}

/* Features that did at least 1/8, the most first; returns how many. */
static unsigned
find_features(const struct anomaly_reasons *r, const uint32_t *row,
    unsigned features[FOREST_FEATURES_MAX])
{
	uint64_t credit[FOREST_FEATURES_MAX], total = 0;
	unsigned n = 0;

	forest_credit(r->forest, row, credit);
	for (unsigned i = 0; i < r->features; i++)
		total += credit[i];
	while (n < r->features) {
		unsigned most = find_most(credit, r->features);

		if (credit[most] == 0 || credit[most] < total / LEAST_SHARE)
			break;
		credit[most] = 0;
		features[n++] = most;
	}
	return n;
}

/* None is at an end: what is rare is the place between the others. */
static void
put_combination(struct anomaly_reasons *r, const uint32_t *row,
    const unsigned *features, unsigned n)
{
	size_t used = (size_t)snprintf(r->text, sizeof(r->text), "%s", n == 1 ?
	    "few rows are near: " : "an unusual combination: ");

	for (unsigned i = 0; i < n && i < ANOMALY_REASONS; i++) {
		int len;
		const char *name = find_name(r->names, features[i], &len);

		used += (size_t)snprintf(r->text + used,
		    sizeof(r->text) - used, "%s%.*s %u", i == 0 ? "" : ", ",
		    len, name, row[features[i]]);
	}
}

const char *
anomaly_reasons_text(struct anomaly_reasons *r, const uint32_t *row)
{
	unsigned features[FOREST_FEATURES_MAX], named = 0;
	unsigned n = find_features(r, row, features);
	size_t used = 0;

	for (unsigned i = 0; i < n && named < ANOMALY_REASONS; i++) {
		unsigned f = features[i];

		if (!is_reason(r, f, row[f]))
			continue;
		if (named++ > 0)
			used += (size_t)snprintf(r->text + used,
			    sizeof(r->text) - used, "; ");
		used += (size_t)put_reason(r, f, row[f], r->text + used,
		    sizeof(r->text) - used);
	}
	if (n > 0 && named == 0)
		put_combination(r, row, features, n);
	return n == 0 ? NULL : r->text;
}
