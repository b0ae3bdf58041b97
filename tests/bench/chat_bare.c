/*
 * chat_bare: what the kernel asks for the work of a chat server, and nothing
 * else; the measure that bench_chat holds labchatd against.
 *
 *	chat_bare relay COUNT BYTES [all]
 *		each read of at most BYTES of a connection is sent to the
 *		others, or with `all` to its sender, too
 *	chat_bare echo COUNT
 *		sends each read back
 *	chat_bare take FILE
 *		accepts one connection and writes what it brings to FILE, by
 *		way of FILE.part
 *	chat_bare give PORT FILE
 *		connects, waits for a line on standard input, sends FILE
 *
 * Servers print "listening on 127.0.0.1:PORT" and end when COUNT clients have
 * come and left.  Nothing is queued: a send that would have to wait is an error.
 * Every wait ends after a minute.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/parse.h"

enum { PIECE_BYTES = 65536, EVENTS_AT_ONCE = 256, CONNECTIONS_MAX = 100000,
    OTHER_DESCRIPTORS = 16, WAIT_MS = 60000 };

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "chat_bare: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t
number(const char *text, uint64_t max)
{
	struct errbuf err;
	uint64_t value;

	if (parse_u64(text, 1, max, &value, &err) == -1) {
		fprintf(stderr, "chat_bare: %s\n", err.text);
		exit(2);
	}
	return value;
}

static void
allow_descriptors(rlim_t need)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		die("descriptor limit");
	if (limit.rlim_cur >= need)
		return;
	limit.rlim_cur = need;
	if (setrlimit(RLIMIT_NOFILE, &limit) == -1)
		die("descriptor limit");
}

static void
no_delay(int fd)
{
	const int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == -1)
		die("TCP_NODELAY");
}

static int
listen_anywhere(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&at, sizeof(at)) == -1 ||
	    listen(fd, SOMAXCONN) == -1 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) == -1)
		die("listen");
	printf("listening on 127.0.0.1:%u\n", ntohs(at.sin_port));
	fflush(stdout);
	return fd;
}

static int
accept_one(int listener)
{
	struct pollfd wait = { .fd = listener, .events = POLLIN };
	int fd;

	if (poll(&wait, 1, WAIT_MS) != 1) {
		fprintf(stderr, "chat_bare: nobody connects\n");
		exit(1);
	}
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd == -1)
		die("accept");
	no_delay(fd);
	return fd;
}

/* The connections of a relay or an echo, in the order they came; -1 has
 * left. */
struct room {
	int *fds;
	size_t count, come, left;
	size_t read_bytes;
	bool to_others, to_sender;
	int epoll, listener;
};

/* The event `i`: a connection, or with `count` the listener. */
static void
room_watch(struct room *r, int fd, size_t i)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = i };

	if (epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &e) == -1)
		die("epoll");
}

static void
room_accept(struct room *r)
{
	r->fds[r->come] = accept_one(r->listener);
	room_watch(r, r->fds[r->come], r->come);
	if (++r->come == r->count)
		close(r->listener);
}

static void
room_drop(struct room *r, size_t i)
{
	close(r->fds[i]);
	r->fds[i] = -1;
	r->left++;
}

/* A client that has just left is told by its own event. */
static void
send_one(int fd, const uint8_t *data, size_t len)
{
	ssize_t n = send(fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n == (ssize_t)len ||
	    (n == -1 && (errno == EPIPE || errno == ECONNRESET)))
		return;
	if (n != -1)
		errno = EAGAIN;
	die("send");
}

static void
room_serve(struct room *r, size_t from)
{
	uint8_t data[PIECE_BYTES];
	ssize_t n = recv(r->fds[from], data, r->read_bytes, MSG_DONTWAIT);

	if (n <= 0) {
		room_drop(r, from);
		return;
	}
	if (r->to_sender)
		send_one(r->fds[from], data, (size_t)n);
	for (size_t i = 0; r->to_others && i < r->come; i++)
		if (i != from && r->fds[i] != -1)
			send_one(r->fds[i], data, (size_t)n);
}

static int
room_run(struct room *r)
{
	struct epoll_event events[EVENTS_AT_ONCE];

	allow_descriptors(r->count + OTHER_DESCRIPTORS);
	r->fds = calloc(r->count, sizeof(*r->fds));
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (r->fds == NULL || r->epoll == -1)
		die("epoll");
	r->listener = listen_anywhere();
	room_watch(r, r->listener, r->count);
	while (r->left < r->count) {
		int n = epoll_wait(r->epoll, events, EVENTS_AT_ONCE, WAIT_MS);

		if (n <= 0)
			die("epoll_wait");
		for (int i = 0; i < n; i++)
			if (events[i].data.u64 == r->count)
				room_accept(r);
			else
				room_serve(r, events[i].data.u64);
	}
	close(r->epoll);
	free(r->fds);
	return 0;
}

static int
relay(int argc, char **argv)
{
	struct room r = {
		.count = number(argv[0], CONNECTIONS_MAX),
		.read_bytes = number(argv[1], PIECE_BYTES),
		.to_others = true,
		.to_sender = argc == 3 && strcmp(argv[2], "all") == 0,
	};

	return room_run(&r);
}

static int
echo(int argc, char **argv)
{
	struct room r = { .read_bytes = PIECE_BYTES, .to_sender = true };

	(void)argc;
	r.count = number(argv[0], CONNECTIONS_MAX);
	return room_run(&r);
}

static void
write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n == -1)
			die("write");
		data += n;
		len -= (size_t)n;
	}
}

static void
copy(int to, int from)
{
	static uint8_t data[PIECE_BYTES];
	ssize_t n;

	while ((n = read(from, data, sizeof(data))) > 0)
		write_all(to, data, (size_t)n);
	if (n == -1)
		die("read");
}

static int
take(int argc, char **argv)
{
	int listener = listen_anywhere(), in = accept_one(listener), out;
	char part[4096];

	(void)argc;
	snprintf(part, sizeof(part), "%s.part", argv[0]);
	out = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (out == -1)
		die(part);
	copy(out, in);
	if (close(out) == -1 || rename(part, argv[0]) == -1)
		die(argv[0]);
	puts("done");
	return 0;
}

static int
give(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)number(argv[0], UINT16_MAX)),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int in = open(argv[1], O_RDONLY | O_CLOEXEC);
	int out = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)argc;
	if (in == -1 || out == -1 ||
	    connect(out, (struct sockaddr *)&to, sizeof(to)) == -1)
		die(argv[1]);
	no_delay(out);
	if (getchar() == EOF)
		return 1;
	copy(out, in);
	return close(out);
}

static const struct {
	const char *name;
	int least, most;	/* arguments */
	int (*run)(int argc, char **argv);
} modes[] = {
	{ "relay", 2, 3, relay },
	{ "echo", 1, 1, echo },
	{ "take", 1, 1, take },
	{ "give", 2, 2, give },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(*modes); i++)
		if (strcmp(argv[1], modes[i].name) == 0 &&
		    argc - 2 >= modes[i].least && argc - 2 <= modes[i].most)
			return modes[i].run(argc - 2, argv + 2);
	fprintf(stderr, "usage: chat_bare relay COUNT BYTES [all] | "
	    "echo COUNT | take FILE | give PORT FILE\n");
	return 2;
}
