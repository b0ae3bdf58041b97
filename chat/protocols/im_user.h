/*
 * The user of a client of instant messages (`im`, `eim`): a nickname, lines
 * that are messages, and messages that are shown.
 */
#ifndef CHAT_PROTOCOLS_IM_USER_H
#define CHAT_PROTOCOLS_IM_USER_H

#include "base/errbuf.h"
#include "chat/protocols/protocol.h"
#include "chat/protocols/typed.h"

struct im_user {
	struct world *world;
	const struct chat_settings *settings;
	struct peer *server;	/* NULL: not there */
	struct typed_name name;
};

/* Takes the nickname of the settings, where there is one; -1 with the reason
 * why it can be none. */
int im_user_init(struct im_user *user, struct world *world,
    const struct chat_settings *settings, struct errbuf *err);

/* Asks for the nickname where it is not known. */
void im_user_joined(struct im_user *user, struct peer *server);

/*
 * Takes a line that was typed.  True: it is a message, to be sent.  False: it
 * was the nickname, or "exit" (we leave), or empty, or too long for
 * settings->line_max (and the user was told).
 */
bool im_user_line(struct im_user *user, const char *text, size_t len);

/* The user wants to go: status 0. */
void im_user_leave(struct im_user *user);

/* "nickname: text".  A line of the text but its first is set in, so that no
 * text can look like a message of somebody else. */
void im_user_show(struct im_user *user, const char *nickname,
    size_t nickname_len, const char *text, size_t text_len);

#endif
