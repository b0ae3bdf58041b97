/*
 * Lines for the user: messages and notices to standard output, errors to
 * standard error as "labchat: LINE".
 *
 * Each show is one write of whole lines.  Controls and bad UTF-8 are made
 * harmless (chat/wire/chat_text.h).  Colours stand only where the descriptor is
 * a terminal that knows them (TERM is set, and not to "dumb"), and not with
 * NO_COLOR in the environment.  A standard output that takes no more (a reader
 * that went away, a full disk) is told to the user_calls' failed(), once, from
 * the loop.
 */
#ifndef CHAT_TERMINAL_PRINTER_H
#define CHAT_TERMINAL_PRINTER_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/errbuf.h"
#include "chat/net/user.h"

struct printer {
	const struct user_calls *calls;	/* borrowed */
	struct event *broken;
	const char *why;	/* NULL while standard output takes lines */
	bool colours;		/* where there is a terminal */
	struct bytes line;	/* what is written; empty between calls */
};

/* Caller's memory; release with printer_reset(), which a zeroed struct takes,
 * too. */
int printer_init(struct printer *p, struct event_base *base,
    const struct user_calls *calls, struct errbuf *err);

/* Frees what it holds. */
void printer_reset(struct printer *p);

/* Text of any bytes, of one or more lines, without the last newline. */
void printer_show(struct printer *p, enum show kind, const char *text,
    size_t len);

#endif
