/*
 * A user without a terminal: lines from standard input (a pipe, a regular file,
 * /dev/null, a terminal whose output goes elsewhere), messages as they come.
 *
 * No prompts and no editing.  What becomes of a line's bytes is said in
 * chat/net/line_input.h; one that is too long is told of and not handed over.
 * The end of the file is the end of the input.  A secret that is typed at a
 * terminal is asked for on standard error, and not shown.
 */
#ifndef CHAT_TERMINAL_PLAIN_H
#define CHAT_TERMINAL_PLAIN_H

#include <event2/event.h>

#include "base/errbuf.h"
#include "chat/net/user.h"

/* Release with user_close(). */
struct user *plain_open(struct event_base *base,
    const struct user_calls *calls, struct errbuf *err);

#endif
