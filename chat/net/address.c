#include "chat/net/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

enum { HOST_BYTES = 256 };	/* of a DNS name or literal, RFC 1035 */

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

void
address_ip(const struct chat_address *address, char out[INET6_ADDRSTRLEN])
{
	inet_ntop(address->version == 4 ? AF_INET : AF_INET6, address->bytes,
	    out, INET6_ADDRSTRLEN);
}

void
address_label(const struct chat_address *address, char out[CHAT_LABEL_BYTES])
{
	char ip[INET6_ADDRSTRLEN], scope[16] = "";

	address_ip(address, ip);
	if (address->scope != 0)
		snprintf(scope, sizeof(scope), "%%%u", address->scope);
	snprintf(out, CHAT_LABEL_BYTES,
	    address->version == 4 ? "%s%s:%u" : "[%s%s]:%u", ip, scope,
	    address->port);
}

static void
from_ipv6(struct chat_address *out, const struct sockaddr_in6 *sin6)
{
	const uint8_t *bytes = sin6->sin6_addr.s6_addr;

	out->port = ntohs(sin6->sin6_port);
	if (memcmp(bytes, mapped, sizeof(mapped)) == 0) {
		out->version = 4;
		memcpy(out->bytes, bytes + sizeof(mapped), 4);
		return;
	}
	out->version = 6;
	out->scope = sin6->sin6_scope_id;
	memcpy(out->bytes, bytes, 16);
}

int
address_from_socket(struct chat_address *out, const struct sockaddr *sa)
{
	struct sockaddr_in sin;
	struct sockaddr_in6 sin6;

	*out = (struct chat_address){ 0 };
	switch (sa->sa_family) {
	case AF_INET:
		memcpy(&sin, sa, sizeof(sin));
		out->version = 4;
		out->port = ntohs(sin.sin_port);
		memcpy(out->bytes, &sin.sin_addr, 4);
		return 0;
	case AF_INET6:
		memcpy(&sin6, sa, sizeof(sin6));
		from_ipv6(out, &sin6);
		return 0;
	default:
		return -1;
	}
}

socklen_t
address_to_socket(const struct chat_address *address,
    struct sockaddr_storage *out)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };

	*out = (struct sockaddr_storage){ 0 };
	if (address->version == 4) {
		sin.sin_port = htons(address->port);
		memcpy(&sin.sin_addr, address->bytes, 4);
		memcpy(out, &sin, sizeof(sin));
		return sizeof(sin);
	}
	sin6.sin6_port = htons(address->port);
	sin6.sin6_scope_id = address->scope;
	memcpy(&sin6.sin6_addr, address->bytes, 16);
	memcpy(out, &sin6, sizeof(sin6));
	return sizeof(sin6);
}

bool
address_equal(const struct chat_address *a, const struct chat_address *b)
{
	return a->version == b->version && a->port == b->port &&
	    a->scope == b->scope &&
	    memcmp(a->bytes, b->bytes, a->version == 4 ? 4 : 16) == 0;
}

/* Without the brackets of "[::1]". */
static int
bare_host(const char *host, char out[HOST_BYTES])
{
	size_t len = strlen(host);

	if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	/* getaddrinfo() would take "" for this machine. */
	if (len == 0 || len >= HOST_BYTES)
		return -1;
	memcpy(out, host, len);
	out[len] = '\0';
	return 0;
}

static void
take_found(const struct addrinfo *found, uint16_t port, struct addresses *out)
{
	for (; found != NULL && out->count < ADDRESSES_MAX;
	    found = found->ai_next) {
		struct chat_address *a = &out->list[out->count];

		if (address_from_socket(a, found->ai_addr) != 0)
			continue;
		a->port = port;
		out->count++;
	}
}

int
address_resolve(const char *host, uint16_t port, int socket_type,
    struct addresses *out, struct errbuf *err)
{
	const struct addrinfo hints = { .ai_socktype = socket_type };
	struct addrinfo *found;
	char name[HOST_BYTES];
	int status;

	out->count = 0;
	if (bare_host(host, name) != 0) {
		errbuf_set(err, "'%s' is no address or host name", host);
		return -1;
	}
	status = getaddrinfo(name, NULL, &hints, &found);
	if (status != 0) {
		errbuf_set(err, "%s: %s", host, status == EAI_SYSTEM ?
		    strerror(errno) : gai_strerror(status));
		return -1;
	}
	take_found(found, port, out);
	freeaddrinfo(found);
	if (out->count == 0) {
		errbuf_set(err, "%s: no IPv4 or IPv6 address", host);
		return -1;
	}
	return 0;
}
