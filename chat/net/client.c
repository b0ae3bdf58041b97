#include "chat/net/client_internal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chat/net/address.h"
#include "chat/net/client_report.h"
#include "chat/net/dial.h"
#include "chat/net/events.h"

/*
 * The user's lines wait while more than HOLD_BYTES do, of a server that is slow
 * to read.  In lines of one byte that is far below half of SEND_BUFFER, with
 * what each costs to keep: from there on connection.h would not read either,
 * and a server that sends back what it gets would wait for us, and we for it.
 */
enum { SEND_BUFFER = 16777216, HOLD_BYTES = WORLD_LOW_WATER };

/* How long a server may take to close its end, too. */
#define LINGER_NS INT64_C(500000000)

static const int signals[CLIENT_SIGNALS] = { SIGINT, SIGTERM, SIGHUP };

void
client_show(struct client *c, enum show kind, const char *text, size_t len)
{
	client_tell_shown(c->net.events, c->peer, kind, text, len);
	user_show(c->user, kind, text, len);
}

void
client_update_hold(struct client *c)
{
	size_t queued = c->peer == NULL ? 0 : net_world_queued(&c->net.world,
	    c->peer);
	bool hold = c->ends || c->peer == NULL || c->lines_held || (c->held ?
	    queued > HOLD_BYTES / 2 : queued > HOLD_BYTES);

	if (hold == c->held)
		return;
	c->held = hold;
	user_hold(c->user, hold);
}

void
client_end(struct client *c, int status)
{
	if (c->ends)
		return;
	c->ends = true;
	c->status = status;
	client_update_hold(c);
	if (c->peer != NULL)
		net_world_close(&c->net.world, c->peer, false);
	else
		event_base_loopexit(c->base, NULL);
}

/* Last words, and then the end. */
static void
stop(struct client *c, int status)
{
	if (c->ends)
		return;
	c->status = status;
	if (c->side->stop != NULL)
		c->side->stop(c->state);
	client_end(c, status);
	c->status = status;
}


/* The user's calls. */

static void
on_line(void *context, const char *text, size_t len)
{
	struct client *c = context;

	if (!c->ends && c->side->line != NULL)
		c->side->line(c->state, text, len);
	client_update_hold(c);
}

static void
on_ended(void *context)
{
	struct client *c = context;

	if (c->ends)
		return;
	if (c->side->input_ended != NULL)
		c->side->input_ended(c->state);
	else
		client_end(c, 0);
}

static void
show_error(struct client *c, const char *text)
{
	client_show(c, SHOW_ERROR, text, strlen(text));
}

static void
on_failed(void *context, const char *why)
{
	struct client *c = context;

	c->failed = true;
	show_error(c, why);
	stop(c, 1);
}

struct user_calls
client_user_calls(struct client *client)
{
	return (struct user_calls){ .line = on_line, .ended = on_ended,
	    .failed = on_failed, .context = client };
}

static void
on_signal(evutil_socket_t number, short what, void *context)
{
	struct client *c = context;

	(void)number;
	(void)what;
	if (c->ends)
		event_base_loopbreak(c->base);
	else
		stop(c, 0);
}


/* The server's connection. */

static void
on_joined(void *owner, struct peer *peer)
{
	struct client *c = owner;

	c->peer = peer;
	client_tell_connected(c->net.events, peer, c->setup->protocol->name);
}

static void
on_wrote(void *owner)
{
	client_update_hold(owner);
}

/* The side heard of it before, and may have ended the client. */
static void
on_left(void *owner, struct peer *peer, enum left why)
{
	static const char *const reasons[] = {
		[LEFT_ENDED] = "the server closed the connection",
		[LEFT_LOST] = "the connection to the server was lost",
		[LEFT_SLOW] = "the server does not take what it is sent",
	};
	struct client *c = owner;
	const char *reason = (size_t)why < sizeof(reasons) /
	    sizeof(reasons[0]) ? reasons[why] : NULL;

	connection_tell_left(peer, why, c->net.events, NULL);
	c->peer = NULL;
	if (!c->ends && reason != NULL)
		show_error(c, reason);
	if (!c->ends) {
		c->ends = true;
		c->status = 1;
	}
	client_update_hold(c);
}

static void
on_gone(void *owner)
{
	struct client *c = owner;

	event_base_loopexit(c->base, NULL);
}

static void
on_datagram(void *context, const struct chat_address *from,
    const uint8_t *data, size_t len)
{
	struct client *c = context;

	if (!c->ends && c->side->datagram != NULL)
		c->side->datagram(c->state, from, data, len);
}


/* Opening, each step by itself. */

static void
say_unreachable(const struct client_setup *setup, const char *why,
    struct errbuf *err)
{
	bool is_ipv6 = strchr(setup->host, ':') != NULL &&
	    setup->host[0] != '[';
	size_t n = strlen(setup->host);

	/* The resolver names the host, too. */
	if (strncmp(why, setup->host, n) == 0 && why[n] == ':')
		why += n + 2;
	errbuf_set(err, is_ipv6 ? "cannot reach [%s]:%u: %s" :
	    "cannot reach %s:%u: %s", setup->host, setup->port, why);
}

static int
reach(struct client *c, const struct addresses *source, struct errbuf *err)
{
	const struct client_setup *setup = c->setup;
	struct addresses to;
	struct errbuf why;

	if (address_resolve(setup->host, setup->port, SOCK_STREAM, &to, &why)
	    == 0)
		c->fd = dial(&to, source, CLIENT_CONNECT_NS, &c->server,
		    &why);
	if (c->fd != -1)
		return 0;
	say_unreachable(setup, why.text, err);
	return -1;
}

/* The address of our end of the connection: so clients of one machine can have
 * one each, and it is the one that the server tells of us. */
static int
open_datagrams(struct client *c, struct errbuf *err)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	struct chat_address here;

	if ((c->setup->protocol->needs & PROTOCOL_UDP) == 0)
		return 0;
	if (getsockname(c->fd, (struct sockaddr *)&sa, &len) == -1 ||
	    address_from_socket(&here, (const struct sockaddr *)&sa) == -1) {
		errbuf_set(err, "the connection has no address");
		return -1;
	}
	here.port = c->setup->settings->peer_port;
	c->datagrams = datagrams_open(c->base, &here, on_datagram, c, err);
	return c->datagrams == NULL ? -1 : 0;
}

static int
connect_all(struct client *c, struct errbuf *err)
{
	struct addresses source;
	const struct addresses *from = NULL;

	if (c->setup->source != NULL) {
		if (address_resolve(c->setup->source, 0, SOCK_STREAM, &source,
		    err) == -1)
			return -1;
		from = &source;
	}
	if (reach(c, from, err) == -1)
		return -1;
	return open_datagrams(c, err);
}

/* Of the file of events: it is no event. */
static void
complain(void *context, const char *line)
{
	const struct client *c = context;

	user_show(c->user, SHOW_ERROR, line, strlen(line));
}

static int
open_stores(struct client *c, struct errbuf *err)
{
	const struct events_setup events = { .path = c->setup->events,
	    .log_fd = -1, .complain = complain, .context = c };

	c->net.events = events_open(&events, err);
	if (c->net.events == NULL)
		return -1;
	c->net.files = files_open(c->setup->files, c->setup->file_max, err);
	return c->net.files == NULL ? -1 : 0;
}

static int
open_side(struct client *c, struct errbuf *err)
{
	const struct connection_rules rules = {
		.side = c->side,
		.framed = (c->setup->protocol->needs & PROTOCOL_FRAMED) != 0,
		.send_buffer = SEND_BUFFER,
		.linger_ns = LINGER_NS,
		.owner = c,
		.joined = on_joined,
		.wrote = on_wrote,
		.left = on_left,
		.gone = on_gone,
	};

	c->net.connections = connections_new(c->base, &rules, err);
	if (c->net.connections == NULL)
		return -1;
	c->state = c->side->open(&c->net.world, c->setup->settings, err);
	if (c->state == NULL)
		return -1;
	connections_set_state(c->net.connections, c->state);
	return 0;
}

static int
catch_signals(struct client *c, struct errbuf *err)
{
	for (size_t i = 0; i < CLIENT_SIGNALS; i++) {
		c->signals[i] = evsignal_new(c->base, signals[i], on_signal,
		    c);
		if (c->signals[i] == NULL ||
		    event_add(c->signals[i], NULL) != 0) {
			errbuf_set(err, "the event loop takes no signals");
			return -1;
		}
	}
	return 0;
}

struct client *
client_open(struct event_base *base, const struct client_setup *setup,
    struct user *user, struct errbuf *err)
{
	struct client *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	c->net.world.actions = &client_actions;
	c->base = base;
	c->setup = setup;
	c->side = setup->protocol->client;
	c->user = user;
	c->held = true;
	c->fd = -1;
	/* Signals last: until then they end the program by themselves. */
	if (open_stores(c, err) == 0 && connect_all(c, err) == 0 &&
	    open_side(c, err) == 0 && catch_signals(c, err) == 0)
		return c;
	client_close(c);
	return NULL;
}

static void
show_banner(struct client *c)
{
	const struct protocol *protocol = c->setup->protocol;
	char label[CHAT_LABEL_BYTES], text[CHAT_LABEL_BYTES + 64];

	address_label(&c->server, label);
	snprintf(text, sizeof(text), "connected to %s (%s)", label,
	    protocol->name);
	user_show(c->user, SHOW_NOTICE, text, strlen(text));
	if (protocol->banner != NULL)
		user_show(c->user, SHOW_NOTICE, protocol->banner,
		    strlen(protocol->banner));
}

/* What was not shown counts, whatever ended the run; and the loop may have ended
 * before it could tell. */
static int
final_status(struct client *c)
{
	const char *fault = user_fault(c->user);

	if (fault == NULL)
		return c->status;
	if (!c->failed)
		show_error(c, fault);
	return 1;
}

int
client_run(struct client *c)
{
	int fd = c->fd;

	c->fd = -1;
	show_banner(c);
	user_connected(c->user);
	/* Only without memory, or where the side refuses, which on_left()
	 * hears of. */
	if (connections_add(c->net.connections, fd, &c->server) == NULL &&
	    c->peer == NULL) {
		show_error(c, "out of memory");
		return 1;
	}
	client_update_hold(c);
	if (event_base_dispatch(c->base) == -1) {
		show_error(c, "the event loop failed");
		return 1;
	}
	return final_status(c);
}

void
client_close(struct client *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < CLIENT_SIGNALS; i++)
		if (c->signals[i] != NULL)
			event_free(c->signals[i]);
	c->ends = true;
	connections_free(c->net.connections);
	if (c->state != NULL && c->side->close != NULL)
		c->side->close(c->state);
	datagrams_close(c->datagrams);
	files_close(c->net.files);
	events_close(c->net.events);
	if (c->fd != -1)
		close(c->fd);
	free(c);
}
