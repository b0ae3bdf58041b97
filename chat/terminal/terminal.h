/*
 * A user at a terminal: lines are edited while messages arrive.
 *
 * What is shown is printed above the line that is being typed; its text and
 * cursor stay.  Keys: the arrows, Home, End, Delete, Backspace, Ctrl-Left and
 * Ctrl-Right, and those of Emacs; Up and Down walk through what was typed
 * before, Ctrl-D on an empty line is the end, Ctrl-Z stops the program.  Ctrl-C
 * is a signal as ever (SIGINT): the caller's.
 *
 * A secret is not shown, takes Backspace and Ctrl-U, is wiped, and is in no
 * history.  What was typed before its prompt appeared belongs to it.
 *
 * The terminal is as it was found once the user is closed, the program has
 * called exit() or a signal has ended it.
 */
#ifndef CHAT_TERMINAL_TERMINAL_H
#define CHAT_TERMINAL_TERMINAL_H

#include <event2/event.h>
#include <stdbool.h>

#include "base/errbuf.h"
#include "chat/net/user.h"

/* Are standard input and output terminals? */
bool terminal_is_there(void);

/* Release with user_close(). */
struct user *terminal_open(struct event_base *base,
    const struct user_calls *calls, struct errbuf *err);

#endif
