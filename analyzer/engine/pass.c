#include "analyzer/engine/pass.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analyzer/capture/ring.h"
#include "analyzer/decode/decode.h"
#include "analyzer/engine/direction.h"
#include "analyzer/engine/select.h"
#include "base/memory.h"

enum {
	/* Frames and packets of a batch fit into the first level cache beside
	 * the headers they point at. */
	BATCH = 128,
	PROGRESS_BYTES = 4 * 1024 * 1024,
	FLUSH_NS = 200 * 1000 * 1000,
	TOLD_MAX = 4,		/* link types without decoder, by name */
};

struct pass {
	const struct engine *engine;
	struct filter *filter;
	uint64_t told_bytes;		/* of this input, to progress() */
	int64_t flush_ns;		/* of the steady clock: rows are due */
	uint64_t undecoded;		/* packets of this input whose link type
					   has no decoder */
	bool is_snapshot;
	bool tap_failed, ring_failed;
	struct frame frames[BATCH];
	struct packet packets[BATCH];
};

struct pass *
pass_new(const struct engine *engine, struct errbuf *err)
{
	struct pass *pass = memory_array(1, sizeof(*pass));

	if (pass == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	pass->engine = engine;
	if (engine->filter != NULL) {
		pass->filter = filter_new(engine->filter, err);
		if (pass->filter == NULL) {
			free(pass);
			return NULL;
		}
	}
	return pass;
}

void
pass_free(struct pass *pass)
{
	if (pass == NULL)
		return;
	filter_free(pass->filter);
	free(pass);
}

void
result_tell(struct engine_result *result, const char *line)
{
	if (line[0] == '\0')	/* told elsewhere */
		return;
	/* Where even that memory is missing the status still tells. */
	if (bytes_append(&result->lines, line, strlen(line)) == 0)
		bytes_append(&result->lines, "\n", 1);
}

void
result_worsen(struct engine_result *result, enum input_status status,
    const char *line)
{
	if (status > result->status)
		result->status = status;
	result_tell(result, line);
}

void
facts_add(char *list, size_t size, const char *word)
{
	size_t len = strlen(word), used = strlen(list);

	if (len == 0)
		return;
	for (const char *at = list; (at = strstr(at, word)) != NULL; at++)
		if ((at == list || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return;
	/* The last word of a list that is full says so. */
	if (used + len + sizeof(" ...") + 1 > size)
		word = "...";
	if (used + len + 2 <= size && (used < 4 ||
	    strcmp(list + used - 4, " ...") != 0))
		snprintf(list + used, size - used, "%s%s",
		    used == 0 ? "" : " ", word);
}

struct lane *
lanes_find(struct lanes *lanes, const struct engine_output *output)
{
	struct lane *lane = lanes->lane;

	while (lane->analysis != output->question.analysis)
		lane++;
	return lane;
}

void
lanes_init(struct lanes *lanes, const struct engine *e)
{
	*lanes = (struct lanes){ .count = 0 };
	for (size_t i = 0; i < e->output_count; i++) {
		const struct analysis *a = e->outputs[i].question.analysis;
		size_t k = 0;

		while (k < lanes->count && lanes->lane[k].analysis != a)
			k++;
		if (k == lanes->count)
			lanes->lane[lanes->count++].analysis = a;
	}
}

int
lane_begin(struct lane *lane, const struct engine *e, struct errbuf *err)
{
	const struct table_selection *wanted[ANALYSIS_TABLES_MAX] = { NULL };

	for (size_t i = 0; i < e->output_count; i++) {
		const struct engine_output *o = &e->outputs[i];

		if (o->question.analysis == lane->analysis)
			wanted[o->question.table] = o->columns;
	}
	lane->state = lane->analysis->state_new(e->settings, wanted, err);
	return lane->state == NULL ? -1 : 0;
}

void
lane_end(struct lane *lane)
{
	lane->analysis->state_free(lane->state);
	lane->state = NULL;
}

void
lane_drop(struct lane *lane, struct engine_result *result,
    const struct errbuf *err)
{
	struct errbuf ignored;

	result->output_failed = true;
	result_tell(result, err->text);
	for (size_t i = 0; i < lane->analysis->table_count; i++) {
		struct table_writer *w = lane->writers[i];

		if (w != NULL)
			w->close(w, false, &ignored);
		lane->writers[i] = NULL;
	}
	lane_end(lane);
}

int
lane_finish(struct lane *lane, const struct analysis_input *input,
    struct analysis_account *account, struct errbuf *err)
{
	const struct analysis *a = lane->analysis;
	int status = a->finish(lane->state, input, lane->writers, err);

	if (a->account != NULL)
		a->account(lane->state, account);
	return status;
}

bool
pass_is_snapshot(const struct pass *pass)
{
	return pass->is_snapshot;
}

void
lane_keep_snapshots(struct lane *lane, const struct engine *e)
{
	bool is_left = false;

	for (size_t i = 0; i < e->output_count; i++) {
		const struct engine_output *o = &e->outputs[i];

		if (o->question.analysis != lane->analysis)
			continue;
		if (!o->snapshot)
			lane->writers[o->question.table] = NULL;
		is_left |= lane->writers[o->question.table] != NULL;
	}
	if (!is_left && lane->state != NULL)
		lane_end(lane);
}

static void
count_statuses(struct pass *pass, struct account *a, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct packet *p = &pass->packets[i];

		a->truncated += p->status == PACKET_TRUNCATED;
		a->malformed += p->status == PACKET_MALFORMED;
		a->unsupported += p->status == PACKET_UNSUPPORTED;
		pass->undecoded += p->layer_count == 0 &&
		    p->status == PACKET_UNSUPPORTED;
	}
}

/* The batch, read into pass->frames, through all stages behind the reader. */
static void
run_batch(struct pass *pass, size_t n, struct lanes *lanes,
    struct engine_result *result)
{
	const struct engine *e = pass->engine;
	size_t kept = select_frames(pass->frames, n, e->from_ns, e->to_ns,
	    pass->filter);
	unsigned statuses;

	result->account.filtered += n - kept;
	statuses = decode_batch(pass->frames, kept, pass->packets);
	direction_set(e->local, pass->packets, kept,
	    &result->account.directions);
	if (statuses != PACKET_OK)
		count_statuses(pass, &result->account, kept);
	for (size_t i = 0; i < lanes->count; i++) {
		struct lane *lane = &lanes->lane[i];
		struct errbuf err;

		if (lane->state != NULL && lane->analysis->add(lane->state,
		    result->input->name, pass->packets, kept,
		    lane_writers(lane), &err) == -1)
			lane_drop(lane, result, &err);
	}
}

static void
tell_progress(struct pass *pass, const struct reader *reader, bool end)
{
	const struct engine *e = pass->engine;
	uint64_t at = reader_offset(reader);

	if (e->progress != NULL && !pass->is_snapshot &&
	    (end || at - pass->told_bytes >= PROGRESS_BYTES)) {
		e->progress(e->context, at - pass->told_bytes);
		pass->told_bytes = at;
	}
}

/* A read that a signal has broken off is no fault of the input. */
static void
end_of_reading(struct pass *pass, enum reader_status status,
    const struct errbuf *err, struct engine_result *result)
{
	static const enum input_status mapped[] = {
		[READER_OK] = INPUT_INTERRUPTED,
		[READER_END] = INPUT_OK,
		[READER_CUT] = INPUT_CUT,
		[READER_DAMAGED] = INPUT_DAMAGED,
		[READER_FAILED] = INPUT_DAMAGED,
	};
	struct errbuf line;

	if (pass->is_snapshot)
		status = READER_END;
	if (status == READER_FAILED && *pass->engine->stop)
		status = READER_OK;
	result->status = mapped[status];
	if (status == READER_OK && *pass->engine->stop) {
		errbuf_set(&line, "%s: interrupted after %llu records",
		    result->input->path,
		    (unsigned long long)account_records(&result->account));
		result_tell(result, line.text);
	} else if (status != READER_OK && status != READER_END) {
		result_tell(result, err->text);
	}
}

/* What went well but left something out. */
static void
tell_omissions(struct pass *pass, const struct reader *reader,
    struct engine_result *result)
{
	const uint16_t *types;
	size_t n, told = 0;
	struct errbuf line;

	if (reader_note(reader) != NULL)
		result_worsen(result, INPUT_UNSUPPORTED, reader_note(reader));
	if (pass->filter != NULL && filter_misfit(pass->filter) != NULL) {
		errbuf_set(&line, "%s: filter %s", result->input->path,
		    filter_misfit(pass->filter));
		result_worsen(result, INPUT_UNSUPPORTED, line.text);
	}
	if (pass->undecoded == 0)
		return;
	types = reader_link_types(reader, &n);
	for (size_t i = 0; i < n; i++)
		if (decode_link_name(types[i]) == NULL && ++told <= TOLD_MAX) {
			errbuf_set(&line, "%s: link type %u has no decoder",
			    result->input->path, types[i]);
			result_worsen(result, INPUT_UNSUPPORTED, line.text);
		}
	if (told > TOLD_MAX) {
		errbuf_set(&line, "%s: %zu link types more have no decoder",
		    result->input->path, told - TOLD_MAX);
		result_tell(result, line.text);
	}
}

static void
collect_facts(const struct reader *reader, struct facts *facts)
{
	const uint16_t *types;
	size_t n;
	char number[16];

	facts_add(facts->format, sizeof(facts->format),
	    reader_format(reader));
	types = reader_link_types(reader, &n);
	for (size_t i = 0; i < n; i++) {
		const char *name = decode_link_name(types[i]);

		snprintf(number, sizeof(number), "%u", types[i]);
		facts_add(facts->link_types, sizeof(facts->link_types),
		    name != NULL ? name : number);
	}
}

/* Is there a lane left to read for? */
static bool
is_wanted(const struct lanes *lanes)
{
	for (size_t i = 0; i < lanes->count; i++)
		if (lanes->lane[i].state != NULL)
			return true;
	return false;
}

/* An interface sees to `stop` itself: what had come by then is still read. */
static bool
is_stopped(const struct pass *pass, const struct engine_result *result)
{
	return result->input->live == NULL && *pass->engine->stop;
}

/* Those who see all that is read; what they cannot do is told once. */
static void
show(struct pass *pass, const struct reader *reader, size_t n,
    struct engine_result *result)
{
	const struct engine *e = pass->engine;
	struct errbuf err;

	if (e->tap != NULL && !pass->tap_failed &&
	    e->tap(e->context, reader, pass->frames, n, &err) == -1) {
		pass->tap_failed = true;
		result->output_failed = true;
		result_tell(result, err.text);
	}
	if (e->ring != NULL && !pass->ring_failed &&
	    ring_add(e->ring, pass->frames, n, &err) == -1) {
		pass->ring_failed = true;
		errbuf_prefix(&err, "--ring ended");
		result->output_failed = true;
		result_tell(result, err.text);
	}
}

/* Between two batches. */
static bool
is_snapshot_due(struct pass *pass)
{
	const struct engine *e = pass->engine;

	if (e->snapshot != NULL && e->jobs == 1)
		pass->is_snapshot = e->snapshot(e->context);
	return pass->is_snapshot;
}

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int
flush_lane(const struct lane *lane, struct errbuf *err)
{
	for (size_t i = 0; i < lane->analysis->table_count; i++) {
		struct table_writer *w = lane->writers[i];

		if (w != NULL && w->flush != NULL && w->flush(w, err) == -1)
			return -1;
	}
	return 0;
}

/* Somebody waits for the rows that there are. */
static void
put_out_rows(struct pass *pass, struct lanes *lanes, bool idle,
    struct engine_result *result)
{
	struct errbuf err;
	int64_t now;

	if (!pass->engine->prompt || ((now = now_ns()) < pass->flush_ns &&
	    !idle))
		return;
	pass->flush_ns = now + FLUSH_NS;
	for (size_t i = 0; i < lanes->count; i++)
		if (lanes->lane[i].state != NULL &&
		    flush_lane(&lanes->lane[i], &err) == -1)
			lane_drop(&lanes->lane[i], result, &err);
}

/* READER_OK: the input goes on. */
static enum reader_status
run_some(struct pass *pass, struct reader *reader, struct lanes *lanes,
    struct engine_result *result, struct errbuf *err)
{
	enum reader_status status;
	size_t n;

	status = reader_next(reader, pass->frames, BATCH, &n, err);
	if (status == READER_IDLE) {
		put_out_rows(pass, lanes, true, result);
		return READER_OK;
	}
	if (status != READER_OK)
		return status;
	show(pass, reader, n, result);
	run_batch(pass, n, lanes, result);
	put_out_rows(pass, lanes, false, result);
	tell_progress(pass, reader, false);
	return READER_OK;
}

void
pass_run(struct pass *pass, struct reader *reader, struct lanes *lanes,
    struct engine_result *result, struct facts *facts)
{
	enum reader_status status = READER_OK;
	struct errbuf err;

	pass->told_bytes = 0;
	pass->undecoded = 0;
	if (pass->filter != NULL)
		filter_begin(pass->filter);
	if (pass->engine->snapshot != NULL)
		reader_set_idle(reader);
	while (status == READER_OK && !is_stopped(pass, result) &&
	    is_wanted(lanes) && !is_snapshot_due(pass))
		status = run_some(pass, reader, lanes, result, &err);
	tell_progress(pass, reader, true);
	end_of_reading(pass, status, &err, result);
	tell_omissions(pass, reader, result);
	collect_facts(reader, facts);
}
