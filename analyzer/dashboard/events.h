/*
 * Server-sent events (WHATWG HTML, 9.2): what has changed in a view, to all
 * pages that look at it.
 *
 *	event: state	data: the state of the view
 *	event: panel	data: {"name":..,"generation":N,"document":the JSON}
 *
 * A reader that is slow gets fewer: what is not on its way yet is replaced by
 * what is newer, and while more than a quarter of a MiB waits nothing is added.
 * One that takes nothing is closed, by http.h's deadline.
 */
#ifndef ANALYZER_DASHBOARD_EVENTS_H
#define ANALYZER_DASHBOARD_EVENTS_H

#include <event2/event.h>
#include <stddef.h>

#include "analyzer/dashboard/http.h"
#include "analyzer/dashboard/store.h"
#include "base/errbuf.h"

enum { EVENTS_CLIENTS_MAX = 128 };

struct events;

/* state() gives the JSON of a view, held once; NULL when memory is short. */
struct events *events_new(struct event_base *base,
    struct blob *(*state)(void *context, const struct stored_view *view),
    void *context, struct errbuf *err);

/* Ends all streams.  NULL does nothing. */
void events_free(struct events *events);

/* A page: it gets all that is there, and then what changes. */
void events_open(struct events *events, struct http_request *request,
    struct stored_view *view);

/* Something of the view has changed; NULL: of all. */
void events_tell(struct events *events, const struct stored_view *view);

#endif
