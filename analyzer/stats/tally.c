#include "analyzer/stats/tally.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "analyzer/stats/tally_sort.h"
#include "analyzer/stats/tally_spill.h"
#include "base/memory.h"

enum {
	PENDING_FIRST = 64,
	LIST_ROOM_MAX = TALLY_LIST_MAX + TALLY_PENDING_MAX,
};

static const size_t table_bytes = TALLY_TABLE_TICKS * sizeof(uint32_t);

void
tally_init(struct tally *tally)
{
	memset(tally, 0, sizeof(*tally));
}

void
tally_reset(struct tally *tally)
{
	if (tally->table != NULL)
		munmap(tally->table, table_bytes);
	free(tally->pending);
	free(tally->list);
	free(tally->reason);
	tally_spill_free(tally->spill);
	tally_init(tally);
}

/* The next cell from there on that is not 0; TALLY_TABLE_TICKS: none. */
static size_t
next_cell(const struct tally *tally, size_t cell)
{
	while (cell < TALLY_TABLE_TICKS) {
		size_t block = cell >> TALLY_BLOCK_SHIFT;
		size_t end = (block + 1) << TALLY_BLOCK_SHIFT;
		const uint8_t *touched;

		if (tally->touched[block])
			for (; cell < end; cell++)
				if (tally->table[cell] != 0)
					return cell;
		touched = end == TALLY_TABLE_TICKS ? NULL :
		    memchr(tally->touched + block + 1, 1,
		    TALLY_BLOCKS - block - 1);
		if (touched == NULL)
			return TALLY_TABLE_TICKS;
		cell = (size_t)(touched - tally->touched) <<
		    TALLY_BLOCK_SHIFT;
	}
	return TALLY_TABLE_TICKS;
}

void
tally_moments(const struct tally *tally, struct moments *out)
{
	*out = tally->moments;
	for (size_t i = next_cell(tally, 0); i < TALLY_TABLE_TICKS;
	    i = next_cell(tally, i + 1))
		moments_add(out, (int128)(i * tally->tick), tally->table[i]);
}

/* Keeps the moments and drops the rest. */
static void
give_up(struct tally *tally, const struct errbuf *why)
{
	struct moments moments;

	tally_moments(tally, &moments);
	tally_reset(tally);
	tally->moments = moments;
	tally->failed = true;
	tally->reason = strdup(why->text);
}

static void
allocate_table(struct tally *tally)
{
	/* Not calloc: it may clear, and so touch, memory that was freed. */
	void *table = mmap(NULL, table_bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (table == MAP_FAILED)
		return;
	tally->table = table;
	tally->limit = tally->tick * TALLY_TABLE_TICKS;
	tally->reciprocal = ((1ULL << TALLY_RECIPROCAL_SHIFT) +
	    tally->tick - 1) / tally->tick;
}

/* Counts in the table as far as it goes; returns how many are left. */
static uint64_t
count_in_table(struct tally *tally, uint64_t value, uint64_t count)
{
	uint32_t *cell;
	uint64_t sum;

	if (value >= tally->limit || value % tally->tick != 0)
		return count;
	cell = &tally->table[value / tally->tick];
	tally->touched[value / tally->tick >> TALLY_BLOCK_SHIFT] = 1;
	sum = *cell + count;
	*cell = (uint32_t)sum;
	return sum - *cell;
}

/* Moves what fits into the table; returns how many entries stay. */
static size_t
move_to_table(struct tally *tally, struct tally_entry *entries, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct tally_entry e = entries[i];

		e.count = count_in_table(tally, e.value, e.count);
		if (e.count == 0)
			continue;
		moments_add(&tally->moments, e.value, e.count);
		entries[kept++] = e;
	}
	return kept;
}

static bool
all_multiples(const struct tally_entry *entries, size_t n, uint64_t tick)
{
	for (size_t i = 0; i < n; i++)
		if (entries[i].value % tick != 0)
			return false;
	return true;
}

/* Once there are enough values to see the tick, the table is made.  This comes
 * before anything is spilled, so all values are still at hand. */
static void
learn_tick(struct tally *tally)
{
	bool coarse;

	if (tally->tick != 0 ||
	    tally->list_count + tally->pending_count < TALLY_LEARN_AT)
		return;
	coarse = all_multiples(tally->list, tally->list_count, 1000) &&
	    all_multiples(tally->pending, tally->pending_count, 1000);
	tally->tick = coarse ? 1000 : 1;
	allocate_table(tally);
	moments_init(&tally->moments);
	tally->list_count = move_to_table(tally, tally->list,
	    tally->list_count);
	tally->pending_count = move_to_table(tally, tally->pending,
	    tally->pending_count);
}

/* Room for n more entries behind the list. */
static int
grow_list(struct tally *tally, size_t n)
{
	size_t need = tally->list_count + n, room = 2 * tally->list_room;
	struct tally_entry *list;

	if (need <= tally->list_room)
		return 0;
	if (room < need)
		room = need;
	if (room > LIST_ROOM_MAX)
		room = LIST_ROOM_MAX;
	list = memory_resize(tally->list, room, sizeof(*list));
	if (list == NULL)
		return -1;
	tally->list = list;
	tally->list_room = room;
	return 0;
}

/*
 * Merges the n sorted entries of `fresh` into the list, in place: the list
 * moves up by n, so that what is written never passes what is still to read.
 */
static void
merge_into_list(struct tally *tally, const struct tally_entry *fresh, size_t n)
{
	const struct tally_entry *end = fresh + n;
	const struct tally_entry *old = tally->list + n;
	const struct tally_entry *old_end = old + tally->list_count;
	struct tally_entry *out = tally->list;

	memmove(tally->list + n, tally->list,
	    tally->list_count * sizeof(*out));
	while (fresh < end && old < old_end) {
		bool take_old = old->value <= fresh->value;
		bool take_fresh = fresh->value <= old->value;
		struct tally_entry e = {
			.value = take_old ? old->value : fresh->value,
			.count = (take_old ? old->count : 0) +
			    (take_fresh ? fresh->count : 0),
		};

		*out++ = e;
		old += take_old;
		fresh += take_fresh;
	}
	memmove(out, old, (size_t)(old_end - old) * sizeof(*out));
	out += old_end - old;
	memcpy(out, fresh, (size_t)(end - fresh) * sizeof(*out));
	out += end - fresh;
	tally->list_count = (size_t)(out - tally->list);
}

static int
spill_list(struct tally *tally, struct errbuf *err)
{
	if (tally->spill == NULL)
		tally->spill = tally_spill_new(err);
	if (tally->spill == NULL)
		return -1;
	if (tally_spill_add(tally->spill, tally->list, tally->list_count,
	    err) != 0)
		return -1;
	tally->list_count = 0;
	return 0;
}

/* Brings what is pending into the list; gives up where that fails. */
static void
settle(struct tally *tally)
{
	struct errbuf err;
	size_t n;

	learn_tick(tally);
	n = tally->pending_count;
	if (n == 0)
		return;
	if (grow_list(tally, n) != 0) {
		errbuf_set(&err, "out of memory for gaps");
		give_up(tally, &err);
		return;
	}
	/* The free end of the list serves as scratch. */
	tally_sort(tally->pending, n, tally->list + tally->list_count);
	n = tally_coalesce(tally->pending, n);
	merge_into_list(tally, tally->pending, n);
	tally->pending_count = 0;
	if (tally->list_count > TALLY_LIST_MAX && spill_list(tally, &err) != 0)
		give_up(tally, &err);
}

static void
grow_pending(struct tally *tally)
{
	size_t room = tally->pending_room == 0 ? PENDING_FIRST :
	    2 * tally->pending_room;
	struct tally_entry *pending;
	struct errbuf err;

	if (room > TALLY_PENDING_MAX)
		room = TALLY_PENDING_MAX;
	pending = memory_resize(tally->pending, room, sizeof(*pending));
	if (pending != NULL) {
		tally->pending = pending;
		tally->pending_room = room;
		return;
	}
	errbuf_set(&err, "out of memory for gaps");
	give_up(tally, &err);
}

/* Makes room for one more pending entry, or gives up. */
static void
make_room(struct tally *tally)
{
	learn_tick(tally);
	if (tally->pending_count < tally->pending_room)
		return;
	if (tally->pending_room < TALLY_PENDING_MAX)
		grow_pending(tally);
	else
		settle(tally);
}

/* Counts a value outside of the table. */
static void
collect(struct tally *tally, uint64_t value, uint64_t count)
{
	if (tally->pending_count == tally->pending_room && !tally->failed)
		make_room(tally);
	moments_add(&tally->moments, value, count);
	if (!tally->failed)
		tally->pending[tally->pending_count++] =
		    (struct tally_entry){ value, count };
}

void
tally_add_counted(struct tally *tally, uint64_t value, uint64_t count)
{
	count = count_in_table(tally, value, count);
	if (count != 0)
		collect(tally, value, count);
}

void
tally_carry(struct tally *tally, uint64_t value)
{
	collect(tally, value, 1ULL << 32);
}

/*
 * Walks over all values in ascending order: the table, the list and the
 * spilled runs each have a head, the smallest is next.
 */
enum source { FROM_TABLE, FROM_LIST, FROM_SPILL, SOURCES };

struct walk {
	const struct tally *tally;
	size_t cell, item;	/* next of the table, of the list */
	struct tally_spill_reader *reader;	/* NULL without runs */
	const struct tally_entry *batch;
	size_t batch_count;
	struct tally_entry head[SOURCES];
	bool has[SOURCES];
};

static void
next_of_table(struct walk *w)
{
	const struct tally *t = w->tally;

	w->cell = next_cell(t, w->cell);
	w->has[FROM_TABLE] = w->cell < TALLY_TABLE_TICKS;
	if (!w->has[FROM_TABLE])
		return;
	w->head[FROM_TABLE] = (struct tally_entry){ w->cell * t->tick,
	    t->table[w->cell] };
	w->cell++;
}

static void
next_of_list(struct walk *w)
{
	w->has[FROM_LIST] = w->item < w->tally->list_count;
	if (w->has[FROM_LIST])
		w->head[FROM_LIST] = w->tally->list[w->item++];
}

static int
next_of_spill(struct walk *w, struct errbuf *err)
{
	if (w->batch_count == 0 && w->reader != NULL && tally_spill_next(
	    w->reader, &w->batch, &w->batch_count, err) == -1)
		return -1;
	w->has[FROM_SPILL] = w->batch_count > 0;
	if (w->has[FROM_SPILL]) {
		w->head[FROM_SPILL] = *w->batch++;
		w->batch_count--;
	}
	return 0;
}

static int
walk_begin(struct walk *w, const struct tally *tally, struct errbuf *err)
{
	memset(w, 0, sizeof(*w));
	w->tally = tally;
	if (tally->spill != NULL) {
		w->reader = tally_spill_open(tally->spill, err);
		if (w->reader == NULL)
			return -1;
	}
	next_of_table(w);
	next_of_list(w);
	return next_of_spill(w, err);
}

/* 1 and the next value, 0 at the end, -1 when reading failed. */
static int
walk_next(struct walk *w, struct tally_entry *out, struct errbuf *err)
{
	bool any = false;

	for (int i = 0; i < SOURCES; i++)
		if (w->has[i] && (!any || w->head[i].value < out->value)) {
			out->value = w->head[i].value;
			any = true;
		}
	if (!any)
		return 0;
	out->count = 0;
	for (int i = 0; i < SOURCES; i++) {
		if (!w->has[i] || w->head[i].value != out->value)
			continue;
		out->count += w->head[i].count;
		if (i == FROM_TABLE)
			next_of_table(w);
		else if (i == FROM_LIST)
			next_of_list(w);
		else if (next_of_spill(w, err) != 0)
			return -1;
	}
	return 1;
}

int
tally_each(struct tally *tally, tally_visit *visit, void *context,
    struct errbuf *err)
{
	struct tally_entry e = { 0, 0 };
	struct walk w;
	int more;

	settle(tally);
	if (tally->failed) {
		errbuf_set(err, "%s", tally->reason != NULL ?
		    tally->reason : "out of memory for gaps");
		return -1;
	}
	more = walk_begin(&w, tally, err) == 0 ? 1 : -1;
	while (more > 0) {
		more = walk_next(&w, &e, err);
		if (more > 0 && !visit(context, e.value, e.count))
			break;
	}
	tally_spill_close(w.reader);
	return more == -1 ? -1 : 0;
}

static bool
add_visited(void *context, uint64_t value, uint64_t count)
{
	tally_add_counted(context, value, count);
	return true;
}

static bool
is_untouched(const struct tally *tally)
{
	return tally->pending == NULL && tally->table == NULL &&
	    tally->list == NULL && !tally->failed;
}

void
tally_merge(struct tally *left, struct tally *right)
{
	struct moments both, m;
	struct errbuf err;

	if (is_untouched(left)) {
		*left = *right;
		tally_init(right);
		return;
	}
	moments_init(&both);
	if (right->failed || right->spill != NULL) {
		/* It may turn out that not all of it can be visited. */
		tally_moments(left, &both);
		tally_moments(right, &m);
		moments_merge(&both, &m);
	}
	if (tally_each(right, add_visited, left, &err) != 0) {
		if (!left->failed)
			give_up(left, &err);
		left->moments = both;
	}
	tally_reset(right);
}
