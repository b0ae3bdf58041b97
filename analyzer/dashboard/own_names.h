/*
 * The names by which a browser may call the server, in the header Host: its
 * address and those of loopback, with the port.  Any other name could be one
 * that somebody else points at us (DNS rebinding).
 */
#ifndef ANALYZER_DASHBOARD_OWN_NAMES_H
#define ANALYZER_DASHBOARD_OWN_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { OWN_NAMES_MAX = 4, OWN_NAMES_BYTES = 80 };

struct own_names {
	char list[OWN_NAMES_MAX][OWN_NAMES_BYTES];	/* a link has the first */
	size_t count;
	uint16_t port;
	bool any_address;	/* bound to all of the machine's: any literal
				   address is one of ours */
};

/* Of the address that the server is bound to. */
void own_names_init(struct own_names *names, const struct sockaddr_storage *sa);

/* Is the value of a Host header one of them? */
bool own_names_have(const struct own_names *names, const char *host);

/* An IPv4 or IPv6 address and a port for bind(2); -1: it is none. */
int own_names_read_address(const char *address, uint16_t port,
    struct sockaddr_storage *sa, socklen_t *len);

#endif
