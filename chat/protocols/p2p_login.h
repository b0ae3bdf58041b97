/*
 * The line that logs in to a `p2p` server which keeps users.
 *
 * It is the first that a client sends, before anything has come from the
 * server, and the original client never sends it (a name that begins with '!'
 * would be taken for a list of users):
 *
 *	!login {"name": "alice", "password": "s3cret"}\n
 *	!login {"name": "alice", "password": "s3cret", "register": true}\n
 *
 *	bytes		what
 *	7		"!login " (21 6c 6f 67 69 6e 20)
 *	n		a JSON object (RFC 8259) in one line: no newline in it,
 *			blanks, tabs and carriage returns only where JSON has
 *			white space
 *	1		newline (0a)
 *
 * The members, in any order, each at most once and no others:
 *
 *	name		text of 1 to 64 bytes of UTF-8, printable, no blank at
 *			either end, no ':', and not beginning with '!'
 *	password	text of 1 to 1024 bytes of UTF-8, without NUL
 *	register	true: the name has to be new; false: it has to be known.
 *			Left out: a new name is registered with this password,
 *			a known one has to fit it.
 *
 * The lengths are those of the texts without escapes; the whole line has at
 * most P2P_LOGIN_BYTES_MAX bytes.  It may come in any number of reads.  The
 * server answers with the list of users, as to any client that joins, or with
 * one clear text that does not begin with '!' and the end of the connection.
 * What a client sends behind the newline is its first message.
 *
 * The password crosses the network as it is.  The line is read here and not by
 * a JSON library, so that no copy of the password stays behind.
 */
#ifndef CHAT_PROTOCOLS_P2P_LOGIN_H
#define CHAT_PROTOCOLS_P2P_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/errbuf.h"
#include "chat/crypto/password.h"
#include "chat/crypto/secret.h"
#include "chat/wire/chat_text.h"
#include "chat/wire/wire.h"

/* Every byte of both texts as \u00xx, and then some. */
enum { P2P_LOGIN_BYTES_MAX = 8192, P2P_LOGIN_INTRO_BYTES = 7 };

enum p2p_register {
	P2P_REGISTER_UNKNOWN,	/* left out: whoever is not known */
	P2P_REGISTER_YES,
	P2P_REGISTER_NO,
};

struct p2p_login {
	enum p2p_register make;
	char name[CHAT_NAME_MAX + 1];
	char password[PASSWORD_BYTES_MAX + 1];
	size_t name_len, password_len;
};

/* The line for a client; -1 where name or password cannot be sent, or without
 * memory.  Wipe and free *out with p2p_login_forget(). */
int p2p_login_append(struct bytes *out, const char *name,
    const struct secret *password, enum p2p_register make,
    struct errbuf *err);

/* Wipes and frees the line. */
void p2p_login_forget(struct bytes *line);

/* Could a line that begins so become a login? */
bool p2p_login_begins(const uint8_t *data, size_t len);

/* WIRE_BAD with the reason in *err.  The name is checked for its length and for
 * UTF-8 only.  Wipe the login after use. */
enum wire_status p2p_login_parse(const uint8_t *data, size_t len,
    size_t *used, struct p2p_login *login, struct errbuf *err);

/* Leaves zeros. */
void p2p_login_wipe(struct p2p_login *login);

#endif
