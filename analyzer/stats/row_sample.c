#include "analyzer/stats/row_sample.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { FIRST_ROOM = 256 };

/* An entry is the hash and, in order, the numbers: words of 32 bits. */
enum { HASH_WORDS = 2 };

struct row_sample {
	size_t rows, width;
	size_t entry_words;
	uint32_t *entries;
	size_t count, room;	/* count <= 2 * rows */
	uint64_t largest;	/* hashes above it are out */
	bool settled;		/* the first of them are the sample, by hash */
	uint32_t *values;	/* what row_sample_rows() has given; or NULL */
};

struct row_sample *
row_sample_new(size_t rows, size_t width, struct errbuf *err)
{
	struct row_sample *s = memory_array(1, sizeof(*s));

	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	s->rows = rows;
	s->width = width;
	s->entry_words = HASH_WORDS + width;
	s->largest = UINT64_MAX;
	return s;
}

void
row_sample_free(struct row_sample *s)
{
	if (s == NULL)
		return;
	free(s->entries);
	free(s->values);
	free(s);
}

static uint32_t *
entry_at(const struct row_sample *s, size_t i)
{
	return s->entries + i * s->entry_words;
}

/* The upper half of the hash stands first: so words decide in their order. */
static uint64_t
entry_hash(const uint32_t *entry)
{
	return (uint64_t)entry[0] << 32 | entry[1];
}

static int
compare(const void *a, const void *b, void *words)
{
	const uint32_t *x = a, *y = b;

	for (size_t i = 0, n = *(const size_t *)words; i < n; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

/* Sorts, and drops what is not in the sample. */
static void
settle(struct row_sample *s)
{
	if (s->settled || s->count == 0)
		return;
	qsort_r(s->entries, s->count, s->entry_words * sizeof(*s->entries),
	    compare, &s->entry_words);
	if (s->count >= s->rows) {
		s->count = s->rows;
		s->largest = entry_hash(entry_at(s, s->rows - 1));
	}
	s->settled = true;
}

static int
make_room(struct row_sample *s, struct errbuf *err)
{
	size_t most = 2 * s->rows;
	size_t room = s->room == 0 ? FIRST_ROOM : 2 * s->room;
	uint32_t *grown;

	if (s->count == most)
		settle(s);
	if (s->count < s->room)
		return 0;
	room = room < most ? room : most;
	grown = memory_resize(s->entries, room,
	    s->entry_words * sizeof(*grown));
	if (grown == NULL) {
		errbuf_set(err, "out of memory for a sample of %zu rows",
		    s->rows);
		return -1;
	}
	s->entries = grown;
	s->room = room;
	return 0;
}

int
row_sample_add(struct row_sample *s, uint64_t hash, const uint32_t *values,
    struct errbuf *err)
{
	uint32_t *entry;

	if (hash > s->largest)
		return 0;
	if (s->count == s->room && make_room(s, err) == -1)
		return -1;
	entry = entry_at(s, s->count++);
	entry[0] = (uint32_t)(hash >> 32);
	entry[1] = (uint32_t)hash;
	memcpy(entry + HASH_WORDS, values, s->width * sizeof(*values));
	s->settled = false;
	return 0;
}

int
row_sample_merge(struct row_sample *left, const struct row_sample *right,
    struct errbuf *err)
{
	for (size_t i = 0; i < right->count; i++) {
		const uint32_t *entry = entry_at(right, i);

		if (row_sample_add(left, entry_hash(entry),
		    entry + HASH_WORDS, err) == -1)
			return -1;
	}
	return 0;
}

const uint32_t *
row_sample_rows(struct row_sample *s, size_t *rows, struct errbuf *err)
{
	uint32_t *values;

	settle(s);
	values = memory_resize(s->values, s->count + 1,
	    s->width * sizeof(*values));
	if (values == NULL) {
		errbuf_set(err, "out of memory for a sample of %zu rows",
		    s->count);
		return NULL;
	}
	s->values = values;
	*rows = s->count;
	for (size_t i = 0; i < s->count; i++)
		memcpy(values + i * s->width, entry_at(s, i) + HASH_WORDS,
		    s->width * sizeof(*values));
	return values;
}
