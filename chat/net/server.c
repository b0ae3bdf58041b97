#include "chat/net/server.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "chat/net/server_internal.h"

/* Descriptors that are not clients: the loop, the database, files, ... */
enum { SPARE_DESCRIPTORS = 64, NS_PER_MS = 1000000 };

/* Connections. */

static void
on_accepted(void *context, int fd, const struct chat_address *address)
{
	struct server *s = context;
	struct connections *all = s->net.connections;
	uint64_t before = connections_totals(all)->connections;

	if (connections_count(all) >= s->setup->clients_max) {
		close(fd);
		server_tell_refused(s, address, "clients");
		return;
	}
	connections_add(all, fd, address);
	/* A connection that the protocol refuses counts. */
	if (connections_totals(all)->connections == before)
		server_tell_refused(s, address, "memory");
}

static void
on_active(void *context)
{
	struct server *s = context;

	latency_active(s->latency);
}

static void
on_left(void *context, struct peer *peer, enum left why)
{
	struct server *s = context;

	server_forget_login(s, peer);
	server_tell_left(s, peer, why);
}

static void
on_gone(void *context)
{
	struct server *s = context;

	if (s->ending && connections_count(s->net.connections) == 0)
		event_base_loopbreak(s->base);
}


/* The end. */

static void
begin_end(struct server *s, const char *reason)
{
	const struct timeval tv = {
		.tv_sec = SERVER_DRAIN_MS / 1000,
		.tv_usec = SERVER_DRAIN_MS % 1000 * 1000,
	};

	s->ending = true;
	listener_close(s->listener);
	s->listener = NULL;
	server_tell_stop(s, reason);
	connections_stop(s->net.connections);
	if (connections_count(s->net.connections) == 0 ||
	    evtimer_add(s->drained, &tv) != 0)
		event_base_loopbreak(s->base);
}

static void
on_drained(evutil_socket_t fd, short what, void *context)
{
	struct server *s = context;

	(void)fd;
	(void)what;
	event_base_loopbreak(s->base);
}

/* By the protocol, which has said its last words. */
static void
on_end_now(evutil_socket_t fd, short what, void *context)
{
	struct server *s = context;

	(void)fd;
	(void)what;
	if (!s->ending)
		begin_end(s, "protocol");
}

static void
on_stop_signal(evutil_socket_t number, short what, void *context)
{
	struct server *s = context;

	(void)number;
	(void)what;
	if (s->ending) {
		event_base_loopbreak(s->base);
		return;
	}
	if (s->side->stop != NULL)
		s->side->stop(s->state);
	begin_end(s, "signal");
}

static void
on_counters_signal(evutil_socket_t number, short what, void *context)
{
	(void)number;
	(void)what;
	server_tell_counters(context);
}


/* The operator's console. */

static void
on_line(void *context, const char *text, size_t len)
{
	struct server *s = context;

	if (!s->ending && s->side->line != NULL)
		s->side->line(s->state, text, len);
}

static void
on_lines_ended(void *context)
{
	const struct server *s = context;

	events_write(s->net.events, NULL, "console_closed", NULL, 0,
	    "console closed");
}

static void
on_line_too_long(void *context)
{
	server_complain(context, "console: a line is too long");
}


/* Opening, in the order in which what is opened leans on what is there. */

static int
no_memory(struct errbuf *err)
{
	errbuf_set(err, "out of memory");
	return -1;
}

static int
open_base(struct server *s, struct errbuf *err)
{
	s->base = event_base_new();
	if (s->base == NULL) {
		errbuf_set(err, "event loop: %s", strerror(errno));
		return -1;
	}
	s->end_now = event_new(s->base, -1, 0, on_end_now, s);
	s->drained = evtimer_new(s->base, on_drained, s);
	return s->end_now == NULL || s->drained == NULL ? no_memory(err) : 0;
}

/* By nohup, so that the end of a terminal is not ours. */
static bool
is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 &&
	    action.sa_handler == SIG_IGN;
}

static int
open_signals(struct server *s, struct errbuf *err)
{
	static const struct {
		int number;
		event_callback_fn call;
	} rows[SERVER_SIGNALS] = {
		{ SIGTERM, on_stop_signal },
		{ SIGINT, on_stop_signal },
		{ SIGHUP, on_stop_signal },
		{ SIGUSR1, on_counters_signal },
	};

	for (size_t i = 0; i < SERVER_SIGNALS; i++) {
		if (rows[i].number == SIGHUP && is_ignored(SIGHUP))
			continue;
		s->signals[i] = evsignal_new(s->base, rows[i].number,
		    rows[i].call, s);
		if (s->signals[i] == NULL ||
		    event_add(s->signals[i], NULL) != 0)
			return no_memory(err);
	}
	return 0;
}

static int
open_events(struct server *s, struct errbuf *err)
{
	const struct events_setup setup = {
		.path = s->setup->events,
		.log_fd = s->setup->log_fd,
		.complain = server_complain,
		.context = s,
	};

	s->net.events = events_open(&setup, err);
	return s->net.events == NULL ? -1 : 0;
}

static int
open_files(struct server *s, struct errbuf *err)
{
	const char *users = s->setup->users;

	s->net.files = files_open(s->setup->files, s->setup->file_max, err);
	if (s->net.files == NULL)
		return -1;
	return users == NULL ? 0 : files_reserve(s->net.files, users, err);
}

static int
open_logins(struct server *s, struct errbuf *err)
{
	const struct login_setup setup = {
		.path = s->setup->users,
		.answered = server_answered,
		.complain = server_complain,
		.context = s,
	};

	if (setup.path == NULL)
		return 0;
	s->logins = login_worker_open(s->base, &setup, err);
	return s->logins == NULL ? -1 : 0;
}

static int
open_latency(struct server *s, struct errbuf *err)
{
	s->latency = latency_new(s->base, err);
	return s->latency == NULL ? -1 : 0;
}

static int
open_connections(struct server *s, struct errbuf *err)
{
	const struct server_setup *setup = s->setup;
	const unsigned needs = setup->protocol->needs;
	const struct connection_rules rules = {
		.side = s->side,
		.framed = (needs & PROTOCOL_FRAMED) != 0 ||
		    setup->settings->framing == IM_FRAMING_LENGTH,
		.handshake = (needs & PROTOCOL_HANDSHAKE) != 0,
		.send_buffer = setup->send_buffer,
		.idle_ns = setup->idle_ns,
		.handshake_ns = setup->handshake_ns,
		.linger_ns = (int64_t)SERVER_LINGER_MS * NS_PER_MS,
		.owner = s,
		.joined = server_tell_connected,
		.active = on_active,
		.admitted = server_tell_admitted,
		.left = on_left,
		.gone = on_gone,
	};

	s->net.connections = connections_new(s->base, &rules, err);
	return s->net.connections == NULL ? -1 : 0;
}

static int
open_listener(struct server *s, struct errbuf *err)
{
	const struct listener_calls calls = {
		.accepted = on_accepted,
		.paused = server_tell_paused,
		.context = s,
	};
	const char *host = s->setup->host;

	s->listener = listener_open(s->base, host == NULL ? "127.0.0.1" : host,
	    s->setup->port, &calls, err);
	return s->listener == NULL ? -1 : 0;
}

/* After the log's first line, since it may log something itself. */
static int
open_side(struct server *s, struct errbuf *err)
{
	server_tell_listening(s);
	if (s->setup->port == 0 && s->setup->events == NULL &&
	    events_log_is_lost(s->net.events)) {
		errbuf_set(err, "nobody would learn which port it is");
		return -1;
	}
	s->net.world.actions = &server_actions;
	s->state = s->side->open(&s->net.world, s->setup->settings, err);
	if (s->state == NULL)
		return -1;
	connections_set_state(s->net.connections, s->state);
	return 0;
}

static int
open_console(struct server *s, struct errbuf *err)
{
	const struct line_input_calls calls = {
		.line = on_line,
		.too_long = on_line_too_long,
		.ended = on_lines_ended,
		.context = s,
	};

	if ((s->setup->protocol->needs & PROTOCOL_CONSOLE) == 0 ||
	    s->setup->console_fd < 0)
		return 0;
	s->console = line_input_open(s->base, s->setup->console_fd,
	    s->setup->settings->line_max, &calls, err);
	return s->console == NULL ? -1 : 0;
}

/* In the opposite order; what was not opened is NULL. */
static void
close_all(struct server *s)
{
	line_input_close(s->console);
	listener_close(s->listener);
	connections_free(s->net.connections);
	if (s->state != NULL)
		s->side->close(s->state);
	latency_free(s->latency);
	login_worker_close(s->logins);
	files_close(s->net.files);
	events_close(s->net.events);
	for (size_t i = 0; i < SERVER_SIGNALS; i++)
		if (s->signals[i] != NULL)
			event_free(s->signals[i]);
	if (s->drained != NULL)
		event_free(s->drained);
	if (s->end_now != NULL)
		event_free(s->end_now);
	if (s->base != NULL)
		event_base_free(s->base);
}

static int
open_all(struct server *s, struct errbuf *err)
{
	static int (*const steps[])(struct server *, struct errbuf *) = {
		open_base, open_events, open_files, open_logins,
		open_latency, open_connections, open_listener, open_signals,
		open_side, open_console,
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i](s, err) != 0)
			return -1;
	return 0;
}

/* A pipe without a reader, a file at its limit and a terminal that belongs to
 * somebody else are errors of a call, no reason to end or to stand still. */
static void
ignore_signals(void)
{
	static const int numbers[] = { SIGPIPE, SIGXFSZ, SIGTTIN, SIGTTOU };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		signal(numbers[i], SIG_IGN);
}

static void
raise_descriptors(const struct server *s)
{
	const char *complaint =
	    "too few descriptors for --max-clients (ulimit -n)";
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < SPARE_DESCRIPTORS ||
	    limit.rlim_max - SPARE_DESCRIPTORS < s->setup->clients_max)
		server_complain((void *)(uintptr_t)s, complaint);
}

static int
dispatch(struct server *s, struct errbuf *err)
{
	if (event_base_dispatch(s->base) != -1)
		return 0;
	errbuf_set(err, "the event loop failed");
	return -1;
}

int
server_run(const struct server_setup *setup, struct errbuf *err)
{
	struct server s = {
		.setup = setup, .side = setup->protocol->server,
	};
	int status = -1;

	ignore_signals();
	raise_descriptors(&s);
	if (open_all(&s, err) == 0 && dispatch(&s, err) == 0)
		status = s.status;
	close_all(&s);
	return status;
}
