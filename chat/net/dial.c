#include "chat/net/dial.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chat/net/deadlines.h"

static int
bind_source(int fd, int version, const struct addresses *from,
    struct errbuf *err)
{
	struct sockaddr_storage sa;

	if (from == NULL)
		return 0;
	for (size_t i = 0; i < from->count; i++) {
		socklen_t len = address_to_socket(&from->list[i], &sa);

		if (from->list[i].version != version)
			continue;
		if (bind(fd, (const struct sockaddr *)&sa, len) == 0)
			return 0;
		errbuf_set(err, "the source address: %s", strerror(errno));
		return -1;
	}
	errbuf_set(err, "the source address is of another IP version");
	return -1;
}

/* 0, or the error. */
static int
wait_until_connected(int fd, int64_t until_ns)
{
	for (;;) {
		int64_t left_ms = (until_ns - deadlines_now_ns() + 999999) /
		    1000000;
		struct pollfd wait = { fd, POLLOUT, 0 };
		int error = 0, n;
		socklen_t len = sizeof(error);

		if (left_ms <= 0)
			return ETIMEDOUT;
		n = poll(&wait, 1, left_ms > 60000 ? 60000 : (int)left_ms);
		if (n == -1 && errno != EINTR)
			return errno;
		if (n <= 0)
			continue;
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
			return errno;
		return error;
	}
}

/* A port that nobody listens on can be what the kernel chooses for our own end:
 * the connection is then to itself. */
static bool
reached_itself(int fd)
{
	struct sockaddr_storage here, there;
	struct chat_address a, b;
	socklen_t here_len = sizeof(here), there_len = sizeof(there);

	return getsockname(fd, (struct sockaddr *)&here, &here_len) == 0 &&
	    getpeername(fd, (struct sockaddr *)&there, &there_len) == 0 &&
	    address_from_socket(&a, (const struct sockaddr *)&here) == 0 &&
	    address_from_socket(&b, (const struct sockaddr *)&there) == 0 &&
	    address_equal(&a, &b);
}

static int
connect_until(int fd, const struct chat_address *to, int64_t until_ns)
{
	struct sockaddr_storage sa;
	socklen_t len = address_to_socket(to, &sa);
	int error;

	if (connect(fd, (const struct sockaddr *)&sa, len) == -1) {
		/* Interrupted it goes on, too (POSIX). */
		if (errno != EINPROGRESS && errno != EINTR)
			return errno;
		error = wait_until_connected(fd, until_ns);
		if (error != 0)
			return error;
	}
	return reached_itself(fd) ? ECONNREFUSED : 0;
}

static int
dial_one(const struct chat_address *to, const struct addresses *from,
    int64_t until_ns, struct errbuf *err)
{
	int fd = socket(to->version == 4 ? AF_INET : AF_INET6,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

	if (fd == -1) {
		errbuf_set(err, "%s", strerror(errno));
		return -1;
	}
	if (bind_source(fd, to->version, from, err) == -1) {
		close(fd);
		return -1;
	}
	error = connect_until(fd, to, until_ns);
	if (error == 0)
		return fd;
	errbuf_set(err, "%s", strerror(error));
	close(fd);
	return -1;
}

int
dial(const struct addresses *to, const struct addresses *from,
    int64_t within_ns, struct chat_address *reached, struct errbuf *err)
{
	int64_t end_ns = deadlines_now_ns() + within_ns;

	errbuf_set(err, "no address");
	for (size_t i = 0; i < to->count; i++) {
		int64_t now_ns = deadlines_now_ns();
		int64_t share_ns = (end_ns - now_ns) /
		    (int64_t)(to->count - i);
		int fd = dial_one(&to->list[i], from, now_ns + share_ns, err);

		if (fd == -1)
			continue;
		*reached = to->list[i];
		return fd;
	}
	return -1;
}
