/*
 * DNS messages (RFC 1035) with one question and at most one answer.
 */
#ifndef TESTS_TOOLS_DNS_H
#define TESTS_TOOLS_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/tools/frames.h"
#include "tests/tools/trace.h"

enum { DNS_MESSAGE_MAX = 512 };
enum { DNS_A = 1, DNS_AAAA = 28 };

/* Both return the bytes of the message. */
size_t dns_query(uint8_t message[DNS_MESSAGE_MAX], uint16_t id,
    const char *name, uint16_t type);

/* The answer holds the address: 4 bytes for DNS_A, 16 for DNS_AAAA; NULL says
 * that there is no such name. */
size_t dns_response(uint8_t message[DNS_MESSAGE_MAX], uint16_t id,
    const char *name, uint16_t type, const uint8_t *address);

struct dns_exchange {
	struct frames_host client, resolver;	/* with their ports */
	unsigned interface;
	bool cooked;		/* LINKTYPE_LINUX_SLL, else Ethernet */
	const char *name;
	uint16_t id, type;
	const uint8_t *address;	/* as in dns_response() */
	int64_t asked_ns, answered_ns;
};

/* Two UDP packets, as the client's capture shows them. */
void dns_add_exchange(struct trace *t, const struct dns_exchange *e);

#endif
