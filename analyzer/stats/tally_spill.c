#include "analyzer/stats/tally_spill.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/stats/tally_sort.h"
#include "base/scratch.h"

/*
 * An entry: one byte with the lengths of two numbers (low half: the first),
 * then both, least significant byte first, without their leading zeros: the
 * distance to the value before, and the count less one.
 */
enum {
	ENTRY_BYTES_MAX = 17,
	RUNS_MAX = 64,
	READ_BYTES = 2048,
	WRITE_BYTES = 32768,
	BLOCK_ENTRIES = 128,
};

struct run {
	uint64_t start, end;
	unsigned level;		/* how often its values were merged */
};

struct tally_spill {
	struct scratch *scratch;
	uint64_t end;
	struct run runs[RUNS_MAX];	/* levels never rise */
	size_t run_count;
};

struct writer {
	struct tally_spill *spill;
	uint64_t before;
	size_t used;
	uint8_t bytes[WRITE_BYTES];
};

/* One run's bytes, and what was made of them. */
struct run_reader {
	uint64_t next, end;	/* not yet read */
	uint64_t before;
	size_t byte_at, byte_count;
	size_t at, count;
	uint8_t bytes[READ_BYTES + ENTRY_BYTES_MAX];
	struct tally_entry block[BLOCK_ENTRIES];
};

struct tally_spill_reader {
	const struct tally_spill *spill;
	struct tally_entry batch[RUNS_MAX * BLOCK_ENTRIES];
	struct tally_entry scratch[RUNS_MAX * BLOCK_ENTRIES];
	size_t run_count;
	struct run_reader runs[RUNS_MAX];
};

struct tally_spill *
tally_spill_new(struct errbuf *err)
{
	struct tally_spill *spill = calloc(1, sizeof(*spill));

	if (spill == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	spill->scratch = scratch_open(err);
	if (spill->scratch == NULL) {
		free(spill);
		return NULL;
	}
	return spill;
}

void
tally_spill_free(struct tally_spill *spill)
{
	if (spill == NULL)
		return;
	scratch_close(spill->scratch);
	free(spill);
}

/* Writing. */

static int
flush(struct writer *w, struct errbuf *err)
{
	struct tally_spill *spill = w->spill;

	if (scratch_write(spill->scratch, spill->end, w->bytes, w->used,
	    err) == -1)
		return -1;
	spill->end += w->used;
	w->used = 0;
	return 0;
}

static unsigned
bytes_of(uint64_t number)
{
	return number == 0 ? 0 : (71 - (unsigned)__builtin_clzll(number)) / 8;
}

/* All eight bytes; the next number goes over those that are zero. */
static void
put_number(uint8_t *at, uint64_t number)
{
	number = htole64(number);
	memcpy(at, &number, sizeof(number));
}

static int
put_entries(struct writer *w, const struct tally_entry *entries, size_t n,
    struct errbuf *err)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t distance = entries[i].value - w->before;
		uint64_t more = entries[i].count - 1;
		unsigned distance_len = bytes_of(distance);
		unsigned more_len = bytes_of(more);
		uint8_t *at;

		if (w->used + ENTRY_BYTES_MAX > sizeof(w->bytes) &&
		    flush(w, err) != 0)
			return -1;
		at = w->bytes + w->used;
		at[0] = (uint8_t)(distance_len | more_len << 4);
		put_number(at + 1, distance);
		put_number(at + 1 + distance_len, more);
		w->used += 1 + distance_len + more_len;
		w->before = entries[i].value;
	}
	return 0;
}

/* Reading. */

static uint64_t
get_number(const uint8_t *at, unsigned len)
{
	static const uint64_t mask[] = {
		0, 0xff, 0xffff, 0xffffff, 0xffffffff, 0xffffffffff,
		0xffffffffffff, 0xffffffffffffff, UINT64_MAX,
	};
	uint64_t number;

	memcpy(&number, at, sizeof(number));
	return le64toh(number) & mask[len];
}

static int
fetch(const struct tally_spill *spill, struct run_reader *r,
    struct errbuf *err)
{
	size_t kept = r->byte_count - r->byte_at, want = READ_BYTES - kept;

	memmove(r->bytes, r->bytes + r->byte_at, kept);
	r->byte_at = 0;
	r->byte_count = kept;
	if (want > r->end - r->next)
		want = (size_t)(r->end - r->next);
	if (scratch_read(spill->scratch, r->next, r->bytes + kept, want,
	    err) == -1)
		return -1;
	r->byte_count += want;
	r->next += want;
	return 0;
}

/* Fills the block behind what is left of it. */
static int
decode(const struct tally_spill *spill, struct run_reader *r,
    struct errbuf *err)
{
	r->count -= r->at;
	memmove(r->block, r->block + r->at, r->count * sizeof(r->block[0]));
	r->at = 0;
	while (r->count < BLOCK_ENTRIES) {
		const uint8_t *at;
		unsigned distance_len, more_len;

		if (r->byte_count - r->byte_at < ENTRY_BYTES_MAX &&
		    r->next < r->end && fetch(spill, r, err) != 0)
			return -1;
		if (r->byte_at == r->byte_count)
			break;
		at = r->bytes + r->byte_at;
		distance_len = at[0] & 15;
		more_len = at[0] >> 4;
		r->before += get_number(at + 1, distance_len);
		r->block[r->count].value = r->before;
		r->block[r->count].count = 1 +
		    get_number(at + 1 + distance_len, more_len);
		r->count++;
		r->byte_at += 1 + distance_len + more_len;
	}
	return 0;
}

static bool
has_more(const struct run_reader *r)
{
	return r->next < r->end || r->byte_at < r->byte_count;
}

/*
 * Blocks that are half used are filled up.  *bound becomes the largest value
 * of which nothing can be left in the file: the smallest end of a block that
 * something follows.
 */
static int
fill_blocks(struct tally_spill_reader *reader, uint64_t *bound,
    struct errbuf *err)
{
	*bound = UINT64_MAX;
	for (size_t i = 0; i < reader->run_count; i++) {
		struct run_reader *r = &reader->runs[i];

		if (r->count - r->at < BLOCK_ENTRIES / 2 && has_more(r) &&
		    decode(reader->spill, r, err) != 0)
			return -1;
		if (has_more(r) && r->block[r->count - 1].value < *bound)
			*bound = r->block[r->count - 1].value;
	}
	return 0;
}

/* Sorting a batch beats comparing the runs' heads entry by entry. */
int
tally_spill_next(struct tally_spill_reader *reader,
    const struct tally_entry **entries, size_t *n, struct errbuf *err)
{
	struct tally_entry *batch = reader->batch;
	size_t count = 0;
	uint64_t bound;

	if (fill_blocks(reader, &bound, err) != 0)
		return -1;
	for (size_t i = 0; i < reader->run_count; i++) {
		struct run_reader *r = &reader->runs[i];

		while (r->at < r->count && r->block[r->at].value <= bound)
			batch[count++] = r->block[r->at++];
	}
	tally_sort(batch, count, reader->scratch);
	*n = tally_coalesce(batch, count);
	*entries = batch;
	return count > 0;
}

/* Reads the runs from `first` on. */
static struct tally_spill_reader *
open_runs(const struct tally_spill *spill, size_t first, struct errbuf *err)
{
	struct tally_spill_reader *reader = malloc(sizeof(*reader));

	if (reader == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	reader->spill = spill;
	reader->run_count = spill->run_count - first;
	for (size_t i = 0; i < reader->run_count; i++) {
		struct run_reader *r = &reader->runs[i];

		r->next = spill->runs[first + i].start;
		r->end = spill->runs[first + i].end;
		r->before = 0;
		r->byte_at = r->byte_count = r->at = r->count = 0;
	}
	return reader;
}

struct tally_spill_reader *
tally_spill_open(const struct tally_spill *spill, struct errbuf *err)
{
	return open_runs(spill, 0, err);
}

void
tally_spill_close(struct tally_spill_reader *reader)
{
	free(reader);
}

/* Merging. */

static int
copy_merged(struct tally_spill_reader *reader, struct writer *w,
    struct errbuf *err)
{
	const struct tally_entry *entries;
	size_t n;
	int more;

	while ((more = tally_spill_next(reader, &entries, &n, err)) > 0)
		if (put_entries(w, entries, n, err) != 0)
			return -1;
	return more == 0 ? flush(w, err) : -1;
}

/* Makes one run of those from `first` on. */
static int
merge_runs(struct tally_spill *spill, size_t first, struct errbuf *err)
{
	struct writer w = { .spill = spill };
	struct tally_spill_reader *reader = open_runs(spill, first, err);
	struct run *run = &spill->runs[first];
	uint64_t start = spill->end;
	int result;

	if (reader == NULL)
		return -1;
	result = copy_merged(reader, &w, err);
	tally_spill_close(reader);
	if (result != 0)
		return -1;
	scratch_give_back(spill->scratch, run->start, start);
	run->start = start;
	run->end = spill->end;
	run->level++;
	spill->run_count = first + 1;
	return 0;
}

/* The newest two, and all before them that are of the same level. */
static size_t
first_to_merge(const struct tally_spill *spill)
{
	size_t first = spill->run_count - 2;

	while (first > 0 &&
	    spill->runs[first - 1].level == spill->runs[first].level)
		first--;
	return first;
}

int
tally_spill_add(struct tally_spill *spill, const struct tally_entry *run,
    size_t n, struct errbuf *err)
{
	struct writer w = { .spill = spill };
	uint64_t start;

	if (spill->run_count == RUNS_MAX &&
	    merge_runs(spill, first_to_merge(spill), err) != 0)
		return -1;
	start = spill->end;
	if (put_entries(&w, run, n, err) != 0 || flush(&w, err) != 0)
		return -1;
	spill->runs[spill->run_count++] =
	    (struct run){ .start = start, .end = spill->end };
	return 0;
}
