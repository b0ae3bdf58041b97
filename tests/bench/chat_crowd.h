/*
 * Many clients of one server in one process: connected over loopback, led in,
 * and everything that they get checked.
 *
 * What goes wrong (a connection that ends, a message that is lost, altered or
 * out of order, the end of the time given) ends the program with one line and
 * status 1.
 */
#ifndef TESTS_BENCH_CHAT_CROWD_H
#define TESTS_BENCH_CHAT_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/bench/chat_talk.h"

struct client {
	int fd;
	bool in;
	uint64_t next;		/* number of the message that is due */
	size_t have;		/* bytes kept from the last read */
	uint8_t kept[TALK_MESSAGE_MAX];
};

struct crowd {
	/* Set before crowd_gather(). */
	const struct talk *talk;
	uint16_t port;
	size_t count;		/* clients */
	size_t at_once;		/* most that are on their way in */
	size_t text_len;	/* of a message */
	int64_t deadline_ns;	/* of now_ns() */
	bool stuck;		/* the first client never reads, once in */

	/* Called on each message, after client->next has moved on. */
	void (*got)(void *context, struct client *client);
	void *context;

	/* Own. */
	struct client *clients;
	size_t connected, in;
	int epoll;
	struct talk_template expected;
};

int64_t now_ns(void);

_Noreturn void die(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Connects everybody and leads them in.  The last client is the last that is
 * connected, so what it says reaches all. */
void crowd_gather(struct crowd *c);

/* Who speaks. */
struct client *crowd_speaker(struct crowd *c);
void crowd_speaker_template(struct crowd *c, struct talk_template *out);

/* Waits for events, at most so long, and hands them on; how many there were.
 * Ends the program where the deadline has passed. */
size_t crowd_turn(struct crowd *c, int timeout_ms);

/* Until nothing has come for so long. */
void crowd_settle(struct crowd *c, int quiet_ms);

/* False where the kernel takes no more now; never a part. */
bool client_send(const struct crowd *c, const struct client *client,
    const struct talk_template *message);

void crowd_close(struct crowd *c);

#endif
