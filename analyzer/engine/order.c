#include "analyzer/engine/order.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"

enum {
	KEPT_BYTES = 256 * 1024,	/* of one job, before it has to wait */
};

struct lane {
	struct sink sink;	/* first: the sink of this lane is the lane */
	struct order *order;
	size_t job;
	struct bytes kept;
	bool finished;
	void *slot;
};

struct order {
	pthread_mutex_t mutex;
	pthread_cond_t moved;	/* the turn */
	size_t turn;
	struct sink *shared;
	size_t separator;	/* bytes still to be left out */
	size_t slot_bytes;
	order_done *done;
	void *context;
	bool failed;
	struct errbuf err;
	size_t ahead;		/* lanes */
	struct lane lanes[];
};

static struct lane *
lane_of(struct order *o, size_t job)
{
	return &o->lanes[job % o->ahead];
}

/* To the shared output; only ever by the job whose turn it is.  Needs no lock:
 * nobody else writes, and `failed` is set under it. */
static int
write_through(struct order *o, const uint8_t *data, size_t n,
    struct errbuf *err)
{
	size_t cut = o->separator < n ? o->separator : n;
	struct errbuf why;

	if (n == 0)
		return 0;
	/* It is told once, by whoever asks order_good(). */
	err->text[0] = '\0';
	/* What comes behind a lost piece would follow on the wrong one. */
	if (o->failed)
		return -1;
	o->separator -= cut;
	if (o->shared->write(o->shared, data + cut, n - cut, &why) == 0)
		return 0;
	pthread_mutex_lock(&o->mutex);
	o->failed = true;
	o->err = why;
	pthread_mutex_unlock(&o->mutex);
	return -1;
}

static int
flush_lane(struct lane *lane, struct errbuf *err)
{
	struct bytes *b = &lane->kept;
	int status = write_through(lane->order, b->data, b->len, err);

	b->len = 0;
	return status;
}

void
order_wait(struct order *o, size_t job)
{
	pthread_mutex_lock(&o->mutex);
	while (o->turn != job)
		pthread_cond_wait(&o->moved, &o->mutex);
	pthread_mutex_unlock(&o->mutex);
}

bool
order_is_turn(struct order *o, size_t job)
{
	bool is_turn;

	pthread_mutex_lock(&o->mutex);
	is_turn = o->turn == job;
	pthread_mutex_unlock(&o->mutex);
	return is_turn;
}

static int
lane_write(struct sink *sink, const void *data, size_t n, struct errbuf *err)
{
	struct lane *lane = (struct lane *)(void *)sink;
	struct order *o = lane->order;

	if (n > 0 && lane->kept.len + n <= KEPT_BYTES &&
	    !order_is_turn(o, lane->job)) {
		if (bytes_append(&lane->kept, data, n) == 0)
			return 0;
	}
	/* Its turn, no more room, or no memory for it. */
	order_wait(o, lane->job);
	if (flush_lane(lane, err) == -1)
		return -1;
	return write_through(o, data, n, err);
}

struct order *
order_new(struct sink *shared, size_t separator, size_t slot_bytes,
    size_t ahead, order_done *done, void *context, struct errbuf *err)
{
	struct order *o = memory_array(1, sizeof(*o) +
	    ahead * sizeof(o->lanes[0]));

	if (o == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	o->ahead = ahead;
	pthread_mutex_init(&o->mutex, NULL);
	pthread_cond_init(&o->moved, NULL);
	o->shared = shared;
	o->separator = separator;
	o->slot_bytes = slot_bytes;
	o->done = done;
	o->context = context;
	for (size_t i = 0; i < o->ahead; i++) {
		o->lanes[i].sink.write = lane_write;
		o->lanes[i].order = o;
		o->lanes[i].slot = memory_array(1, slot_bytes);
		if (o->lanes[i].slot == NULL) {
			errbuf_set(err, "out of memory");
			order_free(o);
			return NULL;
		}
	}
	return o;
}

void
order_begin(struct order *o, size_t job)
{
	struct lane *lane = lane_of(o, job);

	pthread_mutex_lock(&o->mutex);
	while (job >= o->turn + o->ahead)
		pthread_cond_wait(&o->moved, &o->mutex);
	lane->job = job;
	lane->finished = false;
	pthread_mutex_unlock(&o->mutex);
	memset(lane->slot, 0, o->slot_bytes);
}

void *
order_slot(struct order *o, size_t job)
{
	return lane_of(o, job)->slot;
}

struct sink *
order_sink(struct order *o, size_t job)
{
	return &lane_of(o, job)->sink;
}

/* Is the job whose turn it is finished?  Then nobody but the caller touches
 * its lane until the turn moves. */
static struct lane *
finished_turn(struct order *o)
{
	struct lane *lane = lane_of(o, o->turn);

	return lane->finished && lane->job == o->turn ? lane : NULL;
}

void
order_end(struct order *o, size_t job)
{
	struct lane *lane;
	struct errbuf err;

	pthread_mutex_lock(&o->mutex);
	lane_of(o, job)->finished = true;
	/* Whoever finishes the job whose turn it is also sees to those behind
	 * it that were waiting. */
	while ((lane = finished_turn(o)) != NULL) {
		lane->finished = false;
		pthread_mutex_unlock(&o->mutex);
		flush_lane(lane, &err);
		bytes_reset(&lane->kept);
		o->done(o->context, lane->job, lane->slot);
		pthread_mutex_lock(&o->mutex);
		o->turn++;
		pthread_cond_broadcast(&o->moved);
	}
	pthread_mutex_unlock(&o->mutex);
}

bool
order_good(struct order *o, struct errbuf *err)
{
	bool good;

	pthread_mutex_lock(&o->mutex);
	good = !o->failed;
	if (!good)
		*err = o->err;
	pthread_mutex_unlock(&o->mutex);
	return good;
}

void
order_free(struct order *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < o->ahead; i++) {
		bytes_reset(&o->lanes[i].kept);
		free(o->lanes[i].slot);
	}
	pthread_cond_destroy(&o->moved);
	pthread_mutex_destroy(&o->mutex);
	free(o);
}
