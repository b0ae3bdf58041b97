/*
 * A world of plain memory for the protocols: a clock that stands until it is
 * moved, peers without sockets, files without a disk, users without a database.
 * What a protocol does is kept for the test to look at.
 *
 * It holds the protocol to world.h: whatever a side must not do (use a peer
 * that has left, ask for two logins at once, leave a file open, spin) is said
 * on stderr and aborts, which fails a Check test and is a crash to a fuzz
 * target.  So does everything here that cannot be done.
 */
#ifndef TESTS_CHAT_FAKE_WORLD_H
#define TESTS_CHAT_FAKE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/protocols/protocol.h"

struct fake_world;

/* One message that was sent, shown or logged. */
struct fake_message {
	uint8_t *data;		/* terminated, too */
	size_t len;
	enum show kind;		/* of what was shown */
	char *name;		/* of an event */
	char *fields;		/* of an event: "key=value key=value" */
	struct chat_address to;	/* of a datagram */
};

struct fake_messages {
	struct fake_message *list;
	size_t count, room;
};

/* Opens the side in a world of its own.  The settings outlive the world. */
struct fake_world *fake_world_new(const struct side *side,
    const struct chat_settings *settings);

/* Lets every peer leave (LEFT_STOP), closes the side, frees all. */
void fake_world_free(struct fake_world *world);

/* The same settings with plain defaults (line_max 1024, no users). */
struct chat_settings fake_settings(void);

/* A connection from "127.0.0.1:41246" or "[::1]:9"; NULL where the side refused
 * it.  The pointer is good until fake_world_free(), also once the peer has
 * left. */
struct peer *fake_join(struct fake_world *world, const char *address);

/* What the peer writes, and its ends.  What a peer writes that is held waits
 * for the end of that.  After what the protocol asked for has closed a peer
 * nothing of it arrives (left() is called by fake_settle()). */
void fake_receive(struct fake_world *world, struct peer *peer,
    const void *data, size_t len);
void fake_receive_text(struct fake_world *world, struct peer *peer,
    const char *text);
void fake_finish(struct fake_world *world, struct peer *peer);
void fake_leave(struct fake_world *world, struct peer *peer, enum left why);

/* The user's or operator's side; nothing once world_end() was called. */
void fake_line(struct fake_world *world, const char *text);
void fake_input_ended(struct fake_world *world);
void fake_datagram(struct fake_world *world, const char *from,
    const char *text);
void fake_datagram_data(struct fake_world *world, const char *from,
    const void *data, size_t len);
void fake_stop(struct fake_world *world);

/* What waits is done: answers to logins, drained peers, peers that were closed
 * leave.  The functions above and fake_pass() do it at their end, unless
 * fake_set_settling(false). */
void fake_settle(struct fake_world *world);
void fake_set_settling(struct fake_world *world, bool settling);

/* Moves the clock; timers are called at their times, in order. */
void fake_pass(struct fake_world *world, int64_t ns);

/* What was done so far; borrowed until the next call of anything.  A peer's
 * stays when it has left. */
const struct fake_messages *fake_sent(struct fake_world *world,
    const struct peer *peer);
const struct fake_messages *fake_shown(struct fake_world *world);
const struct fake_messages *fake_events(struct fake_world *world);
const struct fake_messages *fake_datagrams(struct fake_world *world);
void fake_forget(struct fake_world *world);	/* all of these */

/* All that was sent to the peer, joined and terminated; borrowed. */
const uint8_t *fake_stream(struct fake_world *world, const struct peer *peer,
    size_t *len);

/* The protocol asked for the end of the connection, or it is gone. */
bool fake_is_closed(const struct fake_world *world, const struct peer *peer);
/* left() was called. */
bool fake_is_gone(const struct fake_world *world, const struct peer *peer);
bool fake_is_admitted(const struct fake_world *world,
    const struct peer *peer);
/* What the peer has not read yet. */
size_t fake_queued_bytes(const struct fake_world *world,
    const struct peer *peer);
bool fake_is_held(const struct fake_world *world, const struct peer *peer);
const char *fake_prompt(const struct fake_world *world);
bool fake_lines_are_held(const struct fake_world *world);
bool fake_prompt_is_secret(const struct fake_world *world);
/* -1: world_end() was not called. */
int fake_status(const struct fake_world *world);

/* The peer reads nothing until told otherwise: what is sent stays queued, a
 * close waits for it, and nobody is drained.  A peer that reads has read
 * everything when the world settles. */
void fake_set_reading(struct fake_world *world, struct peer *peer,
    bool reading);

/* The next answer to a login instead of what the users give. */
void fake_answer_next(struct fake_world *world, enum login_answer answer);
void fake_add_user(struct fake_world *world, const char *name,
    const char *password);

/* Files: what a file_open() finds, what was kept ("alice/notes.txt"), and a
 * disk that is full after so many bytes more. */
void fake_add_file(struct fake_world *world, const char *path,
    const void *data, size_t len);
const uint8_t *fake_file(struct fake_world *world, const char *path,
    size_t *len);	/* NULL: there is none */
/* Files that are being made. */
size_t fake_temporary_files(const struct fake_world *world);
void fake_set_disk(struct fake_world *world, uint64_t bytes);

/* world_random() gives first, first + 1, ... from here on; before that, the
 * same bytes in each world. */
void fake_set_random(struct fake_world *world, uint8_t first);

/* world_random() gives these bytes (copied) first, behind others given so. */
void fake_give_random(struct fake_world *world, const void *data, size_t len);

#endif
