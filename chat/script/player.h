/*
 * Who says the lines of a script (script_text.h), and when.
 *
 * Pure: what happens and the time come in, lines go out by calls; no clock, no
 * event loop.  So labchat runs it by its loop and labgen in virtual time.
 *
 * Its driver calls player_tick() at player_due_ns(), which may change with each
 * call into the player.  One step is done a tick, so that what it leads to is
 * seen before the next.
 */
#ifndef CHAT_SCRIPT_PLAYER_H
#define CHAT_SCRIPT_PLAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "chat/script/script_text.h"

/* What was shown and not waited for is kept to be searched; at most so much,
 * the oldest goes. */
enum { PLAYER_SHOWN_MAX = 1048576 };

/* What it does; called from within player_tick() only, and all but
 * player_reset() may be called from there. */
struct player_calls {
	/* Terminated; borrowed. */
	void (*line)(void *context, const char *text, size_t len);
	/* There will be no more lines; once. */
	void (*ended)(void *context);
	/* A wait in vain, or no memory: "NAME:LINE: why"; once. */
	void (*failed)(void *context, const char *why);
	void *context;
};

/* Caller's memory; fields are private. */
struct player {
	const struct player_calls *calls;
	const char *name;
	const struct script_steps *steps;
	size_t next;
	int64_t connected_ns, done_ns;	/* the step before, done then */
	int64_t patience_ns;		/* a wait is in vain from then on */
	bool is_connected, is_held, is_waiting, is_over;
	struct bytes shown;		/* since the last wait was over */
};

/* All is borrowed; `name` stands in front of what is said about the steps.
 * The player is held. */
void player_init(struct player *player, const char *name,
    const struct script_steps *steps, const struct player_calls *calls);

/* Frees what was shown; what was borrowed stays with its owner. */
void player_reset(struct player *player);

/* The script's clock begins. */
void player_connected(struct player *player, int64_t now_ns);

/* Lines for the user, without the last newline.  What comes before the
 * connection does not count. */
void player_shown(struct player *player, const char *text, size_t len,
    int64_t now_ns);

/* No lines, nor the end, while it is held.  A wait goes on: it gives none. */
void player_hold(struct player *player, bool hold);

/* When it is to be called next; INT64_MAX: not as things are. */
int64_t player_due_ns(const struct player *player);

/* Does nothing before that. */
void player_tick(struct player *player, int64_t now_ns);

/* The step that comes next, or is waited for; NULL: the input has ended, or
 * would with the next tick, or the script has failed. */
const struct script_step *player_next(const struct player *player);

#endif
