/*
 * What the files of the client of `class` share.
 *
 *	class_client.c		the side: the connection, what the server sends
 *	class_dialogue.c	the login
 *	class_typed.c		what the user types afterwards
 *	class_downloads.c	files that come
 */
#ifndef CHAT_PROTOCOLS_CLASS_CLIENT_H
#define CHAT_PROTOCOLS_CLASS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/protocols/class.h"
#include "chat/protocols/class_arrival.h"
#include "chat/protocols/class_in.h"
#include "chat/protocols/class_out.h"
#include "chat/protocols/typed.h"

/* Whose turn it is, and for what. */
enum class_turn {
	TURN_SERVER,		/* it has to answer */
	TURN_REGISTERED,	/* the user: is he or she registered? */
	TURN_NAME,
	TURN_PASSWORD,
	TURN_HERE,		/* logged in */
	TURN_LEAVES,		/* the user wants to leave */
};

struct class_client {
	struct world *world;
	const struct chat_settings *settings;
	struct peer *server;		/* NULL: not connected, or no more */
	enum class_turn turn;
	bool registered;		/* the user's answer */
	bool name_checked;		/* the server has to like the name */
	bool gave_name, gave_password;	/* those of the settings are used up */
	bool greeted;			/* the server speaks our extension */
	bool failed;			/* refused, or a file was not sent or
					   not stored: status 1 */
	struct class_in in;
	struct class_out out;
	struct class_arrival *arrival;	/* NULL: no file is arriving */
	struct typed_lines lines;	/* while it is the server's turn */
};

/* The login: `info` of the server, which may be a question. */
void class_dialogue_info(struct class_client *c, const struct wire_span *text);

/* What the user types for it; out of turn it waits. */
void class_dialogue_line(struct class_client *c, const char *text, size_t len);

/* Answers as far as there are answers: settings, then lines that wait. */
void class_dialogue_go_on(struct class_client *c);

/* Is it neither a question nor a welcome?  Ask before class_dialogue_info(). */
bool class_dialogue_refuses(const struct class_client *c,
    const struct wire_span *text);

/* A line of a user who is here. */
void class_typed_line(struct class_client *c, const char *text, size_t len);

/* Begins to leave in order: behind what waits to be sent. */
void class_leave(struct class_client *c);

/* A file is announced; -1: it cannot be received, the connection is of no
 * more use. */
int class_download_begin(struct class_client *c,
    const struct header_frame *frame);

/* Bytes of the file; the user is told how far it has come. */
void class_download_bytes(struct class_client *c,
    const struct wire_span *bytes);

/* Its end: it is kept, or the user told why it is not. */
void class_download_end(struct class_client *c);

extern const struct class_out_told class_sent_told;

#endif
