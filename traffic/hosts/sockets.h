/*
 * Sockets of the small programs that play verbs.
 */
#ifndef TRAFFIC_HOSTS_SOCKETS_H
#define TRAFFIC_HOSTS_SOCKETS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/errbuf.h"
#include "traffic/scenario/scenario.h"

struct socket_address {
	union {
		struct sockaddr sa;
		struct sockaddr_storage storage;
	};
	socklen_t len;
};

/* The scenario's address and port as the kernel has them. */
void socket_address_set(struct socket_address *out,
    const struct scenario_address *address, uint16_t port);

/* An IPv4 address in IPv6's clothes is taken out of them. */
void socket_address_get(const struct socket_address *address,
    struct scenario_address *out);

/* In host order; of an IPv4 or IPv6 address. */
uint16_t socket_address_port(const struct socket_address *address);

/* On every address of the host, IPv4 and IPv6 (where the kernel has it). -1:
 * see *err. */
int socket_listen(int type, uint16_t port, struct errbuf *err);

/* Waits until it can be read.  0: not by then. */
int socket_wait(int fd, int64_t patience_ns);

/* All of it. */
int socket_write(int fd, const void *data, size_t len, struct errbuf *err);

#endif
