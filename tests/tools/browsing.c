#include "tests/tools/browsing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tools/dns.h"
#include "tests/tools/splitmix.h"
#include "tests/tools/talk.h"

enum {
	TLS_HEADER_BYTES = 5,
	TLS_RECORD_MAX = 16384,
	TLS_HANDSHAKE = 22,
	TLS_APPLICATION_DATA = 23,
	TLS_CLIENT_HELLO = 1,
	TLS_SERVER_HELLO = 2,
	EPHEMERAL_PORTS = 49152,
	DNS_PORT = 53,
	NS_PER_MS = 1000000,
};

/* The site has an IPv4 address only.  Returns the time of the answer. */
static int64_t
resolve(struct trace *t, const struct browsing *b, uint16_t type, int64_t ts_ns)
{
	struct splitmix random = { b->seed ^ type };
	struct dns_exchange e = {
		.client = b->client,
		.resolver = b->resolver,
		.name = b->name,
		.type = type,
		.address = type == DNS_A ? b->server.ip : NULL,
		.asked_ns = ts_ns,
	};

	e.id = (uint16_t)splitmix_next(&random);
	e.client.port = (uint16_t)(EPHEMERAL_PORTS +
	    splitmix_below(&random, 16384));
	e.resolver.port = DNS_PORT;
	e.answered_ns = ts_ns + 2 * NS_PER_MS +
	    splitmix_below(&random, 9 * NS_PER_MS);
	dns_add_exchange(t, &e);
	return e.answered_ns;
}

static void
fill(struct splitmix *random, uint8_t *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		data[i] = (uint8_t)splitmix_next(random);
}

/* n bytes of payload as TLS records: their headers, and what looks random. */
static size_t
tls_records(struct splitmix *random, uint8_t *to, uint8_t type, size_t n)
{
	uint8_t *at = to;

	while (n > 0) {
		size_t len = n < TLS_RECORD_MAX ? n : TLS_RECORD_MAX;

		at[0] = type;
		at[1] = at[2] = 3;	/* "TLS 1.2", as all of them say */
		at[3] = (uint8_t)(len >> 8);
		at[4] = (uint8_t)len;
		fill(random, at + TLS_HEADER_BYTES, len);
		at += TLS_HEADER_BYTES + len;
		n -= len;
	}
	return (size_t)(at - to);
}

/* A handshake message: its type and length, a version, and noise. */
static size_t
tls_hello(struct splitmix *random, uint8_t *to, uint8_t type, size_t n)
{
	size_t len = tls_records(random, to, TLS_HANDSHAKE, n);
	uint8_t *hello = to + TLS_HEADER_BYTES;

	hello[0] = type;
	hello[1] = 0;
	hello[2] = (uint8_t)((n - 4) >> 8);
	hello[3] = (uint8_t)(n - 4);
	hello[4] = hello[5] = 3;
	hello[38] = 0;		/* no session id after 32 random bytes */
	return len;
}

static void
greet(struct talk *talk, uint8_t *buffer)
{
	size_t len = tls_hello(&talk->random, buffer, TLS_CLIENT_HELLO, 512);

	talk_send(talk, TALK_CLIENT, buffer, len);
	len = tls_hello(&talk->random, buffer, TLS_SERVER_HELLO, 122);
	len += tls_records(&talk->random, buffer + len, TLS_APPLICATION_DATA,
	    3100);
	talk_send(talk, TALK_SERVER, buffer, len);
	len = tls_records(&talk->random, buffer, TLS_APPLICATION_DATA, 69);
	talk_send(talk, TALK_CLIENT, buffer, len);
}

/* A quarter to three quarters of the mean, and one in eight several times it;
 * the mean of all comes out at the mean. */
static size_t
object_bytes(struct talk *talk, uint32_t mean)
{
	size_t bytes = mean / 4 + splitmix_below(&talk->random, mean / 2);

	if (splitmix_below(&talk->random, 8) == 0)
		bytes += 4 * (size_t)mean;
	return bytes;
}

static void
fetch_clear(struct talk *talk, const struct browsing *b, unsigned number,
    size_t bytes, char *buffer)
{
	int len = sprintf(buffer, "GET /%u HTTP/1.1\r\nHost: %s\r\n"
	    "User-Agent: mkcaptures\r\nAccept: */*\r\n\r\n", number, b->name);

	talk_send(talk, TALK_CLIENT, (const uint8_t *)buffer, (size_t)len);
	talk_pause(talk, 4 * NS_PER_MS);
	len = sprintf(buffer, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	    "Content-Length: %zu\r\n\r\n", bytes);
	memset(buffer + len, 'x', bytes);
	talk_send(talk, TALK_SERVER, (const uint8_t *)buffer,
	    (size_t)len + bytes);
}

static void
fetch_sealed(struct talk *talk, size_t bytes, uint8_t *buffer)
{
	size_t len = tls_records(&talk->random, buffer, TLS_APPLICATION_DATA,
	    320 + splitmix_below(&talk->random, 400));

	talk_send(talk, TALK_CLIENT, buffer, len);
	talk_pause(talk, 4 * NS_PER_MS);
	len = tls_records(&talk->random, buffer, TLS_APPLICATION_DATA, bytes);
	talk_send(talk, TALK_SERVER, buffer, len);
}

static void
connect_and_fetch(struct talk *talk, const struct browsing *b)
{
	/* No object is longer, with its headers, than 8 times the mean. */
	uint8_t *buffer = malloc(8 * (size_t)b->object_bytes + 8192);

	if (buffer == NULL) {
		perror("browsing");
		exit(1);
	}
	talk_open(talk);
	if (b->port != 80)
		greet(talk, buffer);
	for (unsigned i = 0; i < b->objects; i++) {
		size_t bytes = object_bytes(talk, b->object_bytes);

		if (b->port == 80)
			fetch_clear(talk, b, i, bytes, (char *)buffer);
		else
			fetch_sealed(talk, bytes, buffer);
		talk_pause(talk, b->pause_ns);
	}
	talk_close(talk);
	free(buffer);
}

void
browsing_visit(struct trace *t, const struct browsing *b)
{
	int64_t ts_ns = resolve(t, b, DNS_A, b->start_ns);
	struct splitmix random = { b->seed };

	resolve(t, b, DNS_AAAA, b->start_ns + NS_PER_MS / 8);
	for (unsigned i = 0; i < b->connections; i++) {
		struct talk talk = {
			.to = t,
			.random = { splitmix_next(&random) },
			.host = { b->client, b->server },
			.now_ns = ts_ns + 2 * NS_PER_MS,
			.rtt_ns = b->rtt_ns,
		};

		talk.host[TALK_CLIENT].port = (uint16_t)(EPHEMERAL_PORTS +
		    splitmix_below(&random, 16384));
		talk.host[TALK_SERVER].port = b->port;
		connect_and_fetch(&talk, b);
		ts_ns += 20 * NS_PER_MS +
		    splitmix_below(&random, 200 * NS_PER_MS);
	}
}
