#include "analyzer/tracker/flow_queue.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/tracker/flow_record.h"
#include "base/memory.h"
#include "base/scratch.h"

enum {
	ROOM_FIRST = 64,
	WRITE_BYTES = 64 * 1024,
	PLACES = 4096,
	ALIGNMENT = 16,
};

/* More than a parent can write while a child is looking. */
#define FORK_ROOM	((uint64_t)1 << 36)

/* A heap with the lowest sequence first.  The sequence is here too so that
 * comparing needs no look at the record. */
struct item {
	uint64_t sequence;
	struct flow *record;
};

/*
 * A place in the index file: where the record is in the other one, plus one,
 * so that a hole in the file, which reads as 0, is none.
 */
struct flow_queue {
	uint64_t share, bytes;
	uint64_t next;		/* sequence to be given out */
	bool absent;		/* it was looked for and has not come since */
	struct item *heap;
	size_t count, room;
	/* the files, NULL until needed */
	struct scratch *records, *index;
	uint64_t records_end;
	uint64_t filed_end;	/* sequences in the file are below it */
	pid_t process;		/* that uses it; in a child, records there: */
	uint64_t foreign_from, foreign_to;	/* the parent filed later */
	uint64_t places_from;	/* sequence of places[0] */
	size_t places_count;	/* 0: nothing was read */
	uint64_t places[PLACES];
};

struct flow_queue *
flow_queue_new(uint64_t share, struct errbuf *err)
{
	struct flow_queue *q = calloc(1, sizeof(*q));

	if (q == NULL) {
		errbuf_set(err, "out of memory for flows that have ended");
		return NULL;
	}
	q->share = share;
	q->next = 1;
	q->process = getpid();
	return q;
}

void
flow_queue_free(struct flow_queue *q)
{
	if (q == NULL)
		return;
	for (size_t i = 0; i < q->count; i++)
		free(q->heap[i].record);
	free(q->heap);
	scratch_close(q->records);
	scratch_close(q->index);
	free(q);
}

uint64_t
flow_queue_memory(const struct flow_queue *q)
{
	return q->bytes + q->room * sizeof(*q->heap);
}

/* The heap. */

static int
make_room(struct flow_queue *q)
{
	size_t room = q->room == 0 ? ROOM_FIRST : q->room * 2;
	struct item *heap;

	if (q->count < q->room)
		return 0;
	heap = memory_resize(q->heap, room, sizeof(*heap));
	if (heap == NULL)
		return -1;
	q->heap = heap;
	q->room = room;
	return 0;
}

static void
push(struct flow_queue *q, struct flow *record)
{
	struct item item = { record->sequence, record };
	size_t at = q->count++;

	while (at > 0 && q->heap[(at - 1) / 2].sequence > item.sequence) {
		q->heap[at] = q->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	q->heap[at] = item;
	q->bytes += flow_record_bytes(record);
}

static struct flow *
pop(struct flow_queue *q)
{
	struct flow *first = q->heap[0].record;
	struct item item = q->heap[--q->count];
	size_t at = 0, child;

	while ((child = 2 * at + 1) < q->count) {
		if (child + 1 < q->count && q->heap[child + 1].sequence <
		    q->heap[child].sequence)
			child++;
		if (item.sequence <= q->heap[child].sequence)
			break;
		q->heap[at] = q->heap[child];
		at = child;
	}
	q->heap[at] = item;
	q->bytes -= flow_record_bytes(first);
	return first;
}

/* The files. */

struct writer {
	struct scratch *scratch;
	uint64_t at;		/* where bytes[0] goes */
	size_t used;
	uint8_t bytes[WRITE_BYTES];
};

static int
flush(struct writer *w, struct errbuf *err)
{
	int result = scratch_write(w->scratch, w->at, w->bytes, w->used, err);

	w->at += w->used;
	w->used = 0;
	return result;
}

static int
put(struct writer *w, const void *data, size_t n, struct errbuf *err)
{
	if (w->used + n > sizeof(w->bytes) && flush(w, err) != 0)
		return -1;
	if (n > sizeof(w->bytes)) {
		w->at += n;
		return scratch_write(w->scratch, w->at - n, data, n, err);
	}
	memcpy(w->bytes + w->used, data, n);
	w->used += n;
	return 0;
}

/*
 * The index fills in any order, so what a parent files after a fork shows in
 * the child until that has a copy, and in the copy.  It is known by its place
 * in the other file, which grows at its end only: the child's own records go
 * far behind it.
 */
static void
note_process(struct flow_queue *q)
{
	if (q->process == getpid())
		return;
	q->process = getpid();
	q->foreign_from = q->records_end;
	q->records_end += FORK_ROOM;
	q->foreign_to = q->records_end;
}

static bool
is_foreign(const struct flow_queue *q, uint64_t at)
{
	return at >= q->foreign_from && at < q->foreign_to;
}

static int
open_files(struct flow_queue *q, struct errbuf *err)
{
	if (q->index != NULL)
		return 0;
	if (q->records == NULL)
		q->records = scratch_open(err);
	if (q->records != NULL)
		q->index = scratch_open(err);
	return q->index == NULL ? -1 : 0;
}

/* Sequences that follow each other go into the index together. */
static int
put_place(struct flow_queue *q, struct writer *index, uint64_t sequence,
    uint64_t place, struct errbuf *err)
{
	uint64_t at = sequence * sizeof(place);

	if (index->at + index->used != at) {
		if (flush(index, err) != 0)
			return -1;
		index->at = at;
	}
	if (sequence >= q->filed_end)
		q->filed_end = sequence + 1;
	return put(index, &place, sizeof(place), err);
}

static int
put_record(struct flow_queue *q, struct writer *records, struct writer *index,
    const struct flow *record, struct errbuf *err)
{
	uint64_t bytes = flow_record_bytes(record);

	if (put_place(q, index, record->sequence, q->records_end + 1,
	    err) != 0 ||
	    put(records, &bytes, sizeof(bytes), err) != 0 ||
	    put(records, record, bytes, err) != 0)
		return -1;
	q->records_end += sizeof(bytes) + bytes;
	return 0;
}

/* Writes all that wait in memory. */
static int
file_all(struct flow_queue *q, struct errbuf *err)
{
	struct writer *w;
	int result = 0;

	if (open_files(q, err) != 0)
		return -1;
	note_process(q);
	w = memory_array(2, sizeof(*w));
	if (w == NULL) {
		errbuf_set(err, "out of memory for flows that have ended");
		return -1;
	}
	w[0].scratch = q->records;
	w[0].at = q->records_end;
	w[1].scratch = q->index;
	while (q->count > 0 && result == 0) {
		struct flow *record = pop(q);

		result = put_record(q, &w[0], &w[1], record, err);
		free(record);
	}
	if (result == 0 && flush(&w[0], err) == 0)
		result = flush(&w[1], err);
	else
		result = -1;
	free(w);
	q->places_count = 0;
	return result;
}

/* Where the record of the next sequence is in the file, plus one; 0: not
 * there. */
static int
place_of_next(struct flow_queue *q, uint64_t *place, struct errbuf *err)
{
	*place = 0;
	if (q->next >= q->filed_end)
		return 0;
	note_process(q);
	if (q->next < q->places_from ||
	    q->next - q->places_from >= q->places_count) {
		uint64_t n = q->filed_end - q->next;

		q->places_from = q->next;
		q->places_count = n < PLACES ? (size_t)n : PLACES;
		if (scratch_read(q->index, q->next * sizeof(*place),
		    q->places, q->places_count * sizeof(*place), err) != 0)
			return -1;
	}
	*place = q->places[q->next - q->places_from];
	if (*place != 0 && is_foreign(q, *place - 1))
		*place = 0;
	return 0;
}

static struct flow *
read_record(const struct flow_queue *q, uint64_t at, struct errbuf *err)
{
	struct flow *record;
	uint64_t bytes;

	if (scratch_read(q->records, at, &bytes, sizeof(bytes), err) != 0)
		return NULL;
	record = aligned_alloc(ALIGNMENT, bytes);
	if (record == NULL) {
		errbuf_set(err, "out of memory for flows that have ended");
		return NULL;
	}
	if (scratch_read(q->records, at + sizeof(bytes), record, bytes,
	    err) != 0) {
		free(record);
		return NULL;
	}
	flow_record_settle(record);
	return record;
}

int
flow_queue_add(struct flow_queue *q, struct flow *record, struct errbuf *err)
{
	if (make_room(q) != 0) {
		errbuf_set(err, "out of memory for flows that have ended");
		free(record);
		return -1;
	}
	if (record->sequence == q->next)
		q->absent = false;
	push(q, record);
	return q->bytes > q->share ? file_all(q, err) : 0;
}

struct flow *
flow_queue_next(struct flow_queue *q, int *status, struct errbuf *err)
{
	struct flow *record = NULL;
	uint64_t place = 0;

	*status = 0;
	if (q->absent)
		return NULL;
	if (q->count > 0 && q->heap[0].sequence == q->next)
		record = pop(q);
	else if (place_of_next(q, &place, err) != 0 || (place != 0 &&
	    (record = read_record(q, place - 1, err)) == NULL))
		*status = -1;
	q->absent = record == NULL && *status == 0;
	q->next += record != NULL;
	return record;
}
