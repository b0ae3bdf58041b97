/*
 * What the files of the server of `class` share.
 *
 *	class_server.c		the side: connections
 *	class_login.c		the dialogue before one is a member
 *	class_members.c		members, and how they are told things
 *	class_frames.c		what they send
 *	class_uploads.c		files that members send, and that are sent on
 *	class_console.c		what the operator types
 */
#ifndef CHAT_PROTOCOLS_CLASS_SERVER_H
#define CHAT_PROTOCOLS_CLASS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/protocols/class.h"
#include "chat/protocols/class_arrival.h"
#include "chat/protocols/class_in.h"
#include "chat/protocols/class_out.h"
#include "chat/protocols/class_quiz.h"

/* Where the dialogue with a client is. */
enum class_place {
	PLACE_ASKED,		/* is it registered? */
	PLACE_OLD_NAME,
	PLACE_NEW_NAME,
	PLACE_NAME_CHECKED,	/* the store looks for it */
	PLACE_OLD_PASSWORD,
	PLACE_NEW_PASSWORD,
	PLACE_LOGIN,		/* the store answers */
	PLACE_HERE,
	PLACE_GONE,		/* it is being closed */
};

struct class_member {
	struct class_server *server;
	struct peer *peer;
	enum class_place place;
	bool name_is_bad;
	uint64_t quiz;			/* the one that it has answered, */
	unsigned answers;		/* so many times */
	char name[CLASS_NAME_BYTES];
	struct class_in in;
	struct class_out out;
	struct class_arrival *arrival;	/* NULL: no file is arriving */
};

struct class_server {
	struct world *world;
	const struct chat_settings *settings;
	struct class_member **members;	/* in the order they came */
	size_t count, room;
	struct class_quiz quiz;
	char *scores;			/* file of the quiz */
};

/* Answers to one quiz that are taken of a connection, so that the file of the
 * scores stays small. */
enum { CLASS_ANSWERS_MAX = 100 };

#define CLASS_SCORES "all_quiz_scores"
#define CLASS_MISUSE "Server: Invalid message format. Please adhere to the " \
    "message protocol.\n"

/* NULL: there is nobody of that name here. */
struct class_member *class_find(struct class_server *s, const char *name);

/* `info` to one: at most some 400 bytes. */
void class_say(struct class_member *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same of a file that was not kept or not sent on: `file_fault` to our own
 * clients. */
void class_say_fault(struct class_member *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* `info` to all who are here. */
void class_say_all(struct class_server *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A frame to all who are here but one (or NULL). */
void class_tell(struct class_server *s, const char *header,
    const void *payload, size_t len, const struct class_member *but);

/* `error` with the original's text. */
void class_misuse(struct class_member *m);

/* For log and --events: the member's name is a field.  m may be NULL. */
void class_note(struct class_server *s, const struct class_member *m,
    const char *event, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same of a file, with fields for it. */
void class_note_file(const struct class_member *m, const char *event,
    const char *file, uint64_t bytes, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The dialogue: the first question to one who has just come. */
void class_login_begin(struct class_member *m);

/* An answer of the peer; what is no `info` ends the connection. */
void class_login_frame(struct class_member *m,
    const struct header_frame *frame);

/* The user store's answer about its name, or name and password. */
void class_login_answer(struct class_member *m, enum login_answer answer);

/* It is a member now, and all hear of it. */
void class_enter(struct class_member *m);

/* Its connection ends; where it was a member all others hear of it. */
void class_depart(struct class_member *m);

/* A frame, of the dialogue or of a member. */
void class_frame(struct class_member *m, const struct header_frame *frame);

/* A file is announced; -1 without memory. */
int class_upload_begin(struct class_member *m,
    const struct header_frame *frame);

/* Bytes of the file; what cannot be stored is noted, once. */
void class_upload_bytes(struct class_member *m,
    const struct wire_span *bytes);

/* Its end: it is kept, and sent on to whom it is for. */
void class_upload_end(struct class_member *m);

extern const struct class_out_told class_uploads_told;

/* side->line(): class_console.c has the commands. */
void class_console_line(void *state, const char *text, size_t len);

#endif
