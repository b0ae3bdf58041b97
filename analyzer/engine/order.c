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

/* The way of a job to one of the outputs. */
struct way {
	struct sink sink;	/* first: the sink of this way is the way */
	struct lane *lane;
	struct order_output *output;
	struct bytes kept;
};

struct lane {
	struct order *order;
	size_t job;
	struct way *ways;	/* one to each output */
	size_t kept;		/* bytes, in all of them */
	bool finished;
	void *slot;
};

struct order {
	pthread_mutex_t mutex;
	pthread_cond_t moved;	/* the turn */
	size_t turn;
	struct order_output *outputs;	/* separator: bytes still left out */
	size_t output_count;
	struct way *ways;	/* of all lanes */
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

/* To a shared output; only ever by the job whose turn it is.  Needs no lock:
 * nobody else writes, and `failed` is set under it. */
static int
write_through(struct order *o, struct order_output *output,
    const uint8_t *data, size_t n, struct errbuf *err)
{
	size_t cut = output->separator < n ? output->separator : n;
	struct errbuf why;

	if (n == 0)
		return 0;
	/* It is told once, by whoever asks order_good(). */
	err->text[0] = '\0';
	/* What comes behind a lost piece would follow on the wrong one. */
	if (o->failed)
		return -1;
	output->separator -= cut;
	if (output->shared->write(output->shared, data + cut, n - cut,
	    &why) == 0)
		return 0;
	pthread_mutex_lock(&o->mutex);
	o->failed = true;
	o->err = why;
	pthread_mutex_unlock(&o->mutex);
	return -1;
}

static int
flush_way(struct way *way, struct errbuf *err)
{
	struct bytes *b = &way->kept;
	int status = write_through(way->lane->order, way->output, b->data,
	    b->len, err);

	way->lane->kept -= b->len;
	b->len = 0;
	return status;
}

/* The job has ended: what it keeps is put out, and its room freed. */
static void
flush_lane(struct lane *lane)
{
	struct errbuf err;

	for (size_t i = 0; i < lane->order->output_count; i++) {
		flush_way(&lane->ways[i], &err);
		bytes_reset(&lane->ways[i].kept);
	}
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
way_write(struct sink *sink, const void *data, size_t n, struct errbuf *err)
{
	struct way *way = (struct way *)(void *)sink;
	struct lane *lane = way->lane;
	struct order *o = lane->order;

	if (n > 0 && lane->kept + n <= KEPT_BYTES &&
	    !order_is_turn(o, lane->job) &&
	    bytes_append(&way->kept, data, n) == 0) {
		lane->kept += n;
		return 0;
	}
	/* Its turn, no more room, or no memory for it. */
	order_wait(o, lane->job);
	if (flush_way(way, err) == -1)
		return -1;
	return write_through(o, way->output, data, n, err);
}

static int
lane_init(struct order *o, size_t number)
{
	struct lane *lane = &o->lanes[number];

	lane->order = o;
	lane->ways = &o->ways[number * o->output_count];
	for (size_t i = 0; i < o->output_count; i++)
		lane->ways[i] = (struct way){ .sink = { way_write },
		    .lane = lane, .output = &o->outputs[i] };
	lane->slot = memory_array(1, o->slot_bytes);
	return lane->slot == NULL ? -1 : 0;
}

struct order *
order_new(const struct order_output *outputs, size_t count, size_t slot_bytes,
    size_t ahead, order_done *done, void *context, struct errbuf *err)
{
	struct order *o = memory_array(1, sizeof(*o) +
	    ahead * sizeof(o->lanes[0]));
	bool good = o != NULL;

	if (good) {
		pthread_mutex_init(&o->mutex, NULL);
		pthread_cond_init(&o->moved, NULL);
		o->outputs = memory_array(count, sizeof(*o->outputs));
		o->ways = memory_array(ahead * count, sizeof(*o->ways));
		o->output_count = count;
		o->slot_bytes = slot_bytes;
		o->done = done;
		o->context = context;
		good = o->outputs != NULL && o->ways != NULL;
	}
	if (good && count > 0)
		memcpy(o->outputs, outputs, count * sizeof(*o->outputs));
	for (size_t i = 0; good && i < ahead; i++) {
		good = lane_init(o, i) == 0;
		o->ahead = i + 1;
	}
	if (good)
		return o;
	errbuf_set(err, "out of memory");
	order_free(o);
	return NULL;
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
order_sink(struct order *o, size_t job, size_t output)
{
	return &lane_of(o, job)->ways[output].sink;
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

	pthread_mutex_lock(&o->mutex);
	lane_of(o, job)->finished = true;
	/* Whoever finishes the job whose turn it is also sees to those behind
	 * it that were waiting. */
	while ((lane = finished_turn(o)) != NULL) {
		lane->finished = false;
		pthread_mutex_unlock(&o->mutex);
		flush_lane(lane);
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
		for (size_t k = 0; k < o->output_count; k++)
			bytes_reset(&o->lanes[i].ways[k].kept);
		free(o->lanes[i].slot);
	}
	free(o->ways);
	free(o->outputs);
	pthread_cond_destroy(&o->moved);
	pthread_mutex_destroy(&o->mutex);
	free(o);
}
