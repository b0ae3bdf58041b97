/*
 * A client and a server over TCP, in the small network of lan.h, for tests.
 */
#ifndef TESTS_TRAFFIC_PAIR_H
#define TESTS_TRAFFIC_PAIR_H

#include "base/bytes.h"
#include "tests/traffic/lan.h"

enum { PAIR_PORT = 7000 };

/* One end, and what its program was told, in order: C connected, A accepted,
 * R received, F finished, D drained, and the end by a small letter. */
struct program {
	struct lan *lan;
	struct conn *conn;
	char told[512];
	struct bytes got;
	size_t largest_read;
	const char *says;	/* once connected or accepted */
	bool closes;		/* behind what it says */
	bool closes_when_finished, aborts_when_received, refuses;
	int64_t ended_ns;
	bool is_in_call;
};

/* Host 0 is the client, host 1 the server. */
struct pair {
	struct lan *lan;
	struct program client, server;
};

/* What programs do: as their struct says. */
extern const struct conn_calls pair_calls;
/* For one connection at a time; its owner is a struct program. */
extern const struct listener_calls pair_listener;

/* A plan; both close when the other has. */
void pair_init(struct pair *pair);
/* Starts the network; the server listens on PAIR_PORT. */
void pair_listen(struct pair *pair);
void pair_connect(struct pair *pair, uint8_t version, uint16_t from_port);
void pair_reset(struct pair *pair);

#endif
