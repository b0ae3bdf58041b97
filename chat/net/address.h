/*
 * Addresses: text, sockets' structs, and names.
 */
#ifndef CHAT_NET_ADDRESS_H
#define CHAT_NET_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/errbuf.h"
#include "chat/protocols/world.h"

/* What a name may stand for; more are left out. */
enum { ADDRESSES_MAX = 16 };

struct addresses {
	struct chat_address list[ADDRESSES_MAX];
	size_t count;
};

/* The address alone, "127.0.0.1", "fe80::1"; terminated. */
void address_ip(const struct chat_address *address,
    char out[INET6_ADDRSTRLEN]);

/* With the port: "127.0.0.1:5000", "[::1]:5000", "[fe80::1%2]:5000". */
void address_label(const struct chat_address *address,
    char out[CHAT_LABEL_BYTES]);

/* An IPv4 address that came by an IPv6 socket (::ffff:192.0.2.1) becomes plain
 * IPv4.  -1: another family. */
int address_from_socket(struct chat_address *out, const struct sockaddr *sa);

/* The length of what was written. */
socklen_t address_to_socket(const struct chat_address *address,
    struct sockaddr_storage *out);

/* Version, bytes, scope and port. */
bool address_equal(const struct chat_address *a, const struct chat_address *b);

/*
 * A literal ("127.0.0.1", "::1", "[::1]", "fe80::1%eth0") or a name, which is
 * looked up and may take a while: not for use within a loop.  socket_type:
 * SOCK_STREAM or SOCK_DGRAM.  In the order of RFC 6724; at least one.
 */
int address_resolve(const char *host, uint16_t port, int socket_type,
    struct addresses *out, struct errbuf *err);

#endif
