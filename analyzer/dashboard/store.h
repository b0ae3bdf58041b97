/*
 * The views that clients look at, and the newest panels of each.
 *
 * A view is made when somebody first asks for it, by a worker; kept while it is
 * watched, and as long as there is room after that; made anew when its captures
 * have changed, if it is watched, and for no more than a third of the time.
 *
 * Bounds: STORE_WORKERS at once, `views_max` views (those that nobody watches
 * go first), the bytes of a panel as in message.h.
 */
#ifndef ANALYZER_DASHBOARD_STORE_H
#define ANALYZER_DASHBOARD_STORE_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/dashboard/blob.h"
#include "analyzer/dashboard/draft.h"
#include "analyzer/dashboard/message.h"
#include "analyzer/dashboard/sources.h"
#include "analyzer/dashboard/view.h"
#include "analyzer/dashboard/worker.h"

enum { STORE_WORKERS = 2, STORE_PANELS_MAX = 32, STORE_VIEWS_MAX = 64 };

enum run_status { RUN_WAITING, RUN_RUNNING, RUN_COMPLETE, RUN_FAILED };

/* A panel of a view. */
struct stored_panel {
	struct blob *forms[FORM_COUNT];	/* NULL: not there yet */
	struct blob *frame;	/* its event, made when it is first sent */
	struct blob *fault;	/* why it is not there */
	uint64_t generation;	/* of the view, when it last changed */
};

/* What makes (a share of) a view's panels. */
struct run {
	struct stored_view *view;
	bool needed;
	enum maker_share share;
	bool live;		/* by the live worker, not one of its own */
	enum run_status status;
	struct worker worker;
	struct event *readable;
	struct message_reader reader;
	int64_t started_ns, ended_ns;
	uint64_t changed;	/* of the source, when it was started */
	struct message_status told;
	struct draft lines;	/* JSON strings, commas between them */
	struct draft next_lines;
	bool final;		/* told.final has come */
};

enum { STORE_RUNS = 2 };

struct store;

struct stored_view {
	struct stored_view *next;
	struct store *store;
	struct view view;
	struct stored_panel panels[STORE_PANELS_MAX];
	struct run runs[STORE_RUNS];
	uint64_t generation;	/* counts changes of any kind */
	size_t watchers;
	int64_t asked_ns;	/* last */
};

/* What the store asks of its owner. */
struct store_calls {
	/* A task for the view's run, whose texts live until the next call; -1
	 * with the reason in *err.  *changed: see struct run. */
	int (*task)(void *context, const struct view *view,
	    const struct run *run, struct worker_task *out,
	    uint64_t *changed, struct errbuf *err);
	/* What the source is now, for the same; 0: there is nothing yet. */
	uint64_t (*changed)(void *context, const struct view *view);
	/* Something of the view has changed. */
	void (*told)(void *context, struct stored_view *view);
	void *context;
};

/* NULL with the reason in *err. */
struct store *store_new(struct event_base *base, size_t views_max,
    const struct store_calls *calls, struct errbuf *err);

/* Ends all workers.  NULL does nothing. */
void store_free(struct store *store);

/* The worker that was started before the store, for the view that leaves
 * nothing out. */
int store_set_live(struct store *store, const struct view *view,
    const struct worker *worker, struct errbuf *err);

/* That worker, while it runs; NULL.  What it tells when it is stopped still
 * comes. */
struct worker *store_live(struct store *store);

/* The view, which is made if it is not there; borrowed until the loop goes on,
 * or for as long as it is watched.  NULL: all that there is room for are
 * watched, or memory is short. */
struct stored_view *store_view(struct store *store, const struct view *view);

/* Somebody watches (or ceases to). */
void store_watch(struct stored_view *view);
void store_unwatch(struct stored_view *view);

/* After the sources have changed, and now and then: begins what is due. */
void store_tick(struct store *store);

/* Of the view as a whole: that of its first run. */
enum run_status store_status(const struct stored_view *view);

#endif
