/*
 * A question to the user before there is a client: a name, a key.
 */
#ifndef CHAT_TERMINAL_ASK_H
#define CHAT_TERMINAL_ASK_H

#include <event2/event.h>
#include <stdbool.h>

#include "base/errbuf.h"
#include "chat/crypto/secret.h"
#include "chat/net/user.h"

/*
 * Runs the loop until the user, who is held before and afterwards, has given a
 * line.  `calls` are those that the user was made with; they are as before
 * afterwards.  Nobody but the user may be in the loop.  -1 with the reason:
 * the input ended, or the user failed.
 */
int ask(struct user *user, struct user_calls *calls, struct event_base *base,
    const char *question, bool secret, struct secret *answer,
    struct errbuf *err);

#endif
