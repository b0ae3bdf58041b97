#include "analyzer/dashboard/dashboard.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/dashboard/server.h"
#include "base/memory.h"

enum {
	LOOK_S = 2,		/* for new captures */
	TICK_MS = 250,		/* for what is due */
	LIVE_PATIENCE_S = 5,	/* to write the last of a ring */
	LINK_BYTES = 256,
	GIVE_WAY = 10,		/* niceness */
};

/* Of the loop. */
struct loop {
	struct server *server;
	struct event *interrupt, *terminate, *hangup;
	struct event *look, *tick;
};

static void
on_stop(evutil_socket_t number, short what, void *context)
{
	struct loop *loop = context;

	(void)number;
	(void)what;
	event_base_loopexit(loop->server->base, NULL);
}

static void
on_look(evutil_socket_t fd, short what, void *context)
{
	struct loop *loop = context;
	struct server *s = loop->server;
	struct errbuf ignored;

	(void)fd;
	(void)what;
	if (sources_look(&s->sources, &ignored) != 1)
		return;
	events_tell(s->events, NULL);
	store_tick(s->store);
}

static void
on_tick(evutil_socket_t fd, short what, void *context)
{
	struct loop *loop = context;

	(void)fd;
	(void)what;
	store_tick(loop->server->store);
}

static void
on_told(void *context, struct stored_view *view)
{
	struct server *s = context;

	/* Nobody looks on before there is a server. */
	if (s->events != NULL)
		events_tell(s->events, view);
}

static int
add_timer(struct loop *loop, struct event **timer, event_callback_fn call,
    struct timeval interval)
{
	*timer = event_new(loop->server->base, -1, EV_PERSIST, call, loop);
	return *timer == NULL ? -1 : event_add(*timer, &interval);
}

static int
add_signal(struct loop *loop, struct event **event, int number)
{
	*event = evsignal_new(loop->server->base, number, on_stop, loop);
	return *event == NULL ? -1 : event_add(*event, NULL);
}

static void
free_loop(struct loop *loop)
{
	struct event *const list[] = { loop->interrupt, loop->terminate,
	    loop->hangup, loop->look, loop->tick };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i] != NULL)
			event_free(list[i]);
}

static int
make_loop(struct loop *loop, struct errbuf *err)
{
	const struct timeval look = { LOOK_S, 0 };
	const struct timeval tick = { 0, TICK_MS * 1000 };

	if (add_signal(loop, &loop->interrupt, SIGINT) == 0 &&
	    add_signal(loop, &loop->terminate, SIGTERM) == 0 &&
	    add_signal(loop, &loop->hangup, SIGHUP) == 0 &&
	    add_timer(loop, &loop->tick, on_tick, tick) == 0 &&
	    (loop->server->setup->live != NULL ||
	    add_timer(loop, &loop->look, on_look, look) == 0))
		return 0;
	errbuf_set(err, "the event loop: out of memory");
	return -1;
}

/* All that has a part in answering. */
static int
open_server(struct server *s, struct worker *live, struct errbuf *err)
{
	const struct dashboard_setup *setup = s->setup;
	const struct store_calls calls = { server_task, server_changed,
	    on_told, s };
	struct view whole = { .from_ns = setup->base.from_ns,
	    .to_ns = setup->base.to_ns };

	if (setup->base.filter != NULL)
		snprintf(whole.filter, sizeof(whole.filter), "%s",
		    setup->base.filter);
	s->store = store_new(s->base, setup->views_max, &calls, err);
	if (s->store == NULL || (live->pid != 0 &&
	    store_set_live(s->store, &whole, live, err) == -1))
		return -1;
	live->pid = 0;		/* the store's now */
	s->flows = flow_runs_new(s->base, FLOW_RUNS_MAX);
	s->events = events_new(s->base, server_state, s, err);
	if (s->flows == NULL || s->events == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	s->http = http_open(s->base, setup->address, setup->port,
	    server_handle, s, err);
	if (s->http == NULL)
		return -1;
	snprintf(s->cookie, sizeof(s->cookie), "pcapstat-%u",
	    http_port(s->http));
	return 0;
}

static void
make_link(const struct server *s, const struct token *token,
    char link[LINK_BYTES])
{
	snprintf(link, LINK_BYTES, "http://%s/#token=%s",
	    http_authority(s->http), token->text);
}

static int
tell_link(const struct server *s)
{
	char link[LINK_BYTES], once[LINK_BYTES];
	int status;

	make_link(s, &s->token, link);
	make_link(s, &s->once, once);
	status = s->setup->ready(s->setup->context, link, once);
	explicit_bzero(link, sizeof(link));
	explicit_bzero(once, sizeof(once));
	return status;
}

/* What it has read is still to be written to its files, and told; the loop's
 * ticks see to it that this ends. */
static void
end_live(struct server *s)
{
	struct timespec now;
	time_t end;

	if (store_live(s->store) == NULL)
		return;
	worker_stop(store_live(s->store));
	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + LIVE_PATIENCE_S;
	while (store_live(s->store) != NULL && now.tv_sec < end) {
		event_base_loop(s->base, EVLOOP_ONCE);
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
}

static void
close_server(struct server *s)
{
	/* Answers that are owed, and streams, before what they go by. */
	flow_runs_free(s->flows);
	events_free(s->events);
	http_close(s->http);
	store_free(s->store);
	inputs_reset(&s->inputs);
}

static int
serve(struct server *s, struct worker *live, struct errbuf *err)
{
	struct loop loop = { .server = s };
	int status = -1;

	s->base = event_base_new();
	if (s->base == NULL) {
		errbuf_set(err, "the event loop: out of memory");
		return -1;
	}
	if (make_loop(&loop, err) == 0 && open_server(s, live, err) == 0) {
		/* A signal that came before the loop listened to them. */
		if (!*s->setup->stop && tell_link(s) == 0)
			event_base_dispatch(s->base);
		end_live(s);
		status = 0;
	}
	close_server(s);
	free_loop(&loop);
	event_base_free(s->base);
	return status;
}

/* Before there is anything that a worker would have to close. */
static int
start_live(struct server *s, struct worker *live, struct errbuf *err)
{
	const struct dashboard_setup *setup = s->setup;
	struct worker_task task;

	if (setup->live == NULL)
		return 0;
	s->tape = tape_new(setup->ring_prefix, err);
	if (s->tape == NULL)
		return -1;
	task = server_live_task(s);
	if (worker_start(&task, live, err) == -1)
		return -1;
	/* The capturing goes before us, and before what we start. */
	(void)!nice(GIVE_WAY);
	setup->started(setup->context);
	return 0;
}

int
dashboard_run(const struct dashboard_setup *setup, struct errbuf *err)
{
	struct server *s = memory_array(1, sizeof(*s));
	struct worker live = { 0 };
	int status = -1;

	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	s->setup = setup;
	if (token_make(&s->token, err) == 0 &&
	    token_make(&s->once, err) == 0 &&
	    token_make(&s->session, err) == 0 &&
	    token_make(&s->id, err) == 0 &&
	    (setup->live != NULL || sources_init(&s->sources, setup->names,
	    setup->name_count, setup->join, err) == 0) &&
	    start_live(s, &live, err) == 0)
		status = serve(s, &live, err);
	worker_end(&live, 0, &(int){ 0 });
	tape_free(s->tape);
	sources_reset(&s->sources);
	token_wipe(&s->token);
	token_wipe(&s->once);
	token_wipe(&s->session);
	free(s);
	return status;
}
