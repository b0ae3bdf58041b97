/*
 * The inputs of fuzz_session.
 *
 * Two bytes say what is played: SESSION_SERVER or SESSION_CLIENT of a protocol
 * (by its place in protocols[]), and SESSION_* bits of its settings.  Then come
 * happenings, each a byte: what, in the low four bits; to which peer, above;
 * and behind it what it needs, in the order named here.  `bytes` is a length
 * (u16, big-endian) and that many; where the input ends, so do they.
 */
#ifndef TESTS_FUZZ_SESSION_H
#define TESTS_FUZZ_SESSION_H

enum { SESSION_PROTOCOLS = 7, SESSION_PEERS = 6 };

#define SESSION_SERVER(place) (place)
#define SESSION_CLIENT(place) ((place) + SESSION_PROTOCOLS)

enum {
	SESSION_NAME = 1,	/* a client has a nickname */
	SESSION_USERS = 2,	/* names need a password */
	SESSION_OTHER = 4,	/* echo: reversed; im: with lengths */
	SESSION_MAKE_USER = 8,
	SESSION_PASSWORD = 16,
	/* The bits above are the key profile of eim. */
};

enum {
	SESSION_JOIN,
	SESSION_RECEIVE,	/* bytes, in one read */
	SESSION_FINISH,
	SESSION_LEAVE,		/* why */
	SESSION_PASS,		/* the logarithm of a time */
	SESSION_LINE,		/* bytes */
	SESSION_READING,	/* does the peer read? */
	SESSION_ANSWER,		/* of the next login */
	SESSION_DATAGRAM,	/* bytes */
	SESSION_STOP,
	SESSION_INPUT_ENDED,
	SESSION_SETTLING,	/* does the world settle? */
	SESSION_FILE,		/* which, bytes */
	SESSION_RECEIVE_EACH,	/* bytes, each in a read of its own */
	SESSION_RECEIVE_MUCH,	/* bytes, repeated to more than 64 KiB */
	SESSION_DISK,		/* how many bytes it still takes */
	SESSION_HAPPENINGS
};

#endif
