/*
 * What the clients have in common: lines that are typed and lines that are
 * shown.
 */
#ifndef CHAT_PROTOCOLS_TYPED_H
#define CHAT_PROTOCOLS_TYPED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/errbuf.h"
#include "chat/protocols/settings.h"
#include "chat/protocols/world.h"
#include "chat/wire/chat_text.h"
#include "chat/wire/stream.h"

/* The text without the blanks at both ends; borrowed. */
const char *typed_trim(const char *text, size_t *len);

/* Is it "exit", in any case and with blanks around it?  Then the user wants to
 * leave, so this word alone cannot be sent. */
bool typed_exit(const char *text, size_t len);

/* The same as the word (in lower case) but for case and blanks around? */
bool typed_is(const char *text, size_t len, const char *word);

/* The user's own name. */
struct typed_name {
	char text[CHAT_NAME_MAX + 1];	/* "": not known yet */
	size_t len;
};

/* Takes what was typed: NULL, or why it can be no name (chat_name_fault()); the
 * name is what it was then. */
const char *typed_name_set(struct typed_name *name, const char *text,
    size_t len, const char *reserved);

/* Takes settings->name where there is one; -1 where it can be no name. */
int typed_name_open(struct typed_name *name,
    const struct chat_settings *settings, const char *reserved,
    struct errbuf *err);

/*
 * Lines that came too early: while the server has not answered yet.  Input that
 * is no terminal comes all at once.  A zeroed struct holds none.
 */
struct typed_lines {
	struct stream waiting;	/* each with its '\0' */
	bool ended;		/* the input is at its end behind them */
	bool holding;		/* the user's input */
};

enum { TYPED_WAITING_MAX = 1 << 20, TYPED_ENOUGH = 65536 };	/* bytes */

/* Between two messages without framing: the server reads them apart then, also
 * when the lines were not typed but came at once. */
#define TYPED_GAP_NS	INT64_C(20000000)

/* How long a client waits for its server once typed_pressing(). */
#define TYPED_LAST_NS	INT64_C(5000000000)

/* Keeps one, or tells the user that it is lost.  Once TYPED_ENOUGH wait, the
 * user's input is held until half of them are gone. */
void typed_keep(struct typed_lines *lines, struct world *world,
    const char *text, size_t len);

/* Does the user wait for the server's answer?  The input is at its end, or held,
 * and then its end cannot be seen: in either case the server has TYPED_LAST_NS
 * to answer. */
bool typed_pressing(const struct typed_lines *lines);

/* The next one, terminated, or NULL; gone with typed_drop(). */
const char *typed_next(const struct typed_lines *lines);

/* Takes the next one away; there must be one. */
void typed_drop(struct typed_lines *lines, struct world *world);

/* Frees them all. */
void typed_reset(struct typed_lines *lines);

/* One line for the user, at most some 400 bytes. */
void typed_show(struct world *world, enum show kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends text from a peer, any bytes of any length, as it may be shown: what
 * is no UTF-8 or a control is U+FFFD, and its lines but the first are set in,
 * so that none looks like a message of somebody else.  -1 without memory. */
int typed_append(struct bytes *out, const void *text, size_t len);

/* A line "INTRO TEXT OUTRO" with such a text. */
void typed_show_text(struct world *world, enum show kind, const char *intro,
    const void *text, size_t len, const char *outro);

#endif
