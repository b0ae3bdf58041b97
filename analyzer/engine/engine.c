#include "analyzer/engine/engine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/capture/reader.h"
#include "analyzer/engine/join.h"
#include "analyzer/engine/order.h"
#include "analyzer/engine/pass.h"
#include "base/memory.h"

/* Jobs begun before their turn: small files need not wait for a big one.  What
 * they leave is a row each; joined parts leave whole states, and so begin only
 * when a thread is there for them. */
enum { APART_AHEAD = 256 };

struct run {
	const struct engine *engine;
	struct order *order;
	struct join *join;		/* NULL: the inputs stay apart */
	pthread_mutex_t mutex;		/* for the rest */
	size_t next;			/* job to take */
	bool is_snapshot;		/* see struct engine */
	bool failed;
	struct errbuf err;		/* why the run as a whole failed */
};

/* What a job leaves until its turn. */
struct slot {
	struct engine_result result;
	struct join_part part;
};

static const char *const status_names[] = {
	[INPUT_OK] = "ok",
	[INPUT_FOREIGN] = "foreign",
	[INPUT_INTERRUPTED] = "interrupted",
	[INPUT_UNSUPPORTED] = "unsupported",
	[INPUT_CUT] = "cut",
	[INPUT_DAMAGED] = "damaged",
	[INPUT_UNREADABLE] = "unreadable",
};

const char *
input_status_name(enum input_status status)
{
	return status_names[status];
}

uint64_t
account_records(const struct account *a)
{
	const struct direction_counts *d = &a->directions;

	return d->in + d->out + d->other + d->skipped + a->filtered;
}

/* A writer for each output of the lane: unless all of them can be opened, the
 * lane is dropped. */
static void
open_lane(struct run *run, size_t job, struct lane *lane, bool readable,
    struct engine_result *result)
{
	const struct engine *e = run->engine;
	struct errbuf err;
	int status = lane_begin(lane, e, &err);

	for (size_t i = 0; status == 0 && i < e->output_count; i++) {
		const struct engine_output *o = &e->outputs[i];
		struct table_writer *w;

		if (o->question.analysis != lane->analysis ||
		    (o->own_file && !readable))
			continue;
		w = o->open(o->context, result->input,
		    order_sink(run->order, job, i), &err);
		lane->writers[o->question.table] = w;
		if (w == NULL)
			status = -1;
	}
	if (status == -1)
		lane_drop(lane, result, &err);
}

static void
fail_output(struct engine_result *result, const struct errbuf *err)
{
	result->output_failed = true;
	result_tell(result, err->text);
}

static void
close_output(const struct engine_output *o, struct lane *lane,
    struct engine_result *result)
{
	struct table_writer *w = lane->writers[o->question.table];
	bool keep = !(o->own_file && result->status == INPUT_INTERRUPTED);
	struct errbuf err;

	lane->writers[o->question.table] = NULL;
	if (w != NULL && w->close(w, keep, &err) == -1)
		fail_output(result, &err);
}

static void
close_lane(const struct engine *e, struct lane *lane,
    struct engine_result *result, const struct analysis_input *input)
{
	struct errbuf err;

	if (lane->state == NULL)
		return;
	if (lane_finish(lane, input, &result->flows, &err) == -1)
		fail_output(result, &err);
	for (size_t i = 0; i < e->output_count; i++)
		if (e->outputs[i].question.analysis == lane->analysis)
			close_output(&e->outputs[i], lane, result);
	lane_end(lane);
}

/* Is there an output of this lane that shows unreadable inputs too? */
static bool
lane_is_shared(const struct engine *e, const struct lane *lane)
{
	for (size_t i = 0; i < e->output_count; i++)
		if (e->outputs[i].question.analysis == lane->analysis &&
		    !e->outputs[i].own_file)
			return true;
	return false;
}

/* An input on its own: states, pass, rows. */
static void
run_apart(struct run *run, struct pass *pass, size_t job,
    struct reader *reader, struct engine_result *result)
{
	const struct engine *e = run->engine;
	struct lanes lanes;
	struct facts facts = { "", "" };
	struct analysis_input input = { .name = result->input->name };

	lanes_init(&lanes, e);
	for (size_t i = 0; i < lanes.count; i++)
		if (reader != NULL || lane_is_shared(e, &lanes.lane[i]))
			open_lane(run, job, &lanes.lane[i], reader != NULL,
			    result);
	if (reader != NULL) {
		pass_run(pass, reader, &lanes, result, &facts);
		input.format = facts.format;
		input.link_types = facts.link_types;
	}
	input.status = input_status_name(result->status);
	input.filtered = result->account.filtered;
	for (size_t i = 0; i < lanes.count; i++) {
		if (pass_is_snapshot(pass))
			lane_keep_snapshots(&lanes.lane[i], e);
		close_lane(e, &lanes.lane[i], result, &input);
	}
}

struct reader *
engine_open(const struct engine *e, const struct input *input, bool *foreign,
    struct errbuf *err)
{
	*foreign = false;
	if (input->live != NULL)
		return reader_open_live(input->live, e->stop, err);
	return reader_open_stoppable(input->path, e->stop, foreign, err);
}

static void
run_job(struct run *run, struct pass *pass, size_t job)
{
	struct slot *slot = order_slot(run->order, job);
	struct engine_result *result = &slot->result;
	const struct input *input = &run->engine->inputs[job];
	struct reader *reader;
	struct errbuf err;
	bool foreign;

	result->input = input;
	if (run->join != NULL)
		join_begin(run->join, run->order, job, &slot->part, result);
	reader = engine_open(run->engine, input, &foreign, &err);
	if (reader == NULL && foreign && input->walked) {
		result->status = INPUT_FOREIGN;
		result_tell(result, err.text);
	} else {
		if (reader == NULL)
			result_worsen(result, *run->engine->stop ?
			    INPUT_INTERRUPTED : INPUT_UNREADABLE, err.text);
		if (run->join == NULL)
			run_apart(run, pass, job, reader, result);
		else if (reader != NULL)
			pass_run(pass, reader, join_lanes(run->join,
			    &slot->part), result, &slot->part.facts);
	}
	reader_close(reader);
	/* Asked for with one thread only, so that nobody else looks. */
	if (pass_is_snapshot(pass))
		run->is_snapshot = true;
}

static void
job_done(void *context, size_t job, void *data)
{
	struct run *run = context;
	struct slot *slot = data;

	(void)job;
	if (run->join != NULL)
		join_end(run->join, &slot->part, &slot->result);
	run->engine->done(run->engine->context, &slot->result);
	bytes_reset(&slot->result.lines);
}

/* An interface is opened all the same: packets may have come before the
 * signal. */
static bool
is_left_out(const struct engine *e, const struct input *input)
{
	return *e->stop && input->live == NULL;
}

static bool
take_job(struct run *run, size_t *job)
{
	const struct engine *e = run->engine;
	struct errbuf err;
	bool taken = false;

	if (run->is_snapshot || !order_good(run->order, &err))
		return false;
	pthread_mutex_lock(&run->mutex);
	if (run->next < e->input_count && !run->failed &&
	    !is_left_out(e, &e->inputs[run->next])) {
		*job = run->next++;
		taken = true;
	}
	pthread_mutex_unlock(&run->mutex);
	return taken;
}

static void
run_fail(struct run *run, const struct errbuf *err)
{
	pthread_mutex_lock(&run->mutex);
	if (!run->failed) {
		run->failed = true;
		run->err = *err;
	}
	pthread_mutex_unlock(&run->mutex);
}

static void *
work(void *context)
{
	struct run *run = context;
	struct errbuf err;
	struct pass *pass = pass_new(run->engine, &err);
	size_t job;

	if (pass == NULL)
		run_fail(run, &err);
	while (pass != NULL && take_job(run, &job)) {
		order_begin(run->order, job);
		run_job(run, pass, job);
		order_end(run->order, job);
	}
	pass_free(pass);
	return NULL;
}

/* This thread works too; where no other can be had it works alone. */
static void
run_threads(struct run *run)
{
	const struct engine *e = run->engine;
	size_t want = e->jobs < e->input_count ? e->jobs : e->input_count;
	pthread_t *threads = want <= 1 ? NULL :
	    memory_array(want - 1, sizeof(*threads));
	size_t n = 0;

	while (threads != NULL && n < want - 1 &&
	    pthread_create(&threads[n], NULL, work, run) == 0)
		n++;
	work(run);
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	free(threads);
}

/* Each output with its way to what its jobs share. */
static struct order *
new_order(struct run *run, struct errbuf *err)
{
	const struct engine *e = run->engine;
	struct order_output *outputs = memory_array(e->output_count,
	    sizeof(*outputs));
	struct order *order;

	if (outputs == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < e->output_count; i++)
		outputs[i] = (struct order_output){ e->outputs[i].shared,
		    e->outputs[i].separator };
	order = order_new(outputs, e->output_count, sizeof(struct slot),
	    e->join ? e->jobs : APART_AHEAD, job_done, run, err);
	free(outputs);
	return order;
}

int
engine_run(const struct engine *e, struct errbuf *err)
{
	struct run run = { .engine = e };
	struct engine joined = *e;
	int status = -1;

	pthread_mutex_init(&run.mutex, NULL);
	if (e->join) {
		run.join = join_new(&joined, err);
		if (run.join == NULL)
			goto end;
		run.engine = &joined;
	}
	run.order = new_order(&run, err);
	if (run.order == NULL)
		goto end;
	run_threads(&run);
	if (run.failed)
		*err = run.err;
	if (run.failed || !order_good(run.order, err))
		goto end;
	if (run.join != NULL && run.is_snapshot)
		join_keep_snapshots(run.join);
	status = run.join == NULL ? 0 : join_finish(run.join, e->flows, err);
end:
	join_free(run.join);
	order_free(run.order);
	pthread_mutex_destroy(&run.mutex);
	return status;
}
