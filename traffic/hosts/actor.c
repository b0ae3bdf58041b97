#include "traffic/hosts/actor.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "traffic/hosts/actor_internal.h"
#include "traffic/hosts/child.h"
#include "traffic/synth/net/draw.h"

enum { NOISE_BYTES = 65536, DATAGRAM_MAX = 65507, CALLER_BYTES = 64 };

static const struct verb {
	const char *name;
	int far_type;		/* of the socket at its target; 0: none */
	int (*run)(const struct actor *actor, struct errbuf *err);
	int (*far)(const struct actor *actor, int fd,
	    struct errbuf *err);
} verbs[VERBS] = {
	[VERB_TALK] = { "talk" },
	[VERB_BROWSE] = { "browse", SOCK_STREAM, actor_browse,
	    actor_browse_far },
	[VERB_TRANSFER] = { "transfer", SOCK_STREAM, actor_transfer,
	    actor_transfer_far },
	[VERB_DATAGRAMS] = { "datagrams", SOCK_DGRAM, actor_datagrams },
	[VERB_PING] = { "ping", 0, actor_ping },
	[VERB_LOOKUP] = { "lookup", 0, actor_lookup },
	[VERB_SCAN] = { "scan" },
	[VERB_FLOOD] = { "flood" },
	[VERB_TUNNEL] = { "tunnel" },
};

const char *
actor_name(enum scenario_verb verb)
{
	return verbs[verb].name;
}

int
actor_socket_type(const struct scenario_action *action)
{
	return verbs[action->verb].far_type;
}

void
actor_random(const struct actor *actor, bool is_far,
    struct random *random)
{
	const struct scenario *s = actor->scenario;

	random_init(random, s->seed, is_far ? "far end" : "action",
	    (uint64_t)(actor->action - s->actions));
}

const struct scenario_address *
actor_target_address(const struct actor *actor)
{
	const struct scenario_action *action = actor->action;

	return &actor->scenario->hosts[action->to].address[
	    action->version == 6];
}

/*
 * The far end has to know who comes: a link in the folder above names the
 * action by host, kind of socket and port.
 */
static void
caller_path(char path[CALLER_BYTES], size_t host, int type, uint16_t port)
{
	snprintf(path, CALLER_BYTES, "../caller-%zu-%d-%u", host, type, port);
}

static int
tell_far_end(const struct actor *actor, int type, int fd, struct errbuf *err)
{
	char path[CALLER_BYTES], text[24];
	struct socket_address own = { .len = sizeof(own.storage) };

	if (getsockname(fd, &own.sa, &own.len) == -1) {
		errbuf_set(err, "getsockname: %s", strerror(errno));
		return -1;
	}
	caller_path(path, actor->action->from, type,
	    socket_address_port(&own));
	snprintf(text, sizeof(text), "%zu",
	    (size_t)(actor->action - actor->scenario->actions));
	/* An action before this one may have had the port. */
	if (unlink(path) == -1 && errno != ENOENT) {
		errbuf_set(err, "%s: %s", path, strerror(errno));
		return -1;
	}
	if (symlink(text, path) == 0)
		return 0;
	errbuf_set(err, "%s: %s", path, strerror(errno));
	return -1;
}

int
actor_socket(const struct actor *actor, int type, uint16_t from_port,
    struct errbuf *err)
{
	const struct scenario_action *action = actor->action;
	const struct scenario_host *from =
	    &actor->scenario->hosts[action->from];
	struct socket_address own;
	int on = 1;
	int fd = socket(action->version == 4 ? AF_INET : AF_INET6,
	    type | SOCK_CLOEXEC, 0);

	socket_address_set(&own, &from->address[action->version == 6],
	    from_port);
	if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on,
	    sizeof(on)) == -1 || bind(fd, &own.sa, own.len) == -1)
		errbuf_set(err, "port %u: %s", from_port, strerror(errno));
	else if (tell_far_end(actor, type, fd, err) == 0)
		return fd;
	if (fd != -1)
		close(fd);
	return -1;
}

/* The resolver is asked as a program asks: the answer is that of the scenario,
 * which has the address. */
static int
ask_name(const struct actor *actor, struct errbuf *err)
{
	const struct scenario_action *action = actor->action;
	const char *name = actor->scenario->hosts[action->to].dns_name;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	int status = getaddrinfo(name, NULL, &hints, &found);

	if (status != 0) {
		errbuf_set(err, "%s: %s", name, gai_strerror(status));
		return -1;
	}
	freeaddrinfo(found);
	return 0;
}

int
actor_connect(const struct actor *actor, uint16_t from_port,
    struct errbuf *err)
{
	struct socket_address to;
	int fd;

	fd = actor_socket(actor, SOCK_STREAM, from_port, err);
	if (fd == -1)
		return -1;
	socket_address_set(&to, actor_target_address(actor),
	    actor->action->port);
	if (connect(fd, &to.sa, to.len) == 0)
		return fd;
	errbuf_set(err, "connect: %s", strerror(errno));
	close(fd);
	return -1;
}

int
actor_write_noise(int fd, uint64_t len, struct random *random,
    struct errbuf *err)
{
	uint8_t noise[NOISE_BYTES];

	while (len > 0) {
		size_t some = len < NOISE_BYTES ? (size_t)len : NOISE_BYTES;

		random_fill(random, noise, some);
		if (socket_write(fd, noise, some, err) == -1)
			return -1;
		len -= some;
	}
	return 0;
}

void
actor_pause(int fd, int64_t ns)
{
	uint8_t ignored[DATAGRAM_MAX];
	int64_t end = child_now_ns() + ns, left;

	while (left = end - child_now_ns(), left >= 1000000 && fd != -1 &&
	    socket_wait(fd, left))
		(void)!recv(fd, ignored, sizeof(ignored), MSG_DONTWAIT);
	child_sleep(end - child_now_ns());
}

void
actor_every(int fd, const struct amount *every_ns, struct random *random)
{
	actor_pause(fd, amount_draw(every_ns, random));
}

int
actor_run(void *context)
{
	const struct actor *actor = context;
	struct errbuf err = { "" };

	if ((!actor->action->by_name || ask_name(actor, &err) == 0) &&
	    verbs[actor->action->verb].run(actor, &err) == 0)
		return 0;
	dprintf(STDERR_FILENO, "%s\n", err.text);
	return 1;
}

/* Whose address it is; host_count: nobody's. */
static size_t
find_host(const struct scenario *s, const struct scenario_address *address)
{
	size_t host;

	for (host = 0; host < s->host_count; host++)
		if (memcmp(&s->hosts[host].address[address->version == 6],
		    address, sizeof(*address)) == 0)
			break;
	return host;
}

/* The action that comes from there; NULL: none that has something to say. */
static const struct scenario_action *
find_caller(const struct actor *actor, const struct socket_address *from)
{
	const struct scenario *s = actor->scenario;
	int type = actor_socket_type(actor->action);
	char path[CALLER_BYTES], text[24];
	struct scenario_address address;
	uint64_t number;
	ssize_t len;

	socket_address_get(from, &address);
	caller_path(path, find_host(s, &address), type,
	    socket_address_port(from));
	len = readlink(path, text, sizeof(text) - 1);
	if (len <= 0)
		return NULL;
	text[len] = '\0';
	number = strtoull(text, NULL, 10);
	return number < s->action_count &&
	    actor_socket_type(&s->actions[number]) == type ?
	    &s->actions[number] : NULL;
}

/* The child's way; its status. */
static int
serve_connection(const struct actor *actor, int fd,
    const struct socket_address *from)
{
	struct actor caller = *actor;
	struct errbuf err = { "" };

	caller.action = find_caller(actor, from);
	if (caller.action == NULL ||
	    verbs[caller.action->verb].far(&caller, fd, &err) == 0)
		return 0;
	dprintf(STDERR_FILENO, "%s\n", err.text);
	return 1;
}

static void
serve_connections(const struct actor *actor, int listener)
{
	struct socket_address from;

	/* Nobody waits for the processes of single connections. */
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd;
		pid_t pid;

		from.len = sizeof(from.storage);
		fd = accept4(listener, &from.sa, &from.len, SOCK_CLOEXEC);
		if (fd == -1)
			continue;
		pid = fork();
		if (pid == 0) {
			close(listener);
			_exit(serve_connection(actor, fd, &from));
		}
		close(fd);
	}
}

static void
answer_datagram(const struct actor *actor, int fd,
    const struct socket_address *from, struct random *random)
{
	const struct scenario_action *caller = find_caller(actor, from);
	uint8_t noise[DATAGRAM_MAX];
	int64_t len;

	if (caller == NULL || !caller->datagrams.answers)
		return;
	len = amount_draw(&caller->datagrams.answer_bytes, random);
	if (len > DATAGRAM_MAX)
		len = DATAGRAM_MAX;
	random_fill(random, noise, (size_t)len);
	if (sendto(fd, noise, (size_t)len, 0, &from->sa, from->len) == -1)
		dprintf(STDERR_FILENO, "sendto: %s\n", strerror(errno));
}

static void
serve_datagrams(const struct actor *actor, int fd)
{
	struct socket_address from;
	struct random random;
	uint8_t ignored[DATAGRAM_MAX];

	actor_random(actor, true, &random);
	for (;;) {
		from.len = sizeof(from.storage);
		if (recvfrom(fd, ignored, sizeof(ignored), 0, &from.sa,
		    &from.len) >= 0)
			answer_datagram(actor, fd, &from, &random);
	}
}

int
actor_far_end_run(void *context)
{
	const struct actor *actor = context;
	int type = actor_socket_type(actor->action);
	struct errbuf err;
	int fd = socket_listen(type, actor->action->port, &err);

	if (fd == -1) {
		dprintf(STDERR_FILENO, "%s\n", err.text);
		return 1;
	}
	dprintf(STDOUT_FILENO, "listening\n");
	if (type == SOCK_STREAM)
		serve_connections(actor, fd);
	else
		serve_datagrams(actor, fd);
	return 0;
}
