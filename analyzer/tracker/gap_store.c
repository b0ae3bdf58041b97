#include "analyzer/tracker/gap_store.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/tracker/median.h"
#include "analyzer/tracker/slab.h"
#include "base/scratch.h"

enum {
	CHUNK_BYTES = 64,
	CHUNK_DATA = CHUNK_BYTES - 9,
	GAP_BYTES_MAX = 10,	/* 65 bits by seven */
	WRITE_CHUNKS = 512,
};

/*
 * Numbers of chunks: from 1; those in the file have the bit FILED.  A gap is
 * twice its magnitude, less one where it is negative, in groups of seven bits,
 * least significant first, all but the last with the eighth bit set (LEB128).
 */
struct chunk {
	uint64_t before;	/* number; 0: none */
	uint8_t used;		/* of data */
	uint8_t data[CHUNK_DATA];
};

_Static_assert(sizeof(struct chunk) == CHUNK_BYTES, "chunk has holes");

#define FILED ((uint64_t)1 << 63)

struct gap_store {
	struct slab chunks;
	uint64_t share;
	struct scratch *scratch;	/* NULL until needed */
	uint64_t filed;			/* chunks in the file or waiting */
	struct chunk waiting[WRITE_CHUNKS];	/* the last filed % WRITE_CHUNKS */
	struct median *median;
};

struct gap_store *
gap_store_new(uint64_t share, struct errbuf *err)
{
	struct gap_store *s = calloc(1, sizeof(*s));

	if (s != NULL)
		s->median = median_new();
	if (s == NULL || s->median == NULL) {
		errbuf_set(err, "out of memory for gaps");
		free(s);
		return NULL;
	}
	slab_init(&s->chunks, sizeof(struct chunk));
	s->share = share;
	return s;
}

void
gap_store_free(struct gap_store *s)
{
	if (s == NULL)
		return;
	slab_reset(&s->chunks);
	scratch_close(s->scratch);
	median_free(s->median);
	free(s);
}

uint64_t
gap_store_memory(const struct gap_store *s)
{
	return slab_memory(&s->chunks);
}

static struct chunk *
chunk_at(const struct gap_store *s, uint64_t number)
{
	return slab_at(&s->chunks, (uint32_t)(number - 1));
}

/* Writes the chunk at the file's end; *number becomes its number there. */
static int
file_chunk(struct gap_store *s, const struct chunk *c, uint64_t *number,
    struct errbuf *err)
{
	size_t at = s->filed % WRITE_CHUNKS;

	if (s->scratch == NULL) {
		s->scratch = scratch_open(err);
		if (s->scratch == NULL)
			return -1;
	}
	s->waiting[at] = *c;
	if (at + 1 == WRITE_CHUNKS && scratch_write(s->scratch,
	    (s->filed - at) * CHUNK_BYTES, s->waiting, sizeof(s->waiting),
	    err) != 0)
		return -1;
	*number = FILED | s->filed++;
	return 0;
}

static int
read_filed(const struct gap_store *s, uint64_t number, struct chunk *out,
    struct errbuf *err)
{
	uint64_t at = number & ~FILED;

	if (at >= s->filed - s->filed % WRITE_CHUNKS) {
		*out = s->waiting[at % WRITE_CHUNKS];
		return 0;
	}
	return scratch_read(s->scratch, at * CHUNK_BYTES, out, CHUNK_BYTES,
	    err);
}

static unsigned
encode(uint8_t *to, int128 gap)
{
	uint128 rest = gap < 0 ? (uint128)-gap * 2 - 1 : (uint128)gap * 2;
	unsigned n = 0;

	/* Usually all of it is in the lower half. */
	for (; rest > UINT64_MAX; rest >>= 7)
		to[n++] = (uint8_t)(rest | 0x80);
	for (uint64_t low = (uint64_t)rest;; low >>= 7) {
		if (low < 0x80) {
			to[n++] = (uint8_t)low;
			return n;
		}
		to[n++] = (uint8_t)(low | 0x80);
	}
}

static unsigned
decode(const uint8_t *from, int128 *gap)
{
	uint128 all = 0;
	unsigned n = 0;

	do
		all |= (uint128)(from[n] & 0x7f) << 7 * n;
	while (from[n++] & 0x80);
	*gap = all & 1 ? -(int128)((all + 1) / 2) : (int128)(all / 2);
	return n;
}

/* An empty chunk to fill, behind the full one that *tail names. */
static int
next_chunk(struct gap_store *s, uint64_t *tail, struct errbuf *err)
{
	uint64_t before = *tail;
	uint32_t number;

	if (before != GAP_STORE_EMPTY && gap_store_memory(s) >= s->share) {
		struct chunk *c = chunk_at(s, before);

		if (file_chunk(s, c, &before, err) != 0)
			return -1;
		c->before = before;
		c->used = 0;
		return 0;
	}
	number = slab_take(&s->chunks);
	if (number == SLAB_NONE) {
		errbuf_set(err, "out of memory for gaps");
		return -1;
	}
	*tail = (uint64_t)number + 1;
	chunk_at(s, *tail)->before = before;
	chunk_at(s, *tail)->used = 0;
	return 0;
}

void
gap_store_prefetch(const struct gap_store *s, uint64_t tail)
{
	if (tail != GAP_STORE_EMPTY)
		__builtin_prefetch(chunk_at(s, tail), 1);
}

int
gap_store_add(struct gap_store *s, uint64_t *tail, int128 gap,
    struct errbuf *err)
{
	uint8_t bytes[GAP_BYTES_MAX];
	unsigned n = encode(bytes, gap);
	struct chunk *c;

	if ((*tail == GAP_STORE_EMPTY ||
	    chunk_at(s, *tail)->used + n > CHUNK_DATA) &&
	    next_chunk(s, tail, err) != 0)
		return -1;
	c = chunk_at(s, *tail);
	memcpy(c->data + c->used, bytes, n);
	c->used = (uint8_t)(c->used + n);
	return 0;
}

static void
add_chunk(struct gap_store *s, const struct chunk *c)
{
	int128 gap;

	for (unsigned at = 0; at < c->used;) {
		at += decode(c->data + at, &gap);
		median_add(s->median, gap);
	}
}

/* Reads what is in the file only until that fails, but frees all. */
static int
take_all(struct gap_store *s, uint64_t number, struct errbuf *err)
{
	struct chunk filed;
	int result = 0;

	while (number != GAP_STORE_EMPTY && result == 0) {
		if (number & FILED) {
			result = read_filed(s, number, &filed, err);
			if (result == 0)
				add_chunk(s, &filed);
			number = filed.before;
		} else {
			struct chunk *c = chunk_at(s, number);
			uint32_t freed = (uint32_t)(number - 1);

			add_chunk(s, c);
			number = c->before;
			slab_give(&s->chunks, freed);
		}
	}
	return result;
}

int
gap_store_median(struct gap_store *s, uint64_t *tail, uint64_t count,
    int128 *median_ps, struct errbuf *err)
{
	uint64_t first = *tail;

	*tail = GAP_STORE_EMPTY;
	if (median_start(s->median, count, err) != 0 ||
	    take_all(s, first, err) != 0) {
		median_drop(s->median);
		return -1;
	}
	return median_finish(s->median, median_ps, err);
}
