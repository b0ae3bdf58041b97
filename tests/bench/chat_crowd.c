#include "tests/bench/chat_crowd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_AT_ONCE = 512, READ_BYTES = 65536, OTHER_DESCRIPTORS = 16,
    STATUS_SKIPPED = 77, STUCK_RECEIVE_BYTES = 4096 };

int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

_Noreturn void
die(const char *format, ...)
{
	va_list args;

	fputs("chat_load: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

/* A skip is told by a status of its own. */
static void
allow_descriptors(size_t count)
{
	struct rlimit limit;
	rlim_t need = count + OTHER_DESCRIPTORS;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		die("descriptor limit: %s", strerror(errno));
	if (limit.rlim_cur >= need)
		return;
	if (limit.rlim_max < need) {
		fprintf(stderr, "chat_load: SKIPPED: %zu clients need %ju "
		    "descriptors, the hard limit is %ju\n", count,
		    (uintmax_t)need, (uintmax_t)limit.rlim_max);
		exit(STATUS_SKIPPED);
	}
	limit.rlim_cur = need;
	if (setrlimit(RLIMIT_NOFILE, &limit) == -1)
		die("descriptor limit: %s", strerror(errno));
}

static size_t
index_of(const struct crowd *c, const struct client *client)
{
	return (size_t)(client - c->clients);
}

static int
connect_one(const struct crowd *c, bool stuck)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons(c->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int on = 1, small = STUCK_RECEIVE_BYTES;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* The window is settled when the connection is made. */
	if (fd == -1 || (stuck && setsockopt(fd, SOL_SOCKET, SO_RCVBUF,
	    &small, sizeof(small)) == -1))
		die("socket: %s", strerror(errno));
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) == -1)
		die("connect: %s", strerror(errno));
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == -1)
		die("TCP_NODELAY: %s", strerror(errno));
	return fd;
}

static void
is_in(struct crowd *c, struct client *client)
{
	client->in = true;
	c->in++;
	if (c->stuck && client == c->clients &&
	    epoll_ctl(c->epoll, EPOLL_CTL_DEL, client->fd, NULL) == -1)
		die("epoll: %s", strerror(errno));
}

/* Whoever only gets its own messages shows so that it has been accepted. */
static void
say_first(struct crowd *c, struct client *client)
{
	struct talk_template first;
	char nick[TALK_NAME_BYTES];

	talk_nick(nick, index_of(c, client));
	talk_template_init(&first, c->talk->send, nick, c->text_len);
	if (!client_send(c, client, &first))
		die("client %zu cannot send", index_of(c, client));
}

static void
connect_next(struct crowd *c)
{
	struct client *client = &c->clients[c->connected];
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = client };

	client->fd = connect_one(c, c->stuck && c->connected == 0);
	if (epoll_ctl(c->epoll, EPOLL_CTL_ADD, client->fd, &e) == -1)
		die("epoll: %s", strerror(errno));
	c->connected++;
	if (c->talk->alone)
		say_first(c, client);
	else if (c->talk->greet == NULL)
		is_in(c, client);
}

static size_t
greeted(struct crowd *c, struct client *client, const uint8_t *data,
    size_t len)
{
	struct talk_answer answer = { .len = 0 };
	char nick[TALK_NAME_BYTES];
	size_t used = 0;

	talk_nick(nick, index_of(c, client));
	switch (c->talk->greet(data, len, nick, &used, &answer)) {
	case TALK_MORE:
		return 0;
	case TALK_STEP:
		if (answer.len > 0 && send(client->fd, answer.data, answer.len,
		    MSG_NOSIGNAL) != (ssize_t)answer.len)
			die("client %zu: %s", index_of(c, client),
			    strerror(errno));
		return used;
	case TALK_IN:
		is_in(c, client);
		return used;
	case TALK_BAD:
		break;
	}
	die("client %zu is not led in as %s does", index_of(c, client),
	    c->talk->name);
}

/* One message or announcement; 0 where the rest of it has to come yet. */
static size_t
checked(struct crowd *c, struct client *client, const uint8_t *data,
    size_t len)
{
	struct talk_template *t = &c->expected;
	size_t known = len < t->len ? len : t->len, other = 0;

	talk_template_number(t, client->next);
	if (memcmp(data, t->data, known) != 0) {
		if (c->talk->announcement != NULL)
			other = c->talk->announcement(data, len);
		if (other == 0)
			die("client %zu: message %ju is lost, altered or out "
			    "of order", index_of(c, client),
			    (uintmax_t)client->next);
		return other == SIZE_MAX ? 0 : other;
	}
	if (known < t->len)
		return 0;
	client->next++;
	if (!client->in)
		is_in(c, client);
	else
		c->got(c->context, client);
	return known;
}

static void
take(struct crowd *c, struct client *client, const uint8_t *data, size_t len)
{
	size_t used, at = 0;

	while (at < len) {
		if (client->in || c->talk->greet == NULL)
			used = checked(c, client, data + at, len - at);
		else
			used = greeted(c, client, data + at, len - at);
		if (used == 0)
			break;
		at += used;
	}
	client->have = len - at;
	if (client->have > sizeof(client->kept))
		die("client %zu: a message without an end",
		    index_of(c, client));
	memcpy(client->kept, data + at, client->have);
}

static void
read_one(struct crowd *c, struct client *client)
{
	static uint8_t data[TALK_MESSAGE_MAX + READ_BYTES];
	ssize_t n;

	memcpy(data, client->kept, client->have);
	n = recv(client->fd, data + client->have, READ_BYTES, MSG_DONTWAIT);
	if (n > 0) {
		take(c, client, data, client->have + (size_t)n);
		return;
	}
	if (n == -1 && errno == EAGAIN)
		return;
	die("client %zu is out after %ju messages: %s", index_of(c, client),
	    (uintmax_t)client->next,
	    n == 0 ? "the server closed" : strerror(errno));
}

size_t
crowd_turn(struct crowd *c, int timeout_ms)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	int n;

	if (now_ns() > c->deadline_ns)
		die("out of time: %zu of %zu clients in", c->in, c->count);
	n = epoll_wait(c->epoll, events, EVENTS_AT_ONCE, timeout_ms);
	if (n == -1)
		die("epoll_wait: %s", strerror(errno));
	for (int i = 0; i < n; i++)
		read_one(c, events[i].data.ptr);
	return (size_t)n;
}

void
crowd_settle(struct crowd *c, int quiet_ms)
{
	while (crowd_turn(c, quiet_ms) > 0)
		;
}

struct client *
crowd_speaker(struct crowd *c)
{
	return &c->clients[c->count - 1];
}

void
crowd_speaker_template(struct crowd *c, struct talk_template *out)
{
	char nick[TALK_NAME_BYTES];

	talk_nick(nick, c->count - 1);
	talk_template_init(out, c->talk->send, nick, c->text_len);
}

void
crowd_gather(struct crowd *c)
{
	char nick[TALK_NAME_BYTES];

	allow_descriptors(c->count);
	c->clients = calloc(c->count, sizeof(*c->clients));
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (c->clients == NULL || c->epoll == -1)
		die("%zu clients: %s", c->count, strerror(errno));
	talk_nick(nick, c->count - 1);
	talk_template_init(&c->expected, c->talk->arrives, nick, c->text_len);
	while (c->in < c->count) {
		while (c->connected < c->count &&
		    c->connected - c->in < c->at_once)
			connect_next(c);
		crowd_turn(c, c->in < c->count ? 100 : 0);
	}
}

/* A small message goes into the kernel whole or not at all; should it ever be
 * cut, the rest follows at once. */
bool
client_send(const struct crowd *c, const struct client *client,
    const struct talk_template *message)
{
	struct pollfd wait = { .fd = client->fd, .events = POLLOUT };
	size_t sent = 0;

	while (sent < message->len) {
		ssize_t n = send(client->fd, message->data + sent,
		    message->len - sent, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n == -1 && errno != EAGAIN)
			die("client %zu: %s", index_of(c, client),
			    strerror(errno));
		if (n == -1 && sent == 0)
			return false;
		if (n == -1 && poll(&wait, 1, 1000) != 1)
			die("client %zu cannot send", index_of(c, client));
		if (n > 0)
			sent += (size_t)n;
	}
	return true;
}

void
crowd_close(struct crowd *c)
{
	for (size_t i = 0; i < c->connected; i++)
		close(c->clients[i].fd);
	close(c->epoll);
	free(c->clients);
}
