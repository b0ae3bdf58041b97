#include "traffic/hosts/sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 128 };

void
socket_address_set(struct socket_address *out,
    const struct scenario_address *address, uint16_t port)
{
	*out = (struct socket_address){ .len = sizeof(struct sockaddr_in) };
	if (address->version == 4) {
		struct sockaddr_in in = { .sin_family = AF_INET,
		    .sin_port = htons(port) };

		memcpy(&in.sin_addr, address->bytes, sizeof(in.sin_addr));
		memcpy(&out->storage, &in, sizeof(in));
	} else {
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		    .sin6_port = htons(port) };

		memcpy(&in6.sin6_addr, address->bytes, sizeof(in6.sin6_addr));
		memcpy(&out->storage, &in6, sizeof(in6));
		out->len = sizeof(in6);
	}
}

void
socket_address_get(const struct socket_address *address,
    struct scenario_address *out)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	*out = (struct scenario_address){ .version = 4 };
	if (address->sa.sa_family == AF_INET) {
		memcpy(&in, &address->storage, sizeof(in));
		memcpy(out->bytes, &in.sin_addr, 4);
		return;
	}
	memcpy(&in6, &address->storage, sizeof(in6));
	if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) {
		memcpy(out->bytes, &in6.sin6_addr.s6_addr[12], 4);
		return;
	}
	out->version = 6;
	memcpy(out->bytes, &in6.sin6_addr, 16);
}

uint16_t
socket_address_port(const struct socket_address *address)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (address->sa.sa_family == AF_INET) {
		memcpy(&in, &address->storage, sizeof(in));
		return ntohs(in.sin_port);
	}
	memcpy(&in6, &address->storage, sizeof(in6));
	return ntohs(in6.sin6_port);
}

static int
bind_any(int fd, int family, uint16_t port)
{
	struct scenario_address any = {
		.version = family == AF_INET ? 4 : 6,
	};
	struct socket_address address;
	int off = 0, on = 1;

	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	socket_address_set(&address, &any, port);
	return bind(fd, &address.sa, address.len);
}

int
socket_listen(int type, uint16_t port, struct errbuf *err)
{
	static const int families[] = { AF_INET6, AF_INET };

	for (size_t i = 0; i < 2; i++) {
		int fd = socket(families[i], type | SOCK_CLOEXEC, 0);

		if (fd == -1)
			continue;
		if (bind_any(fd, families[i], port) == 0 &&
		    (type == SOCK_DGRAM || listen(fd, BACKLOG) == 0))
			return fd;
		close(fd);
	}
	errbuf_set(err, "port %u: %s", port, strerror(errno));
	return -1;
}

int
socket_wait(int fd, int64_t patience_ns)
{
	struct pollfd line = { .fd = fd, .events = POLLIN };
	int64_t ms = patience_ns / 1000000;

	return poll(&line, 1, ms > INT32_MAX ? INT32_MAX : (int)ms) == 1;
}

int
socket_write(int fd, const void *data, size_t len, struct errbuf *err)
{
	const uint8_t *at = data;

	while (len > 0) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			errbuf_set(err, "send: %s", strerror(errno));
			return -1;
		}
		at += n;
		len -= (size_t)n;
	}
	return 0;
}
