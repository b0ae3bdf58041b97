/*
 * A visit to a web site in virtual time, as the client's capture shows it:
 * the name is asked for, a few connections fetch objects at the same time, and
 * all of them are closed.
 */
#ifndef TESTS_TOOLS_BROWSING_H
#define TESTS_TOOLS_BROWSING_H

#include <stddef.h>
#include <stdint.h>

#include "tests/tools/frames.h"
#include "tests/tools/trace.h"

struct browsing {
	const char *name;	/* of the site */
	struct frames_host client, resolver, server;	/* ports are set here */
	uint16_t port;		/* 80: clear text; 443: looks like TLS */
	int64_t start_ns, rtt_ns, pause_ns;	/* pause: between objects */
	unsigned connections, objects;	/* objects a connection */
	uint32_t object_bytes;	/* mean; most are smaller, a few much larger */
	uint64_t seed;
};

void browsing_visit(struct trace *t, const struct browsing *b);

#endif
