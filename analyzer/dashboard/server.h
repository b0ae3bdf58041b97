/*
 * What the parts of the server share: the loop (dashboard.c), what is answered
 * (api.c, state.c), and what workers are to do (tasks.c).
 */
#ifndef ANALYZER_DASHBOARD_SERVER_H
#define ANALYZER_DASHBOARD_SERVER_H

#include "analyzer/dashboard/dashboard.h"
#include "analyzer/dashboard/events.h"
#include "analyzer/dashboard/flow.h"
#include "analyzer/dashboard/http.h"
#include "analyzer/dashboard/sources.h"
#include "analyzer/dashboard/store.h"
#include "analyzer/dashboard/tape.h"
#include "analyzer/dashboard/token.h"

struct server {
	const struct dashboard_setup *setup;
	struct event_base *base;
	struct http *http;
	struct store *store;
	struct events *events;
	struct flow_runs *flows;
	struct sources sources;		/* unless it is live */
	struct tape *tape;		/* if it is */
	struct token token;		/* in the link */
	struct token once;		/* in the link that is good once */
	bool once_used;
	struct token session;		/* in the cookie */
	struct token id;		/* of this run; no secret */
	char cookie[32];		/* its name */
	struct inputs inputs;		/* of the task that is being made */
	int64_t since_ns;
};

/* api.c: answers a request. */
void server_handle(void *context, struct http_request *request);

/* api.c: the view that is asked for, with these parameters (NULL behind the
 * last) beside its own; -1 after having answered. */
int server_view(struct server *server, struct http_request *request,
    const char *const *others, struct query *query, struct view *view);

/* ladders.c: answers /api/flow.ENDING. */
void server_flow(struct server *server, struct http_request *request,
    const char *ending);

/* state.c: the JSON of a view, held once; NULL when memory is short. */
struct blob *server_state(void *context, const struct stored_view *view);

/* tasks.c: see struct store_calls. */
int server_task(void *context, const struct view *view,
    const struct run *run, struct worker_task *out, uint64_t *changed,
    struct errbuf *err);
uint64_t server_changed(void *context, const struct view *view);

/* tasks.c: the one task of the live worker. */
struct worker_task server_live_task(struct server *server);

/* Does the view show what the live worker reads? */
bool server_is_live(const struct server *server, const struct view *view);

/* tasks.c: the words behind the panel's, or a ladder's: options that the view
 * and the setup make, then what is read. */
void server_words(struct server *server, const struct view *view,
    struct flow_command *out);

#endif
