/*
 * The user of a client, as the client sees them: somebody to show lines to, who
 * types lines.  chat/terminal has three: at a terminal, behind a pipe or file,
 * and a script.
 *
 * No function here calls back: what the user does is told from the event loop.
 */
#ifndef CHAT_NET_USER_H
#define CHAT_NET_USER_H

#include <stdbool.h>
#include <stddef.h>

#include "chat/protocols/world.h"

/* The longest line that a user may give, in bytes; longer ones are refused
 * with a line that says so. */
enum { USER_LINE_MAX = 65536 };

/* What the user does; borrowed for as long as the user lives.  None of it may
 * close the user. */
struct user_calls {
	/* UTF-8 without controls or newline, terminated; borrowed. */
	void (*line)(void *context, const char *text, size_t len);
	/* There will be no more lines; once. */
	void (*ended)(void *context);
	/* The program cannot go on: nothing can be shown, or a script waited
	 * in vain.  One line that says why; once. */
	void (*failed)(void *context, const char *why);
	void *context;
};

struct user;

struct user_actions {
	void (*show)(struct user *, enum show, const char *, size_t);
	void (*prompt)(struct user *, const char *, bool secret);
	void (*hold)(struct user *, bool);
	void (*connected)(struct user *);	/* may be NULL */
	const char *(*fault)(const struct user *);
	void (*close)(struct user *);
};

struct user {
	const struct user_actions *actions;
};

/* One or more lines, without the last newline; whatever stands in them is made
 * harmless.  They are written before this returns. */
static inline void
user_show(struct user *user, enum show kind, const char *text, size_t len)
{
	user->actions->show(user, kind, text, len);
}

/* Before the line that is typed next; secret: nothing that is typed is shown
 * or kept.  Copied. */
static inline void
user_prompt(struct user *user, const char *text, bool secret)
{
	user->actions->prompt(user, text, secret);
}

/* No lines while it is held; a new user is. */
static inline void
user_hold(struct user *user, bool hold)
{
	user->actions->hold(user, hold);
}

/* The connection is there: a script's clock starts. */
static inline void
user_connected(struct user *user)
{
	if (user->actions->connected != NULL)
		user->actions->connected(user);
}

/* Why lines were lost that should have been shown, NULL while none were.  Known
 * at once; failed() tells it from the loop, which may end before. */
static inline const char *
user_fault(const struct user *user)
{
	return user->actions->fault(user);
}

/* The terminal is as it was found.  NULL does nothing. */
static inline void
user_close(struct user *user)
{
	if (user != NULL)
		user->actions->close(user);
}

#endif
