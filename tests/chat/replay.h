/*
 * The recordings of the original programs, played to one end of ours.
 *
 * A recording is a capture of TCP and UDP on loopback.  What one end wrote is
 * handed to our side in the pieces, at the times and in the order of the
 * capture (connections, ends and resets included); what our side writes is held
 * against what the other end of the recording wrote.
 */
#ifndef TESTS_CHAT_REPLAY_H
#define TESTS_CHAT_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/chat/fake_world.h"

enum replay_kind {
	REPLAY_OPENED,		/* the connection is there */
	REPLAY_SENT,		/* bytes, by the client or the server */
	REPLAY_FINISHED,	/* FIN */
	REPLAY_RESET,
	REPLAY_DATAGRAM,
};

struct replay_event {
	enum replay_kind kind;
	int64_t time_ns;	/* since the first packet */
	unsigned connection;	/* 0, 1, ... in the order of their SYNs; those
				   that were refused do not count */
	bool by_client;		/* SENT, FINISHED, RESET */
	const uint8_t *data;	/* SENT, DATAGRAM */
	size_t len;
	char from[64], to[64];	/* "127.0.0.11:42763" */
};

struct replay;

/* Reads PCAPSTAT_CAPTURES/originals/loopback/NAME.pcap; NULL where that
 * variable is not set (the test is to be skipped); ends the test when the file
 * cannot be read. */
struct replay *replay_read(const char *name);
void replay_free(struct replay *replay);

const struct replay_event *replay_events(const struct replay *replay,
    size_t *count);

/* All that one end of a connection wrote, joined; borrowed. */
const uint8_t *replay_stream(struct replay *replay, unsigned connection,
    bool by_client, size_t *len);

/* The same in its pieces: piece i of what one end wrote; NULL past the end. */
const uint8_t *replay_piece(const struct replay *replay, unsigned connection,
    bool by_client, size_t i, size_t *len);

enum replay_cut { REPLAY_PIECES, REPLAY_JOINED, REPLAY_BYTES };

/*
 * Plays all the clients of the recording to a server side.  Pieces as
 * recorded, or each piece byte by byte; JOINED: adjacent pieces of one client
 * with nothing of others between them are one.  peers[i] is the peer of
 * connection i (NULL once it has left); `before`, where not NULL, is called
 * before each event, so that a test can type on the operator's console then.
 */
typedef void (*replay_before)(void *context, struct fake_world *world,
    const struct replay_event *event);
void replay_to_server(struct replay *replay, struct fake_world *world,
    enum replay_cut cut, replay_before before, void *context);

/* What the server side has written to connection i, kept beyond its end. */
const struct fake_messages *replay_written(struct replay *replay,
    unsigned connection);

/*
 * Plays connection i's server to a client side: what the recorded client wrote
 * is replaced by the lines that `lines` lists, one before each of the pieces
 * that a line produced in the recording (the test knows which).  A line of NULL
 * is the end of the input.
 */
struct replay_line {
	double at_s;		/* before the first event at or after this */
	const char *text;	/* NULL: end of input */
};
void replay_to_client(struct replay *replay, struct fake_world *world,
    unsigned connection, enum replay_cut cut,
    const struct replay_line *lines, size_t n);

#endif
