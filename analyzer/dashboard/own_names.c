#include "analyzer/dashboard/own_names.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* "192.0.2.1:PORT", "[2001:db8::1]:PORT" of any address: no name, which
 * somebody else could point at us. */
static bool
is_literal(const char *host, uint16_t port)
{
	char address[INET6_ADDRSTRLEN], end[8];
	const char *colon = strrchr(host, ':');
	size_t len = colon == NULL ? 0 : (size_t)(colon - host);
	bool is_ipv6 = host[0] == '[';
	uint8_t bytes[16];

	snprintf(end, sizeof(end), ":%u", port);
	if (colon == NULL || strcmp(colon, end) != 0)
		return false;
	if (is_ipv6 && (len < 2 || host[len - 1] != ']'))
		return false;
	host += is_ipv6;
	len -= is_ipv6 ? 2 : 0;
	if (len >= sizeof(address))
		return false;
	memcpy(address, host, len);
	address[len] = '\0';
	return inet_pton(is_ipv6 ? AF_INET6 : AF_INET, address, bytes) == 1;
}

bool
own_names_have(const struct own_names *n, const char *host)
{
	for (size_t i = 0; i < n->count; i++)
		if (strcasecmp(host, n->list[i]) == 0)
			return true;
	return n->any_address && is_literal(host, n->port);
}

static void
add_name(struct own_names *n, const char *name)
{
	snprintf(n->list[n->count++], OWN_NAMES_BYTES, "%s:%u", name,
	    n->port);
}

void
own_names_init(struct own_names *n, const struct sockaddr_storage *sa)
{
	char text[INET6_ADDRSTRLEN], name[INET6_ADDRSTRLEN + 2];

	*n = (struct own_names){ .count = 0 };
	if (sa->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)sa;

		inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text));
		snprintf(name, sizeof(name), "[%s]", text);
		n->port = ntohs(in6->sin6_port);
		n->any_address = IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
	} else {
		const struct sockaddr_in *in = (const void *)sa;

		inet_ntop(AF_INET, &in->sin_addr, name, sizeof(name));
		n->port = ntohs(in->sin_port);
		n->any_address = in->sin_addr.s_addr == htonl(INADDR_ANY);
	}
	if (!n->any_address)
		add_name(n, name);
	add_name(n, "127.0.0.1");
	add_name(n, "localhost");
	add_name(n, "[::1]");
}

int
own_names_read_address(const char *address, uint16_t port,
    struct sockaddr_storage *sa, socklen_t *len)
{
	struct sockaddr_in6 *in6 = (void *)sa;
	struct sockaddr_in *in = (void *)sa;

	memset(sa, 0, sizeof(*sa));
	if (inet_pton(AF_INET, address, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		*len = sizeof(*in);
		return 0;
	}
	if (inet_pton(AF_INET6, address, &in6->sin6_addr) != 1)
		return -1;
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	*len = sizeof(*in6);
	return 0;
}
