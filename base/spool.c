/*
 * Records stand in blocks.  The first blocks stay in memory; of the others the
 * last is filled in memory, and goes to the file when it is full.
 */
#include "base/spool.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/scratch.h"

enum { BLOCK_BYTES = 128 * 1024 };

struct spool {
	size_t record_bytes, block_records;
	uint64_t count;
	uint8_t **kept;		/* blocks that stay */
	size_t kept_count, kept_room, kept_max;
	uint8_t *last;		/* behind those: the one that is filled */
	uint8_t *look;		/* a block that was read back */
	struct scratch *scratch;	/* NULL: nothing is in it */
};

struct spool *
spool_new(size_t record_bytes, uint64_t max_memory, struct errbuf *err)
{
	struct spool *s = memory_array(1, sizeof(*s));

	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	s->record_bytes = record_bytes;
	s->block_records = record_bytes < BLOCK_BYTES ?
	    BLOCK_BYTES / record_bytes : 1;
	s->kept_max = (size_t)(max_memory /
	    (s->block_records * record_bytes));
	return s;
}

void
spool_free(struct spool *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->kept_count; i++)
		free(s->kept[i]);
	free(s->kept);
	free(s->last);
	free(s->look);
	scratch_close(s->scratch);
	free(s);
}

uint64_t
spool_count(const struct spool *s)
{
	return s->count;
}

size_t
spool_record_bytes(const struct spool *s)
{
	return s->record_bytes;
}

static size_t
block_bytes(const struct spool *s)
{
	return s->block_records * s->record_bytes;
}

static uint8_t *
no_memory(const struct spool *s, struct errbuf *err)
{
	errbuf_set(err, "out of memory for %llu rows",
	    (unsigned long long)s->count + 1);
	return NULL;
}

/* Another block that stays. */
static uint8_t *
keep_block(struct spool *s, struct errbuf *err)
{
	uint8_t **kept = memory_grow(s->kept, &s->kept_room,
	    s->kept_count + 1, sizeof(*kept));
	uint8_t *block;

	if (kept == NULL)
		return no_memory(s, err);
	s->kept = kept;
	block = malloc(block_bytes(s));
	if (block == NULL)
		return no_memory(s, err);
	s->kept[s->kept_count++] = block;
	return block;
}

/* The last one goes to the file; a full one comes after each. */
static int
store_last(struct spool *s, uint64_t block, struct errbuf *err)
{
	if (s->scratch == NULL)
		s->scratch = scratch_open(err);
	if (s->scratch == NULL)
		return -1;
	return scratch_write(s->scratch,
	    (block - s->kept_count) * block_bytes(s), s->last,
	    block_bytes(s), err);
}

/* Where a block begins that has no record yet. */
static uint8_t *
begin_block(struct spool *s, uint64_t block, struct errbuf *err)
{
	if (block < s->kept_max)
		return keep_block(s, err);
	if (s->last == NULL) {
		s->last = malloc(block_bytes(s));
		return s->last == NULL ? no_memory(s, err) : s->last;
	}
	return store_last(s, block - 1, err) == -1 ? NULL : s->last;
}

int
spool_add(struct spool *s, const void *record, struct errbuf *err)
{
	uint64_t block = s->count / s->block_records;
	size_t within = (size_t)(s->count % s->block_records);
	uint8_t *at;

	if (within == 0)
		at = begin_block(s, block, err);
	else
		at = block < s->kept_count ? s->kept[block] : s->last;
	if (at == NULL)
		return -1;
	memcpy(at + within * s->record_bytes, record, s->record_bytes);
	s->count++;
	return 0;
}

/* A block of the file. */
static const uint8_t *
look_at(struct spool *s, uint64_t block, struct errbuf *err)
{
	if (s->look == NULL)
		s->look = malloc(block_bytes(s));
	if (s->look == NULL)
		return no_memory(s, err);
	return scratch_read(s->scratch,
	    (block - s->kept_count) * block_bytes(s), s->look,
	    block_bytes(s), err) == -1 ? NULL : s->look;
}

const void *
spool_read(struct spool *s, uint64_t at, size_t *n, struct errbuf *err)
{
	uint64_t block = at / s->block_records;
	uint64_t last = (s->count - 1) / s->block_records;
	size_t within = (size_t)(at % s->block_records);
	uint64_t left = s->count - at;
	const uint8_t *from;

	if (block < s->kept_count)
		from = s->kept[block];
	else
		from = block == last ? s->last : look_at(s, block, err);
	if (from == NULL)
		return NULL;
	*n = s->block_records - within;
	if (*n > left)
		*n = (size_t)left;
	return from + within * s->record_bytes;
}
