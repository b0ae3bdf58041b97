/*
 * The recordings of the original programs, played to one end of ours.
 *
 * A recording is a capture of TCP and UDP on loopback.  What one end wrote is
 * handed to our side in the pieces, at the times and in the order of the
 * capture (connections, ends and resets included); what our side writes is held
 * against what the other end of the recording wrote.
 *
 * What was sent again counts once; a connection that was refused, or that began
 * before the recording, not at all.  A capture that lacks bytes is no recording.
 * Whatever is wrong is said on stderr and aborts, which fails a test.
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
				   that were refused do not count; 0 of a
				   datagram */
	bool by_client;		/* SENT, FINISHED, RESET */
	const uint8_t *data;	/* SENT, DATAGRAM */
	size_t len;
	char from[64], to[64];	/* "127.0.0.11:42763"; of OPENED: client and
				   server */
};

struct replay;

/* Reads PCAPSTAT_CAPTURES/originals/loopback/NAME.pcap; NULL where that
 * variable is not set (the test is to be skipped); ends the test when the file
 * cannot be read. */
struct replay *replay_read(const char *name);
void replay_free(struct replay *replay);

const struct replay_event *replay_events(const struct replay *replay,
    size_t *count);
unsigned replay_connections(const struct replay *replay);

/* All that one end of a connection wrote, joined; borrowed, may be NULL where
 * *len is 0. */
const uint8_t *replay_stream(struct replay *replay, unsigned connection,
    bool by_client, size_t *len);

/* The same in its pieces: piece i of what one end wrote; NULL past the end. */
const uint8_t *replay_piece(const struct replay *replay, unsigned connection,
    bool by_client, size_t i, size_t *len);

enum replay_cut { REPLAY_PIECES, REPLAY_JOINED, REPLAY_BYTES };

/*
 * Plays all the clients of the recording to a server side.  Pieces as
 * recorded, or each piece byte by byte; JOINED: adjacent pieces of one client
 * with nothing of anyone else between them are one.  `before`, where not NULL,
 * is called before each event (and after the clock came to it), so that a test
 * can type on the operator's console then.
 */
typedef void (*replay_before)(void *context, struct fake_world *world,
    const struct replay_event *event);
void replay_to_server(struct replay *replay, struct fake_world *world,
    enum replay_cut cut, replay_before before, void *context);

/*
 * Plays connection i's server to a client side: what the recorded client wrote
 * is replaced by the lines that `lines` lists in the order of their times, one
 * before each of the pieces that a line produced in the recording (the test
 * knows which).  Lines of before the connection are typed once it is there;
 * those behind the last event at the end.  Datagrams to the client's address
 * are played, too.  It ends early when the side calls world_end().
 */
struct replay_line {
	double at_s;		/* before the first event at or after this */
	const char *text;	/* NULL: end of input */
};
void replay_to_client(struct replay *replay, struct fake_world *world,
    unsigned connection, enum replay_cut cut,
    const struct replay_line *lines, size_t n);

/* The peer that played connection i; NULL: it was not played, or refused. */
struct peer *replay_peer(const struct replay *replay, unsigned connection);

/* What our side has written to connection i, also when that is over; of no
 * messages where there is no peer.  Borrowed from the world. */
const struct fake_messages *replay_written(struct replay *replay,
    unsigned connection);

/*
 * Is that what the recorded end wrote?  NULL: the same bytes, as a stream, or
 * (pieces) the same writes; otherwise a line that shows both where they first
 * differ, borrowed until the next call.
 */
const char *replay_difference(struct replay *replay, unsigned connection,
    bool pieces);

#endif
