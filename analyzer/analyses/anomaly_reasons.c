#include "analyzer/analyses/anomaly_reasons.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/anomalies.h"
#include "base/memory.h"

enum {
	REASON_BYTES = 96,	/* one: its name has up to 24 */
	LEAST_SHARE = 8,	/* a feature that did less than 1/8 is no reason */
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

/* The larger share is told: of those below the value, or of those above. */
static int
put_reason(const struct anomaly_reasons *r, unsigned feature, uint32_t value,
    char *at, size_t room)
{
	const uint32_t *values = r->sorted + feature * r->count;
	uint64_t less = count_less(values, r->count, value);
	uint64_t more = r->count -
	    count_less(values, r->count, (uint64_t)value + 1);
	uint64_t share = (less >= more ? less : more) * 1000 / r->count;
	int name_len;
	const char *name = find_name(r->names, feature, &name_len);

	return snprintf(at, room, "%.*s %u, %s %u.%u %% of the sample",
	    name_len, name, value, less >= more ? "above" : "below",
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

const char *
anomaly_reasons_text(struct anomaly_reasons *r, const uint32_t *row)
{
	uint64_t credit[FOREST_FEATURES_MAX], total = 0;
	size_t used = 0;

	forest_credit(r->forest, row, credit);
	for (unsigned i = 0; i < r->features; i++)
		total += credit[i];
	for (unsigned n = 0; n < ANOMALY_REASONS; n++) {
		unsigned most = find_most(credit, r->features);

		if (credit[most] == 0 || credit[most] < total / LEAST_SHARE)
			break;
		credit[most] = 0;
		if (n > 0)
			used += (size_t)snprintf(r->text + used,
			    sizeof(r->text) - used, "; ");
		used += (size_t)put_reason(r, most, row[most], r->text + used,
		    sizeof(r->text) - used);
	}
	return used == 0 ? NULL : r->text;
}
