/*
 * A chat protocol: what a server and a client do on each thing that happens.
 *
 * Both ends have the same shape, so whatever runs them (sockets, virtual time,
 * a buffer of random bytes) runs both by the same code.  A side never blocks,
 * reads no clock and makes no randomness of its own: world.h has all that.
 *
 * Adding a protocol is adding its file and a line in protocol.c.
 */
#ifndef CHAT_PROTOCOLS_PROTOCOL_H
#define CHAT_PROTOCOLS_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "chat/protocols/settings.h"
#include "chat/protocols/world.h"

/* Why a peer is gone. */
enum left {
	LEFT_ENDED,	/* it closed, and everything before was read */
	LEFT_LOST,	/* a reset, or another error of the connection */
	LEFT_CLOSED,	/* the protocol asked for it */
	LEFT_IDLE,	/* silent for longer than --idle-timeout */
	LEFT_LATE,	/* it did not say in time who it is */
	LEFT_SLOW,	/* it does not read what it is sent */
	LEFT_STOP,	/* this program ends */
};

/*
 * One end.  What may be NULL does nothing.  A server has many peers, a client
 * one, its server.
 */
struct side {
	/* The state; NULL with the reason.  `world` and `settings` outlive
	 * it. */
	void *(*open)(struct world *world,
	    const struct chat_settings *settings, struct errbuf *err);

	/* A connection is there; -1 (no memory) closes it, then without
	 * left(). */
	int (*joined)(void *state, struct peer *peer);

	/* Bytes of a stream, as one read gave them: at least one, at most
	 * SIDE_READ_MAX. */
	void (*received)(void *state, struct peer *peer, const uint8_t *data,
	    size_t len);

	/* The peer sends no more (it may still read).  NULL: the connection is
	 * closed after what was sent is written, LEFT_ENDED. */
	void (*finished)(void *state, struct peer *peer);

	/* The last that is told of a peer; its state is freed here. */
	void (*left)(void *state, struct peer *peer, enum left why);

	/* Less than WORLD_LOW_WATER waits for the peer, after more did. */
	void (*drained)(void *state, struct peer *peer);

	void (*timer)(void *state, struct peer *peer, unsigned id);

	/* Of world_login(). */
	void (*answered)(void *state, struct peer *peer,
	    enum login_answer answer);

	/* A client's datagram. */
	void (*datagram)(void *state, const struct chat_address *from,
	    const uint8_t *data, size_t len);

	/* A line that the client's user, or the server's operator, typed:
	 * UTF-8 without controls or newline, terminated; len may be 0.
	 * Before a client is connected none is handed over. */
	void (*line)(void *state, const char *text, size_t len);

	/* The user's input is at its end.  NULL: world_end(0). */
	void (*input_ended)(void *state);

	/* The program is asked to end (SIGTERM): last words; the world closes
	 * the connections afterwards. */
	void (*stop)(void *state);

	void (*close)(void *state);	/* frees it; every peer has left */
};

enum { SIDE_READ_MAX = 65536 };

/* What a protocol needs. */
enum {
	PROTOCOL_NAME = 1,	/* a client has a nickname (-n) */
	PROTOCOL_UDP = 2,	/* a client has a UDP socket on --peer-port */
	PROTOCOL_HANDSHAKE = 4,	/* a peer has to say who it is: there is a
				   deadline until world_admit() */
	PROTOCOL_CONSOLE = 8,	/* the server has an operator's console */
	PROTOCOL_KEYS = 16,	/* both keys of eim */
	PROTOCOL_USERS = 32,	/* may have a user store */
	PROTOCOL_FILES = 64,	/* may keep files */
	PROTOCOL_FRAMED = 128,	/* messages that wait may go out in one write;
				   otherwise each has a write of its own */
};

struct protocol {
	const char *name;
	const char *purpose;	/* for --help: a few words, lower case */
	uint16_t port;
	unsigned needs;
	const struct side *server, *client;
	/* What the client says once it is connected: the commands that there
	 * are, a line or several. */
	const char *banner;
};

extern const struct protocol protocol_echo, protocol_im, protocol_eim,
    protocol_p2p, protocol_class, protocol_caps, protocol_room;

/* All of them, NULL at the end. */
extern const struct protocol *const protocols[];

/* NULL: there is none of that name. */
const struct protocol *protocol_find(const char *name);

#endif
