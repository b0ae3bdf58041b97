/*
 * `class`: chat, private messages, files and quizzes.
 *
 * Frames of a header and a payload (chat/wire/header_frame.h), lengths in
 * bytes.  Login first, every frame `info`:
 *
 *	server	Are you already registered? (yes/no):
 *	client	yes, name, password		or	no, name (again while
 *		it is taken), password
 *	server	Server: You joined the server.\n
 *
 * then, from the client:
 *
 *	msg		text			to all others
 *	to		NAME:text		to that user
 *	file_transfer	class_order.h		and the file
 *	quiz_answer	a b c
 *	cmd		disconnect
 *
 * Our extension: after its login our client sends `info` "labchat 1", which an
 * original server only logs, and our server answers it with the same frame.
 * Files between the two then have their size in front (class_order.h), and any
 * bytes; and what our server has to say of a file that it could not keep or
 * send on is a `file_fault`, where an original client gets an `info`: the text
 * is the same, but it can come from nobody else.  Without an answer within CLASS_ANSWER_NS the server is an original.
 *
 * Intended differences from the original:
 *   - a private message goes to its user, not to everyone at that address;
 *   - names are unique among those who are here (compared byte by byte), and
 *     checked: no ':' or '/', no '.' in front, not "all", "server" or the
 *     folder of the scores;
 *   - who vanishes is told to the others like who disconnects;
 *   - an unknown recipient, too few answers, a text that is too long or no
 *     UTF-8 end no connection, the sender is told;
 *   - a stored file gets a name of its own: nothing is overwritten;
 *   - a received file is named without the newline that the order ends in;
 *   - the right answers of a quiz count in any case, and of one connection only
 *     so many are taken that the file of the scores stays small.
 *
 * Without a user store every password is right: the log says so.
 */
#ifndef CHAT_PROTOCOLS_CLASS_H
#define CHAT_PROTOCOLS_CLASS_H

#include "chat/protocols/protocol.h"

extern const struct side class_server, class_client;

#define CLASS_EXTENSION "labchat 1"
#define CLASS_FILE_FAULT "file_fault"
#define CLASS_ANSWER_NS	INT64_C(500000000)

/* What the login dialogue says. */
#define CLASS_ASK	"Are you already registered? (yes/no):"
#define CLASS_REGISTERED "Username registered successfully."
#define CLASS_TAKEN	"Username already exists. Please choose another: "
#define CLASS_WELCOME	"Server: You joined the server.\n"

/* Timers of a peer: two at either end, two of the client, one of the server. */
enum { CLASS_TIMER_OUT, CLASS_TIMER_QUIET, CLASS_TIMER_ANSWER,
    CLASS_TIMER_LEAVE, CLASS_TIMER_TURN = CLASS_TIMER_ANSWER };

#endif
