/*
 * What the files of fake_world share.
 */
#ifndef TESTS_CHAT_FAKE_INTERNAL_H
#define TESTS_CHAT_FAKE_INTERNAL_H

#include "base/bytes.h"
#include "chat/net/memory_files.h"
#include "tests/chat/fake_world.h"

struct fake_timer {
	bool on;
	int64_t due_ns;
	uint64_t order;		/* of those that are due together */
};

/* Written by the peer and not yet handed over. */
struct fake_piece {
	uint8_t *data;
	size_t len;
	struct fake_piece *next;
};

enum fake_request { FAKE_NOTHING, FAKE_LOGIN, FAKE_NAME_KNOWN };

struct fake_peer {
	struct peer peer;	/* first: a struct peer * is one of these */
	struct fake_messages sent;
	struct bytes stream;
	size_t queued;
	bool was_full;		/* WORLD_LOW_WATER or more waited */
	bool reading, held, admitted;
	bool closed, at_once, gone;
	enum left why;
	struct fake_piece *inbox;
	bool finished, told_finished;
	enum fake_request request;
	bool make;
	char *name;
	struct bytes password;
	struct fake_timer timers[WORLD_TIMERS];
};

struct fake_user {
	char *name;
	struct bytes password;
};

struct fake_world {
	struct world world;	/* first */
	const struct side *side;
	void *state;
	bool settling, busy;

	struct fake_peer **peers;
	size_t peer_count, peer_room;

	int64_t now_ns;
	uint64_t order;
	struct fake_timer timers[WORLD_TIMERS];

	struct bytes given;	/* random bytes that the test chose */
	size_t given_used;
	uint64_t random;
	bool counting;		/* random bytes are 0, 1, 2, ... */
	uint8_t next_byte;

	struct fake_messages shown, events, datagrams;
	char *prompt;
	bool lines_held;
	bool secret;
	int status;

	struct fake_user *users;
	size_t user_count, user_room;
	bool has_answer;
	enum login_answer answer;

	struct memory_files files;
};

extern const struct world_actions fake_actions;

/* Says it and aborts. */
_Noreturn void fake_fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* A terminated copy of the bytes; never NULL. */
void *fake_copy(const void *data, size_t len);

/* The array with room for one more item. */
void *fake_grow(void *array, size_t *room, size_t count, size_t size);

/* A new message at the end, its bytes copied. */
struct fake_message *fake_keep(struct fake_messages *messages,
    const void *data, size_t len);
void fake_drop(struct fake_messages *messages);

/* NULL: there is none of that name. */
const struct fake_user *fake_user(const struct fake_world *world,
    const char *name);

/* fake_settle(), unless fake_set_settling(false). */
void fake_settle_if_asked(struct fake_world *world);

/* The actions that concern files, beside those of memory_files.h. */
struct world_file *fake_file_make(struct world *w, const char *folder,
    const char *name, struct errbuf *err);
struct world_file *fake_file_open(struct world *w, const char *path,
    uint64_t *size, struct errbuf *err);
int fake_file_add(struct world *w, const char *folder, const char *name,
    const void *data, size_t len, struct errbuf *err);
void fake_files_free(struct fake_world *world);

#endif
