#include "chat/net/listener.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "chat/net/address.h"

/* Connections of one readiness; then others have their turn. */
enum { TURN_CONNECTIONS = 64 };

struct listener {
	struct listener_calls calls;
	struct chat_address address;
	int fd;
	struct event *readable, *resume;
	bool complained;
};

static int
bind_one(const struct chat_address *address)
{
	const int on = 1, off = 0;
	struct sockaddr_storage ss;
	socklen_t len = address_to_socket(address, &ss);
	int fd = socket(ss.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address->version == 6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, (const struct sockaddr *)&ss, len) == 0 &&
	    listen(fd, SOMAXCONN) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int
bind_first(const struct addresses *found, struct errbuf *err)
{
	char label[CHAT_LABEL_BYTES];
	int fd = -1;

	for (size_t i = 0; i < found->count && fd < 0; i++)
		fd = bind_one(&found->list[i]);
	if (fd < 0) {
		address_label(&found->list[0], label);
		errbuf_set(err, "%s: %s", label, strerror(errno));
	}
	return fd;
}

static int
bound_address(int fd, struct chat_address *out, struct errbuf *err)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (getsockname(fd, (struct sockaddr *)&ss, &len) == 0 &&
	    address_from_socket(out, (const struct sockaddr *)&ss) == 0)
		return 0;
	errbuf_set(err, "listening socket: %s", strerror(errno));
	return -1;
}

static void
pause_listening(struct listener *l, int error)
{
	const struct timeval tv = { .tv_usec = LISTENER_PAUSE_MS * 1000 };

	/* Without memory even for the timer it is woken again at once. */
	if (evtimer_add(l->resume, &tv) == 0)
		event_del(l->readable);
	if (l->complained)
		return;
	l->complained = true;
	l->calls.paused(l->calls.context, strerror(error));
}

static void
on_resume(evutil_socket_t fd, short what, void *context)
{
	struct listener *l = context;
	const struct timeval tv = { .tv_usec = LISTENER_PAUSE_MS * 1000 };

	(void)fd;
	(void)what;
	if (event_add(l->readable, NULL) != 0)
		evtimer_add(l->resume, &tv);
}

/* Is there one more to come in this turn? */
static bool
accept_one(struct listener *l)
{
	struct sockaddr_storage ss;
	struct chat_address address;
	socklen_t len = sizeof(ss);
	int fd = accept4(l->fd, (struct sockaddr *)&ss, &len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		l->complained = false;
		if (address_from_socket(&address,
		    (const struct sockaddr *)&ss) != 0)
			close(fd);
		else
			l->calls.accepted(l->calls.context, fd, &address);
		return true;
	}
	switch (errno) {
	case EAGAIN:
		return false;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		pause_listening(l, errno);
		return false;
	default:
		/* This connection's own trouble: it is gone already. */
		return true;
	}
}

static void
on_readable(evutil_socket_t fd, short what, void *context)
{
	struct listener *l = context;

	(void)fd;
	(void)what;
	for (int i = 0; i < TURN_CONNECTIONS; i++)
		if (!accept_one(l))
			break;
}

static int
start(struct listener *l, struct event_base *base)
{
	l->readable = event_new(base, l->fd, EV_READ | EV_PERSIST,
	    on_readable, l);
	l->resume = evtimer_new(base, on_resume, l);
	return l->readable == NULL || l->resume == NULL ||
	    event_add(l->readable, NULL) != 0 ? -1 : 0;
}

struct listener *
listener_open(struct event_base *base, const char *host, uint16_t port,
    const struct listener_calls *calls, struct errbuf *err)
{
	struct listener *l = memory_array(1, sizeof(*l));
	struct addresses found;

	if (l == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	l->calls = *calls;
	l->fd = -1;
	if (address_resolve(host, port, SOCK_STREAM, &found, err) != 0)
		goto fail;
	l->fd = bind_first(&found, err);
	if (l->fd < 0 || bound_address(l->fd, &l->address, err) != 0)
		goto fail;
	if (start(l, base) != 0) {
		errbuf_set(err, "out of memory");
		goto fail;
	}
	return l;

fail:
	listener_close(l);
	return NULL;
}

void
listener_close(struct listener *l)
{
	if (l == NULL)
		return;
	if (l->readable != NULL)
		event_free(l->readable);
	if (l->resume != NULL)
		event_free(l->resume);
	if (l->fd >= 0)
		close(l->fd);
	free(l);
}

const struct chat_address *
listener_address(const struct listener *l)
{
	return &l->address;
}
