#include "analyzer/dashboard/events.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analyzer/dashboard/draft.h"
#include "analyzer/report/panels.h"
#include "base/memory.h"

enum {
	QUEUE_LOW = 256 * 1024,	/* nothing is added to more than that */
	PUSH_MS = 100,		/* changes are gathered for so long */
	COMMENT_TICKS = 150,	/* 15 s: a proxy, or the kernel, sees life */
};

struct client {
	struct client *next, **link;
	struct events *events;
	struct stored_view *view;
	struct http_stream *stream;
	uint64_t sent[STORE_PANELS_MAX];	/* generations */
	bool state_due;
	unsigned silent;	/* ticks */
};

struct events {
	struct client *clients;
	size_t count;
	struct event *timer;
	struct blob *(*state)(void *context, const struct stored_view *view);
	void *context;
};

/* "event: NAME", a "data: " before each line of the text, an empty line. */
static struct blob *
frame_of(const char *name, const char *text, size_t len)
{
	struct draft d = { 0 };
	struct blob *blob = NULL;

	draft_printf(&d, "event: %s\n", name);
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t n = end == NULL ? len : (size_t)(end - text);

		draft_put(&d, "data: ");
		draft_add(&d, text, n);
		draft_put(&d, "\n");
		n += n < len;
		text += n;
		len -= n;
	}
	draft_put(&d, "\n");
	if (!d.failed)
		blob = blob_new(d.bytes.data, d.bytes.len);
	draft_reset(&d);
	return blob;
}

/* Made once for all that look at it. */
static struct blob *
panel_frame(struct stored_panel *p, const char *name)
{
	struct draft d = { 0 };
	const struct blob *json = p->forms[FORM_JSON];

	if (p->frame != NULL || json == NULL)
		return p->frame;
	draft_printf(&d, "{\"name\":\"%s\",\"generation\":%llu,\"document\":",
	    name, (unsigned long long)p->generation);
	draft_add(&d, json->data, json->len);
	draft_put(&d, "}");
	if (!d.failed)
		p->frame = frame_of("panel", (const char *)d.bytes.data,
		    d.bytes.len);
	draft_reset(&d);
	return p->frame;
}

static void
send_state(struct client *c)
{
	struct blob *state = c->events->state(c->events->context, c->view);
	struct blob *frame = state == NULL ? NULL : frame_of("state",
	    (const char *)state->data, state->len);

	blob_drop(state);
	if (frame == NULL)
		return;
	http_stream_send(c->stream, frame);
	blob_drop(frame);
	c->state_due = false;
	c->silent = 0;
}

/* Puts on its way what the client lacks, as far as there is room. */
static void
push(struct client *c)
{
	struct stored_view *v = c->view;

	if (c->state_due && http_stream_queued(c->stream) < QUEUE_LOW)
		send_state(c);
	for (int i = 0; i < STORE_PANELS_MAX && panels[i].name != NULL; i++) {
		struct stored_panel *p = &v->panels[i];

		if (p->generation == c->sent[i] || panel_frame(p,
		    panels[i].name) == NULL)
			continue;
		if (http_stream_queued(c->stream) >= QUEUE_LOW)
			return;
		http_stream_send(c->stream, p->frame);
		c->sent[i] = p->generation;
		c->silent = 0;
	}
}

static void
keep_alive(struct client *c)
{
	static const char comment[] = ":\n\n";
	struct blob *blob;

	if (++c->silent < COMMENT_TICKS)
		return;
	c->silent = 0;
	blob = blob_new(comment, sizeof(comment) - 1);
	if (blob != NULL)
		http_stream_send(c->stream, blob);
	blob_drop(blob);
}

static void
on_tick(evutil_socket_t fd, short what, void *context)
{
	struct events *events = context;

	(void)fd;
	(void)what;
	for (struct client *c = events->clients; c != NULL; c = c->next) {
		push(c);
		keep_alive(c);
	}
}

static void
forget(struct client *c)
{
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	c->events->count--;
	store_unwatch(c->view);
	free(c);
}

static void
on_closed(void *context)
{
	forget(context);
}

struct events *
events_new(struct event_base *base,
    struct blob *(*state)(void *context, const struct stored_view *view),
    void *context, struct errbuf *err)
{
	struct events *events = memory_array(1, sizeof(*events));
	struct timeval tick = { 0, PUSH_MS * 1000 };

	if (events != NULL) {
		events->state = state;
		events->context = context;
		events->timer = event_new(base, -1, EV_PERSIST, on_tick,
		    events);
		if (events->timer != NULL &&
		    event_add(events->timer, &tick) == 0)
			return events;
	}
	events_free(events);
	errbuf_set(err, "out of memory");
	return NULL;
}

void
events_free(struct events *events)
{
	if (events == NULL)
		return;
	while (events->clients != NULL) {
		http_stream_close(events->clients->stream);
		forget(events->clients);
	}
	if (events->timer != NULL)
		event_free(events->timer);
	free(events);
}

void
events_open(struct events *events, struct http_request *request,
    struct stored_view *view)
{
	struct client *c = events->count >= EVENTS_CLIENTS_MAX ? NULL :
	    memory_array(1, sizeof(*c));

	if (c == NULL) {
		http_reply_error(request, 503, "too many pages look on");
		return;
	}
	*c = (struct client){ .events = events, .view = view,
	    .state_due = true };
	c->stream = http_stream_open(request, "text/event-stream", on_closed,
	    c);
	if (c->stream == NULL) {
		free(c);
		return;
	}
	c->next = events->clients;
	c->link = &events->clients;
	if (c->next != NULL)
		c->next->link = &c->next;
	events->clients = c;
	events->count++;
	store_watch(view);
	push(c);
}

void
events_tell(struct events *events, const struct stored_view *view)
{
	for (struct client *c = events->clients; c != NULL; c = c->next)
		if (view == NULL || c->view == view)
			c->state_due = true;
}
