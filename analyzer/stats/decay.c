#include "analyzer/stats/decay.h"

#include <stdlib.h>

#include "base/fixed_log.h"
#include "base/int128.h"
#include "base/memory.h"

enum {
	WAYS = 4,
	ROWS = DECAY_KEYS / WAYS,
	POINT = 20,		/* bits of a count behind its point */
	HALVINGS_MAX = 63,	/* after so many nothing is left */
};

struct count {
	uint64_t key;
	uint64_t value;		/* times 2^POINT */
	int64_t last_ns;
	uint64_t used;		/* when, by number of call; 0: free */
};

struct decay {
	uint64_t half_ns;
	uint64_t calls;
	struct count *counts;	/* ROWS of WAYS */
};

struct decay *
decay_new(int64_t half_ns, struct errbuf *err)
{
	struct decay *d = memory_array(1, sizeof(*d));

	if (d != NULL)
		d->counts = memory_array(DECAY_KEYS, sizeof(*d->counts));
	if (d == NULL || d->counts == NULL) {
		errbuf_set(err, "out of memory");
		decay_free(d);
		return NULL;
	}
	d->half_ns = (uint64_t)half_ns;
	return d;
}

void
decay_free(struct decay *d)
{
	if (d == NULL)
		return;
	free(d->counts);
	free(d);
}

/* Where the key is counted, which may be a new one. */
static struct count *
find(struct decay *d, uint64_t key)
{
	struct count *row = &d->counts[key % ROWS * WAYS], *oldest = row;

	for (size_t i = 0; i < WAYS; i++) {
		if (row[i].used != 0 && row[i].key == key)
			return &row[i];
		if (row[i].used < oldest->used)
			oldest = &row[i];
	}
	*oldest = (struct count){ .key = key, .last_ns = INT64_MIN };
	return oldest;
}

/* value * 2^(-ns / half): whole halvings, and a power for the rest. */
static uint64_t
fade(const struct decay *d, uint64_t value, uint64_t ns)
{
	uint64_t halvings = ns / d->half_ns, rest = ns % d->half_ns;
	uint64_t fraction;

	if (halvings > HALVINGS_MAX)
		return 0;
	if (rest == 0)
		return value >> halvings;
	fraction = (uint64_t)(((uint128)rest << FIXED_LOG_BITS) / d->half_ns);
	if (fraction == 0)
		return value >> halvings;
	/* 2^-f is 2^(1 - f) / 2. */
	value = (uint64_t)((uint128)value * fixed_power(
	    (UINT64_C(1) << FIXED_LOG_BITS) - fraction) >> 64);
	return value >> halvings;
}

uint64_t
decay_add(struct decay *d, uint64_t key, int64_t now_ns, int n)
{
	struct count *c = find(d, key);
	uint64_t step = (uint64_t)(n < 0 ? -(int64_t)n : n) << POINT;

	c->used = ++d->calls;
	if (now_ns > c->last_ns) {
		c->value = c->value == 0 ? 0 : fade(d, c->value,
		    (uint64_t)now_ns - (uint64_t)c->last_ns);
		c->last_ns = now_ns;
	}
	if (n >= 0)
		c->value += step;
	else
		c->value -= c->value < step ? c->value : step;
	return c->value >> POINT;
}
