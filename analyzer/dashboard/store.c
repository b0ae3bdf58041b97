#include "analyzer/dashboard/store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "analyzer/report/panels.h"
#include "base/memory.h"

#define SECOND INT64_C(1000000000)
/* A view that nobody watches is still wanted for so long: a page asks for its
 * state before it opens its stream. */
#define WANTED_NS (10 * SECOND)
#define SHORTEST_PAUSE_NS (SECOND / 2)

/* Between the last byte of a worker and its end. */
enum { LAST_STEPS_MS = 2000 };

struct store {
	struct event_base *base;
	struct store_calls calls;
	struct stored_view *views;
	size_t count, max;
	size_t running;		/* workers of our own */
	struct run *live;	/* NULL: none, or it has ended */
};

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

static void
drop_panel(struct stored_panel *p)
{
	for (int i = 0; i < FORM_COUNT; i++) {
		blob_drop(p->forms[i]);
		p->forms[i] = NULL;
	}
	blob_drop(p->frame);
	blob_drop(p->fault);
	p->frame = p->fault = NULL;
}

/* The worker is gone, or goes; what it has told stays. */
static int
end_worker(struct store *store, struct run *run, int patience_ms)
{
	int status;

	if (run->readable != NULL)
		event_free(run->readable);
	run->readable = NULL;
	if (run->worker.pid != 0 && !run->live)
		store->running--;
	if (run == store->live)
		store->live = NULL;
	worker_end(&run->worker, patience_ms, &status);
	message_reset(&run->reader);
	draft_reset(&run->next_lines);
	run->ended_ns = now_ns();
	return status;
}

static void
free_view(struct store *store, struct stored_view *v)
{
	for (int i = 0; i < STORE_RUNS; i++) {
		end_worker(store, &v->runs[i], 0);
		draft_reset(&v->runs[i].lines);
	}
	for (int i = 0; i < STORE_PANELS_MAX; i++)
		drop_panel(&v->panels[i]);
	free(v);
}

static void
add_line(struct draft *lines, const char *text, size_t len)
{
	char *line = strndup(text, len);

	if (line != NULL) {
		draft_put(lines, lines->bytes.len > 0 ? "," : "");
		draft_json(lines, line);
	}
	free(line);
}

/* True where the panel is not what it was. */
static bool
take_panel(struct stored_panel *p, const struct message *m)
{
	bool same = true;

	for (int i = 0; i < FORM_COUNT; i++)
		same = same && p->forms[i] != NULL &&
		    p->forms[i]->len == m->parts[i].len &&
		    (m->parts[i].len == 0 || memcmp(p->forms[i]->data,
		    m->parts[i].data, m->parts[i].len) == 0);
	if (same)
		return false;
	drop_panel(p);
	for (int i = 0; i < FORM_COUNT; i++)
		p->forms[i] = blob_new(m->parts[i].data, m->parts[i].len);
	return true;
}

static bool
take_fault(struct stored_panel *p, const struct message *m)
{
	drop_panel(p);
	p->fault = blob_new(m->parts[0].data, m->parts[0].len);
	return true;
}

static void
take_status(struct run *run, const struct message *m)
{
	memcpy(&run->told, m->parts[0].data, sizeof(run->told));
	run->final = run->told.final;
	draft_reset(&run->lines);
	run->lines = run->next_lines;
	run->next_lines = (struct draft){ 0 };
	run->view->generation++;
}

static void
take_message(struct run *run, const struct message *m)
{
	struct stored_view *v = run->view;
	struct stored_panel *p = m->panel < STORE_PANELS_MAX ?
	    &v->panels[m->panel] : NULL;

	if (m->kind == MESSAGE_LINE)
		add_line(&run->next_lines, (const char *)m->parts[0].data,
		    m->parts[0].len);
	else if (m->kind == MESSAGE_STATUS)
		take_status(run, m);
	else if (p != NULL && (m->kind == MESSAGE_PANEL ? take_panel(p, m) :
	    take_fault(p, m)))
		p->generation = ++v->generation;
}

/* All that is whole; -1 with the reason in *err. */
static int
take_messages(struct run *run, struct errbuf *err)
{
	struct message m;
	size_t at = 0;
	int status;

	while ((status = message_next(&run->reader, &at, &m, err)) == 1)
		take_message(run, &m);
	message_forget(&run->reader, at);
	return status;
}

/* Why the worker has ended without a last word. */
static void
tell_end(struct run *run, int status, const struct errbuf *err)
{
	struct errbuf line = *err;

	if (line.text[0] == '\0' && WIFSIGNALED(status))
		errbuf_set(&line, "the worker was ended by signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (line.text[0] == '\0')
		errbuf_set(&line, "the worker ended early");
	add_line(&run->lines, line.text, strlen(line.text));
}


/* The pipe is at its end, or what came by it was wrong. */
static void
end_run(struct run *run, const struct errbuf *err)
{
	struct store *store = run->view->store;
	int status = end_worker(store, run, LAST_STEPS_MS);

	run->status = RUN_COMPLETE;
	if (!run->final)
		tell_end(run, status, err);
	if (!run->final || run->told.failed)
		run->status = RUN_FAILED;
	run->view->generation++;
	store_tick(store);
}

static void
on_readable(evutil_socket_t fd, short what, void *context)
{
	struct run *run = context;
	struct stored_view *v = run->view;
	struct store *store = v->store;
	struct errbuf err = { "" };
	int status = message_read(&run->reader, fd, &err);

	(void)what;
	if (status != -1 && take_messages(run, &err) == -1)
		status = -1;
	if (status != 1)
		end_run(run, &err);
	store->calls.told(store->calls.context, v);
}

/* Looks at the worker's pipe from now on. */
static int
follow_worker(struct store *store, struct run *run, struct errbuf *err)
{
	run->readable = event_new(store->base, run->worker.fd,
	    EV_READ | EV_PERSIST, on_readable, run);
	if (run->readable == NULL || event_add(run->readable, NULL) == -1) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	run->status = RUN_RUNNING;
	run->final = false;
	run->started_ns = now_ns();
	return 0;
}

static int
start_worker(struct store *store, struct run *run, struct errbuf *err)
{
	struct worker_task task;

	if (store->calls.task(store->calls.context, &run->view->view, run,
	    &task, &run->changed, err) == -1 ||
	    worker_start(&task, &run->worker, err) == -1)
		return -1;
	store->running++;
	return follow_worker(store, run, err);
}

static void
start_run(struct store *store, struct run *run)
{
	struct errbuf err = { "" };

	run->started_ns = now_ns();
	if (start_worker(store, run, &err) == 0)
		return;
	end_worker(store, run, 0);
	run->changed = 0;	/* what was short may be there the next time */
	run->status = RUN_FAILED;
	draft_reset(&run->lines);
	add_line(&run->lines, err.text, strlen(err.text));
	run->view->generation++;
}

static bool
is_wanted(const struct stored_view *v, int64_t now)
{
	return v->watchers > 0 || now - v->asked_ns < WANTED_NS;
}

/* Made anew for no more than a third of the time. */
static bool
is_due(const struct store *store, const struct run *run, int64_t now)
{
	int64_t took = run->ended_ns - run->started_ns;
	int64_t pause = 2 * took > SHORTEST_PAUSE_NS ? 2 * took :
	    SHORTEST_PAUSE_NS;
	uint64_t changed;

	if (!run->needed || run->live || run->status == RUN_RUNNING ||
	    !is_wanted(run->view, now))
		return false;
	changed = store->calls.changed(store->calls.context,
	    &run->view->view);
	if (changed == 0)
		return false;	/* there is nothing to be read yet */
	if (run->status == RUN_WAITING)
		return true;
	return changed != run->changed && now - run->ended_ns >= pause;
}

/* Of those that are due, one that waits for the first time goes first, then
 * the one that ended first. */
static struct run *
next_run(const struct store *store, int64_t now)
{
	struct run *best = NULL;

	for (struct stored_view *v = store->views; v != NULL; v = v->next)
		for (int i = 0; i < STORE_RUNS; i++) {
			struct run *run = &v->runs[i];

			if (is_due(store, run, now) && (best == NULL ||
			    run->ended_ns < best->ended_ns))
				best = run;
		}
	return best;
}

/* A worker whose view nobody wants gives way to one that somebody waits
 * for. */
static struct run *
unwanted_run(const struct store *store, int64_t now)
{
	for (struct stored_view *v = store->views; v != NULL; v = v->next)
		for (int i = 0; i < STORE_RUNS; i++)
			if (!v->runs[i].live &&
			    v->runs[i].status == RUN_RUNNING &&
			    !is_wanted(v, now))
				return &v->runs[i];
	return NULL;
}

void
store_tick(struct store *store)
{
	int64_t now = now_ns();
	struct run *run, *unwanted;

	while ((run = next_run(store, now)) != NULL) {
		if (store->running >= STORE_WORKERS) {
			unwanted = unwanted_run(store, now);
			if (unwanted == NULL)
				return;
			end_worker(store, unwanted, 0);
			unwanted->status = RUN_WAITING;
		}
		start_run(store, run);
		store->calls.told(store->calls.context, run->view);
	}
}

struct store *
store_new(struct event_base *base, size_t views_max,
    const struct store_calls *calls, struct errbuf *err)
{
	struct store *store = memory_array(1, sizeof(*store));

	if (store == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	*store = (struct store){ .base = base, .calls = *calls,
	    .max = views_max };
	return store;
}

void
store_free(struct store *store)
{
	if (store == NULL)
		return;
	while (store->views != NULL) {
		struct stored_view *v = store->views;

		store->views = v->next;
		free_view(store, v);
	}
	free(store);
}

/* The one that nobody has wanted for longest goes; false where all are
 * watched. */
static bool
make_room(struct store *store)
{
	struct stored_view **oldest = NULL, *v;

	if (store->count < store->max)
		return true;
	for (struct stored_view **at = &store->views; *at != NULL;
	    at = &(*at)->next)
		if ((*at)->watchers == 0 && !(*at)->runs[0].live &&
		    (oldest == NULL || (*at)->asked_ns < (*oldest)->asked_ns))
			oldest = at;
	if (oldest == NULL)
		return false;
	v = *oldest;
	*oldest = v->next;
	store->count--;
	free_view(store, v);
	return true;
}

static struct stored_view *
add_view(struct store *store, const struct view *view)
{
	struct stored_view *v = make_room(store) ?
	    memory_array(1, sizeof(*v)) : NULL;

	if (v == NULL)
		return NULL;
	v->store = store;
	v->view = *view;
	for (int i = 0; i < STORE_RUNS; i++) {
		v->runs[i].view = v;
		v->runs[i].told.since_ns = INT64_MIN;
	}
	v->runs[0].needed = true;
	v->next = store->views;
	store->views = v;
	store->count++;
	return v;
}

struct stored_view *
store_view(struct store *store, const struct view *view)
{
	struct stored_view *v = store->views;

	while (v != NULL && !view_equal(&v->view, view))
		v = v->next;
	if (v == NULL)
		v = add_view(store, view);
	if (v == NULL)
		return NULL;
	v->asked_ns = now_ns();
	store_tick(store);
	return v;
}

int
store_set_live(struct store *store, const struct view *view,
    const struct worker *worker, struct errbuf *err)
{
	struct stored_view *v = add_view(store, view);
	struct run *run;

	if (v == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	run = &v->runs[0];
	run->live = true;
	run->worker = *worker;
	store->live = run;
	/* What would not fit into memory is made of what was kept. */
	v->runs[1].needed = true;
	v->runs[1].share = MAKER_COSTLY;
	if (follow_worker(store, run, err) == 0)
		return 0;
	run->worker.pid = 0;	/* the caller's still */
	return -1;
}

struct worker *
store_live(struct store *store)
{
	return store->live == NULL ? NULL : &store->live->worker;
}

void
store_watch(struct stored_view *v)
{
	v->watchers++;
}

void
store_unwatch(struct stored_view *v)
{
	v->watchers--;
	v->asked_ns = now_ns();
}

enum run_status
store_status(const struct stored_view *v)
{
	return v->runs[0].status;
}
