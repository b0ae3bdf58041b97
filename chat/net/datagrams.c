#include "chat/net/datagrams.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chat/net/address.h"

struct datagrams {
	int fd;
	struct event *readable;
	datagrams_received *received;
	void *context;
	uint8_t data[65536];	/* none is longer */
};

static void
on_readable(evutil_socket_t fd, short what, void *context)
{
	struct datagrams *d = context;
	struct sockaddr_storage sa;
	struct chat_address from;

	(void)what;
	for (int i = 0; i < DATAGRAMS_A_TURN; i++) {
		socklen_t sa_len = sizeof(sa);
		ssize_t n = recvfrom(fd, d->data, sizeof(d->data), 0,
		    (struct sockaddr *)&sa, &sa_len);

		/* The errors here are those of datagrams sent before: of
		 * them UDP promises nothing. */
		if (n == -1)
			return;
		if (address_from_socket(&from,
		    (const struct sockaddr *)&sa) == 0)
			d->received(d->context, &from, d->data, (size_t)n);
	}
}

/* An address in use is another client's, as a rule: what to do then. */
static void
say_unbound(const struct chat_address *address, int error, struct errbuf *err)
{
	char label[CHAT_LABEL_BYTES];

	address_label(address, label);
	errbuf_set(err, error != EADDRINUSE ? "UDP %s: %s" : "UDP %s: %s; "
	    "each client on one machine needs an address of its own: -b %s",
	    label, strerror(error),
	    address->version == 4 ? "127.0.0.11" : "ADDRESS");
}

static int
set_up(struct datagrams *d, struct event_base *base,
    const struct chat_address *address, struct errbuf *err)
{
	struct sockaddr_storage sa;
	socklen_t len = address_to_socket(address, &sa);
	char label[CHAT_LABEL_BYTES];

	address_label(address, label);
	d->fd = socket(sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (d->fd == -1 ||
	    bind(d->fd, (const struct sockaddr *)&sa, len) == -1) {
		say_unbound(address, errno, err);
		return -1;
	}
	d->readable = event_new(base, d->fd, EV_READ | EV_PERSIST,
	    on_readable, d);
	if (d->readable != NULL && event_add(d->readable, NULL) == 0)
		return 0;
	errbuf_set(err, "UDP %s: the event loop refuses it", label);
	return -1;
}

struct datagrams *
datagrams_open(struct event_base *base, const struct chat_address *address,
    datagrams_received *received, void *context, struct errbuf *err)
{
	struct datagrams *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	d->received = received;
	d->context = context;
	if (set_up(d, base, address, err) == 0)
		return d;
	datagrams_close(d);
	return NULL;
}

int
datagrams_send(struct datagrams *d, const struct chat_address *to,
    const void *data, size_t len, struct errbuf *err)
{
	struct sockaddr_storage sa;
	socklen_t sa_len = address_to_socket(to, &sa);
	char label[CHAT_LABEL_BYTES];

	if (sendto(d->fd, data, len, 0, (const struct sockaddr *)&sa,
	    sa_len) == (ssize_t)len)
		return 0;
	address_label(to, label);
	errbuf_set(err, "%s: %s", label, strerror(errno));
	return -1;
}

void
datagrams_close(struct datagrams *d)
{
	if (d == NULL)
		return;
	if (d->readable != NULL)
		event_free(d->readable);
	if (d->fd != -1)
		close(d->fd);
	free(d);
}
