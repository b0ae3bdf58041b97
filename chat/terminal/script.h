/*
 * A user that is a script (script_text.h), played in real time by
 * chat/script/player.h: the same lines at the same times in every run.
 * Standard input is not read; messages are shown as without a terminal.
 */
#ifndef CHAT_TERMINAL_SCRIPT_H
#define CHAT_TERMINAL_SCRIPT_H

#include <event2/event.h>

#include "base/errbuf.h"
#include "chat/net/user.h"
#include "chat/script/script_text.h"

/* Takes the steps over, in either case; `name` stands in front of what is said
 * about them.  Release with user_close(). */
struct user *script_open(struct event_base *base, const char *name,
    struct script_steps *steps, const struct user_calls *calls,
    struct errbuf *err);

#endif
