/*
 * UDP sockets that keep what comes to them, in the small network of lan.h.
 */
#ifndef TESTS_TRAFFIC_MAILBOX_H
#define TESTS_TRAFFIC_MAILBOX_H

#include "tests/traffic/lan.h"

/* A socket, and what came to it. */
struct mailbox {
	struct lan *lan;
	struct udp_socket *socket;
	size_t count, len;
	struct endpoint from;
	uint8_t data[65536];
	int64_t at_ns;
};

/* Port 0: an ephemeral one.  The caller frees it, at any time after the last
 * packet. */
struct mailbox *open_mailbox(struct lan *lan, size_t host, uint16_t port);

/* So many, each known by its place. */
const uint8_t *numbered_bytes(size_t len);

/* Host 0 sends so many of them to port 7 of host 1. */
void send_bytes(struct lan *lan, struct mailbox *from, uint8_t version,
    size_t len);

/* Of a test's number: version 4 or 6. */
uint8_t version_of(int i);

#endif
