#include "analyzer/engine/join.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analyzer/capture/reader.h"
#include "base/memory.h"

struct join {
	const struct engine *engine;
	struct input *inputs;		/* sorted; owns the array only */
	struct cut_sink *sinks;		/* straight to what each output shares */
	struct lanes whole;
	struct facts facts;
	struct engine_result result;	/* of the whole: worst status, sums */
	bool writes_on_the_way;
	bool started;			/* a part has been read */
	bool is_snapshot;		/* lanes may be off that are not lost */
};

struct first_time {
	struct input input;
	size_t position;
	bool known;
	int64_t ns;
};

/* Time of the first frame that has one, among the first that are read. */
static void
look_at_first(struct first_time *t)
{
	struct frame frames[32];
	struct errbuf err;
	struct reader *r = reader_open(t->input.path, NULL, &err);
	size_t n;

	while (r != NULL && !t->known &&
	    reader_next(r, frames, 32, &n, &err) == READER_OK)
		for (size_t i = 0; i < n && !t->known; i++) {
			t->known = (frames[i].flags & FRAME_UNTIMED) == 0;
			t->ns = frames[i].ts_ns;
		}
	reader_close(r);
}

static int
compare_first(const void *a, const void *b)
{
	const struct first_time *x = a, *y = b;

	if (x->known != y->known)
		return x->known ? -1 : 1;
	if (x->known && x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	return x->position < y->position ? -1 : 1;
}

/* Their order is found by a look at each, before all of it is read: that asks
 * for files. */
static bool
is_read_twice(const struct input *input, struct errbuf *err)
{
	struct stat st;

	if (strcmp(input->path, "-") != 0 &&
	    (stat(input->path, &st) == -1 || S_ISREG(st.st_mode)))
		return true;
	errbuf_set(err, "%s can be read once only, and so not be joined with "
	    "other inputs", strcmp(input->path, "-") == 0 ? "standard input" :
	    input->path);
	return false;
}

struct input *
join_order(const struct input *inputs, size_t count, struct errbuf *err)
{
	struct first_time *times = memory_array(count, sizeof(*times));
	struct input *sorted = memory_array(count, sizeof(*sorted));

	if (times == NULL || sorted == NULL) {
		errbuf_set(err, "out of memory");
		goto fail;
	}
	for (size_t i = 0; i < count; i++) {
		times[i].input = inputs[i];
		times[i].position = i;
		if (count > 1 && !is_read_twice(&inputs[i], err))
			goto fail;
		if (count > 1)
			look_at_first(&times[i]);
	}
	qsort(times, count, sizeof(*times), compare_first);
	for (size_t i = 0; i < count; i++)
		sorted[i] = times[i].input;
	free(times);
	return sorted;

fail:
	free(times);
	free(sorted);
	return NULL;
}

static int
open_outputs(struct join *j, struct errbuf *err)
{
	const struct engine *e = j->engine;

	lanes_init(&j->whole, e);
	j->sinks = memory_array(e->output_count, sizeof(*j->sinks));
	if (j->sinks == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	for (size_t i = 0; i < j->whole.count; i++) {
		j->writes_on_the_way |= j->whole.lane[i].analysis->streams;
		if (lane_begin(&j->whole.lane[i], e, err) == -1)
			return -1;
	}
	for (size_t i = 0; i < e->output_count; i++) {
		const struct engine_output *o = &e->outputs[i];
		struct table_writer *w = o->open(o->context, &j->inputs[0],
		    cut_sink_init(&j->sinks[i], o->shared, o->separator), err);

		lanes_find(&j->whole, o)->writers[o->question.table] = w;
		if (w == NULL)
			return -1;
	}
	return 0;
}

struct join *
join_new(struct engine *e, struct errbuf *err)
{
	struct join *j = memory_array(1, sizeof(*j));

	if (j == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	j->engine = e;
	j->inputs = join_order(e->inputs, e->input_count, err);
	if (j->inputs == NULL || open_outputs(j, err) == -1) {
		join_free(j);
		return NULL;
	}
	e->inputs = j->inputs;
	j->result.input = &j->inputs[0];
	return j;
}

void
join_begin(struct join *j, struct order *order, size_t job,
    struct join_part *part, struct engine_result *result)
{
	const struct engine *e = j->engine;
	struct errbuf err;

	if (j->writes_on_the_way)
		order_wait(order, job);
	part->direct = order_is_turn(order, job);
	if (part->direct)
		return;
	lanes_init(&part->lanes, e);
	for (size_t i = 0; i < part->lanes.count; i++) {
		struct lane *lane = &part->lanes.lane[i];

		lane->follows = true;
		if (j->whole.lane[i].state != NULL &&
		    lane_begin(lane, e, &err) == -1) {
			result->output_failed = true;
			result_tell(result, err.text);
		}
	}
}

struct lanes *
join_lanes(struct join *j, struct join_part *part)
{
	return part->direct ? &j->whole : &part->lanes;
}

/* Each of the words that is not there yet. */
static void
add_words(char *list, size_t size, const char *words)
{
	char word[32];

	while (*words != '\0') {
		size_t len = strcspn(words, " ");

		snprintf(word, sizeof(word), "%.*s", (int)len, words);
		facts_add(list, size, word);
		words += len + (words[len] == ' ');
	}
}

/* Behind a part that was broken off there is a hole. */
static void
forget_part(struct join_part *part, struct engine_result *result)
{
	struct errbuf line;

	for (size_t i = 0; i < part->lanes.count; i++)
		lane_end(&part->lanes.lane[i]);
	part->direct = true;
	result->account = (struct account){ 0 };
	errbuf_set(&line, "%s: not used, since the one before it was "
	    "interrupted", result->input->path);
	result_tell(result, line.text);
}

/* A part without a state is missing in the whole, which is lost then. */
static void
merge_lane(struct lane *whole, struct lane *part,
    struct engine_result *result)
{
	struct errbuf err;

	if (whole->state != NULL && part->state == NULL) {
		errbuf_set(&err, "%s: this part of the %s is missing",
		    result->input->path, whole->analysis->tables[0]->name);
		lane_drop(whole, result, &err);
	} else if (whole->state != NULL && whole->analysis->merge(whole->state,
	    part->state, lane_writers(whole), &err) == -1) {
		lane_drop(whole, result, &err);
	}
	lane_end(part);
}

void
join_end(struct join *j, struct join_part *part, struct engine_result *result)
{
	if (!part->direct && j->result.status == INPUT_INTERRUPTED)
		forget_part(part, result);
	for (size_t i = 0; i < part->lanes.count && !part->direct; i++)
		merge_lane(&j->whole.lane[i], &part->lanes.lane[i], result);
	add_words(j->facts.format, sizeof(j->facts.format),
	    part->facts.format);
	add_words(j->facts.link_types, sizeof(j->facts.link_types),
	    part->facts.link_types);
	j->result.account.filtered += result->account.filtered;
	if (result->status > j->result.status &&
	    result->status != INPUT_FOREIGN)
		j->result.status = result->status;
	j->started |= result->status != INPUT_UNREADABLE &&
	    result->status != INPUT_FOREIGN;
}

/* Of the whole: a part that could not be read is a hole in it. */
static enum input_status
whole_status(const struct join *j)
{
	return j->started && j->result.status == INPUT_UNREADABLE ?
	    INPUT_DAMAGED : j->result.status;
}

/* Rows that lost their quantiles are written all the same. */
static int
finish_lane(struct join *j, struct lane *lane,
    const struct analysis_input *input, struct errbuf *err)
{
	const struct engine *e = j->engine;
	int status = 0;

	if (lane_finish(lane, input, &j->result.flows, err) == -1)
		e->lacks(e->context, err->text);
	for (size_t i = 0; i < e->output_count; i++) {
		const struct engine_output *o = &e->outputs[i];
		struct table_writer *w = lane->writers[o->question.table];
		bool keep = !o->own_file || (j->started &&
		    j->result.status != INPUT_INTERRUPTED);
		struct errbuf reason;

		if (o->question.analysis != lane->analysis)
			continue;
		lane->writers[o->question.table] = NULL;
		if (w != NULL && w->close(w, keep, &reason) == -1 &&
		    status == 0) {
			*err = reason;
			status = -1;
		}
	}
	return status;
}

void
join_keep_snapshots(struct join *j)
{
	j->is_snapshot = true;
	for (size_t i = 0; i < j->whole.count; i++)
		lane_keep_snapshots(&j->whole.lane[i], j->engine);
}

int
join_finish(struct join *j, struct analysis_account *flows,
    struct errbuf *err)
{
	struct analysis_input input = {
		.name = j->inputs[0].name,
		.format = j->started ? j->facts.format : NULL,
		.link_types = j->started ? j->facts.link_types : NULL,
		.status = input_status_name(whole_status(j)),
		.filtered = j->result.account.filtered,
	};
	struct errbuf first;
	int status = 0;

	for (size_t i = 0; i < j->whole.count; i++) {
		if (j->whole.lane[i].state == NULL) {
			if (j->is_snapshot)
				continue;
			/* Dropped, and told then. */
			first.text[0] = '\0';
		} else if (finish_lane(j, &j->whole.lane[i], &input,
		    &first) == 0) {
			continue;
		}
		if (status == 0)
			*err = first;
		status = -1;
	}
	*flows = j->result.flows;
	return status;
}

void
join_free(struct join *j)
{
	struct errbuf err;

	if (j == NULL)
		return;
	for (size_t i = 0; i < j->whole.count; i++) {
		struct lane *lane = &j->whole.lane[i];

		for (size_t k = 0; k < lane->analysis->table_count; k++)
			if (lane->writers[k] != NULL)
				lane->writers[k]->close(lane->writers[k],
				    false, &err);
		lane_end(lane);
	}
	free(j->inputs);
	free(j->sinks);
	free(j);
}
